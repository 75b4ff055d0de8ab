"""Spells a regex tree for an engine; the engines differ in how they name groups, and in nothing else here."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from postern.regex.nodes import (
    ALL,
    ASCII,
    CLASS_SPECIAL,
    NON_ASCII,
    Alt,
    Atomic,
    Capture,
    Chars,
    Lit,
    Node,
    Repeat,
    Seq,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_META = frozenset("\\.[]{}()*+?^$|")
_NAMED = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}
_CONTROL = 32


def _escaped(character: str, special: frozenset[str]) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if ord(character) < _CONTROL or ord(character) == ASCII - 1:
        return f"\\x{ord(character):02x}"
    return "\\" + character if character in special else character


_LITERAL = {code: _escaped(chr(code), _META) for code in range(ASCII)}


def _ranges(mask: int) -> Iterator[str]:
    code = 0
    while code < ASCII:
        if not mask >> code & 1:
            code += 1
            continue
        end = code
        while end < ASCII - 1 and mask >> (end + 1) & 1:
            end += 1
        low, high = _escaped(chr(code), CLASS_SPECIAL), _escaped(chr(end), CLASS_SPECIAL)
        yield low if end == code else (low + high if end == code + 1 else f"{low}-{high}")
        code = end + 1


@cache
def _spell_class(mask: int) -> str:
    if mask & NON_ASCII:
        return "[^" + "".join(_ranges(ALL & ~mask)) + "]"
    ranges = "".join(_ranges(mask))
    return _escaped(ranges, _META) if len(ranges) == 1 else f"[{ranges}]"


def _quantifier(least: int, most: int | None) -> str:
    if most is None:
        return "+" if least == 1 else "*" if least == 0 else f"{{{least},}}"
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def numbered(_: Capture, inner: str) -> str:
    """A capture as a numbered group."""
    return f"({inner})"


def uncaptured(_: Capture, inner: str) -> str:
    """A capture that captures nothing."""
    return f"(?:{inner})"


@lru_cache(maxsize=1024)
def _inside(shape: Node) -> str:
    """What a capture holds: one of few shapes, spelled again and again."""
    return spell(shape)


def spell(node: Node, capture: Callable[[Capture, str], str] = numbered, known: dict[Node, str] | None = None) -> str:
    """The regex of a tree.

    Args:
        node: the tree.
        capture: spells a capture, given the regex inside it.
        known: trees that are spelled already, where the same capture is always spelled the same; gets those of now.
    """
    if isinstance(node, Lit):
        return node.text.translate(_LITERAL)
    if isinstance(node, Chars):
        return _spell_class(node.mask)
    if known is None:
        return _spelled(node, capture, None)
    found = known.get(node)
    if found is None:
        found = known[node] = _spelled(node, capture, known)
    return found


def _spelled(
    node: Seq | Alt | Repeat | Atomic | Capture, capture: Callable[[Capture, str], str], known: dict[Node, str] | None
) -> str:
    if isinstance(node, Seq):
        return "".join(
            f"(?:{spell(item, capture, known)})" if isinstance(item, Alt) else spell(item, capture, known)
            for item in node.items
        )
    if isinstance(node, Alt):
        return "|".join(spell(branch, capture, known) for branch in node.branches)
    if isinstance(node, Capture):
        return capture(node, _inside(node.node))
    inner = spell(node.node, capture, known)
    if isinstance(node, Atomic):
        return f"(?>{inner})"
    bare = isinstance(node.node, Chars) or (isinstance(node.node, Lit) and len(node.node.text) == 1)
    return (inner if bare else f"(?:{inner})") + _quantifier(node.least, node.most)
