"""Lookup tables and the lookups that use them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splunk_emulator.conf import text_of

from .keys import hint

if TYPE_CHECKING:
    from pathlib import Path

    from splunk_emulator.conf import Setting

    from .app import LintedApp

BOM = "\ufeff"
_WORD = re.compile(r'"([^"]*)"|([^\s,"]+)')
_OPTION = re.compile(r"(?:local|update|event_time_field)=\S+\s*")
_MATCH_TYPE = re.compile(r"(?:WILDCARD|CIDR|EXACT)\(\s*([^)\s]+)\s*\)", re.IGNORECASE)


@dataclass(frozen=True)
class LookupUse:
    """A lookup as props.conf and the command `lookup` spell it.

    Attributes:
        name: the definition, or a file of lookups/.
        columns: the table's columns that it names, inputs and outputs.
    """

    name: str
    columns: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> LookupUse:
        """`name column AS field … OUTPUT column AS field …`, the command's options left aside."""
        words = [quoted or bare for quoted, bare in _WORD.findall(_OPTION.sub("", text))]
        named = [word for word in words[1:] if word.upper() not in {"OUTPUT", "OUTPUTNEW"}]
        fields = {at + 1 for at, word in enumerate(named) if word.upper() == "AS"}
        columns = (word for at, word in enumerate(named) if at not in fields and word.upper() != "AS")
        return cls(words[0] if words else "", tuple(columns))


class Tables:
    """The app's lookup definitions with the columns of their tables."""

    def __init__(self, app: LintedApp) -> None:
        self._app = app
        self.definitions = {
            name: stanza
            for name, stanza in app.stanzas("transforms.conf").items()
            if any(text_of(stanza, key) for key in ("filename", "external_type", "collection", "external_cmd"))
        }

    def check(self, use: LookupUse, setting: Setting) -> None:
        """A use names a definition (or a file), and columns that the table has."""
        columns = self._columns(use.name)
        if columns is None:
            near = hint(use.name, list(self.definitions))
            self._app.add("missing-lookup", setting, f"there is no lookup definition [{use.name}]{near}")
            return
        for column in use.columns:
            if columns and column not in columns:
                self._app.add("csv-column", setting, f"{use.name} has no column {column}{hint(column, columns)}")

    def _columns(self, name: str) -> list[str] | None:
        """A table's columns, none where they cannot be known; None where there is no such lookup."""
        stanza = self.definitions.get(name)
        file = text_of(stanza, "filename") if stanza else name if name.endswith(".csv") else ""
        path = self._app.path / "lookups" / file
        if file and path.is_file():
            return next(iter(_rows(path)), [])
        return None if stanza is None else []


def check_tables(app: LintedApp) -> None:
    """Each table has the shape of one, and each definition its table."""
    for path in sorted(app.path.glob("lookups/*.csv")):
        _check_file(app, path)
    for name, stanza in Tables(app).definitions.items():
        file = text_of(stanza, "filename")
        path = app.path / "lookups" / file
        if file and not path.is_file():
            app.add("csv-missing", stanza["filename"], f"there is no lookups/{file}")
        elif file:
            columns = next(iter(_rows(path)), [])
            for column in _MATCH_TYPE.findall(text_of(stanza, "match_type")):
                if columns and column not in columns:
                    app.add("csv-column", stanza["match_type"], f"{name} has no column {column}")


def _check_file(app: LintedApp, path: Path) -> None:
    where = path.relative_to(app.path).as_posix()
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        app.problems.add("csv-not-utf8", where, f"byte {error.start} is not UTF-8")
        return
    if text.startswith(BOM):
        app.problems.add("csv-bom", where, "begins with a byte order mark")
    header, *rows = _rows(path) or [[]]
    if not header or not all(map(str.strip, header)) or len(set(header)) < len(header):
        app.problems.add("csv-header", where, f"the first row is no list of distinct column names: {header}")
        return
    for number, row in enumerate(rows, start=2):
        if row and len(row) != len(header):
            app.problems.add("csv-ragged", where, f"row {number} has {len(row)} cells, the header {len(header)}")


def _rows(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode(errors="replace").removeprefix(BOM)
    return list(csv.reader(io.StringIO(text, newline="")))
