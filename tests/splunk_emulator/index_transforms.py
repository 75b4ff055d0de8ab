"""Index-time transforms: REGEX over a key, FORMAT into a key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .conf import Setting, Stanza, Stanzas, flag_of, names, number_of, text_of, with_default
from .faults import Unsupported
from .ingest_eval import IngestEval, compile_ingest_eval
from .known import KEYS
from .regex import DEPTH_LIMIT, MATCH_LIMIT

if TYPE_CHECKING:
    from .faults import FaultLog
    from .regex import Match, Regex, RegexCache

_INDEX_REFERENCE = re.compile(r"\$(\d+)")
_PREFIXES = {"MetaData:Host": "host::", "MetaData:Source": "source::", "MetaData:Sourcetype": "sourcetype::"}


@dataclass
class Draft:
    """An event on its way through SEDCMD and TRANSFORMS: its time and the keys that transforms read and write."""

    keys: dict[str, str]
    indexed: dict[str, list[str]] = field(default_factory=dict)
    time: float = 0.0


@dataclass(frozen=True)
class IndexTransform:
    """One index-time transform."""

    where: str
    regex: Regex
    source_key: str
    dest_key: str  # empty: WRITE_META
    format: str
    lookahead: int

    def apply(self, draft: Draft, faults: FaultLog) -> None:
        """Write FORMAT where REGEX matches; leave the event alone where it does not."""
        text = draft.keys.get(self.source_key)
        match = self.regex.search(text[: self.lookahead]) if text is not None else None
        if match is None:
            return
        if not self.dest_key:
            self._write_meta(match, draft)
            return
        value = self._fill(self.format, match, draft.keys.get(self.dest_key, ""))
        prefix = _PREFIXES.get(self.dest_key, "")
        if prefix and not value.startswith(prefix):
            faults.note("conf", self.where, f"a value of {self.dest_key} must begin with {prefix}; nothing is written")
        elif self.dest_key in KEYS:
            draft.keys[self.dest_key] = value

    def _write_meta(self, match: Match, draft: Draft) -> None:
        for pair in self.format.split():
            name, _, value = pair.partition("::")
            filled = self._fill(value, match, "").strip('"')
            if filled:
                named = self._fill(name, match, "") if "$" in name else name
                draft.indexed.setdefault(named, []).append(filled)

    def _fill(self, text: str, match: Match, before: str) -> str:
        """FORMAT with its groups; `$0` is what stood in DEST_KEY before; a number without a group stays as it is."""

        def one(found: re.Match[str]) -> str:
            number = int(found[1])
            if number == 0:
                return before
            return (match.group(number) or "") if number <= self.regex.groups else found[0]

        return _INDEX_REFERENCE.sub(one, text)


class IndexTransforms:
    """The index-time transforms by name."""

    def __init__(self, stanzas: Stanzas, regexes: RegexCache, faults: FaultLog) -> None:
        self._stanzas, self._regexes, self._faults = stanzas, regexes, faults

    def named(self, setting: Setting) -> list[IndexTransform | IngestEval]:
        """The transforms that a TRANSFORMS names, in list order; a fault for each that cannot work."""
        compiled = (self._compile(name, setting) for name in names(setting))
        return [transform for transform in compiled if transform is not None]

    def _compile(self, name: str, setting: Setting) -> IndexTransform | IngestEval | None:
        stanza = with_default(self._stanzas, name)
        if stanza is None:
            self._faults.note("reference", setting.where, f"there is no transform [{name}]")
            return None
        if text_of(stanza, "INGEST_EVAL"):
            return compile_ingest_eval(stanza["INGEST_EVAL"], self._regexes, self._faults)
        write_meta = flag_of(stanza, "WRITE_META", default=False)
        text = text_of(stanza, "FORMAT", f"{name}::$1" if write_meta else "")
        dest_key = text_of(stanza, "DEST_KEY")
        where = f"transforms.conf [{name}]"
        if not text_of(stanza, "REGEX") or not text or not (dest_key or write_meta):
            self._faults.note("conf", where, "an index-time transform needs REGEX, FORMAT and DEST_KEY or WRITE_META")
            return None
        regex = self._regexes.compile(
            text_of(stanza, "REGEX"),
            f"{where} REGEX",
            number_of(stanza, "MATCH_LIMIT", MATCH_LIMIT, self._faults),
            number_of(stanza, "DEPTH_LIMIT", DEPTH_LIMIT, self._faults),
        )
        if regex is None:
            return None
        lookahead = number_of(stanza, "LOOKAHEAD", 4096, self._faults)
        return IndexTransform(where, regex, self._source_key(stanza), dest_key, text, lookahead)

    def _source_key(self, stanza: Stanza) -> str:
        key = text_of(stanza, "SOURCE_KEY", "_raw")
        if key in KEYS:
            return key
        setting = stanza["SOURCE_KEY"]
        if key.lower() in {known.lower() for known in KEYS}:
            self._faults.note("conf", setting.where, f"names of keys are case-sensitive: nothing is ever in {key}")
            return key
        raise Unsupported(setting.file, setting.stanza, setting.key, f"{key} at index time")
