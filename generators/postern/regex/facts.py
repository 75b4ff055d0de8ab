"""Facts about a regex tree: what it may begin and end with, what it costs, how much of it is literal."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from postern.regex.nodes import (
    BLANK,
    CHOICE,
    EMPTY,
    Alt,
    Atomic,
    Capture,
    Chars,
    Lit,
    Node,
    Repeat,
    Seq,
    alt,
    mask_of,
    seq,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SHORT = 16  # a repeat up to this swallows at most a word or two
_CLASS, _GROUP = 33, 6  # bytes that PCRE2 needs for a class of characters, and at most for a group
_COUNTED = 5  # bytes for the bounds of a repeat
_BLANK_MASK = mask_of(" ")
_LEAVES = (Lit, Chars)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below this one."""
    return node.below


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(node.below[::-1])


def captures(node: Node) -> Iterator[Capture]:
    """The captures of a tree, in the order of the text; what they match holds none."""
    return iter(_captures(node))


def certain(node: Node, name_of: Callable[[Capture], str | None], known: dict[Node, frozenset[str]]) -> frozenset[str]:
    """The names of captures that each match of a tree holds.

    Args:
        node: the tree.
        name_of: the name that a capture counts by; None if it counts for nothing.
        known: what was found of trees already, by the same `name_of`; what is found is added.
    """
    if node not in known:
        below = [certain(child, name_of, known) for child in children(node)]
        known[node] = frozenset().union(*below)
        if isinstance(node, Capture):
            known[node] = frozenset([name] if (name := name_of(node)) else [])
        elif isinstance(node, Alt):
            known[node] = frozenset.intersection(*below)
        elif isinstance(node, Repeat) and not node.least:
            known[node] = frozenset()
    return known[node]


@cache
def _captures(node: Node) -> tuple[Capture, ...]:
    if isinstance(node, Capture):
        return (node,)
    found: list[Capture] = []
    for child in node.below:
        if not isinstance(child, _LEAVES):
            found += _captures(child)
    return tuple(found)


@cache
def nullable(node: Node) -> bool:
    """Whether the empty string matches."""
    if isinstance(node, _LEAVES):
        return isinstance(node, Lit) and not node.text
    if isinstance(node, Alt):
        return any(nullable(branch) for branch in node.branches)
    if isinstance(node, Repeat):
        return node.least == 0 or nullable(node.node)
    return all(nullable(child) for child in children(node))


def first(node: Node) -> int:
    """The characters that a match may begin with, as a mask."""
    return _edge(node, 1)


def last(node: Node) -> int:
    """The characters that a match may end with, as a mask."""
    return _edge(node, -1)


@cache
def _edge(node: Node, step: int) -> int:
    if isinstance(node, Lit):
        return mask_of(node.text[0 if step > 0 else -1]) if node.text else 0
    if isinstance(node, Chars):
        return node.mask
    edge = first if step > 0 else last
    mask = 0
    for child in children(node)[::step]:
        mask |= edge(child)
        if isinstance(node, Seq) and not nullable(child):
            break
    return mask


def needed(node: Node) -> str:
    """The longest run of characters that each match holds, as far as it is plain to see: a cheap first test."""
    if isinstance(node, Lit):
        return node.text
    if isinstance(node, (Chars, Alt)) or (isinstance(node, Repeat) and not node.least):
        return ""
    return max((needed(child) for child in children(node)), key=len, default="")


def words(node: Node) -> str:
    """The fixed words of a tree of literals and blanks, one blank between them."""
    if isinstance(node, Lit):
        return node.text
    return " " if node == BLANK else "".join(words(child) for child in children(node))


def fixed_words(node: Node) -> tuple[str, ...]:
    """What a shape matches, where it is one of some fixed words; nothing of any other shape."""
    branches = node.branches if isinstance(node, Alt) else (node,)
    literal = tuple(one.text for one in branches if isinstance(one, Lit))
    return literal if len(literal) == len(branches) else ()


@cache
def is_free_text(node: Node) -> bool:
    """Whether the shape can swallow the words around it: a long repeat whose class holds the blank."""
    if isinstance(node, Repeat) and isinstance(node.node, Chars):
        return bool(node.node.mask & _BLANK_MASK) and (node.most is None or node.most > _SHORT)
    return any(map(is_free_text, children(node)))


@cache
def _unbounded(node: Node) -> bool:
    return (isinstance(node, Repeat) and node.most is None) or any(map(_unbounded, children(node)))


def unbounded_faults(node: Node, follow: int) -> Iterator[Chars]:
    """Classes under `*` or `+` that hold a character which may follow them; `follow` is what follows the node."""
    if not _unbounded(node):
        return
    if isinstance(node, Seq):
        for item in reversed(node.items):
            yield from unbounded_faults(item, follow)
            follow = first(item) | (follow if nullable(item) else 0)
    elif isinstance(node, Repeat):
        inner = first(node.node) | follow if node.most != 1 else follow
        if node.most is None:
            if first(node.node) & follow:
                yield Chars(first(node.node))
        else:
            yield from unbounded_faults(node.node, inner)
    else:
        for child in children(node):
            yield from unbounded_faults(child, follow)


@cache
def within(node: Node, allowed: int) -> Node | None:
    """The tree whose matches hold none but the allowed characters (a mask); None if there is none left."""
    if isinstance(node, Lit):
        return None if mask_of(node.text) & ~allowed else node
    if isinstance(node, Chars):
        return Chars(node.mask & allowed) if node.mask & allowed else None
    below = [within(child, allowed) for child in children(node)]
    kept = [child for child in below if child is not None]
    if isinstance(node, Alt):
        return alt(*kept) if kept else None
    if isinstance(node, Repeat) and not (kept or node.least):
        return EMPTY
    if len(kept) < len(below):
        return None
    return seq(*kept) if isinstance(node, Seq) else replace(node, node=kept[0])


def without_last(node: Node, excluded: int) -> Node | None:
    """The tree whose matches do not end in an excluded character; None if there is none left."""
    if isinstance(node, Lit):
        return None if not node.text or mask_of(node.text[-1]) & excluded else node
    if isinstance(node, Chars):
        return Chars(node.mask & ~excluded) if node.mask & ~excluded else None
    if isinstance(node, Alt):
        kept = [branch for raw in node.branches if (branch := without_last(raw, excluded)) is not None]
        return alt(*kept) if kept else None
    if isinstance(node, Repeat):
        ending = without_last(node.node, excluded)
        if ending is None or node.most == 1:
            return ending
        return seq(Repeat(node.node, max(node.least - 1, 0), None if node.most is None else node.most - 1), ending)
    if isinstance(node, Seq):
        return _seq_without_last(node, excluded)
    ending = without_last(node.node, excluded)
    if ending is None:
        return None
    return replace(node, node=ending) if isinstance(node, Capture) else Atomic(ending)


def _seq_without_last(node: Seq, excluded: int) -> Node | None:
    if not node.items:
        return None
    *init, final = node.items
    ending = without_last(final, excluded)
    whole = None if ending is None else seq(*init, ending)
    if not nullable(final):
        return whole
    shorter = without_last(seq(*init), excluded)
    kept = [branch for branch in (whole, shorter) if branch is not None]
    return alt(*kept) if kept else None


def guard_end(node: Node, excluded: int) -> Node:
    """The tree in which no captured value at the end of the text ends in an excluded character."""
    if isinstance(node, Capture):
        ending = without_last(node.node, excluded)
        return node if ending is None else replace(node, node=ending)
    if isinstance(node, Alt):
        return Alt(tuple(guard_end(branch, excluded) for branch in node.branches))
    if isinstance(node, Repeat) and node.most == 1:
        return replace(node, node=guard_end(node.node, excluded))
    if isinstance(node, Seq):
        items = list(node.items)
        for index in range(len(items) - 1, -1, -1):
            items[index] = guard_end(items[index], excluded)
            if not nullable(items[index]):
                break
        return Seq(tuple(items))
    return node


@cache
def compiled_size(node: Node) -> int:
    """About how many bytes PCRE2 makes of a tree, rather too many: a repeated group is copied, a class is a bit map."""
    if isinstance(node, Lit):
        return 2 * len(node.text.encode())
    if isinstance(node, Chars):
        return _CLASS
    if isinstance(node, Repeat) and isinstance(node.node, Chars | Lit):
        return compiled_size(node.node) + _COUNTED
    inner = sum(map(compiled_size, children(node)))
    if isinstance(node, Repeat):
        return (inner + _GROUP) * max(node.least + 1 if node.most is None else node.most, 1) + _GROUP
    return inner + _GROUP * (len(children(node)) if isinstance(node, Alt) else 1)


@cache
def literal_range(node: Node) -> tuple[int, int]:
    """The least and the most literal characters on a path through the tree; captured choices count, blanks do not."""
    if isinstance(node, Lit):
        return len(node.text), len(node.text)
    if isinstance(node, Chars):
        return 0, 0
    if isinstance(node, Repeat):
        if node.most != 1:
            return 0, 0
        return 0, literal_range(node.node)[1]
    if isinstance(node, Capture) and node.member != CHOICE:
        return 0, 0
    ranges = [literal_range(child) for child in children(node)]
    if isinstance(node, Alt):
        return min(low for low, _ in ranges), max(high for _, high in ranges)
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)
