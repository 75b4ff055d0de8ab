"""How each regex engine spells our dialect: group openings and end anchors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

from postern import regex


class Found(Protocol):
    """A match, as `re` and PCRE2 give it."""

    def groups(self) -> Sequence[Any]:
        """The text of each group; None where it took no part."""

    def group(self, number: int, /) -> Any:
        """The text of one group."""

    def end(self) -> int:
        """Where the match ends."""


_NUMBERED: dict[regex.Node, str] = {}  # shapes that texts share
Match = Callable[[str], Found | None]


def python_source(node: regex.Node) -> str:
    """The tree as a Python regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node)})\Z"


def python_prefix_source(node: regex.Node) -> str:
    """The tree as a Python regex that leaves the end of the line open, as a header needs it."""
    return rf"\A(?:{regex.spell(node)})"


def python_match(node: regex.Node) -> Match:
    """What matches a tree from beginning to end, by Python's `re`."""
    return python_regex(node).match


@cache
def python_regex(node: regex.Node) -> re.Pattern[str]:
    """The tree compiled for Python's `re`; kept, for compiling is the dear part."""
    return re.compile(python_source(node))


@cache
def python_test(node: regex.Node) -> re.Pattern[str]:
    """The tree compiled without its captures: what only tells whether a text matches is a fifth faster."""
    return re.compile(rf"\A(?:{regex.spell(node, regex.uncaptured)})\Z")


@cache
def quick_match(node: regex.Node) -> Match:
    """What matches a tree from beginning to end, made in a tenth of the time: by PCRE2, which reads the dialect alike.

    Where PCRE2 refuses a regex as too large, Python's `re` is taken.
    """
    import pcre2

    try:
        compiled = pcre2.compile(rf"\A(?:{regex.spell(node, regex.numbered, _NUMBERED)})\z", pcre2.A, jit=False)
    except pcre2.LibraryError:
        return python_regex(node).match

    def match(text: str) -> Found | None:
        try:
            return compiled.match(text)  # type: ignore[no-any-return] # no stubs
        except pcre2.LibraryError:  # one of its limits, or a text that is not Unicode
            return python_regex(node).match(text)

    return match


def pcre2_source(node: regex.Node) -> str:
    """The tree as a PCRE2 regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node)})\z"
