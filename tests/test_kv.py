"""Key-value bodies: the tokens of both layouts, and what may become a field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from postern import kv
from postern.kv import Token, keys_of
from postern.model import Context, KvSlot
from support.real import catalog, matcher

if TYPE_CHECKING:
    from postern.matcher import Decoded


def native(body: str) -> list[tuple[str, str]]:
    return [(token.key, token.value) for token in kv.native(body)]


def bracketed(body: str, *owned: str) -> list[tuple[str, str, str]]:
    return [(token.group, token.key, token.value) for token in kv.bracketed(body, owned)]


# ---------------------------------------------------------------- native layout


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ("prio=3 id=00200150", [("prio", "3"), ("id", "00200150")]),
        ("  a=1\t b=2 \r\n", [("a", "1"), ("b", "2")]),
        ("a= b=2", [("a", ""), ("b", "2")]),
        ("a=x=y b=z", [("a", "x=y"), ("b", "z")]),
        ("a.b_C9=1", [("a.b_C9", "1")]),
        ("src=2001:db8::1 user=CORP\\bob", [("src", "2001:db8::1"), ("user", "CORP\\bob")]),
        ("name=Jürgen ü=1", [("name", "Jürgen")]),
        ("a=x\N{NO-BREAK SPACE}y\x0bz b=2", [("a", "x\N{NO-BREAK SPACE}y\x0bz"), ("b", "2")]),
        ("a=1 a=2", [("a", "1"), ("a", "2")]),
        ("words without =sign a=1 ?? b", [("a", "1")]),
        ("", []),
        ("===", []),
    ],
)
def test_a_bare_value_ends_at_the_first_blank(body: str, tokens: list[tuple[str, str]]) -> None:
    assert native(body) == tokens


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ('a="x y" b=2', [("a", "x y"), ("b", "2")]),
        ('a="" b=2', [("a", ""), ("b", "2")]),
        ('a="x"y z" b=2', [("a", 'x"y z'), ("b", "2")]),
        ('a=x"y b=2', [("a", 'x"y'), ("b", "2")]),
        ('a="x y"', [("a", "x y")]),
        (
            'a="http://example.com/?q=1&srcip=203.0.113.66" b=2',
            [("a", "http://example.com/?q=1&srcip=203.0.113.66"), ("b", "2")],
        ),
        ('a="x srcip=203.0.113.66 y" b=2', [("a", "x srcip=203.0.113.66 y"), ("b", "2")]),
    ],
)
def test_a_quoted_value_ends_at_the_quote_before_a_blank(body: str, tokens: list[tuple[str, str]]) -> None:
    assert native(body) == tokens


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ("prio=3 id=002", [("prio", "3"), ("id", "002")]),
        ("prio=3 id=", [("prio", "3"), ("id", "")]),
        ("prio=3 id", [("prio", "3")]),
        ('prio=3 url="www.exam', [("prio", "3"), ("url", "www.exam")]),
        ('prio=3 url="', [("prio", "3"), ("url", "")]),
    ],
)
def test_a_cut_line_keeps_what_it_says(body: str, tokens: list[tuple[str, str]]) -> None:
    assert native(body) == tokens


# ---------------------------------------------------------------- bracketed layout


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ("id=600004 event=x [alg algmod=smtp algsesid=7 ]", [
            ("", "id", "600004"), ("", "event", "x"), ("alg", "algmod", "smtp"), ("alg", "algsesid", "7"),
        ]),
        ("[conn [conn connsrcip=192.0.2.1 conndestip=192.0.2.2 ]]", [
            ("conn", "connsrcip", "192.0.2.1"), ("conn", "conndestip", "192.0.2.2"),
        ]),
        ("[conn=Open connipproto=TCP ]", [("conn", "conn", "Open"), ("conn", "connipproto", "TCP")]),
        ("[a [b c=1 ]d=2 ]e=3", [("b", "c", "1"), ("a", "d", "2"), ("", "e", "3")]),
        ("x=two words y=z", [("", "x", "two words"), ("", "y", "z")]),
        ('x="a [b] c=1" y=z', [("", "x", "a [b] c=1"), ("", "y", "z")]),
        ("]]x=1", [("", "x", "1")]),
        ("[alg algmod=sm", [("alg", "algmod", "sm")]),
        ("[", []),
    ],
)  # fmt: skip
def test_a_key_counts_in_the_innermost_bracket(body: str, tokens: list[tuple[str, str, str]]) -> None:
    assert bracketed(body) == tokens


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ("[message=Closing connection max_sessions=200 ]algmod=x", [
            ("message", "message", "Closing connection"), ("message", "max_sessions", "200"), ("", "algmod", "x"),
        ]),
        ("[message=Closing srcip=203.0.113.66 max_sessions=200 ]", [
            ("message", "message", "Closing srcip=203.0.113.66"), ("message", "max_sessions", "200"),
        ]),
        ("message=all the rest a=1 b=2", [("", "message", "all the rest a=1 b=2")]),
        ("[message=up to here ]x=1", [("message", "message", "up to here"), ("", "x", "1")]),
        ("[message=cut in the mid", [("message", "message", "cut in the mid")]),
        ('[message=Closed reason="" max_sessions="9" ]', [
            ("message", "message", 'Closed reason=""'), ("message", "max_sessions", "9"),
        ]),
    ],
)  # fmt: skip
def test_a_message_runs_to_the_first_owned_key_or_to_a_bracket(body: str, tokens: list[tuple[str, str, str]]) -> None:
    assert bracketed(body, "max_sessions") == tokens


# ---------------------------------------------------------------- what may become a field

ADDRESS = KvSlot("src", (("ip", "ip"), ("hostname", None)))
OWNED = {
    "max_sessions": KvSlot("max_sessions", (("int", "int"),)),
    "sender": KvSlot("sender", (("mail_address", None),)),
}
SLOTS = {(group, key): slot for group in ("", kv.MESSAGE) for key, slot in OWNED.items()}
SLOTS |= {("alg", "algmod"): KvSlot("alg_module", (("name", None),)), ("conn", "connsrcip"): ADDRESS}
SLOTS |= {("conn", "newconnsrcip"): ADDRESS}


def read(*tokens: tuple[str, str, str]) -> tuple[dict[str, object], dict[str, object]]:
    reading = kv.read([Token(*token) for token in tokens], SLOTS)
    return {name: value for name, (_, value) in reading.slots.items()}, reading.extras


def test_an_owned_key_counts_at_the_top_and_beside_the_message() -> None:
    assert read(("", "max_sessions", "5"), ("message", "sender", "a b")) == ({"max_sessions": 5, "sender": "a b"}, {})


def test_an_owned_key_in_a_foreign_bracket_is_no_field() -> None:
    assert read(("conn", "max_sessions", "5")) == ({}, {"max_sessions": "5"})


def test_a_context_key_counts_only_in_its_own_bracket() -> None:
    assert read(("alg", "algmod", "smtp")) == ({"alg_module": "smtp"}, {})
    assert read(("", "algmod", "smtp")) == ({}, {"algmod": "smtp"})
    assert read(("message", "connsrcip", "203.0.113.66")) == ({}, {"connsrcip": "203.0.113.66"})


def test_a_key_that_occurs_twice_maps_to_no_field_and_loses_no_value() -> None:
    found = read(("conn", "connsrcip", "192.0.2.1"), ("conn", "connsrcip", "203.0.113.66"), ("", "max_sessions", "5"))
    assert found == ({"max_sessions": 5}, {"connsrcip": ["192.0.2.1", "203.0.113.66"]})


def test_an_unknown_key_keeps_all_its_values_in_order() -> None:
    assert read(("", "x", "1"), ("", "x", "2"), ("a", "x", "3")) == ({}, {"x": ["1", "2", "3"]})


def test_a_foreign_copy_of_a_key_does_not_spoil_the_real_one() -> None:
    found = read(("message", "connsrcip", "203.0.113.66"), ("conn", "connsrcip", "192.0.2.1"))
    assert found == ({"src": "192.0.2.1"}, {"connsrcip": "203.0.113.66"})


def test_the_first_of_two_spellings_gives_the_value_and_the_other_stays_beside_the_fields() -> None:
    found = read(("conn", "connsrcip", "192.0.2.1"), ("conn", "newconnsrcip", "192.0.2.2"))
    assert found == ({"src": "192.0.2.1"}, {"newconnsrcip": "192.0.2.2"})


@pytest.mark.parametrize(
    ("value", "slots", "extras"),
    [
        ("5", {"max_sessions": 5}, {}),
        ("0005", {"max_sessions": 5}, {}),
        ("7.62 K", {}, {"max_sessions": "7.62 K"}),
        ("-1", {}, {"max_sessions": "-1"}),
        ("٣", {}, {"max_sessions": "٣"}),
        ("9" * 19, {}, {"max_sessions": "9" * 19}),
        ("", {}, {}),
    ],
)
def test_a_number_that_is_none_stays_text_beside_the_fields(value: str, slots: object, extras: object) -> None:
    assert read(("", "max_sessions", value)) == (slots, extras)


@pytest.mark.parametrize(("value", "taken"), [("131", True), ("9" * 9, True), ("9" * 10, False), ("0:02:11", False)])
def test_a_duration_is_in_seconds_few_enough_for_nanoseconds(value: str, taken: bool) -> None:
    slots = {("", "conntime"): KvSlot("duration", (("duration", "duration"),))}
    found = kv.read([Token("", "conntime", value)], slots)
    assert found.slots == ({"duration": ("duration", int(value))} if taken else {})
    assert found.extras == ({} if taken else {"conntime": value})


@pytest.mark.parametrize(
    ("value", "member"),
    [("192.0.2.1", "ip"), ("2001:db8::1", "ip"), ("300.1.1.1", "hostname"), ("mail.example.com", "hostname")],
)
def test_an_address_is_an_ip_or_else_a_name(value: str, member: str) -> None:
    assert kv.read([Token("conn", "connsrcip", value)], SLOTS).slots == {"src": (member, value)}


def test_an_empty_value_is_no_second_one() -> None:
    assert read(("", "max_sessions", ""), ("", "max_sessions", "5")) == ({"max_sessions": 5}, {})


def test_the_first_key_of_a_slot_decides_even_where_its_value_is_refused() -> None:
    twice = read(("conn", "connsrcip", "a"), ("conn", "connsrcip", "b"), ("conn", "newconnsrcip", "192.0.2.2"))
    assert twice == ({}, {"connsrcip": ["a", "b"], "newconnsrcip": "192.0.2.2"})


# ---------------------------------------------------------------- what keys mean for a message

HEAD = "<1>1 2026-11-20T10:00:05Z 15c8cb06-465b-48b2-b7f7-b6c206e749dc FRAG : "
NATIVE = "[2026-11-20 10:00:00] EFW: FRAG: "


def decoded(line: str) -> Decoded:
    return matcher().decode(line, catalog().product("netdefend"))


def test_an_owned_key_without_a_slot_ends_the_message_and_stays_beside_the_fields() -> None:
    line = HEAD + "id=2000003 event=x [message=Out of resources. State: failed frags=3 fragid=7 ]"
    assert decoded(line).params == {
        "event_name": "x", "message": "Out of resources. State: failed", "frags": "3", "fragment_id": "7",
    }  # fmt: skip


def test_a_context_gives_a_field_to_a_key_that_is_owned_without_a_slot() -> None:
    """02400006 names the sender beside the packet: where both are printed, the packet's counts."""
    ends = catalog().product("netdefend").messages
    (own,) = (one.wordings[0].kv for one in ends if one.id == "02400006")
    assert own["srcip"] is None
    assert decoded(NATIVE + "id=02400006 srcip=192.0.2.10").params == {"src": "192.0.2.10"}
    line = HEAD + "id=2400006 [message=Sender srcip=192.0.2.10 ][ippacket srcip=192.0.2.10 ]"
    assert decoded(line).params == {"message": "Sender", "src": "192.0.2.10", "srcip": "192.0.2.10"}


@pytest.mark.parametrize("ident", ["id=02000099 ", "id=x7 ", ""])
def test_a_line_of_no_known_message_has_its_context_and_keeps_its_other_keys(ident: str) -> None:
    found = decoded(NATIVE + ident + "event=y rule=r recvif=wan srcip=192.0.2.10 destip=192.0.2.1 ipproto=TCP ttl=1")
    assert (found.status, found.params) == (
        "header_only",
        {
            "event_name": "y", "rule": "r", "src_interface": "wan", "src": "192.0.2.10", "dst": "192.0.2.1",
            "transport": "TCP", "ttl": "1",
        },
    )  # fmt: skip


def test_a_context_key_of_an_unknown_message_counts_in_its_bracket_and_any_key_ends_its_sentence() -> None:
    line = HEAD + "id=2000099 event=y [message=Some words srcip=203.0.113.66 frags=3 ][ippacket srcip=192.0.2.10 ]"
    assert decoded(line).params == {
        "event_name": "y", "message": "Some words", "srcip": "203.0.113.66", "frags": "3", "src": "192.0.2.10",
    }  # fmt: skip


def test_a_key_that_means_two_things_means_none_where_the_message_is_unknown() -> None:
    product = catalog().product("netdefend")
    other = Context(("alg", "conn"), {"algmod": ADDRESS, "connsrcip": product.context["connection"].keys["connsrcip"]})
    doubtful = replace(product, context={**product.context, "other": other})
    for bracketed, group in ((False, ""), (True, "alg")):
        slots = keys_of(doubtful, None, bracketed=bracketed).slots
        assert (group, "algmod") not in slots
        assert ("conn" if bracketed else "", "connsrcip") in slots
        assert (group, "algmod") in keys_of(product, None, bracketed=bracketed).slots
