"""Events that nobody should send: in Splunk too `_raw` stays whole, and no field is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from support import splunk

if TYPE_CHECKING:
    from splunk_emulator import Event

ASA, ESA, NETDEFEND = "postern:cisco:asa", "postern:cisco:esa", "postern:dlink:netdefend"
LOGIN = "<166>Nov 20 2026 10:00:00 fw1 : %ASA-6-719022: WebVPN user {} has been authenticated."
BUILT = (
    "<166>Nov 20 2026 10:00:00 fw1 : %ASA-6-302013: Built inbound TCP connection 7 for outside:192.0.2.9/40000 "
    "(192.0.2.9/40000) to dmz:198.51.100.8/25 (198.51.100.8/25)"
)
SUBJECT = "Fri Nov 20 10:00:00 2026 Info: MID 7 Subject '{}'"
KEYS = (
    "<134>[2026-11-20 10:00:00] EFW: ALG: prio=3 id=00200151 rev=2 event=maximum_email_per_minute_reached "
    "action=session_rejected sender_email_address={} algmod=smtp algsesid=100330"
)


def events(data: bytes, sourcetype: str) -> list[Event]:
    """What a stream of bytes becomes."""
    reader = splunk.emulator()
    return [reader.search(event) for event in reader.index(data, sourcetype)]


def only(data: bytes, sourcetype: str) -> Event:
    (event,) = events(data, sourcetype)
    return event


def values(event: Event) -> dict[str, object]:
    """The fields without those that pass a text on from one transform to the next."""
    carried = {event.raw, event.raw.partition(": ")[2]}
    return {name: value for name, value in event.extracted.items() if value not in carried}


def test_an_event_cut_at_ten_thousand_bytes_keeps_its_header_and_claims_no_message() -> None:
    event = only(LOGIN.format("a" * 20_000).encode(), ASA)
    assert len(event.raw.encode()) == 10_000
    assert event.extracted["signature_id"] == "719022"
    assert event.extracted["parse_status"] == "header_only"
    assert "user" not in event.extracted
    assert "postern_key" not in event.extracted


def test_a_cut_never_falls_into_a_character() -> None:
    event = only(SUBJECT.format("ü" * 9_000).encode(), ESA)
    assert len(event.raw.encode()) <= 10_000
    assert event.raw.endswith("ü")
    assert event.extracted["internal_message_id"] == "7"
    assert "subject" not in event.extracted


def test_two_events_without_a_line_end_between_them_stay_one_and_give_no_field_of_the_second() -> None:
    event = only((BUILT + LOGIN.format("root")).encode(), ASA)
    assert event.raw == BUILT + LOGIN.format("root")
    assert event.extracted["signature_id"] == "302013"
    assert event.extracted["parse_status"] == "header_only"
    assert {"user", "src", "dest"} & event.extracted.keys() == set()


def test_a_message_inside_a_user_name_stays_inside_it() -> None:
    event = only(LOGIN.format(BUILT).encode(), ASA)
    assert event.extracted["user"] == BUILT
    assert event.extracted["signature_id"] == "719022"
    assert "src" not in event.extracted


def test_a_subject_that_holds_a_firewall_line_stays_a_mail() -> None:
    for sourcetype in (ESA, "postern:syslog"):
        event = only(SUBJECT.format(BUILT).encode(), sourcetype)
        assert event.sourcetype == ESA
        assert event.extracted["subject"] == BUILT
        assert event.extracted["postern_key"] == "cisco_esa.subject"
        assert "src" not in event.extracted


def test_line_ends_of_windows_belong_to_no_event() -> None:
    found = events(f"{LOGIN.format('alice')}\r\n{LOGIN.format('bob')}\r\n".encode(), ASA)
    assert [one.raw for one in found] == [LOGIN.format("alice"), LOGIN.format("bob")]
    assert [one.extracted["user"] for one in found] == ["alice", "bob"]


def test_a_byte_order_mark_leaves_the_line_unread_and_whole() -> None:
    line = "\ufeff" + LOGIN.format("alice")
    event = only(line.encode(), ASA)
    assert event.raw == line
    assert event.extracted["parse_status"] == "unknown"
    assert "user" not in event.extracted


def test_a_nul_is_no_part_of_a_value() -> None:
    line = LOGIN.format("a\0b")
    event = only(line.encode(), ASA)
    assert event.raw == line
    assert event.extracted["parse_status"] == "header_only"
    assert "user" not in event.extracted


def test_bytes_that_are_not_utf_8_are_shown_and_do_no_harm() -> None:
    event = only(LOGIN.format("X").encode().replace(b"X", b"caf\xe9"), ASA)
    assert event.raw == LOGIN.format("caf\\xE9")
    assert event.extracted["user"] == "caf\\xE9"


@pytest.mark.parametrize(
    ("line", "sourcetype"),
    [
        (BUILT, ESA),
        (BUILT, NETDEFEND),
        (SUBJECT.format("x"), ASA),
        (SUBJECT.format("x"), NETDEFEND),
        (KEYS.format("a@example.com"), ASA),
        (KEYS.format("a@example.com"), ESA),
        ("Nov 20 10:00:00 host sshd[1]: Accepted publickey for root from 192.0.2.1 port 22 ssh2", ASA),
        ('{"time": 1, "src": "192.0.2.1", "user": "root", "host": "evil"}', ESA),
        ("src=192.0.2.1 host=evil source=evil sourcetype=evil index=evil _raw=x", NETDEFEND),
    ],
)
def test_an_event_of_another_product_gives_no_field_of_ours(line: str, sourcetype: str) -> None:
    event = only(line.encode(), sourcetype)
    assert event.raw == line
    assert {name for name in values(event) if not name.endswith("_unframed")} <= {"parse_status"}
    assert event.extracted["parse_status"] == "unknown"
    assert (event.eventtypes, event.tags) == ((), ())
    assert (event.sourcetype, event.host, event.source, event.index) == (sourcetype, "", "", "main")


def test_keys_that_a_sender_writes_open_no_field() -> None:
    forged = '"a@example.com host=evil index=evil algsesid=666 max_sessions=1"'
    event = only(KEYS.format(forged).encode(), NETDEFEND)
    assert event.extracted["src_user"] == forged.strip('"')
    assert event.extracted["session_id"] == "100330"
    assert "max_sessions" not in event.extracted
    assert (event.host, event.index) == ("", "main")


def test_a_doubled_key_maps_to_no_field_and_keeps_both_values() -> None:
    event = only(KEYS.format("a@example.com algsesid=666").encode(), NETDEFEND)
    assert event.extracted["postern_session_id"] == ["666", "100330"]
    assert "session_id" not in event.extracted


@pytest.mark.parametrize(
    "shown", ["%ASA-1-104001: (Primary) Switching to ACTIVE", "x\ty", "\u202egro.elpmaxe@ecila", "$1", "a\\"]
)
def test_odd_values_come_out_as_they_went_in(shown: str) -> None:
    event = only(LOGIN.format(shown).encode(), ASA)
    assert event.extracted["user"] == shown
    assert event.raw == LOGIN.format(shown)


def test_the_time_of_a_line_without_a_year_is_the_nearest_one_at_most_two_days_ahead() -> None:
    """Received on 22 November 2026: the design's rule, read at index time by our own transform."""
    wanted = {"Nov 24 09:59:59": "2026-11-24", "Nov 24 10:00:01": "2025-11-24", "Jan  1 00:00:00": "2026-01-01"}
    for said, day in wanted.items():
        event = only(f"<166>{said}: %ASA-7-719009: Email Proxy service is starting.".encode(), ASA)
        assert event.time_from == "transform"
        assert day_of(event) == day, said


def test_a_line_that_fits_two_frames_has_one_time_and_the_source_type_of_the_narrower() -> None:
    event = only(b"<182>Nov 20 10:00:01 esa1 status: Fri Nov 20 10:00:00 2026 Info: Status: CPULd 7", "postern:syslog")
    assert (event.sourcetype, event.time_from, event.indexed) == ("postern:cisco:esa:status", "transform", {})
    assert datetime.fromtimestamp(event.time, UTC) == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_a_date_that_is_none_leaves_the_time_of_arrival() -> None:
    event = only(b"<166>Feb 30 2026 10:00:00: %ASA-7-719009: Email Proxy service is starting.", ASA)
    assert event.time_from == "clock"
    assert event.extracted["parse_status"] == "parsed"


def test_what_reads_the_time_leaves_no_field_behind() -> None:
    event = only(BUILT.encode(), ASA)
    assert event.indexed == {}
    assert event.time_from == "transform"


def day_of(event: Event) -> str:
    return datetime.fromtimestamp(event.time, UTC).date().isoformat()
