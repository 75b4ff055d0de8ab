"""Where the catalog lies: in a checkout beside the generators, in a wheel inside the package; and the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """The root of the checkout that this package runs from; None in an installed wheel."""
    root = _PACKAGE.parent.parent
    return root if (root / "catalog" / "types.yaml").is_file() and (root / "pyproject.toml").is_file() else None


def catalog_root() -> Path:
    """The folder of the catalog."""
    root = checkout()
    return root / "catalog" if root else _PACKAGE / "catalog"


def cache_folder() -> Path:
    """Where servers and compiled catalogs are kept: POSTERN_CACHE, else the user's cache folder."""
    if chosen := os.environ.get("POSTERN_CACHE"):
        return Path(chosen).expanduser().absolute()
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "postern"
    return user_cache_path("postern")
