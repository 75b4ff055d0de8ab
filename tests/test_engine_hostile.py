"""Lines that nobody should send: the real Elasticsearch keeps their text and says what it made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postern import document
from postern.deploy import send
from support.corpus import CREATED, RECEIVED

if TYPE_CHECKING:
    from postern.engine import Node
    from postern.matcher import Matcher

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("installed")]

ASA = "<166>Nov 20 2026 10:00:00 fw1 : %ASA-6-719022: WebVPN user {} has been authenticated."
ESA = "Fri Nov 20 10:00:00 2026 Info: MID 7 Subject {}"
LINES = {
    "a line of 1 MB of an unknown kind": "x" * 1_000_000,
    "a known message with a value of 1 MB": ASA.format("a" * 1_000_000),
    "a subject of 1 MB": ESA.format("'" + "s" * 1_000_000 + "'"),
    "control characters": ASA.format("a\x01\x02\x1b[31mb"),
    "NUL": ASA.format("a\x00b"),
    "bytes that were not UTF-8, as the sender shows them": ASA.format(b"caf\xe9".decode(errors="backslashreplace")),
    "a line feed inside": ASA.format("a\nb"),
    "another message after a line feed": ASA.format(
        "a\n%ASA-6-719020: WebVPN user b authorization completed successfully."
    ),
    "only a frame": "<166>Nov 20 2026 10:00:00 fw1 : %ASA-6-719022: ",
    "cut in the frame": "<166>Nov 20 2026 10:00:00 fw1 : %ASA-6-7190",
    "an emoji in a user": ASA.format("zoë\U0001f600"),
    "a date that is none": "<166>Feb 30 2026 10:00:00 fw1 : %ASA-6-719022: WebVPN user alice has been authenticated.",
    "blanks only": "   \t ",
}


@pytest.mark.parametrize("kind", LINES)
def test_a_hostile_line_keeps_its_text_and_gets_a_status(kind: str, node: Node, matcher: Matcher) -> None:
    line, client = LINES[kind], node.client()
    stream = f"logs-postern.cisco_{'esa' if line.startswith('Fri') else 'asa'}-hostile.{list(LINES).index(kind)}"
    assert send(client, stream, [line], CREATED) == 1
    hits = client.search(index=stream, size=10)["hits"]["hits"]
    assert len(hits) == 1
    found = dict(document.flat(hits[0]["_source"]))
    assert found["event.original"] == line
    product = matcher.catalog.product("cisco_esa" if line.startswith("Fri") else "cisco_asa")
    wanted = dict(document.flat(document.ecs(matcher.decode(line, product), matcher.catalog, RECEIVED)))
    assert found == wanted | {"event.created": CREATED}
    assert found["postern.parse_status"] in ("parsed", "header_only", "unknown")


def test_an_empty_line_is_kept(node: Node) -> None:
    client = node.client()
    assert send(client, "logs-postern.router-hostile.empty", [""], CREATED) == 1
    hits = client.search(index="logs-postern.router-hostile.empty")["hits"]["hits"]
    assert [hit["_source"]["postern"]["parse_status"] for hit in hits] == ["unknown"]


def test_a_document_without_a_message_is_kept_and_says_so(node: Node) -> None:
    client = node.client()
    client.index(index="logs-postern.router-hostile.none", op_type="create", refresh=True, document={"tags": ["x"]})
    source = client.search(index="logs-postern.router-hostile.none")["hits"]["hits"][0]["_source"]
    assert source["tags"] == ["x"]
    assert source["postern"]["parse_status"] == "unknown"
