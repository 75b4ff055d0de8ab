"""How events and rows look on paper: plain texts, without control characters, whatever a line held."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from postern.document import flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NOTHING = "-"
LONGEST = 96
BRIEF = 20
ROOMY = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Constants of the event, of its device and of its way here: the values of the line itself remain.
_HIDDEN = re.compile(
    r"(?:@timestamp|message|tags"
    r"|(?:ecs|log|observer|related|data_stream|error)\..*"
    r"|event\.(?!reason\Z|duration\Z).*"
    r"|postern\.(?:key|parse_status|direction))\Z"
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.0+)?(\.\d+)?Z\Z")


def clean(value: object) -> str:
    """A value as one line that no terminal takes for a command."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(clean(one) for one in value)
    text = str(value)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _TIME.sub(r"\1 \2\3", text))


def short(value: object, longest: int = LONGEST) -> str:
    """A value as one line of at most `longest` characters."""
    text = clean(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def values(document: Mapping[str, Any]) -> list[str]:
    """The values that a line told, as `field=value`; the device's own parameters without their long prefix."""
    shown = [(path, value) for path, value in flat(dict(document)) if not _HIDDEN.match(path)]
    return [f"{path.removeprefix('postern.params.')}={short(value)}" for path, value in sorted(shown)]


def head(document: Mapping[str, Any], title: str | None) -> str:
    """One line for an event: time, device, title, what happened."""
    event = document.get("event", {})
    observer = document.get("observer", {})
    made_by = " ".join(filter(None, (observer.get("vendor"), observer.get("product"))))
    device = observer.get("name") or made_by or NOTHING
    what = ", ".join(filter(None, (event.get("action"), event.get("outcome"))))
    said = title or f"({document.get('postern', {}).get('parse_status', 'unknown')}) {short(document.get('message'))}"
    return f"{clean(document.get('@timestamp'))}  {short(device, 32)}  {said}" + (f"  [{what}]" if what else "")


def event(document: Mapping[str, Any], texts: Mapping[str, Any] | None, width: int, *, explain: bool) -> list[str]:
    """The lines of one event: its head, its values, and on request its meaning and what to do."""
    title = texts["postern.title"] if texts else None
    lines = [head(document, title), *wrapped("  ".join(values(document)), width, "    ")]
    if texts and explain and texts["postern.meaning"]:
        lines += wrapped(f"means: {clean(texts['postern.meaning'])}", width, "    ", "           ")
        lines += wrapped(f"to do: {clean(texts['postern.recommended_action'])}", width, "    ", "           ")
    return lines


def record(row: Mapping[str, Any]) -> Iterator[str]:
    """A row as one line a column, without the empty ones."""
    widest = max(map(len, row), default=0)
    for column, value in row.items():
        if value is not None:
            yield f"    {column:<{widest}}  {clean(value)}"


def wrapped(text: str, width: int, indent: str, further: str | None = None) -> list[str]:
    """A text in lines of at most `width` characters."""
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=further or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> Table:
    """Rows as a table; numbers to the right, short values in one piece where the paper is wide."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows]
        numeric = any(isinstance(cell, int | float) for cell in cells)
        brief = width >= ROOMY and all(len(clean(cell)) <= BRIEF for cell in cells)
        made.add_column(Text(column), justify="right" if numeric else "left", overflow="fold", no_wrap=brief)
    for row in rows:
        made.add_row(*(Text(clean(value)) for value in row))
    return made
