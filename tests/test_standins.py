"""Drafts tell nothing of the site whose lines they were made of, and guess slots from what lines have in common."""

from __future__ import annotations

import re

import pytest

from postern import draft
from postern.guess import VALUE, varying
from postern.standins import StandIns, disguised
from support.corpus import every_line
from support.real import ROOT, catalog, matcher

MARK = "<*>"


def drafted(line: str, template: str = "") -> str:
    """The draft of a line, as it is shown."""
    like = (template, MARK) if template else None
    return "\n".join(draft.listing(draft.draft(matcher().decode(line), matcher(), ROOT / "catalog", like=like)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from 10.20.30.40 to 10.1.1.9 and 10.20.30.40", "from 192.0.2.10 to 198.51.100.10 and 192.0.2.10"),
        ("outside:10.1.1.9/25, (172.16.1.2/443), 10.0.0.0/8", "outside:192.0.2.10/25, (198.51.100.10/443), 203.0.113.10/8"),
        ("fd00:1234::9 and fe80::1 to 2a02:26f0::5/443", "2001:db8::1 and 2001:db8::2 to 2001:db8::3/443"),
        ("mask 255.255.255.0, 0.0.0.0, ::1, 127.0.0.1", "mask 255.255.255.0, 0.0.0.0, ::1, 127.0.0.1"),
        ("192.0.2.7 198.51.100.9 203.0.113.1 2001:db8::5", "192.0.2.7 198.51.100.9 203.0.113.1 2001:db8::5"),
        ("OID 1.3.6.1.4.1 version 9.16(4)", "OID 1.3.6.1.4.1 version 9.16(4)"),
        ("<jane.roe@corp.acme.com> to <a@example.org>", "<alice@example.com> to <a@example.org>"),
        ("on mx1.acme.com, mx2.acme.com, mx1.acme.com", "on host1.example.com, host2.example.com, host1.example.com"),
        ("at mail.example.com or localhost, file report.pdf", "at mail.example.com or localhost, file report.pdf"),
        ("url https://jdoe:pw@portal.acme.com:8443/x?user=jdoe", "url https://www1.example.com/"),
        (r"user CORP\jdoe, User <ann>, Username = bob", r"user EXAMPLE\alice, User <bob>, Username = carol"),
        ("user ***** and user unknown", "user ***** and user unknown"),
        ("user authentication failed for user x", "user authentication failed for user alice"),
        ("user 'jane roe' via 'jane roe'", "user 'alice' via 'jane roe'"),
        ("Subject 'Offer for Acme' file \"a b.doc\"", "Subject 'report of the' file \"report of\""),
        ('rule "from 10.1.2.3"', 'rule "from 192.0.2.10"'),
        ("MAC 0050.56a1.2b3c, 00:50:56:a1:2b:3c", "MAC 0000.5e00.5301, 00:00:5e:00:53:02"),
        ('username=jdoe srcip=10.1.2.3 srcusername="ann"', 'username=alice srcip=192.0.2.10 srcusername="bob"'),
    ],
)  # fmt: skip
def test_what_tells_of_a_site_has_a_stand_in(text: str, shown: str) -> None:
    assert StandIns().text(text) == shown
    assert StandIns().text(shown) == shown or "user" in shown or "Subject" in shown


def test_many_addresses_stay_different() -> None:
    given = [f"10.{n // 250}.{n % 250}.7" for n in range(700)]
    shown = StandIns().text(" ".join(given)).split()
    assert len(set(shown)) == len(shown)
    assert all(one.startswith(("192.0.2.", "198.51.100.", "203.0.113.")) for one in shown)


@pytest.mark.parametrize(
    ("line", "private"),
    [
        ("<166>Nov 20 2026 10:00:00 fw-muc-01 : %ASA-3-999001: Denied from outside:10.2.3.4/44 to dmz:10.1.5.2/25", ["fw-muc", "10."]),
        ("Nov 20 10:00:00 gw.acme.com %ASA-6-999002: Session of user jdoe from 10.9.8.7 on mx1.acme.com", ["acme", "jdoe", "10.9"]),
        ("Nov 20 10:00:00 esa-muc mail_logs[9]: Info: MID 7 was parked by robot 3 from <jane@acme.com>", ["esa-muc", "acme"]),
        ("Sep  1 13:04:04 gw-muc EFW: CONN: prio=2 id=06009999 rev=1 event=odd connsrcip=10.1.1.9 username=jdoe", ["gw-muc", "10.", "jdoe"]),
    ],
)  # fmt: skip
def test_a_draft_tells_nothing_of_the_site(line: str, private: list[str]) -> None:
    text = drafted(line)
    assert "are stand-ins" in text
    assert not [one for one in private if one in text]
    assert "would say" not in text


def test_a_line_that_stand_ins_would_make_another_is_shown_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StandIns, "text", lambda _, text: text.replace("999001", "719022"))
    assert "as they came, for with stand-ins" in drafted("%ASA-3-999001: Denied from 10.2.3.4")


def test_disguised_lines_are_read_alike() -> None:
    cut = [line[: len(line) * 3 // 4] for line in every_line(catalog())[::7]]
    for decoded in map(matcher().decode, cut):
        if decoded.status == "header_only" and (shown := disguised(decoded, matcher())):
            assert (shown.product, shown.ident, shown.status) == (decoded.product, decoded.ident, decoded.status)


def test_words_that_vary_between_lines_are_slots() -> None:
    line = "%ASA-4-999001: Object 10.0.0.7 was shunned for 60 seconds by guard, in zone (dmz)."
    template = "Object <#> was <*> for <#> seconds by <*> in zone <*>"
    text = drafted(line, template)
    assert "by {object_name:word}, in zone ({attribute:word})" in text
    assert "was {value:word} for {elapsed_seconds} seconds" in text
    assert "{value" not in drafted(line)
    assert varying("a b", "a <*> c", MARK) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Group <Staff> User <ann> IP <10.4.5.6> gone", "Group <{group:group_name}> User <{user}> IP <{src}> gone"),
        ("Interface x, MAC 0050.56a1.2b3c, 91 percent", "Interface x, MAC {mac}, {percent} percent"),
        ("connects to server 10.1.2.3 on mx.acme.com", "connects to server {server} on {dst_host}"),
        ("sent to mx.acme.com/25 via SMTP", "sent to {dst_host}/{server_port} via SMTP"),
        ("fetches https://a.acme.com/x now", "fetches {url} now"),
        ("AAA user authentication Rejected", "AAA user authentication Rejected"),
    ],
)
def test_values_become_slots_by_what_stands_beside_them(body: str, text: str) -> None:
    assert f"text: '{text}'" in drafted(f"%ASA-4-999001: {body}")


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "1." * 50_000, "a." * 50_000, ":" * 100_000, "user " * 20_000, "'" * 99_999]
)
def test_no_line_takes_long_to_look_at(text: str) -> None:
    assert len(re.findall(VALUE, text[:4_000])) >= 0
    assert StandIns().text(text[:4_000])
