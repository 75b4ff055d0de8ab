"""Search-time extraction without transforms: EXTRACT and automatic key-value pairs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .conf import Setting, Stanza, number_of
from .event import Fields, values
from .regex import DEPTH_LIMIT, MATCH_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import FaultLog
    from .regex import RegexCache

    Step = Callable[[Fields], None]

_IN_FIELD = re.compile(r"(.*\S)\s+in\s+([A-Za-z0-9_]+)", re.DOTALL)

# Plain key=value pairs: a quoted value ends at the next quote, a bare one at a blank or a separator. Splunk's own rules
# are not documented; our source types set KV_MODE = none, so this only has to show that stray fields appear.
_AUTO_KV = re.compile(r'([A-Za-z0-9_][\w.:-]*)=(?:"([^"\\]*)|([^\s",;&|]+))', re.ASCII)


def clean_key(name: str) -> str:
    """A field name with other than letters and digits made `_`, without leading `_` and digits."""
    return re.sub(r"[^A-Za-z0-9]", "_", name).lstrip("_0123456789")


def put(fields: Fields, name: str, value: str | None, *, mv_add: bool = False) -> None:
    """Add an extracted value: empty ones vanish, a field that is there keeps its value unless MV_ADD."""
    if not value or not name:
        return
    if name not in fields:
        fields[name] = value
    elif mv_add:
        fields[name] = [*values(fields[name]), value]


def inline_parts(setting: Setting) -> tuple[str, str]:
    """The regex of an EXTRACT and the field it reads: Splunk takes any ` in word` at the end for the field."""
    found = _IN_FIELD.fullmatch(setting.value)
    return (found[1], found[2]) if found else (setting.value, "_raw")


def compile_extract(setting: Setting, stanza: Stanza, regexes: RegexCache, faults: FaultLog) -> Step | None:
    """An EXTRACT: named groups of the first match, `(?ms)` in front."""
    pattern, source = inline_parts(setting)
    limits = (
        number_of(stanza, "MATCH_LIMIT", MATCH_LIMIT, faults),
        number_of(stanza, "DEPTH_LIMIT", DEPTH_LIMIT, faults),
    )
    regex = regexes.compile("(?ms)" + pattern, setting.where, *limits)
    if regex is None:
        return None
    if not regex.names:
        faults.note("extract", setting.where, "has no named group, so it extracts nothing")
        return None
    named = [(clean_key(name), number) for name, number in regex.names.items()]

    def step(fields: Fields) -> None:
        text = next(iter(values(fields.get(source))), None)
        match = regex.search(text) if text is not None else None
        if match is not None:
            for name, number in named:
                put(fields, name, match.group(number))

    return step


def automatic(fields: Fields, raw: str) -> None:
    """KV_MODE = auto for `key=value` pairs: the first of a key counts, names that are only digits are no names."""
    for name, quoted, bare in _AUTO_KV.findall(raw):
        if not name.isdigit():
            put(fields, re.sub(r"[^A-Za-z0-9]", "_", name), quoted.strip(" ") or bare)
