"""`postern audit`: what share of real log files the catalog reads."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli.choices import OVERLAY, known_product, overlay_folder
from postern.cli.errors import Stop, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

    from postern.audit import Given, Report, Shown
    from postern.model import Catalog

EXAMPLES = (
    "postern audit /var/log/firewall /var/log/mail.log.1.gz",
    "postern audit --product cisco_esa --drafts mail.log",
    "ssh gateway cat mail.log | postern audit -",
    "postern audit --html audit.html logs/",
    "postern audit --json logs/ | jq -r '.shapes[] | \"\\(.count) \\(.template)\"'",
)


def run(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Files, gz and zst archives, folders; - is standard input.")
    ],
    product: Annotated[
        str, typer.Option(help="The device of all lines, where it is known; else each line tells.")
    ] = "",
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many messages and shapes are shown.")] = 20,
    drafts: Annotated[bool, typer.Option("--drafts", help="Draft a catalog entry for each shape shown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    html: Annotated[str, typer.Option(metavar="FILE", help="Write the report as a page, too.")] = "",
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Processes; 0 for one a core.")] = 0,
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Count what share of real log files the catalog reads.

    Tells lines by device and status (parsed; header only; unknown), the most frequent messages, and the most frequent
    shapes of lines that are not parsed. Folders are read to their depth, without hidden files. What cannot be read is
    told, the rest goes on, and the exit status is 1.
    """
    from postern.audit import sources

    _refuse_unwritable(html)
    over = overlay_folder(overlay)
    catalog = _compiled(over)
    known_product(catalog, product)
    report = _counted(sources(files), catalog, product, jobs)
    shapes = report.shown(top)
    if drafts:
        shapes = _drafted(shapes, catalog, over, jobs)
    if as_json:
        typer.echo(json.dumps(report.data(top, shapes), ensure_ascii=False, indent=1))
    else:
        _print(report, top, shapes)
    if html:
        from postern.audit.page import page

        Path(html).write_text(page(report, top, shapes), encoding="utf-8")
    _leave(report)


def _refuse_unwritable(html: str) -> None:
    """Nobody waits for an hour to hear that the page cannot be written."""
    if html and (Path(html).is_dir() or not os.access(Path(html).parent, os.W_OK)):
        raise Stop(f"{html} cannot be written.", "Name a file in a folder that is there, with --html.")


def _compiled(overlay: Path | None) -> Catalog:
    from postern import paths
    from postern.stored import stored_catalog

    gc.disable()  # the catalog stays, here and in the processes that are forked from this one
    catalog = stored_catalog(paths.catalog_root(), overlay=overlay)
    gc.freeze()
    gc.enable()
    return catalog


def _counted(given: Given, catalog: Catalog, product: str, jobs: int) -> Report:
    from postern.audit import WorkerLostError, audit

    sizes = [source.size for source in given.sources]
    total = sum(size or 0 for size in sizes) if None not in sizes else None
    try:
        with _progress("reading", total, in_bytes=True) as advance:
            return audit(given, catalog, product, jobs, advance)
    except WorkerLostError:
        raise Stop(
            "A process that counts lines was ended from outside; most often memory was short.",
            "Run it again with fewer processes: --jobs 1.",
        ) from None


def _drafted(shapes: list[Shown], catalog: Catalog, overlay: Path | None, jobs: int) -> list[Shown]:
    from postern import paths
    from postern.audit.drafts import drafted

    made = []
    with _progress("drafting", len(shapes), in_bytes=False) as advance:
        for one in drafted(shapes, catalog, paths.catalog_root(), overlay, jobs):
            made.append(one)
            advance(1)
    return made


@contextlib.contextmanager
def _progress(what: str, total: int | None, *, in_bytes: bool) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with _bar(in_bytes=in_bytes) as bar:
        task = bar.add_task(what, total=total)
        yield lambda amount: bar.update(task, advance=amount, refresh=True)


def _bar(*, in_bytes: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    amount = DownloadColumn() if in_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn())
    # Without a thread of its own: the processes are forked while the bar is shown.
    return Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)


def _print(report: Report, top: int, shapes: list[Shown]) -> None:
    from postern.cli import audit_tables

    audit_tables.show(report, top, shapes)


def _leave(report: Report) -> None:
    """Tells what could not be read."""
    if not report.problems:
        return
    from postern.clean import clean

    for path, problem in report.problems:
        typer.echo(f"{clean(path)}: {problem}", err=True)
    typer.echo(f"{counted(len(report.problems), 'problem')}; all else was read.", err=True)
    raise typer.Exit(1)
