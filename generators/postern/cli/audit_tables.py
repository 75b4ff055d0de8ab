"""The report of an audit for people."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from postern.audit.report import percent
from postern.clean import clean
from postern.cli.errors import counted

if TYPE_CHECKING:
    from postern.audit import Report, Shown

_WIDE = 140
_LONG = 300  # characters of a template or an example here


def show(report: Report, top: int, shapes: list[Shown]) -> None:
    """Prints counts, messages, shapes and their drafts."""
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    total = report.total()
    if not total.lines:
        console.print(f"No line was read from {counted(report.files, 'file')}.")
        return
    read = percent(total.parsed, total.lines)
    console.print(f"{read} of {counted(total.lines, 'line')} of {counted(report.files, 'file')} parsed.\n")
    console.print(_devices(report))
    if report.messages:
        console.print(_heading("The most frequent messages", min(top, len(report.messages)), len(report.messages)))
        console.print(_messages(report, top))
    if shapes:
        console.print(_heading("The most frequent shapes that were not parsed", len(shapes), report.shapes.size))
        console.print(Text("<#> is a value with digits, or a day or month; <*> is any word.", "dim"))
        console.print(_shapes(shapes, total.lines))
    if report.shapes.unclustered:
        console.print(
            f"\n{counted(report.shapes.unclustered, 'line')} more are of so many shapes that they were counted, "
            "but not looked at."
        )
    _print_drafts(console, shapes)


def _heading(title: str, shown: int, all_of_them: int) -> Text:
    of = f" ({shown} of {all_of_them:,})" if shown < all_of_them else ""
    return Text.assemble("\n", (title, "bold"), of)


def _devices(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("device")
    table.add_column("lines", justify="right")
    for name in ("parsed", "header only", "unknown"):
        table.add_column(name, justify="right")
        table.add_column("", justify="right")
    rows = report.rows()
    for row in [*rows, *([report.total()] if len(rows) > 1 else [])]:
        cells = [f"{row.lines:,}"]
        for count in (row.parsed, row.header_only, row.unknown):
            cells += [f"{count:,}", percent(count, row.lines)] if count else ["-", ""]
        table.add_row(row.title, *cells)
    return table


def _messages(report: Report, top: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for justify in ("right", "right", "left"):
        table.add_column(justify=justify)
    table.add_column(overflow="fold")
    lines = report.total().lines
    for message, count in report.frequent(top):
        table.add_row(f"{count:,}", percent(count, lines), Text(message.key), Text(message.title))
    return table


def _shapes(shapes: list[Shown], lines: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for one in shapes:
        table.add_row(f"{one.shape.count:,}", percent(one.shape.count, lines), Text(one.known(), "cyan"))
        table.add_row("", "", Text(clean(one.template, _LONG)))
        if one.shape.example.strip():
            table.add_row("", "", Text(f"as in: {clean(one.shape.example.strip(), _LONG)}", "dim"))
    return table


def _print_drafts(console: Console, shapes: list[Shown]) -> None:
    """YAML as it is: neither wrapped nor coloured."""
    made = [one for one in shapes if one.draft]
    why_not = Counter(one.no_draft for one in shapes if one.no_draft)
    if made or why_not:
        console.print(Text("\nDrafts of entries", "bold"))
    for one in made:
        sys.stdout.write(f"# {counted(one.shape.count, 'line')}, {one.known()}\n{one.draft}\n")
    for reason, count in why_not.items():
        sys.stdout.write(f"# No draft for {counted(count, 'shape')}. {reason}\n")
