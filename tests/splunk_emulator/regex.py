"""PCRE2 as Splunk runs it: limits in front of every pattern, the interpreter instead of the JIT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pcre2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .faults import FaultLog

_BETWEEN = "\ue000"  # of the private use area
MATCH_LIMIT = 100_000
DEPTH_LIMIT = 1_000


class Match(Protocol):
    """The part of pcre2's match object that is used here."""

    def group(self, group: int | str = 0, /) -> str | None:
        """One group's text; None where the group took no part."""

    def groups(self) -> tuple[str | None, ...]:
        """All groups."""

    def expand(self, template: str, /) -> str:
        """A text in which `${1}` stands for a group; one that took no part is empty."""

    def start(self, group: int = 0, /) -> int:
        """Where the group begins, -1 where it took no part."""

    def end(self, group: int = 0, /) -> int:
        """Where the group ends, -1 where it took no part."""


class Regex:
    """A compiled pattern that turns a limit error into `no match` and a fault.

    Attributes:
        groups: number of capturing groups.
        names: group number by name.
    """

    def __init__(self, pattern: pcre2.Pattern, where: str, faults: FaultLog) -> None:
        self._search = pattern.search
        self._where, self._faults = where, faults
        self.groups = int(pattern.groups)
        self._all = _BETWEEN.join(f"${{{number}}}" for number in range(1, self.groups + 1))
        self.names: dict[str, int] = dict(pattern.groupindex)

    def search(self, text: str, position: int = 0) -> Match | None:
        """The first match at or after a position."""
        try:
            return cast("Match | None", self._search(text, position))
        except pcre2.LibraryError as error:
            # Depth errors exist in the interpreter only; under JIT the same pattern fails in another place.
            self._faults.note("limit", self._where, str(error))
            return None

    def texts(self, match: Match) -> list[str]:
        """All groups of a match, empty where one took no part: in one call, for there may be hundreds."""
        found = match.expand(self._all).split(_BETWEEN)
        if len(found) == self.groups:
            return found
        return [one or "" for one in match.groups()]  # a value holds the character that stands between

    def every(self, text: str) -> Iterator[Match]:
        """All matches from left to right; an empty one moves on by a character."""
        position = 0
        while position <= len(text):
            match = self.search(text, position)
            if match is None:
                return
            yield match
            position = match.end() if match.end() > match.start() else match.end() + 1


class RegexCache:
    """Compiles each pattern once for each place that uses it."""

    def __init__(self, faults: FaultLog) -> None:
        self._faults = faults
        self._known: dict[tuple[str, str, int, int], Regex | None] = {}

    def compile(
        self, pattern: str, where: str, match_limit: int = MATCH_LIMIT, depth_limit: int = DEPTH_LIMIT
    ) -> Regex | None:
        """The compiled pattern, or None (and a fault) where PCRE2 refuses it."""
        key = pattern, where, match_limit, depth_limit
        if key not in self._known:
            self._known[key] = self._compile(*key)
        return self._known[key]

    def _compile(self, pattern: str, where: str, match_limit: int, depth_limit: int) -> Regex | None:
        limits = f"(*LIMIT_MATCH={match_limit})(*LIMIT_DEPTH={depth_limit})"
        try:
            # A: without it the Python package asks for Unicode classes, which PCRE2's own default does not.
            compiled = pcre2.compile(limits + pattern, pcre2.A, jit=False)
        except (pcre2.LibraryError, UnicodeEncodeError) as error:
            self._faults.note("regex", where, f"does not compile: {error}")
            return None
        return Regex(compiled, where, self._faults)
