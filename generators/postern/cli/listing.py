"""`postern list`: the messages of the catalog as a table."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postern.cli.choices import OVERLAY, known_product, overlay_folder
from postern.cli.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Message

EXAMPLES = (
    "postern list",
    "postern list --product cisco_esa auth",
    "postern list --json delivery | jq -r '.[].key'",
)
_WIDE = 200


def run(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Words that a message's row or meaning must hold.")
    ] = None,
    product: Annotated[str, typer.Option(help="Messages of this product only.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """List the messages that the catalog knows: key, level, title, event, number of samples."""
    from postern import paths
    from postern.stored import stored_catalog

    catalog = stored_catalog(paths.catalog_root(), overlay=overlay_folder(overlay))
    wanted = known_product(catalog, product)
    words = [word.casefold() for word in text or ()]
    rows = [
        row(message)
        for message in catalog.messages()
        if (wanted is None or message.product == wanted.name) and _holds(message, words)
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        _print(rows)
    _sum_up(catalog, rows)


def row(message: Message) -> dict[str, Any]:
    """What is listed of a message."""
    return {
        "key": message.key,
        "product": message.product,
        "level": message.level,
        "title": message.title,
        "events": list(dict.fromkeys(event.name for one in message.wordings for event in one.event.events())),
        "wordings": len(message.wordings),
        "samples": sum(len(wording.samples) for wording in message.wordings),
    }


def _holds(message: Message, words: list[str]) -> bool:
    said = " ".join(str(value) for value in (*row(message).values(), message.meaning)).casefold()
    return all(word in said for word in words)


def _cells(rows: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for one in rows:
        yield one["key"], one["level"], one["title"], ", ".join(one["events"]), str(one["samples"])


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in ("key", "level", "title", "event"):
        table.add_column(name, overflow="fold")
    table.add_column("samples", justify="right")
    for cells in _cells(rows):
        table.add_row(*(Text(cell) for cell in cells))
    Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(table)


def _sum_up(catalog: Catalog, rows: list[dict[str, Any]]) -> None:
    if not rows:
        typer.echo("No message holds all these words.", err=True)
    elif sys.stderr.isatty():
        typer.echo(f"{counted(len(rows), 'message')} of {sum(1 for _ in catalog.messages())}", err=True)
