"""What the saved searches find in the stories, whichever engine is asked; and lines that put harder questions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from postern.casts import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

RECEIVED = "2026-11-20T10:05:00Z"
"""When all these lines are said to have been received."""
DAY = "2026-11-20T"

LOST = {
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
"""The trace, without `why`, of a message whose connection was lost."""

GIVEN_UP = {
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
"""The trace, without `why`, of a message that its sender gave up."""

DELIVERED = {
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
"""The trace of a delivered message."""

BOUNCED = {
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
"""The trace, without `why`, of a message that bounced."""

OUTCOMES = {
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
"""Of each message of the stories: outcome, peer, server."""

FAILED_MOST = {
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
"""The address with most failed logins, which comes first."""

FAILED = {
    ("203.0.113.77", "inbound"): (8, FAILED_MOST["users"], None),
    ("2001:db8:bad::5", "inbound"): (3, "alice", None),
    ("-", "inbound"): (1, "alice", None),
    ("172.16.155.102", "inbound"): (1, "ironport", None),
    ("172.16.155.102", "outbound"): (1, None, 535),
    ("198.51.100.111", "outbound"): (1, None, 535),
}
"""Of each address and direction: failed logins, users, answers."""

ABORTED = [
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
"""Mail aborted beside ESMTP inspection."""

LONG = [
    "Thu Oct 15 10:00:00 2026 Info: Start MID 90001 ICID 90002",
    "Fri Nov 20 10:00:00 2026 Info: Message finished MID 90001 done",
]
"""A message that stayed in a quarantine for 36 days."""
LONG_MS = 36 * 24 * 3600 * 1000

_TIMES = frozenset({"start", "end", "first_seen", "last_seen", "first_abort"})
_WHOLE = frozenset({
    "receiving_ms", "delivery_ms", "total_ms", "server_port", "failures", "user_count", "answers", "events",
})  # fmt: skip
_SECONDS = frozenset({"seconds_first", "seconds_last"})


def typed(row: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """A row of Splunk, where all is text, as Elasticsearch writes it."""
    return {
        column: [_typed(column, one) for one in value] if isinstance(value, list) else _typed(column, value)
        for column, value in row.items()
    }


def _typed(column: str, value: str) -> str | float:
    if column in _TIMES:
        return iso(datetime.fromtimestamp(float(value), UTC))
    if column in _WHOLE:
        return int(value)
    return float(value) if column in _SECONDS else value


def settled(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose lists are sorted, without its empty columns: some columns have no order of their own."""
    return {
        column: sorted(value) if isinstance(value, list) else value
        for column, value in row.items()
        if value is not None
    }


def _esa(device: str, *lines: str) -> list[str]:
    """Lines `hh:mm:ss text` of a mail gateway."""
    return [f"<166>Nov 20 {line[:8]} {device} mail_logs: Info: {line[9:]}" for line in lines]


def _asa(device: str, *lines: str) -> list[str]:
    """Lines `hh:mm:ss -level-id: text` of a firewall."""
    return [f"<164>Nov 20 2026 {line[:8]} {device} : %ASA{line[9:]}" for line in lines]


def _drop(time: str, peer: str, port: int, server: str = "192.0.2.25") -> str:
    """An inspection event that names a peer."""
    return (
        f"{time} -4-108004: ESMTP Classification: Dropped connection for ESMTP Request from outside:{peer}/{port} "
        f"to dmz:{server}/25; matched Class 4: header line length gt 998"
    )


HARD = [
    # two recipients by two connections, one accepted, one refused; the same numbers as on another gateway
    *_esa(
        "esa2",
        "08:00:00 New SMTP ICID 9001 interface Data 1 (192.0.2.25) address 198.51.100.21 reverse dns host unknown verified no",
        "08:00:00 Start MID 8001 ICID 9001",
        "08:00:01 MID 8001 ICID 9001 From: <erin@example.org>",
        "08:00:01 MID 8001 ICID 9001 RID 0 To: <bob@example.com>",
        "08:00:01 MID 8001 ICID 9001 RID 1 To: <carol@example.com>",
        "08:00:01 MID 8001 ICID 9001 To: <nobody@example.com> Rejected by LDAPACCEPT",
        "08:00:02 MID 8001 ready 900 bytes from <erin@example.org>",
        "08:00:02 MID 8001 queued for delivery",
        "08:00:03 New SMTP DCID 9001 interface 192.0.2.26 address 198.51.100.110 port 25",
        "08:00:03 New SMTP DCID 9010 interface 192.0.2.26 address 198.51.100.109 port 26",
        "08:00:03 Delivery start DCID 9001 MID 8001 to RID [0]",
        "08:00:04 Delivery start DCID 9010 MID 8001 to RID [1]",
        "08:00:04 Message done DCID 9001 MID 8001 to RID [0]",
        "08:00:05 Bounced: DCID 9010 MID 8001 to RID 1 - Bounced by destination server with response: 5.1.0 - Unknown "
        "address error ('554', ['5.7.1 <carol@example.com>: no; connection lost'])",
        "08:00:05 Message finished MID 8001 done",
    ),
    # one connection, two messages: rewritten, split, waiting; and a delivery of three recipients at once
    *_esa(
        "esa2",
        "08:10:00 New SMTP ICID 9101 interface Data 1 (192.0.2.25) address 2001:db8::21 reverse dns host mx.example.org verified yes",
        "08:10:00 Start MID 8101 ICID 9101",
        "08:10:01 MID 8101 ICID 9101 From: <frank@example.org>",
        "08:10:01 MID 8101 ICID 9101 RID 0 To: <bob@example.com>",
        "08:10:02 MID 8101 rewritten to MID 8102 by antivirus",
        "08:10:02 Message finished MID 8101 done",
        "08:10:03 MID 8102 was split creating MID 8103 due to a per-recipient policy partners",
        "08:10:04 Start MID 8104 ICID 9101",
        "08:10:04 MID 8104 ICID 9101 From: <grace@example.org>",
        "08:10:04 MID 8104 ICID 9101 RID 0 To: <a@example.com>",
        "08:10:04 MID 8104 ICID 9101 RID 1 To: <b@example.com>",
        "08:10:04 MID 8104 ICID 9101 RID 2 To: <c@example.com>",
        "08:10:05 MID 8104 queued for delivery",
        "08:10:06 New SMTP DCID 9102 interface 192.0.2.26 address 198.51.100.110 port 25",
        "08:10:06 Delivery start DCID 9102 MID 8104 to RID [0, 1]",
        "08:10:07 Message done DCID 9102 MID 8104 to RID [0, 1]",
        "08:10:08 Delayed: DCID 9102 MID 8104 to RID 2 - 4.1.0 - Unknown address error ('450', ['4.2.0 try again'])",
        "08:10:09 ICID 9101 lost",
    ),
    # kept, let go, dropped
    *_esa(
        "esa2",
        '08:20:00 MID 8201 quarantined to "Policy" (content filter:exe)',
        '08:20:01 MID 8202 quarantined to "Policy" (content filter:exe)',
        '08:20:09 MID 8202 released from quarantine "Policy" (manual) t=8',
        "08:20:10 Message done DCID 9102 MID 8202 to RID [0]",
        "08:20:11 Message aborted MID 8203 Dropped by filter 'no exe'",
        "08:20:12 MID 8204 was bounced by content filter 'no exe' in the outbound table",
        '08:20:13 MID 8205 quarantined to "Policy" (content filter:exe)',
        '08:20:14 MID 8205 released from quarantine "Policy" (manual) t=1',
        "08:20:15 Message finished MID 8205 done",
    ),
    # ended without a word of it; delivered twice to one recipient; only the last line of an abort, by a lost connection
    *_esa(
        "esa2",
        "08:25:00 MID 8251 ICID 9251 RID 0 To: <a@example.com>",
        "08:25:00 MID 8251 ICID 9251 RID 1 To: <b@example.com>",
        "08:25:01 Message done DCID 9252 MID 8251 to RID [0, 1]",
        "08:25:02 MID 8252 ICID 9251 RID 0 To: <a@example.com>",
        "08:25:02 MID 8252 ICID 9251 RID 1 To: <b@example.com>",
        "08:25:03 Message done DCID 9252 MID 8252 to RID [0]",
        "08:25:04 Message done DCID 9252 MID 8252 to RID [0]",
        "08:25:05 MID 8253 ICID 9251 RID 0 To: <a@example.com>",
        "08:25:06 MID 8253 ICID 9251 RID 0 To: <b@example.com>",
        "08:25:07 Message done DCID 9252 MID 8253 to RID [0]",
        "08:25:07 MID 8255 ICID 9251 RID 0 To: <a@example.com>",
        "08:25:08 Bounced: DCID 9252 MID 8255 to RID 0 - 5.1.0 - Unknown address error ('550', ['5.1.1 no'])",
        "08:25:08 Start MID 8254 ICID 9253",
        "08:25:09 ICID 9253 lost",
        "08:25:10 Message finished MID 8254 aborted",
    ),
    # numbers that came back after a restart
    *_esa(
        "esa2",
        "08:26:00 New SMTP ICID 9261 interface Data 1 (192.0.2.25) address 2001:db8::61 reverse dns host a.example.org verified yes",
        "08:26:00 SMTP Auth: (ICID 9261) succeeded for user: alice using AUTH mechanism: LOGIN with profile: In",
        "08:26:00 New SMTP ICID 9261 interface Data 1 (192.0.2.25) address 198.51.100.62 reverse dns host b.example.org verified yes",
        "08:26:01 SMTP Auth: (ICID 9261) failed for user: bob using AUTH mechanism: LOGIN with profile: In",
        "08:26:01 New SMTP ICID 9262 interface Data 1 (192.0.2.25) address 198.51.100.63 reverse dns host unknown verified no",
        "08:26:02 MID 8261 ICID 9261 From: <heidi@example.org>",
        "08:26:02 MID 8261 Subject 'one'",
        "08:26:03 MID 8261 ICID 9262 From: <ivan@example.org>",
        "08:26:03 MID 8261 Subject 'two'",
        "08:26:04 New SMTP DCID 9263 interface 192.0.2.26 address 2001:db8::64 port 25",
        "08:26:04 DCID: 9263 IP: 2001:db8::64 SMTP authentication using the profile Out succeeded.",
        "08:26:05 DCID: 9263 IP: 2001:db8::64 SMTP authentication using the profile Out failed: ('535', ['5.7.8 no'])",
        "08:26:06 DCID: 9263 IP: 2001:db8::64 SMTP authentication using the profile Out failed: ('454', ['4.7.0 no'])",
        "08:26:07 New SMTP DCID 9263 interface 192.0.2.26 address 198.51.100.64 port 587",
        "08:26:08 Delivery start DCID 9263 MID 8261 to RID [0]",
        "08:26:08 Message aborted MID 8262 Receiving aborted",
        "08:26:08 Start MID 8262 ICID 9261",
        "08:26:09 Bounced: DCID 9263 MID 8261 to RID 0 - 5.4.7 - Delivery expired (message too old) ('000', ['timeout'])",
    ),
    # outsiders write what the searches build: places, packed events, reasons
    *_esa(
        "esa2",
        "08:30:00 New SMTP ICID 9301 interface Data 1 (192.0.2.25) address 203.0.113.99 reverse dns host in.9001 verified no",
        "08:30:00 Start MID 8301 ICID 9301",
        "08:30:01 MID 8301 ICID 9301 From: <in 9001@example.org>",
        "08:30:01 MID 8301 ICID 9301 RID 0 To: <message 8001@example.com>",
        "08:30:02 MID 8301 Subject 'message 8001; connection lost'",
        "08:30:03 Message aborted MID 8301 Receiving aborted",
        "08:30:04 SMTP Auth: (ICID 9301) failed for user: 1795161600000 8001 esa1 using AUTH mechanism: LOGIN with profile: In",
        "08:30:05 SMTP Auth: (ICID 9301) failed for user: DCID 9001 using AUTH mechanism: LOGIN with profile: In",
    ),
    # aborted beside inspection: events of one moment, of several firewalls, at both ends, just outside the time
    *_esa(
        "esa2",
        "08:40:00 New SMTP ICID 9401 interface Data 1 (192.0.2.25) address 203.0.113.50 reverse dns host unknown verified no",
        "08:40:00 Start MID 8401 ICID 9401",
        "08:40:00 Start MID 8402 ICID 9401",
        "08:40:10 Message aborted MID 8401 Receiving aborted",
        "08:40:40 Message aborted MID 8402 Receiving aborted by sender",
    ),
    *_esa("esa3", "08:41:00 Start MID 8401 ICID 9401", "08:41:01 Message aborted MID 8401 Receiving aborted"),
    *_asa(
        "asa-fw1",
        _drop("08:38:10", "203.0.113.50", 40001),
        _drop("08:38:09", "203.0.113.50", 40002),
        _drop("08:40:05", "203.0.113.50", 40003),
        _drop("08:40:05", "203.0.113.50", 40003),
        _drop("08:40:05", "203.0.113.50", 40004, "192.0.2.24"),
        _drop("08:42:40", "203.0.113.50", 40005),
        _drop("08:42:41", "203.0.113.50", 40006),
    ),
    *_asa("asa-fw2", _drop("08:40:05", "192.0.2.25", 25, "203.0.113.50"), _drop("08:40:06", "203.0.113.51", 40007)),
    # every code; a peer known by IPv6; a gateway without a name; names of hosts; one event beside the aborts of two gateways
    *_esa(
        "esa2",
        "08:50:00 New SMTP ICID 9501 interface Data 1 (192.0.2.25) address 203.0.113.60 reverse dns host unknown verified no",
        "08:50:00 Start MID 8501 ICID 9501",
        "08:50:01 Message aborted MID 8501 Receiving aborted",
        "08:50:02 New SMTP ICID 9502 interface Data 1 (192.0.2.25) address 2001:db8::60 reverse dns host unknown verified no",
        "08:50:02 Start MID 8502 ICID 9502",
        "08:50:03 Message aborted MID 8502 Receiving aborted",
        "08:50:05 Message aborted MID 8502 Receiving aborted by sender",
        "08:52:00 New SMTP ICID 9503 interface Data 1 (192.0.2.25) address 203.0.113.61 reverse dns host unknown verified no",
        "08:52:00 Start MID 8503 ICID 9503",
        "08:52:30 Message aborted MID 8503 Receiving aborted",
    ),
    *_esa(
        "esa3",
        "08:52:00 New SMTP ICID 9503 interface Data 1 (192.0.2.25) address 203.0.113.61 reverse dns host unknown verified no",
        "08:52:00 Start MID 8504 ICID 9503",
        "08:52:10 Message aborted MID 8504 Receiving aborted",
    ),
    "Fri Nov 20 08:54:00 2026 Info: New SMTP ICID 9504 interface Data 1 (192.0.2.25) address 203.0.113.62 reverse dns host unknown verified no",
    "Fri Nov 20 08:54:00 2026 Info: Start MID 8505 ICID 9504",
    "Fri Nov 20 08:54:01 2026 Info: Message aborted MID 8505 Receiving aborted",
    *_asa(
        "asa-fw1",
        "08:50:00 -2-108002: SMTP replaced @: out 203.0.113.60 in 198.51.100.25 data: a<b@example.net",
        "08:50:00 -2-108003: Terminating ESMTP connection; malicious pattern detected in the mail address from "
        "outside:203.0.113.60/40112 to dmz:192.0.2.25/25. Mail Address:|x@example.net",
        "08:50:00 -6-108005: ESMTP Classification: Received ESMTP Request from outside:203.0.113.60/49536 to "
        "dmz:192.0.2.25/25; matched Class 3: body line length gt 998",
        "08:50:00 -7-108006: Detected ESMTP size violation from outside:203.0.113.60/40112 to dmz:mailhost/25; "
        "declared size is: 1024, actual size is 4096",
        "08:50:00 -6-108007: TLS started on ESMTP session between client outside:203.0.113.60/40112 and server "
        "dmz:192.0.2.25/25",
        _drop("08:50:00", "2001:db8::60", 40112),
        _drop("08:52:20", "203.0.113.61", 25, "203.0.113.61"),
        _drop("08:54:00", "203.0.113.62", 40113),
        _drop("08:26:08", "2001:db8::61", 40114),
        _drop("08:26:08", "198.51.100.62", 40115),
        "08:55:00 -6-719024: Email Proxy piggyback auth fail: session = 0x7f3a10c8 user=alice addr=mailhost",
    ),
]
"""Messages and attempts of every kind, with texts of outsiders that imitate what the searches build."""
