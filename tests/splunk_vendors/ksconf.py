"""ksconf: the syntax of .conf files, and what stands twice."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .environment import Tool, ToolError, run
from .result import Result, within

if TYPE_CHECKING:
    from collections.abc import Sequence

# It takes any splunk-sdk, but the third has no longer what it looks for.
KSCONF = Tool(
    "ksconf", "0.13.10", "import sys; from ksconf.__main__ import cli; sys.exit(cli())", ("splunk-sdk==2.1.1",)
)
_GOOD, _BAD = 0, 20  # its exit codes
_LINE = re.compile(r"^Error in file (.+?):  (.*)$", re.MULTILINE)
_PARSED = re.compile(r"^Successfully parsed ", re.MULTILINE)


def ksconf(*apps: Path) -> dict[Path, list[Result]]:
    """What `ksconf check` says about the .conf files and default.meta of some apps, by app.

    Raises:
        ToolError: it did not look at each file.
    """
    files = {str(file): app for app in apps for file in _files(app.resolve())}
    with tempfile.TemporaryDirectory() as folder:
        done = run(KSCONF, "check", *files, folder=Path(folder))
    output = done.stdout + done.stderr
    errors = _LINE.findall(output)
    looked = len(errors) + len(_PARSED.findall(output))
    if done.returncode != (_BAD if errors else _GOOD) or looked != len(files) or not files:
        raise ToolError(f"ksconf ended with {done.returncode} after {looked} of {len(files)} files: {output[-2000:]}")
    found: dict[Path, list[Result]] = {app: [] for app in apps}
    by_path = {app.resolve(): app for app in apps}
    for file, text in errors:
        app = files[file]
        found[by_path[app]].append(Result("ksconf", "", "error", text, within(file, app)))
    return found


def _files(app: Path) -> Sequence[Path]:
    return [*sorted(app.glob("default/*.conf")), *app.glob("metadata/*.meta")]
