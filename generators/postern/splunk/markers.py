"""Markers: one fixed word of each wording that its extraction keeps, so that a lookup knows which wording matched.

FORMAT cannot say which branch of a regex matched. So each branch captures a word of its own text, and no two wordings
that a lookup must tell apart are given the same word.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from postern import regex
from postern.artifact import EmitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postern.model import Wording

NAME = "(marker)"  # of the capture; no slot has such a name
_LEAST = 2


class NoMarkerError(EmitError):
    """A wording has no fixed word left that tells it apart; the message names it."""


def has_word(wording: Wording) -> bool:
    """Whether a wording has a fixed word at all."""
    return bool(_candidates(wording.body))


def marked(wordings: Sequence[Wording]) -> list[tuple[str, regex.Node]]:
    """For each wording its marker, and its body in which that word is captured.

    The markers of the wordings given are distinct. They follow from the wordings alone, whatever their order in memory.

    Raises:
        NoMarkerError: there are not enough fixed words.
    """
    wanted = [_candidates(one.body) for one in wordings]
    owner: dict[str, int] = {}
    order = sorted(range(len(wordings)), key=lambda at: (len(wanted[at]), wordings[at].key, wordings[at].number))
    for at in order:
        if not _assign(at, wanted, owner, set()):
            raise NoMarkerError(f"{wordings[at].key} (wording {wordings[at].number}) has no fixed word of its own")
    chosen = {at: word for word, at in owner.items()}
    return [(chosen[at], _captured(wordings[at].body, wanted[at][chosen[at]])) for at in range(len(wordings))]


def _assign(at: int, wanted: list[dict[str, tuple[int, int, int]]], owner: dict[str, int], seen: set[str]) -> bool:
    """Gives a wording a word; one that holds it already may be moved to another (an augmenting path)."""
    for word in wanted[at]:
        if word in seen:
            continue
        seen.add(word)
        if word not in owner or _assign(owner[word], wanted, owner, seen):
            owner[word] = at
            return True
    return False


def _items(body: regex.Node | None) -> tuple[regex.Node, ...]:
    return body.items if isinstance(body, regex.Seq) else (body,) if body is not None else ()


@cache
def _candidates(body: regex.Node | None) -> dict[str, tuple[int, int, int]]:
    """Words that each line of such a body holds, and where: item, begin and end. The longest words come first."""
    found: dict[str, tuple[int, int, int]] = {}
    for index, begin, end in sorted(_pieces(_items(body)), key=lambda one: (one[1] - one[2], one[0])):
        item = _items(body)[index]
        if isinstance(item, regex.Lit):
            found.setdefault(item.text[begin:end], (index, begin, end))
    return found


def _pieces(items: tuple[regex.Node, ...]) -> Iterator[tuple[int, int, int]]:
    """Fixed runs without a blank, whole and then from their beginning on; letters and digits at both ends."""
    for index, item in enumerate(items):
        if not isinstance(item, regex.Lit) or not item.text.isascii():
            continue
        begin = next((at for at, one in enumerate(item.text) if one.isalnum()), len(item.text))
        whole = len(item.text.rstrip("".join(one for one in item.text if not one.isalnum())))
        yield from ((index, begin, end) for end in range(whole, begin + _LEAST - 1, -1) if item.text[end - 1].isalnum())


def _captured(body: regex.Node | None, place: tuple[int, int, int]) -> regex.Node:
    index, begin, end = place
    items = list(_items(body))
    lit = items[index]
    text = lit.text if isinstance(lit, regex.Lit) else ""
    marker = regex.Capture(NAME, regex.CHOICE, None, regex.Lit(text[begin:end]))
    items[index : index + 1] = [regex.Lit(text[:begin]), marker, regex.Lit(text[end:])]
    return regex.seq(*items)
