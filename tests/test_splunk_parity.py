"""Both sides agree: what Splunk extracts (in the emulator) is what Elasticsearch stores and what the matcher says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import test_engine_documents as documents
import test_engine_properties as generated
from postern import document
from postern.splunk import attributes, content, ingest
from splunk_emulator import App, Emulator
from support import exports, foreign_addon, splunk
from support.corpus import RECEIVED, all_fixture_lines, every_line, sample_lines
from support.real import catalog, matcher
from test_oracle import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postern.engine import Node
    from postern.model import Catalog, Product
    from splunk_emulator import Event

OWN = [(product.name, splunk.own(product)) for product in catalog().products]
VENDORS = [(product.name, name) for product in catalog().products if (name := splunk.foreign(product))]
# What an oracle row says of its event, and no field of one event can.
OF_EVENTTYPES = frozenset({"model", "tag"})


@cache
def parity() -> splunk.Parity:
    return splunk.parity()


@pytest.fixture(scope="session")
def beside_bare(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """The app, and the vendors' source types as they are without any add-on."""
    bare = foreign_addon.written(tmp_path_factory.mktemp("apps"), "bare", foreign_addon.BARE)
    return Emulator([App(splunk.APP), bare], RECEIVED)


def reader(sourcetype: str, beside_bare: Emulator) -> Emulator:
    return beside_bare if sourcetype in foreign_addon.SOURCETYPES else splunk.emulator()


def lines_of(product: Product) -> list[str]:
    """Its samples and all fixtures: lines of other products too, which must stay unknown."""
    lines = dict.fromkeys([*sample_lines(product), *all_fixture_lines()])
    return [line for line in lines if line]  # an empty line is no event in Splunk


def by_matcher(line: str, product: Product | None) -> dict[str, Any]:
    return dict(document.flat(document.ecs(matcher().decode(line, product), catalog(), RECEIVED)))


def wrong(line: str, stored: dict[str, Any], found: list[Event], sourcetype: str) -> str:
    """What differs, for people; empty if the line is one event and both sides agree."""
    if len(found) != 1:
        return f"\n{line!r}: {len(found)} events"
    ours = sourcetype.startswith("postern:")
    problems = parity().problems(stored, found[0], ours=ours)
    return f"\n{line!r} ({sourcetype})" + "".join(f"\n    {one}" for one in problems) if problems else ""


@pytest.mark.parametrize(("name", "sourcetype"), [*OWN, *VENDORS])
def test_events_say_what_the_matcher_says(name: str, sourcetype: str, beside_bare: Emulator) -> None:
    product, using = catalog().product(name), reader(sourcetype, beside_bare)
    lines = lines_of(product)
    assert len(lines) > len(sample_lines(product))
    found = [
        wrong(line, by_matcher(line, product), splunk.indexed(line, sourcetype, using), sourcetype) for line in lines
    ]
    assert "".join(found) == ""


@pytest.mark.engine
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("name", "sourcetype"), [*OWN, *VENDORS])
def test_events_say_what_elasticsearch_stores(name: str, sourcetype: str, node: Node, beside_bare: Emulator) -> None:
    product, using = catalog().product(name), reader(sourcetype, beside_bare)
    lines = lines_of(product)
    stored = documents.simulate(node.client(), f"postern-{name}", lines)
    found = [
        wrong(line, one, splunk.indexed(line, sourcetype, using), sourcetype)
        for line, one in zip(lines, stored, strict=True)
    ]
    assert "".join(found) == ""


def test_the_router_gives_each_line_the_source_type_of_its_device() -> None:
    lines = [line for line in every_line(catalog()) if line]
    seen = set()
    found = []
    for line in lines:
        product = matcher().decode(line).product
        wanted = splunk.own(product) if product else ingest.ROUTER
        seen.add(wanted)
        (event,) = splunk.indexed(line, ingest.ROUTER)
        assert (event.sourcetype, event.raw) == (wanted, line.rstrip("\r")), line
        if product:
            found.append(wrong(line, by_matcher(line, None), [event], wanted))
    assert "".join(found) == ""
    assert len(seen) == len(OWN) + 1  # each product is found, and some lines are nobody's


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["line"][:60])
def test_an_event_has_the_cim_fields_that_were_typed(row: dict[str, Any]) -> None:
    product = catalog().product(row["product"])
    (event,) = splunk.indexed(row["line"], splunk.own(product))
    wanted = {name: as_text(value) for name, value in row["cim"].items() if name not in OF_EVENTTYPES}
    assert {name: event.extracted.get(name) for name in wanted} == wanted
    known = {one.name: one for one in content.tagged(catalog())}
    happened = known.get(str(event.extracted.get("postern_event")))
    assert row["cim"].get("model") == (happened.cim.model if happened and happened.cim else None)
    assert set(event.tags) == (set(happened.cim.tags) if happened and happened.cim else set())


def as_text(value: Any) -> Any:
    return [as_text(one) for one in value] if isinstance(value, list) and len(value) > 1 else _single(value)


def _single(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)


PASTED = re.compile(r"\[[^\]]*<[0-9]+>1 [^\[]*\[")


@pytest.mark.parametrize("name", [name for name, _ in OWN])
def test_generated_and_forged_lines_say_what_the_matcher_says(name: str) -> None:
    product = catalog().product(name)
    sourcetype = splunk.own(product)
    lines = [line for line in generated.generated(name) if comparable(line)]
    assert len(lines) > generated.EXAMPLES
    found = [wrong(line, by_matcher(line, product), splunk.indexed(line, sourcetype), sourcetype) for line in lines]
    assert "".join(found) == ""


def comparable(line: str) -> bool:
    """Lines that are one event as they are: without line ends inside, as UTF-8, not longer than TRUNCATE.

    An export pasted into a bracket of another is left out: a regex keeps no stack, so Splunk reads no key between the
    inner bracket's end and the next one.
    """
    try:
        return bool(line) and not set("\r\n") & set(line) and len(line.encode()) <= 10_000 and not PASTED.search(line)
    except UnicodeEncodeError:
        return False


def test_the_emulator_has_no_fault_to_note() -> None:
    """After all lines of the files above: no dangling reference, no refused regex, no limit of PCRE2 reached."""
    for name, sourcetype in OWN:
        for line in lines_of(catalog().product(name)):
            splunk.indexed(line, sourcetype)
    assert list(splunk.emulator().faults) == []


def test_another_add_on_on_the_same_source_types_keeps_its_fields(tmp_path: Path, catalog: Catalog) -> None:
    foreign = foreign_addon.written(tmp_path, "TA_foreign", foreign_addon.FOREIGN)
    alone, beside = Emulator([foreign], RECEIVED), Emulator([foreign, App(splunk.APP)], RECEIVED)
    kept = added = 0
    for sourcetype in foreign_addon.SOURCETYPES:
        for line in every_line(catalog):
            without, both = (splunk.indexed(line, sourcetype, one) for one in (alone, beside))
            assert [(one.raw, one.time) for one in without] == [(one.raw, one.time) for one in both]
            for before, after in zip(without, both, strict=True):
                changed = {name: value for name, value in before.fields.items() if after.fields.get(name) != value}
                assert changed == {}, line
                assert set(before.eventtypes) <= set(after.eventtypes)
                assert set(before.tags) <= set(after.tags)
                kept += len(before.extracted)
                added += len(after.extracted) - len(before.extracted)
    assert min(kept, added) > 1000  # the foreign add-on has fields to lose, and ours adds some
    # Two apps that alias to one name is what the test is about; nothing else may be wrong.
    assert {fault.kind for fault in beside.faults} == {"alias"}


def test_what_is_declared_for_one_side_only_is_there_and_nowhere_else() -> None:
    stored: set[str] = set()
    extracted: set[str] = set()
    for name, sourcetype in OWN:
        product = catalog().product(name)
        for line in lines_of(product):
            stored |= by_matcher(line, product).keys()
            extracted |= splunk.indexed(line, sourcetype)[0].extracted.keys()
    declared = {one for one in attributes.ELASTIC_ONLY if "<" not in one} - {"event.created"}  # the shipper sets it
    families = {one.removesuffix("*") for one in declared if one.endswith("*")}
    assert all(any(path.startswith(family) for path in stored) for family in families)
    assert declared - {f"{family}*" for family in families} - stored == set()
    assert {one for one in attributes.SPLUNK_ONLY if one[0] not in "<_"} - extracted == set()
    assert not stored & attributes.SPLUNK_ONLY.keys()
    assert not extracted & attributes.ELASTIC_ONLY.keys()


def test_every_slot_stands_in_the_table_of_fields(catalog: Catalog) -> None:
    text = (splunk.APP.parent / "FIELDS.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    assert catalog.fields.keys() - {"time"} - listed == set()


def test_exports_in_any_shape_say_what_the_matcher_says() -> None:
    """The bracketed layout of NetDefend: keys anywhere, doubled, in the wrong bracket, quoted, run on into words."""
    product = catalog().product("netdefend")
    sourcetype = splunk.own(product)
    lines = list(exports.lines(1_500))
    assert any("[conn [conn" in line for line in lines)
    found = [wrong(line, by_matcher(line, product), splunk.indexed(line, sourcetype), sourcetype) for line in lines]
    assert "".join(found) == ""
    assert sum(one.status == "parsed" for one in (matcher().decode(line, product) for line in lines)) > 500


@pytest.mark.parametrize(
    ("name", "make"), [("cisco_esa_events", exports.cef), ("cisco_esa_status", exports.pairs)], ids=["cef", "pairs"]
)
def test_keys_and_values_in_any_shape_say_what_the_matcher_says(
    name: str, make: Callable[[int], Iterator[str]]
) -> None:
    """Quotes, escapes, fixed words, empty and doubled values, words out of place."""
    product = catalog().product(name)
    sourcetype = splunk.own(product)
    lines = list(make(1_500))
    found = [wrong(line, by_matcher(line, product), splunk.indexed(line, sourcetype), sourcetype) for line in lines]
    assert "".join(found) == ""
    decoded = [matcher().decode(line, product) for line in lines]
    assert sum(len(one.values) > 1 for one in decoded) > 300
    assert sum(isinstance(value, list) for one in decoded for value in one.extras.values()) > 100


def test_keys_of_any_message_and_of_none_say_what_the_matcher_says() -> None:
    """Known ids and unknown ones: what a message owns counts, the rest is kept beside the fields."""
    product = catalog().product("netdefend")
    sourcetype = splunk.own(product)
    lines = list(exports.of_any_id(catalog(), product, 3_000))
    decoded = [matcher().decode(line, product) for line in lines]
    unknown = [one for one in decoded if one.status == "header_only"]
    assert min(len(unknown), len(decoded) - len(unknown)) > 500
    assert sum(bool(one.values) for one in unknown) > 500
    found = [wrong(line, by_matcher(line, product), splunk.indexed(line, sourcetype), sourcetype) for line in lines]
    assert "".join(found) == ""
