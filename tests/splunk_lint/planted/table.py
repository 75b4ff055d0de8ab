"""FAULTS.md: which tool catches which fault. `python -m splunk_lint.planted.table`, from tests/, writes it anew."""

from __future__ import annotations

from pathlib import Path

from splunk_lint.problem import CODES

from . import CAUGHT, FURTHER, MISSED, Fault

TABLE = Path(__file__).parents[1] / "FAULTS.md"
_HEAD = """\
# Faults planted in the sample app

Each row is one change of the app that `tests/support/splunk_app.py` writes, and what the tools say of it.
The tests check each cell: our linter, slim and ksconf on each fault alone, AppInspect on several faults in one app.
A dash (`-`): the tool is silent; `?`: it was not asked. slim and AppInspect are Splunk's, ksconf is the community's.
"""
_COLUMNS = "| fault | our linter | AppInspect 4.3.1 | slim 1.2.8 | ksconf 0.13.10 |\n|---|---|---|---|---|\n"
_PARTS = (
    ("What AppInspect catches", CAUGHT),
    ("What AppInspect passes over", MISSED),
    ("What else our linter catches", FURTHER),
)


def markdown() -> str:
    """The whole page."""
    parts = (f"\n## {title} ({len(faults)})\n{_COLUMNS}" + "".join(map(_row, faults)) for title, faults in _PARTS)
    codes = "".join(f"| `{code}` | {text} |\n" for code, text in sorted(CODES.items()))
    return f"{_HEAD}{''.join(parts)}\n## Codes of our linter ({len(CODES)})\n| code | meaning |\n|---|---|\n{codes}"


def _row(fault: Fault) -> str:
    linter = " ".join(f"`{code}`" for code in filter(None, (fault.linter, *fault.also)))
    cells = (
        fault.name,
        linter or (f"- (harmless: {fault.harmless})" if fault.harmless else "-"),
        "?" if fault in FURTHER else f"`{fault.appinspect}`" if fault.appinspect else "-",
        "yes" if fault.slim else "-",
        "yes" if fault.ksconf else "-",
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    TABLE.write_text(markdown(), encoding="utf-8")
