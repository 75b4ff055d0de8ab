"""The user's cache: fetch and assemble the server once, then find it there."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from postern.engine.artifacts import Recipe, load_recipe
from postern.engine.assemble import assemble, is_whole
from postern.engine.download import Progress, Source, repository_addresses, silent
from postern.engine.errors import clear_disk_errors
from postern.paths import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTIAL = ".partial-"


def cached_distribution(recipe: Recipe | None = None, cache: Path | None = None) -> Path | None:
    """The finished server folder, or None where it has yet to be fetched."""
    home = (cache or cache_folder()) / (recipe or load_recipe()).folder
    return home if is_whole(home) else None


def ensure_distribution(
    progress: Progress = silent,
    *,
    recipe: Recipe | None = None,
    cache: Path | None = None,
    source: Source | None = None,
) -> Path:
    """The server folder in the cache; fetched, checked and assembled first where it is not there yet.

    The folder is built beside its place and renamed into it, so that an interrupted run leaves no half of it. Runs at
    the same time wait for the first one.

    Args:
        progress: told about every chunk that arrives.
        recipe: what to build; this release's recipe by default.
        cache: where to keep it; `cache_folder()` by default.
        source: where to fetch from; the Maven repositories by default.

    Returns:
        The folder. Nobody writes into it: a node keeps its configuration, data and logs elsewhere.

    Raises:
        EngineError: no network, a broken or tampered download, a full disk, or a cache that may not be written.
    """
    recipe = recipe or load_recipe()
    cache = cache or cache_folder()
    if found := cached_distribution(recipe, cache):
        return found
    with clear_disk_errors(cache, "POSTERN_CACHE"):
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one(cache):
            if found := cached_distribution(recipe, cache):
                return found
            _remove_leftovers(cache)
            source = source or Source(repository_addresses(), progress)
            with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=cache, ignore_cleanup_errors=True) as workshop:
                finished = assemble(recipe, source, Path(workshop))
                # A damaged folder of the same name is in the way; it goes when the workshop goes.
                home = cache / recipe.folder
                if home.exists():
                    home.rename(Path(workshop) / "damaged")
                return finished.rename(home)


@contextlib.contextmanager
def _only_one(cache: Path) -> Iterator[None]:
    """Hold the cache's lock; the system frees it when its holder dies, however that happens."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_leftovers(cache: Path) -> None:
    """Whoever holds the lock is the only one at work: every workshop here belongs to a run that was killed."""
    for leftover in cache.glob(f"{_PARTIAL}*"):
        shutil.rmtree(leftover, ignore_errors=True)
