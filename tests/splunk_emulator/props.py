"""Which stanzas of props.conf an event meets, and what they say together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .conf import Stanza, Stanzas, number_of

if TYPE_CHECKING:
    from .faults import FaultLog
    from .regex import Regex, RegexCache

LITERAL_PRIORITY, PATTERN_PRIORITY = 100, 0
_TRANSLATED = re.compile(r"\\.|\.\.\.|\.|\*", re.DOTALL)


@dataclass(frozen=True)
class _Spec:
    """A stanza that matches sources or hosts; `regex` is None for a literal name."""

    stanza: str
    name: str
    priority: int
    regex: Regex | None

    def order(self) -> tuple[int, str]:
        """Strongest first: the higher priority, then the stanza that comes first in ASCII order."""
        return -self.priority, self.stanza


class Props:
    """The settings that hold for a source, host and source type, merged once each."""

    def __init__(self, stanzas: Stanzas, regexes: RegexCache, faults: FaultLog) -> None:
        self._stanzas = stanzas
        self._regexes, self._faults = regexes, faults
        self._sources = self._specs("source::")
        self._hosts = self._specs("host::")
        self._merged: dict[tuple[str, str, str], Stanza] = {}

    def merged(self, source: str, host: str, sourcetype: str) -> Stanza:
        """All settings, `[source::]` over `[host::]` over `[sourcetype]` over `[default]`, key by key."""
        key = source, host, sourcetype
        if key not in self._merged:
            hosts = [spec.stanza for spec in self._hosts if _matches(spec, host, fold=True)]
            sources = [spec.stanza for spec in self._sources if _matches(spec, source, fold=False)]
            found: Stanza = {}
            for stanza in ("default", sourcetype, *hosts[::-1], *sources[::-1]):
                found.update(self._stanzas.get(stanza, {}))
            self._merged[key] = found
        return self._merged[key]

    def sourcetype(self, name: str) -> Stanza:
        """The stanza of one source type alone."""
        return self._stanzas.get(name, {})

    def alone(self) -> list[Stanza]:
        """Each stanza by itself, laid over `[default]`: enough to look for faults before any event came."""
        default = self._stanzas.get("default", {})
        return [{**default, **stanza} for stanza in self._stanzas.values()]

    def _specs(self, prefix: str) -> list[_Spec]:
        specs = (self._spec(stanza, prefix) for stanza in self._stanzas if stanza.startswith(prefix))
        return sorted((spec for spec in specs if spec is not None), key=_Spec.order)

    def _spec(self, stanza: str, prefix: str) -> _Spec | None:
        name = stanza.removeprefix(prefix)
        literal = not re.search(r"[*|()\[\]{}+?\\^$]|\.\.\.", name)
        priority = LITERAL_PRIORITY if literal else PATTERN_PRIORITY
        priority = number_of(self._stanzas[stanza], "priority", priority, self._faults)
        if literal:
            return _Spec(stanza, name, priority, None)
        fold = "(?i)" if prefix == "host::" else ""
        regex = self._regexes.compile(rf"\A{fold}(?:{translate(name)})\z", f"props.conf [{stanza}]")
        return None if regex is None else _Spec(stanza, name, priority, regex)


def translate(pattern: str) -> str:
    """A stanza pattern as PCRE: `...` anything, `*` anything but a separator, `.` itself; the rest is PCRE already."""
    meaning = {"...": ".*", ".": r"\.", "*": r"[^/\\]*"}
    return _TRANSLATED.sub(lambda found: meaning.get(found[0], found[0]), pattern)


def _matches(spec: _Spec, name: str, *, fold: bool) -> bool:
    if spec.regex is not None:
        return spec.regex.search(name) is not None
    return spec.name.lower() == name.lower() if fold else spec.name == name
