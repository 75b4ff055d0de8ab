"""The trial of a draft: does it stand beside what is there, and which values does its line give?"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from postern.checks import checked
from postern.findings import CatalogError
from postern.kept import Kept
from postern.layers import FRAME
from postern.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.draft import Draft
    from postern.findings import Finding

FILE = "zz_draft.yaml"
# Said of a trial alone: the values of the sample are not known yet, and an entry that is replaced was not copied.
_OF_TRIALS = frozenset({"P603", "P902"})
_OF_TWO = frozenset({"P602", "P604"})  # may be told at either of the two entries that meet


class Trial:
    """A copy of that part of a catalog which a draft could clash with.

    A line is found by its id or key alone, so a message meets none but its own wordings; texts that are found by words
    may meet all texts of their product.
    """

    def __init__(self, folder: Path, one: Draft, root: Path, overlay: Path | None) -> None:
        """Copies into `folder`, for `one` and for drafts of the same message, from `root` and what is laid over it."""
        self._kept = Kept()
        self._root = _copied(root, folder / root.name, one)
        self._overlay = _copied(overlay, folder / "overlay", one) if overlay else None
        in_overlay = one.message is not None and one.message.place.document.overlay
        self._layer = self._overlay if self._overlay and in_overlay else self._root
        self._file = self._layer / one.product.name / file_of(one)
        self._before = self._file.read_bytes() if one.message is not None else b""

    def tried(self, one: Draft) -> Draft:
        """The draft with the values that it yields, or with what `check` says of it."""
        self._file.write_bytes(self._before)
        put(one, self._layer)
        try:
            catalog, findings = checked(self._root, overlay=self._overlay, kept=self._kept), []
        except CatalogError as error:
            if error.catalog is None:
                return replace(one, findings=tuple(error.findings))
            catalog, findings = error.catalog, [found for found in error.findings if self._concerns(found, one)]
        if findings:
            return replace(one, findings=tuple(findings))
        decoded = Matcher(catalog).decode(one.line, catalog.product(one.product.name))
        return replace(one, params=decoded.params)

    def _concerns(self, found: Finding, one: Draft) -> bool:
        own = Path(found.path).name == self._file.name and found.key.partition(".")[0] == one.ident
        return found.code not in _OF_TRIALS and (own or found.code in _OF_TWO)


def file_of(one: Draft) -> str:
    """The name of the file that the draft goes into: that of its message, or one of its own."""
    return FILE if one.message is None else Path(one.message.place.document.path).name


def put(one: Draft, root: Path) -> None:
    """Puts a draft into the catalog below `root`; a further wording into the file that has its message."""
    path = root / one.product.name / file_of(one)
    if one.message is None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(one.yaml(), encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").split("\n")
    start = one.message.place.document.line(one.message.place.loc)
    end = next((at for at in range(start, len(lines)) if lines[at][:1] not in ("", " ", "#")), len(lines))
    said = next((at for at in range(start, end) if lines[at].rstrip() == "  variants:"), None)
    place = end if said is None else said + 1
    lines[place:place] = [*(["  variants:"] if said is None else []), *one.variant()]
    path.write_text("\n".join(lines), encoding="utf-8")


def _copied(root: Path, to: Path, one: Draft) -> Path:
    for path in _needed(root, one):
        target = to / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (to / one.product.name).mkdir(parents=True, exist_ok=True)
    return to


def _needed(root: Path, one: Draft) -> Iterator[Path]:
    """The files that a draft hangs on, and those of the texts that it could meet."""
    yield from root.glob("*.yaml")
    yield from root.glob(f"*/{FRAME}")
    if one.product.dispatch == "words":
        yield from (root / one.product.name).glob("[!_]*.yaml")
    elif one.message is not None and (path := root / one.product.name / file_of(one)).is_file():
        yield path
