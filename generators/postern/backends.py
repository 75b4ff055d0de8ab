"""The back ends, and all that they generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import coverage, elastic, splunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postern.artifact import Artifact
    from postern.model import Catalog

# A back end is one pure function; it emits below a folder of its own name, but for the page about them all.
BACK_ENDS: dict[str, Callable[[Catalog], Iterator[Artifact]]] = {
    "elastic": elastic.emit,
    "splunk": splunk.emit,
    "coverage": coverage.emit,
}


def artifacts(catalog: Catalog) -> list[Artifact]:
    """Everything below out/, by path."""
    return sorted((one for emit in BACK_ENDS.values() for one in emit(catalog)), key=lambda one: one.path)
