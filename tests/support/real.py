"""The real catalog, compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from postern.compile import compile_catalog
from postern.matcher import Matcher

if TYPE_CHECKING:
    from postern.model import Catalog

ROOT = Path(__file__).parents[2]


@cache
def catalog() -> Catalog:
    """The catalog of the repository."""
    return compile_catalog(ROOT / "catalog")


@cache
def matcher() -> Matcher:
    """The reference matcher of that catalog."""
    return Matcher(catalog())
