r"""Short texts that make a regex backtrack: each repeat pumped, and then something that does not fit.

Where the repeats of a pattern stand is read by Python's own regex parser, after the few spellings that differ have been
translated. A pattern that it cannot read is attacked with runs of its own characters instead. This finds the usual
mistakes (`(a+)+`, `(\w+\s?)*`, several `.*` in a row); it does not prove that there is none.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = 30  # characters: enough for exponential cost to exceed 100,000 steps
LINE, VALUE = 2_000, 256  # enough for cost that grows with the square: a long line, the value of a field
POINTS = 200  # repeats that are pumped in one pattern: all nested ones first, then some of the others
TAILS = ("\0", " ", "!", "\n;")
_MANY = 8  # a repeat that may not be longer is harmless by itself
_LETTERS = "a0 A_-.:/=\"'<>[](),;@%\t\n\0"
_TRANSLATED = ((r"\z", r"\Z"), (r"\h", r"[ \t]"), ("(?<", "(?P<"), ("(?P<=", "(?<="), ("(?P<!", "(?<!"))

_parser: Any = importlib.import_module("re._parser")  # the parser of re; it has no public name
_constants: Any = importlib.import_module("re._constants")
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
}


@dataclass(frozen=True)
class _Pump:
    """A repeat: what leads to it, what it repeats, how often, and how many repeats stand around it.

    What follows the repeat is pumped too: where the repeat takes that as well, each of the copies may be the end of it.
    """

    prefix: str
    body: str
    after: str
    most: int
    depth: int


def attacks(pattern: str, longest: int) -> Iterator[str]:
    """Texts to search with a pattern, the shorter ones first; the others of about the given length."""
    pumps = _chosen(_pumps(pattern))
    for length in (SHORT, longest):
        for pump in pumps:
            for body in filter(None, {pump.body: None, pump.after: None}):
                times = min(pump.most, max(2, length // len(body)))
                for tail in TAILS:
                    yield pump.prefix + body * times + tail


def _pumps(pattern: str) -> list[_Pump]:
    for spelling, python in _TRANSLATED:
        pattern = pattern.replace(spelling, python)
    try:
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        letters = sorted({*pattern} & {*_LETTERS}) or ["a"]
        return [_Pump("", letter, "", LINE, 2) for letter in letters]
    return list(_walk(tree, "", "", 0))


def _chosen(pumps: list[_Pump]) -> list[_Pump]:
    nested = [pump for pump in pumps if pump.depth]
    others = [pump for pump in pumps if not pump.depth]
    room = max(POINTS - len(nested), 4)
    return [*nested[:POINTS], *others[:: max(1, -(-len(others) // room))]]


def _walk(items: Any, prefix: str, after: str, depth: int) -> Iterator[_Pump]:
    """All repeats of a sequence, from left to right; `after` is what follows the sequence."""
    items = list(items)
    for place, (kind, value) in enumerate(items):
        follows = next(filter(None, (_sample([one]) for one in items[place + 1 :])), after)
        if kind in _REPEATS:
            _, most, body = value
            if int(most) > _MANY:
                yield _Pump(prefix, _sample(body) or "a", follows, int(most), depth)
            yield from _walk(body, prefix, follows, depth + (int(most) > _MANY))
        for inner in _inner(kind, value):
            yield from _walk(inner, prefix, follows, depth)
        prefix += _sample([(kind, value)])


def _inner(kind: Any, value: Any) -> list[Any]:
    """The sequences inside a node that is no repeat."""
    if kind is _constants.SUBPATTERN:
        return [value[-1]]
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind is _constants.POSSESSIVE_REPEAT:
        return [value[2]]
    return [value] if kind is _constants.ATOMIC_GROUP else []


def _sample(items: Any) -> str:
    """A short text that a sequence matches, look-around and references left aside."""
    return "".join(_sample_of(kind, value) for kind, value in items)


def _sample_of(kind: Any, value: Any) -> str:
    if kind is _constants.LITERAL:
        return chr(value)
    if kind is _constants.ANY:
        return "a"
    if kind is _constants.NOT_LITERAL:
        return next(letter for letter in _LETTERS if ord(letter) != value)
    if kind is _constants.IN:
        return next((letter for letter in _LETTERS if _holds(value, letter)), _first(value))
    if kind in _REPEATS or kind is _constants.POSSESSIVE_REPEAT:
        return _sample(value[2]) * int(value[0])
    return next((_sample(inner) for inner in _inner(kind, value)), "")


def _holds(items: Any, letter: str) -> bool:
    """Whether a class has a letter."""
    negated = bool(items) and items[0][0] is _constants.NEGATE
    return any(_one_holds(kind, value, letter) for kind, value in items[negated:]) != negated


def _one_holds(kind: Any, value: Any, letter: str) -> bool:
    if kind is _constants.LITERAL:
        return chr(value) == letter
    if kind is _constants.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return re.match(_CATEGORIES[value], letter) is not None


def _first(items: Any) -> str:
    """The first character that a class names, for one that has none of the usual letters."""
    return next((chr(value[0] if kind is _constants.RANGE else value) for kind, value in items if value), "a")
