"""The transforms of REPORT: REGEX with FORMAT or named groups, DELIMS with FIELDS or pairs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .conf import Setting, Stanza, Stanzas, flag_of, number_of, text_of, with_default
from .event import Fields, values
from .extraction import clean_key, put
from .faults import SearchFailedError, Unsupported
from .regex import DEPTH_LIMIT, MATCH_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import FaultLog
    from .regex import Match, Regex, RegexCache

    Step = Callable[[Fields], None]

_PAIR = re.compile(r'(?:"([^"]*)"|([^\s":]\S*?))::(?:"([^"]*)"|(\S*))(?=\s|$)')
_REFERENCE = re.compile(r"\$(\d+)\Z")
_CONCATENATED = re.compile(r"\$\d")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"')
_LISTED = re.compile(r'"((?:\\.|[^"\\])*)"|([^\s,"]+)')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True)
class _Pair:
    """One `name::value` of FORMAT; a number stands for a group."""

    name: str | int
    value: str | int


@dataclass(frozen=True)
class RegexTransform:
    """A transform with REGEX, as REPORT runs it."""

    regex: Regex
    source_key: str
    pairs: tuple[_Pair, ...]
    repeat: bool
    mv_add: bool
    clean: bool

    def __call__(self, fields: Fields) -> None:
        """Extract; a transform whose SOURCE_KEY is absent does nothing."""
        source = fields.get(self.source_key)
        if source is None:
            return
        for text in values(source):
            if self.repeat:
                for found in self.regex.every(text):
                    self._add(found, fields)
            elif (match := self.regex.search(text)) is not None:
                self._add(match, fields)

    def _add(self, match: Match, fields: Fields) -> None:
        groups = self.regex.texts(match)
        for pair in self.pairs:
            value = groups[pair.value - 1] if isinstance(pair.value, int) else pair.value
            if value:
                name = pair.name if isinstance(pair.name, str) else groups[pair.name - 1]
                put(fields, clean_key(name) if self.clean else name, value, mv_add=self.mv_add)


@dataclass(frozen=True)
class DelimiterTransform:
    """A transform with DELIMS: values by position, or key-value pairs."""

    where: str
    source_key: str
    pairs: str
    keys: str
    names: tuple[str, ...]
    mv_add: bool
    clean: bool
    faults: FaultLog

    def __call__(self, fields: Fields) -> None:
        """Extract; every character of a delimiter set is a delimiter of its own."""
        for text in values(fields.get(self.source_key)):
            tokens = self._tokens(text)
            found = zip(self.names, tokens, strict=False) if self.names else self._split_pairs(tokens)
            for name, value in found:
                put(fields, clean_key(name) if self.clean else name, value, mv_add=self.mv_add)

    def _tokens(self, text: str) -> list[str]:
        tokens, current, quoted = [], "", False
        for character in text:
            if character == '"' and (quoted or not current):
                quoted = not quoted
            elif character in self.pairs and not quoted:
                tokens.append(current)
                current = ""
            else:
                if character == '"':
                    self.faults.note("extract", self.where, "a bare quote inside a value: use REGEX, not DELIMS")
                current += character
        return [*tokens, current]

    def _split_pairs(self, tokens: list[str]) -> list[tuple[str, str]]:
        """Key and value at the first character of the second set; runs of delimiters count once."""
        found = []
        for token in filter(None, tokens):
            at = next((place for place, character in enumerate(token) if character in self.keys), -1)
            if at > 0:
                found.append((token[:at], token[at:].lstrip(self.keys)))
        return found


class Transforms:
    """The search-time transforms by name, compiled once."""

    def __init__(self, stanzas: Stanzas, fields_conf: Stanzas, regexes: RegexCache, faults: FaultLog) -> None:
        self._stanzas, self._fields_conf = stanzas, fields_conf
        self._regexes, self._faults = regexes, faults
        self._compiled: dict[str, Step | None] = {}

    def stanza(self, name: str) -> Stanza | None:
        """A transform's settings."""
        return with_default(self._stanzas, name)

    def get(self, name: str, setting: Setting) -> Step | None:
        """A transform of a REPORT; None (and a fault) where it can extract nothing.

        Raises:
            SearchFailedError: where FORMAT names a group that REGEX does not have.
            Unsupported: for a form that is not emulated.
        """
        if name not in self._compiled:
            stanza = self.stanza(name)
            if stanza is None:
                self._faults.note("reference", setting.where, f"there is no transform [{name}]")
                return None
            self._compiled[name] = self._compile(name, stanza)
        return self._compiled[name]

    def _compile(self, name: str, stanza: Stanza) -> Step | None:
        where = f"transforms.conf [{name}]"
        if text_of(stanza, "DELIMS"):
            return self._delimiters(where, stanza)
        if not text_of(stanza, "REGEX"):
            self._faults.note("conf", where, "a transform of a REPORT needs REGEX or DELIMS")
            return None
        limits = (
            number_of(stanza, "MATCH_LIMIT", MATCH_LIMIT, self._faults),
            number_of(stanza, "DEPTH_LIMIT", DEPTH_LIMIT, self._faults),
        )
        regex = self._regexes.compile(text_of(stanza, "REGEX"), f"{where} REGEX", *limits)
        if regex is None:
            return None
        if not regex.groups:
            self._faults.note("extract", where, "REGEX has no group, so it extracts nothing")
            return None
        clean = flag_of(stanza, "CLEAN_KEYS", default=True)
        pairs = self._format(where, stanza["FORMAT"], regex) if text_of(stanza, "FORMAT") else _named(regex)
        if not pairs:
            self._faults.note("extract", where, "neither FORMAT nor named groups, so it extracts nothing")
            return None
        return self._regex_transform(stanza, regex, pairs, clean=clean)

    def _regex_transform(self, stanza: Stanza, regex: Regex, pairs: list[_Pair], *, clean: bool) -> Step:
        mv_add = flag_of(stanza, "MV_ADD", default=False)
        dynamic = any(isinstance(pair.name, int) for pair in pairs)
        if not dynamic and clean:  # static names are cleaned once, not for each event
            pairs = [_Pair(clean_key(str(pair.name)), pair.value) for pair in pairs]
        return RegexTransform(
            regex,
            text_of(stanza, "SOURCE_KEY", "_raw"),
            tuple(pairs),
            repeat=dynamic or mv_add,
            mv_add=mv_add,
            clean=clean and dynamic,
        )

    def _format(self, where: str, setting: Setting, regex: Regex) -> list[_Pair]:
        """FORMAT's pairs."""
        if regex.names:
            raise Unsupported(setting.file, setting.stanza, "FORMAT", "beside named groups")
        if _PAIR.sub("", setting.value).strip():
            raise Unsupported(setting.file, setting.stanza, "FORMAT", "not a list of name::value")
        pairs = []
        for quoted_name, name, quoted_value, value in _PAIR.findall(setting.value):
            parts = [_part(setting, one, regex) for one in (quoted_name or name, quoted_value or value)]
            if 0 in parts:
                self._faults.note("extract", where, "$0 makes no field at search time")
                continue
            pair = _Pair(*parts)
            self._constant(where, pair)
            pairs.append(pair)
        return pairs

    def _constant(self, where: str, pair: _Pair) -> None:
        """A constant is not in the event's text: Splunk looks for it in the index, unless fields.conf says no."""
        if isinstance(pair.name, int) or isinstance(pair.value, int):
            return
        indexed = self._fields_conf.get(pair.name, {}).get("INDEXED_VALUE")
        if indexed is None or indexed.flag:
            problem = f"a search for {pair.name}={pair.value} misses: fields.conf needs INDEXED_VALUE = false"
            self._faults.note("extract", where, problem)

    def _delimiters(self, where: str, stanza: Stanza) -> Step:
        setting = stanza["DELIMS"]
        sets = [_unescaped(one) for one in _QUOTED.findall(setting.value)]
        fields = text_of(stanza, "FIELDS")
        listed = [quoted or bare for quoted, bare in _LISTED.findall(fields)]
        if len(sets) not in {1, 2} or (len(sets) == 1) != bool(listed):
            reason = "one set of delimiters with FIELDS, or two without"
            raise Unsupported(setting.file, setting.stanza, "DELIMS", reason)
        return DelimiterTransform(
            where,
            text_of(stanza, "SOURCE_KEY", "_raw"),
            sets[0],
            sets[-1],
            tuple(listed),
            mv_add=flag_of(stanza, "MV_ADD", default=False),
            clean=flag_of(stanza, "CLEAN_KEYS", default=True),
            faults=self._faults,
        )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def _part(setting: Setting, text: str, regex: Regex) -> str | int:
    """A name or value of FORMAT: a text or a group's number."""
    found = _REFERENCE.match(text)
    if found is None:
        if _CONCATENATED.search(text):
            raise Unsupported(setting.file, setting.stanza, "FORMAT", f"{text}: no concatenation at search time")
        return text
    if int(found[1]) > regex.groups:
        problem = f"FORMAT names {text}, REGEX has {regex.groups} groups: the search returns no events"
        raise SearchFailedError(f"{setting.where}: {problem}")
    return int(found[1])


def _named(regex: Regex) -> list[_Pair]:
    """Named groups as pairs; `_KEY_x` and `_VAL_x` belong together."""
    pairs: list[_Pair] = []
    for name, number in regex.names.items():
        if name.startswith("_KEY_"):
            value = regex.names.get("_VAL_" + name.removeprefix("_KEY_"))
            pairs += [_Pair(number, value)] if value else []
        elif not name.startswith("_VAL_"):
            pairs.append(_Pair(name, number))
    return pairs
