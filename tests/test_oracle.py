"""The hand-typed oracle: what the reference matcher and the real Elasticsearch make of each line is what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from postern import document
from support.corpus import CREATED, RECEIVED

if TYPE_CHECKING:
    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog

ORACLE = Path(__file__).parent / "oracle"
DERIVED = ("message", "event.original", "ecs.version", "event.created")  # said by the line itself or by the sender
RELATED = {"related.ip", "related.user", "related.hosts"}


def rows() -> list[dict[str, Any]]:
    """All rows of all files."""
    return [row for path in sorted(ORACLE.glob("*.yaml")) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def comparable(flat: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """A document without what no row types; its time only where the row has one."""
    kept = {path: value for path, value in flat.items() if path not in DERIVED and path not in RELATED}
    if "@timestamp" not in wanted:
        kept.pop("@timestamp", None)
    return kept


def related(flat: dict[str, Any]) -> dict[str, list[str]]:
    """What must stand under `related`: every address, account and peer name of the document."""

    def texts(*suffixes: str) -> list[str]:
        return sorted({value for path, value in flat.items() if path.endswith(suffixes) and isinstance(value, str)})

    found = {
        "related.ip": texts("source.ip", "destination.ip", "nat.ip", "server.ip"),
        "related.user": texts("user.name"),
        "related.hosts": texts("source.domain", "destination.domain"),
    }
    return {path: values for path, values in found.items() if values}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["line"][:60])
def test_the_matcher_gives_what_was_typed(row: dict[str, Any], matcher: Matcher, catalog: Catalog) -> None:
    decoded = matcher.decode(row["line"], catalog.product(row["product"]))
    flat = dict(document.flat(document.ecs(decoded, catalog, RECEIVED)))
    assert comparable(flat, row["ecs"]) == row["ecs"]
    assert {path: flat[path] for path in RELATED & flat.keys()} == related(flat)
    cim = document.cim(decoded, catalog)
    assert {field: cim.get(field) for field in row["cim"]} == row["cim"]


@pytest.mark.engine
@pytest.mark.usefixtures("installed")
def test_elasticsearch_gives_what_was_typed(node: Node) -> None:
    wrong = []
    for row in rows():
        docs = [{"_source": {"message": row["line"], "event": {"created": CREATED}}}]
        answer = node.client().ingest.simulate(id=f"postern-{row['product']}", docs=docs)
        flat = dict(document.flat(answer["docs"][0]["doc"]["_source"]))
        found = comparable(flat, row["ecs"])
        if found != row["ecs"] or {path: flat[path] for path in RELATED & flat.keys()} != related(flat):
            wrong.append((row["line"], row["ecs"], found))
    assert wrong == []


def test_every_event_that_an_entry_uses_has_a_row(catalog: Catalog, matcher: Matcher) -> None:
    used = {
        event.name
        for product in catalog.products
        for _, wording in product.wordings()
        for event in wording.event.events()
    }
    typed = set()
    for row in rows():
        decoded = matcher.decode(row["line"], catalog.product(row["product"]))
        event = decoded.wording.event.of(decoded.params) if decoded.wording else None
        typed.add(event.name if event else None)
    assert used - typed == set()
