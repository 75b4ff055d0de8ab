"""The back ends, and all that they generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import checks, coverage, elastic, rules, splunk
from postern.artifact import EmitError
from postern.beside import beside
from postern.findings import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from postern.artifact import Artifact
    from postern.findings import Finding
    from postern.model import Catalog

# A back end is one pure function; it emits below a folder of its own name, but for the page about them all. A site may
# do without one of the targets; it always gets the page.
BACK_ENDS: dict[str, Callable[[Catalog], Iterator[Artifact]]] = {
    "elastic": elastic.emit,
    "splunk": splunk.emit,
    "coverage": coverage.emit,
}


_MANY = 2_000  # samples from which on a second process pays


def checked_artifacts(root: Path, site: Path | None = None, overlay: Path | None = None) -> list[Artifact]:
    """Everything below out/ of a catalog in which everything holds; the same as `artifacts(checked(…))`, on two cores.

    Raises:
        CatalogError: with every finding; nothing else is raised then.
        EmitError: an entry cannot be written.
    """
    catalog = checks.sound(root, site, overlay)
    samples = sum(len(wording.samples) for product in catalog.products for _, wording in product.wordings())

    def half() -> tuple[list[Finding], list[Artifact]]:
        found = list(rules.samples(catalog))
        return found, [] if found else list(_emitted(catalog, {"elastic"}))

    other = beside(half, pays=samples >= _MANY)
    refused, mine = None, []
    try:
        mine = list(_emitted(catalog, BACK_ENDS.keys() - {"elastic"}))
    except EmitError as error:
        refused = error
    found, theirs = other()
    if found:
        raise CatalogError(found, catalog)
    if refused:
        raise refused
    return sorted([*mine, *theirs], key=lambda one: one.path)


def artifacts(catalog: Catalog) -> list[Artifact]:
    """Everything below out/, by path."""
    return sorted(_emitted(catalog, BACK_ENDS.keys()), key=lambda one: one.path)


def _emitted(catalog: Catalog, names: Collection[str]) -> Iterator[Artifact]:
    """What those of the named back ends emit that the site wants."""
    for name, emit in BACK_ENDS.items():
        if name in names and name in (*catalog.site.targets, "coverage"):
            yield from emit(catalog)
