"""The functions of `stats`: each makes one value out of the values of a group of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splunk_emulator.eval_values import number, printed
from splunk_emulator.event import Value, value_of, values

from .faults import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .table import Row

    Found = list[tuple[Row, Value]]  # the rows that have a value, and the value


def _single(value: Value | None) -> str:
    found = values(value)
    if len(found) != 1:
        raise RefusedError("several values in one row, or none")
    return found[0]


def _count(found: Found) -> str:
    return str(len([_single(value) for _, value in found]))


def _texts(found: Found) -> set[str]:
    """Distinct values as texts: `1` and `1.0` are two; each value of a multivalue field is one."""
    return {one for _, value in found for one in values(value)}


def _values(found: Found) -> Value | None:
    return value_of(sorted(_texts(found))) if found else None


def _extreme(pick: Callable[[list[tuple[float, str]]], tuple[float, str]]) -> Callable[[Found], str | None]:
    """`min` or `max`: of numbers if all are numbers, of texts if none is."""

    def of(found: Found) -> str | None:
        texts = [_single(value) for _, value in found]
        numbers = [one for one in map(number, texts) if one is not None]
        if not texts:
            return None
        if len(numbers) == len(texts):
            return printed(pick([(one, "") for one in numbers])[0])
        if numbers:
            raise RefusedError("numbers beside other texts")
        return pick([(0.0, one) for one in texts])[1]

    return of


def _sum(found: Found) -> str | None:
    """The sum of what is a number."""
    numbers = [one for one in (number(_single(value)) for _, value in found) if one is not None]
    return printed(sum(numbers)) if numbers else None


def _first(found: Found) -> str | None:
    return _single(found[0][1]) if found else None


def _timed(pick: Callable[[list[float]], float]) -> Callable[[Found], str | None]:
    """`earliest` or `latest`: the value of the row with the least or greatest `_time`."""

    def of(found: Found) -> str | None:
        if not found:
            return None
        timed = [(number(_single(row.get("_time"))) or 0.0, _single(value)) for row, value in found]
        moment = pick([time for time, _ in timed])
        chosen = {value for time, value in timed if time == moment}
        if len(chosen) > 1:
            raise RefusedError("two values at the same time")
        return chosen.pop()

    return of


FUNCTIONS: dict[str, Callable[[Found], Value | None]] = {
    "count": _count,
    "dc": lambda found: str(len(_texts(found))),
    "distinct_count": lambda found: str(len(_texts(found))),
    "values": _values,
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _sum,
    "first": _first,
    "earliest": _timed(min),
    "latest": _timed(max),
}
BY_ORDER = frozenset({"first"})
