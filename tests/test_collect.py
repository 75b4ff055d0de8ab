"""`show service-policy inspect esmtp`, in the forms people paste it, becomes key-value lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from postern.collect import CollectError, parse_esmtp_counters

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HEAD = "2026-11-22T10:00:00Z asa-fw1 postern-counters: "
WHERE = "policy=global_policy class=inspection_default map=_default_esmtp_map"
EXPECTED = [
    f"{HEAD}counter=esmtp_inspect {WHERE} packets=104468 drop=0 reset_drop=0",
    f"{HEAD}counter=esmtp_mask_banner {WHERE} action=mask count=639",
    f'{HEAD}counter=esmtp_match {WHERE} match="cmd line length gt 512" action=drop-connection log=yes packets=0',
    f'{HEAD}counter=esmtp_match {WHERE} match="cmd RCPT count gt 100" action=drop-connection log=yes packets=0',
    f'{HEAD}counter=esmtp_match {WHERE} match="body line length gt 998" action=log log=yes packets=0',
    f'{HEAD}counter=esmtp_match {WHERE} match="header line length gt 998" action=drop-connection log=yes packets=41',
    f'{HEAD}counter=esmtp_match {WHERE} match="sender-address length gt 320" action=drop-connection log=yes packets=0',
    f'{HEAD}counter=esmtp_match {WHERE} match="MIME filename length gt 255" action=drop-connection log=yes packets=0',
    f'{HEAD}counter=esmtp_match {WHERE} match="ehlo-reply-parameter others" action=mask log=no packets=2555',
]

SEVERAL = """\
asa-fw1# show service-policy inspect esmtp

Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Inspect: dns preset_dns_map, packet 7, drop 1, reset-drop 0
        message-length maximum client auto, drop 0
      Inspect: esmtp, packet 15, lock fail 2, drop 4, reset-drop 3, 5-min-pkt-rate 0 pkts/sec, v6-fail-close 0
    Class-map: mail-out
      Inspect: esmtp out_map, packet 9, drop 1, reset-drop 0
        match not sender-address regex class "Partner's"
          reset, packet 5

Interface outside:
  Service-policy: outside_policy
    Class-map: mail-in
      Inspect: esmtp in_map, packet 3, drop 0, reset-drop 1
        match cmd verb ETRN VRFY
          mask log, packet 2
"""


def lines(text: str, device: str | None = "asa-fw1") -> list[str]:
    return list(parse_esmtp_counters(text, device, NOW))


def counters(*matches: str) -> str:
    return "Inspect: esmtp m, packet 1, drop 0, reset-drop 0\n" + "\n".join(matches)


def match_of(line: str) -> str:
    return line.partition(' match="')[2].partition('"')[0]


@pytest.mark.parametrize("name", ["esmtp_counters.txt", "esmtp_counters_seed.txt"])
def test_both_forms_of_the_text_give_the_same_lines(name: str) -> None:
    assert lines((FIXTURES / name).read_text(encoding="utf-8")) == EXPECTED


def test_carriage_returns_pager_marks_and_lost_indentation_change_nothing() -> None:
    text = (FIXTURES / "esmtp_counters.txt").read_text(encoding="utf-8")
    assert lines(text.replace("\n", "\r\n")) == EXPECTED
    assert lines("\n".join(line.lstrip() for line in text.splitlines())) == EXPECTED
    assert lines(text.replace("        match", "<--- More --->\r              \r        match")) == EXPECTED


def test_text_around_the_output_changes_nothing() -> None:
    text = (FIXTURES / "esmtp_counters_seed.txt").read_text(encoding="utf-8")
    around = f"asa# show service-policy inspect esmtp\n{text}\nclass-map ironport_esa\nmatch address esa_internal\n"
    assert lines(around) == EXPECTED


def test_several_policies_classes_and_maps_keep_their_names() -> None:
    partners = "not sender-address regex class 'Partner's'"
    mail_out = "policy=global_policy class=mail-out map=out_map"
    outside = "interface=outside policy=outside_policy class=mail-in map=in_map"
    assert [line.removeprefix(HEAD) for line in lines(SEVERAL)] == [
        "counter=esmtp_inspect policy=global_policy class=inspection_default map=- packets=15 drop=4 reset_drop=3",
        f"counter=esmtp_inspect {mail_out} packets=9 drop=1 reset_drop=0",
        f'counter=esmtp_match {mail_out} match="{partners}" action=reset log=no packets=5',
        f"counter=esmtp_inspect {outside} packets=3 drop=0 reset_drop=1",
        f'counter=esmtp_match {outside} match="cmd verb ETRN VRFY" action=mask log=yes packets=2',
    ]


@pytest.mark.parametrize(
    ("clause", "kept"),
    [
        ("header to-fields count gt 50 deny list bombs", "header to-fields count gt 50"),
        ("invalid-recipients count gt 10 slow harvesting", "invalid-recipients count gt 10"),
        ("not body length lt 40 tiny messages", "not body length lt 40"),
        ("MIME encoding base64 others obfuscated parts", "MIME encoding base64 others"),
        ("MIME filetype regex class bad_types drop them", "MIME filetype regex class bad_types"),
        ("ehlo-reply-parameter size auth hide the rest", "ehlo-reply-parameter size auth"),
        ("cmd verb AUTH VRFY deny both", "cmd verb AUTH VRFY"),
        ("a clause of a later release 5", "a clause of a later release 5"),
    ],
)
def test_an_explanation_after_a_clause_is_cut_and_an_unknown_clause_kept(clause: str, kept: str) -> None:
    assert match_of(lines(counters(f"match {clause}", "more explanation", "drop log, packet 5"))[1]) == kept


@pytest.mark.parametrize(
    ("action", "pairs"),
    [
        ("drop-connection, packet 1", "action=drop-connection log=no packets=1"),
        ("drop-connection send-protocol-error log, packet 2", "action=drop-connection log=yes packets=2"),
        ("drop log, packet 3", "action=drop log=yes packets=3"),
        ("reset log, packet 4", "action=reset log=yes packets=4"),
        ("mask log, packet 5", "action=mask log=yes packets=5"),
        ("log, packet 6 and what it means", "action=log log=yes packets=6"),
        ("rate-limit 10, packet 7", "action=rate-limit log=no packets=7"),
    ],
)
def test_every_action_is_read_with_and_without_log(action: str, pairs: str) -> None:
    assert lines(counters("match body length gt 9", action))[1].endswith(f' match="body length gt 9" {pairs}')


def test_the_time_is_utc_and_an_unknown_device_left_out() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    (line,) = parse_esmtp_counters(counters(), None, now)
    assert line.startswith("2026-11-22T10:00:00Z postern-counters: counter=esmtp_inspect policy=- class=- map=m ")


@pytest.mark.parametrize("text", ["", "\n\n", "Global policy:\n", "Inspect: dns d, packet 1, drop 0\nmatch x\n"])
def test_a_text_without_esmtp_inspection_says_what_to_give(text: str) -> None:
    with pytest.raises(CollectError, match=r"line 1: .*: no 'Inspect: esmtp' in this text; give the whole output"):
        parse_esmtp_counters(text, "asa-fw1", NOW)


@pytest.mark.parametrize("rest", ["", "match body length gt 9\nlog, packet 1\n", "Class-map: next\n"])
def test_a_match_without_its_counter_names_its_line(rest: str) -> None:
    with pytest.raises(CollectError, match="give the whole output of the command") as caught:
        parse_esmtp_counters(counters("match cmd line length gt 512 deny", rest), "asa-fw1", NOW)
    assert (caught.value.line_number, caught.value.text) == (2, "match cmd line length gt 512 deny")


def test_a_device_name_that_would_break_the_line_is_refused() -> None:
    with pytest.raises(CollectError, match=r"^'asa fw1\\nx': a device name is a host name"):
        parse_esmtp_counters(counters(), "asa fw1\nx", NOW)
