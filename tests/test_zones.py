"""Time zones of site.yaml: the matcher, the real Elasticsearch and the emulator of Splunk read each stamp alike."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import test_engine_documents as documents
from postern import backends, document
from postern.artifact import write
from postern.casts import iso, read_time
from postern.compile import compile_catalog
from postern.findings import CatalogError
from postern.matcher import Matcher
from postern.model import Zones
from postern.splunk import clocks, ingest
from splunk_emulator import App, Emulator
from splunk_emulator.eval_functions import Context
from splunk_emulator.eval_parser import compile_eval
from splunk_emulator.faults import FaultLog
from splunk_emulator.regex import RegexCache
from support import real, sites, splunk
from support.corpus import CREATED, RECEIVED, every_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postern.engine import Node

SITE = """\
zones:
  default: Europe/Berlin
  devices:
    fw-ny: America/New_York
    relay-syd: Australia/Sydney
    fw-utc: UTC
    '2001:db8::1': Asia/Kolkata
"""
ASA = "%ASA-6-719022: WebVPN user alice has been authenticated."
# What a line begins with, and the instant that it means; all received on 22 November 2026.
STAMPS = {
    "Jan 15 2026 12:00:00 fw1 : ": "2026-01-15T11:00:00.000Z",  # Berlin, winter
    "Jul 15 2026 12:00:00 fw1 : ": "2026-07-15T10:00:00.000Z",  # Berlin, summer
    "Jul 15 2026 12:00:00 fw-ny : ": "2026-07-15T16:00:00.000Z",
    "Jul 15 2026 12:00:00 fw-utc : ": "2026-07-15T12:00:00.000Z",
    "Jul 15 2026 12:00:00 FW-NY : ": "2026-07-15T10:00:00.000Z",  # names are exact
    "Jul 15 2026 12:00:00 2001:db8::1 : ": "2026-07-15T06:30:00.000Z",
    "Jul 15 2026 12:00:00 : ": "2026-07-15T10:00:00.000Z",  # a device that does not tell its name
    "Jul 15 2026 12:00:00 UTC: fw1 : ": "2026-07-15T10:00:00.000Z",  # zone words are kept as text
    "Jul 15 2026 12:00:00.250Z fw1 : ": "2026-07-15T12:00:00.250Z",
    "2026-07-15T12:00:00 fw1 : ": "2026-07-15T10:00:00.000Z",
    "2026-07-15T12:00:00.5 fw1 : ": "2026-07-15T10:00:00.500Z",
    "2026-07-15T12:00:00Z fw1 : ": "2026-07-15T12:00:00.000Z",
    "2026-07-15T12:00:00+00:00 fw-ny : ": "2026-07-15T12:00:00.000Z",
    "2026-07-15T12:00:00-0330 fw1 : ": "2026-07-15T15:30:00.000Z",
    # hours that a clock leaves out or goes through twice: the offset from before the change
    "Mar 29 2026 01:59:59 fw1 : ": "2026-03-29T00:59:59.000Z",
    "Mar 29 2026 02:00:00 fw1 : ": "2026-03-29T01:00:00.000Z",
    "Mar 29 2026 02:59:59 fw1 : ": "2026-03-29T01:59:59.000Z",
    "Mar 29 2026 03:00:00 fw1 : ": "2026-03-29T01:00:00.000Z",
    "Oct 25 2026 01:59:59 fw1 : ": "2026-10-24T23:59:59.000Z",
    "Oct 25 2026 02:00:00 fw1 : ": "2026-10-25T00:00:00.000Z",
    "Oct 25 2026 02:59:59 fw1 : ": "2026-10-25T00:59:59.000Z",
    "Oct 25 2026 03:00:00 fw1 : ": "2026-10-25T02:00:00.000Z",
    "Mar  8 2026 02:30:00 fw-ny : ": "2026-03-08T07:30:00.000Z",
    "Nov  1 2026 01:30:00 fw-ny : ": "2026-11-01T05:30:00.000Z",
    "Nov  1 2026 02:00:00 fw-ny : ": "2026-11-01T07:00:00.000Z",
    # no year: the nearest one, then the zone
    "Jul 15 12:00:00 fw1 : ": "2026-07-15T10:00:00.000Z",
    "Dec 31 23:30:00 fw-ny : ": "2026-01-01T04:30:00.000Z",
    "Nov 24 09:00:00 fw1 : ": "2026-11-24T08:00:00.000Z",
    # the time of a relay counts where the device prints none, and is that of the relay's clock
    "<166>Jul 15 2026 12:00:00 relay-syd fw1: ": "2026-07-15T02:00:00.000Z",
    "<166>Jul 15 2026 12:00:00 relay-syd asa[7]: Jul 15 2026 12:00:00 fw-ny : ": "2026-07-15T16:00:00.000Z",
    "<166>Jul 15 2026 12:00:00 relay-x asa[7]: ": "2026-07-15T10:00:00.000Z",
    # no time, and none of the calendar: that of receipt
    "": "2026-11-22T10:00:00.000Z",
    "Feb 30 2026 12:00:00 fw1 : ": "2026-11-22T10:00:00.000Z",
}
ESA = {
    "Wed Jul 15 12:00:00 2026 Info: ICID 451 close": "2026-07-15T10:00:00.000Z",
    "Sun Oct 25 02:30:00 2026 Info: ICID 451 close": "2026-10-25T00:30:00.000Z",
    "<22>Jul 15 12:00:00 fw-ny mail_logs: Info: ICID 451 close": "2026-07-15T16:00:00.000Z",
    "<22>Jul 15 12:00:00 relay-syd mail_logs: Wed Jul 15 12:00:00 2026 Info: ICID 451 close": "2026-07-15T02:00:00.000Z",
}
NETDEFEND = {
    "<134>[2026-07-15 12:00:00] EFW: SMTPALG: prio=1 id=00200150 rev=1": "2026-07-15T10:00:00.000Z",
    "<134>Jul 15 12:00:00 relay-syd [2026-07-15 12:00:00] EFW: SMTPALG: prio=1 id=00200150 rev=1": "2026-07-15T02:00:00.000Z",
    "<134>1 2026-07-15T12:00:00+02:00 fw-ny EFW - - - SMTPALG: prio=1 id=00200150": "2026-07-15T10:00:00.000Z",
}
LINES = {f"{stamp}{ASA}": moment for stamp, moment in STAMPS.items()} | ESA | NETDEFEND


@cache
def matcher() -> Matcher:
    return Matcher(sites.sited(SITE))


def read(line: str, product: str | None = None) -> dict[str, Any]:
    """The flat document of the matcher."""
    of = matcher().catalog
    decoded = matcher().decode(line, of.product(product) if product else None)
    return dict(document.flat(document.ecs(decoded, of, RECEIVED)))


@pytest.mark.parametrize("line", LINES)
def test_the_matcher_reads_a_stamp_in_the_zone_of_who_wrote_it(line: str) -> None:
    found = read(line)
    assert "observer.vendor" in found
    assert found["@timestamp"] == LINES[line]


def test_without_zones_a_stamp_is_utc() -> None:
    line = f"Jul 15 2026 12:00:00 fw-ny : {ASA}"
    made = document.ecs(real.matcher().decode(line), real.catalog(), RECEIVED)
    assert made["@timestamp"] == "2026-07-15T12:00:00.000Z"
    assert not Zones()


@pytest.mark.engine
@pytest.mark.usefixtures("installed")
def test_elasticsearch_reads_it_so_too(node: Node) -> None:
    of = sites.sited(SITE)
    with sites.on_node(node, of):
        for product in of.products:
            lines = [line for line in [*LINES, *every_line(of)] if line]
            found = documents.simulate(node.client(), f"postern-{product.name}", lines)
            wanted = [read(line, product.name) | {"event.created": CREATED} for line in lines]
            wrong = [documents.differences(*one) for one in zip(lines, wanted, found, strict=True)]
            assert "".join(wrong) == ""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """The site's app in the emulator."""
    folder: Path = tmp_path_factory.mktemp("zoned")
    write(backends.artifacts(sites.sited(SITE)), folder)
    return Emulator([App(folder / "splunk" / "postern")], RECEIVED)


def test_our_source_types_in_splunk_read_it_so_too(app: Emulator) -> None:
    for line in [*LINES, *(line for line in every_line(sites.sited(SITE)) if line)]:
        (event,) = splunk.indexed(line, ingest.ROUTER, app)
        assert abs(event.time - datetime.fromisoformat(read(line)["@timestamp"]).timestamp()) < 0.001, line
        assert not {name for name in event.fields if name.startswith("postern_clock") or name in HELPERS}
    assert list(app.faults) == []


def test_the_bundled_app_knows_no_zones() -> None:
    assert "Berlin" not in dict(dict(ingest.transforms(real.catalog()))[ingest.READ_TIME])["INGEST_EVAL"]


# ---------------------------------------------------------------- one rule in three spellings

HELPERS = {f"postern_{slot}_text" for slot in ("time", "relay_time", "device", "relay_host")}
NAMES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tokyo", "UTC"]
YEARS = datetime(clocks.FIRST, 1, 2, tzinfo=UTC), datetime(clocks.LAST, 12, 30, tzinfo=UTC)
CLOCKS = st.integers(*(int(one.timestamp()) for one in YEARS)).map(
    lambda one: datetime.fromtimestamp(one, UTC).replace(tzinfo=None)
)


@pytest.fixture(scope="module")
def offset_of() -> Callable[[str, datetime], float]:
    """The offset of a zone as the expression gives it."""
    context = Context(RegexCache(FaultLog()), "test")
    compiled = {name: compile_eval(clocks.offset(name, "clock"), context) for name in NAMES}

    def offset(name: str, clock: datetime) -> float:
        return float(str(compiled[name]({"clock": str(int(clock.replace(tzinfo=UTC).timestamp()))})))

    return offset


@given(name=st.sampled_from(NAMES), clock=CLOCKS)
def test_the_table_of_a_zone_says_what_its_clock_says(
    name: str, clock: datetime, offset_of: Callable[[str, datetime], float]
) -> None:
    moment = read_time(clock.isoformat(), RECEIVED, ZoneInfo(name))
    assert moment is not None
    assert moment.timestamp() == clock.replace(tzinfo=UTC).timestamp() - offset_of(name, clock)


def changes(name: str) -> Iterator[datetime]:
    """What the clock of a zone shows around each change of its offset."""
    for at, _ in list(clocks._changes(ZoneInfo(name)))[1:]:  # noqa: SLF001 - the hours that matter
        for seconds in (-7201, -7200, -3601, -3600, -1801, -1800, -1, 0, 1, 1800, 3600):
            yield datetime.fromtimestamp(at + seconds, UTC).replace(tzinfo=None)


@pytest.mark.parametrize("name", NAMES)
def test_around_a_change_the_offset_from_before_it_counts(
    name: str, offset_of: Callable[[str, datetime], float]
) -> None:
    for clock in changes(name):
        moment = clock.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
        assert moment.timestamp() == clock.replace(tzinfo=UTC).timestamp() - offset_of(name, clock)
        assert iso(moment) == iso(read_time(clock.isoformat(), RECEIVED, ZoneInfo(name)) or RECEIVED)


@pytest.mark.parametrize("zone", ["Europa/Berlin", "CET", "UTC+1", "localtime", ""])
def test_what_is_no_zone_is_found(zone: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"zones: {{devices: {{fw1: '{zone}'}}}}\n")
    with pytest.raises(CatalogError) as raised:
        compile_catalog(real.ROOT / "catalog", tmp_path / "site.yaml")
    (found,) = raised.value.findings
    assert (found.code, found.key) == ("P911", "zones.devices.fw1")
