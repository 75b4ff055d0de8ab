"""Work on a second core, where a large catalog makes that pay."""

from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

Result = TypeVar("Result")


def beside(work: Callable[[], Result], *, pays: bool) -> Callable[[], Result]:
    """Begins some work in a forked process, which sees all that is in memory; the function returned awaits its result.

    Where it does not pay, or the system cannot fork or has one core, the work is done when its result is asked for.
    What the work raises is raised by the function returned.
    """
    if not pays or "fork" not in multiprocessing.get_all_start_methods() or (os.cpu_count() or 1) < 2:  # noqa: PLR2004
        return work
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, theirs), daemon=True)  # ends with us, whatever we raise
    process.start()
    theirs.close()

    def result() -> Result:
        try:
            done, answer = ours.recv()
        except EOFError:
            return work()  # the process was killed, by want of memory for instance
        finally:
            process.join()
        if not done:
            raise answer
        return answer  # type: ignore[no-any-return] # what `work` returned

    return result


def _do(work: Callable[[], object], answer: Connection) -> None:
    try:
        answer.send((True, work()))
    except Exception as error:  # noqa: BLE001 - handed on, and raised there
        answer.send((False, error))
