"""Say in one sentence why a server died, from what it printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from postern.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

_KILLED = {137, -9}
_LOUD = re.compile(r"\bERROR\b|\bFATAL\b|Exception\b|\b[Ee]rror:|could not|cannot|[Uu]nrecognized")
_NOISE = re.compile(
    r"^\s*(?:at |\.\.\. \d+ more|Likely root cause|ERROR: Elasticsearch (?:did not exit|died|exited unexpectedly))"
)
_STAMP = re.compile(r"^\[[^\]]*\]\[[^\]]*\]\[[^\]]*\] *(?:\[[^\]]*\] *)?")
_MEMORY_WAY = "Give the machine or container more memory (1.5 GB have to be available), or close other programs."
_KNOWN = (
    (
        re.compile(r"MachineLearning|xpack[./]ml"),
        "Leave CHANGE_POINT and CATEGORIZE out of the query: only a full cluster (POSTERN_ES_URL) has them.",
    ),
    (re.compile(r"Java heap space|GC overhead"), "Start the server with a larger heap."),
    (
        re.compile(r"BindHttpException|BindTransportException|Address already in use|Failed to bind"),
        "Choose another port, or none to have a free one chosen.",
    ),
    (
        re.compile(r"OutOfMemoryError|Cannot allocate memory|insufficient memory|Could not reserve enough"),
        _MEMORY_WAY,
    ),
    (
        re.compile(r"No space left on device|Disk quota exceeded"),
        "Free some disk space, or set TMPDIR to a folder on another disk.",
    ),
    (
        re.compile(r"NoSuchFileException.*modules|ClassNotFoundException|NoClassDefFoundError|ZipException|jar hell"),
        "Remove Postern's cache folder and run the command again: it is fetched anew.",
    ),
    (
        re.compile(r"UnsupportedClassVersionError|minimum required Java version|jdk\.incubator|FindException"),
        "Set ES_JAVA_HOME to a full Java 17 or newer.",
    ),
)
_LINES = 3
_WIDTH = 240


def last_words(text: str, count: int = _LINES) -> list[str]:
    """The last lines of a server's output that tell something, stamps cut off."""
    lines = [line for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    loud = [line for line in lines if _LOUD.search(line)]
    words = dict.fromkeys(_STAMP.sub("", line).strip()[:_WIDTH] for line in loud or lines)
    return list(words)[-count:]


def death(console: Path, code: int | None, kept_log: Path, *, when: str) -> EngineError:
    """Why a server died, with its last words; its output is kept beside the cache, because its folder goes.

    Args:
        console: the file with what the server printed.
        code: its exit code; negative for a signal.
        kept_log: where to keep the output.
        when: what was going on, such as "while starting".
    """
    try:
        text = console.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    try:
        kept_log.parent.mkdir(parents=True, exist_ok=True)
        kept_log.write_text(text, encoding="utf-8")
        where = f"What it printed is in {kept_log}."
    except OSError:
        where = ""
    words = "; ".join(last_words(text)) or "it printed nothing"
    # Not the whole text: its harmless lines name OutOfMemoryError among the options.
    telling = "\n".join(last_words(text, 20))
    ways = [way for pattern, way in _KNOWN if pattern.search(telling)]
    if code in _KILLED and not ways:
        words = f"it was killed, most likely because memory ran out; {words}"
        ways = [_MEMORY_WAY]
    way_out = " ".join([*(ways[:1] or ["Run the command again."]), where]).strip()
    return EngineError(f"Elasticsearch died {when} (exit code {code}): {words.rstrip('.')}.", way_out)
