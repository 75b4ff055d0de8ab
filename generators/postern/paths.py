"""Where the catalog lies: in a checkout beside the generators, in a wheel inside the package."""

from __future__ import annotations

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
