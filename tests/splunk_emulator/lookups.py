"""Automatic lookups over CSV files."""

from __future__ import annotations

import csv
import io
import ipaddress
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .conf import App, Setting, Stanza, flag_of, number_of, text_of
from .event import Fields, Value, value_of, values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .faults import FaultLog
    from .transforms import Transforms

    Step = Callable[[Fields], None]

MAX_MATCHES = 100
_WORD = re.compile(r'"([^"]*)"|([^\s,"]+)')
_MATCH_TYPE = re.compile(r"(WILDCARD|CIDR|EXACT)\(\s*([^)\s]+)\s*\)", re.IGNORECASE)
_KEPT = 10_000  # answers remembered for each lookup


@dataclass
class Table:
    """A CSV file as a lookup definition reads it."""

    columns: list[str]
    rows: list[dict[str, str]]
    max_matches: int
    min_matches: int
    default_match: str
    fold: bool
    kinds: dict[str, str]
    _indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[dict[str, str]]]] = field(default_factory=dict)
    _answers: dict[tuple[tuple[str, str], ...], list[dict[str, str]]] = field(default_factory=dict)

    def find(self, wanted: dict[str, str]) -> list[dict[str, str]]:
        """The first rows, in file order, that match all keys."""
        key = tuple(wanted.items())
        if key not in self._answers:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            self._answers[key] = self._find(wanted)
        return self._answers[key]

    def _find(self, wanted: dict[str, str]) -> list[dict[str, str]]:
        exact = tuple(column for column in wanted if column not in self.kinds)
        rows = self._index(exact).get(tuple(self._folded(wanted[column]) for column in exact), [])
        loose = [(column, value) for column, value in wanted.items() if column in self.kinds]
        found = (row for row in rows if all(self._matches(row, column, value) for column, value in loose))
        return list(itertools.islice(found, self.max_matches))

    def _index(self, columns: tuple[str, ...]) -> dict[tuple[str, ...], list[dict[str, str]]]:
        if columns not in self._indexes:
            index: dict[tuple[str, ...], list[dict[str, str]]] = {}
            for row in self.rows:
                index.setdefault(tuple(self._folded(row[column]) for column in columns), []).append(row)
            self._indexes[columns] = index
        return self._indexes[columns]

    def _folded(self, value: str) -> str:
        return value.lower() if self.fold else value

    def _matches(self, row: dict[str, str], column: str, value: str) -> bool:
        if self.kinds[column] == "WILDCARD":
            shape = ".*".join(map(re.escape, self._folded(row[column]).split("*")))
            return re.fullmatch(shape, self._folded(value), re.DOTALL) is not None
        try:
            return ipaddress.ip_address(value) in ipaddress.ip_network(row[column], strict=False)
        except ValueError:
            return False


@dataclass(frozen=True)
class Lookup:
    """A LOOKUP of props.conf.

    Attributes:
        inputs, outputs: column and field.
        only_new: OUTPUTNEW.
    """

    table: Table
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    only_new: bool

    def __call__(self, fields: Fields) -> None:
        """Write the outputs of the rows that match; an event without one of the inputs is left alone."""
        keys = [(column, values(fields.get(name))) for column, name in self.inputs]
        if not all(found for _, found in keys):
            return
        columns = [column for column, _ in keys]
        rows: list[dict[str, str]] = []
        for combination in itertools.product(*(found for _, found in keys)):
            rows += self.table.find(dict(zip(columns, combination, strict=True)))
        one = rows[0] if len(rows) == 1 and self.table.min_matches <= 1 else None
        for column, name in self.outputs:
            found = ([one[column]] if one[column] else []) if one is not None else self._values(rows, column)
            self._write(fields, name, found)

    def _values(self, rows: list[dict[str, str]], column: str) -> list[str]:
        """A column's values; empty cells are no values."""
        missing = max(0, self.table.min_matches - len(rows))
        return [value for value in (*(row[column] for row in rows), *[self.table.default_match] * missing) if value]

    def _write(self, fields: Fields, name: str, found: list[str]) -> None:
        if self.only_new and name in fields:
            return
        value: Value | None = value_of(found) if found else None
        if value is not None:
            fields[name] = value
        elif not self.only_new:
            fields.pop(name, None)  # OUTPUT clears what no row gives


class Lookups:
    """Lookup definitions by name, their files read once."""

    def __init__(self, transforms: Transforms, apps: Sequence[App], faults: FaultLog) -> None:
        self._transforms, self._apps, self._faults = transforms, apps, faults
        self._tables: dict[str, Table | None] = {}

    def compile(self, setting: Setting) -> Step | None:
        """A LOOKUP as a step; None (and a fault) where it cannot work."""
        quoted = [(bool(one), one or other) for one, other in _WORD.findall(setting.value)]
        words = [word for _, word in quoted]
        if len(words) < 2:
            self._faults.note("lookup", setting.where, "needs a definition and a field")
            return None
        table = self._table(words[0], setting)
        if table is None:
            return None
        split = next((at for at, word in enumerate(words) if word.upper() in {"OUTPUT", "OUTPUTNEW"}), len(words))
        inputs, outputs = _renamed(words[1:split]), _renamed(words[split + 1 :])
        if not outputs:
            taken = {column for column, _ in inputs}
            outputs = [(column, column) for column in table.columns if column not in taken]
        unknown = [column for column, _ in [*inputs, *outputs] if column not in table.columns]
        if unknown:
            self._faults.note("lookup", setting.where, f"the table has no column {', '.join(unknown)}")
            return None
        only_new = split < len(words) and words[split].upper() == "OUTPUTNEW"
        return Lookup(table, tuple(inputs), tuple(outputs), only_new)

    def _table(self, name: str, setting: Setting) -> Table | None:
        if name not in self._tables:
            stanza = self._transforms.stanza(name)
            if stanza is None or not text_of(stanza, "filename"):
                self._faults.note("reference", setting.where, f"there is no lookup definition [{name}]")
                return None
            self._tables[name] = self._read(stanza)
        return self._tables[name]

    def _read(self, stanza: Stanza) -> Table | None:
        setting = stanza["filename"]
        paths = (app.path / "lookups" / setting.value for app in self._apps)
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            self._faults.note("reference", setting.where, f"there is no file lookups/{setting.value}")
            return None
        columns, rows = self._rows(setting, path.read_bytes())
        return Table(
            columns,
            rows,
            max(1, number_of(stanza, "max_matches", MAX_MATCHES, self._faults)),
            number_of(stanza, "min_matches", 0, self._faults),
            text_of(stanza, "default_match"),
            not flag_of(stanza, "case_sensitive_match", default=True),
            {
                name: kind.upper()
                for kind, name in _MATCH_TYPE.findall(text_of(stanza, "match_type"))
                if kind.upper() != "EXACT"
            },
        )

    def _rows(self, setting: Setting, data: bytes) -> tuple[list[str], list[dict[str, str]]]:
        text = data.decode("utf-8", "replace")
        if text.startswith("\ufeff"):
            self._faults.note("lookup", setting.where, "the file begins with a byte order mark")
        header, *lines = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
        rows = []
        for number, line in enumerate(lines, start=2):
            if not line:
                continue
            if len(line) != len(header):
                self._faults.note("lookup", setting.where, f"line {number} has {len(line)} cells, not {len(header)}")
            rows.append(dict(zip(header, [*line, *[""] * len(header)], strict=False)))
        return header, rows


def _renamed(words: list[str]) -> list[tuple[str, str]]:
    """`a AS b c` as pairs of column and field."""
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(words):
        if position + 2 < len(words) and words[position + 1].upper() == "AS":
            found.append((words[position], words[position + 2]))
            position += 3
        else:
            found.append((words[position], words[position]))
            position += 1
    return found
