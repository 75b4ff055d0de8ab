"""Lines that were not parsed, clustered: what they have in common, and how often it occurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pcre2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from drain3.drain import Drain, LogCluster

WORD = "<*>"
"""Stands in a template where the words of its lines differ."""
VALUE = "<#>"
"""Stands there for a value with digits, or for the name of a day or month."""
LONGEST = 1_000  # characters of a text that tell its shape
LONGEST_EXAMPLE = 4_000
_ALIKE = 0.7  # share of words that the texts of a cluster have in common
_REMEMBERED = 10_000  # texts whose cluster need not be looked for again
_TRIES = 1_000  # texts that are still held against the shapes when there is no room for another
_CALENDAR = "Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".replace(" ", "|")
_OF_VALUES = r"\w.:@/+%-"
# What varies from line to line: a run of value characters that holds a digit, and names of days and months.
_VARIES = pcre2.compile(
    rf"(?<![{_OF_VALUES}])(?:(?:[^\W\d]|[.:@/+%-])*+\d[{_OF_VALUES}]*+|(?:{_CALENDAR})(?![{_OF_VALUES}]))"
)


class Group(NamedTuple):
    """Lines that are clustered together."""

    product: str
    status: str
    ident: str


@dataclass
class Shape:
    """Lines of one group with alike texts.

    Attributes:
        group: what is known of them.
        template: their words, with `VALUE` and `WORD` where they differ.
        example: the first such line.
        count: how many there are.
    """

    group: Group
    template: str
    example: str
    count: int


class Shapes:
    """Clusters texts, with bounded memory.

    Attributes:
        unclustered: lines that came when there was no room for another shape.
    """

    def __init__(self, most: int) -> None:
        """Room for `most` shapes."""
        self.unclustered = 0
        self._most = most
        self._tries = _TRIES
        self._drains: dict[Group, Drain] = {}
        self._shapes: dict[tuple[Group, int], tuple[LogCluster, Shape]] = {}
        self._known: dict[tuple[Group, str], Shape] = {}

    def add(self, group: Group, text: str, example: str, count: int = 1) -> None:
        """Counts lines; `text` is what tells their shape, masked."""
        shape = self._known.get((group, text))
        if shape is None:
            shape = self._clustered(group, text, example)
            if shape is None:
                self.unclustered += count
                return
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[group, text] = shape
        shape.count += count

    def merge(self, others: Iterable[Shape]) -> None:
        """Takes the shapes that another one found."""
        for one in others:
            self.add(one.group, one.template, one.example, one.count)

    @property
    def size(self) -> int:
        """How many shapes there are."""
        return len(self._shapes)

    def found(self) -> list[Shape]:
        """All shapes, the most frequent first."""
        for cluster, shape in self._shapes.values():
            shape.template = cluster.get_template()
        return sorted((shape for _, shape in self._shapes.values()), key=_order)

    def _clustered(self, group: Group, text: str, example: str) -> Shape | None:
        drain = self._drains.get(group)
        if len(self._shapes) >= self._most:
            self._tries -= 1
            fits = drain.match(text) if drain and self._tries >= 0 else None
            return self._shapes[group, fits.cluster_id][1] if fits else None
        if drain is None:
            drain = self._drains[group] = _drain()
        cluster, _ = drain.add_log_message(text)
        held = self._shapes.get((group, cluster.cluster_id))
        if held is None:
            held = self._shapes[group, cluster.cluster_id] = (cluster, Shape(group, text, example, 0))
        return held[1]


def masked(texts: Sequence[str]) -> list[str]:
    """Texts of one line each, without what varies from line to line."""
    if not texts:
        return []
    shapes: list[str] = _VARIES.sub(VALUE, "\n".join([text[:LONGEST] for text in texts])).split("\n")
    return shapes


def _drain() -> Drain:
    from drain3.drain import Drain

    # What holds a digit is masked already, and a mask is a word that alike texts have in common.
    return Drain(sim_th=_ALIKE, param_str=WORD, parametrize_numeric_tokens=False)


def _order(shape: Shape) -> tuple[int, Group, str]:
    return -shape.count, shape.group, shape.template
