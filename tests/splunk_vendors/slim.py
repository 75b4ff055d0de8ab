"""The packaging toolkit: each key against Splunk's own specifications, as they were in 2017."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from .environment import Tool, ToolError, run
from .result import Result, within

SLIM = Tool("splunk-packaging-toolkit", "1.2.8", "import sys; from slim.__main__ import main; sys.exit(main())")
NEWER_KEYS = {
    ("transforms.conf", "INGEST_EVAL"): "Splunk 7.2 brought it",
}
"""File and key that the specifications of 2017 do not have, with the reason."""
_LINE = re.compile(r"^[^\n]*?\[(WARNING|ERROR|FATAL|CRITICAL)\] (?:(\S+), line (\d+): )?(.*)$", re.MULTILINE)
_UNDEFINED = re.compile(r"Undefined setting in (\S+), stanza \[.*\]: (\S+)")
_DONE = "App validation complete"


def slim(app: Path) -> list[Result]:
    """What `slim validate` says; misspelt keys are warnings, so its exit code is not asked.

    It looks at a copy: where app.manifest is missing it writes one.

    Raises:
        ToolError: it did not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(app, Path(folder) / app.name))
        done = run(SLIM, "validate", str(copy), folder=Path(folder))
    output = done.stdout + done.stderr
    results = [
        Result("slim", "", level.lower(), text, within(file, copy), int(line or 0), _allowed(text))
        for level, file, line, text in _LINE.findall(output)
    ]
    if "Validating app" not in output:
        raise ToolError(f"slim ended with {done.returncode}: {output[-2000:]}")
    if not results and (done.returncode or _DONE not in output):
        results.append(
            Result("slim", "", "error", output.strip().splitlines()[-1])
        )  # a traceback, as of text in Latin-1
    return results


def _allowed(text: str) -> str:
    found = _UNDEFINED.match(text)
    return NEWER_KEYS.get((found[1], found[2]), "") if found else ""
