"""`postern new`: a draft entry from a log line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli import lines
from postern.cli.choices import OVERLAY, known_product, overlay_folder
from postern.cli.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = (
    "postern new '%ASA-4-733999: Object 192.0.2.7 was shunned for 60 seconds'",
    "postern new 'Fri Nov 20 10:00:00 2026 Info: MID 7 was parked by robot 3'",
    "tail -n 1 mail.log | postern new -",
)


def run(
    line: Annotated[
        str | None, typer.Argument(metavar="LINE", help="A whole log line; - reads it from standard input.")
    ] = None,
    product: Annotated[str, typer.Option(help="The device, where the line does not tell it.")] = "",
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Draft a catalog entry from a log line.

    Prints YAML for catalog/PRODUCT/, or for that folder of the overlay: the header is read, and what looks like a value
    becomes a slot. Write title, meaning and action yourself, and give the sample documentation addresses. A line that
    is known is told by its key.
    """
    if line is None and sys.stdin is not None and sys.stdin.isatty():
        raise typer.BadParameter("give a line in quotes, or - to read it from standard input", param_hint="LINE")
    given = _first() if line in (None, "-") else lines.argument(line)
    if not given.strip():
        raise Stop("The line is empty.", "Give a whole log line, with its header.")
    sys.stdout.writelines(f"{one}\n" for one in _answer(given, product, overlay_folder(overlay)))


def _first() -> str:
    for batch in lines.batches(lines.stdin()):
        for line in batch:
            if line.strip():
                return line
    return ""


def _answer(line: str, name: str, overlay: Path | None) -> Iterator[str]:
    from postern import draft, paths
    from postern.matcher import UNKNOWN, Matcher
    from postern.stored import stored_catalog

    root = paths.catalog_root()
    catalog = stored_catalog(root, overlay=overlay)
    matcher = Matcher(catalog)
    decoded = matcher.decode(line, known_product(catalog, name))
    if decoded.status == UNKNOWN:
        titles = ", ".join(product.title for product in catalog.products)
        raise Stop(f"No header of {name or titles} fits this line.", "Give the whole line, with its header.")
    if decoded.message is not None:
        yield f"# This line is known: {decoded.message.key} ({decoded.message.title})."
        return
    try:
        yield from draft.listing(draft.draft(decoded, matcher, root, overlay), overlay)
    except draft.DraftError as error:
        raise Stop(error.sentence, error.way_out) from None
