"""Buckets: which few wordings a line has to be tried on, found by its id or by its first words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from postern import regex
from postern.kept import remembered
from postern.model import Message, Product, Wording
from postern.order import MAX_LEAD, WILD
from postern.overlap import meet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_WORDINGS = 4  # of a bucket found by words; one that cannot be split further may hold more

Pair = tuple[Message, Wording]
Tree = dict[str, "Tree | int"]
NONE = -1


@dataclass
class Buckets:
    """The buckets of a product, and how a line finds its own.

    Attributes:
        pools: the wordings of each bucket, in the order in which they are tried.
        tree: by id, the bucket of each id; by words, a tree in which each word of the line leads to a branch (`*` where
            no literal word fits) until a bucket's number, or -1, is reached.
        hot: how many buckets, the first ones, are those of the ids that make up most traffic.
    """

    pools: list[list[Pair]] = field(default_factory=list)
    tree: Tree = field(default_factory=dict)
    hot: int = 0

    def add(self, pairs: Iterable[Pair]) -> int:
        """The number of a new bucket; -1 if there is nothing to put into it."""
        pool = list(pairs)
        if not pool:
            return NONE
        self.pools.append(pool)
        return len(self.pools) - 1


def buckets(product: Product) -> Buckets:
    """The buckets of a product that is dispatched by id or by words."""
    pairs = tuple(pair for pair in product.wordings() if pair[1].body is not None)
    made = _by_id if product.dispatch == "id" else _by_words
    return remembered((buckets, product.name), (product.hot, pairs), lambda: made(product.hot, pairs))


def _by_id(hot: Sequence[Sequence[str]], pairs: Sequence[Pair]) -> Buckets:
    """One bucket for each id, the frequent ones first."""
    made = Buckets()
    ordered = sorted(pairs, key=lambda pair: (pair[0].id, pair[1].rank))
    by_id = {ident: list(some) for ident, some in groupby(ordered, key=lambda pair: pair[0].id)}
    frequent = [ident for group in hot for ident in group if ident in by_id]
    made.tree |= {ident: made.add(by_id[ident]) for ident in dict.fromkeys([*frequent, *by_id])}
    made.hot = len(frequent)
    return made


def _by_words(_: object, pairs: Sequence[Pair]) -> Buckets:
    made = Buckets()
    ordered = sorted(pairs, key=lambda pair: pair[1].rank)
    tree = _split(made, [(lead, pair) for pair in ordered for lead in pair[1].leads], ())
    made.tree = tree if isinstance(tree, dict) else {WILD: tree}
    return made


_Led = tuple[tuple[str, ...], Pair]
_WORD = regex.Repeat(regex.Chars(regex.ALL & ~regex.BLANKS), 1, None)
_GAP = regex.Repeat(regex.Chars(regex.BLANKS), 1, None)
_REST = regex.optional(regex.seq(regex.Chars(regex.BLANKS), regex.Repeat(regex.Chars(regex.ALL), 0, None)))


def _split(made: Buckets, led: list[_Led], words: tuple[str, ...]) -> Tree | int:
    depth = len(words)
    literals = sorted({lead[depth] for lead, _ in led if len(lead) > depth} - {WILD})
    if len({id(wording) for _, (_, wording) in led}) <= MAX_WORDINGS or depth == MAX_LEAD:
        return made.add(_in_order(led))
    loose = [one for one in led if len(one[0]) <= depth or one[0][depth] == WILD]
    tree: Tree = {WILD: _split(made, loose, (*words, WILD)) if loose else NONE}
    pack: list[str] = []
    packed: list[_Led] = []
    for word in literals:
        begun = (*words, word)
        mine = [one for one in led if one[0][depth : depth + 1] == (word,)]
        mine += [one for one in loose if _may_begin(one[1][1], begun)]
        if len(mine) > MAX_WORDINGS:
            tree[word] = _split(made, mine, begun)
            continue
        if len(_in_order([*packed, *mine])) > MAX_WORDINGS:
            _close(made, tree, pack, packed)
            pack, packed = [], []
        pack.append(word)
        packed += mine
    _close(made, tree, pack, packed)
    return tree


def _may_begin(wording: Wording, words: tuple[str, ...]) -> bool:
    """Whether a line of these first words could be of the wording, whose slots may not hold each of them."""
    parts = [part for word in words for part in (_GAP, _WORD if word == WILD else regex.Lit(word))]
    return meet(regex.seq(*parts[1:], _REST), wording.body or regex.EMPTY)


def _close(made: Buckets, tree: Tree, words: list[str], led: list[_Led]) -> None:
    if words:
        number = made.add(_in_order(led))
        tree.update(dict.fromkeys(words, number))


def _in_order(led: list[_Led]) -> list[Pair]:
    return sorted({id(pair[1]): pair for _, pair in led}.values(), key=lambda pair: pair[1].rank)
