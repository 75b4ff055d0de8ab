"""The event as it stands in the index and as a search returns it."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = str | list[str]
Fields = dict[str, Value]
DEFAULT_FIELDS = frozenset({"host", "source", "sourcetype", "index"})


@dataclass(frozen=True)
class Event:
    """One event.

    Attributes:
        raw: `_raw`.
        sourcetype, source, host, index: what the index holds of them.
        time: `_time`, seconds since 1970.
        time_from: `format` (read from the event), `previous` (the last good one of the stream), `clock`, `transform`.
        indexed: fields made at index time.
        fields: after a search, every field except `_raw` and `_time`.
        eventtypes: after a search, by priority, then by name.
        tags: after a search, sorted.
    """

    raw: str
    sourcetype: str
    source: str = ""
    host: str = ""
    index: str = "main"
    time: float = 0.0
    time_from: str = "clock"
    indexed: Fields = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    eventtypes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def extracted(self) -> Fields:
        """The fields without host, source, sourcetype and index."""
        return {name: value for name, value in self.fields.items() if name not in DEFAULT_FIELDS}


def values(value: Value | None) -> list[str]:
    """A field's values as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def value_of(found: list[str]) -> Value:
    """A list of one is a plain value."""
    return found[0] if len(found) == 1 else found
