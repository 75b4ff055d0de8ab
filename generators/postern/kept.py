"""What need not be done again while a catalog is watched: files, entries and checks of what did not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from postern.layers import Layer
    from postern.model import Wording
    from postern.source import Document

Made = TypeVar("Made")


@dataclass
class Kept:
    """What one run leaves to the next; what is made of a file is kept with its document (`Document.kept`).

    A thing counts as unchanged while it is made of the very same objects. What something was found about is not kept:
    it is made, and told, again. A run without an earlier one starts empty.

    Attributes:
        files: by path the bytes of a file, its document, and how many findings reading it gave.
        base: types, fields and events, and the documents that they are made of.
        sound: wordings about which the rules found nothing, by their identity.
        proven: by message or product the frame and wordings whose samples hold.
    """

    files: dict[Path, tuple[bytes, Document, int]] = field(default_factory=dict)
    base: tuple[tuple[Document, ...], dict[str, Any]] = ((), {})
    sound: dict[int, Wording] = field(default_factory=dict)
    proven: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def read(self, layer: Layer, path: Path) -> Document:
        """A file; the same document while the same bytes are in it, without what was found beyond reading it."""
        try:
            data = path.read_bytes()
        except OSError:
            self.files.pop(path, None)
            return layer.read(path)
        known = self.files.get(path)
        if known is not None and known[0] == data:
            del known[1].findings[known[2] :]
            return known[1]
        document = layer.read(path)
        self.files[path] = data, document, len(document.findings)
        return document

    def on_base(self, documents: Sequence[Document]) -> dict[str, Any]:
        """Types, fields and events made of these documents; empty, as all that hangs on them, where one changed."""
        if not same(self.base[0], documents):
            self.base = tuple(documents), {}
            self.sound.clear()
            self.proven.clear()
        return self.base[1]


_REMEMBERED: dict[object, tuple[tuple[object, ...], Any]] = {}


def remembered(name: object, of: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What was made under this name the last time if it is made of the same things now, else what `make` makes.

    For what is pure and worth keeping from one turn of `build --watch` to the next; a single build finds nothing here.
    """
    known = _REMEMBERED.get(name)
    if known is None or known[0] != of:
        known = _REMEMBERED[name] = of, make()
    made: Made = known[1]
    return made


def forget(name: object) -> None:
    """Makes what was remembered under this name anew the next time."""
    _REMEMBERED.pop(name, None)


def same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether two sequences hold the very same things."""
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
