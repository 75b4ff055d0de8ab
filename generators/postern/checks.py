"""All checks in one run: what the compiler sees, and whether the samples hold."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from postern import rules
from postern.compile import Compilation, compiled
from postern.findings import CatalogError, Finding
from postern.kept import Kept
from postern.layers import Layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.model import Catalog

# Files that every message hangs on: while one of them is broken, a sample that fails proves nothing.
_BASES = frozenset({"types.yaml", "fields.yaml", "_product.yaml"})


def checked(root: Path, site: Path | None = None, overlay: Path | None = None, kept: Kept | None = None) -> Catalog:
    """The catalog below `root`, in which everything holds; site.yaml and overlay as in `compile_catalog`.

    `kept` is what an earlier run of the same folders left, and gets what this one leaves.

    Raises:
        CatalogError: with every finding of the compiler and of the samples.
    """
    kept = kept or Kept()
    catalog = sound(root, site, overlay, kept)
    if found := list(rules.samples(catalog, kept.proven)):
        raise CatalogError(found, catalog)
    return catalog


def sound(root: Path, site: Path | None = None, overlay: Path | None = None, kept: Kept | None = None) -> Catalog:
    """The same, whose samples nobody has read yet.

    Raises:
        CatalogError: with every finding of the compiler, and of the samples of the entries that are sound.
    """
    try:
        return compiled(Compilation(Layers.of(root, overlay, kept)), site)
    except CatalogError as error:
        raise CatalogError([*error.findings, *_samples_of_the_sound(error)], error.catalog) from None


def _samples_of_the_sound(error: CatalogError) -> Iterator[Finding]:
    """Findings about samples of the entries that are sound."""
    if error.catalog is None or any(PurePath(one.path).name in _BASES for one in error.findings):
        return
    broken = {_entry(finding) for finding in error.findings}
    yield from (finding for finding in rules.samples(error.catalog) if _entry(finding) not in broken)


def _entry(finding: Finding) -> tuple[str, str]:
    return finding.path, finding.key.partition(".")[0]
