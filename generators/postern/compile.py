"""From the files of a catalog to the frozen model, or to all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from postern import i18n, schema, sites, source
from postern.findings import CatalogError, Finding
from postern.layers import Layers
from postern.model import Catalog, Cim, Dashboard, Event, Field, Panel, Param, Search
from postern.product import ProductBuilder
from postern.texts import Texts
from postern.types import Types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postern.model import Product, Site

Made = TypeVar("Made")


@dataclass
class Compilation:
    """One run of the compiler: what it read and what it found."""

    layers: Layers

    @property
    def findings(self) -> list[Finding]:
        """What is found about more than one file, or by more than the shape of one."""
        return self.layers.findings

    @cached_property
    def base(self) -> tuple[list[list[source.Document]], dict[str, Any]]:
        """The documents of types, fields and events, and what an earlier run made of the same ones."""
        documents = [self.layers.file(f"{name}.yaml", needed=True) for name in ("types", "fields", "events")]
        return documents, self.layers.kept.on_base([document for some in documents for document in some])

    def kept(self, name: str, make: Callable[[], Made]) -> Made:
        """Types, fields or events: an earlier run's, or made now and kept for the next if nothing was found."""
        known: Made | None = self.base[1].get(name)
        if known is not None:
            return known
        before, made = len(self.all_findings()), make()
        if len(self.all_findings()) == before:
            self.base[1][name] = made
        return made

    def all_findings(self) -> list[Finding]:
        """All that was found so far."""
        return self.findings + [finding for document in self.layers.documents for finding in document.findings]

    @cached_property
    def types(self) -> Types:
        """The types, checked by themselves."""
        return self.kept("types", self._types)

    def _types(self) -> Types:
        found = list(self.layers.entries(self.base[0][0], schema.TypeFile))
        types = Types({name: file for name, file, _ in found}, {name: place for name, _, place in found})
        self.findings.extend(types.findings())
        return types

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields whose types are known."""
        return self.kept("fields", self._fields)

    def _fields(self) -> dict[str, Field]:
        fields = {}
        for name, file, place in self.layers.entries(self.base[0][1], schema.FieldFile):
            if file.type not in self.types:
                known = ", ".join(self.types.names())
                self.findings.append(place.finding("P303", f"{file.type} is not a type", known, "type"))
                continue
            outsider = file.trust == "outsider"
            kind = file.privacy or ("text" if outsider else "none")  # whose slot says nothing may quote anybody
            fields[name] = Field(
                name, file.type, file.desc, file.ecs, file.cim, file.case == "lower",
                file.header, outsider, None if kind == "none" else kind, place,
            )  # fmt: skip
        return fields

    @cached_property
    def events(self) -> dict[str, Event]:
        """The events."""
        return self.kept("events", self._events)

    def _events(self) -> dict[str, Event]:
        events = {}
        for name, file, place in self.layers.entries(self.base[0][2], schema.EventFile):
            cim = Cim(file.cim.model, tuple(file.cim.tags), file.cim.action, file.cim.fields) if file.cim else None
            events[name] = Event(name, file.ecs.model_dump(exclude_none=True), cim, place)
        return events

    @cached_property
    def frames(self) -> dict[str, source.Document]:
        """The frame of each product, by its name."""
        return dict(self.layers.frames())

    def texts(self) -> Texts:
        """What compiles texts."""
        return Texts(self.types, self.fields, self.findings)


def compile_catalog(root: Path, site: Path | None = None, overlay: Path | None = None) -> Catalog:
    """The catalog below `root`, checked for all that the compiler itself can see.

    Args:
        root: the folder of the bundled catalog.
        site: a site.yaml; the overlay's, where it has one and no other is named.
        overlay: a folder of the same form whose entries are laid over the catalog.

    Raises:
        CatalogError: with every finding of the run.
    """
    return compiled(Compilation(Layers.of(root, overlay)), site)


def compiled(run: Compilation, site: Path | None = None) -> Catalog:
    """The catalog of a run.

    Raises:
        CatalogError: with every finding of the run.
    """
    from postern import rules

    settings = sites.read(run, site)
    products = tuple(_products(run, settings))
    types = run.types
    members = {name: () if types.file(name).text is not None else types.members(name) for name in types.names()}
    catalog = Catalog(
        run.fields,
        run.events,
        products,
        tuple(_searches(run)),
        tuple(_dashboards(run)),
        members,
        i18n.labels(run),
        settings,
    )
    findings = run.all_findings()
    findings += run.layers.unread(run.frames)
    findings += rules.static(catalog, run.layers.kept.sound)
    if findings:
        raise CatalogError(findings, catalog)
    return catalog


def _products(run: Compilation, site: Site) -> Iterator[Product]:
    for name, document in run.frames.items():
        file = schema.validate(schema.ProductFile, document, (), document.data)
        if file is not None:
            product = ProductBuilder(run, document, file, name).product()
            further = site.sourcetypes.get(product.name, ())
            yield replace(product, sourcetypes=(*product.sourcetypes, *further)) if further else product


def _searches(run: Compilation) -> Iterator[Search]:
    for name, file in run.layers.files("searches", schema.SearchFile):
        params = tuple(Param(param.name, param.where, param.spl) for param in file.params)
        yield Search(name, file.title, file.description, params, file.esql, file.spl)


def _dashboards(run: Compilation) -> Iterator[Dashboard]:
    for name, file in run.layers.files("dashboards", schema.DashboardFile):
        panels = tuple(Panel(**one.model_dump()) for one in file.panels)
        yield Dashboard(name, file.title, file.description, panels)


__all__ = ["CatalogError", "compile_catalog", "compiled"]
