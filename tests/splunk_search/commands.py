"""The commands of a pipeline, but for `stats`, `sort` and `lookup`: each is compiled to a step from table to table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.eval_values import number, printed
from splunk_emulator.event import values

from .faults import BadSearchError, RefusedError
from .table import Row, Table, added
from .text import listed, name, names

if TYPE_CHECKING:
    from collections.abc import Callable

    from .expressions import Expression

    Step = Callable[[Table], Table]
    Compile = Callable[[str], Expression]

INTERNAL = ("_time", "_raw")
_ASSIGNMENT = re.compile(r"""(?:'([^']+)'|"([^"]+)"|([A-Za-z_][A-Za-z0-9_]*))\s*=(?!=)(.+)""", re.DOTALL)
_RENAMING = re.compile(r'("[^"]*"|[^\s,"]+)\s+as\s+("[^"]*"|[^\s,"]+)', re.IGNORECASE)
_SPAN = re.compile(r"span\s*=\s*(\d+)(s|m|h)\b")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_TEN = 10


def where(arguments: str, expression: Compile) -> Step:
    """`where <condition>`: rows for which it is true, neither false nor null."""
    condition = expression(arguments)
    return lambda table: Table(table.columns, [row for row in table.rows if condition.holds(row)], table.ordered)


def calculate(arguments: str, expression: Compile) -> Step:
    """`eval a=…, b=…`: from left to right, each seeing what was made before it; null takes a field away."""
    made: list[tuple[str, Expression]] = []
    for part in listed(arguments):
        found = _ASSIGNMENT.fullmatch(part)
        if found is None:
            raise BadSearchError(f"eval: no assignment: {part!r}")
        made.append((found[1] or found[2] or found[3], expression(found[4])))

    def changed(row: Row) -> Row:
        row = dict(row)
        for field, one in made:
            value = one.value(row)
            if value is None:
                row.pop(field, None)
            else:
                row[field] = value
        return row

    return lambda table: Table(
        added(table.columns, *(field for field, _ in made)), [changed(row) for row in table.rows], table.ordered
    )


def mvexpand(arguments: str) -> Step:
    """`mvexpand <field>`: a row for each value.

    Raises:
        BadSearchError: for an internal field.
        RefusedError: for `limit`, and for a row without the field: no document says what becomes of it.
    """
    field = name(arguments)
    if field.startswith("_"):
        raise BadSearchError(f"mvexpand of the internal field {field}")

    def run(table: Table) -> Table:
        if any(field not in row for row in table.rows):
            raise RefusedError(f"mvexpand of a row without {field}")
        return Table(
            table.columns, [{**row, field: one} for row in table.rows for one in values(row[field])], table.ordered
        )

    return run


def table_of(arguments: str) -> Step:
    """`table a, b`: these columns in this order, and nothing else."""
    return _kept(names(arguments))


def fields(arguments: str) -> Step:
    """`fields [+|-] a, b`: keeps these (and always `_time` and `_raw`), or takes these away."""
    listed_names = names(arguments.removeprefix("+").removeprefix("-"))
    if not arguments.startswith("-"):
        return lambda table: _kept([*listed_names, *(one for one in INTERNAL if one in table.columns)])(table)
    return lambda table: _kept([one for one in table.columns if one not in listed_names])(table)


def _kept(columns: list[str]) -> Step:
    columns = list(dict.fromkeys(columns))
    return lambda table: Table(
        columns, [{one: row[one] for one in columns if one in row} for row in table.rows], table.ordered
    )


def rename(arguments: str) -> Step:
    """`rename a AS b, …`.

    Raises:
        RefusedError: where there is a field of the new name already.
    """
    pairs = [(name(old), name(new)) for old, new in _RENAMING.findall(arguments)]
    if _RENAMING.sub("", arguments).strip(" ,\t\r\n") or not pairs:
        raise BadSearchError(f"rename: not understood: {arguments!r}")
    new_names = dict(pairs)

    def run(table: Table) -> Table:
        for new in new_names.values():
            if new in table.columns:
                raise RefusedError(f"rename to {new}, which is there already")
        columns = [new_names.get(one, one) for one in table.columns]
        rows = [{new_names.get(field, field): value for field, value in row.items()} for row in table.rows]
        return Table(columns, rows, table.ordered)

    return run


def head(arguments: str) -> Step:
    """`head [<count>]`: the first rows, ten if no count is given.

    Raises:
        RefusedError: for conditions and options, and where the order of the rows is not documented.
    """
    found = re.fullmatch(r"(?:limit\s*=\s*)?(\d+)|", arguments)
    if found is None:
        raise RefusedError(f"head {arguments}")
    count = int(found[1] or _TEN)

    def run(table: Table) -> Table:
        if not table.ordered and len(table.rows) > count:
            raise RefusedError("head of rows whose order is not documented")
        return Table(table.columns, table.rows[:count], table.ordered)

    return run


def fillnull(arguments: str) -> Step:
    """`fillnull [value=…] a b`: a value for what has none.

    Raises:
        RefusedError: without a list of fields.
    """
    found = re.fullmatch(r'(?:value\s*=\s*("[^"]*"|[^\s"]+)\s*)?(.*)', arguments, re.DOTALL)
    if found is None or not found[2]:
        raise RefusedError("fillnull without a list of fields")
    value, filled = (found[1] or "0").strip('"'), names(found[2])
    return lambda table: Table(
        added(table.columns, *filled), [{**dict.fromkeys(filled, value), **row} for row in table.rows], table.ordered
    )


def dedup(arguments: str) -> Step:
    """`dedup a b`: the first row of each combination; rows that lack one of the fields are left out.

    Raises:
        RefusedError: for counts and options, for several values, where the order of the rows is not documented.
    """
    if "=" in arguments or re.match(r"\d+\s", arguments) or re.search(r"\bsortby\b", arguments):
        raise RefusedError(f"dedup {arguments}")
    keys = names(arguments)

    def run(table: Table) -> Table:
        if not table.ordered:
            raise RefusedError("dedup of rows whose order is not documented")
        first: dict[tuple[str, ...], Row] = {}
        for row in table.rows:
            key = [values(row.get(one)) for one in keys]
            if any(len(found) > 1 for found in key):
                raise RefusedError("dedup of several values in one row")
            if all(key):
                first.setdefault(tuple(found[0] for found in key), row)
        return Table(table.columns, list(first.values()))

    return run


def bucket(arguments: str) -> Step:
    """`bin _time span=15m`: times down to the beginning of their slice, which slices of hours and less share by UTC.

    Raises:
        RefusedError: for other fields, spans and options.
    """
    span = _SPAN.search(arguments)
    if span is None or _SPAN.sub("", arguments, count=1).split() != ["_time"]:
        raise RefusedError(f"bin {arguments}")
    width = int(span[1]) * _SECONDS[span[2]]

    def changed(row: Row) -> Row:
        time = number(str(row["_time"])) if "_time" in row else None
        return row if time is None else {**row, "_time": printed(time // width * width)}

    return lambda table: Table(table.columns, [changed(row) for row in table.rows], table.ordered)


def xyseries(arguments: str) -> Step:
    """`xyseries <x> <series> <y>`: a row for each x, a column for each series.

    Raises:
        RefusedError: for options, for rows that lack one of the three, and for two rows of one x and series.
    """
    if "=" in arguments or len(names(arguments)) != len(("x", "series", "y")):
        raise RefusedError(f"xyseries {arguments}")
    x, series, y = names(arguments)

    def run(table: Table) -> Table:
        rows: dict[str, Row] = {}
        for row in table.rows:
            found = [values(row.get(one)) for one in (x, series, y)]
            if any(len(one) != 1 for one in found):
                raise RefusedError("xyseries of a row without one value of each field")
            (place,), (column,), (value,) = found
            made = rows.setdefault(place, {x: place})
            if column in made:
                raise RefusedError(f"xyseries: {column} stands twice at {place}")
            made[column] = value
        columns = sorted({column for row in rows.values() for column in row} - {x})
        return Table([x, *columns], list(rows.values()), table.ordered)

    return run
