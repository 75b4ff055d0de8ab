"""From the files of a catalog to the frozen model, or to all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from postern import i18n, schema, source
from postern.findings import CatalogError, Finding
from postern.model import Catalog, Cim, Dashboard, Event, Field, Panel, Param, Place, Search, Site
from postern.product import ProductBuilder
from postern.texts import Texts
from postern.types import Types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Product


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
            for name, data in schema.mapping(document.data)
            if (file := schema.validate(schema.TypeFile, document, (name,), data)) is not None
        }
        types = Types(document, files)
        self.findings += types.findings()
        return types

    @cached_property
    def fields(self) -> dict[str, Field]:
        document = self.read(self.root / "fields.yaml")
        fields = {}
        for name, data in schema.mapping(document.data):
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
        for name, data in schema.mapping(document.data):
            file = schema.validate(schema.EventFile, document, (name,), data)
            if file is not None:
                cim = Cim(file.cim.model, tuple(file.cim.tags), file.cim.action, file.cim.fields) if file.cim else None
                ecs = file.ecs.model_dump(exclude_none=True)
                events[name] = Event(name, ecs, cim, Place(document, (name,)))
        return events

    def texts(self) -> Texts:
        return Texts(self.types, self.fields, self.findings)


def compile_catalog(root: Path, site: Path | None = None) -> Catalog:
    """The catalog below `root`, checked for all that the compiler itself can see; `site` is a site.yaml.

    Raises:
        CatalogError: with every finding of the run.
    """
    from postern import rules

    run = Compilation(root)
    settings = _site(run, site) if site else Site()
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
    findings += rules.static(catalog)
    if findings:
        raise CatalogError(findings, catalog)
    return catalog


def _products(run: Compilation, site: Site) -> Iterator[Product]:
    for path in sorted(run.root.glob("*/_product.yaml")):
        document = run.read(path)
        file = schema.validate(schema.ProductFile, document, (), document.data)
        if file is not None:
            product = ProductBuilder(run, document, file, path.parent).product()
            further = site.sourcetypes.get(product.name, ())
            yield replace(product, sourcetypes=(*product.sourcetypes, *further)) if further else product


def _site(run: Compilation, path: Path) -> Site:
    """What a site.yaml says; findings for products that the catalog does not have."""
    document = source.read(path, str(path))
    run.documents.append(document)
    file = schema.validate(schema.SiteFile, document, (), document.data)
    if file is None:
        return Site()
    known = sorted(one.parent.name for one in run.root.glob("*/_product.yaml"))
    for name in file.splunk.sourcetypes.keys() - set(known):
        at = ("splunk", "sourcetypes", name)
        run.findings.append(document.finding("P203", at, f"{name} is not a product", ", ".join(known)))
    further = {name: tuple(some) for name, some in file.splunk.sourcetypes.items()}
    return Site(tuple(file.splunk.indexes), further)


def _searches(run: Compilation) -> Iterator[Search]:
    for path in sorted((run.root / "searches").glob("*.yaml")):
        document = run.read(path)
        file = schema.validate(schema.SearchFile, document, (), document.data)
        if file is not None:
            params = tuple(Param(param.name, param.where, param.spl) for param in file.params)
            yield Search(path.stem, file.title, file.description, params, file.esql, file.spl)


def _dashboards(run: Compilation) -> Iterator[Dashboard]:
    for path in sorted((run.root / "dashboards").glob("*.yaml")):
        document = run.read(path)
        file = schema.validate(schema.DashboardFile, document, (), document.data)
        if file is not None:
            panels = tuple(Panel(**one.model_dump()) for one in file.panels)
            yield Dashboard(path.stem, file.title, file.description, panels)


__all__ = ["CatalogError", "compile_catalog"]
