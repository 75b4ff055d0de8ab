"""A catalog in layers: the bundled one, and a user's own entries laid over it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from postern import schema, source
from postern.findings import Finding
from postern.kept import Kept
from postern.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

SITE = "site.yaml"
FRAME = "_product.yaml"
LABELS = "_labels.yaml"
Entry = TypeVar("Entry", bound=schema.Replaceable)


@dataclass(frozen=True)
class Layer:
    """A folder of the catalog's form.

    Attributes:
        root: the folder.
        shown: how its files are called in findings.
        overlay: whether it lies over the bundled catalog.
    """

    root: Path
    shown: Path
    overlay: bool = False

    def read(self, path: Path) -> source.Document:
        """A file of it."""
        return source.read(path, str(self.shown / path.relative_to(self.root)), overlay=self.overlay)


@dataclass
class Layers:
    """All layers of a run, lowest first, with what was read of them and what was found."""

    layers: tuple[Layer, ...]
    kept: Kept = field(default_factory=Kept)
    documents: list[source.Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path, overlay: Path | None, kept: Kept | None = None) -> Layers:
        """The catalog below `root`, and the overlay if there is one; `kept` is what an earlier run left."""
        bundled = Layer(root, Path(root.name))
        layers = (bundled, Layer(overlay, overlay, overlay=True)) if overlay else (bundled,)
        return cls(layers, kept or Kept())

    def document(self, layer: Layer, path: Path) -> source.Document:
        """A file, noted as read."""
        document = self.kept.read(layer, path)
        self.documents.append(document)
        return document

    def file(self, name: str, *, needed: bool = False) -> list[source.Document]:
        """The file of this name in each layer; `needed` says that the lowest layer must have it."""
        paths = [(layer, layer.root / name) for layer in self.layers]
        return [self.document(layer, path) for layer, path in paths if path.is_file() or (needed and not layer.overlay)]

    def folder(self, name: str) -> list[source.Document]:
        """The files of a folder, in each layer by name; those of one's own begin with no underscore."""
        paths = [(layer, path) for layer in self.layers for path in sorted((layer.root / name).glob("[!_]*.yaml"))]
        return [self.document(layer, path) for layer, path in paths]

    def frames(self) -> Iterator[tuple[str, source.Document]]:
        """The name and frame of each product; that of a bundled one cannot be replaced."""
        found: dict[str, source.Document] = {}
        for layer in self.layers:
            for path in sorted(layer.root.glob(f"*/{FRAME}")):
                document = self.document(layer, path)
                if (before := found.setdefault(path.parent.name, document)) is not document:
                    problem = f"{path.parent.name} has its frame at {before.path}, which an overlay cannot replace"
                    known = "source types in site.yaml; other messages in files beside this one"
                    self.findings.append(Finding(document.path, 0, "P903", "file", problem, known))
        yield from sorted(found.items())

    def entries(
        self,
        documents: Iterable[source.Document],
        model: type[Entry],
        void: Callable[[Place, object], bool] = lambda _place, _data: False,
    ) -> Iterator[tuple[str, Entry, Place]]:
        """The entries of some files by name; one that replaces another stands in its place.

        Args:
            documents: lowest layer first.
            model: what an entry must be.
            void: tells, of the place and data of an entry, whether it counts for nothing.
        """
        places: dict[str, Place] = {}
        found: dict[str, tuple[Entry, Place]] = {}
        for document in documents:
            for name, data in schema.mapping(document.data):
                place = Place(document, (name,))
                if name == schema.SHARED or void(place, data) or not self.laid(name, data, place, places):
                    continue
                places[name] = place
                entry = document.kept.get(name) or schema.validate(model, document, (name,), data)
                if entry is not None:
                    document.kept[name] = entry
                    found[name] = entry, place
        yield from ((name, *said) for name, said in found.items())

    def files(self, name: str, model: type[Entry]) -> Iterator[tuple[str, Entry]]:
        """The files of a folder by their names, each one entry."""
        places: dict[str, Place] = {}
        found: dict[str, Entry] = {}
        for document in self.folder(name):
            stem, place = Path(document.path).stem, Place(document, ())
            if self.laid(stem, document.data, place, places):
                places[stem] = place
                if (entry := schema.validate(model, document, (), document.data)) is not None:
                    found[stem] = entry
        yield from sorted(found.items())

    def laid(self, name: str, data: object, place: Place, places: dict[str, Place]) -> bool:
        """Whether an entry counts, beside the places of those before it; findings where it clashes or replaces none."""
        before, replaces = places.get(name), isinstance(data, dict) and data.get("replaces") is True
        if before is None:
            if replaces:
                known = ", ".join(difflib.get_close_matches(name, places, n=3, cutoff=0.6))
                self.findings.append(place.finding("P902", f"there is no {name} to replace", known, "replaces"))
            return True
        if before.document.overlay == place.document.overlay:
            self.findings.append(place.finding("P606", f"the key also stands at {before.where}"))
        elif not replaces:
            problem = f"the bundled catalog has it at {before.where}"
            self.findings.append(place.finding("P901", problem, "another name, or `replaces: true`"))
        return replaces and before.document.overlay != place.document.overlay

    def unread(self, products: Collection[str]) -> Iterator[Finding]:
        """Findings for files of an overlay that nothing reads: a misspelt name would silently say nothing."""
        known = {document.path for document in self.documents}
        for layer in self.layers[1:]:
            for path in sorted(layer.root.rglob("*.y*ml")):
                inside, shown = path.relative_to(layer.root), str(layer.shown / path.relative_to(layer.root))
                hidden = any(part.startswith(".") for part in inside.parts)
                if shown not in known and not hidden and inside != Path(SITE) and path.is_file():
                    yield Finding(shown, 0, "P903", "file", *_misplaced(inside, products))


def _misplaced(inside: Path, products: Collection[str]) -> tuple[str, str]:
    """Why a file is not read, and what would be."""
    folders, known = inside.parts[:-1], ", ".join(sorted(products))
    if inside.suffix != ".yaml":
        return "would not be read: its name ends in another way", f"{inside.stem}.yaml"
    if not folders:
        return "would not be read: it is none of the files at the top", f"types.yaml, fields.yaml, events.yaml, {SITE}"
    if folders[0] == "i18n":
        return "would not be read: not a language, or not a product", f"i18n/<zh-Hans or zh-Hant>/<{known}>.yaml"
    if len(folders) == 1 and not inside.name.startswith("_"):
        return f"would not be read: {folders[0]} is not a product and has no {FRAME}", known
    return "would not be read: not a file of the catalog's form", "<product>/<class>.yaml"
