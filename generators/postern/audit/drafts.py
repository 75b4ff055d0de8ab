"""A draft of a catalog entry for each shape that is not parsed."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from postern import draft
from postern.audit.run import cores
from postern.audit.shapes import LONGEST_EXAMPLE, WORD
from postern.matcher import UNKNOWN, Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from postern.audit.report import Shown
    from postern.model import Catalog


def drafted(
    shapes: Sequence[Shown], catalog: Catalog, root: Path, overlay: Path | None = None, jobs: int = 0
) -> Iterator[Shown]:
    """The shapes in their order, each with its draft or with the reason why there is none.

    Args:
        shapes: what to draft entries for.
        catalog: by which the lines were read.
        root: its folder.
        overlay: what is laid over it.
        jobs: processes; 0 for one a core. A draft takes up to half a second.
    """
    if not shapes:
        return
    with ProcessPoolExecutor(min(jobs or cores(), len(shapes))) as pool:
        yield from pool.map(partial(_drafted, catalog=catalog, root=root, overlay=overlay), shapes)


def _drafted(one: Shown, *, catalog: Catalog, root: Path, overlay: Path | None) -> Shown:
    shape = one.shape
    if shape.group.status == UNKNOWN:
        return replace(one, no_draft="No header of a known device fits: a draft needs one.")
    if len(shape.example) >= LONGEST_EXAMPLE:
        return replace(one, no_draft="The line is too long for a sample.")
    matcher = Matcher(catalog)
    decoded = matcher.decode(shape.example, catalog.product(shape.group.product))
    try:
        made = draft.draft(decoded, matcher, root, overlay, (shape.template, WORD))
        return replace(one, draft=_text(draft.listing(made, overlay)))
    except draft.DraftError as error:
        return replace(one, no_draft=f"{error.sentence} {error.way_out}")


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
