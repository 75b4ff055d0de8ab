"""The pool of processes: pieces in, one report out, the same for any number of processes."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from postern.audit import tally
from postern.audit.pieces import pieces
from postern.audit.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from postern.audit.pieces import Piece
    from postern.audit.sources import Given
    from postern.model import Catalog

_AHEAD = 2  # pieces that wait for each process


class WorkerLostError(Exception):
    """A process of the pool was ended from outside."""


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def audit(
    given: Given,
    catalog: Catalog,
    product: str = "",
    jobs: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Counts all lines of the sources.

    Args:
        given: what to read; problems are added to those that are known already.
        catalog: compiled.
        product: the device of all lines; '' where the lines tell it.
        jobs: processes; 0 for one a core.
        progress: called with the number of bytes that have been counted since the last call.

    Raises:
        WorkerLostError: a process was ended from outside.
    """
    report = Report(catalog, product, len(given.sources))
    jobs = jobs or cores()
    with ProcessPoolExecutor(jobs, initializer=tally.begin, initargs=(catalog, product)) as pool:
        try:
            for size, counts in _in_order(pool, pieces(given.sources, given.problems), jobs * _AHEAD + 1):
                report.add(counts)
                progress(size)
        except BrokenProcessPool as error:
            raise WorkerLostError from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    report.problems = sorted({*given.problems, *report.problems})
    return report


def _in_order(pool: ProcessPoolExecutor, work: Iterable[Piece], most: int) -> Iterable[tuple[int, tally.Tally]]:
    """The counts in the order of the pieces, so that shapes do not depend on chance; `most` pieces are under way."""
    waiting: deque[tuple[int, Future[tally.Tally]]] = deque()
    for piece in work:
        waiting.append((piece.size, pool.submit(tally.tally, piece)))
        if len(waiting) >= most:
            size, done = waiting.popleft()
            yield size, done.result()
    for size, done in waiting:
        yield size, done.result()
