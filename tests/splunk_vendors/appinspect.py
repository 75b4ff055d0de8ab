"""Splunk AppInspect: the rules for packages and for Splunk Cloud."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .environment import Tool, ToolError, run
from .result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

# python-magic wants the library libmagic from the system; pylibmagic brings it, and has to be imported first.
APPINSPECT = Tool(
    "splunk-appinspect",
    "4.3.1",
    "import pylibmagic; from splunk_appinspect.main import execute; execute()",
    ("pylibmagic==0.5.0",),
)
PRECERT = ("--mode", "precert")
CLOUD = ("--mode", "test", "--included-tags", "cloud")
TEST = ("--mode", "test")

ALLOWED_WARNINGS = {
    ("check_that_no_configurations_of_default_source_type_in_props_conf", "a [cisco:asa] stanza"): (
        "The vendor's add-on uses this source type, so does the user's data; we add to it with prefixed names and change "
        "nothing, which the tests show beside a foreign add-on."
    ),
}
"""Check and part of the message, with the reason; one at most."""
_FINE = frozenset({"success", "not_applicable"})
_CODES = frozenset({0, 3, 101, 103, 104})  # fine, no valid package, failure, warning, future failure


def appinspect(app: Path, options: tuple[str, ...]) -> list[Result]:
    """What AppInspect does not let pass.

    Args:
        app: the app's directory or package.
        options: PRECERT, CLOUD or TEST.

    Raises:
        ToolError: it did not finish, or its exit code says something else than its report.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = run(
            APPINSPECT, "inspect", str(app.resolve()), *options, "--ci", "--skip-trusted-libraries-update",
            "--max-messages", "all", "--data-format", "json", "--output-file", str(report), folder=Path(folder),
        )  # fmt: skip
        if done.returncode not in _CODES or not report.is_file():
            raise ToolError(f"AppInspect ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        reports = json.loads(report.read_bytes())["reports"]
    checks = [check for report in reports for group in report["groups"] for check in group["checks"]]
    results = [result for check in checks for result in _results(check)]
    bad = [result for result in results if result.level != "skipped"]
    if not any(check["result"] == "success" for check in checks) or bool(bad) != bool(done.returncode):
        raise ToolError(f"AppInspect ended with {done.returncode} and reported {len(checks)} checks, {bad}")
    return results


def _results(check: dict[str, Any]) -> Iterator[Result]:
    """One result for each message of a check that did not pass."""
    if check["result"] in _FINE:
        return
    for message in check["messages"] or [{"message": "no message"}]:
        yield Result(
            "appinspect",
            check["name"],
            check["result"],
            message["message"],
            message.get("message_filename") or "",
            message.get("message_line") or 0,
            _allowed(check, message["message"]),
        )


def _allowed(check: dict[str, Any], message: str) -> str:
    reasons = (
        reason
        for (name, part), reason in ALLOWED_WARNINGS.items()
        if check["result"] == "warning" and check["name"] == name and part in message
    )
    return next(reasons, "")
