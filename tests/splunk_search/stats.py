"""The command `stats`: aggregations of rows, by the values of fields."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splunk_emulator.event import Value, values

from .aggregates import BY_ORDER, FUNCTIONS
from .faults import BadSearchError, RefusedError
from .table import Row, Table
from .text import enclosed, name, names

if TYPE_CHECKING:
    from collections.abc import Callable

    from .expressions import Expression

    Compile = Callable[[str], Expression]

_FUNCTION = re.compile(r"\s*,?\s*([A-Za-z_][A-Za-z0-9_]*)")
_OPTION = re.compile(r"\s*=")
_ALIAS = re.compile(r'\s+as\s+("[^"\\]*"|[^\s,"|]+)', re.IGNORECASE)
_BY = re.compile(r"\s*\bby\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_EVAL = re.compile(r"eval\s*\((.*)\)", re.DOTALL)


@dataclass(frozen=True)
class _Term:
    """One aggregation.

    Attributes:
        subject: gives what is aggregated of a row; None of `count`, which takes whole rows.
    """

    alias: str
    function: str
    subject: Callable[[Row], Value | None] | None

    def of(self, rows: list[Row], *, ordered: bool) -> Value | None:
        """The value of a group of rows."""
        if self.subject is None:
            return str(len(rows))
        if self.function in BY_ORDER and not ordered:
            raise RefusedError(f"{self.function}() of rows whose order is not documented")
        found = [(row, value) for row in rows if (value := self.subject(row)) is not None]
        try:
            return FUNCTIONS[self.function](found)
        except RefusedError as error:
            raise RefusedError(f"stats, {self.alias}: {error}") from None


def compile_stats(arguments: str, expression: Compile) -> Callable[[Table], Table]:
    """`stats <function>(<field>|eval(<expression>)) [AS <name>] … [by <field> …]`.

    Raises:
        BadSearchError: for what Splunk refuses.
        RefusedError: for functions and options that are not implemented.
    """
    terms, keys = _terms(arguments, expression)
    columns = [*keys, *(term.alias for term in terms)]
    if len(set(columns)) < len(columns):
        raise BadSearchError("stats: two results have one name")

    def run(table: Table) -> Table:
        groups = _groups(table.rows, keys) if keys else {(): table.rows}
        rows = [_row(terms, keys, key, table, members) for key, members in sorted(groups.items())]
        if not keys and not rows[0]:
            raise RefusedError("stats: whether one row without values is a row")
        return Table(columns, rows, ordered=len(rows) == 1)

    return run


def _row(terms: list[_Term], keys: list[str], key: tuple[str, ...], table: Table, members: list[Row]) -> Row:
    row: Row = dict(zip(keys, key, strict=True))
    for term in terms:
        value = term.of(members, ordered=table.ordered)
        if value is not None:
            row[term.alias] = value
    return row


def _groups(rows: list[Row], keys: list[str]) -> dict[tuple[str, ...], list[Row]]:
    """Rows by key; one without a key is left out, one with several values of a key stands under each of them."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        for key in itertools.product(*(values(row.get(one)) for one in keys)):
            groups.setdefault(key, []).append(row)
    return groups


def _terms(arguments: str, expression: Compile) -> tuple[list[_Term], list[str]]:
    terms: list[_Term] = []
    position, arguments = 0, arguments.rstrip()
    while position < len(arguments):
        by = _BY.match(arguments, position)
        if by is not None and terms:
            return terms, names(by[1])
        found = _FUNCTION.match(arguments, position)
        if found is None:
            raise BadSearchError(f"stats: not understood from {arguments[position : position + 20]!r} on")
        term, position = _term(arguments, found, expression)
        terms.append(term)
    if not terms:
        raise BadSearchError("stats without a function")
    return terms, []


def _term(text: str, found: re.Match[str], expression: Compile) -> tuple[_Term, int]:
    function, position, inner = found[1].lower(), found.end(), ""
    if _OPTION.match(text, position):
        raise RefusedError(f"stats: the option {function}")
    if function not in FUNCTIONS:
        raise RefusedError(f"stats: the function {function}()")
    if text[position : position + 1] == "(":
        end = enclosed(text, position)
        inner, position = text[position + 1 : end].strip(), end + 1
    if not inner and function != "count":
        raise BadSearchError(f"stats: {function}() of nothing")
    alias = _ALIAS.match(text, position)
    evaluated = _EVAL.fullmatch(inner)
    if evaluated and not alias:
        raise BadSearchError(f"stats: {function}(eval(…)) without AS")
    shown = name(alias[1]) if alias else found[1] + (f"({inner})" if inner else "")
    term = _Term(shown, function, _subject(function, inner, evaluated, expression) if inner else None)
    return term, alias.end() if alias else position


def _subject(
    function: str, inner: str, evaluated: re.Match[str] | None, expression: Compile
) -> Callable[[Row], Value | None]:
    if evaluated is None:
        field = name(inner)
        return lambda row: row.get(field)
    made = expression(evaluated[1])
    if function == "count":
        return lambda row: "1" if made.counts(row) else None
    return made.value
