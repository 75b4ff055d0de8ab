"""Hypothesis strategies: strings of a regex tree, and lines of a wording with what was written into each slot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import assume
from hypothesis import strategies as st

from postern import regex
from postern.engines import python_regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy
    from hypothesis.vendor.pretty import RepresentationPrinter

NON_ASCII = "éÖß日本語я\N{NO-BREAK SPACE}\N{LINE SEPARATOR}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}"
PLAIN = regex.mask_of("".join(chr(code) for code in range(128) if chr(code).isalnum()))
MOST = 12  # repeats that may be longer are tried up to here


@cache
def letters(mask: int) -> str:
    """Characters of a set, simple ones first, with some from outside ASCII where the set holds them."""
    codes = sorted((code for code in range(128) if mask >> code & 1), key=lambda code: (not chr(code).isalnum(), code))
    return "".join(map(chr, codes)) + (NON_ASCII if mask & regex.NON_ASCII else "")


@cache
def strings(node: regex.Node, *, plain: bool = False) -> SearchStrategy[str]:  # noqa: PLR0911 - one for each kind of node
    """Strings that the tree matches; `plain` ones of letters and digits wherever the tree allows."""
    if isinstance(node, regex.Lit):
        return st.just(node.text)
    if node == regex.BLANK:
        return st.sampled_from([" ", " ", " ", "  "])
    if isinstance(node, regex.Chars):
        return st.sampled_from(letters(node.mask & PLAIN if plain and node.mask & PLAIN else node.mask))
    if isinstance(node, regex.Alt):
        return st.one_of(*(strings(branch, plain=plain) for branch in node.branches))
    if isinstance(node, regex.Repeat):
        most = MOST if node.most is None else max(min(node.most, MOST), node.least)
        if isinstance(node.node, regex.Chars):
            mask = node.node.mask & PLAIN if plain and node.node.mask & PLAIN else node.node.mask
            return st.text(letters(mask), min_size=node.least, max_size=most)
        items = st.lists(strings(node.node, plain=plain), min_size=node.least, max_size=most)
        return items.map("".join)
    return st.tuples(*(strings(child, plain=plain) for child in regex.children(node))).map("".join)


@dataclass(frozen=True)
class Segment:
    """A stretch of a line; `capture` if it is the value of a slot."""

    text: str
    capture: regex.Capture | None = None

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: object) -> None:
        printer.text(f"{self.capture.name}={self.text!r}" if self.capture else repr(self.text))


def segments(draw: DrawFn, node: regex.Node, pick: Callable[[regex.Capture], SearchStrategy[str]]) -> list[Segment]:
    """Draws a text of the tree as segments; `pick` says what is written into a slot."""
    return list(_Writer(draw, pick).write(node))


class _Writer:
    def __init__(self, draw: DrawFn, pick: Callable[[regex.Capture], SearchStrategy[str]]) -> None:
        self.draw, self.pick = draw, pick
        self.blank = draw(strings(regex.BLANK))

    def write(self, node: regex.Node) -> Iterator[Segment]:
        if isinstance(node, regex.Capture):
            yield Segment(self.draw(self.pick(node)), node)
        elif isinstance(node, regex.Lit) or node == regex.BLANK:
            yield Segment(node.text if isinstance(node, regex.Lit) else self.blank)
        elif isinstance(node, regex.Seq | regex.Atomic):
            for child in regex.children(node):
                yield from self.write(child)
        elif isinstance(node, regex.Alt):
            yield from self.branch(node)
        elif isinstance(node, regex.Repeat) and node.most == 1:
            if node.least or self.draw(st.booleans()):
                yield from self.write(node.node)
        else:
            yield Segment(self.draw(strings(node)))

    def branch(self, node: regex.Alt) -> list[Segment]:
        """One of the branches, written so that no branch before it reads the same: of two readings the first counts."""
        at = self.draw(st.integers(0, len(node.branches) - 1))
        line = list(self.write(node.branches[at]))
        text = "".join(one.text for one in line)
        assume(not any(python_regex(before).match(text) for before in node.branches[:at]))
        return line


def fits(capture: regex.Capture, text: str) -> bool:
    """Whether a text can stand in the slot."""
    return python_regex(capture.node).match(text) is not None
