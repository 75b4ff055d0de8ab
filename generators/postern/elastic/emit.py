"""`emit(catalog)`: everything under out/elastic/, as artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postern import privacy
from postern.artifact import Artifact
from postern.elastic import kibana, logstash, mappings
from postern.elastic.pipelines import Pipeline, pipelines
from postern.i18n import ENGLISH, LANGUAGES
from postern.kept import remembered
from postern.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Search

PACKAGE = "postern.elastic"
ROOT = "elastic"


def emit(catalog: Catalog) -> Iterator[Artifact]:
    """All artifacts of the Elastic side. Pure: no files, no clock."""
    order = {"pipelines": [], "index_templates": []}  # type: dict[str, list[str]]
    for pipeline in pipelines(catalog):
        order["pipelines"].append(pipeline.name)
        yield _pipeline(pipeline)
    yield _json("component_templates/postern-mappings", mappings.component_template(catalog))
    for product in catalog.products:
        order["index_templates"].append(f"logs-{product.dataset}")
        yield _json(f"index_templates/logs-{product.dataset}", mappings.product_template(product))
    router = mappings.index_template("Mixed syslog", mappings.ROUTER_DATASET, "postern-router", "catalog/")
    order["index_templates"].append(f"logs-{mappings.ROUTER_DATASET}")
    yield _json(f"index_templates/logs-{mappings.ROUTER_DATASET}", router)
    for language in (ENGLISH, *LANGUAGES):
        name = mappings.lookup_name(language)
        yield _json(f"lookup/{name}", mappings.lookup_index())
        yield _lines(f"lookup/{name}", mappings.lookup_documents(catalog, language))
        suffix = "" if language == ENGLISH else f"-{language}"
        yield _lines(f"kibana/postern{suffix}", kibana.objects(catalog, language))
    if catalog.site.privacy.kept:
        yield from _patterns(catalog)  # in Logstash nothing would take out what they read
    for search in catalog.searches:
        yield _search(search)
    yield _json("manifest", {"_meta": mappings.meta("catalog/"), **order})
    yield _text("README.md", "readme.md.j2", catalog=catalog, router=mappings.ROUTER_DATASET, salt=privacy.SALT)


def _pipeline(pipeline: Pipeline) -> Artifact:
    path = f"ingest_pipelines/{pipeline.name}.json"
    meta = mappings.meta("catalog/")
    return remembered(path, (pipeline,), lambda: _text(path, "pipeline.json.j2", pipeline=pipeline, meta=meta))


def _patterns(catalog: Catalog) -> Iterator[Artifact]:
    for product in catalog.products:
        path = f"grok/postern-{product.name}.grok"
        yield _text(path, "patterns.grok.j2", product=product, patterns=logstash.patterns(catalog, product))


def _search(search: Search) -> Artifact:
    return _text(f"searches/{search.name}.esql", "search.esql.j2", search=search)


def _text(path: str, template: str, **values: Any) -> Artifact:
    return Artifact(f"{ROOT}/{path}", render(PACKAGE, template, **values))


def _json(path: str, body: dict[str, Any]) -> Artifact:
    return _text(f"{path}.json", "body.json.j2", body=body)


def _lines(path: str, documents: list[dict[str, Any]]) -> Artifact:
    return _text(f"{path}.ndjson", "lines.ndjson.j2", documents=documents)
