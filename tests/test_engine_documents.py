"""Documents that the real Elasticsearch makes equal those of the reference matcher, through every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from postern import document
from postern.deploy import send
from support import exports
from support.corpus import CREATED, RECEIVED, all_fixture_lines, every_line, sample_lines

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog, Product

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("installed")]
PRODUCTS = ("cisco_asa", "cisco_asa_counters", "cisco_esa", "netdefend")


def expected(line: str, matcher: Matcher, product: Product | None) -> dict[str, Any]:
    """The flat document of the reference matcher, with what the sender set."""
    made = document.ecs(matcher.decode(line, product), matcher.catalog, RECEIVED)
    return dict(document.flat(made)) | {"event.created": CREATED}


def differences(line: str, wanted: dict[str, Any], found: dict[str, Any]) -> str:
    """The paths in which two documents differ, for people; empty if they are equal."""
    paths = [path for path in sorted(wanted.keys() | found.keys()) if wanted.get(path) != found.get(path)]
    return "".join(f"\n  {path}: wanted {wanted.get(path)!r}, found {found.get(path)!r}" for path in paths) and (
        f"\n{line!r}" + "".join(f"\n  {path}: wanted {wanted.get(path)!r}, found {found.get(path)!r}" for path in paths)
    )


def simulate(client: Elasticsearch, pipeline: str, lines: list[str]) -> list[dict[str, Any]]:
    """The flat documents that a pipeline makes of lines."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(lines), 500):
        docs = [{"_source": {"message": line, "event": {"created": CREATED}}} for line in lines[start : start + 500]]
        answer = client.ingest.simulate(id=pipeline, docs=docs)
        found += [dict(document.flat(one["doc"]["_source"])) for one in answer["docs"]]
    return found


@pytest.mark.parametrize("name", PRODUCTS)
def test_simulated_documents_equal_the_matcher_where_the_product_is_known(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product = catalog.product(name)
    lines = [*sample_lines(product), *all_fixture_lines()]  # lines of other products too: they must stay unknown
    found = simulate(node.client(), f"postern-{name}", lines)
    assert len(found) == len(lines)
    wrong = [differences(line, expected(line, matcher, product), one) for line, one in zip(lines, found, strict=True)]
    assert "".join(wrong) == ""


@pytest.mark.parametrize("name", PRODUCTS)
def test_indexed_documents_equal_the_matcher_where_the_product_is_known(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product, client = catalog.product(name), node.client()
    lines = list(dict.fromkeys([*sample_lines(product), *all_fixture_lines()]))
    stream = f"logs-{product.dataset}-known"
    assert send(client, stream, lines, CREATED) == len(lines)
    assert_stored(client, stream, {line: expected(line, matcher, product) for line in lines})


def test_keys_of_any_message_and_of_none_become_the_documents_of_the_matcher(
    node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product = catalog.product("netdefend")
    lines = [*exports.lines(500), *exports.of_any_id(catalog, product, 2_000)]
    found = simulate(node.client(), "postern-netdefend", lines)
    wrong = [differences(line, expected(line, matcher, product), one) for line, one in zip(lines, found, strict=True)]
    assert "".join(wrong) == ""


def test_the_router_hands_each_line_to_the_data_stream_of_its_device(
    node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    client, lines = node.client(), every_line(catalog)
    assert send(client, "logs-postern.router-mixed", lines, CREATED) == len(lines)
    streams: dict[str, list[str]] = {}
    for line in lines:
        product = matcher.decode(line).product
        dataset = product.dataset if product else "postern.router"
        streams.setdefault(f"logs-{dataset}-mixed", []).append(line)
    assert len(streams) == len(PRODUCTS) + 1  # each product is found, and some lines are nobody's
    for stream, own in streams.items():
        assert_stored(client, stream, {line: expected(line, matcher, None) for line in own})


def assert_stored(client: Elasticsearch, stream: str, wanted: dict[str, dict[str, Any]]) -> None:
    """The stream holds one document for each line, and it is the wanted one."""
    answer = client.search(index=stream, size=10_000)
    found = {}
    for hit in answer["hits"]["hits"]:
        flat = dict(document.flat(hit["_source"]))
        flat = {path: value for path, value in flat.items() if not path.startswith("data_stream.")}
        found[flat["event.original"]] = flat
    assert answer["hits"]["total"]["value"] == len(wanted)
    assert "".join(differences(line, one, found.get(line, {})) for line, one in wanted.items()) == ""
