"""The saved searches and the dashboard, asked of a real Elasticsearch about lines that came by both ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from postern.demo import queries
from postern.deploy.elastic import send
from postern.elastic.kibana import columns
from support.corpus import fixture_lines
from support.real import catalog

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from postern.deploy import Installation
    from postern.engine import Node
    from postern.model import Panel

pytestmark = pytest.mark.engine

KNOWN, ROUTED = "searchesknown", "searchesrouted"
RECEIVED = "2026-11-20T10:05:00Z"
PRODUCTS = {" esa1 ": "cisco_esa", " asa-fw1 ": "cisco_asa", " EFW: ": "netdefend"}
PANELS = [panel for dashboard in catalog().dashboards for panel in dashboard.panels]
DAY = "2026-11-20T"


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
    assert row == {
        "device": "-",
        "mid": "1404",
        "outcome": "aborted",
        "start": "2014-08-14T11:04:51.000Z",
        "end": "2014-08-14T11:05:36.000Z",
        "receiving_ms": 45_000,
        "total_ms": 45_000,
        "sender": "user@domain.com",
        "recipients": "end_user@example.com",
        "icid": "10293",
        "peer_ip": "192.168.0.200",
        "peer_name": "ns.example.com",
    }


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_trace_of_a_message_that_its_sender_gave_up(client: Elasticsearch, namespace: str) -> None:
    (row,) = answers(client, "message_trace", namespace, mid="1412")
    why = row.pop("why")
    assert "by_sender" in why
    assert "connection lost" not in why
    assert row == {
        "device": "-",
        "mid": "1412",
        "outcome": "aborted",
        "start": "2014-08-14T13:08:56.000Z",
        "end": "2014-08-14T13:09:06.000Z",
        "receiving_ms": 10_000,
        "total_ms": 10_000,
        "sender": "user@domain.com",
        "recipients": "end_user@example.com",
        "icid": "10318",
        "peer_ip": "192.168.0.200",
        "peer_name": "ns.example.com",
    }


def test_trace_of_a_delivered_message_has_both_ends_and_three_durations(client: Elasticsearch) -> None:
    (row,) = answers(client, "message_trace", ROUTED, mid="8001")
    assert row == {
        "device": "esa1",
        "mid": "8001",
        "outcome": "delivered",
        "start": DAY + "09:58:01.000Z",
        "end": DAY + "09:58:05.000Z",
        "receiving_ms": 1000,
        "delivery_ms": 1000,
        "total_ms": 4000,
        "sender": "alice@example.org",
        "recipients": "bob@example.com",
        "subject": "Minutes of Thursday",
        "icid": "9001",
        "peer_ip": "198.51.100.20",
        "peer_name": "mx.example.org",
        "dcid": "7001",
        "server_ip": "198.51.100.110",
        "server_port": 25,
    }


def test_trace_of_a_bounce_names_the_server_its_answer_and_the_message_that_was_made(client: Elasticsearch) -> None:
    (row,) = answers(client, "message_trace", ROUTED, mid="8003")
    assert row.pop("why").startswith("bounced: 5.1.0 554 Unknown address error")
    assert row == {
        "device": "esa1",
        "mid": "8003",
        "outcome": "bounced",
        "start": DAY + "10:02:00.000Z",
        "end": DAY + "10:02:03.000Z",
        "receiving_ms": 0,
        "delivery_ms": 1000,
        "total_ms": 3000,
        "sender": "postmaster@example.com",
        "recipients": "dave@example.net",
        "icid": "0",
        "dcid": "7002",
        "server_ip": "198.51.100.111",
        "server_port": 25,
        "server_login": "failure",
        "related_mid": "8004",
    }


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_trace_tells_how_every_message_ended(client: Elasticsearch, namespace: str) -> None:
    rows = answers(client, "message_trace", namespace)
    assert {row["mid"]: (row["outcome"], row.get("peer_ip"), row.get("server_ip")) for row in rows} == {
        "441": ("delivered", None, "172.16.155.102"),
        "448": ("bounced", None, "172.16.155.102"),
        "1234": ("aborted", None, None),
        "1404": ("aborted", "192.168.0.200", None),
        "1412": ("aborted", "192.168.0.200", None),
        "1558778": ("aborted", None, None),
        "8001": ("delivered", "198.51.100.20", "198.51.100.110"),
        "8002": ("aborted", "203.0.113.45", None),
        "8003": ("bounced", None, "198.51.100.111"),
        "8004": ("open", None, None),
    }
    assert len(rows) == 10


def test_a_message_may_stay_in_a_quarantine_for_a_month(client: Elasticsearch) -> None:
    lines = [
        "Thu Oct 15 10:00:00 2026 Info: Start MID 90001 ICID 90002",
        "Fri Nov 20 10:00:00 2026 Info: Message finished MID 90001 done",
    ]
    send(client, "logs-postern.cisco_esa-searcheslong", lines, RECEIVED)
    (row,) = answers(client, "message_trace", "searcheslong", mid="90001")
    assert row["total_ms"] == 36 * 24 * 3600 * 1000


def test_a_value_from_outside_stays_a_value(client: Elasticsearch) -> None:
    assert answers(client, "message_trace", ROUTED, mid='1404" OR true //') == []


@pytest.mark.parametrize("namespace", [KNOWN, ROUTED])
def test_failed_logins_by_source(client: Elasticsearch, namespace: str) -> None:
    rows = answers(client, "failed_auth", namespace)
    assert rows[0] == {
        "address": "203.0.113.77",
        "direction": "inbound",
        "failures": 8,
        "user_count": 6,
        # the forged profile stays inside the name that the client sent
        "users": ["admin", "alice", "bob", "carol", "info", "x using AUTH mechanism: PLAIN with profile: Evil"],
        "first_seen": DAY + "10:01:01.000Z",
        "last_seen": DAY + "10:01:46.000Z",
        "devices": ["asa-fw1", "esa1"],
    }
    told = {(row["address"], row["direction"]): (row["failures"], row.get("users"), row.get("answers")) for row in rows}
    assert told == {
        ("203.0.113.77", "inbound"): (8, rows[0]["users"], None),
        ("2001:db8:bad::5", "inbound"): (3, "alice", None),
        ("-", "inbound"): (1, "alice", None),
        ("172.16.155.102", "inbound"): (1, "ironport", None),
        ("172.16.155.102", "outbound"): (1, None, 535),
        ("198.51.100.111", "outbound"): (1, None, 535),
    }


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
    assert answers(client, "aborted_beside_inspection", namespace) == [
        {
            "address": "203.0.113.45",
            "first_abort": DAY + "10:00:20.000Z",
            "aborted_mids": "8002",
            "gateways": "esa1",
            "events": 2,
            "codes": ["108004", "507003"],
            "firewalls": "asa-fw1",
            "seconds_first": -15.0,
            "seconds_last": -15.0,
        }
    ]


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
