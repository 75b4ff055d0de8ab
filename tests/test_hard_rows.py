"""The hard rows: lines whose values try to break the frame, by message, with what the device said in them."""

from __future__ import annotations

from typing import Any

import pytest

from postern.matcher import HEADER_ONLY, PARSED
from support.real import catalog, matcher

Params = dict[str, Any]
ASA_TAG = "<166>Nov 20 2026 10:00:00 asa-fw1 : %ASA-6-"
ESA_TAG = "Fri Nov 20 10:00:00 2026 Info: "
OUT6, IN4 = "outside:2001:db8::25/40112", "dmz:198.51.100.25/25"
FOREIGN = (
    "%ASA-6-302013: Built inbound TCP connection 1 for outside:203.0.113.66/1 (203.0.113.66/1) to dmz:192.0.2.1/25"
)


def check(product: str, line: str, key: str, params: Params) -> None:
    """The line gives this message and these values, whether its device is known or not."""
    for known in (catalog().product(product), None):
        decoded = matcher().decode(line, known)
        assert (decoded.status, decoded.message and decoded.message.key, decoded.params) == (
            PARSED,
            f"{product}.{key}",
            params,
        )


def ends(out: str = "src", inside: str = "dst", /, **more: object) -> Params:
    """The slots of the two ends that most lines here name."""
    return {
        f"{out}_interface": "outside", f"{out}_ip": "2001:db8::25", f"{out}_port": 40112,
        f"{inside}_interface": "dmz", f"{inside}_ip": "198.51.100.25", f"{inside}_port": 25, **more,
    }  # fmt: skip


# ---------------------------------------------------------------- ASA

DENY = {"transport": "tcp", "rule": "outside_in", "hash1": "0x8ed66b60", "hash2": "0x0"}
HIT = {
    "rule": "acl_in",
    "verdict_action": "denied",
    "transport": "udp",
    "hit_count": 7,
    "interval": 300,
}
BUILT = {"transport": "TCP", "connection_id": "4711"}
NAT = {"src_nat_ip": "2001:db8::25", "src_nat_port": 40112, "dst_nat_ip": "203.0.113.25", "dst_nat_port": 25}
NAT_OUT = {"dst_nat_ip": "2001:db8::25", "dst_nat_port": 40112, "src_nat_ip": "203.0.113.25", "src_nat_port": 25}
DOWN = {"transport": "TCP", "connection_id": "4711", "duration": 3723, "bytes": 0}
REPLAY = {"transport": "ESP", "spi": "0x1B86506B", "sequence": "0x28B", "src": "2001:db8::4", "dst": "198.51.100.1"}
ESMTP = {"policy_class": "ESMTP Classification", "verdict_action": "Dropped connection for", "smtp_side": "Request"}
RATES = {
    "rate_id": "1",
    "burst_rate": 8,
    "burst_limit": 10,
    "average_rate": 23,
    "average_limit": -4,
    "total_count": 14188,
}
RATE_TEXT = (
    "drop rate-1 exceeded. Current burst rate is 8 per second, max configured rate is 10; Current average rate is 23"
    " per second, max configured rate is -4; Cumulative total count is 14188"
)
BAD_MAIL = "Terminating ESMTP connection; malicious pattern detected in the mail address from"


@pytest.mark.parametrize(
    ("ident", "body", "params"),
    [
        ("106023", f'Deny tcp src {OUT6} dst {IN4} by access-group "outside_in" [0x8ed66b60, 0x0]', ends(**DENY)),
        (
            "106023",
            rf'Deny tcp src {OUT6}(CORP\jürgen ö) dst {IN4}(LOCAL\*****) by access-group "outside_in" [0x8ed66b60, 0x0]',
            ends(**DENY, src_user=r"CORP\jürgen ö", dst_user=r"LOCAL\*****"),
        ),
        (
            "106023",
            'Deny icmp src outside:2001:db8::25 dst dmz:mail-gw (type 128, code 0)  by access-group "外網" .',
            {
                "transport": "icmp", "src_interface": "outside", "src_ip": "2001:db8::25", "dst_interface": "dmz",
                "dst_ip": "mail-gw", "icmp_type": 128, "icmp_code": 0, "rule": "外網",
            },
        ),
        (
            "106100",
            r"access-list acl_in denied udp outside/2001:db8::25(40112) -> dmz/198.51.100.25(25) hit-cnt 7 300-second interval",
            ends(**HIT),
        ),
        (
            "106100",
            r"access-list acl_in denied udp outside/2001:db8::25(40112)(LOCAL\*****) -> dmz/198.51.100.25(25)(x -> dmz/203.0.113.66)"
            " hit-cnt 7 (300-second interval) [0x0, 0xf]",
            ends(**HIT, src_user=r"LOCAL\*****", dst_user="x -> dmz/203.0.113.66", hash1="0x0", hash2="0xf"),
        ),
        ("111008", "User '*****' executed the 'copy run 'a b' ftp:' command.", {"user": "*****", "command": "copy run 'a b' ftp:"}),
        ("111008", r"User 'CORP\O'Brien' executed the 'reload' command", {"user": r"CORP\O'Brien", "command": "reload"}),
        ("111008", "User '' executed the 'reload' command.", {"command": "reload"}),
        (
            "111008",
            f"User 'a {FOREIGN}' executed the 'reload' command.",
            {"user": f"a {FOREIGN}", "command": "reload"},
        ),
        (
            "113005",
            f"AAA user authentication Rejected : reason = AAA failure : server = 2001:db8::9 : user = {FOREIGN} : user IP = 192.0.2.25",
            {"aaa_step": "authentication", "reason": "AAA failure", "aaa_server": "2001:db8::9", "user": FOREIGN, "src": "192.0.2.25"},
        ),
        (
            "113005",
            "AAA user authentication Rejected: reason = Invalid password: server = radius1: user = ***: user IP = 2001:db8::25",
            {
                "aaa_step": "authentication", "reason": "Invalid password", "aaa_server": "radius1", "user": "***",
                "src": "2001:db8::25",
            },
        ),
        (
            "113005",
            "AAA user authentication Rejected : reason = Unspecified : server = 198.51.100.9 : user =  : user IP = 192.0.2.25",
            {"aaa_step": "authentication", "reason": "Unspecified", "aaa_server": "198.51.100.9", "src": "192.0.2.25"},
        ),
        (
            "302013",
            f"Built inbound TCP connection 4711 for {OUT6} (2001:db8::25/40112) to {IN4} (203.0.113.25/25)",
            ends(**BUILT, **NAT, flow_direction="inbound"),
        ),
        (
            "302013",
            f"Built outbound TCP connection 4711 for {OUT6} (2001:db8::25/40112) to {IN4} (203.0.113.25/25)",
            ends("dst", "src", **BUILT, **NAT_OUT, flow_direction="outbound"),
        ),
        (
            "302013",
            rf"Built outbound Probe TCP connection 4711 for {OUT6}(LOCAL\a b) (2001:db8::25/40112) to {IN4} (203.0.113.25/25)(Ö) (*****)",
            ends("dst", "src", **BUILT, **NAT_OUT, flow_direction="outbound", dst_user=r"LOCAL\a b", src_user="Ö", user="*****"),
        ),
        (
            "302013",
            f"Built inbound TCP connection 4711 for {OUT6} (2001:db8::25/40112) to {IN4} (203.0.113.25/25) (x to dmz:203.0.113.66/1)",
            ends(**BUILT, **NAT, flow_direction="inbound", user="x to dmz:203.0.113.66/1"),
        ),
        (
            "302014",
            rf"Teardown TCP connection 4711 for {OUT6}(CORP\bob) to {IN4} duration 1:02:03 bytes 0 TCP Reset-O from outside (böb)",
            ends(**DOWN, src_user=r"CORP\bob", reason="TCP Reset-O", initiator="outside", user="böb"),
        ),
        (
            "302014",
            f"Teardown TCP connection 4711 for {OUT6} to {IN4} duration 1:02:03 bytes 0 Flow closed by inspection (a, from inside)",
            ends(**DOWN, reason="Flow closed by inspection", user="a, from inside"),
        ),
        (
            "302020",
            "Built outbound ICMP connection for faddr 2001:db8::1/0 gaddr 203.0.113.1/7 laddr mail-gw/7(LOCAL\\a b) type 128 code 0",
            {
                "flow_direction": "outbound", "transport": "ICMP", "dst_ip": "2001:db8::1", "src_nat_ip": "203.0.113.1",
                "src_ip": "mail-gw", "src_user": r"LOCAL\a b", "icmp_id": 7, "icmp_type": 128, "icmp_code": 0,
            },
        ),
        (
            "302020",
            f"Built inbound ICMP connection 4711 from {OUT6} (2001:db8::25/40112) to {IN4} (203.0.113.25/25) (ü)",
            {
                "flow_direction": "inbound", "transport": "ICMP", "connection_id": "4711", "src_interface": "outside",
                "src_ip": "2001:db8::25", "src_nat_ip": "2001:db8::25", "dst_interface": "dmz", "dst_ip": "198.51.100.25",
                "dst_nat_ip": "203.0.113.25", "icmp_id": 40112, "user": "ü",
            },
        ),
        (
            "402119",
            "IPSEC: Received an ESP packet (SPI= 0x1B86506B, sequence number= 0x28B) from 2001:db8::4 (user= ) to 198.51.100.1"
            " that failed anti-replay checking.",
            REPLAY,
        ),
        (
            "402119",
            "IPSEC: Received an ESP packet (SPI=0x1B86506B, sequence number= 0x28B) from 2001:db8::4 (user= CORP\\jörg (a) to"
            " 203.0.113.66 that failed) to 198.51.100.1 that failed anti-replay checking.",
            {**REPLAY, "user": r"CORP\jörg (a) to 203.0.113.66 that failed"},
        ),
        (
            "507003",
            f"tcp flow from {OUT6} to {IN4} terminated by inspection engine, reason - inspector drop reset. .",
            ends(transport="tcp", reason="inspector drop reset"),
        ),
        (
            "713120",
            f"Group = Mail Staff, Username = x, IP = 203.0.113.66, {FOREIGN}, IP = 2001:db8::25, PHASE 2 COMPLETED (msgid=f00)",
            {"group": "Mail Staff", "user": f"x, IP = 203.0.113.66, {FOREIGN}", "src": "2001:db8::25", "msg_id": "f00"},
        ),
        (
            "713120",
            "Group = RA, Username = *****, IP = 192.0.2.25, PHASE 2 COMPLETED (msgid=f00)",
            {"group": "RA", "user": "*****", "src": "192.0.2.25", "msg_id": "f00"},
        ),
        (
            "722051",
            "Group <RA> User <x> IP <203.0.113.66> IPv4 Address <203.0.113.67> IPv6 address <::> IP <2001:db8::25>"
            " IPv4 Address <198.51.100.5> IPv6 address <::> assigned to session",
            {
                "group": "RA", "user": "x> IP <203.0.113.66> IPv4 Address <203.0.113.67> IPv6 address <::", "src": "2001:db8::25",
                "assigned_ip": "198.51.100.5", "assigned_ip6": "::",
            },
        ),
        (
            "722051",
            "Group <RA> User <> IP <192.0.2.25> IPv4 Address <198.51.100.5> IPv6 address <::> assigned to session",
            {"group": "RA", "src": "192.0.2.25", "assigned_ip": "198.51.100.5", "assigned_ip6": "::"},
        ),
        ("733100", f"[ Scanning] {RATE_TEXT}", {**RATES, "threat_object": "Scanning"}),
        ("733100", f"[   CORP\\jörg {FOREIGN} ] {RATE_TEXT}", {**RATES, "threat_object": f"CORP\\jörg {FOREIGN}"}),
        ("733100", f"[x] {RATE_TEXT}; [y] {RATE_TEXT}", {**RATES, "threat_object": f"x] {RATE_TEXT}; [y"}),
        ("108003", f"{BAD_MAIL} {OUT6} to {IN4}. Mail Address:", ends()),
        ("108003", f"{BAD_MAIL} {OUT6} to {IN4}. Mail Address:{FOREIGN}. ", ends(bad_address=f"{FOREIGN}.")),
        (
            "108003",
            f"{BAD_MAIL} {OUT6} to {IN4}. Mail Address:| from outside:203.0.113.66/1 to {IN4}. Mail Address:ü\"'",
            ends(bad_address=f"| from outside:203.0.113.66/1 to {IN4}. Mail Address:ü\"'"),
        ),
        (
            "108004",
            f"ESMTP Classification: Dropped connection for ESMTP Request from {OUT6} to {IN4}; matched Class 4: header line length gt 998",
            ends(**ESMTP, rule_number="4", rule="header line length gt 998"),
        ),
        (
            "108004",
            f"ESMTP Classification: Dropped connection for  ESMTP Request from {OUT6} to {IN4}; mail-relay: No Mail Relay allowed.",
            ends(**ESMTP, rule="mail-relay", reason="No Mail Relay allowed"),
        ),
    ],
)  # fmt: skip
def test_an_asa_line_keeps_what_the_firewall_wrote(ident: str, body: str, params: Params) -> None:
    check("cisco_asa", f"{ASA_TAG}{ident}: {body}", ident, params)


@pytest.mark.parametrize(
    ("ident", "body"),
    [
        ("106023", f'Deny tcp src {OUT6}(x dst dmz:203.0.113.66/1) dst {IN4} by access-group "outside_in" [0x8ed66b60, 0x0]'),
        ("302014", f"Teardown TCP connection 4711 for {OUT6}(x duration 9:00:00 bytes 9) to {IN4} duration 1:02:03 bytes 0"),
        ("305011", r"Built dynamic TCP translation from inside(nat_acl):2001:db8::7/1772(CORP\x to outside:203.0.113.66/1) to outside:203.0.113.44/8256"),
        ("106023", rf'Deny tcp src {OUT6}(x) dst dmz:203.0.113.66/1 (y) dst {IN4} by access-group "outside_in" [0x0, 0x0]'),
        ("106100", "access-list a denied udp outside/192.0.2.1(1)(x) -> dmz/203.0.113.66(1) (y) -> dmz/198.51.100.25(25) hit-cnt 7 first hit"),
        ("302013", f"Built inbound TCP connection 1 for {OUT6} (192.0.2.1/1)(x) to a:203.0.113.66/1 (203.0.113.66/1)(y) to {IN4} (203.0.113.25/25)"),
        ("302014", f"Teardown TCP connection 1 for {OUT6}(x) to dmz:203.0.113.66/1 (y) to {IN4} duration 0:00:01 bytes 1"),
        ("108004", f"ESMTP Classification: Dropped ESMTP Request from {OUT6} to"),
        ("302013", "Built inbound TCP connection 1 for outside:300.1.1.1/25 (192.0.2.1/1"),
    ],
)  # fmt: skip
def test_an_asa_line_that_cannot_be_read_safely_says_so(ident: str, body: str) -> None:
    decoded = matcher().decode(f"{ASA_TAG}{ident}: {body}")
    assert (decoded.status, decoded.ident, decoded.params, decoded.body) == (HEADER_ONLY, ident, {}, body)


# ---------------------------------------------------------------- ESA

NEW = {"icid": "77", "interface": "Data 2", "dst": "2001:db8:0:1::25", "src": "2001:db8::66"}
NEW_TEXT = "New SMTP ICID 77 interface Data 2 (2001:db8:0:1::25) address 2001:db8::66 reverse dns host"
AUTH = {"icid": "451", "result": "failed", "mechanism": "LOGIN", "profile": "IncomingAuthentication"}
AUTH_TEXT = "SMTP Auth: (ICID 451) failed for user:"
AUTH_TAIL = "using AUTH mechanism: LOGIN with profile: IncomingAuthentication"
GROUP = {"icid": "450", "verdict_action": "RELAY", "sender_group": "RELAY_SG"}
BOUNCE = {
    "dcid": "5640",
    "mid": "448",
    "rid": 0,
    "status_code": "5.1.0",
    "reason": "Unknown address error",
    "answer_code": 554,
}
BOUNCE_TEXT = "Bounced: DCID 5640 MID 448 to RID 0 - 5.1.0 - Unknown address error"
BROKEN = {"dcid": "1234", "dst": "2001:db8::25", "dst_port": 25, "src": "192.0.2.16", "reason": "network error"}
BROKEN_TEXT = "Connection Error: DCID: 1234 domain: example.com IP: 2001:db8::25 port: 25 details:"


@pytest.mark.parametrize(
    ("body", "key", "params"),
    [
        (f"{NEW_TEXT} mx.example.org verified yes", "icid_new", {**NEW, "src_host": "mx.example.org", "rdns_verified": "yes"}),
        (
            f"{NEW_TEXT} a verified yes) address 203.0.113.66 reverse dns host b verified no",
            "icid_new",
            {**NEW, "src_host": "a verified yes) address 203.0.113.66 reverse dns host b", "rdns_verified": "no"},
        ),
        (f"{NEW_TEXT} ''\"日本 {FOREIGN} verified no", "icid_new", {**NEW, "src_host": f"''\"日本 {FOREIGN}", "rdns_verified": "no"}),
        (
            "ICID 450 RELAY SG RELAY_SG match 2001:db8::/32 SBRS -10.0 country Côte d'Ivoire",
            "sender_group",
            {**GROUP, "sender_match": "2001:db8::/32", "sbrs": "-10.0", "sender_country": "Côte d'Ivoire"},
        ),
        ("ICID 450 RELAY SG RELAY_SG match  SBRs not enabled", "sender_group", {**GROUP, "sbrs": "not enabled"}),
        (
            "ICID 450 RELAY SG RELAY_SG match SBRS SBRS None SBRS rfc1918",
            "sender_group",
            {**GROUP, "sender_match": "SBRS SBRS None", "sbrs": "rfc1918"},
        ),
        (
            "MID 5 matched all recipients for per-recipient policy Größe in the outbound table in the inbound table",
            "policy_matched",
            {"mid": "5", "rule": "Größe in the outbound table", "mail_direction": "inbound"},
        ),
        ("MID 5 matched all recipients for per-recipient policy DEFAULT ", "policy_matched", {"mid": "5", "rule": "DEFAULT"}),
        (
            "MID 5 was split creating MID 6 due to a per-recipient policy Mail to MID 7",
            "policy_split",
            {"mid": "5", "related_mid": "6", "rule": "Mail to MID 7"},
        ),
        ("MID 5 interim verdict using engine: CASE spam negative", "engine_interim_verdict", {
            "mid": "5", "engine": "CASE", "verdict_type": "spam", "verdict": "negative",
        }),
        ("MID 5 antivirus negative ", "antivirus_verdict", {"mid": "5", "verdict": "negative"}),
        ("MID 5 antivirus positive 'a' (b) 'c' MID 6'", "antivirus_verdict", {
            "mid": "5", "verdict": "positive", "malware": "a' (b) 'c' MID 6",
        }),
        ("MID 5 Subject 'Message finished MID 1 done'", "subject", {"mid": "5", "subject": "Message finished MID 1 done"}),
        ("MID 5 Subject \"it's ICID 7 close\"", "subject", {"mid": "5", "subject": "it's ICID 7 close"}),
        ("MID 5 Subject ICID 7 close", "subject", {"mid": "5", "subject": "ICID 7 close"}),
        (r"MID 5 Subject 'a\'b \"c\" \\ d\r\n e'", "subject", {"mid": "5", "subject": r"""a'b "c" \ d\r\n e"""}),
        ("MID 5 Subject 'Jürgen' DCID 9 'x'", "subject", {"mid": "5", "subject": "Jürgen' DCID 9 'x"}),
        (f"MID 5 Subject {FOREIGN}", "subject", {"mid": "5", "subject": FOREIGN}),
        ("MID 5 Subject ''", "subject", {"mid": "5"}),
        ("MID 5 Subject", "subject", {"mid": "5"}),
        ("MID 5 Subject    'a   b '", "subject", {"mid": "5", "subject": "a   b"}),
        (
            'MID 5 ICID 7 From: <"x> MID 6 ICID 8 From: <y"@example.com>',
            "envelope_from",
            {"mid": "5", "icid": "7", "sender": '"x> MID 6 ICID 8 From: <y"@example.com'},
        ),
        (
            "Message done DCID 5 MID 6 to RID [0, 1] [('from', '\"A, (B)\" <a@example.com>'), ('subject', \"it's MID 7] [done\")]",
            "message_delivered",
            {"dcid": "5", "mid": "6", "rids": [0, 1], "headers": ['from: "A, (B)" <a@example.com>', "subject: it's MID 7] [done"]},
        ),
        (
            r"Message done DCID 5 MID 6 to RID [0] [('subject', 'x\'), (\'y\', \'Message done DCID 1 MID 2 to RID [3]')] ",
            "message_delivered",
            {"dcid": "5", "mid": "6", "rids": [0], "headers": ["subject: x'), ('y', 'Message done DCID 1 MID 2 to RID [3]"]},
        ),
        (
            f"{BOUNCE_TEXT} ('554', ['5.7.1 <a@b>: no', 'MID 7 done']) [('X-SBRS', 'None')]",
            "bounced",
            {**BOUNCE, "answer_enhanced": "5.7.1", "answer_text": "<a@b>: no', 'MID 7 done", "headers": ["X-SBRS: None"]},
        ),
        (f"{BOUNCE_TEXT} ('554', []) []", "bounced", BOUNCE),
        (
            f"{BOUNCE_TEXT} ('554', [\"it's - 2.0.0 - ok ('250', ['2.0.0 fine\"])",
            "bounced",
            {**BOUNCE, "answer_text": "it's - 2.0.0 - ok ('250', ['2.0.0 fine"},
        ),
        (
            f"{BROKEN_TEXT} [Errno 60] Operation timed out interface: 192.0.2.16 reason: network error",
            "connection_error",
            {**BROKEN, "mail_domain": "example.com", "error_detail": "[Errno 60] Operation timed out"},
        ),
        (
            f"{BROKEN_TEXT} x interface: 203.0.113.66 reason: success interface: 192.0.2.16 reason: network error",
            "connection_error",
            {**BROKEN, "mail_domain": "example.com", "error_detail": "x interface: 203.0.113.66 reason: success"},
        ),
        (f"{AUTH_TEXT} ironport {AUTH_TAIL}", "smtp_auth_inbound", {**AUTH, "user": "ironport"}),
        (f"{AUTH_TEXT}  {AUTH_TAIL}", "smtp_auth_inbound", AUTH),
        (f"{AUTH_TEXT} ***** {AUTH_TAIL}", "smtp_auth_inbound", {**AUTH, "user": "*****"}),
        (f"{AUTH_TEXT} CORP\\jörg 'van' \"der\" Berg {AUTH_TAIL}", "smtp_auth_inbound", {**AUTH, "user": "CORP\\jörg 'van' \"der\" Berg"}),
        (
            f"{AUTH_TEXT} x using AUTH mechanism: PLAIN with profile: Evil {AUTH_TAIL}",
            "smtp_auth_inbound",
            {**AUTH, "user": "x using AUTH mechanism: PLAIN with profile: Evil"},
        ),
        (
            f"{AUTH_TEXT} x using AUTH mechanism: PLAIN with profile: Evil\r\n{ESA_TAG}{AUTH_TEXT} y {AUTH_TAIL}",
            "smtp_auth_inbound",
            {**AUTH, "user": f"x using AUTH mechanism: PLAIN with profile: Evil\r\n{ESA_TAG}{AUTH_TEXT} y"},
        ),
        (
            "SMTP Auth (ICID 9) succeeded for user: SMTP Auth: (ICID 1) failed for user: a using AUTH mechanism: X with profile: b.c",
            "smtp_auth_inbound",
            {"icid": "9", "result": "succeeded", "user": "SMTP Auth: (ICID 1) failed for user: a", "mechanism": "X", "profile": "b.c"},
        ),
    ],
)  # fmt: skip
def test_an_esa_line_keeps_what_the_gateway_wrote(body: str, key: str, params: Params) -> None:
    check("cisco_esa", ESA_TAG + body, key, params)
    check("cisco_esa", f"<166>Nov 20 10:00:00 esa1 mail_logs: Info: {body}", key, params)


# ---------------------------------------------------------------- NetDefend

NATIVE = "prio=3 id=00200150 rev=1 event=max_smtp_sessions_reached action=close max_sessions=200 algmod=smtp"
REACHED = {
    "prio": 3, "revision": 1, "event_name": "max_smtp_sessions_reached", "gateway_action": "close", "max_sessions": 200,
    "alg_module": "smtp",
}  # fmt: skip
EXPORT = "id=200150 event=max_smtp_sessions_reached action=close"
SENTENCE = "SMTPALG: Maximum number of SMTP sessions (200) for service reached. Closing connection"
EXPORTED = {name: REACHED[name] for name in ("event_name", "gateway_action", "max_sessions", "alg_module")}
NATIVE_HEADS = [
    "[2026-11-20 10:00:00] EFW: ALG: ",
    "<132>[2026-11-20 10:00:00] EFW: ALG: ",
    "2026-11-20 10:00:03\tLocal0.Warning\t2001:db8::254\t[2026-11-20 10:00:02] EFW: ALG: ",
    "<132>Nov 20 10:00:03 dfl-860e EFW: ALG: ",
    "<132>Nov 20 10:00:04 dfl-860e [2026-11-20 10:00:03] EFW: ALG: ",
    "<132>1 2026-11-20T10:00:04Z dfl-860e EFW - - - ALG: ",
]
EXPORT_HEAD = "<1>1 2026-11-20T10:00:05Z 15c8cb06-465b-48b2-b7f7-b6c206e749dc ALG : "


@pytest.mark.parametrize("head", NATIVE_HEADS)
@pytest.mark.parametrize(
    ("body", "params"),
    [
        (NATIVE, REACHED),
        (f"{NATIVE} srcip=203.0.113.66", {**REACHED, "srcip": "203.0.113.66"}),
        (f"srcip=203.0.113.66 {NATIVE}", {**REACHED, "srcip": "203.0.113.66"}),
        (f'{NATIVE} algname="x srcip=203.0.113.66"', {**REACHED, "alg_name": "x srcip=203.0.113.66"}),
        (f"{NATIVE} algname=ü'x\"", {**REACHED, "alg_name": "ü'x\""}),
        (f"{NATIVE} max_sessions=1", {name: value for name, value in REACHED.items() if name != "max_sessions"} | {"max_sessions": ["200", "1"]}),
        (f"{NATIVE} id=00200151 id=00600005", REACHED),
    ],
)  # fmt: skip
def test_a_netdefend_line_in_a_native_layout_takes_no_injected_key(head: str, body: str, params: Params) -> None:
    decoded = matcher().decode(head + body)
    assert (decoded.message and decoded.message.key, decoded.params) == ("netdefend.00200150", params)


@pytest.mark.parametrize(
    ("body", "params"),
    [
        (f"{EXPORT} [message={SENTENCE} max_sessions=200 ]algmod=smtp", {**EXPORTED, "message": SENTENCE}),
        (f"{EXPORT} [message={SENTENCE} max_sessions=200 ][alg algmod=smtp ]", {**EXPORTED, "message": SENTENCE}),
        (
            f"{EXPORT} [message={SENTENCE} srcip=203.0.113.66 max_sessions=200 ]algmod=smtp",
            {**EXPORTED, "message": f"{SENTENCE} srcip=203.0.113.66"},
        ),
        (
            f"{EXPORT} [message={SENTENCE} max_sessions=200 ][alg algmod=smtp srcip=203.0.113.66 ][conn connsrcip=203.0.113.66 ]",
            {**EXPORTED, "message": SENTENCE, "srcip": "203.0.113.66", "connsrcip": "203.0.113.66"},
        ),
        (
            f"{EXPORT} [message={SENTENCE} ][alg algmod=smtp ][conn max_sessions=1 ]max_sessions=200",
            {**EXPORTED, "message": SENTENCE, "max_sessions": 200},
        ),
    ],
)
def test_a_netdefend_line_of_the_export_takes_no_injected_key(body: str, params: Params) -> None:
    decoded = matcher().decode(EXPORT_HEAD + body)
    assert (decoded.message and decoded.message.key, decoded.params) == ("netdefend.00200150", params)
