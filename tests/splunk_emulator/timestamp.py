"""TIME_FORMAT: a subset of strptime, the year that a format leaves out, the zone of an event."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = [name.lower() for name in calendar.month_abbr[1:]]
_MONTH = "|".join([*calendar.month_name[1:], *calendar.month_abbr[1:]])
_DAY = "|".join([*calendar.day_name, *calendar.day_abbr])
_OFFSET = r"[+-]\d{2}:?\d{2}"

# Shapes by directive; a name in front of the colon becomes a part of the result, without one the text is only read.
_SHAPES: dict[str, tuple[str, str]] = {
    "Y": ("year", r"\d{4}"), "y": ("short_year", r"\d{2}"),
    "b": ("month_name", _MONTH), "B": ("month_name", _MONTH), "h": ("month_name", _MONTH),
    "m": ("month", r"1[0-2]|0?[1-9]"),
    "d": ("day", r"3[01]|[12]\d|[ 0]?[1-9]"), "e": ("day", r"3[01]|[12]\d|[ 0]?[1-9]"),
    "H": ("hour", r"2[0-3]|[01]?\d"), "M": ("minute", r"[0-5]?\d"), "S": ("second", r"60|[0-5]?\d"),
    "a": ("", _DAY), "A": ("", _DAY),
    "z": ("offset", _OFFSET), ":z": ("offset", _OFFSET), "Z": ("zone", r"[A-Za-z][A-Za-z]{0,5}"),
    "s": ("epoch", r"\d{9,11}"),
    "3N": ("fraction", r"\d{3}"), "6N": ("fraction", r"\d{6}"), "9N": ("fraction", r"\d{9}"),
}  # fmt: skip
_COMPOUND = {"T": "%H:%M:%S", "F": "%Y-%m-%d"}
_DIRECTIVE = re.compile(r"%(:z|[369]N|.)|(\s+)|([^%\s]+)", re.DOTALL)

# Splunk's own defaults for zone words in events; an unknown word leaves TZ in force.
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


class UnknownDirectiveError(ValueError):
    """A directive that is not emulated."""


@dataclass(frozen=True)
class TimeFormat:
    """A compiled TIME_FORMAT."""

    pattern: re.Pattern[str]

    def read(self, text: str, now: datetime, zone: tzinfo) -> datetime | None:
        """The time that stands at the very beginning of a text; None where none does.

        Args:
            text: the text behind TIME_PREFIX, not longer than the look-ahead.
            now: the clock, for formats without year or date.
            zone: TZ, for events that name no zone.
        """
        found = self.pattern.match(text)
        if found is None:
            return None
        parts = {name: value for name, value in found.groupdict().items() if value is not None}
        try:
            return _moment(parts, now, _zone(parts, zone))
        except ValueError:
            return None  # the thirtieth of February


def compile_format(text: str) -> TimeFormat:
    """Compile a TIME_FORMAT.

    Raises:
        UnknownDirectiveError: for a directive outside the subset.
    """
    for letter, meaning in _COMPOUND.items():
        text = text.replace(f"%{letter}", meaning)
    shape, used = "", set[str]()
    for directive, blank, literal in _DIRECTIVE.findall(text):
        if blank:
            shape += r"\s+"  # one blank in the format stands for a run of blanks in the event
        elif literal or directive == "%":
            shape += re.escape(literal or "%")
        elif directive in _SHAPES:
            name, pattern = _SHAPES[directive]
            shape += f"(?P<{name}>{pattern})" if name and name not in used else f"(?:{pattern})"
            used.add(name)
        else:
            raise UnknownDirectiveError(f"%{directive}")
    return TimeFormat(re.compile(shape, re.IGNORECASE | re.ASCII))


def zone_named(name: str) -> tzinfo | None:
    """The zone of a TZ setting; None where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _zone(parts: dict[str, str], default: tzinfo) -> tzinfo:
    """The zone in the event, else TZ."""
    if "offset" in parts:
        digits = parts["offset"].replace(":", "")
        offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
        return timezone(-offset if digits[0] == "-" else offset)
    word = parts.get("zone", "").upper()
    return timezone(timedelta(hours=ZONES[word])) if word in ZONES else default


def _moment(parts: dict[str, str], now: datetime, zone: tzinfo) -> datetime:
    micro = int(parts.get("fraction", "0").ljust(6, "0")[:6])
    if "epoch" in parts:
        return datetime.fromtimestamp(int(parts["epoch"]), UTC) + timedelta(microseconds=micro)
    today = now.astimezone(zone)
    month, day = _month(parts, today), int(parts.get("day", today.day))
    year = _year(parts, month, day, today)
    second = int(parts.get("second", 0))
    moment = datetime(year, month, day, int(parts.get("hour", 0)), int(parts.get("minute", 0)), 0, micro, zone)
    return moment + timedelta(seconds=second)  # a leap second is the next minute's first


def _month(parts: dict[str, str], today: datetime) -> int:
    if "month_name" in parts:
        return MONTHS.index(parts["month_name"][:3].lower()) + 1
    return int(parts.get("month", today.month))


def _year(parts: dict[str, str], month: int, day: int, today: datetime) -> int:
    """The year in the event, else the one Splunk guesses from the clock (see `guess_year`)."""
    if "year" in parts:
        return int(parts["year"])
    if "short_year" in parts:
        short = int(parts["short_year"])
        return short + (1900 if short >= 69 else 2000)  # POSIX's pivot
    return guess_year(month, day, today)


def guess_year(month: int, day: int, today: datetime) -> int:
    """The year of a date without one.

    From memory of Splunk's manual: 31 December seen on 1 January is last year's, 1 January seen on 31 December next
    year's, 29 February the last leap year's, all else this year's. A date that this puts more than a week ahead is
    last year's: an assumption, without which December's lines read in January would never be dated.
    """
    year = today.year
    if (month, day, today.month, today.day) == (12, 31, 1, 1):
        return year - 1
    if (month, day, today.month, today.day) == (1, 1, 12, 31):
        return year + 1
    if (month, day) == (2, 29):
        return next(leap for leap in range(year, year - 9, -1) if calendar.isleap(leap))
    moment = datetime(year, month, day, tzinfo=today.tzinfo)
    return year - 1 if moment > today + timedelta(days=7) else year
