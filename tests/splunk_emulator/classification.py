"""Event types and tags: the last two steps of a search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .conf import Setting, Stanzas, flag_of, number_of, text_of, with_default
from .event import Fields, values
from .search_language import BrokenSearchError, Macros, compile_search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .faults import FaultLog

_PLACEHOLDER = re.compile(r"%([^%]+)%")


@dataclass(frozen=True, order=True)
class _EventType:
    priority: int
    name: str
    test: Callable[[Fields], bool]


class EventTypes:
    """eventtypes.conf, by priority and then by name."""

    def __init__(self, stanzas: Stanzas, macros: Macros, faults: FaultLog) -> None:
        self._faults = faults
        self._types: list[_EventType] = []
        for name in stanzas:
            stanza = with_default(stanzas, name) or {}
            if name == "default" or flag_of(stanza, "disabled", default=False):
                continue
            test = self._test(stanza.get("search"), macros, f"eventtypes.conf [{name}]")
            if test is not None:
                self._types.append(_EventType(number_of(stanza, "priority", 1, faults), name, test))
        self._types.sort(key=lambda one: (one.priority, one.name))
        self.names = {one.name for one in self._types}

    def _test(self, setting: Setting | None, macros: Macros, where: str) -> Callable[[Fields], bool] | None:
        if setting is None or not setting.value:
            self._faults.note("eventtype", where, "has no search")
            return None
        try:
            return compile_search(macros.expand(setting.value), setting)
        except BrokenSearchError as error:
            self._faults.note("eventtype", where, f"never matches: {error}")
            return None

    def of(self, fields: Fields) -> list[str]:
        """The names of the types an event has."""
        return [_filled(one.name, fields) for one in self._types if one.test(fields)]


def _filled(name: str, fields: Fields) -> str:
    """`%field%` in a type's name stands for the field's value."""
    return _PLACEHOLDER.sub(lambda found: ",".join(values(fields.get(found[1]))) or found[0], name)


class Tags:
    """tags.conf: tags by field and exact value."""

    def __init__(self, stanzas: Stanzas, eventtypes: Iterable[str], faults: FaultLog) -> None:
        self._tags: dict[str, dict[str, list[str]]] = {}
        known = set(eventtypes)
        for stanza, settings in stanzas.items():
            name, equals, value = stanza.partition("=")
            name, value = name.strip(), unquote(value.strip())
            where = f"tags.conf [{stanza}]"
            if not equals:
                faults.note("tag", where, "is not field=value")
            elif "*" in value:
                faults.note("tag", where, "only exact values can be tagged")
            else:
                if name == "eventtype" and value not in known and not any("%" in one for one in known):
                    faults.note("reference", where, f"there is no event type {value}")
                enabled = [tag for tag in settings if text_of(settings, tag).lower() == "enabled"]
                self._tags.setdefault(name, {}).setdefault(value, []).extend(enabled)

    def of(self, fields: Fields) -> list[str]:
        """The tags of an event, sorted, each once."""
        found: set[str] = set()
        for name, by_value in self._tags.items():
            for value in values(fields.get(name)):
                found.update(by_value.get(value, ()))
        return sorted(found)
