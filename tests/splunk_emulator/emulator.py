"""The emulator: apps in, events and their fields out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .classification import EventTypes, Tags
from .conf import App, Configuration
from .faults import FaultLog
from .index_time import IndexTime
from .known import check
from .lookups import Lookups
from .props import Props
from .regex import RegexCache
from .search_language import Macros
from .search_time import SearchTime
from .transforms import Transforms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .event import Event, Fields

HIDDEN = ("_raw", "_time")


class Emulator:
    """Reads events as a Splunk with these apps would.

    Attributes:
        faults: what Splunk would pass over in silence, in the order in which it was noted.
    """

    def __init__(self, apps: Sequence[App], clock: datetime, current: str = "") -> None:
        """Read the apps' files and look for faults.

        Args:
            apps: apps, all exported to the system.
            clock: the time that counts as now; with a zone.
            current: name of the app in which searches run; by default one without settings of its own.

        Raises:
            Unsupported: for the first setting that the emulator does not implement.
        """
        self.faults = FaultLog()
        if clock.tzinfo is None:
            raise ValueError("the clock needs a zone")
        configuration = Configuration(apps, self.faults, current)
        check(configuration, self.faults)
        regexes = RegexCache(self.faults)
        self._index = _index_time(configuration, regexes, self.faults, clock)
        self._search = _search_time(configuration, regexes, self.faults)
        macros = Macros(configuration.search_time("macros.conf"))
        self._eventtypes = EventTypes(configuration.search_time("eventtypes.conf"), macros, self.faults)
        self._tags = Tags(configuration.search_time("tags.conf"), self._eventtypes.names, self.faults)
        self._index.look_for_faults()
        self._search.look_for_faults()

    def index(self, data: bytes, sourcetype: str, source: str = "", host: str = "") -> list[Event]:
        """The events that bytes from one source become; what is sent to the null queue is left out."""
        return self._index.index(data, sourcetype, source, host)

    def search(self, event: Event) -> Event:
        """The event with its fields, event types and tags.

        Raises:
            SearchFailedError: where Splunk would return no event at all.
        """
        sourcetype = self._search.renamed(event.sourcetype)
        fields: Fields = {
            "host": event.host, "source": event.source, "sourcetype": sourcetype, "index": event.index,
            "_raw": event.raw, "_time": f"{event.time:.6f}".rstrip("0").rstrip("."), **event.indexed,
        }  # fmt: skip
        if sourcetype != event.sourcetype:
            fields["_sourcetype"] = event.sourcetype
        self._search.apply(fields, event.source, event.host, sourcetype)
        eventtypes = self._eventtypes.of(fields)
        tags = self._tags.of({**fields, "eventtype": eventtypes})
        for name in HIDDEN:
            fields.pop(name, None)
        return replace(event, fields=fields, eventtypes=tuple(eventtypes), tags=tuple(tags))


def _index_time(configuration: Configuration, regexes: RegexCache, faults: FaultLog, clock: datetime) -> IndexTime:
    props = Props(configuration.index_time("props.conf"), regexes, faults)
    return IndexTime(props, configuration.index_time("transforms.conf"), regexes, faults, clock)


def _search_time(configuration: Configuration, regexes: RegexCache, faults: FaultLog) -> SearchTime:
    props = Props(configuration.search_time("props.conf"), regexes, faults)
    fields_conf = configuration.search_time("fields.conf")
    transforms = Transforms(configuration.search_time("transforms.conf"), fields_conf, regexes, faults)
    lookups = Lookups(transforms, configuration.search_order(), faults)
    return SearchTime(props, transforms, lookups, regexes, faults)
