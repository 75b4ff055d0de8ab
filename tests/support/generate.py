"""Strings of a regex tree, and lines of a wording with what was written into each slot; all of a seeded chance.

Thousands of wordings are drawn from, each a few times, so drawing has to be cheap; a failure prints the line itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from postern import regex
from postern.engines import quick_match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Drawn = TypeVar("Drawn")
NON_ASCII = "éÖß日本語я\N{NO-BREAK SPACE}\N{LINE SEPARATOR}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}"
PLAIN = regex.mask_of("".join(chr(code) for code in range(128) if chr(code).isalnum()))
MOST = 12  # repeats that may be longer are tried up to here
BLANKS = (" ", " ", " ", "  ")
TRIES = 50  # draws until one is taken


class Discard(Exception):  # noqa: N818 - not a fault: what was drawn is not what was asked for
    """A draw that does not count."""


def draws(name: str, count: int, draw: Callable[[random.Random], Drawn]) -> Iterator[Drawn]:
    """That many draws, always the same ones under a name; fewer where hardly any counts."""
    chance = random.Random(name)  # noqa: S311 - test lines, no secrets
    for _ in range(count):
        for _ in range(TRIES):
            try:
                made = draw(chance)
            except Discard:
                continue
            yield made
            break


@cache
def letters(mask: int) -> str:
    """Characters of a set, with some from outside ASCII where the set holds them."""
    return "".join(chr(code) for code in range(128) if mask >> code & 1) + (NON_ASCII if mask & regex.NON_ASCII else "")


def string(chance: random.Random, node: regex.Node, *, plain: bool = False) -> str:
    """A string that the tree matches; a `plain` one of letters and digits wherever the tree allows."""
    if isinstance(node, regex.Lit):
        return node.text
    if node == regex.BLANK:
        return chance.choice(BLANKS)
    if isinstance(node, regex.Chars):
        return chance.choice(letters(node.mask & PLAIN if plain and node.mask & PLAIN else node.mask))
    if isinstance(node, regex.Alt):
        return string(chance, chance.choice(node.branches), plain=plain)
    if isinstance(node, regex.Repeat):
        most = MOST if node.most is None else max(min(node.most, MOST), node.least)
        times = chance.randint(node.least, most)
        return "".join(string(chance, node.node, plain=plain) for _ in range(times))
    return "".join(string(chance, child, plain=plain) for child in regex.children(node))


@dataclass(frozen=True)
class Segment:
    """A stretch of a line; `capture` if it is the value of a slot."""

    text: str
    capture: regex.Capture | None = None


def segments(chance: random.Random, node: regex.Node, pick: Callable[[regex.Capture], str]) -> list[Segment]:
    """A text of the tree as segments; `pick` says what is written into a slot.

    Raises:
        Discard: what was drawn for one of several branches reads as another one.
    """
    return list(_Writer(chance, pick).write(node))


class _Writer:
    def __init__(self, chance: random.Random, pick: Callable[[regex.Capture], str]) -> None:
        self.chance, self.pick = chance, pick
        self.blank = chance.choice(BLANKS)

    def write(self, node: regex.Node) -> Iterator[Segment]:
        if isinstance(node, regex.Capture):
            yield Segment(self.pick(node), node)
        elif isinstance(node, regex.Lit) or node == regex.BLANK:
            yield Segment(node.text if isinstance(node, regex.Lit) else self.blank)
        elif isinstance(node, regex.Seq | regex.Atomic):
            for child in regex.children(node):
                yield from self.write(child)
        elif isinstance(node, regex.Alt):
            yield from self.branch(node)
        elif isinstance(node, regex.Repeat) and node.most == 1:
            if node.least or self.chance.random() < 0.5:
                yield from self.write(node.node)
        else:
            yield Segment(string(self.chance, node))

    def branch(self, node: regex.Alt) -> list[Segment]:
        """One of the branches, written so that no branch before it reads the same: of two readings the first counts."""
        at = self.chance.randrange(len(node.branches))
        line = list(self.write(node.branches[at]))
        text = "".join(one.text for one in line)
        if any(quick_match(before)(text) for before in node.branches[:at]):
            raise Discard
        return line


def fits(capture: regex.Capture, text: str) -> bool:
    """Whether a text can stand in the slot."""
    return quick_match(capture.node)(text) is not None
