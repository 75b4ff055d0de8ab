"""From the files of a catalog to the frozen model, or to all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postern import notation, regex, schema, source
from postern.findings import CatalogError, Finding
from postern.model import (
    Catalog,
    Cim,
    Context,
    Dashboard,
    Event,
    EventRule,
    Field,
    Header,
    KvSlot,
    Message,
    Panel,
    Place,
    Product,
    Sample,
    Search,
    Wording,
)
from postern.order import leads_of, ranked
from postern.types import Types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass
class Compilation:
    """One run of the compiler: what it read and what it found."""

    root: Path
    documents: list[source.Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, path: Path) -> source.Document:
        document = source.read(path, str(Path(self.root.name) / path.relative_to(self.root)))
        self.documents.append(document)
        return document

    def all_findings(self) -> list[Finding]:
        return self.findings + [finding for document in self.documents for finding in document.findings]

    @cached_property
    def types(self) -> Types:
        document = self.read(self.root / "types.yaml")
        files = {
            name: file
            for name, data in _mapping(document.data)
            if (file := schema.validate(schema.TypeFile, document, (name,), data)) is not None
        }
        types = Types(document, files)
        self.findings += types.findings()
        return types

    @cached_property
    def fields(self) -> dict[str, Field]:
        document = self.read(self.root / "fields.yaml")
        fields = {}
        for name, data in _mapping(document.data):
            file = schema.validate(schema.FieldFile, document, (name,), data)
            if file is None:
                continue
            if file.type not in self.types:
                problem = f"{file.type} is not a type"
                self.findings.append(document.finding("P303", (name, "type"), problem, ", ".join(self.types.names())))
                continue
            fields[name] = Field(
                name, file.type, file.desc, file.ecs, file.cim, file.case == "lower",
                file.header, file.trust == "outsider", Place(document, (name,)),
            )  # fmt: skip
        return fields

    @cached_property
    def events(self) -> dict[str, Event]:
        document = self.read(self.root / "events.yaml")
        events = {}
        for name, data in _mapping(document.data):
            file = schema.validate(schema.EventFile, document, (name,), data)
            if file is not None:
                cim = Cim(file.cim.model, tuple(file.cim.tags), file.cim.action) if file.cim else None
                ecs = file.ecs.model_dump(exclude_none=True)
                events[name] = Event(name, ecs, cim, Place(document, (name,)))
        return events

    def texts(self) -> Texts:
        return Texts(self.types, self.fields, self.findings)


def _mapping(data: Any) -> Iterator[tuple[str, Any]]:
    return iter(data.items()) if isinstance(data, dict) else iter(())


@dataclass(frozen=True)
class Texts:
    """Compiles texts of bodies and headers, with findings where they do not fit the fields."""

    types: Types
    fields: Mapping[str, Field]
    findings: list[Finding]

    def parse(self, text: str, place: Place) -> notation.Text | None:
        """The parts of a text; None and a finding where the notation is broken."""
        try:
            return notation.parse(text)
        except notation.NotationError as error:
            self.findings.append(place.finding("P301", str(error)))
            return None

    def node(self, text: notation.Text, place: Place, *, header: bool = False) -> regex.Node | None:
        """The regex tree of a text; None where a slot or a type is not known."""
        faults = list(self._slot_faults(text, place, header=header))
        self.findings.extend(faults)
        if any(fault.code in ("P302", "P303") for fault in faults):
            return None
        defaults = {name: known.type for name, known in self.fields.items()}
        node = self.types.text(text, defaults)
        unknown = sorted(
            {part.name for part in regex.walk(node) if isinstance(part, regex.Capture)} - self.fields.keys()
        )
        for name in unknown:
            self.findings.append(place.finding("P302", f"{name} (a part of a composite) is not in fields.yaml"))
        return None if unknown else node

    def _slot_faults(self, text: notation.Text, place: Place, *, header: bool) -> Iterator[Finding]:
        for slot in notation.slots(text):
            known = self.fields.get(slot.name)
            composite = isinstance(slot, notation.Slot) and slot.type in self.types and self._is_composite(slot.type)
            if known is None and not composite:
                yield place.finding("P302", f"{slot.name} is not in fields.yaml", self._nearest(slot.name))
            elif known is not None and known.header != header:
                yield place.finding("P306", f"{slot.name} is {'a' if known.header else 'no'} slot of headers")
            if isinstance(slot, notation.Slot) and slot.type and slot.type not in self.types:
                yield place.finding("P303", f"{slot.type} is not a type", ", ".join(self.types.names()))

    def _is_composite(self, type_name: str | None) -> bool:
        return type_name is not None and self.types.file(type_name).text is not None

    def _nearest(self, name: str) -> str:
        import difflib

        return ", ".join(difflib.get_close_matches(name, self.fields, n=5, cutoff=0.4)) or "see catalog/fields.yaml"

    def kv(self, keys: Mapping[str, str], place: Place) -> dict[str, KvSlot]:
        """The slots of key-value keys; findings for unknown ones."""
        slots = {}
        for wire, said in keys.items():
            name, _, type_name = said.partition(":")
            known = self.fields.get(name)
            if known is None:
                self.findings.append(place.finding("P302", f"{name} is not in fields.yaml", self._nearest(name), wire))
                continue
            if type_name and type_name not in self.types:
                self.findings.append(
                    place.finding("P303", f"{type_name} is not a type", ", ".join(self.types.names()), wire)
                )
                continue
            if known.header:
                self.findings.append(place.finding("P306", f"{name} is a slot of headers", "", wire))
            slots[wire] = KvSlot(name, self.types.members(type_name or known.type))
        return slots


def compile_catalog(root: Path) -> Catalog:
    """The catalog below `root`, checked for all that the compiler itself can see.

    Raises:
        CatalogError: with every finding of the run.
    """
    from postern import rules

    run = Compilation(root)
    products = tuple(_products(run))
    types = run.types
    members = {name: () if types.file(name).text is not None else types.members(name) for name in types.names()}
    catalog = Catalog(run.fields, run.events, products, tuple(_searches(run)), tuple(_dashboards(run)), members)
    findings = run.all_findings()
    findings += rules.static(catalog)
    if findings:
        raise CatalogError(findings, catalog)
    return catalog


def _products(run: Compilation) -> Iterator[Product]:
    for path in sorted(run.root.glob("*/_product.yaml")):
        document = run.read(path)
        file = schema.validate(schema.ProductFile, document, (), document.data)
        if file is not None:
            yield _Builder(run, document, file, path.parent).product()


class _Builder:
    """Builds one product from its folder."""

    def __init__(self, run: Compilation, document: source.Document, file: schema.ProductFile, folder: Path) -> None:
        self.run, self.document, self.file, self.folder = run, document, file, folder
        self.texts = run.texts()
        self.name = folder.name

    def product(self) -> Product:
        file, place = self.file, Place(self.document, ())
        messages = list(self.messages())
        fallback = [self.fallback(index, text) for index, text in enumerate(file.fallback)]
        messages = ranked(messages, file.dispatch, self.run.findings)
        return Product(
            self.name, file.title, file.vendor, file.observer, tuple(file.sourcetypes), file.dispatch,
            file.key, file.key_digits, file.levels, tuple(self.headers()),
            tuple(wording for wording in fallback if wording), self.context(),
            self.texts.kv(file.common, Place(self.document, ("common",))), tuple(messages), place,
        )  # fmt: skip

    def context(self) -> dict[str, Context]:
        return {
            name: Context(
                tuple(group.groups), self.texts.kv(group.keys, Place(self.document, ("context", name, "keys")))
            )
            for name, group in self.file.context.items()
        }

    def headers(self) -> Iterator[Header]:
        for index, form in enumerate(self.file.header):
            place = Place(self.document, ("header", index))
            said = schema.HeaderForm(text=form) if isinstance(form, str) else form
            text = self.texts.parse(said.text, place)
            node = self.texts.node(text, place, header=True) if text else None
            if node is not None:
                yield Header(node, bracketed=said.body == "bracketed", closing=said.closing)

    def fallback(self, index: int, said: str) -> Wording | None:
        place = Place(self.document, ("fallback", index))
        text = self.texts.parse(said, place)
        body = self.body(text, self.file.tail, place) if text else None
        if body is None or text is None:
            return None
        return Wording(
            f"{self.name}.", index, body, {}, (), EventRule(None), opener=False, samples=(), leads=leads_of(body), rank=index, place=place,
        )  # fmt: skip

    def messages(self) -> Iterator[Message]:
        seen: dict[str, Place] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name.startswith("_"):
                continue
            document = self.run.read(path)
            shared = schema.validate(schema.SharedFile, document, ("_shared",), document.data.get("_shared", {}))
            for ident, data in _mapping(document.data):
                if ident == "_shared":
                    continue
                place = Place(document, (ident,))
                if ident in seen:
                    self.run.findings.append(place.finding("P606", f"the key also stands at {seen[ident].where}"))
                    continue
                seen[ident] = place
                entry = schema.validate(schema.EntryFile, document, (ident,), data)
                if entry is not None and shared is not None:
                    yield self.message(ident, entry, shared, place)

    def message(self, ident: str, entry: schema.EntryFile, shared: schema.SharedFile, place: Place) -> Message:
        key = f"{self.name}.{ident}"
        level = entry.level or shared.level or "informational"
        if level not in self.file.levels:
            self.run.findings.append(
                place.finding("P608", f"{level} is not one of the product's", ", ".join(self.file.levels), "level")
            )
        said: list[tuple[schema.EntryFile | schema.VariantFile, Place]] = [(entry, place)]
        said += [(variant, Place(place.document, (ident, "variants", n))) for n, variant in enumerate(entry.variants)]
        wordings = [
            wording
            for number, (form, where) in enumerate(said)
            if (wording := self.wording(key, ident, number, form, entry, shared, where)) is not None
        ]
        return Message(
            key, self.name, ident, level, entry.title, entry.meaning, entry.action, tuple(wordings), place,
        )  # fmt: skip

    def wording(  # noqa: PLR0913 - what an entry, its file and its variant say meets here
        self, key: str, ident: str, number: int, form: schema.EntryFile | schema.VariantFile,
        entry: schema.EntryFile, shared: schema.SharedFile, place: Place,
    ) -> Wording | None:  # fmt: skip
        said = form.event or entry.event or shared.event
        rule = self.event_rule(said, place)
        context = tuple(form.context or entry.context or shared.context)
        for name in context:
            if name not in self.file.context:
                self.run.findings.append(
                    place.finding("P203", f"{name} is not a context group", ", ".join(self.file.context))
                )
        direction = form.direction or entry.direction or shared.direction
        samples = tuple(
            Sample(sample.log, sample.params, Place(place.document, (*place.loc, "samples", index)))
            for index, sample in enumerate(form.samples)
        )
        wording = Wording(
            key, number, None, {}, context, rule, direction == "opener", samples, (), 0, place,
        )  # fmt: skip
        if form.kv is not None:
            return replace(wording, kv=self.texts.kv(form.kv, Place(place.document, (*place.loc, "kv"))))
        if form.text is None:
            self.run.findings.append(place.finding("P202", "an entry has a text or a kv"))
            return None
        where = Place(place.document, (*place.loc, "text"))
        text = self.texts.parse(form.text, where)
        if text is None:
            return None
        prefix = next((one.text for one in self.file.prefixes if ident.startswith(tuple(one.ids))), None)
        if prefix is not None:
            text = (*(self.texts.parse(prefix, Place(self.document, ("prefixes",))) or ()), *text)
        tail = next((one for one in (form.tail, entry.tail, shared.tail) if one is not None), self.file.tail)
        body = self.body(text, tail, where)
        return None if body is None else replace(wording, body=body, leads=leads_of(body))

    def body(self, text: notation.Text, tail: str, place: Place) -> regex.Node | None:
        """The tree of a body with its tolerated tail."""
        node = self.texts.node(notation.cut_tail(text, tail + "\r\n"), place)
        if node is None:
            return None
        mask = regex.mask_of(tail) | regex.BLANKS
        return regex.seq(regex.guard_end(node, mask), regex.Repeat(regex.Chars(mask), 0, 32))

    def event_rule(self, said: str | dict[str, str] | None, place: Place) -> EventRule:
        events = self.run.events

        def known(name: str) -> Event | None:
            if name not in events:
                self.run.findings.append(
                    place.finding("P503", f"{name} is not an event", ", ".join(sorted(events)), "event")
                )
            return events.get(name)

        if said is None:
            self.run.findings.append(place.finding("P202", "the key event is missing"))
            return EventRule(None)
        if isinstance(said, str):
            return EventRule(known(said))
        slot = said.get("by")
        if slot is None:
            self.run.findings.append(place.finding("P504", "an event by slot names the slot under `by`", "", "event"))
        by = {word: event for word, name in said.items() if word not in ("by", "other") and (event := known(name))}
        return EventRule(known(said["other"]) if "other" in said else None, slot, by)


def _searches(run: Compilation) -> Iterator[Search]:
    for path in sorted((run.root / "searches").glob("*.yaml")):
        document = run.read(path)
        file = schema.validate(schema.SearchFile, document, (), document.data)
        if file is not None:
            params = tuple((param.name, param.where) for param in file.params)
            yield Search(path.stem, file.title, file.description, params, file.esql)


def _dashboards(run: Compilation) -> Iterator[Dashboard]:
    for path in sorted((run.root / "dashboards").glob("*.yaml")):
        document = run.read(path)
        file = schema.validate(schema.DashboardFile, document, (), document.data)
        if file is not None:
            panels = tuple(Panel(**one.model_dump()) for one in file.panels)
            yield Dashboard(path.stem, file.title, file.description, panels)


__all__ = ["CatalogError", "compile_catalog"]
