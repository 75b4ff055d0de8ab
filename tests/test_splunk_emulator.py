"""The Splunk emulator: every trap of Splunk's configuration is one test whose name is its sentence."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from splunk_emulator import App, Emulator, Event, SearchFailedError, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[..., Emulator]

CLOCK = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
INDEXED = "SHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\nKV_MODE = none\n"


def write_app(root: Path, name: str, files: dict[str, str]) -> App:
    """An app on disk; file names without a folder go to default/."""
    for file, text in files.items():
        path = root / name / (file if "/" in file else f"default/{file}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(textwrap.dedent(text).encode())
    return App(root / name)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Make an emulator from the text of props.conf, transforms.conf and other files of one app."""

    def make(props: str = "", transforms: str = "", **files: str) -> Emulator:
        given = {"props.conf": props, "transforms.conf": transforms}
        given |= {
            name.replace("__", "/").replace("_conf", ".conf").replace("_csv", ".csv"): t for name, t in files.items()
        }
        return Emulator([write_app(tmp_path, "app", given)], CLOCK)

    return make


def stanza(*lines: str, sourcetype: str = "st") -> str:
    """A stanza that indexes one event a line at the clock's time and extracts nothing by itself."""
    return f"[{sourcetype}]\n{INDEXED}" + "\n".join(lines) + "\n"


def found(emulator: Emulator, raw: str, sourcetype: str = "st") -> dict[str, str | list[str]]:
    """What a search extracts from one event."""
    return emulator.search(Event(raw, sourcetype)).extracted


def raws(emulator: Emulator, data: bytes, sourcetype: str = "st") -> list[str]:
    """The text of the events that bytes become."""
    return [event.raw for event in emulator.index(data, sourcetype)]


def problems(emulator: Emulator, kind: str) -> str:
    """All faults of a kind as one text."""
    return "\n".join(f"{fault.where}: {fault.problem}" for fault in emulator.faults.of(kind))


# --- files ---


def test_a_backslash_continues_a_line_and_keeps_the_line_feed(build: Build) -> None:
    emulator = build('[st]\nEVAL-a = "x" \\\n  . "y"\nEVAL-b = "one \\\n two"\n')
    assert found(emulator, "-") == {"a": "xy", "b": "one \n two"}


def test_a_blank_after_the_backslash_does_not_continue_the_line(build: Build) -> None:
    emulator = build('[st]\nEVAL-a = "x" \\ \nnext\n')
    assert "blank after the backslash" in problems(emulator, "conf")


def test_of_two_equal_keys_in_a_file_the_later_wins_and_is_a_fault(build: Build) -> None:
    emulator = build('[st]\nEVAL-a = "1"\nEVAL-a = "2"\n')
    assert found(emulator, "-") == {"a": "2"}
    assert "EVAL-a: the key stands twice" in problems(emulator, "conf")


def test_two_stanzas_of_one_name_are_merged_and_a_fault(build: Build) -> None:
    emulator = build('[st]\nEVAL-a = "1"\n[st]\nEVAL-b = "2"\n')
    assert found(emulator, "-") == {"a": "1", "b": "2"}
    assert "the stanza stands twice" in problems(emulator, "conf")


def test_a_comment_begins_only_at_the_beginning_of_a_line(build: Build) -> None:
    emulator = build('# one\n[st]\n  # two\nEVAL-a = "x # three"\n')
    assert found(emulator, "-") == {"a": "x # three"}


def test_a_line_that_is_no_setting_is_a_fault(build: Build) -> None:
    assert "neither header" in problems(build("[st]\ngarbage\n"), "conf")


def test_a_file_that_is_not_utf8_or_begins_with_a_bom_is_a_fault(tmp_path: Path) -> None:
    app = write_app(tmp_path, "app", {"props.conf": "\ufeff[st]\nEVAL-a = 1\n"})
    (app.path / "default/macros.conf").write_bytes(b"[m]\ndefinition = \xff\n")
    emulator = Emulator([app], CLOCK)
    assert "byte order mark" in problems(emulator, "conf")
    assert "is not UTF-8" in problems(emulator, "conf")
    assert found(emulator, "-") == {"a": "1"}


def test_windows_line_ends_in_a_file_do_no_harm(build: Build) -> None:
    assert found(build('[st]\r\nEVAL-a = "x" \\\r\n . "y"\r\n'), "-") == {"a": "xy"}


def test_local_wins_over_default_key_by_key(build: Build) -> None:
    emulator = build('[st]\nEVAL-a = "1"\nEVAL-b = "1"\n', local__props_conf='[st]\nEVAL-b = "2"\n')
    assert found(emulator, "-") == {"a": "1", "b": "2"}


def test_settings_before_the_first_header_belong_to_default(build: Build) -> None:
    assert found(build('EVAL-a = "1"\n[st]\nEVAL-b = "2"\n'), "-") == {"a": "1", "b": "2"}


def test_at_index_time_the_app_that_comes_first_in_ascii_order_wins(tmp_path: Path) -> None:
    apps = [write_app(tmp_path, name, {"props.conf": stanza(f"SEDCMD-x = s/x/{name}/")}) for name in ("b", "a")]
    assert raws(Emulator(apps, CLOCK), b"x") == ["a"]


def test_at_search_time_the_app_that_comes_last_wins_and_the_current_app_over_all(tmp_path: Path) -> None:
    apps = [write_app(tmp_path, name, {"props.conf": f'[st]\nEVAL-a = "{name}"\n'}) for name in ("a", "b", "c")]
    assert found(Emulator(apps, CLOCK), "-") == {"a": "c"}
    assert found(Emulator(apps, CLOCK, current="a"), "-") == {"a": "a"}


# --- stanzas ---


def test_source_beats_host_beats_sourcetype_whatever_the_priority(build: Build) -> None:
    emulator = build("""
        [st]
        priority = 900
        EVAL-a = "sourcetype"
        EVAL-b = "sourcetype"
        EVAL-c = "sourcetype"
        [host::h]
        priority = 500
        EVAL-a = "host"
        EVAL-b = "host"
        [source::s]
        EVAL-a = "source"
    """)
    event = emulator.search(Event("-", "st", "s", "h"))
    assert event.extracted == {"a": "source", "b": "host", "c": "sourcetype"}


def test_a_literal_stanza_beats_a_pattern_unless_the_pattern_has_a_priority_above_100(build: Build) -> None:
    text = '[source::s*]\n{}EVAL-a = "pattern"\n[source::s1]\nEVAL-a = "literal"\n'
    assert build(text.format("")).search(Event("-", "st", "s1")).extracted == {"a": "literal"}
    assert build(text.format("priority = 101\n")).search(Event("-", "st", "s1")).extracted == {"a": "pattern"}


def test_of_two_patterns_the_first_in_ascii_order_wins_and_both_give_their_own_settings(build: Build) -> None:
    emulator = build("""
        [source::...z...]
        EVAL-a = "z"
        EVAL-z = "z"
        [source::...a...]
        EVAL-a = "a"
    """)
    assert emulator.search(Event("-", "st", "az")).extracted == {"a": "a", "z": "z"}


@pytest.mark.parametrize(
    ("pattern", "source", "matches"),
    [
        ("/var/.../asa.log", "/var/a/b/asa.log", True),
        ("/var/*/asa.log", "/var/a/asa.log", True),
        ("/var/*/asa.log", "/var/a/b/asa.log", False),
        ("/var/asa.log", "/var/asaXlog", False),
        ("...asa*", "/x/asaXlog", True),
        ("asa", "/var/asa", False),
        ("/var/(a|b).log", "/var/b.log", True),
        ("/VAR/a", "/var/a", False),
    ],
)
def test_dots_match_anything_and_a_star_no_separator_over_the_whole_name(
    build: Build, pattern: str, source: str, *, matches: bool
) -> None:
    emulator = build(f"[source::{pattern}]\nEVAL-a = 1\n")
    assert (emulator.search(Event("-", "st", source)).extracted == {"a": "1"}) is matches


def test_hosts_are_matched_without_regard_to_case_and_source_types_with_it(build: Build) -> None:
    emulator = build("[host::FW1]\nEVAL-a = 1\n[host::(?-i)fw*]\nEVAL-b = 1\n[ST]\nEVAL-c = 1\n")
    assert emulator.search(Event("-", "st", "", "fw1")).extracted == {"a": "1", "b": "1"}
    assert emulator.search(Event("-", "st", "", "Fw1")).extracted == {"a": "1"}


# --- index time: lines ---


def test_only_the_first_group_of_line_breaker_is_dropped(build: Build) -> None:
    emulator = build(stanza(r"LINE_BREAKER = END(;+)<\d>"))
    assert raws(emulator, b"<1>aEND;;<2>b") == ["<1>aEND", "<2>b"]


def test_in_a_branched_line_breaker_the_leftmost_group_that_matched_is_dropped(build: Build) -> None:
    emulator = build(stanza(r"LINE_BREAKER = x(,)|y(;)|begin"))
    assert raws(emulator, b"1x,2y;3begin4") == ["1x", "2y", "3", "begin4"]


def test_a_line_breaker_without_a_group_is_a_fault_and_lines_are_broken_as_usual(build: Build) -> None:
    emulator = build(stanza("LINE_BREAKER = ---"))
    assert raws(emulator, b"a\n---\nb") == ["a", "---", "b"]
    assert "has no group" in problems(emulator, "conf")


def test_a_line_breaker_sees_what_stands_around_it_even_in_a_long_stream(build: Build) -> None:
    emulator = build(stanza(r"LINE_BREAKER = (?<=\.)([\r\n]+)(?=<\d)", "TRUNCATE = 0"))
    lines = [f"<{n % 10}>" + "é" * (n * 997 % 9000) + "\nstill." for n in range(40)]
    assert raws(emulator, "\n".join(lines).encode()) == lines


def test_an_event_is_cut_at_truncate_bytes_and_the_rest_is_lost(build: Build) -> None:
    assert raws(build(stanza()), b"a" * 10_001 + b"\nb") == ["a" * 10_000, "b"]
    assert raws(build(stanza("TRUNCATE = 0")), b"a" * 10_001) == ["a" * 10_001]


def test_a_cut_never_falls_into_a_character(build: Build) -> None:
    assert raws(build(stanza("TRUNCATE = 4")), "aé郵件".encode()) == ["aé"]


def test_lines_would_be_merged_by_default_so_the_setting_must_be_false(build: Build) -> None:
    emulator = build("[st]\nDATETIME_CONFIG = CURRENT\n")
    with pytest.raises(Unsupported, match="SHOULD_LINEMERGE"):
        emulator.index(b"a", "st")


# --- index time: the time ---


def timed(build: Build, lines: str, data: str) -> tuple[str, str]:
    """Time and its origin of the only event."""
    (event,) = build(f"[st]\nSHOULD_LINEMERGE = false\n{lines}").index(data.encode(), "st")
    return datetime.fromtimestamp(event.time, UTC).isoformat(), event.time_from


def test_without_a_match_of_time_prefix_no_time_is_read(build: Build) -> None:
    lines = "TIME_PREFIX = at=\nTIME_FORMAT = %Y-%m-%d\n"
    assert timed(build, lines, "2026-01-01 x") == (CLOCK.isoformat(), "clock")
    assert timed(build, lines, "at=2026-01-01") == ("2026-01-01T00:00:00+00:00", "format")


def test_time_format_must_start_right_behind_the_prefix(build: Build) -> None:
    assert timed(build, "TIME_PREFIX = at\nTIME_FORMAT = %Y-%m-%d\n", "at=2026-01-01")[1] == "clock"


def test_the_lookahead_counts_from_the_end_of_the_prefix(build: Build) -> None:
    lines = "TIME_PREFIX = ^.{20}\nTIME_FORMAT = %Y-%m-%d\nMAX_TIMESTAMP_LOOKAHEAD = {}\n"
    data = "-" * 20 + "2026-01-01 x"
    assert timed(build, lines.replace("{}", "10"), data)[1] == "format"
    assert timed(build, lines.replace("{}", "9"), data)[1] == "clock"
    assert timed(build, lines.replace("{}", "0"), data)[1] == "format"


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%b %d %Y %H:%M:%S", "Jan  5 2026 01:02:03", "2026-01-05T01:02:03+00:00"),
        ("%a %b %e %T %Y", "Mon Jan  5 01:02:03 2026", "2026-01-05T01:02:03+00:00"),
        ("%Y-%m-%dT%H:%M:%S.%3N%z", "2026-01-05T01:02:03.250+0200", "2026-01-04T23:02:03.250000+00:00"),
        ("%Y-%m-%dT%T.%6N%z", "2026-01-05T01:02:03.250001-08:00", "2026-01-05T09:02:03.250001+00:00"),
        ("%s.%9N", "1767574923.500000000", "2026-01-05T01:02:03.500000+00:00"),
        ("%d.%m.%y %T %Z", "05.01.26 01:02:03 EST", "2026-01-05T06:02:03+00:00"),
        ("%Y-%m-%d %T %Z", "2026-01-05 01:02:03 XYZ", "2026-01-05T01:02:03+00:00"),
    ],
)
def test_time_formats_are_read(build: Build, form: str, text: str, expected: str) -> None:
    assert timed(build, f"TIME_FORMAT = {form}\n", text) == (expected, "format")


def test_a_zone_in_the_event_wins_over_tz_and_tz_over_the_system(build: Build) -> None:
    lines = "TIME_FORMAT = %Y-%m-%d %H:%M{}\nTZ = America/New_York\n"
    assert timed(build, lines.format(""), "2026-01-05 10:00")[0] == "2026-01-05T15:00:00+00:00"
    assert timed(build, lines.format("%z"), "2026-01-05 10:00+0900")[0] == "2026-01-05T01:00:00+00:00"
    assert timed(build, "TIME_FORMAT = %Y-%m-%d\n", "2026-01-05")[0] == "2026-01-05T00:00:00+00:00"


def test_a_zone_that_does_not_exist_is_a_fault(build: Build) -> None:
    emulator = build(stanza("TZ = Mars/Olympus"))
    assert "there is no zone Mars/Olympus" in problems(emulator, "time")


@pytest.mark.parametrize("day", ["2020-01-01", "2026-01-18", "2026-02-30"])
def test_a_time_out_of_bounds_gives_way_to_the_last_good_one_and_else_to_the_clock(build: Build, day: str) -> None:
    emulator = build("[st]\nSHOULD_LINEMERGE = false\nTIME_FORMAT = %Y-%m-%d\n")
    assert emulator.index(day.encode(), "st")[0].time == CLOCK.timestamp()
    events = emulator.index(f"2026-01-14\n{day}\nno date\n".encode(), "st")
    assert [event.time_from for event in events] == ["format", "previous", "previous"]
    assert len({event.time for event in events}) == 1


@pytest.mark.parametrize(
    ("clock", "text", "year"),
    [
        (datetime(2026, 1, 1, 1, tzinfo=UTC), "Dec 31", 2025),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "Jan 1", 2026),
        (datetime(2026, 1, 15, tzinfo=UTC), "Jan 14", 2026),
        (datetime(2026, 1, 15, tzinfo=UTC), "Dec 20", 2025),
        (datetime(2026, 3, 1, tzinfo=UTC), "Feb 29", 2024),
    ],
)
def test_a_date_without_a_year_gets_one_from_the_clock(tmp_path: Path, clock: datetime, text: str, year: int) -> None:
    props = "[st]\nSHOULD_LINEMERGE = false\nTIME_FORMAT = %b %d\n"
    (event,) = Emulator([write_app(tmp_path, "app", {"props.conf": props})], clock).index(text.encode(), "st")
    assert (datetime.fromtimestamp(event.time, UTC).year, event.time_from) == (year, "format")


def test_without_time_format_splunk_would_guess_so_it_is_refused(build: Build) -> None:
    emulator = build("[st]\nSHOULD_LINEMERGE = false\n")
    with pytest.raises(Unsupported, match="TIME_FORMAT"):
        emulator.index(b"a", "st")


# --- index time: SEDCMD and TRANSFORMS ---


def test_sedcmds_run_in_ascii_order_of_their_classes_before_transforms(build: Build) -> None:
    emulator = build(
        stanza("SEDCMD-b = s/two/three/", "SEDCMD-a = s/one/two/", "TRANSFORMS-x = t"),
        "[t]\nREGEX = three\nFORMAT = found\nDEST_KEY = _raw\n",
    )
    assert raws(emulator, b"one") == ["found"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (r"s/(\w)-(\w)/\2-\1/", "b-a c-d c-d"),
        (r"s/(\w)-(\w)/\2-\1/g", "b-a d-c d-c"),
        ("s/c-d/X/2", "a-b c-d X"),
        ("y/abc/ABC/", "A-B C-d C-d"),
        ("s/a/1/ s/b/2/", "1-2 c-d c-d"),
        (r"s#a-b#/\\#", "/\\ c-d c-d"),
    ],
)
def test_sedcmd_replaces_and_transliterates(build: Build, script: str, expected: str) -> None:
    assert raws(build(stanza(f"SEDCMD-x = {script}")), b"a-b c-d c-d") == [expected]


def test_index_time_transforms_run_in_ascii_order_of_classes_and_in_list_order(build: Build) -> None:
    transforms = "".join(f"[{n}]\nREGEX = ^(.*)$\nFORMAT = $1{n}\nDEST_KEY = _raw\n" for n in "abc")
    emulator = build(stanza("TRANSFORMS-z = a", "TRANSFORMS-B = c, b"), transforms)
    assert raws(emulator, b"-") == ["-cba"]


def test_an_index_time_regex_sees_only_the_first_4096_characters(build: Build) -> None:
    transforms = "[t]\nREGEX = needle\nFORMAT = found\nDEST_KEY = _raw\n"
    data = b"x" * 4093 + b"needle"
    assert raws(build(stanza("TRANSFORMS-t = t"), transforms), data) == [data.decode()]
    assert raws(build(stanza("TRANSFORMS-t = t"), transforms + "LOOKAHEAD = 5000\n"), data) == ["found"]


def test_names_of_keys_are_case_sensitive(build: Build) -> None:
    transforms = "[t]\nREGEX = .\nFORMAT = sourcetype::new\nDEST_KEY = metadata:sourcetype\n"
    emulator = build(stanza("TRANSFORMS-t = t"), transforms)
    assert emulator.index(b"x", "st")[0].sourcetype == "st"
    assert "case-sensitive" in problems(emulator, "conf")


def test_a_new_source_type_must_be_written_with_its_prefix(build: Build) -> None:
    emulator = build(stanza("TRANSFORMS-t = t"), "[t]\nREGEX = .\nFORMAT = new\nDEST_KEY = MetaData:Sourcetype\n")
    assert emulator.index(b"x", "st")[0].sourcetype == "st"
    assert "must begin with sourcetype::" in problems(emulator, "conf")


def test_a_changed_source_type_changes_neither_lines_nor_time_nor_transforms_but_the_search(build: Build) -> None:
    emulator = build(
        """
        [router]
        SHOULD_LINEMERGE = false
        LINE_BREAKER = (;)
        TIME_FORMAT = %Y-%m-%d
        TRANSFORMS-a = set, late
        EVAL-from = "router"
        [new]
        SHOULD_LINEMERGE = false
        LINE_BREAKER = (,)
        TIME_FORMAT = %d.%m.%Y
        TRANSFORMS-a = never
        EVAL-from = "new"
        """,
        """
        [set]
        REGEX = ASA
        FORMAT = sourcetype::new
        DEST_KEY = MetaData:Sourcetype
        [late]
        REGEX = ASA
        FORMAT = host::fw
        DEST_KEY = MetaData:Host
        [never]
        REGEX = .
        FORMAT = spoilt
        DEST_KEY = _raw
        """,
    )
    event, other = emulator.index(b"2026-01-05 ASA,x;2026-01-06 other", "router")
    assert (event.raw, event.sourcetype, event.host, event.time_from) == ("2026-01-05 ASA,x", "new", "fw", "format")
    assert emulator.search(event).extracted == {"from": "new"}
    assert emulator.search(other).extracted == {"from": "router"}


def test_a_transform_can_read_the_source_type_it_has_just_written(build: Build) -> None:
    transforms = """
        [set]
        REGEX = .
        FORMAT = sourcetype::new
        DEST_KEY = MetaData:Sourcetype
        [index]
        SOURCE_KEY = MetaData:Sourcetype
        REGEX = ^sourcetype::(new)$
        FORMAT = idx_$1
        DEST_KEY = _MetaData:Index
    """
    (event,) = build(stanza("TRANSFORMS-t = set, index"), transforms).index(b"x", "st")
    assert (event.sourcetype, event.index) == ("new", "idx_new")


def test_the_null_queue_drops_an_event_and_the_index_queue_brings_it_back(build: Build) -> None:
    transforms = "[drop]\nREGEX = .\nFORMAT = nullQueue\nDEST_KEY = queue\n[keep]\nREGEX = a\nFORMAT = indexQueue\nDEST_KEY = queue\n"
    assert raws(build(stanza("TRANSFORMS-t = drop, keep"), transforms), b"a\nb") == ["a"]


def test_only_index_time_format_joins_texts_and_leaves_numbers_without_a_group(build: Build) -> None:
    transforms = "[t]\nREGEX = (a)(z)?\nFORMAT = [$0] x$1.$2.$9\nDEST_KEY = _raw\n"
    assert raws(build(stanza("TRANSFORMS-t = t"), transforms), b"a") == ["[a] xa..$9"]


def test_an_index_time_transform_needs_regex_format_and_a_destination(build: Build) -> None:
    emulator = build(stanza("TRANSFORMS-t = t, gone"), "[t]\nREGEX = a\nDEST_KEY = _raw\n")
    assert "needs REGEX, FORMAT" in problems(emulator, "conf")
    assert "no transform [gone]" in problems(emulator, "reference")


def test_indexed_fields_are_there_before_any_extraction(build: Build) -> None:
    emulator = build(
        stanza("TRANSFORMS-t = zone", r"EXTRACT-a = (?<first>.) in zone"),
        "[zone]\nREGEX = zone=(\\w+)\nWRITE_META = true\n",
    )
    (event,) = emulator.index(b"zone=dmz", "st")
    assert event.indexed == {"zone": "dmz"}
    assert emulator.search(event).extracted == {"zone": "dmz", "first": "d"}


def test_a_renamed_source_type_uses_only_the_search_settings_of_its_target(build: Build) -> None:
    emulator = build(f'[old]\n{INDEXED}rename = new\nEVAL-a = "old"\n[new]\nEVAL-b = "new"\n')
    (event,) = emulator.index(b"x", "old")
    result = emulator.search(event)
    assert (event.sourcetype, result.fields["sourcetype"], result.fields["_sourcetype"]) == ("old", "new", "old")
    assert (result.fields.get("a"), result.fields["b"]) == (None, "new")


# --- search time: EXTRACT ---


def test_an_extract_runs_with_dot_matching_line_feeds_and_anchors_at_each_line(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-a = ^b(?<rest>.*)$"))
    assert found(emulator, "a\nb1\nc2") == {"rest": "1\nc2"}


def test_an_extract_yields_named_groups_of_the_first_match_only(build: Build) -> None:
    assert found(build(stanza(r"EXTRACT-a = (x)(?<n>\d)(?<m>y)?")), "x1 x2y") == {"n": "1"}


def test_a_name_may_stand_twice_in_an_extract_only_for_one_group_number(build: Build) -> None:
    assert found(build(stanza(r"EXTRACT-a = (?|a(?<v>\d)|b(?<v>\d))")), "b2") == {"v": "2"}
    assert "does not compile" in problems(build(stanza(r"EXTRACT-a = a(?<v>\d)|b(?<v>\d)")), "regex")


def test_an_extract_without_a_named_group_is_a_fault(build: Build) -> None:
    assert "no named group" in problems(build(stanza(r"EXTRACT-a = x(\d)")), "extract")


def test_extracts_run_in_ascii_order_and_the_first_value_stays(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-b = (?<v>\d)", r"EXTRACT-a = (?<v>[a-z])", r"EXTRACT-B = (?<v>[A-Z])"))
    assert found(emulator, "1aA") == {"v": "A"}


def test_an_extract_reads_a_field_that_an_earlier_class_made_and_not_a_later_one(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-a = url=(?<url>\S+)", r"EXTRACT-b = (?<scheme>\w+): in url"))
    assert found(emulator, "url=http://x")["scheme"] == "http"
    emulator = build(stanza(r"EXTRACT-z = url=(?<url>\S+)", r"EXTRACT-b = (?<scheme>\w+): in url"))
    assert "scheme" not in found(emulator, "url=http://x")
    assert "reads url before any EXTRACT" in problems(emulator, "extract")


def test_a_regex_that_ends_in_the_word_in_and_a_word_is_taken_for_a_field(build: Build) -> None:
    assert found(build(stanza(r"EXTRACT-a = (?<what>\w+) in zone")), "mail in zone") == {}
    assert found(build(stanza(r"EXTRACT-a = (?<what>\w+) [i]n zone")), "mail in zone") == {"what": "mail"}


# --- search time: REPORT ---


def report(build: Build, transform: str, raw: str, **files: str) -> dict[str, str | list[str]]:
    """What one transform extracts."""
    return found(build(stanza("REPORT-r = t"), "[t]\n" + transform, **files), raw)


def test_reports_run_in_ascii_order_of_classes_and_in_list_order(build: Build) -> None:
    transforms = (
        "[one]\nREGEX = (1)\nFORMAT = v::$1\n[two]\nREGEX = (2)\nFORMAT = v::$1\n[three]\nREGEX = (3)\nFORMAT = v::$1\n"
    )
    assert found(build(stanza("REPORT-b = one", "REPORT-B = three, two"), transforms), "123") == {"v": "3"}


def test_without_format_named_groups_are_fields(build: Build) -> None:
    assert report(build, "REGEX = (?<who>\\w+) (x)(?<what>y)?", "bob x") == {"who": "bob"}


def test_with_format_the_first_match_counts_and_unset_groups_leave_nothing(build: Build) -> None:
    assert report(build, "REGEX = a=(\\d)(x)?\nFORMAT = a::$1 x::$2", "a=1 a=2x") == {"a": "1"}


def test_a_name_may_be_repeated_over_several_groups(build: Build) -> None:
    assert report(build, "REGEX = a(\\d)|b(\\d)\nFORMAT = n::$1 n::$2", "b7") == {"n": "7"}


def test_dynamic_names_repeat_the_regex_over_the_text(build: Build) -> None:
    expected = {"a": "1", "b": "2"}
    assert report(build, "REGEX = (\\w)=(\\d)\nFORMAT = $1::$2", "a=1 b=2 a=3") == expected
    assert report(build, "REGEX = (?<_KEY_1>\\w)=(?<_VAL_1>\\d)", "a=1 b=2 a=3") == expected


def test_a_field_that_is_there_keeps_its_value_unless_mv_add(build: Build) -> None:
    transforms = "[one]\nREGEX = (\\d)\nFORMAT = v::$1\n[two]\nREGEX = \\d(\\d)\nFORMAT = v::$1\n"
    assert found(build(stanza("REPORT-r = one, two"), transforms), "12") == {"v": "1"}
    assert found(build(stanza("REPORT-r = one, two"), transforms + "MV_ADD = true\n"), "12") == {"v": ["1", "2"]}


def test_with_mv_add_every_match_counts(build: Build) -> None:
    assert report(build, "REGEX = v=(\\w)\nFORMAT = v::$1\nMV_ADD = true", "v=a v=b") == {"v": ["a", "b"]}


def test_format_that_names_a_missing_group_fails_the_whole_search(build: Build) -> None:
    emulator = build(stanza("REPORT-r = t"), "[t]\nREGEX = (a)\nFORMAT = x::$2\n")
    assert "the search returns no events" in problems(emulator, "extract")
    with pytest.raises(SearchFailedError, match=r"\$2, REGEX has 1 groups"):
        emulator.search(Event("b", "st"))


@pytest.mark.parametrize("text", ["x::$1-$1", "x::a$1", "x_$1::$1"])
def test_search_time_format_does_not_join_texts(build: Build, text: str) -> None:
    with pytest.raises(Unsupported, match="no concatenation"):
        build(stanza("REPORT-r = t"), f"[t]\nREGEX = (a)\nFORMAT = {text}\n")


def test_the_whole_match_is_no_field_at_search_time(build: Build) -> None:
    assert report(build, "REGEX = (a)b\nFORMAT = whole::$0 first::$1", "ab") == {"first": "a"}


def test_a_transform_whose_source_key_is_absent_is_skipped(build: Build) -> None:
    transform = "SOURCE_KEY = helper\nREGEX = (a)\nFORMAT = x::$1"
    assert report(build, transform, "a") == {}


def test_a_report_can_read_a_field_that_an_earlier_report_made(build: Build) -> None:
    transforms = (
        "[one]\nREGEX = <(.*)>\nFORMAT = helper::$1\n[two]\nSOURCE_KEY = helper\nREGEX = \\A(\\w)\nFORMAT = x::$1\n"
    )
    assert found(build(stanza("REPORT-r = one, two"), transforms), "b <a>")["x"] == "a"
    assert "x" not in found(build(stanza("REPORT-r = two, one"), transforms), "b <a>")


def test_keys_are_cleaned_unless_clean_keys_is_false(build: Build) -> None:
    transform = "REGEX = ([^=]+)=(\\w)\nFORMAT = $1::$2\n"
    assert report(build, transform, "_7my.odd-key=v") == {"my_odd_key": "v"}
    assert report(build, transform + "CLEAN_KEYS = false", "_7my.odd-key=v") == {"_7my.odd-key": "v"}
    assert report(build, "REGEX = (a)\nFORMAT = source.ip::$1", "a") == {"source_ip": "a"}
    assert report(build, "REGEX = (a)\nFORMAT = source.ip::$1\nCLEAN_KEYS = false", "a") == {"source.ip": "a"}


def test_a_dynamic_name_of_digits_vanishes_unless_clean_keys_is_false(build: Build) -> None:
    transforms = (
        "[one]\nREGEX = -(719)(\\d+)\nFORMAT = $1::$2\n{}[two]\nSOURCE_KEY = 719\nREGEX = (\\d)\nFORMAT = first::$1\n"
    )
    assert found(build(stanza("REPORT-r = one, two"), transforms.format("")), "-719003") == {}
    kept = found(build(stanza("REPORT-r = one, two"), transforms.format("CLEAN_KEYS = false\n")), "-719003")
    assert kept == {"719": "003", "first": "0"}


def test_a_regex_may_have_250_groups_and_format_as_many_pairs(build: Build) -> None:
    branches = "|".join(f"<{number}=(\\w)>" for number in range(1, 251))
    pairs = " ".join(f"f{number % 7}::${number}" for number in range(1, 251))
    assert report(build, f"REGEX = {branches}\nFORMAT = {pairs}", "<249=x>") == {"f4": "x"}


def test_empty_values_are_no_fields(build: Build) -> None:
    assert report(build, "REGEX = a=(\\d*) b=(\\d*)\nFORMAT = a::$1 b::$2", "a= b=1") == {"b": "1"}


def test_a_report_regex_gets_no_modifiers(build: Build) -> None:
    assert report(build, "REGEX = a(.*)$\nFORMAT = x::$1", "a1\nb") == {}
    assert report(build, "REGEX = a((?s:.*))\\z\nFORMAT = x::$1", "a1\nb") == {"x": "1\nb"}


def test_a_constant_in_format_needs_indexed_value_false(build: Build) -> None:
    transform = "REGEX = (a)\nFORMAT = vendor::Cisco x::$1"
    emulator = build(stanza("REPORT-r = t"), f"[t]\n{transform}\n")
    assert found(emulator, "a") == {"vendor": "Cisco", "x": "a"}
    assert "a search for vendor=Cisco misses" in problems(emulator, "extract")
    emulator = build(stanza("REPORT-r = t"), f"[t]\n{transform}\n", fields_conf="[vendor]\nINDEXED_VALUE = false\n")
    assert not emulator.faults.of("extract")


def test_dangling_reports_and_transforms_without_groups_are_faults(build: Build) -> None:
    emulator = build(stanza("REPORT-r = gone, empty, flat"), "[empty]\nMV_ADD = true\n[flat]\nREGEX = abc\n")
    assert "no transform [gone]" in problems(emulator, "reference")
    assert "needs REGEX or DELIMS" in problems(emulator, "conf")
    assert "REGEX has no group" in problems(emulator, "extract")


def test_one_set_of_delimiters_names_values_by_position(build: Build) -> None:
    transform = 'DELIMS = ",;"\nFIELDS = "a", b, "c"'
    assert report(build, transform, '1,,"x,y";4') == {"a": "1", "c": "x,y"}


def test_two_sets_of_delimiters_make_pairs_and_runs_count_once(build: Build) -> None:
    assert report(build, 'DELIMS = "|;", "=:"', "2 a=1||b:2;;c==3|d=") == {"a": "1", "b": "2", "c": "3"}


def test_a_bare_quote_inside_a_value_is_no_case_for_delims(build: Build) -> None:
    emulator = build(stanza("REPORT-r = t"), '[t]\nDELIMS = ","\nFIELDS = a,b\n')
    found(emulator, 'x"y,z')
    assert "bare quote" in problems(emulator, "extract")


# --- search time: automatic pairs, aliases, calculated fields ---


def test_automatic_pairs_are_on_by_default_and_make_stray_fields(build: Build) -> None:
    raw = 'user=alice note="not found" q=a=b empty= x-y=1 user=bob 7=lucky'
    emulator = build("[st]\nEVAL-a = 1\n[none]\nKV_MODE = none\n")
    expected = {"a": "1", "user": "alice", "note": "not found", "q": "a=b", "x_y": "1"}
    assert found(emulator, raw) == expected
    assert found(emulator, raw, "none") == {}


def test_automatic_pairs_do_not_replace_what_a_report_extracted(build: Build) -> None:
    emulator = build("[st]\nREPORT-r = t\n", "[t]\nREGEX = (secret)\nFORMAT = user::$1\n")
    assert found(emulator, "user=bob secret") == {"user": "secret"}


def test_json_in_auto_mode_is_said_to_be_missing(build: Build) -> None:
    emulator = build("[st]\nKV_MODE = auto\n")
    found(emulator, '{"a": 1}')
    assert "JSON is not extracted" in problems(emulator, "extract")


def test_as_overwrites_and_removes_the_alias_where_the_field_is_missing(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-a = a=(?<a>\d)", r"EXTRACT-b = b=(?<b>\d)", "FIELDALIAS-x = a AS b"))
    assert found(emulator, "a=1 b=2") == {"a": "1", "b": "1"}
    assert found(emulator, "b=2") == {}


def test_asnew_leaves_an_existing_alias_alone(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-a = a=(?<a>\d)", r"EXTRACT-b = b=(?<b>\d)", "FIELDALIAS-x = a ASNEW b"))
    assert found(emulator, "a=1 b=2") == {"a": "1", "b": "2"}
    assert found(emulator, "b=2") == {"b": "2"}
    assert found(emulator, "a=1") == {"a": "1", "b": "1"}


def test_several_aliases_stand_in_one_setting_and_names_may_be_quoted(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-a = (?<a>\d)", 'FIELDALIAS-x = a AS b a as "c.d"'))
    assert found(emulator, "1") == {"a": "1", "b": "1", "c.d": "1"}


def test_two_fields_with_one_alias_are_a_fault(build: Build) -> None:
    emulator = build(stanza("FIELDALIAS-x = a AS user", "FIELDALIAS-y = b ASNEW user"))
    assert "use EVAL with coalesce" in problems(emulator, "alias")


def test_all_evals_read_what_was_there_before_any_of_them(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-y = (?<y>\d)", "EVAL-x = y * 2", "EVAL-y = 100"))
    assert found(emulator, "3") == {"x": "6", "y": "100"}


def test_an_eval_overwrites_a_field_and_removes_it_with_null(build: Build) -> None:
    emulator = build(stanza(r"EXTRACT-y = (?<y>\d)", "EVAL-y = null()"))
    assert found(emulator, "3") == {}


def test_an_eval_sees_aliases_and_no_lookup_fields(build: Build) -> None:
    emulator = build(
        stanza(
            r"EXTRACT-a = (?<a>\d)",
            "FIELDALIAS-x = a AS b",
            "LOOKUP-l = l a OUTPUT out",
            'EVAL-c = b . "!"',
            "EVAL-d = out",
        ),
        "[l]\nfilename = l.csv\n",
        lookups__l_csv="a,out\n1,one\n",
    )
    assert found(emulator, "1") == {"a": "1", "b": "1", "c": "1!", "out": "one"}


FIELDS = r"EXTRACT-f = n=(?<n>\S+) t=(?<t>.*)"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('case(n > 5, "big", n > 1, "some", true(), "one")', "some"),
        ('case(n > 5, "big")', None),
        ('if(isnull(gone), "no", "yes")', "no"),
        ('if(gone = 1, "a", "b")', "b"),
        ('if(NOT gone = 1, "a", "b")', "b"),
        ("coalesce(gone, t)", "Mail Path"),
        ("lower(t) . upper(t)", "mail pathMAIL PATH"),
        ('replace(t, "(\\w)(\\w+)", "\\2\\1")', "ailM athP"),
        ('mvjoin(split(t, " "), "-")', "Mail-Path"),
        ('mvcount(split(t, " "))', "2"),
        ('mvindex(split(t, " "), -1)', "Path"),
        ('mvindex(split(t, " "), 0, 1)', ["Mail", "Path"]),
        ('mvindex(split(t, " "), 2)', None),
        ('mvappend(n, split(t, " "), gone)', ["3", "Mail", "Path"]),
        ('tonumber("12") + 1', "13"),
        ('tonumber("0a", 16)', "10"),
        ('tonumber("x")', None),
        ("tostring(1 = 1)", "True"),
        ('if(like(t, "Mail%"), 1, 0)', "1"),
        ('if(t LIKE "mail%", 1, 0)', "0"),
        ('if(match(t, "^M.*h$"), 1, 0)', "1"),
        ("substr(t, 6)", "Path"),
        ("substr(t, 1, 2) . substr(t, -2)", "Math"),
        ("len(t)", "9"),
        ('trim("  x ") . ltrim("--x", "-") . rtrim("x  ")', "xxx"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("1 / 0", None),
        ("-n + 10 % 4", "-1"),
        ("n / 2", "1.5"),
        ("gone + 1", None),
        ('gone . "x"', None),
        ('if(n IN (1, "3"), "in", "out")', "in"),
        ('if(n == 3 AND t != "x" OR gone > 1, "y", "n")', "y"),
        ('if(split(t, " ") = "Path", "one of", "none")', "one of"),
        ("'t'", "Mail Path"),
        ('"a\\"b\\d"', 'a"b\\d'),
        ("false() XOR true()", None),
    ],
)
def test_eval_expressions(build: Build, expression: str, expected: str | list[str] | None) -> None:
    emulator = build(stanza(FIELDS, f"EVAL-out = {expression}"))
    assert found(emulator, "n=3 t=Mail Path").get("out") == expected


@pytest.mark.parametrize("expression", ["if(a", "1 +", "case(a=1)", "a b", "if(a,1)", '"open', "a ! b", ")"])
def test_an_expression_that_splunk_would_refuse_is_a_fault_and_makes_no_field(build: Build, expression: str) -> None:
    emulator = build(stanza(f"EVAL-out = {expression}"))
    assert found(emulator, "-") == {}
    assert emulator.faults.of("eval")


@pytest.mark.parametrize("expression", ["json_keys(a)", "strlen(a)", "md5(a)", "a . b + 1", "a = b = c", "a.b*2"])
def test_an_expression_outside_the_subset_is_refused(build: Build, expression: str) -> None:
    with pytest.raises(Unsupported, match="EVAL-out"):
        build(stanza(f"EVAL-out = {expression}"))


@pytest.mark.parametrize("expression", ["a = 1", 'lower(split("a,b", ","))', 'if("x", 1, 2)', 'match(a, "(")'])
def test_an_expression_that_fails_for_an_event_is_a_fault(build: Build, expression: str) -> None:
    emulator = build(stanza("EXTRACT-a = (?<a>.)", f"EVAL-out = {expression}"))
    assert "out" not in found(emulator, "1")
    assert emulator.faults.of("eval")


# --- search time: lookups ---


def looked_up(
    build: Build, lookup: str, raw: str, definition: str = "", csv: str = "k,v,w\na,1,x\nA,2,\nb,3,y\nb,4,z\n"
) -> dict[str, str | list[str]]:
    """What a lookup adds to an event with k, v."""
    emulator = build(
        stanza(r"EXTRACT-k = k=(?<k>\S+)", r"EXTRACT-v = v=(?<v>\S+)", f"LOOKUP-l = l {lookup}"),
        f"[l]\nfilename = l.csv\n{definition}",
        lookups__l_csv=csv,
    )
    return found(emulator, raw)


def test_output_overwrites_and_clears_its_fields_where_no_row_matches(build: Build) -> None:
    assert looked_up(build, "k OUTPUT v", "k=a v=9") == {"k": "a", "v": "1"}
    assert looked_up(build, "k OUTPUT v", "k=none v=9") == {"k": "none"}


def test_output_clears_nothing_where_the_event_has_no_key(build: Build) -> None:
    assert looked_up(build, "k OUTPUT v", "v=9") == {"v": "9"}


def test_outputnew_writes_only_fields_that_are_absent(build: Build) -> None:
    assert looked_up(build, "k OUTPUTNEW v, w AS ww", "k=a v=9") == {"k": "a", "v": "9", "ww": "x"}
    assert looked_up(build, "k OUTPUTNEW v", "k=none v=9") == {"k": "none", "v": "9"}


def test_without_a_list_all_other_columns_are_output(build: Build) -> None:
    assert looked_up(build, "k", "k=a") == {"k": "a", "v": "1", "w": "x"}


def test_keys_are_case_sensitive_unless_said_otherwise(build: Build) -> None:
    assert looked_up(build, "k OUTPUT v", "k=A") == {"k": "A", "v": "2"}
    assert looked_up(build, "k OUTPUT v", "k=A", "case_sensitive_match = false\n") == {"k": "A", "v": ["1", "2"]}
    assert looked_up(build, "k OUTPUT v", "k=A", "case_sensitive_match = false\nmax_matches = 1\n")["v"] == "1"


def test_several_rows_give_several_values_in_file_order(build: Build) -> None:
    assert looked_up(build, "k OUTPUT v w", "k=b") == {"k": "b", "v": ["3", "4"], "w": ["y", "z"]}


def test_an_empty_cell_is_no_value(build: Build) -> None:
    assert looked_up(build, "k OUTPUT w", "k=A") == {"k": "A"}


def test_default_match_needs_min_matches(build: Build) -> None:
    assert looked_up(build, "k OUTPUT v", "k=none", "default_match = unknown\n") == {"k": "none"}
    definition = "default_match = unknown\nmin_matches = 1\n"
    assert looked_up(build, "k OUTPUT v", "k=none", definition) == {"k": "none", "v": "unknown"}


def test_wildcards_and_networks_match_in_file_order(build: Build) -> None:
    csv = "k,v\n10.1.*,wild\n*,any\n"
    assert (
        looked_up(build, "k OUTPUT v", "k=10.1.2.3", "match_type = WILDCARD(k)\nmax_matches = 1\n", csv)["v"] == "wild"
    )
    csv = "k,v\n10.0.0.0/8,ten\n2001:db8::/32,six\n"
    assert looked_up(build, "k OUTPUT v", "k=10.1.2.3", "match_type = CIDR(k)\n", csv)["v"] == "ten"
    assert looked_up(build, "k OUTPUT v", "k=host", "match_type = CIDR(k)\n", csv) == {"k": "host"}


def test_lookups_run_in_ascii_order_and_see_earlier_ones(build: Build) -> None:
    emulator = build(
        stanza("EXTRACT-k = (?<k>.)", "LOOKUP-b = l k AS v OUTPUT v AS w", "LOOKUP-a = l k OUTPUT v"),
        "[l]\nfilename = l.csv\n",
        lookups__l_csv="k,v\na,b\nb,c\n",
    )
    assert found(emulator, "a") == {"k": "a", "v": "b", "w": "c"}


def test_dangling_lookups_missing_files_columns_and_ragged_rows_are_faults(build: Build) -> None:
    emulator = build(
        stanza("LOOKUP-a = gone k", "LOOKUP-b = nofile k", "LOOKUP-c = l k OUTPUT nocolumn"),
        "[nofile]\nfilename = no.csv\n[l]\nfilename = l.csv\n",
        lookups__l_csv="\ufeffk,v\na\n",
    )
    assert "no lookup definition [gone]" in problems(emulator, "reference")
    assert "no file lookups/no.csv" in problems(emulator, "reference")
    text = problems(emulator, "lookup")
    assert all(part in text for part in ("no column", "line 2 has 1 cells", "byte order mark"))


# --- event types and tags ---


def types(build: Build, search: str, raw: str = "k=Mail n=5", macros: str = "") -> bool:
    """Whether an event type matches."""
    props = stanza(r"EXTRACT-k = k=(?<k>\S+)", r"EXTRACT-n = n=(?<n>\S+)")
    emulator = build(props, eventtypes_conf=f"[e]\nsearch = {search}\n", macros_conf=macros)
    return emulator.search(Event(raw, "st")).eventtypes == ("e",)


@pytest.mark.parametrize(
    ("search", "matches"),
    [
        ("k=mail", True),
        ('k="MAIL"', True),
        ("k=ma*", True),
        ("k=m", False),
        ("K=mail", False),
        ("k=*", True),
        ("gone=*", False),
        ("gone!=x", False),
        ("NOT gone=x", True),
        ("k!=x", True),
        ("sourcetype=st k=mail", True),
        ("k=mail AND n=6", False),
        ("k=x OR n=5", True),
        ("k=mail OR n=6 gone=1", False),  # OR binds tighter than AND: (k OR n) AND gone
        ("(k=mail) OR (n=6 gone=1)", True),
        ("n>4 n<=5", True),
        ("n>10", False),
        ("k IN (x, mail)", True),
        ("NOT (k=mail n=5)", False),
        ("index=main", True),
    ],
)
def test_event_types_match_without_regard_to_case_and_or_binds_tighter_than_and(
    build: Build, search: str, *, matches: bool
) -> None:
    assert types(build, search) is matches


def test_event_types_may_use_macros_with_arguments(build: Build) -> None:
    macros = "[st]\ndefinition = sourcetype=st\n[is(2)]\nargs = field, value\ndefinition = `st` $field$=$value$\n"
    assert types(build, "`is(k, mail)`", macros=macros)
    assert not types(build, '`is(k, "x")`', macros=macros)


@pytest.mark.parametrize(
    "search", ["k=mail | stats count", "[search x=1] k=1", "tag=mail", "`gone`", "`is(1)`", "(k=1", "k=1 OR"]
)
def test_an_event_type_with_a_pipe_a_subsearch_a_tag_or_a_missing_macro_never_matches(
    build: Build, search: str
) -> None:
    macros = "[is(1)]\nargs = a, b\ndefinition = k=mail\n"
    assert not types(build, search, macros=macros)
    emulator = build("", eventtypes_conf=f"[e]\nsearch = {search}\n", macros_conf=macros)
    assert "never matches" in problems(emulator, "eventtype")


def test_event_types_see_lookup_fields(build: Build) -> None:
    emulator = build(
        stanza("EXTRACT-k = (?<k>.)", "LOOKUP-l = l k"),
        "[l]\nfilename = l.csv\n",
        eventtypes_conf="[e]\nsearch = v=one\n",
        lookups__l_csv="k,v\na,one\n",
    )
    assert emulator.search(Event("a", "st")).eventtypes == ("e",)


def test_event_types_come_by_priority_and_then_by_name_and_fill_in_fields(build: Build) -> None:
    types_conf = "[b]\nsearch = index=*\n[a]\nsearch = index=*\n[%sourcetype%_z]\npriority = 0\nsearch = index=*\n[off]\ndisabled = 1\nsearch = index=*\n"
    emulator = build(stanza(), eventtypes_conf=types_conf)
    assert emulator.search(Event("-", "st")).eventtypes == ("st_z", "a", "b")


def test_tags_hang_on_exact_url_encoded_values_and_on_event_types(build: Build) -> None:
    emulator = build(
        stanza(r"EXTRACT-k = k=(?<k>.*)"),
        eventtypes_conf="[e]\nsearch = k=*\n",
        tags_conf="[k=a%20b%3D]\nodd = enabled\noff = disabled\n[eventtype=e]\nmail = enabled\n[k=a]\nno = enabled\n",
    )
    assert emulator.search(Event("k=a b=", "st")).tags == ("mail", "odd")
    assert emulator.search(Event("k=A B=", "st")).tags == ("mail",)


def test_tags_on_patterns_and_on_missing_event_types_are_faults(build: Build) -> None:
    emulator = build(tags_conf="[k=a*]\nx = enabled\n[eventtype=gone]\ny = enabled\n[nonsense]\nz = enabled\n")
    assert "only exact values" in problems(emulator, "tag")
    assert "is not field=value" in problems(emulator, "tag")
    assert "no event type gone" in problems(emulator, "reference")


def test_each_step_sees_only_what_earlier_steps_made(build: Build) -> None:
    emulator = build(
        f"""
        [st]
        {INDEXED.replace(chr(10), chr(10) + " " * 8)}
        EXTRACT-1 = (?<one>.) in two
        EXTRACT-0 = (?<zero>a)
        REPORT-2 = two
        FIELDALIAS-3 = two AS three, four AS never
        EVAL-four = three . "4"
        LOOKUP-5 = l k AS four OUTPUT five
        """,
        "[two]\nSOURCE_KEY = zero\nREGEX = (a)\nFORMAT = two::$1\n[l]\nfilename = l.csv\n",
        eventtypes_conf="[e]\nsearch = five=5\n",
        tags_conf="[eventtype=e]\nlast = enabled\n",
        lookups__l_csv="k,five\na4,5\n",
    )
    event = emulator.search(Event("a", "st"))
    assert event.extracted == {"zero": "a", "two": "a", "three": "a", "four": "a4", "five": "5"}
    assert event.tags == ("last",)


# --- regexes ---


@pytest.mark.parametrize(
    ("regex", "raw", "message"),
    [("^(?<a>(b+)+)$", "b" * 26 + "!", "match limit"), (r"^(?<a>(?:b|c)*)$", "bc" * 3000, "depth limit")],
)
def test_a_limit_error_is_no_match_and_a_fault(build: Build, regex: str, raw: str, message: str) -> None:
    emulator = build(stanza(f"EXTRACT-a = {regex}", "EXTRACT-b = (?<first>.)"))
    assert found(emulator, raw) == {"first": "b"}
    assert message in problems(emulator, "limit")


def test_limits_can_be_set_for_a_transform(build: Build) -> None:
    transforms = "[t]\nREGEX = ^((?:b|c)*)$\nFORMAT = a::$1\n"
    raw = "bc" * 1000
    assert found(build(stanza("REPORT-r = t"), transforms), raw) == {}
    assert found(build(stanza("REPORT-r = t"), transforms + "DEPTH_LIMIT = 9000\n"), raw) == {"a": raw}


@pytest.mark.parametrize("regex", ["(?<a", "(?<a-b>x)", "(?<a>x)(?<a>y)", "(?<1a>x)", "[a"])
def test_a_regex_that_does_not_compile_is_a_fault(build: Build, regex: str) -> None:
    emulator = build(stanza(f"EXTRACT-a = {regex}"))
    assert "does not compile" in problems(emulator, "regex")


def test_classes_of_characters_are_ascii(build: Build) -> None:
    assert found(build(stanza(r"EXTRACT-a = (?<a>\w+)")), "éa") == {"a": "a"}


# --- refusals ---


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("props.conf", "[st]\nTIME_PREFX = x"),
        ("props.conf", "[st]\nEXTRAT-a = x"),
        ("props.conf", "[st]\nEXTRACT- = x"),
        ("props.conf", "[st]\nSHOULD_LINEMERGE = true"),
        ("props.conf", "[st]\nBREAK_ONLY_BEFORE = x"),
        ("props.conf", "[st]\nKV_MODE = json"),
        ("props.conf", "[st]\nCHARSET = latin-1"),
        ("props.conf", "[st]\nINDEXED_EXTRACTIONS = csv"),
        ("props.conf", "[st]\nRULESET-a = x"),
        ("props.conf", "[st]\nDATETIME_CONFIG = /etc/my.xml"),
        ("props.conf", "[st]\nTIME_FORMAT = %j %Y"),
        ("props.conf", "[st]\nSEDCMD-a = d"),
        ("props.conf", "[st]\nSEDCMD-a = y/ab/c/"),
        ("props.conf", "[source::x]\nrename = y"),
        ("props.conf", "[rule::x]\nsourcetype = y"),
        ("props.conf", "[(?::){0}cisco*]\nTRUNCATE = 1"),
        ("transforms.conf", "[t]\nregex = x"),
        ("transforms.conf", "[t]\nSTOP_PROCESSING_IF = true()"),
        ("transforms.conf", "[t]\nCLONE_SOURCETYPE = x"),
        ("transforms.conf", "[t]\nREPEAT_MATCH = true"),
        ("transforms.conf", "[t]\nDEFAULT_VALUE = x"),
        ("transforms.conf", "[t]\nKEEP_EMPTY_VALS = true"),
        ("transforms.conf", "[t]\nDEST_KEY = _TCP_ROUTING"),
        ("transforms.conf", "[t]\ntime_field = x"),
        ("transforms.conf", "[t]\nexternal_cmd = x"),
        ("eventtypes.conf", "[e]\nsearch = mail"),
        ("eventtypes.conf", "[e]\nsearch = eventtype=x"),
        ("eventtypes.conf", "[e]\ntags = x"),
        ("macros.conf", "[m]\niseval = 1"),
        ("fields.conf", "[f]\nTOKENIZER = x"),
    ],
)
def test_what_is_not_emulated_is_refused(tmp_path: Path, file: str, text: str) -> None:
    app = write_app(tmp_path, "app", {file: text + "\n"})
    with pytest.raises(Unsupported) as caught:
        Emulator([app], CLOCK)
    assert caught.value.file == f"app/default/{file}"
    assert f"[{caught.value.stanza}] {caught.value.key}" in str(caught.value)


@pytest.mark.parametrize(
    "transform",
    [
        'DELIMS = ","',
        'DELIMS = ",", "="\nFIELDS = a',
        "REGEX = (?<a>x)\nFORMAT = b::$1",
        "REGEX = (x)\nFORMAT = $1",
    ],
)
def test_forms_of_reports_that_are_not_emulated_are_refused(build: Build, transform: str) -> None:
    with pytest.raises(Unsupported, match=r"FORMAT|DELIMS"):
        build(stanza("REPORT-r = t"), f"[t]\n{transform}\n")


def test_an_index_time_source_key_that_is_not_emulated_is_refused(build: Build) -> None:
    transforms = "[t]\nSOURCE_KEY = field:price\nREGEX = (.)\nFORMAT = $1\nDEST_KEY = _raw\n"
    with pytest.raises(Unsupported, match="SOURCE_KEY"):
        build(stanza("TRANSFORMS-t = t"), transforms)


def test_settings_without_effect_are_accepted(build: Build) -> None:
    lines = ("category = Network", "description = x", "pulldown_type = true", "ANNOTATE_PUNCT = false")
    emulator = build(stanza(*lines, "REPORT-r = t"), "[t]\nREGEX = (a)\nFORMAT = x::$1\nCAN_OPTIMIZE = false\n")
    assert found(emulator, "a") == {"x": "a"}
    assert not list(emulator.faults)


def test_the_clock_needs_a_zone_and_an_app_its_directory(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        Emulator([], datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(FileNotFoundError):
        App(tmp_path / "gone")


# --- dispatch: a dispatcher and buckets, as Postern lays its transforms out ---

DISPATCH_PROPS = """
[cisco:asa]
SHOULD_LINEMERGE = false
DATETIME_CONFIG = CURRENT
KV_MODE = none
REPORT-postern = postern_dispatch, postern_h00, postern_b719
LOOKUP-postern_const = postern_asa_messages message_id OUTPUTNEW postern_category AS category, postern_action AS action
"""
_INBOUND = r"([^\s:]+):([^\s/]+)/(\d+) \(([^\s/]+)/(\d+)\)(?:\(([^()]*)\))?"
_BUILT = rf"(?: Probe)? (TCP|UDP) connection (\d+) for {_INBOUND} to {_INBOUND}"
_NAMES = (
    "direction transport session_id {0}_interface {0}_ip {0}_port {0}_translated_ip {0}_translated_port {0}_user "
    "{1}_interface {1}_ip {1}_port {1}_translated_ip {1}_translated_port {1}_user"
)
_PAIRS = " ".join(
    f"{name}::${number}"
    for number, name in enumerate(
        ["vendor_action", *_NAMES.format("src", "dest").split(), *_NAMES.format("dest", "src").split(), "user"], start=1
    )
)
DISPATCH_TRANSFORMS = rf"""
[postern_dispatch]
REGEX = %(?:ASA|FTD|PIX)-(?:([a-z-]+)-)?([0-7])-(?=([0-9]{{6,7}}))(?:(?=30201[35]:?[ ])((?s:.+))|(?=7)(?:(?=719)((?s:.+)))|)
FORMAT = asa_class::$1 log_level::$2 message_id::$3 postern_h00::$4 postern_b719::$5
CAN_OPTIMIZE = false

[postern_h00]
SOURCE_KEY = postern_h00
REGEX = \A30201[35]:? (Built) (?:(inbound){_BUILT}|(outbound){_BUILT})(?: \(([^()]*)\))?\s*\z
FORMAT = {_PAIRS}

[postern_b719]
SOURCE_KEY = postern_b719
REGEX = \A7190(?:03:? Email Proxy session (\S+) resources have been freed for (\S+?)|15:? Parsed emailproxy session (\S+) from (\S+) username: mailuser = ([^,]*), vpnuser = ([^,]*), mailserver = (\S+?))\s*\.?\s*\z
FORMAT = session_id::$1 src_ip::$2 session_id::$3 src_ip::$4 mail_user::$5 vpn_user::$6 mail_server::$7

[postern_asa_messages]
filename = postern_asa_messages.csv
max_matches = 1
"""
DISPATCH_CSV = "message_id,postern_category,postern_action\n302013,network,built\n719003,email,\n"
INBOUND = (
    "%ASA-session-6-302013: Built inbound TCP connection 77 for outside:192.0.2.1/1234 (192.0.2.1/1234)(LOCAL\\bob) "
    "to inside:10.0.0.5/25 (198.51.100.5/25)"
)
OUTBOUND = INBOUND.replace("inbound", "outbound").replace("-session", "")


@pytest.fixture
def dispatch(build: Build) -> Emulator:
    """The worked example."""
    emulator = build(DISPATCH_PROPS, DISPATCH_TRANSFORMS, lookups__postern_asa_messages_csv=DISPATCH_CSV)
    assert not list(emulator.faults)
    return emulator


def seen(emulator: Emulator, data: bytes) -> dict[str, str | list[str]]:
    """What is extracted from the first event, without helpers."""
    event = emulator.search(emulator.index(data, "cisco:asa")[0])
    assert not list(emulator.faults)
    return {name: value for name, value in event.extracted.items() if not name.startswith("postern_")}


def test_a_dispatcher_and_one_bucket_extract_both_directions_the_right_way_round(dispatch: Emulator) -> None:
    inbound, outbound = seen(dispatch, INBOUND.encode()), seen(dispatch, OUTBOUND.encode())
    assert (inbound["src_ip"], inbound["dest_ip"], inbound["src_user"]) == ("192.0.2.1", "10.0.0.5", "LOCAL\\bob")
    assert (outbound["src_ip"], outbound["dest_ip"], outbound["dest_user"]) == ("10.0.0.5", "192.0.2.1", "LOCAL\\bob")
    assert (inbound["asa_class"], inbound["direction"], inbound["session_id"]) == ("session", "inbound", "77")
    assert (inbound["category"], inbound["action"]) == ("network", "built")
    assert not any(isinstance(value, list) for value in inbound.values())
    assert "asa_class" not in outbound


def test_the_helper_stays_behind_as_a_field(dispatch: Emulator) -> None:
    fields = dispatch.search(Event(INBOUND, "cisco:asa")).extracted
    assert fields["postern_h00"] == INBOUND.removeprefix("%ASA-session-6-")
    assert "postern_b719" not in fields


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "%ASA-6-719003: Email Proxy session 0xd5 resources have been freed for 192.0.2.10 .",
            {"session_id": "0xd5", "src_ip": "192.0.2.10", "category": "email", "log_level": "6", "message_id": "719003"},
        ),
        (
            "%ASA-7-719015: Parsed emailproxy session 0x1 from 192.0.2.9 username: mailuser = a, vpnuser = b, mailserver = m",
            {"session_id": "0x1", "src_ip": "192.0.2.9", "mail_user": "a", "vpn_user": "b", "mail_server": "m", "log_level": "7", "message_id": "719015"},
        ),
        ("%ASA-6-719999: Something new", {"log_level": "6", "message_id": "719999"}),
        ("%ASA-6-302014: Teardown TCP connection 1", {"log_level": "6", "message_id": "302014"}),
        ("302013 Built inbound TCP connection", {}),
    ],
)  # fmt: skip
def test_unknown_ids_keep_id_and_level_and_other_lines_nothing(
    dispatch: Emulator, line: str, expected: dict[str, str]
) -> None:
    assert seen(dispatch, line.encode()) == expected


def test_a_bucket_that_is_not_asked_is_skipped_because_its_helper_is_absent(dispatch: Emulator) -> None:
    event = dispatch.search(Event("719003 Email Proxy session x resources have been freed for y", "cisco:asa"))
    assert event.extracted == {}


def test_a_foreign_report_that_runs_first_wins_on_common_names(tmp_path: Path) -> None:
    ours = {
        "props.conf": DISPATCH_PROPS,
        "transforms.conf": DISPATCH_TRANSFORMS,
        "lookups/postern_asa_messages.csv": DISPATCH_CSV,
    }
    foreign = {
        "props.conf": "[cisco:asa]\nREPORT-cisco = cisco_ip\nFIELDALIAS-cisco = src_ip ASNEW src\n",
        "transforms.conf": "[cisco_ip]\nREGEX = outside:([^/]+)\nFORMAT = src_ip::$1\n",
    }
    emulator = Emulator([write_app(tmp_path, "postern", ours), write_app(tmp_path, "foreign", foreign)], CLOCK)
    fields = seen(emulator, OUTBOUND.encode())
    assert (fields["src_ip"], fields["src"], fields["dest_ip"]) == ("192.0.2.1", "192.0.2.1", "192.0.2.1")


# --- bad input ---


def test_an_event_cut_at_10000_bytes_keeps_its_id_and_no_wrong_field(dispatch: Emulator) -> None:
    data = INBOUND.encode() + b" " + b"x" * 20_000
    (event,) = dispatch.index(data, "cisco:asa")
    assert (len(event.raw), data.startswith(event.raw.encode())) == (10_000, True)
    fields = dispatch.search(event).extracted
    assert (fields["message_id"], "src_ip" in fields) == ("302013", False)


def test_of_two_glued_events_only_the_id_of_the_first_is_read(dispatch: Emulator) -> None:
    fields = seen(dispatch, (INBOUND + "<166>" + OUTBOUND).encode())
    assert (fields["message_id"], "src_ip" in fields) == ("302013", False)


def test_windows_line_ends_are_dropped_with_the_break(dispatch: Emulator) -> None:
    events = dispatch.index(f"{INBOUND}\r\n{OUTBOUND}\r\n\r\n".encode(), "cisco:asa")
    assert [event.raw for event in events] == [INBOUND, OUTBOUND]


def test_a_byte_order_mark_stays_in_the_event(dispatch: Emulator) -> None:
    (event,) = dispatch.index(b"\xef\xbb\xbf" + INBOUND.encode(), "cisco:asa")
    assert event.raw == "\ufeff" + INBOUND
    assert dispatch.search(event).extracted["src_ip"] == "192.0.2.1"


def test_a_nul_stays_in_the_event_and_is_a_character_like_others(dispatch: Emulator) -> None:
    data = b"%ASA-6-719003: Email Proxy session a\x00b resources have been freed for c"
    assert dispatch.index(data, "cisco:asa")[0].raw == data.decode()
    assert seen(dispatch, data)["session_id"] == "a\x00b"


def test_bytes_that_are_no_utf8_become_their_hexadecimal_spelling(dispatch: Emulator) -> None:
    data = b"%ASA-6-719003: Email Proxy session caf\xe9\xff resources have been freed for \xc3\xa9"
    assert seen(dispatch, data)["session_id"] == "caf\\xE9\\xFF"
    assert seen(dispatch, data)["src_ip"] == "é"


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n"])
def test_nothing_gives_no_event(dispatch: Emulator, data: bytes) -> None:
    assert dispatch.index(data, "cisco:asa") == []


# --- INGEST_EVAL ---


def ingested(build: Build, *assignments: str, more: str = "") -> Emulator:
    """An emulator whose only index-time transform assigns these, one after the other."""
    transforms = f"[t]\nINGEST_EVAL = {', '.join(assignments)}\n{more}"
    return build(stanza("TRANSFORMS-t = t"), transforms)


def one(emulator: Emulator, data: bytes) -> Event:
    (event,) = emulator.index(data, "st")
    return event


def test_ingest_eval_sets_the_time(build: Build) -> None:
    event = one(ingested(build, '_time:=strptime(_raw, "%Y-%m-%d %H:%M:%S %z")'), b"2026-01-02 03:04:05 +0100")
    assert (event.time, event.time_from) == (datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC).timestamp(), "transform")


def test_ingest_eval_leaves_the_time_where_it_finds_none(build: Build) -> None:
    event = one(ingested(build, '_time:=strptime(_raw, "%Y-%m-%d %H:%M:%S %z")'), b"no time")
    assert (event.time, event.time_from) == (CLOCK.timestamp(), "clock")


def test_an_assignment_sees_those_before_it(build: Build) -> None:
    assert one(ingested(build, 'a:="x"', 'b:=a."y"'), b"-").indexed == {"a": "x", "b": "xy"}


def test_colon_equals_replaces_and_equals_adds(build: Build) -> None:
    assert one(ingested(build, 'a="x"', 'a="y"', 'b:="x"', 'b:="y"'), b"-").indexed == {"a": ["x", "y"], "b": "y"}


def test_null_removes_an_indexed_field(build: Build) -> None:
    assert one(ingested(build, 'a:="x"', "a:=null()"), b"-").indexed == {}


def test_commas_in_texts_and_calls_end_no_assignment(build: Build) -> None:
    assert one(ingested(build, 'a:=replace("x,y", "(,)", ";\\1")'), b"-").indexed == {"a": "x;,y"}


def test_a_transform_with_ingest_eval_ignores_its_regex(build: Build) -> None:
    emulator = ingested(build, 'a:="x"', more="REGEX = (b)\nFORMAT = b::$1\nWRITE_META = true\n")
    assert one(emulator, b"b").indexed == {"a": "x"}


def test_ingest_eval_reads_what_an_earlier_transform_has_written(build: Build) -> None:
    transforms = '[w]\nREGEX = (\\d+)\nFORMAT = n::"$1"\nWRITE_META = true\n[t]\nINGEST_EVAL = m:=n + 1, n:=null()\n'
    assert one(build(stanza("TRANSFORMS-t = w, t"), transforms), b"x 41").indexed == {"m": "42"}


def test_ingest_eval_knows_the_source_type_that_a_transform_has_set(build: Build) -> None:
    transforms = (
        "[s]\nREGEX = .\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::other\n[t]\nINGEST_EVAL = a:=sourcetype\n"
    )
    assert one(build(stanza("TRANSFORMS-t = s, t"), transforms), b"x").indexed == {"a": "other"}


@pytest.mark.parametrize("value", ["x", 'a=="x"', "a:=", "a:=(", "1a:=1"])
def test_what_is_no_assignment_is_a_fault_and_assigns_nothing(build: Build, value: str) -> None:
    emulator = ingested(build, value)
    assert one(emulator, b"-").indexed == {}
    assert "transforms.conf [t] INGEST_EVAL" in problems(emulator, "eval")


def test_ingest_eval_of_a_key_that_is_not_emulated_is_refused(build: Build) -> None:
    with pytest.raises(Unsupported, match="assigns _raw"):
        ingested(build, '_raw:="x"')


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-02-30", "%Y-%m-%d %H"),
        ("x", "%Y-%m-%d %H"),
        ("2026-01-02 03 rest", "%Y-%m-%d %H"),
        ("2026-01-02 25", "%Y-%m-%d %H"),
    ],
)
def test_strptime_of_what_is_no_such_time_is_null(build: Build, text: str, form: str) -> None:
    assert one(ingested(build, f'a:=strptime("{text}", "{form}")'), b"-").indexed == {}


def test_strptime_of_a_format_without_a_year_would_need_a_clock(build: Build) -> None:
    emulator = ingested(build, 'a:=strptime("Jan 02 03", "%b %d %H")')
    assert one(emulator, b"-").indexed == {}
    assert "it would need a clock" in problems(emulator, "eval")
