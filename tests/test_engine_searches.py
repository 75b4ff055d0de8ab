"""The saved searches and the dashboard, asked of a real Elasticsearch about lines that came by both ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from postern.demo import queries
from postern.deploy.elastic import send
from postern.elastic.kibana import columns
from support import searches
from support.corpus import fixture_lines
from support.real import catalog
from support.searches import RECEIVED

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from postern.deploy import Installation
    from postern.engine import Node
    from postern.model import Panel

pytestmark = pytest.mark.engine

KNOWN, ROUTED = "searchesknown", "searchesrouted"
PRODUCTS = {" esa1 ": "cisco_esa", " asa-fw1 ": "cisco_asa", " EFW: ": "netdefend"}
PANELS = [panel for dashboard in catalog().dashboards for panel in dashboard.panels]


@pytest.fixture(scope="module")
def client(node: Node, installed: Installation) -> Elasticsearch:
    """A client of the node, with the stories sent by both ways in."""
    assert installed.lookup
    client = node.client()
    seed, story = fixture_lines("esa_seed.log"), fixture_lines("mail_story.log")
    send(client, f"logs-postern.cisco_esa-{KNOWN}", seed, RECEIVED)
    for mark, product in PRODUCTS.items():
        send(client, f"logs-postern.{product}-{KNOWN}", [line for line in story if mark in line], RECEIVED)
    send(client, f"logs-postern.router-{ROUTED}", [*seed, *story], RECEIVED)
    return client


def answers(client: Elasticsearch, name: str, namespace: str, **given: str) -> list[dict[str, Any]]:
    """What a saved search finds among the lines of one way in, without its empty columns."""
    query = queries.within(queries.narrowed(queries.saved(catalog(), name), given), (namespace,))
    return [
        {column: value for column, value in row.items() if value is not None}
        for row in queries.ask(client, query, given).records()
    ]


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_every_line_of_the_stories_is_parsed(client: Elasticsearch, namespace: str) -> None:
    totals = queries.ask(client, queries.within(queries.STATUS, (namespace,))).records()
    assert {row["dataset"]: (row["lines"], row["parsed"]) for row in totals} == {
        "postern.cisco_asa": (9, 9),
        "postern.cisco_esa": (107, 107),
        "postern.netdefend": (3, 3),
    }


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_trace_of_a_message_whose_connection_was_lost(client: Elasticsearch, namespace: str) -> None:
    (row,) = answers(client, "message_trace", namespace, mid="1404")
    assert "connection lost" in row.pop("why")
    assert row == searches.LOST


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_trace_of_a_message_that_its_sender_gave_up(client: Elasticsearch, namespace: str) -> None:
    (row,) = answers(client, "message_trace", namespace, mid="1412")
    why = row.pop("why")
    assert "by_sender" in why
    assert "connection lost" not in why
    assert row == searches.GIVEN_UP


def test_trace_of_a_delivered_message_has_both_ends_and_three_durations(client: Elasticsearch) -> None:
    (row,) = answers(client, "message_trace", ROUTED, mid="8001")
    assert row == searches.DELIVERED


def test_trace_of_a_bounce_names_the_server_its_answer_and_the_message_that_was_made(client: Elasticsearch) -> None:
    (row,) = answers(client, "message_trace", ROUTED, mid="8003")
    assert row.pop("why").startswith("bounced: 5.1.0 554 Unknown address error")
    assert row == searches.BOUNCED


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_trace_tells_how_every_message_ended(client: Elasticsearch, namespace: str) -> None:
    rows = answers(client, "message_trace", namespace)
    told = {row["mid"]: (row["outcome"], row.get("peer_ip"), row.get("server_ip")) for row in rows}
    assert told == searches.OUTCOMES
    assert len(rows) == 10


def test_a_message_may_stay_in_a_quarantine_for_a_month(client: Elasticsearch) -> None:
    send(client, "logs-postern.cisco_esa-searcheslong", searches.LONG, RECEIVED)
    (row,) = answers(client, "message_trace", "searcheslong", mid="90001")
    assert row["total_ms"] == searches.LONG_MS


def test_a_value_from_outside_stays_a_value(client: Elasticsearch) -> None:
    assert answers(client, "message_trace", ROUTED, mid='1404" OR true //') == []


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_failed_logins_by_source(client: Elasticsearch, namespace: str) -> None:
    rows = answers(client, "failed_auth", namespace)
    assert rows[0] == searches.FAILED_MOST
    told = {(row["address"], row["direction"]): (row["failures"], row.get("users"), row.get("answers")) for row in rows}
    assert told == searches.FAILED


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_failed_logins_of_the_seed_connections(client: Elasticsearch, namespace: str) -> None:
    query = queries.within(queries.FAILED_LOGINS, (namespace,))
    rows = queries.ask(client, query, {"icid": "451", "dcid": "5640"}).records()
    assert [(row["@timestamp"], row["connection"], row["user.name"]) for row in rows] == [
        ("2009-04-22T11:19:41.000Z", "DCID 5640", None),
        ("2009-04-22T11:47:47.000Z", "ICID 451", "ironport"),
    ]
    assert (rows[0]["destination.ip"], rows[0]["postern.smtp.code"]) == ("172.16.155.102", 535)


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_mail_aborted_beside_esmtp_inspection(client: Elasticsearch, namespace: str) -> None:
    assert answers(client, "aborted_beside_inspection", namespace) == searches.ABORTED


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_every_panel_of_the_dashboard_answers(client: Elasticsearch, panel: Panel) -> None:
    answer = queries.ask(client, panel.esql.replace(queries.ALL, f"logs-postern.*-{ROUTED}"))
    assert set(columns(panel)) <= set(answer.columns)
    assert answer.rows


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_every_message_joins_its_title(client: Elasticsearch, namespace: str) -> None:
    rows = queries.ask(client, queries.within(queries.MEANINGS, (namespace,))).records()
    titles = {message.key: message.title for message in catalog().messages()}
    assert len(rows) > 30
    assert {row["postern.key"]: row["postern.title"] for row in rows} == {
        row["postern.key"]: titles[row["postern.key"]] for row in rows
    }
