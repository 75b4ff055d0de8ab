"""The app that is linted: its .conf files, each read once, and where in them a setting stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.conf import Setting, Stanza, Stanzas, parse, with_default
from splunk_emulator.faults import FaultLog

from .problem import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Lines = dict[tuple[str, str], int]

# The emulator's reader notes these; it tells them apart by their sentences only.
_READER = (
    ("is not UTF-8", "conf-not-utf8"),
    ("byte order mark", "conf-bom"),
    ("blank after the backslash", "conf-continuation"),
    ("the key stands twice", "conf-duplicate-key"),
    ("the stanza stands twice", "conf-duplicate-stanza"),
    ("neither header, comment nor setting", "conf-garbage"),
    ("stanza header is not closed", "conf-header"),
)
_WHERE = re.compile(r"(?P<file>\S+)(?: \[(?P<stanza>.*?)\](?: (?P<key>\S+))?)?")


class LintedApp:
    """An app's directory.

    Attributes:
        path: the directory.
        problems: what was found so far; reading the files adds the first.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise FileNotFoundError(f"no app at {path}")
        self.path = path
        self.problems = Problems()
        faults = FaultLog()
        self._stanzas: dict[str, Stanzas] = {}
        self._lines: dict[str, Lines] = {}
        for file in [*sorted(path.glob("default/*.conf")), *path.glob("metadata/default.meta")]:
            place = file.relative_to(path).as_posix()
            data = file.read_bytes()
            self._stanzas[file.name] = parse(data, place, faults)
            self._lines[place] = _lines(data.decode(errors="replace"))
        for fault in faults:
            self.problems.add(_code(fault.problem), self._located(fault.where), fault.problem)

    def files(self) -> list[str]:
        """Names of the .conf files, and default.meta."""
        return list(self._stanzas)

    def stanzas(self, file: str) -> Stanzas:
        """The stanzas of a file by name, without `[default]`; none where there is no such file."""
        return {name: stanza for name, stanza in self._stanzas.get(file, {}).items() if name != "default"}

    def stanza(self, file: str, name: str) -> Stanza | None:
        """A stanza laid over `[default]`, or None."""
        return with_default(self._stanzas.get(file, {}), name)

    def settings(self, file: str, prefix: str = "") -> Iterator[Setting]:
        """Each setting of a file whose key begins with a prefix, `[default]` included, empty ones left out."""
        for stanza in self._stanzas.get(file, {}).values():
            yield from (one for key, one in stanza.items() if key.startswith(prefix) and one.value)

    def add(self, code: str, setting: Setting, text: str) -> None:
        """Add a finding about a setting."""
        self.problems.add(code, self._located(setting.where), text)

    def add_stanza(self, code: str, file: str, stanza: str, text: str) -> None:
        """Add a finding about a stanza of a file below default/."""
        self.problems.add(code, self._located(f"default/{file} [{stanza}]"), text)

    def _located(self, where: str) -> str:
        """A place of the emulator's with the line number put in."""
        found = _WHERE.fullmatch(where)
        if found is None or found["stanza"] is None:
            return where
        line = self._lines.get(found["file"], {}).get((found["stanza"], found["key"] or ""))
        return where if line is None else where.replace(found["file"], f"{found['file']}:{line}", 1)


def _lines(text: str) -> Lines:
    """The line of each stanza (with an empty key) and setting."""
    found: Lines = {}
    stanza, continued = "default", False
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not continued and stripped.startswith("["):
            stanza = stripped[1:-1] if stripped.endswith("]") else stripped[1:]
            found.setdefault((stanza, ""), number)
        elif not continued and "=" in line and not stripped.startswith("#"):
            found.setdefault((stanza, line.partition("=")[0].strip()), number)
        continued = line.removesuffix("\r").endswith("\\") and (continued or not stripped.startswith("#"))
    return found


def _code(problem: str) -> str:
    """The code of what the emulator's reader noted.

    Raises:
        LookupError: the reader has learned a new sentence.
    """
    code = next((code for sentence, code in _READER if sentence in problem), None)
    if code is None:
        raise LookupError(f"no code for what the reader says: {problem}")
    return code
