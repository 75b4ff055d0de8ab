"""A figure: what was measured, and what it should be."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        name: what was measured.
        measured: the figure.
        unit: its unit.
        limit: what it should reach.
        at_most: whether the limit is an upper one.
        note: how the figure came about.
    """

    name: str
    measured: float
    unit: str
    limit: float
    at_most: bool
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the figure is reached."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    @property
    def target(self) -> str:
        """The limit in words."""
        return f"{'≤' if self.at_most else '≥'} {amount(self.limit)} {self.unit}"

    def data(self) -> dict[str, str | float | bool]:
        """The figure for programs."""
        return {
            "name": self.name,
            "measured": self.measured,
            "unit": self.unit,
            "limit": self.limit,
            "at_most": self.at_most,
            "ok": self.ok,
            "note": self.note,
        }


def amount(value: float) -> str:
    """A number with the digits that mean something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004 -- digits


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes on the wall clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median_of(times: int, work: Callable[[], float]) -> tuple[float, str]:
    """The median of several measurements, and all of them for the note."""
    found = [work() for _ in range(times)]
    return median(found), "median of " + ", ".join(amount(one) for one in found)
