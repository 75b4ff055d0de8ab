"""From bytes to events, in the order of the index-time pipeline.

Character set, line breaking, truncation, time, SEDCMD, TRANSFORMS. All of them follow the source, host and source type
that the data came with: a transform that gives an event another source type changes none of these steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from .conf import Stanza, Stanzas, classes, flag_of, number_of, text_of
from .event import Event, Fields, value_of, values
from .faults import Unsupported
from .index_transforms import Draft, IndexTransform, IndexTransforms
from .sed import compile_sed
from .timestamp import TimeFormat, UnknownDirectiveError, compile_format, zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .faults import FaultLog
    from .ingest_eval import IngestEval
    from .props import Props
    from .regex import Regex, RegexCache

LINE_BREAKER = r"([\r\n]+)"
_WINDOW, _MARGIN = 4096, 256
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class _Plan:
    """What props.conf says for one source, host and source type."""

    breaker: Regex | None
    truncate: int
    prefix: Regex | None
    has_prefix: bool
    format: TimeFormat | None
    lookahead: int
    zone: tzinfo
    days: tuple[int, int]
    edits: list[Callable[[str], str]]
    transforms: list[IndexTransform | IngestEval]


class IndexTime:
    """The index-time half; it remembers the last good time of each stream."""

    def __init__(self, props: Props, transforms: Stanzas, regexes: RegexCache, faults: FaultLog, now: datetime) -> None:
        self._props, self._transforms = props, IndexTransforms(transforms, regexes, faults)
        self._regexes, self._faults = regexes, faults
        self._now = now
        self._plans: dict[tuple[str, str, str], _Plan] = {}
        self._last: dict[tuple[str, str, str], datetime] = {}

    def index(self, data: bytes, sourcetype: str, source: str, host: str) -> list[Event]:
        """The events that a stream of bytes becomes.

        Raises:
            Unsupported: where the settings leave line merging on, or let Splunk find the time by itself.
        """
        stream = source, host, sourcetype
        if stream not in self._plans:
            self._plans[stream] = self._plan(*stream)
        plan = self._plans[stream]
        events = []
        for segment in _broken(_decode(data), plan.breaker):
            raw = _truncated(segment, plan.truncate)
            time, time_from = self._time(raw, plan, stream)
            event = self._transformed(raw, plan, stream, time)
            if event is not None:
                changed = event.time != time.timestamp()
                events.append(_finished(event, "transform" if changed else time_from))
        return events

    def look_for_faults(self) -> None:
        """Compile what each stanza says alone, so that faults show before the first event."""
        for stanza in self._props.alone():
            for setting in classes(stanza, "TRANSFORMS-"):
                self._transforms.named(setting)
            for setting in classes(stanza, "SEDCMD-"):
                compile_sed(setting, self._regexes)
            for key in ("LINE_BREAKER", "TIME_PREFIX"):
                self._regex(stanza, key)
            self._time_format(stanza)
            self._zone(stanza)

    def _plan(self, source: str, host: str, sourcetype: str) -> _Plan:
        stanza = self._props.merged(source, host, sourcetype)
        if flag_of(stanza, "SHOULD_LINEMERGE", default=True):
            raise Unsupported("props.conf", sourcetype, "SHOULD_LINEMERGE", "true by default, and lines are not merged")
        edits = [edit for setting in classes(stanza, "SEDCMD-") for edit in compile_sed(setting, self._regexes)]
        numbers = {key: number_of(stanza, key, value, self._faults) for key, value in _NUMBERS.items()}
        return _Plan(
            breaker=self._breaker(stanza),
            truncate=numbers["TRUNCATE"],
            prefix=self._regex(stanza, "TIME_PREFIX"),
            has_prefix=bool(text_of(stanza, "TIME_PREFIX")),
            format=self._required_format(stanza, sourcetype),
            lookahead=numbers["MAX_TIMESTAMP_LOOKAHEAD"],
            zone=self._zone(stanza),
            days=(numbers["MAX_DAYS_AGO"], numbers["MAX_DAYS_HENCE"]),
            edits=edits,
            transforms=[one for key in classes(stanza, "TRANSFORMS-") for one in self._transforms.named(key)],
        )

    def _regex(self, stanza: Stanza, key: str) -> Regex | None:
        setting = stanza.get(key)
        return self._regexes.compile(setting.value, setting.where) if setting is not None and setting.value else None

    def _breaker(self, stanza: Stanza) -> Regex | None:
        """LINE_BREAKER; without a group Splunk falls back to its default."""
        regex = self._regex(stanza, "LINE_BREAKER")
        if regex is not None and not regex.groups:
            self._faults.note("conf", stanza["LINE_BREAKER"].where, "has no group; lines are broken at line ends")
            regex = None
        return regex or self._regexes.compile(LINE_BREAKER, "LINE_BREAKER")

    def _required_format(self, stanza: Stanza, sourcetype: str) -> TimeFormat | None:
        compiled = self._time_format(stanza)
        if compiled is None and not text_of(stanza, "DATETIME_CONFIG"):
            raise Unsupported("props.conf", sourcetype, "TIME_FORMAT", "not set, and times are not found without it")
        return compiled

    def _time_format(self, stanza: Stanza) -> TimeFormat | None:
        setting = stanza.get("TIME_FORMAT")
        if setting is None or not setting.value or text_of(stanza, "DATETIME_CONFIG"):
            return None
        try:
            return compile_format(setting.value)
        except UnknownDirectiveError as error:
            raise Unsupported(setting.file, setting.stanza, setting.key, str(error)) from None

    def _zone(self, stanza: Stanza) -> tzinfo:
        """TZ; the emulator's own system runs in UTC."""
        zone = zone_named(text_of(stanza, "TZ"))
        if zone is None and text_of(stanza, "TZ"):
            self._faults.note(
                "time", stanza["TZ"].where, f"there is no zone {stanza['TZ'].value}; the system's is used"
            )
        return zone or UTC

    def _time(self, raw: str, plan: _Plan, stream: tuple[str, str, str]) -> tuple[datetime, str]:
        """The event's time: read, else the stream's last good one, else the clock."""
        if plan.format is None:
            return self._now, "clock"
        found = self._read_time(raw, plan)
        if found is not None:
            ago, hence = plan.days
            if self._now - timedelta(days=ago) <= found <= self._now + timedelta(days=hence):
                self._last[stream] = found
                return found, "format"
            self._faults.note("time", "/".join(stream), "a time outside MAX_DAYS_AGO and MAX_DAYS_HENCE was not used")
        return (self._last[stream], "previous") if stream in self._last else (self._now, "clock")

    def _read_time(self, raw: str, plan: _Plan) -> datetime | None:
        start = 0
        if plan.has_prefix:
            match = plan.prefix.search(raw) if plan.prefix is not None else None
            if match is None:
                return None  # no prefix, no time: Splunk does not look elsewhere
            start = match.end()
        end = start + plan.lookahead if plan.lookahead > 0 else len(raw)
        return plan.format.read(raw[start:end], self._now, plan.zone) if plan.format else None

    def _transformed(self, raw: str, plan: _Plan, stream: tuple[str, str, str], time: datetime) -> Event | None:
        """The event after SEDCMD and TRANSFORMS; None where it was sent to the null queue."""
        for edit in plan.edits:
            raw = edit(raw)
        source, host, sourcetype = stream
        if not plan.transforms:
            return Event(raw, sourcetype, source, host, time=time.timestamp())
        draft = Draft({
            "_raw": raw, "queue": "indexQueue", "_MetaData:Index": "main", "MetaData:Host": f"host::{host}",
            "MetaData:Source": f"source::{source}", "MetaData:Sourcetype": f"sourcetype::{sourcetype}",
        }, time=time.timestamp())  # fmt: skip
        for transform in plan.transforms:
            transform.apply(draft, self._faults)
        keys = draft.keys
        if keys["queue"] == "nullQueue":
            return None
        found: Fields = {name: value_of(many) for name, many in draft.indexed.items()}
        return Event(
            keys["_raw"],
            keys["MetaData:Sourcetype"].removeprefix("sourcetype::"),
            keys["MetaData:Source"].removeprefix("source::"),
            keys["MetaData:Host"].removeprefix("host::"),
            keys["_MetaData:Index"],
            draft.time,
            indexed=found,
        )


_NUMBERS = {"TRUNCATE": 10_000, "MAX_TIMESTAMP_LOOKAHEAD": 128, "MAX_DAYS_AGO": 2000, "MAX_DAYS_HENCE": 2}


def _decode(data: bytes) -> str:
    r"""UTF-8; bytes that are none become the four characters `\xF3`, as the specification of CHARSET says."""
    text = data.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02X}", text)


def _broken(text: str, breaker: Regex | None) -> Iterator[str]:
    """Segments between the first groups of LINE_BREAKER; empty ones make no event."""
    start = position = 0
    while breaker is not None and (found := _next_break(text, position, breaker)) is not None:
        end, following, position = found
        if text[start:end]:
            yield text[start:end]
        start = following
    if text[start:]:
        yield text[start:]


def _next_break(text: str, position: int, breaker: Regex) -> tuple[int, int, int] | None:
    """Where an event ends, where the next one begins, where to look on.

    The regex sees a window, not the whole stream: each search would encode all of it again. The window grows until
    what was found lies well inside it, so that look-around sees what it would see in the stream.
    """
    base = max(0, position - _MARGIN)
    size = _WINDOW
    while True:
        window = text[base : base + size]
        match = breaker.search(window, position - base)
        last = base + size >= len(text)
        if match is not None and (last or match.end() + _MARGIN < len(window)):
            group = next((number for number in range(1, len(match.groups()) + 1) if match.start(number) >= 0), 0)
            # Without any group in the match, the break is an empty one just before it.
            end, following = (match.start(group), match.end(group)) if group else (match.start(), match.start())
            return base + end, base + following, base + max(match.end(), match.start() + 1)
        if last:
            return None
        size *= 2


def _truncated(text: str, limit: int) -> str:
    """At most `limit` bytes, fewer where the cut would fall into a character; the rest is lost."""
    if limit <= 0 or len(text) * 4 <= limit:
        return text
    data = text.encode()
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore")


def _finished(event: Event, time_from: str) -> Event:
    fields: Fields = {"host": event.host, "source": event.source, "sourcetype": event.sourcetype, "index": event.index}
    fields.update({name: value_of(values(value)) for name, value in event.indexed.items()})
    return Event(
        event.raw, event.sourcetype, event.source, event.host, event.index, event.time, time_from,
        event.indexed, fields,
    )  # fmt: skip
