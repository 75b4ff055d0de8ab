"""The explanation of a line for people."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from postern.clean import clean
from postern.document import flat
from postern.matcher import HEADER_ONLY, PARSED, Decoded

if TYPE_CHECKING:
    from postern.model import Catalog

_WIDE = 120
_COLOURS = {"emergency": "red", "alert": "red", "critical": "red", "error": "red", "warning": "yellow"}
# Fields that repeat what stands elsewhere in the panel.
_SAID = frozenset({"message", "event.original", "ecs.version", "event.module", "postern.key", "postern.parse_status"})


def console() -> Console:
    """Standard output: as wide as the terminal, or as a page."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def panel(decoded: Decoded, explained: dict[str, Any], catalog: Catalog) -> Panel:
    """The panel of one line."""
    level = explained["severity"] or "none"
    title = explained["title"] or ("No message" if decoded.line.strip() else "An empty line")
    subtitle = f"{explained['status']}" + (f", {level}" if explained["severity"] else "")
    return Panel(
        Group(_heading(decoded, explained), _rows(decoded, explained, catalog)),
        title=Text(f" {title} ", style="bold"),
        subtitle=Text(f" {subtitle} "),
        title_align="left",
        subtitle_align="left",
        border_style=_COLOURS.get(level, "none"),
    )


def _heading(decoded: Decoded, explained: dict[str, Any]) -> Text:
    device = decoded.product.title if decoded.product else "Unknown device"
    heading = Text(device)
    if explained["key"]:
        heading.append(f"  {explained['key']}", style="bold")
    return heading.append(f"\n{clean(decoded.line)}\n", style="dim")


def _rows(decoded: Decoded, explained: dict[str, Any], catalog: Catalog) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    if decoded.status == PARSED:
        for name, words in (("meaning", explained["meaning"]), ("what to do", explained["action"])):
            if words:
                table.add_row(name, Text(words))
    else:
        table.add_row("known", Text(known(decoded, catalog)))
        table.add_row("what to do", Text(way_out(decoded, catalog)))
    if explained["params"]:
        table.add_row("values", _pairs(explained["params"], "\n"))
    fields = {
        path: value for path, value in flat(explained["ecs"]) if path not in _SAID and "postern.params" not in path
    }
    table.add_row("ECS", _pairs(fields, " · "))
    return table


def _pairs(values: dict[str, Any], between: str) -> Text:
    pairs = [Text.assemble((f"{clean(name)} ", "cyan"), _shown(value)) for name, value in values.items()]
    return Text(between).join(pairs)


def _shown(value: Any) -> str:
    return clean(", ".join(str(one) for one in value) if isinstance(value, list) else value)


def known(decoded: Decoded, catalog: Catalog) -> str:
    """What is known of a line that is not in the catalog."""
    if decoded.product is None:
        titles = ", ".join(product.title for product in catalog.products)
        return f"Nothing: no header of {titles} fits. The line is kept as it is."
    ident = decoded.ident
    if ident is None:
        return "The header is read; what follows it is none of the texts of the catalog. The line is kept as it is."
    if any(message.id == ident for message in decoded.product.messages):
        return f"The header is read, and {ident} is in the catalog, but with other words. The line is kept as it is."
    return f"The header is read; message {ident} is not in the catalog. The line is kept as it is."


def way_out(decoded: Decoded, catalog: Catalog) -> str:
    """What to do with such a line."""
    if decoded.status == HEADER_ONLY and decoded.product is not None:
        line = shlex.quote(decoded.line) if clean(decoded.line) == decoded.line else "'the line'"
        return f"Draft an entry: postern new {line}"
    names = ", ".join(product.name for product in catalog.products)
    return f"If you know the device, name it with --product ({names}), and give the whole line with its header."
