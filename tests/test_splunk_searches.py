"""The saved searches in SPL, asked of the app's events by each way in: the same rows as Elasticsearch gives."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from postern.artifact import write
from postern.demo import queries
from postern.deploy.elastic import send
from postern.splunk.emit import APP, emit
from postern.splunk.ingest import ROUTER
from splunk_emulator import App, Emulator
from splunk_search import Searcher
from support import searches
from support.corpus import every_line, fixture_lines
from support.real import catalog
from support.searches import HARD, RECEIVED, settled, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from elasticsearch import Elasticsearch

    from postern.deploy import Installation
    from postern.engine import Node
    from splunk_emulator import Event

    Rows = list[dict[str, Any]]

OWN, VENDOR, ROUTED = "own", "vendor", "routed"
WAYS = pytest.mark.parametrize("way", [OWN, VENDOR, ROUTED])
PRODUCTS = {" asa-fw1 ": "cisco_asa", " EFW: ": "netdefend"}
STORIES = [*fixture_lines("esa_seed.log"), *fixture_lines("mail_story.log")]
# A line that holds a line end would be two events here and one document there.
CORPORA = {
    "hard": [*STORIES, *HARD],
    "all": [line for line in every_line(catalog()) if "\n" not in line and "\r" not in line],
}
NAMES = [search.name for search in catalog().searches]


class Splunk:
    """The app, what it makes of lines, and its searches."""

    def __init__(self, app: App) -> None:
        self.emulator = Emulator([app], datetime.fromisoformat(RECEIVED))
        self.searcher = Searcher([app])

    def events(self, lines: list[str], sourcetype: str = ROUTER) -> list[Event]:
        """Lines as events with their fields."""
        return [self.emulator.search(event) for event in self._indexed(lines, sourcetype)]

    def stories(self, way: str) -> list[Event]:
        """The events of the stories by one way in: routed, or each under a source type of its product."""
        if way == ROUTED:
            return self.events(STORIES)
        found: list[Event] = []
        for product in catalog().products:
            events = self._indexed(
                [line for line in STORIES if product_of(line) == product.name], product.sourcetypes[0]
            )
            if way == VENDOR:  # its own add-on reads the time there, which is not at hand: the time is ours
                events = [replace(event, sourcetype=product.sourcetypes[-1]) for event in events]
            found += map(self.emulator.search, events)
        return found

    def _indexed(self, lines: list[str], sourcetype: str) -> list[Event]:
        return self.emulator.index("\n".join(lines).encode(), sourcetype)

    def rows(self, name: str, events: list[Event], **given: str) -> Rows:
        """What a saved search finds, typed as Elasticsearch types it."""
        search = queries.saved(catalog(), name)
        clauses = [f"| {filled(param.spl, given)}" for param in search.params if param.name in given]
        table = self.searcher.run("\n".join([search.spl, *clauses]), events)
        assert not list(self.searcher.faults)
        assert table.ordered
        return [typed(row) for row in table.rows]


def product_of(line: str) -> str:
    """The product that wrote a line of the stories."""
    return next((name for mark, name in PRODUCTS.items() if mark in line), "cisco_esa")


def filled(clause: str, given: dict[str, str]) -> str:
    r"""A clause with each `$name$` filled in, quotes and backslashes of the value escaped."""
    return re.sub(r"\$(\w+)\$", lambda found: re.sub(r'(["\\])', r"\\\1", given[found[1]]), clause)


@pytest.fixture(scope="module")
def splunk(tmp_path_factory: pytest.TempPathFactory) -> Splunk:
    """The app as the catalog gives it."""
    out = tmp_path_factory.mktemp("out")
    write(emit(catalog()), out)
    return Splunk(App(out / APP))


@pytest.fixture(scope="module")
def answers(splunk: Splunk) -> Callable[..., Rows]:
    """A saved search over the stories by one way in."""
    found = {way: splunk.stories(way) for way in (OWN, VENDOR, ROUTED)}
    return lambda name, way, **given: splunk.rows(name, found[way], **given)


@WAYS
def test_every_line_of_the_stories_is_parsed(splunk: Splunk, way: str) -> None:
    events = splunk.stories(way)
    assert len(events) == len(STORIES)
    assert {event.fields.get("parse_status") for event in events} == {"parsed"}


@WAYS
def test_trace_of_a_message_whose_connection_was_lost(answers: Callable[..., Rows], way: str) -> None:
    (row,) = answers("message_trace", way, mid="1404")
    assert "connection lost" in row.pop("why")
    assert row == searches.LOST


@WAYS
def test_trace_of_a_message_that_its_sender_gave_up(answers: Callable[..., Rows], way: str) -> None:
    (row,) = answers("message_trace", way, mid="1412")
    why = row.pop("why")
    assert "by_sender" in why
    assert "connection lost" not in why
    assert row == searches.GIVEN_UP


@WAYS
def test_trace_of_a_delivered_message_has_both_ends_and_three_durations(answers: Callable[..., Rows], way: str) -> None:
    assert answers("message_trace", way, mid="8001") == [searches.DELIVERED]


@WAYS
def test_trace_of_a_bounce_names_the_server_its_answer_and_the_message_that_was_made(
    answers: Callable[..., Rows], way: str
) -> None:
    (row,) = answers("message_trace", way, mid="8003")
    assert row.pop("why").startswith("bounced: 5.1.0 554 Unknown address error")
    assert row == searches.BOUNCED


@WAYS
def test_trace_tells_how_every_message_ended(answers: Callable[..., Rows], way: str) -> None:
    rows = answers("message_trace", way)
    told = {row["mid"]: (row["outcome"], row.get("peer_ip"), row.get("server_ip")) for row in rows}
    assert told == searches.OUTCOMES
    assert len(rows) == 10


def test_a_message_may_stay_in_a_quarantine_for_a_month(splunk: Splunk) -> None:
    (row,) = splunk.rows("message_trace", splunk.events(searches.LONG), mid="90001")
    assert row["total_ms"] == searches.LONG_MS


@pytest.mark.parametrize("value", ['1404" OR true() OR mid=="', "14*", r"1404\" | table _raw"])
def test_a_value_from_outside_stays_a_value(answers: Callable[..., Rows], value: str) -> None:
    assert answers("message_trace", ROUTED, mid=value) == []


@WAYS
def test_failed_logins_by_source(answers: Callable[..., Rows], way: str) -> None:
    rows = answers("failed_auth", way)
    assert rows[0] == searches.FAILED_MOST
    told = {(row["address"], row["direction"]): (row["failures"], row.get("users"), row.get("answers")) for row in rows}
    assert told == searches.FAILED


@WAYS
def test_mail_aborted_beside_esmtp_inspection(answers: Callable[..., Rows], way: str) -> None:
    assert answers("aborted_beside_inspection", way) == searches.ABORTED


def test_events_and_aborts_meet_up_to_120_seconds_and_equal_events_count_one_by_one(splunk: Splunk) -> None:
    (row,) = [
        row for row in splunk.rows("aborted_beside_inspection", splunk.events(HARD)) if row["address"] == "203.0.113.50"
    ]
    assert row == {
        "address": "203.0.113.50",
        "first_abort": searches.DAY + "08:40:10.000Z",
        "aborted_mids": ["8401", "8402"],
        "gateways": "esa2",
        "events": 6,  # of nine: one names another peer, two stand 121 seconds away
        "codes": "108004",
        "firewalls": ["asa-fw1", "asa-fw2"],
        "seconds_first": -120.0,
        "seconds_last": 120.0,
    }


def test_what_outsiders_write_is_taken_for_nothing_else(splunk: Splunk) -> None:
    others = [line for line in HARD if "9301" not in line and "8301" not in line]
    assert len(HARD) - len(others) == 8
    for name in NAMES:
        apart = splunk.rows(name, splunk.events(others))
        together = splunk.rows(name, splunk.events(HARD))
        assert [row for row in together if row in apart] == apart
        assert len(together) - len(apart) == (name != "aborted_beside_inspection")
    (row,) = splunk.rows("message_trace", splunk.events(HARD), mid="8301")
    assert (row["sender"], row["recipients"], row["subject"]) == (
        "in 9001@example.org", "message 8001@example.com", "message 8001; connection lost",
    )  # fmt: skip
    assert row["why"] == "aborted: cisco_esa.receiving_aborted"


@pytest.mark.parametrize("name", NAMES)
def test_a_search_has_all_its_columns_even_where_it_finds_nothing(splunk: Splunk, name: str) -> None:
    search = queries.saved(catalog(), name)
    kept = re.findall(r"\| KEEP ([^|]*)", search.esql)[-1]
    table = splunk.searcher.run(search.spl, [])
    assert (table.columns, table.rows) == (re.findall(r"\w+", kept), [])


@pytest.fixture(scope="module")
def client(node: Node, installed: Installation) -> Elasticsearch:
    """A client of the node, with every corpus sent to a namespace of its own."""
    assert installed.lookup
    client = node.client()
    for corpus, lines in CORPORA.items():
        send(client, f"logs-postern.router-both{corpus}", lines, RECEIVED)
    return client


@pytest.mark.engine
@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("name", NAMES)
def test_both_engines_give_the_same_rows(client: Elasticsearch, splunk: Splunk, name: str, corpus: str) -> None:
    query = queries.within(queries.saved(catalog(), name).esql, (f"both{corpus}",))
    there = [settled(row) for row in queries.ask(client, query).records()]
    here = [settled(row) for row in splunk.rows(name, splunk.events(CORPORA[corpus]))]
    assert here
    assert here == there
