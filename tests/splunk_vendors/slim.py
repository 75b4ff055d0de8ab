"""The packaging toolkit: each key against Splunk's own specifications, as they were in 2017."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from .environment import Tool, ToolError, run
from .result import Result, within

# One process for all apps: it takes slim longer to start than to look at one. What it did not foresee, it raises.
_START = """
import sys
from slim.__main__ import main
for app in sys.argv[1:]:
    print(f"App {app}", file=sys.stderr, flush=True)
    try:
        main(["slim", "validate", app])
    except SystemExit:
        pass
    except Exception as error:
        print(f"slim: [ERROR] {error!r}", file=sys.stderr)
print("App -", file=sys.stderr)
"""
SLIM = Tool("splunk-packaging-toolkit", "1.2.8", _START)
NEWER_KEYS = {
    ("transforms.conf", "INGEST_EVAL"): "Splunk 7.2 brought it",
}
"""File and key that the specifications of 2017 do not have, with the reason."""
_LINE = re.compile(r"^[^\n]*?\[(WARNING|ERROR|FATAL|CRITICAL)\] (?:(\S+), line (\d+): )?(.*)$", re.MULTILINE)
_UNDEFINED = re.compile(r"Undefined setting in (\S+), stanza \[.*\]: (\S+)")
_APP = re.compile(r"^App (.*)$", re.MULTILINE)
_LAST, _DONE = "-", "App validation complete"


def slim(*apps: Path) -> dict[Path, list[Result]]:
    """What `slim validate` says about some apps, by app; misspelt keys are warnings, so no exit code is asked.

    It looks at copies: where app.manifest is missing it writes one.

    Raises:
        ToolError: it did not look at each app.
    """
    with tempfile.TemporaryDirectory() as folder:
        copies = {
            str(shutil.copytree(app, Path(folder) / str(number) / app.name)): app for number, app in enumerate(apps)
        }
        done = run(SLIM, *copies, folder=Path(folder))
    _, *parts = _APP.split(done.stderr)
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    found = {copy: _LINE.findall(said.get(copy, "")) for copy in copies}
    finished = all(found[copy] or _DONE in said.get(copy, "") for copy in copies)
    if done.returncode or _LAST not in said or not finished:
        raise ToolError(f"slim ended with {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    return {app: [_result(copy, *one) for one in found[copy]] for copy, app in copies.items()}


def _result(copy: str, level: str, file: str, line: str, text: str) -> Result:
    return Result("slim", "", level.lower(), text, within(file, copy), int(line or 0), _allowed(text))


def _allowed(text: str) -> str:
    found = _UNDEFINED.match(text)
    return NEWER_KEYS.get((found[1], found[2]), "") if found else ""
