"""How each regex engine spells our dialect: group openings and end anchors."""

from __future__ import annotations

import re
from functools import cache

from postern import regex


def python_source(node: regex.Node) -> str:
    """The tree as a Python regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node)})\Z"


def python_prefix_source(node: regex.Node) -> str:
    """The tree as a Python regex that leaves the end of the line open, as a header needs it."""
    return rf"\A(?:{regex.spell(node)})"


@cache
def python_regex(node: regex.Node) -> re.Pattern[str]:
    """The tree compiled for Python's `re`; kept, for compiling is the dear part."""
    return re.compile(python_source(node))


@cache
def python_test(node: regex.Node) -> re.Pattern[str]:
    """The tree compiled without its captures: what only tells whether a text matches is a fifth faster."""
    return re.compile(rf"\A(?:{regex.spell(node, regex.uncaptured)})\Z")


def pcre2_source(node: regex.Node) -> str:
    """The tree as a PCRE2 regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node)})\z"
