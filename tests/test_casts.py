"""Casts from the closed list, and the time rule: a year for times without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from postern.casts import CASTS, cast_duration, cast_list, cast_pairs, cast_repr, cast_text_list, is_ip, iso, read_time

REFERENCE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def at(text: str, reference: datetime = REFERENCE) -> str | None:
    moment = read_time(text, reference)
    return None if moment is None else iso(moment)


def test_the_list_of_casts_is_closed() -> None:
    assert sorted(CASTS) == ["duration", "int", "list", "pairs", "python_repr", "text_list"]


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2018-06-27T12:17:46Z", "2018-06-27T12:17:46.000Z"),
        ("2018-06-27 12:17:46", "2018-06-27T12:17:46.000Z"),
        ("2018-06-27T12:17:46", "2018-06-27T12:17:46.000Z"),
        ("2018-06-27T12:17:46+02:00", "2018-06-27T10:17:46.000Z"),
        ("2018-06-27T00:17:46+0530", "2018-06-26T18:47:46.000Z"),
        ("2018-12-31T23:17:46-08:00", "2019-01-01T07:17:46.000Z"),
        ("2018-06-27T12:17:46.5Z", "2018-06-27T12:17:46.500Z"),
        ("2018-06-27T12:17:46.123456789Z", "2018-06-27T12:17:46.123Z"),
        ("2018-06-27T12:17:46.0009+00:00", "2018-06-27T12:17:46.000Z"),
    ],
)
def test_an_iso_time_keeps_its_instant_whatever_its_offset_and_fraction(text: str, instant: str) -> None:
    assert at(text) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Thu Aug 14 11:04:31 2014", "2014-08-14T11:04:31.000Z"),
        ("Sun Jun  1 00:00:00 2025", "2025-06-01T00:00:00.000Z"),
        ("Sat Mar 5 23:59:59 2022", "2022-03-05T23:59:59.000Z"),
        ("May 17 2023 03:04:28", "2023-05-17T03:04:28.000Z"),
        ("Apr  9 2024 10:11:12", "2024-04-09T10:11:12.000Z"),
        ("Apr 09 2024 10:11:12.250", "2024-04-09T10:11:12.250Z"),
        ("Feb 29 2024 01:02:03", "2024-02-29T01:02:03.000Z"),
        ("Jan  1 1971 00:00:00", "1971-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_with_a_year_is_taken_at_its_word(text: str, instant: str) -> None:
    assert at(text) == instant


@pytest.mark.parametrize(
    ("reference", "text", "year"),
    [
        ("2026-11-22", "Nov 22 10:00:00", 2026),
        ("2026-11-22", "Nov 24 10:00:00", 2026),
        ("2026-11-22", "Nov 24 10:00:01", 2025),
        ("2026-11-22", "Jan  1 00:00:00", 2026),
        ("2026-11-22", "Nov 25 00:00:00", 2025),
        ("2026-12-31", "Jan  1 00:00:00", 2027),
        ("2026-12-31", "Jan  2 10:00:00", 2027),
        ("2026-12-31", "Jan  2 10:00:01", 2026),
        ("2027-01-01", "Dec 31 23:59:59", 2026),
        ("2027-01-01", "Jan  3 10:00:00", 2027),
        ("2027-01-01", "Jan  3 10:00:01", 2026),
    ],
)
def test_a_time_without_a_year_is_the_nearest_and_at_most_two_days_ahead(reference: str, text: str, year: int) -> None:
    moment = read_time(text, datetime.fromisoformat(f"{reference}T10:00:00+00:00"))
    assert moment is not None
    assert moment.year == year


@pytest.mark.parametrize(
    ("reference", "instant"),
    [
        ("2024-03-01", "2024-02-29T12:00:00.000Z"),
        ("2025-01-15", "2024-02-29T12:00:00.000Z"),
        ("2023-12-31", None),
        ("2026-11-22", None),
    ],
)
def test_the_29th_of_february_is_only_in_leap_years_beside_the_reference(reference: str, instant: str | None) -> None:
    assert at("Feb 29 12:00:00", datetime.fromisoformat(f"{reference}T10:00:00+00:00")) == instant


def test_the_reference_may_be_in_any_zone() -> None:
    reference = datetime(2027, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    assert at("Dec 31 16:00:00", reference) == "2026-12-31T16:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        "Feb 30 10:00:00", "Feb 29 2023 10:00:00", "Nov 31 10:00:00", "Nov 22 24:00:00", "Nov 22 10:60:00",
        "Foo 22 10:00:00", "2018-13-01T00:00:00Z", "2018-06-27T12:17:61Z", "2018-06-27T12:17:46+99:99",
        "0000-01-01T00:00:00Z", "Nov 22 0000 10:00:00",
        "0001-01-01T00:00:00+23:00", "Thu Nov", "Nov", "Nov 22", "", "yesterday at 10:00",
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_calendar_is_no_time(text: str) -> None:
    assert at(text) is None


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    assert iso(datetime(2026, 1, 2, 3, 4, 5, 6789, timezone(timedelta(hours=1)))) == "2026-01-02T02:04:05.006Z"


# ---------------------------------------------------------------- other casts


@pytest.mark.parametrize(
    ("text", "seconds"), [("0:00:30", 30), ("1:02:03", 3723), ("101:05:09", 363909), ("0:00:00", 0)]
)
def test_a_duration_is_in_seconds(text: str, seconds: int) -> None:
    assert cast_duration(text) == seconds


@pytest.mark.parametrize(("text", "numbers"), [("0", [0]), ("0, 1, 2", [0, 1, 2]), ("0,10", [0, 10])])
def test_a_list_is_of_numbers(text: str, numbers: list[int]) -> None:
    assert cast_list(text) == numbers


@pytest.mark.parametrize(
    ("text", "texts"),
    [("a@example.com", ["a@example.com"]), ("a@example.com, b,c", ["a@example.com", "b", "c"]), ("a,, ,b", ["a", "b"])],
)
def test_a_text_list_is_of_texts(text: str, texts: list[str]) -> None:
    assert cast_text_list(text) == texts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hello", "Hello"),
        (r"it\'s", "it's"),
        (r"say \"hi\"", 'say "hi"'),
        (r"C:\\temp", r"C:\temp"),
        (r"folded\r\n subject", r"folded\r\n subject"),
        (r"\\\'", r"\'"),
        (r"a\x41", r"a\x41"),
        ("Jürgen 日本", "Jürgen 日本"),
        ("[External]", "[External]"),
    ],
)
def test_a_python_repr_loses_only_the_escapes_of_quotes_and_backslashes(text: str, value: str) -> None:
    assert cast_repr(text) == value


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("[]", []),
        ("[('X-SBRS', 'None')]", ["X-SBRS: None"]),
        ("[('from', 'A <a@example.com>'), ('to', \"O'Neil\")]", ["from: A <a@example.com>", "to: O'Neil"]),
        (r"[('subject', 'it\'s [1]')]", ["subject: it's [1]"]),
        ("[('X-Empty', '')]", ["X-Empty: "]),
        ("[('cut', 'of]", []),
        ("[('odd')]", []),
    ],
)
def test_a_python_list_of_pairs_is_a_list_of_headers(text: str, pairs: list[str]) -> None:
    assert cast_pairs(text) == pairs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.10", True),
        ("255.255.255.255", True),
        ("0.0.0.1", True),
        ("2001:db8::1", True),
        ("::", True),
        ("::ffff:192.0.2.1", True),
        ("256.1.1.1", False),
        ("192.0.2", False),
        ("192.0.2.1.5", False),
        ("192.0.2.x", False),
        ("192.0.2.0001", False),
        ("192.0.2.٣", False),
        ("a:b", False),
        ("10:00:00x", False),
        ("mailhost", False),
        ("", False),
    ],
)
def test_is_ip_tells_addresses_from_names(text: str, expected: bool) -> None:
    assert is_ip(text) is expected
