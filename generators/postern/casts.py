"""From the text of a slot to its value: the closed list of casts, and the time rules of the design."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AHEAD = timedelta(days=2)  # a line without a year may be at most this far in the future
_DIGITS = re.compile("[0-9]+")
_ESCAPED = re.compile(r"\\(['\"\\])")
_REPR = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\Z", re.ASCII)
_IPV4_PARTS, _IPV4_HIGH = 4, 255
_IPV4_PART = re.compile(r"[0-9]{1,3}\Z")


def cast_duration(text: str) -> int:
    """`h:mm:ss` or `2d 3h:07m:09s` in seconds: the last number is of seconds, whatever stands between."""
    numbers = map(int, reversed(_DIGITS.findall(text)))
    return sum(number * unit for number, unit in zip(numbers, (1, 60, 3600, 86400), strict=False))


def cast_list(text: str) -> list[int]:
    """`0, 1` as numbers."""
    return [int(item) for item in text.split(",")]


def cast_text_list(text: str) -> list[str]:
    """`a@example.com, b@example.com` as texts."""
    return [item for part in text.split(",") if (item := part.strip(" "))]


def cast_pairs(text: str) -> list[str]:
    """A Python list of pairs, `[('a', 'b')]`, as `name: value`."""
    words = [_ESCAPED.sub(r"\1", match[1] if match[1] is not None else match[2]) for match in _REPR.finditer(text)]
    return [f"{name}: {value}" for name, value in zip(words[::2], words[1::2], strict=False)]


def cast_repr(text: str) -> str:
    r"""A Python repr without its quotes, unescaped (`\'`, `\"`, `\\` only)."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


CASTS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "duration": cast_duration,
    "list": cast_list,
    "text_list": cast_text_list,
    "python_repr": cast_repr,
    "pairs": cast_pairs,
}  # `ip` and `time` keep the text as the device wrote it


def is_ip(text: str) -> bool:
    """Whether a key's value is read as an address: four numbers up to 255, or hexadecimal groups with two colons."""
    if ":" in text:
        return text.count(":") > 1 and all(character in "0123456789abcdefABCDEF:." for character in text)
    parts = text.split(".")
    return len(parts) == _IPV4_PARTS and all(_IPV4_PART.match(part) and int(part) <= _IPV4_HIGH for part in parts)


def read_time(text: str, reference: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The instant of a device's timestamp in UTC; None if it is not a date of the calendar.

    Without a year the time is the one nearest to `reference` that lies at most two days after it, as if it were UTC.
    Without an offset the time is that of a clock in `zone`. An hour that the clock goes through twice counts as the
    first, one that it leaves out as if the change had not come yet: both have the offset from before the change.
    """
    try:
        if match := _ISO.match(text):
            return _read_iso(match, zone)
        moment = _read_words(text.removesuffix("Z").split(), reference)
        return moment and _placed(moment, UTC if text.endswith("Z") else zone)
    except (ValueError, OverflowError, IndexError, StopIteration):
        return None


def _placed(moment: datetime, zone: tzinfo) -> datetime:
    """The instant at which a clock in a zone shows what the moment says."""
    return moment if zone is UTC else moment.replace(tzinfo=zone).astimezone(UTC)


def _read_iso(match: re.Match[str], zone: tzinfo) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if offset := match[8]:
        zone = UTC if offset == "Z" else timezone(_offset(offset))
    return _placed(datetime(year, month, day, hour, minute, second, _micro(match[7]), UTC), zone)


def _offset(text: str) -> timedelta:
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timedelta(minutes=-minutes if text[0] == "-" else minutes)


def _micro(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _read_words(words: list[str], reference: datetime) -> datetime | None:
    if words[0] not in MONTHS:
        words = words[1:]  # a weekday
    month, day = MONTHS.index(words[0]) + 1, int(words[1])
    clock = next(word for word in words[2:] if ":" in word)
    year = next((int(word) for word in words[2:] if ":" not in word), None)
    match = _CLOCK.match(clock)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])

    def at(some_year: int) -> datetime | None:
        try:
            return datetime(some_year, month, day, hour, minute, second, _micro(match[4]), UTC)
        except ValueError:
            return None

    if year is not None:
        return at(year)
    around = (at(reference.year + step) for step in (1, 0, -1))
    allowed = [moment for moment in around if moment and moment <= reference + AHEAD]
    return min(allowed, key=lambda moment: abs(moment - reference), default=None)


def iso(moment: datetime) -> str:
    """An instant as Elasticsearch and we write it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
