"""What the pieces add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from postern.audit.shapes import Shape, Shapes
from postern.clean import clean
from postern.matcher import HEADER_ONLY, PARSED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.audit.sources import Problem
    from postern.audit.tally import Tally
    from postern.model import Catalog, Message

STATUSES = (PARSED, HEADER_ONLY, UNKNOWN)
MOST_SHAPES = 1_000
_LONGEST = 1_000  # characters of a template or of an example


class Row(NamedTuple):
    """Counts of one product, or of all lines."""

    name: str
    title: str
    lines: int
    parsed: int
    header_only: int
    unknown: int

    def data(self) -> dict[str, Any]:
        """Counts and shares."""
        counts = {"parsed": self.parsed, "header_only": self.header_only, "unknown": self.unknown}
        shares = {f"{status}_share": ratio(count, self.lines) for status, count in counts.items()}
        return {"lines": self.lines} | counts | shares


@dataclass(frozen=True)
class Shown:
    """A shape as it is shown.

    Attributes:
        shape: with its line as it came.
        template, example: cleaned of control characters, and cut where they are long.
        draft: a catalog entry as `postern new` prints it; '' where none was asked for or can be made.
        no_draft: why none can be made.
    """

    shape: Shape
    template: str
    example: str
    draft: str = ""
    no_draft: str = ""

    def known(self) -> str:
        """What is known of its lines."""
        words = [self.shape.group.status.replace("_", " "), self.shape.group.product, self.shape.group.ident]
        return clean(" ".join(word for word in words if word))

    def data(self) -> dict[str, Any]:
        """The shape for programs."""
        group = self.shape.group
        return {
            "count": self.shape.count,
            "status": group.status,
            "product": group.product or None,
            "id": clean(group.ident) or None,
            "template": self.template,
            "example": self.example,
            "draft": self.draft or None,
            "no_draft": self.no_draft or None,
        }


@dataclass
class Report:
    """How much of the lines is read, and what is not.

    Attributes:
        catalog: by which the lines were read.
        product: of all lines; '' where the lines told it.
        files: how many were read, those with problems included.
        messages: parsed lines by key.
        rest: the other lines by product ('' where none is known) and status.
        shapes: clusters of these.
        problems: what could not be read, by path.
    """

    catalog: Catalog
    product: str
    files: int
    messages: Counter[str] = field(default_factory=Counter)
    rest: Counter[tuple[str, str]] = field(default_factory=Counter)
    shapes: Shapes = field(default_factory=lambda: Shapes(MOST_SHAPES))
    problems: list[Problem] = field(default_factory=list)

    def add(self, counts: Tally) -> None:
        """Adds a piece."""
        self.messages.update(counts.messages)
        self.rest.update(counts.rest)
        self.shapes.merge(counts.shapes)
        self.shapes.unclustered += counts.unclustered
        if counts.problem is not None:
            self.problems.append(counts.problem)

    def rows(self) -> list[Row]:
        """The products that have lines, in the catalog's order; lines of no known device last."""
        counts = Counter(self.rest)
        for key, count in self.messages.items():
            counts[self._by_key[key].product, PARSED] += count
        named = [(product.name, product.title) for product in self.catalog.products]
        rows = [_row(name, title, counts) for name, title in (*named, ("", "no known device"))]
        return [row for row in rows if row.lines]

    def total(self) -> Row:
        """The row of all lines."""
        rows = self.rows()
        return Row(
            "", "all", sum(row.lines for row in rows), sum(row.parsed for row in rows),
            sum(row.header_only for row in rows), sum(row.unknown for row in rows),
        )  # fmt: skip

    def frequent(self, top: int) -> list[tuple[Message, int]]:
        """The most frequent messages."""
        ordered = sorted(self.messages.items(), key=lambda one: (-one[1], one[0]))
        return [(self._by_key[key], count) for key, count in ordered[:top]]

    def shown(self, top: int) -> list[Shown]:
        """The most frequent shapes of lines that were not parsed."""
        return [
            Shown(shape, clean(shape.template, _LONGEST) or "(an empty line)", clean(shape.example, _LONGEST))
            for shape in self.shapes.found()[:top]
        ]

    def data(self, top: int, shapes: Sequence[Shown]) -> dict[str, Any]:
        """The report for programs, by `data/audit.schema.json`."""
        total = self.total()
        return {
            "files": self.files,
            **total.data(),
            "products": [{"product": row.name or None, "title": row.title, **row.data()} for row in self.rows()],
            "messages": [
                {"key": one.key, "title": one.title, "count": count, "share": ratio(count, total.lines)}
                for one, count in self.frequent(top)
            ],
            "shapes": [one.data() for one in shapes],
            "unclustered": self.shapes.unclustered,
            "problems": [problem._asdict() for problem in self.problems],
        }

    @cached_property
    def _by_key(self) -> dict[str, Message]:
        return {message.key: message for message in self.catalog.messages()}


def _row(name: str, title: str, counts: Counter[tuple[str, str]]) -> Row:
    of = [counts[name, status] for status in STATUSES]
    return Row(name, title, sum(of), *of)


def ratio(part: int, whole: int) -> float | None:
    """A share between 0 and 1; None of nothing."""
    return round(part / whole, 6) if whole else None


def percent(part: int, whole: int) -> str:
    """A share for people; 100 % and 0 % are said of all and of none only."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    share = 100 * part / whole
    low, high = 0.1, 99.9
    return f"<{low} %" if share < low else f">{high} %" if share > high else f"{share:.1f} %"
