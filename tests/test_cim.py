"""CIM: the table of the data models, what the catalog's events say of them, and what no device can give."""

from __future__ import annotations

import hashlib
import re
import runpy
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from postern import cim_rules, cim_schema, document
from postern.artifact import write
from postern.splunk import cim_gaps, emit
from splunk_emulator import App, Emulator
from support import real
from support.corpus import RECEIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.cim_schema import CimModel
    from postern.matcher import Decoded, Matcher
    from postern.model import Catalog, Cim, Event
    from splunk_emulator import Event as SplunkEvent

SCHEMA = cim_schema.load()
CONVERTER = Path(__file__).parent / "tools" / "convert_cim.py"
TABLE = "cim-5.5.3.json"
NOTHING = ["", "-", "unknown", "null", "(null)"]  # what pytest-splunk-addon takes for no value
TAGGED = {name: event for name, event in real.catalog().events.items() if event.cim is not None}


def cim_of(event: Event | None) -> tuple[Cim, CimModel]:
    """What a tagged event says of CIM, and its data model."""
    cim = event.cim if event else None
    model = SCHEMA.model(cim.model) if cim else None
    assert cim is not None
    assert model is not None
    return cim, model


# --- the table ---


def test_the_table_is_of_5_5_3_and_read_once() -> None:
    assert SCHEMA.version == "5.5.3"
    assert sorted(SCHEMA.models) == [
        "Alerts", "Authentication", "Change", "Email", "Intrusion_Detection", "Malware",
        "Network_Resolution", "Network_Sessions", "Network_Traffic",
    ]  # fmt: skip
    assert cim_schema.load() is SCHEMA


def test_the_table_is_the_one_that_its_readme_names() -> None:
    data = resources.files("postern").joinpath("data")
    checksum = hashlib.sha256(data.joinpath(TABLE).read_bytes()).hexdigest()
    assert checksum in data.joinpath("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("model", "tags", "objects"),
    [
        ("Network_Traffic", ["network", "communicate"], ["All_Traffic"]),
        ("Network_Sessions", ["network", "session", "vpn", "start"], ["All_Sessions", "Session_Start", "VPN"]),
        ("Change", ["change", "network"], ["All_Changes", "Network_Changes"]),
        ("Change", ["network"], []),
        ("Authentication", ["authentication", "privileged"], ["Authentication", "Privileged_Authentication"]),
        ("Malware", ["malware", "operations"], ["Malware Operations"]),
    ],
)
def test_tags_put_an_event_into_objects(model: str, tags: list[str], objects: list[str]) -> None:
    assert [one.name for one in SCHEMA.models[model].of(tags)] == objects


def test_a_tag_that_says_nothing_to_the_model_is_foreign() -> None:
    sessions = SCHEMA.models["Network_Sessions"]
    assert sessions.foreign_tags(["network", "session", "communicate"]) == {"communicate"}
    assert sessions.foreign_tags(["network", "session", "end"]) == frozenset()
    assert sessions.foreign_tags(["start"]) == {"start"}


def test_what_is_required_depends_on_the_tags() -> None:
    sessions = SCHEMA.models["Network_Sessions"]
    always = {"action", "dest_ip", "dest_mac", "signature", "user"}
    assert sessions.required(["network", "session", "end"]) == always | {"src_ip"}
    assert sessions.required(["network", "session", "dhcp"]) == always | {"lease_scope"}
    assert SCHEMA.models["Network_Traffic"].required(["network", "communicate"]) == {
        "action", "app", "dest", "dvc", "src", "transport",
    }  # fmt: skip


def test_a_field_has_the_values_that_the_model_expects() -> None:
    traffic = SCHEMA.models["Network_Traffic"]
    assert traffic.values(["network", "communicate"], "transport") == {"tcp", "udp", "icmp"}
    assert traffic.values(["network", "communicate"], "app") == frozenset()
    assert traffic.values(["network", "communicate"], "no_such_field") == frozenset()
    assert traffic.values(["malware"], "transport") == frozenset()


def test_a_session_may_start_and_end_as_in_later_models() -> None:
    table = (resources.files("postern") / "data" / TABLE).read_text(encoding="utf-8")
    assert '"action": {"type": "required", "values": ["added", "blocked"]}' in table
    sessions = SCHEMA.models["Network_Sessions"]
    assert sessions.values(["network", "session"], "action") == {"added", "blocked", "started", "ended"}


def test_the_converter_keeps_one_line_a_field_and_the_objects_that_ask_something() -> None:
    convert = runpy.run_path(str(CONVERTER))["convert"]
    field: dict[str, Any] = {"name": "src", "type": "required", "comment": "left out"}
    given = {"type": "conditional", "condition": "a=*", "validity": "left out"}
    below: dict[str, Any] = {"fields": [], "child_dataset": []}
    objects = [
        {
            "name": "All", "tags": [["a"]],
            "fields": [field, {**given, "name": "b", "expected_values": ["x"]}],
            "child_dataset": [{**below, "name": "Search", "tags": [["a"]]}, {**below, "name": "Part", "tags": [["a", "b"]]}],
        }
    ]  # fmt: skip
    assert convert("1.2", [{"model_name": "M", "objects": objects}]).splitlines() == [
        '{"version": "1.2", "models": {',
        '"M": {',
        '"All": {"within": "", "tags": [["a"]], "fields": {',
        '"src": {"type": "required"},',
        '"b": {"type": "conditional", "condition": "a=*", "values": ["x"]}}},',
        '"Part": {"within": "All", "tags": [["a", "b"]], "fields": {}}',
        "}",
        "}}",
    ]


# --- what the catalog's events say ---


@pytest.mark.parametrize("event", TAGGED.values(), ids=TAGGED)
def test_a_tagged_event_is_in_its_data_model(event: Event) -> None:
    cim, model = cim_of(event)
    assert model.of(cim.tags)
    assert model.foreign_tags(cim.tags) == frozenset()
    fields = model.fields(cim.tags)
    said = [("action", cim.action)] if cim.action else []
    for name, value in cim.fields.items():
        said += [(name, one) for one in ([value] if isinstance(value, str) else value.values())]
    for name, value in said:
        assert name in fields
        assert value in fields[name].values or not fields[name].values


def test_the_rules_say_the_same(catalog: Catalog) -> None:
    assert TAGGED
    assert list(cim_rules.static(catalog)) == []


def test_severity_is_one_of_the_words_of_cim_for_every_level(catalog: Catalog) -> None:
    assert {level for product in catalog.products for level in product.levels} == document.CIM_SEVERITY.keys()
    known = SCHEMA.models["Alerts"].values(["alert"], "severity")
    assert set(document.CIM_SEVERITY.values()) == known


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            "Fri Nov 20 10:00:00 2026 Info: New SMTP DCID 5642 interface 192.0.2.16 address 198.51.100.25",
            {"app": "smtp", "transport": "tcp", "action": "allowed", "severity": "informational"},
        ),
        (
            "%ASA-6-302020: Built outbound ICMP connection for faddr 192.0.2.174/0 gaddr 203.0.113.10/39510 laddr 198.51.100.5/27819",
            {"app": None, "transport": "icmp", "action": "allowed", "severity": "informational"},
        ),
        (
            "%ASA-6-719011: IMAP4 Email Proxy feature is enabled on interface outside.",
            {"app": "imap4", "change_type": "configuration", "status": "success", "action": "modified"},
        ),
        (
            "%ASA-2-108003: Terminating ESMTP connection; malicious pattern detected in the mail address from outside:192.0.2.25/40112 to dmz:198.51.100.25/25.",
            {"app": None, "transport": None, "action": "blocked", "severity": "critical"},
        ),
        ("%ASA-6-999999: Nothing of ours.", {"severity": None, "app": None}),
    ],
)
def test_constants_are_added_where_no_slot_says_otherwise(
    line: str, fields: dict[str, str | None], matcher: Matcher, catalog: Catalog
) -> None:
    cim = document.cim(matcher.decode(line), catalog)
    assert {name: cim.get(name) for name in fields} == fields


# --- what a device cannot give ---


def tagged_samples(catalog: Catalog, matcher: Matcher) -> Iterator[Decoded]:
    """All samples of the catalog whose event is tagged, decoded."""
    for product in catalog.products:
        for _, wording in product.wordings():
            for sample in wording.samples:
                decoded = matcher.decode(sample.log, product)
                if (event := document.event_of(decoded)) is not None and event.cim is not None:
                    yield decoded


@pytest.fixture(scope="module")
def listed(catalog: Catalog) -> dict[tuple[str, int, str], cim_gaps.Gap]:
    """The gaps by message, wording and event."""
    return {(gap.message, gap.wording, gap.event): gap for gap in cim_gaps.gaps(catalog)}


def gap_of(decoded: Decoded, listed: Mapping[tuple[str, int, str], cim_gaps.Gap]) -> cim_gaps.Gap:
    """What is listed for the wording and event of a line."""
    wording, event = decoded.wording, document.event_of(decoded)
    assert wording is not None
    assert event is not None
    return listed[wording.key, wording.number, event.name]


def faults(fields: Mapping[str, Any], decoded: Decoded, gap: cim_gaps.Gap, catalog: Catalog) -> list[str]:
    """What is wrong with the CIM fields of a line."""
    cim, model = cim_of(document.event_of(decoded))
    assert decoded.product is not None
    in_header = {catalog.fields[name].cim_role(member) for name, member, _ in decoded.header}
    excused = gap.missing | (cim_gaps.header_fields(catalog, decoded.product) - in_header)
    wrong = [
        f"{name} is missing" for name in model.required(cim.tags) - excused if fields.get(name) in (None, *NOTHING)
    ]
    for name, field in model.fields(cim.tags).items():
        value = fields.get(name)
        if value is not None and field.values and value not in field.values and (name, value) not in gap.foreign:
            wrong.append(f"{name} is {value}")
    return wrong


def test_every_sample_gives_what_its_model_requires_and_expects(
    catalog: Catalog, matcher: Matcher, listed: dict[tuple[str, int, str], cim_gaps.Gap]
) -> None:
    documents = document.Documents(catalog)
    wrong = []
    seen = 0
    for decoded in tagged_samples(catalog, matcher):
        found = faults(documents.cim(decoded), decoded, gap_of(decoded, listed), catalog)
        wrong += [(decoded.line, fault) for fault in found]
        seen += 1
    assert wrong == []
    assert seen > 100


def test_what_is_listed_is_what_samples_lack(
    catalog: Catalog, matcher: Matcher, listed: dict[tuple[str, int, str], cim_gaps.Gap]
) -> None:
    documents = document.Documents(catalog)
    given, lacked, never, sometimes = set(), set(), set(), set()
    for decoded in tagged_samples(catalog, matcher):
        gap, fields = gap_of(decoded, listed), documents.cim(decoded)
        given |= {(gap, name) for name in gap.never if name in fields}
        lacked |= {(gap.model, gap.product, name) for name in gap.missing if name not in fields}
        never |= {(gap.model, gap.product, name) for name in gap.never}
        sometimes |= {(gap.model, gap.product, name) for name in gap.sometimes}
    assert given == set()
    assert lacked == never | sometimes


def test_every_gap_has_a_reason_and_every_reason_a_gap(listed: dict[tuple[str, int, str], cim_gaps.Gap]) -> None:
    gaps = listed.values()
    assert {(gap.model, name) for gap in gaps for name in gap.missing} == cim_gaps.REASONS.keys()
    assert {(gap.model, name) for gap in gaps for name, _ in gap.foreign} == cim_gaps.FOREIGN_REASONS.keys()


def test_a_gap_without_a_reason_stops_the_build(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(cim_gaps.REASONS, ("Network_Sessions", "dest_mac"))
    with pytest.raises(KeyError, match="dest_mac"):
        cim_gaps.artifact_text(catalog)


def test_the_list_names_each_field_and_counts_wordings(catalog: Catalog) -> None:
    text = cim_gaps.artifact_text(catalog)
    assert "| `address_assigned` | Cisco ASA | 4 | `dest_mac`, `src_ip` | `user` |" in text
    assert "| `connection_start` | Cisco ESA | 3 | `dest` (1) | - |" in text
    assert (
        "* `transport` may hold `ah`, `esp`, `gre`, `icmp6`, `icmpv6`, `igmp`, `ipinip`, `ipv6-icmp`, `ospf`, `sctp`, which the"
        " model does not expect:" in text
    )
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    for model, name in cim_gaps.REASONS:
        assert f"\n* `{name}`: " in sections[model]


# --- the same on the Splunk side ---


@pytest.fixture(scope="module")
def splunk(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """An emulated Splunk that has our app and nothing else."""
    folder = tmp_path_factory.mktemp("out")
    write(emit(catalog), folder)
    return Emulator([App(folder / "splunk" / "postern")], RECEIVED)


def searched(splunk: Emulator, decoded: Decoded) -> SplunkEvent:
    """A line on its product's own source type, as a search finds it."""
    assert decoded.product is not None
    (event,) = splunk.index(decoded.line.encode(), decoded.product.sourcetypes[0])
    return splunk.search(event)


def test_splunk_gives_every_sample_what_its_model_requires_and_expects(
    catalog: Catalog, matcher: Matcher, listed: dict[tuple[str, int, str], cim_gaps.Gap], splunk: Emulator
) -> None:
    wrong = []
    for decoded in tagged_samples(catalog, matcher):
        event = searched(splunk, decoded)
        cim, model = cim_of(document.event_of(decoded))
        found = faults({**event.fields, "tag": event.tags}, decoded, gap_of(decoded, listed), catalog)
        if set(event.tags) != set(cim.tags):
            found.append(f"tags are {event.tags}")
        if (action := event.fields.get("action")) != cim.action:
            found.append(f"action is {action}")
        wrong += [(decoded.line, model.name, fault) for fault in found]
    assert wrong == []


def test_splunk_tags_no_event_that_has_no_model(catalog: Catalog, matcher: Matcher, splunk: Emulator) -> None:
    wrong = []
    for product in catalog.products:
        for _, wording in product.wordings():
            for sample in wording.samples:
                decoded = matcher.decode(sample.log, product)
                event = document.event_of(decoded)
                if (event is None or event.cim is None) and (tags := searched(splunk, decoded).tags):
                    wrong.append((decoded.line, tags))
    assert wrong == []
