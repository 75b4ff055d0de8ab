"""Which text wins where two could match a line, and by which leading words a text is found."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from functools import cache, partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from postern import regex
from postern.kept import forget, remembered
from postern.overlap import meet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.findings import Finding
    from postern.model import Message, Wording

MAX_LEAD = 6  # words of a text by which it is found
WILD = "*"  # a word that a slot fills


Lead = tuple[str, ...]  # words by which a text is found
_Piece = str | None  # literal characters, WILD, or None for a blank
_State = tuple[tuple[_Piece, ...], bool]  # the pieces so far, and whether words can still be counted
_MAX_STATES = 256


@cache
def leads_of(node: regex.Node) -> tuple[tuple[str, ...], ...]:
    """The ways in which a text can begin, as words; `*` stands for a word that holds a slot.

    A way ends where a slot may hold blanks, for then words cannot be counted any more.
    """
    ways = {_words(pieces) for pieces, _ in _extend({((), True)}, node)}
    return tuple(sorted(way for way in ways if not any(way[:n] in ways for n in range(len(way)))))


def _words(pieces: tuple[_Piece, ...]) -> tuple[str, ...]:
    words: list[str] = []
    word = ""
    for piece in pieces:
        if piece is None:
            words += [word] if word else []
            word = ""
        else:
            word = WILD if WILD in (word, piece) else word + piece
    return tuple(words[:MAX_LEAD])


def _extend(states: set[_State], node: regex.Node) -> set[_State]:
    if not any(counting for _, counting in states):
        return states
    if isinstance(node, regex.Seq) or (isinstance(node, regex.Capture) and node.member == regex.CHOICE):
        for child in regex.children(node):
            states = _extend(states, child)
        return states
    if isinstance(node, regex.Alt):
        return _bounded(set().union(*(_extend(states, branch) for branch in node.branches)), states)
    if isinstance(node, regex.Repeat) and (node.least, node.most) == (0, 1):
        return _bounded(states | _extend(states, node.node), states)
    if node == regex.BLANK:
        return _add(states, None)
    if isinstance(node, regex.Lit):
        return _add(states, node.text)
    if _may_hold_blank(node) or regex.nullable(node):
        return {(pieces, False) for pieces, _ in states}
    return _add(states, WILD)


def _add(states: set[_State], piece: _Piece) -> set[_State]:
    return {
        ((*pieces, piece), counting and pieces.count(None) < MAX_LEAD) if counting else (pieces, counting)
        for pieces, counting in states
    }


def _bounded(states: set[_State], before: set[_State]) -> set[_State]:
    return states if len(states) <= _MAX_STATES else {(pieces, False) for pieces, _ in before}


def _may_hold_blank(node: regex.Node) -> bool:
    if isinstance(node, regex.Lit):
        return " " in node.text
    if isinstance(node, regex.Chars):
        return bool(node.mask & regex.BLANKS)
    return any(_may_hold_blank(child) for child in regex.children(node))


def ranked(messages: Iterable[Message], dispatch: str, findings: list[Finding]) -> list[Message]:
    """The messages with the rank of each wording: of two that could match one line, the lower rank wins."""
    messages = list(messages)
    bodies = [wording for message in messages for wording in message.wordings if wording.body is not None]
    pools: dict[str, list[Wording]] = defaultdict(list)
    for wording in bodies:
        pools[wording.key if dispatch == "id" else ""].append(wording)
    ranks: dict[tuple[str, int], int] = {}
    for name, pool in pools.items():
        found, before = len(findings), (ranked, pool[0].key, name)
        order = remembered(before, tuple(pool), partial(_order_of, pool, findings))
        ranks |= {said: rank for rank, said in enumerate(order)}
        if len(findings) > found:
            forget(before)  # what was found is told again
    return [
        _with_ranks(message, [ranks.get((one.key, one.number), one.number) for one in message.wordings])
        for message in messages
    ]


def _order_of(pool: list[Wording], findings: list[Finding]) -> list[tuple[str, int]]:
    return [(wording.key, wording.number) for wording in _ordered(pool, findings)]


def _with_ranks(message: Message, ranks: list[int]) -> Message:
    """A message whose wordings have these ranks; the same object as in an earlier run that gave it the same."""
    if ranks == [one.rank for one in message.wordings]:
        return message
    kept = message.place.document.kept
    known = kept.get(("ranked", message.id))
    if known is None or known[0] is not message or known[1] != ranks:
        wordings = tuple(replace(one, rank=rank) for one, rank in zip(message.wordings, ranks, strict=True))
        known = kept["ranked", message.id] = message, ranks, replace(message, wordings=wordings)
    made: Message = known[2]
    return made


def _ordered(pool: list[Wording], findings: list[Finding]) -> list[Wording]:
    """The wordings, most literal first, each before all that it must win over."""
    if len(pool) == 1:
        return pool
    ranges = {id(one): regex.literal_range(one.body) for one in pool if one.body is not None}
    usual = sorted(pool, key=lambda one: (-ranges[id(one)][1], one.key, one.number))
    position = {id(one): index for index, one in enumerate(usual)}
    sorter: TopologicalSorter[int] = TopologicalSorter({index: set() for index in range(len(usual))})
    for winner, loser in _wins(pool, ranges, findings):
        sorter.add(position[id(loser)], position[id(winner)])
    sorter.prepare()
    order: list[int] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return [usual[index] for index in order]


def _wins(
    pool: list[Wording], ranges: dict[int, tuple[int, int]], findings: list[Finding]
) -> Iterator[tuple[Wording, Wording]]:
    leads = {id(one): one.leads for one in pool}
    for one, other in itertools.combinations(pool, 2):
        if one.body is None or other.body is None:
            continue
        if not _may_meet(leads[id(one)], leads[id(other)]) or not meet(one.body, other.body):
            continue
        (low, high), (other_low, other_high) = ranges[id(one)], ranges[id(other)]
        if low > other_high:
            yield one, other
        elif other_low > high:
            yield other, one
        else:
            # Whoever wrote an overlay can mend the overlay.
            mine, theirs = (other, one) if other.place.document.overlay else (one, other)
            literals = " and ".join("{}-{}".format(*ranges[id(text)]) for text in (mine, theirs))
            problem = f"a line could match it and {theirs.key} at {theirs.place.where} with {literals} literals"
            findings.append(mine.place.finding("P604", problem, "", "text"))


def _may_meet(leads: tuple[Lead, ...], others: tuple[Lead, ...]) -> bool:
    """Whether the leading words of two texts let one line reach both; cheap, and never wrong about a no."""
    return any(
        all(word == other_word or WILD in (word, other_word) for word, other_word in zip(lead, other, strict=False))
        for lead in leads
        for other in others
    )
