"""The command `sort`: how values are compared, where rows without a value stand."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splunk_emulator.eval_values import number
from splunk_emulator.event import values

from .faults import RefusedError
from .table import Table
from .text import listed, name

if TYPE_CHECKING:
    from collections.abc import Callable

    from .table import Row

    Key = float | str

DEFAULT = 10_000
_COUNT = re.compile(r"(?:limit\s*=\s*)?(\d+)(?:\s+|\Z)")
_ITEM = re.compile(r"([+-]?)\s*(?:(auto|num|str|ip)\s*\(\s*(.+?)\s*\)|(.+))", re.DOTALL)


@dataclass(frozen=True)
class _By:
    """One field to sort by."""

    field: str
    kind: str
    descending: bool

    def sort(self, rows: list[Row]) -> list[Row]:
        """Rows in order; those without the field stand last, whatever the direction."""
        found = [(self._text(row), row) for row in rows if self.field in row]
        key = self._key([text for text, _ in found])
        placed = sorted(found, key=lambda one: key(one[0]), reverse=self.descending)
        return [*(row for _, row in placed), *(row for row in rows if self.field not in row)]

    def _text(self, row: Row) -> str:
        found = values(row[self.field])
        if len(found) != 1:
            raise RefusedError(f"sort by {self.field}, which has several values")
        return found[0]

    def _key(self, texts: list[str]) -> Callable[[str], Key]:
        kind = self._found(texts) if self.kind == "auto" else self.kind
        if kind == "str":
            return lambda text: text
        if kind == "ip":
            if not all(_is_ipv4(text) for text in texts):
                raise RefusedError(f"sort by {self.field}: the order of anything but IPv4 addresses")
            return lambda text: int(ipaddress.IPv4Address(text))
        if any(number(text) is None for text in texts):
            raise RefusedError(f"sort by {self.field}: numbers beside other texts")
        return lambda text: number(text) or 0.0

    def _found(self, texts: list[str]) -> str:
        """What Splunk takes the values for; it decides for each two that it compares, so a mixture is refused."""
        if all(number(text) is not None for text in texts):
            return "num"
        if all(_is_ipv4(text) for text in texts):
            return "ip"
        if any(text[:1].isdigit() for text in texts):
            raise RefusedError(f"sort by {self.field}: texts that begin with a digit; say str({self.field})")
        return "str"


def compile_sort(arguments: str) -> Callable[[Table], Table]:
    """`sort [<count>] [-]<field>, …`; without a count ten thousand rows are kept, 0 keeps all.

    Raises:
        RefusedError: for the word `desc`.
    """
    count = _COUNT.match(arguments)
    kept = int(count[1]) if count else DEFAULT
    keys = [_by(item) for item in listed(arguments[count.end() if count else 0 :])]

    def run(table: Table) -> Table:
        rows = table.rows
        for key in reversed(keys):
            rows = key.sort(rows)
        return Table(table.columns, rows[:kept] if kept else rows)

    return run


def _by(item: str) -> _By:
    found = _ITEM.fullmatch(item)
    if found is None or re.search(r"\s(d|desc)\Z", item, re.IGNORECASE):
        raise RefusedError(f"sort: {item!r}")
    return _By(name(found[3] or found[4]), found[2] or "auto", found[1] == "-")


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
