"""The download, as bars on a terminal and as plain lines elsewhere."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from postern.engine import Progress as Told

_MB = 1024 * 1024
_LARGE = 16 * _MB


@contextlib.contextmanager
def shown(console: Console) -> Iterator[Told]:
    """A callback for the engine that shows on the console what arrives."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars)


class _Bars:
    """One bar a file."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, done: int, total: int | None) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=done, total=total)


class _Lines:
    """One line when a file begins to arrive, and for a large one another each quarter of it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._quarters: dict[str, int] = {}

    def __call__(self, name: str, done: int, total: int | None) -> None:
        size = f"{total / _MB:,.1f} MB" if total else "size unknown"
        quarter = 4 * done // total if total and total >= _LARGE else 0
        # A part of a zip arrives in two pieces, so the name alone does not tell what is being fetched.
        piece = f"{name} ({size})"
        if quarter > self._quarters.get(piece, -1):
            self._quarters[piece] = quarter
            said = f"fetching {piece}" + (f": {25 * quarter} %" if quarter else "")
            self._console.print(said, markup=False, highlight=False, soft_wrap=True)
