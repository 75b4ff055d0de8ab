"""The demo: what it sends, asks and prints, what it says when something fails, and one run of it all."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch import ApiError, BadRequestError, NotFoundError
from elasticsearch.helpers import BulkIndexError
from rich.console import Console

from postern.artifact import Artifact
from postern.demo import Options, install, plan, progress, queries, run, sections, show
from postern.demo.run import reason
from postern.engine import ENGINE_NOTE, Check, EngineError, Report
from postern.splunk.package import FILE_NAME
from support.corpus import FIXTURES, fixture_names
from support.real import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.engine import Node

RUN = sys.modules["postern.demo.run"]  # the package's name `run` is the function


def paper(width: int = 140) -> Console:
    """A console that keeps what is printed."""
    return Console(file=io.StringIO(), width=width, highlight=False)


def printed(console: Console) -> str:
    """What was printed on such a console."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


# -- what is sent


def test_every_fixture_is_sent_once_and_by_one_way() -> None:
    batches = [*plan.stories(catalog(), FIXTURES), *plan.forms(catalog(), FIXTURES)]
    sources = [batch.source for batch in batches]
    assert {*fixture_names(), "esmtp_counters_seed.txt (collected)"} <= set(sources)
    assert len(sources) == len(set(sources))
    assert {batch.dataset for batch in batches} == {
        "postern.cisco_asa",
        "postern.cisco_asa_counters",
        "postern.cisco_esa",
        "postern.netdefend",
        "postern.router",
    }


def test_every_message_of_the_seed_tables_has_a_line() -> None:
    batches = {batch.source: batch for batch in plan.stories(catalog(), FIXTURES)}
    lines = "\n".join(batches["catalog samples of 719, 720, 108"].lines)
    wanted = [*range(719001, 719027), *range(720001, 720009), *range(108002, 108008)]
    assert [number for number in wanted if f"-{number}: " not in lines] == []
    assert len(batches["catalog samples of 00200150-52"].lines) == 3


def test_without_a_checkout_the_catalog_brings_its_own_lines() -> None:
    batches = list(plan.stories(catalog(), None))
    assert [batch.dataset for batch in batches] == [product.dataset for product in catalog().products]
    assert all(batch.lines for batch in batches)
    assert list(plan.forms(catalog(), None)) == []


def test_lines_of_a_file_keep_what_no_text_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    path.write_bytes(b"one\n\ntwo \xff \r\nthree")
    assert plan.lines_of(path) == ("one", "", "two \\xff \r", "three")


# -- what is asked


def test_a_parameter_narrows_a_search_by_name_not_by_text() -> None:
    search = queries.saved(catalog(), "message_trace")
    assert queries.narrowed(search, {}) == search.esql.rstrip()
    assert queries.narrowed(search, {"mid": "1404"}).endswith("\n| WHERE mid == ?mid")


def test_a_search_of_no_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        queries.saved(catalog(), "nothing")


def test_a_query_is_kept_within_namespaces() -> None:
    query = queries.within("FROM logs-postern.*-*\n| KEEP message", ("a", "b"), 5)
    assert query == "FROM logs-postern.*-a,logs-postern.*-b\n| KEEP message\n| LIMIT 5"


def test_rows_can_be_cut_to_columns() -> None:
    rows = queries.Rows(("a", "b", "c"), ((1, 2, 3),))
    assert rows.only("c", "a") == queries.Rows(("c", "a"), ((3, 1),))
    assert rows.records() == [{"a": 1, "b": 2, "c": 3}]


# -- how it looks


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ([], "-"),
        (["b", None, 2], "b, -, 2"),
        ("2014-08-14T11:05:36.000Z", "2014-08-14 11:05:36"),
        ("2014-08-14T11:05:36.250Z", "2014-08-14 11:05:36.250"),
        ("\x1b[31mred\r\n\u202eback", "\ufffd[31mred\ufffd\ufffd\ufffdback"),
    ],
)
def test_a_value_is_one_harmless_line(value: object, text: str) -> None:
    assert show.clean(value) == text


def test_a_long_value_is_cut_with_a_mark() -> None:
    assert show.short("x" * 97) == "x" * 95 + "…"
    assert show.short("x" * 96) == "x" * 96


DOCUMENT = {
    "@timestamp": "2009-04-22T11:47:47.000Z",
    "message": "SMTP Auth: …",
    "event": {"action": "login", "outcome": "failure", "original": "whole", "reason": "no"},
    "observer": {"vendor": "Cisco", "product": "ESA"},
    "user": {"name": "[bold]ironport"},
    "postern": {"icid": "451", "key": "cisco_esa.smtp_auth_inbound", "parse_status": "parsed", "params": {"fsm": "x"}},
}
TEXTS = {"postern.title": "SMTP AUTH", "postern.meaning": "A client tried.", "postern.recommended_action": "Count."}


def test_an_event_shows_its_values_and_not_its_constants() -> None:
    assert show.values(DOCUMENT) == ["event.reason=no", "postern.icid=451", "fsm=x", "user.name=[bold]ironport"]


def test_an_event_is_explained_on_request() -> None:
    lines = show.event(DOCUMENT, TEXTS, 100, explain=True)
    assert lines[0] == "2009-04-22 11:47:47  Cisco ESA  SMTP AUTH  [login, failure]"
    assert lines[2:] == ["    means: A client tried.", "    to do: Count."]
    assert show.event(DOCUMENT, TEXTS, 100, explain=False) == lines[:2]


def test_an_event_that_no_entry_knows_shows_its_text() -> None:
    unknown = {"@timestamp": "2026-11-20T10:05:00.000Z", "message": "boo", "postern": {"parse_status": "unknown"}}
    assert show.event(unknown, None, 100, explain=True) == ["2026-11-20 10:05:00  -  (unknown) boo"]


def test_a_record_leaves_empty_columns_out() -> None:
    assert list(show.record({"mid": "1404", "dcid": None, "why": ["a", "b"]})) == ["    mid   1404", "    why   a, b"]


def test_a_table_takes_no_value_for_markup_and_cuts_none() -> None:
    console = paper(60)
    console.print(show.table(["who", "count"], [["[red]x[/red] " * 12, 3], [None, None]], console.width))
    text = printed(console)
    assert "".join(text.split()).count("[red]x[/red]") == 12
    assert "…" not in text


def test_a_download_is_told_in_plain_lines_beyond_a_terminal() -> None:
    console = paper()
    with progress.shown(console) as told:
        for done in (0, 10, 25, 26, 100):
            told("server.zip", done * 1024 * 1024, 100 * 1024 * 1024)
        told("unknown.jar", 10, None)
        told("small.jar", 10, 20)
        told("small.jar", 20, 20)
    assert printed(console).splitlines() == [
        "fetching server.zip (100.0 MB)",
        "fetching server.zip (100.0 MB): 25 %",
        "fetching server.zip (100.0 MB): 100 %",
        "fetching unknown.jar (size unknown)",
        "fetching small.jar (0.0 MB)",
    ]


def test_a_download_is_shown_as_bars_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with progress.shown(console) as told:
        told("server.zip", 50, 100)
        told("server.zip", 100, 100)
    assert "server.zip" in printed(console)


def test_places_tell_when_files_are_not_what_was_installed(tmp_path: Path, node: Node) -> None:
    stage = sections.Stage(paper(), node.client(), catalog(), "none", "none")
    artifact = Artifact("elastic/searches/a.esql", "FROM x")
    sections.places(stage, [artifact], tmp_path)
    assert "1 files below" in printed(stage.out)
    (tmp_path / "elastic" / "searches").mkdir(parents=True)
    (tmp_path / artifact.path).write_bytes(artifact.data)
    sections.places(stage, [artifact], tmp_path)
    assert "byte for byte" in printed(stage.out)


# -- what it says when something fails


def test_every_failure_has_a_sentence_and_a_way_out() -> None:
    meta = type("Meta", (), {"status": 403})
    api = ApiError("denied", meta(), {"error": {"reason": "no rights."}})
    errors = [EngineError("Port 9200 is in use.", "Choose another."), api, BulkIndexError("1 failed", []), OSError("x")]
    told = [reason(error) for error in errors]
    assert told[0] == ("Port 9200 is in use.", "Choose another.")
    assert told[1][0] == "The cluster refused a request (403): no rights."
    assert all(sentence.endswith(".") and way_out.endswith(".") for sentence, way_out in told)


def test_a_cluster_that_does_not_answer_is_one_sentence_and_status_1() -> None:
    out, err = paper(), paper()
    assert run(Options(url="http://127.0.0.1:1"), out, err) == 1
    assert printed(err).splitlines() == [
        "The cluster at http://127.0.0.1:1 cannot be reached.",
        "-> Start it or correct POSTERN_ES_URL; without this variable a server is started here.",
    ]


def test_a_machine_that_will_not_do_is_reported_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = Report(
        (Check("Python", ok=True, finding="Python 3.13."), Check("memory", False, "No memory.", "Add some."))
    )
    monkeypatch.setattr(RUN, "ensure_java", lambda **_: None)
    monkeypatch.setattr(RUN, "check_machine", lambda **_: lacking)
    monkeypatch.setattr(RUN, "running_node", lambda **_: pytest.fail("started"))
    out, err = paper(), paper()
    assert run(Options(), out, err) == 1
    assert "PROBLEM  memory   No memory." in printed(out)
    assert printed(err) == "No memory.\n-> Add some.\n"


def test_a_kept_server_comes_with_words_on_how_to_reach_and_stop_it(
    monkeypatch: pytest.MonkeyPatch, node: Node
) -> None:
    given: dict[str, object] = {}

    @contextlib.contextmanager
    def running(**options: object) -> Iterator[Node]:
        given.update(options)
        yield node

    monkeypatch.delenv("POSTERN_ES_URL", raising=False)
    monkeypatch.setattr(RUN, "running_node", running)
    monkeypatch.setattr(RUN, "perform", lambda *_: None)
    out, err = paper(), paper()
    assert run(Options(keep=True, port=9200, preflight=False), out, err) == 0
    text = printed(out)
    assert given == {"keep": True, "port": 9200}
    assert ENGINE_NOTE in " ".join(text.split())
    assert f"Elasticsearch keeps running at {node.url}" in text
    assert f"curl -s '{node.url}/_query" in text
    assert f"To stop:   {node.how_to_stop}" in text


@pytest.mark.engine
def test_an_installation_that_breaks_off_leaves_nothing_behind(node: Node) -> None:
    good = {"processors": [{"set": {"field": "a", "value": "b"}}]}
    broken: dict[str, Any] = {"processors": [{"no_such_processor": {}}]}
    names = ["postern-undo-good", "postern-undo-broken"]
    bodies = dict(zip(names, (good, broken), strict=True))
    artifacts = [Artifact("elastic/manifest.json", json.dumps({"pipelines": names, "index_templates": []}))]
    artifacts += [Artifact(f"elastic/ingest_pipelines/{name}.json", json.dumps(body)) for name, body in bodies.items()]
    with pytest.raises(BadRequestError, match="no_such_processor"):
        install.put(node.client(), artifacts, node.swaps)
    with pytest.raises(NotFoundError):
        node.client().ingest.get_pipeline(id="postern-undo-*")


# -- all of it


@pytest.mark.engine
def test_the_demo_from_end_to_end(node: Node) -> None:
    out, err = paper(), paper()
    assert run(Options(url=node.url), out, err) == 0
    assert printed(err) == ""
    text = " ".join(printed(out).split())
    for wanted in (
        "POSTERN_ES_URL is set: no server is started.",
        "message: match_only_text -> text",
        f"{len(list(catalog().messages()))} messages with title, meaning and action",
        # a decoded event with its meaning, and one of each product
        "2014-08-14 11:05:36 Cisco ESA Inbound SMTP connection lost [connection-lost, failure]",
        "means: The TCP connection ended without a QUIT from the client",
        "Cisco ASA Email proxy session established [session-start, success]",
        "D-Link NetDefendOS SMTP session limit of the ALG reached",
        "asa-fw1 SMTP banners masked [inspection-counter]",
        # the traces
        "MID 1404: aborted device - mid 1404 outcome aborted",
        "start 2014-08-14 11:04:51 end 2014-08-14 11:05:36 receiving_ms 45000",
        "icid 10293 peer_ip 192.168.0.200 peer_name ns.example.com",
        "MID 1412: aborted device - mid 1412 outcome aborted",
        "start 2014-08-14 13:08:56 end 2014-08-14 13:09:06 receiving_ms 10000",
        # the failed logins
        "connection ICID 451 postern.title SMTP AUTH of a client user.name ironport",
        "connection DCID 5640 postern.title SMTP AUTH of the gateway at another server destination.ip 172.16.155.102",
        # the searches
        "203.0.113.45 2026-11-20 10:00:20 8002 esa1 2 108004, 507003 asa-fw1 -15.0 -15.0",
        "172.16.155.102 outbound 1 - - 535 2009-04-22 11:19:41",
        "2026-11-20 09:58:01 esa1 8001 delivered - 198.51.100.20 198.51.100.110 4000",
        "out/elastic/ingest_pipelines/",
        # both sides, in three languages, and the package
        "event.action inspection-blocked postern_event_action inspection-blocked",
        "source.ip 192.0.2.25 src 192.0.2.25",
        "user.name ironport user ironport",
        "en: Client sent more mails a minute than allowed:",
        "zh-Hans: 客户端每分钟发送的邮件数超限",
        "zh-Hant: 用戶端每分鐘寄信量超過上限",
        f"dist/{FILE_NAME}",
        "The same bytes every time, SHA-256",
        "To remove them: DELETE _data_stream/logs-postern.*-demo",
    ):
        assert wanted in text
    assert "(missing)" not in text
