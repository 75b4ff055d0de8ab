"""Time zones in eval expressions, which know none: the offsets of a zone as a table of the changes of its clocks.

The changes are those that the time-zone database of the machine knows which generates the app.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, LAST = 2000, 2040  # years whose changes are in the table; before and after them the nearest offset goes on
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def offset(zone: str, clock: str) -> str:
    """The offset of a zone in seconds, by what its clock shows in seconds as if it showed UTC; both expressions.

    The table goes backwards in time. In an hour that the clock shows twice, and in one that it leaves out, the offset
    from before the change still counts.
    """
    first, *later = _changes(ZoneInfo(zone))
    cases = [f"{clock} >= {at}, {after}" for at, after in reversed(later)]
    return f"case({', '.join(cases)}, true(), {first[1]})" if cases else str(first[1])


def _changes(zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """What the clock shows as an offset begins to count, and the offset; the first one has always been."""
    moment, end = datetime(FIRST, 1, 1, tzinfo=UTC), datetime(LAST + 1, 1, 1, tzinfo=UTC)
    before = _offset(zone, moment)
    yield 0, before
    while moment < end:
        after = _offset(zone, moment + _DAY)
        if after != before:
            at = _first_of(zone, moment, after)
            yield int(at.timestamp()) + max(before, after), after
        moment, before = moment + _DAY, after


def _first_of(zone: ZoneInfo, moment: datetime, wanted: int) -> datetime:
    """The first second of a day that has the offset which its end has."""
    least, most = 0, _DAY // _SECOND
    while least < most:
        middle = (least + most) // 2
        if _offset(zone, moment + middle * _SECOND) == wanted:
            most = middle
        else:
            least = middle + 1
    return moment + least * _SECOND


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    return (moment.astimezone(zone).utcoffset() or timedelta()) // _SECOND
