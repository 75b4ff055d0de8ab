"""All checks of one app, two at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .appinspect import APPINSPECT, CLOUD, PRECERT, appinspect
from .environment import ready
from .ksconf import KSCONF, ksconf
from .result import Result, unexpected
from .slim import SLIM, slim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Answer = TypeVar("Answer")


def together(runs: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """What some runs give, in their order; as many at a time as our smallest machine has cores."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda run: run(), runs))


def install() -> None:
    """Make the tools' environments where they are missing."""
    together(partial(ready, tool) for tool in (APPINSPECT, SLIM, KSCONF))


def all_checks(app: Path, package: Path | None = None) -> list[Result]:
    """Everything the vendors' tools have against an app.

    Args:
        app: its directory.
        package: the same app packed, for AppInspect's strictest mode; the directory where there is none.
    """
    install()
    runs: list[Callable[[], list[Result]]] = [
        lambda: appinspect(package or app, PRECERT),
        lambda: appinspect(app, CLOUD),
        lambda: slim(app)[app],
        lambda: ksconf(app)[app],
    ]
    return [result for results in together(runs) for result in results]


def vendors_seconds(app: Path) -> tuple[float, str]:
    """How long all checks of an app take, in seconds, without the tools' installation; and what they said."""
    install()
    begun = time.perf_counter()
    results = all_checks(app)
    spent = time.perf_counter() - begun
    return spent, f"tools installed before; {len(unexpected(results))} complaints, {len(results)} with the allowed ones"
