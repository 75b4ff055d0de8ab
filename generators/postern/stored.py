"""A compiled catalog is stored in the user's cache folder: what only reads it starts in a fraction of the time."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from postern.model import Catalog
from postern.paths import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 4  # catalogs that are kept: those of a checkout, an overlay, a release
_PACKAGE = Path(__file__).resolve().parent
_WRITABLE_BY_OTHERS = 0o022


def stored_catalog(root: Path, site: Path | None = None, overlay: Path | None = None) -> Catalog:
    """What `compile_catalog` gives of the same arguments; read from the cache if nothing has changed since.

    The cache is no more than a shortcut: where it cannot be read or written, the catalog is compiled.

    Raises:
        CatalogError: with every finding; a catalog with findings is never stored.
    """
    folder = cache_folder() / "catalogs"
    file = None
    with contextlib.suppress(OSError):  # of a file that cannot be read: the compiler says which
        file = folder / f"{fingerprint(root, site, overlay)}.pickle"
    if file and (catalog := _loaded(file)):
        return catalog
    from postern.compile import compile_catalog

    catalog = compile_catalog(root, site, overlay)
    if file:
        with contextlib.suppress(OSError):
            _store(catalog, file)
    return catalog


def fingerprint(root: Path, site: Path | None, overlay: Path | None) -> str:
    """Stands for all that a compiled catalog comes from: the files, this package and Python."""
    known = hashlib.blake2b(digest_size=16)
    for said in (sys.version, root.resolve(), overlay, site):
        known.update(f"{said}\0".encode())
    for path in _files(_PACKAGE):
        status = path.stat()
        known.update(f"{path.relative_to(_PACKAGE)} {status.st_mtime_ns} {status.st_size}\0".encode())
    for folder in (root, *([overlay] if overlay else [])):
        for path in _files(folder):
            known.update(f"{path.relative_to(folder)}\0".encode() + hashlib.blake2b(path.read_bytes()).digest())
    if site:
        known.update(site.read_bytes())
    return known.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        yield from (Path(parent, name) for name in sorted(names))


def _loaded(file: Path) -> Catalog | None:
    """The stored catalog; None if there is none that can be trusted and read."""
    enabled = gc.isenabled()
    gc.disable()  # hundreds of thousands of objects are made, and none goes away
    try:
        with file.open("rb") as stored:
            status = os.fstat(stored.fileno())
            if status.st_uid != os.getuid() or status.st_mode & _WRITABLE_BY_OTHERS:
                return None
            found = pickle.load(stored)  # noqa: S301 - written by this user, and by nobody else
        os.utime(file)
    except Exception:  # noqa: BLE001 - a damaged file may raise anything, and is as good as none
        return None
    finally:
        if enabled:
            gc.enable()
    return found if isinstance(found, Catalog) else None


def _store(catalog: Catalog, file: Path) -> None:
    """Writes beside the place and renames, so that nobody reads half a file; the oldest of too many go."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as out:
            pickle.dump(catalog, out, pickle.HIGHEST_PROTOCOL)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    stored = sorted(file.parent.glob("*.pickle"), key=lambda one: one.stat().st_mtime)
    for old in stored[:-MOST]:
        old.unlink(missing_ok=True)


__all__ = ["stored_catalog"]
