"""Buckets: which few wordings a line has to be tried on, found by its id or by its first words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from postern.model import Message, Product, Wording
from postern.order import MAX_LEAD, WILD

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASS_DIGITS = 3
MAX_WORDINGS = 4  # of a bucket found by words; one that cannot be split further may hold more

Pair = tuple[Message, Wording]
Tree = dict[str, "Tree | int"]
NONE = -1


@dataclass
class Buckets:
    """The buckets of a product, and how a line finds its own.

    Attributes:
        pools: the wordings of each bucket, in the order in which they are tried.
        tree: by id, the bucket of each class (its first digits); by words, a tree in which each word of the line leads
            to a branch (`*` where no literal word fits) until a bucket's number, or -1, is reached.
    """

    pools: list[list[Pair]] = field(default_factory=list)
    tree: Tree = field(default_factory=dict)

    def add(self, pairs: Iterable[Pair]) -> int:
        """The number of a new bucket; -1 if there is nothing to put into it."""
        pool = list(pairs)
        if not pool:
            return NONE
        self.pools.append(pool)
        return len(self.pools) - 1


def buckets(product: Product) -> Buckets:
    """The buckets of a product that is dispatched by id or by words."""
    made = Buckets()
    pairs = [pair for pair in product.wordings() if pair[1].body is not None]
    if product.dispatch == "id":
        ordered = sorted(pairs, key=lambda pair: (pair[0].id, pair[1].rank))
        for prefix, some in groupby(ordered, key=lambda pair: pair[0].id[:CLASS_DIGITS]):
            made.tree[prefix] = made.add(some)
        return made
    ordered = sorted(pairs, key=lambda pair: pair[1].rank)
    tree = _split(made, [(lead, pair) for pair in ordered for lead in pair[1].leads], 0)
    made.tree = tree if isinstance(tree, dict) else {WILD: tree}
    return made


_Led = tuple[tuple[str, ...], Pair]


def _split(made: Buckets, led: list[_Led], depth: int) -> Tree | int:
    literals = sorted({lead[depth] for lead, _ in led if len(lead) > depth} - {WILD})
    if len({id(wording) for _, (_, wording) in led}) <= MAX_WORDINGS or depth == MAX_LEAD:
        return made.add(_in_order(led))
    loose = [one for one in led if len(one[0]) <= depth or one[0][depth] == WILD]
    tree: Tree = {WILD: _split(made, loose, depth + 1) if loose else NONE}
    pack: list[str] = []
    packed: list[_Led] = []
    for word in literals:
        mine = [one for one in led if one[0][depth : depth + 1] == (word,)]
        if len(mine) > MAX_WORDINGS:
            tree[word] = _split(made, [*mine, *loose], depth + 1)
            continue
        if len(packed) + len(mine) > MAX_WORDINGS:
            _close(made, tree, pack, [*packed, *loose])
            pack, packed = [], []
        pack.append(word)
        packed += mine
    _close(made, tree, pack, [*packed, *loose])
    return tree


def _close(made: Buckets, tree: Tree, words: list[str], led: list[_Led]) -> None:
    if words:
        number = made.add(_in_order(led))
        tree.update(dict.fromkeys(words, number))


def _in_order(led: list[_Led]) -> list[Pair]:
    return sorted({id(pair[1]): pair for _, pair in led}.values(), key=lambda pair: pair[1].rank)
