"""How each regex engine spells our dialect: group openings and end anchors."""

from __future__ import annotations

import re
from functools import cache

from postern import regex


def _plain(_: regex.Capture) -> str:
    return "("


@cache
def python_source(node: regex.Node) -> str:
    """The tree as a Python regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node, _plain)})\Z"


@cache
def python_regex(node: regex.Node) -> re.Pattern[str]:
    """The tree compiled for Python's `re`; kept, for compiling is the dear part."""
    return re.compile(python_source(node))


@cache
def pcre2_source(node: regex.Node) -> str:
    """The tree as a PCRE2 regex with numbered groups, anchored at both ends."""
    return rf"\A(?:{regex.spell(node, _plain)})\z"
