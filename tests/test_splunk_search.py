"""The interpreter of Splunk's search language: every trap of the language is one test whose name is its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splunk_emulator import App, Event
from splunk_search import BadSearchError, RefusedError, Searcher, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Row = dict[str, str | list[str]]
    Run = Callable[..., Table]

MACROS = """
[everything]
definition = index=*
[here]
definition = `everything` sourcetype=st
[of(1)]
args = who
definition = user="$who$"
"""
TRANSFORMS = "[titles]\nfilename = titles.csv\n"
TITLES = "key,title,level\na,Alpha,1\nb,Beta,\n"


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    """A searcher with a few macros and a lookup."""
    for file, text in {
        "default/macros.conf": MACROS,
        "default/transforms.conf": TRANSFORMS,
        "lookups/titles.csv": TITLES,
    }.items():
        path = tmp_path / "app" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Searcher([App(tmp_path / "app")])


@pytest.fixture
def run(searcher: Searcher) -> Run:
    """Run commands after `here` over rows; `_time` of a row, or one second more than that of the row before."""

    def run(commands: str, *rows: Row, base: str = "`here`") -> Table:
        events = [
            Event("raw", "st", time=float(str(row.get("_time", number))), fields={**_plain(row), "index": "main", "sourcetype": "st"})
            for number, row in enumerate(rows)
        ]  # fmt: skip
        return searcher.run(f"{base} {commands}", events)

    return run


def _plain(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "_time"}


def values(run: Run, expression: str, **fields: str | list[str]) -> str | list[str] | None:
    """What an expression gives for a row."""
    return run(f"| eval result={expression}", fields).rows[0].get("result")


# --- the pipeline ---


def test_a_pipe_inside_quotes_does_not_end_a_command(run: Run) -> None:
    assert run('| where a=="x|y" | table a', {"a": "x|y"}, {"a": "x"}).rows == [{"a": "x|y"}]


def test_the_first_command_is_search_said_or_not(searcher: Searcher) -> None:
    events = [Event("", "st", fields={"index": "main", "a": one}) for one in ("1", "2")]
    assert (
        searcher.run("search a=1 | table a", events).rows == searcher.run("a=1 | table a", events).rows == [{"a": "1"}]
    )


def test_events_are_found_newest_first(run: Run) -> None:
    rows = [{"a": "1", "_time": "5"}, {"a": "2", "_time": "7"}, {"a": "3", "_time": "5"}]
    assert run("| table a", *rows).column("a") == ["2", "3", "1"]


def test_a_command_may_stand_on_a_line_of_its_own(run: Run) -> None:
    assert run("\n  | stats\n count AS n\n  | table\n n\n", {}).rows == [{"n": "1"}]


@pytest.mark.parametrize(
    "command",
    [
        "transaction mid", "join mid [search x=1]", "append [search x=1]", "map search=x", "timechart count", "top a",
        "chart count by a", "eventstats count", "streamstats count", "makemv a", "rex x", "statz count",
    ],
)  # fmt: skip
def test_other_commands_are_refused_by_name(run: Run, command: str) -> None:
    with pytest.raises(RefusedError, match=f"{command.split(maxsplit=1)[0]}|a subsearch"):
        run(f"| {command}", {})


def test_subsearches_comments_and_generating_commands_are_refused(run: Run, searcher: Searcher) -> None:
    for commands in ("[search b=1]", "| where in(a, [search b=1])", "```why``` | table a"):
        with pytest.raises(RefusedError, match=r"subsearch|comments"):
            run(commands, {})
    with pytest.raises(RefusedError, match="begins with a command"):
        searcher.run("| makeresults", [])


@pytest.mark.parametrize("commands", ["| | table a", '| where a=="x', "| table a |", "| where (a==1"])
def test_what_is_no_search_is_an_error(run: Run, commands: str) -> None:
    with pytest.raises(BadSearchError):
        run(commands, {})


def test_macros_stand_for_their_text_and_take_arguments(run: Run, searcher: Searcher) -> None:
    assert run("`of(bob)` | table user", {"user": "bob"}, {"user": "eve"}).rows == [{"user": "bob"}]
    with pytest.raises(BadSearchError, match="no macro"):
        searcher.run("`nothing`", [])


# --- search ---


def test_in_search_or_binds_tighter_than_and(run: Run) -> None:
    rows = [{"a": "1"}, {"a": "2", "c": "1"}, {"b": "1", "c": "1"}]
    assert len(run("a=1 OR b=1 c=1", *rows).rows) == 1


def test_search_compares_without_regard_to_case_and_where_with_it(run: Run) -> None:
    assert len(run('| search a="X"', {"a": "x"}).rows) == 1
    assert len(run('| where a=="X"', {"a": "x"}).rows) == 0


def test_a_star_is_a_wildcard_in_search_and_a_character_in_where(run: Run) -> None:
    assert len(run('| search a="14*"', {"a": "1404"}).rows) == 1
    assert len(run('| where a=="14*"', {"a": "1404"}).rows) == 0


def test_search_by_words_or_tags_is_refused(run: Run) -> None:
    with pytest.raises(RefusedError, match="without a field"):
        run("lost", {})
    with pytest.raises(RefusedError, match="tags"):
        run("tag=email", {})


# --- eval and where ---


def test_a_comparison_with_null_is_not_true_and_neither_is_its_negation(run: Run) -> None:
    for condition in ('gone=="x"', 'gone!="x"', 'NOT gone=="x"', "gone < 1"):
        assert run(f"| where {condition}", {"a": "1"}).rows == []
    assert len(run("| where isnull(gone)", {"a": "1"}).rows) == 1


def test_numbers_are_compared_as_numbers_only_where_both_sides_are(run: Run) -> None:
    assert len(run("| where a > b", {"a": "10", "b": "9"}).rows) == 1
    assert len(run("| where a > b", {"a": "10x", "b": "9"}).rows) == 0


def test_a_multivalue_field_equals_what_one_of_its_values_equals(run: Run) -> None:
    assert len(run('| where a=="2"', {"a": ["1", "2"]}).rows) == 1


def test_where_of_anything_but_a_condition_is_refused(run: Run) -> None:
    with pytest.raises(RefusedError, match="not a boolean"):
        run("| where a", {"a": "1"})


def test_eval_works_from_left_to_right_and_null_takes_a_field_away(run: Run) -> None:
    (row,) = run('| eval b=a . "!", c=b . "?", a=null() | table a, b, c', {"a": "x"}).rows
    assert row == {"b": "x!", "c": "x!?"}


def test_a_comma_or_equals_sign_inside_quotes_or_parentheses_is_no_assignment(run: Run) -> None:
    assert values(run, 'if(a=="x,y=1", "b=2,c", "no")', a="x,y=1") == "b=2,c"


def test_a_name_with_a_dot_needs_single_quotes_for_a_bare_dot_joins(run: Run) -> None:
    fields = {"a.b": "field", "a": "1", "b": "2"}
    assert run("| eval x='a.b', y=a.b, 'z.z'=1 | table x y z.z", fields).rows == [{"x": "field", "y": "12", "z.z": "1"}]


def test_joining_with_null_is_null(run: Run) -> None:
    assert values(run, '"DCID " . gone') is None
    assert values(run, 'coalesce("DCID " . gone, "-")') == "-"


def test_a_boolean_cannot_become_a_field(run: Run) -> None:
    with pytest.raises(RefusedError, match="boolean"):
        run("| eval a=isnull(b)", {})


def test_text_functions_of_several_values_are_refused(run: Run) -> None:
    with pytest.raises(RefusedError, match="multivalue"):
        run('| eval b=a . "x"', {"a": ["1", "2"]})


def test_functions_outside_the_subset_are_refused_by_name_before_any_event(run: Run) -> None:
    with pytest.raises(RefusedError, match="cidrmatch"):
        run('| eval a=cidrmatch("192.0.2.0/24", b)')


def test_an_eval_without_an_assignment_is_an_error(run: Run) -> None:
    for commands in ("| eval a", "| eval a==1", "| eval a=1 b=2"):
        with pytest.raises(BadSearchError):
            run(commands, {})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("mvsort(m)", ["10", "9", "B", "a"]),  # as texts, capitals first
        ("mvsort(gone)", None),
        ("mvsort(s)", "x"),
        ("mvdedup(d)", ["b", "a"]),  # in the order of their first appearance
        ("mvdedup(gone)", None),
        ("mvdedup(mvappend(gone, s, s))", "x"),
        ('mvmap(d, d . "!")', ["b!", "a!", "b!"]),
        ('mvmap(d, if(d=="b", d, null()))', ["b", "b"]),  # null is left out
        ("mvmap(d, d . s)", ["bx", "ax", "bx"]),  # other fields may be read
        ('mvmap(gone, gone . "!")', None),
        ('mvfilter(d=="b")', ["b", "b"]),
        ('mvfilter(match(m, "[a-z]"))', "a"),
        ('mvfilter(d=="z")', None),
        ('mvfilter(gone=="z")', None),
        ("abs(-1.5)", "1.5"),
        ("abs(s)", None),  # no number
        ("floor(-1.5)", "-2"),
        ("floor(1795168805999/120000)", "14959740"),
        ("ceiling(1.2)", "2"),
        ("ceil(gone)", None),
        ("round(2.5)", "3"),
        ("round(0.4999)", "0"),
        ("round(1.005, 1)", "1"),
        ("round(-2.6)", "-3"),
        ("round(gone)", None),
        ("round(1795168805.123 * 1000)", "1795168805123"),
        ("max(9, 10, gone)", "10"),
        ("max(9, s)", "x"),  # a text is greater than a number
        ("min(9, s)", "9"),
        ("max(m)", "a"),  # of all values of a field
        ("min(m)", "9"),
        ("min(gone)", None),
    ],
)
def test_eval_functions(run: Run, expression: str, expected: str | list[str] | None) -> None:
    fields: Row = {"m": ["a", "10", "9", "B"], "d": ["b", "a", "b"], "s": "x"}
    assert values(run, expression, **fields) == expected


@pytest.mark.parametrize(
    "expression",
    [
        'mvfilter(d=="b" OR s=="x")',
        "mvmap(mvsort(d), d)",
        "mvmap(mvappend(d, s), d)",
        "round(-2.5)",
        "mvsort(isnull(d))",
    ],
)
def test_eval_functions_refuse_what_no_document_decides(run: Run, expression: str) -> None:
    with pytest.raises(RefusedError):
        values(run, expression, d=["b", "a", "b"], s="x")


def test_a_regex_beyond_its_limits_matches_nothing_and_is_a_fault(run: Run, searcher: Searcher) -> None:
    assert run('| where match(a, "^(x+)+$")', {"a": "x" * 40 + "!"}).rows == []
    assert [fault.kind for fault in searcher.faults] == ["limit"]


# --- stats ---


def test_values_are_distinct_texts_in_the_order_of_texts(run: Run) -> None:
    rows = [{"a": "9"}, {"a": ["10", "9"]}, {"a": "b"}, {"a": "B"}, {}]
    assert run("| stats values(a) AS a", *rows).rows == [{"a": ["10", "9", "B", "b"]}]


def test_distinct_values_are_counted_as_texts_each_value_of_a_field_by_itself(run: Run) -> None:
    rows = [{"a": "1"}, {"a": "1.0"}, {"a": ["1", "2"]}, {}]
    assert run("| stats dc(a) AS a, distinct_count(b) AS b", *rows).rows == [{"a": "3", "b": "0"}]


def test_rows_without_a_key_are_left_out_and_those_with_several_stand_under_each(run: Run) -> None:
    rows = [{"k": "a"}, {"k": ["a", "b"]}, {}]
    assert run("| stats count by k", *rows).rows == [{"k": "a", "count": "2"}, {"k": "b", "count": "1"}]


def test_a_key_twice_in_one_row_counts_twice(run: Run) -> None:
    assert run("| stats count by k", {"k": ["a", "a"]}).rows == [{"k": "a", "count": "2"}]


def test_two_multivalue_keys_make_every_pair(run: Run) -> None:
    assert len(run("| stats count by k, l", {"k": ["a", "b"], "l": ["c", "d"]}).rows) == 4


def test_count_of_an_eval_counts_what_is_true_or_a_value(run: Run) -> None:
    rows = [{"a": "x"}, {"a": "y"}, {}]
    terms = 'count AS all, count(a) AS there, count(eval(a=="x")) AS x, count(eval(if(a=="x", 0, null()))) AS zero'
    assert run(f"| stats {terms}", *rows).rows == [{"all": "3", "there": "2", "x": "1", "zero": "1"}]


def test_min_and_max_are_of_numbers_or_of_texts_and_of_nothing_null(run: Run) -> None:
    rows = [{"n": "9", "t": "203.0.113.9"}, {"n": "10.0", "t": "203.0.113.10"}]
    terms = "min(n) AS a, max(n) AS b, min(t) AS c, max(t) AS d, max(gone) AS e"
    assert run(f"| stats {terms}", *rows).rows == [{"a": "9", "b": "10", "c": "203.0.113.10", "d": "203.0.113.9"}]


def test_large_whole_numbers_stay_whole(run: Run) -> None:
    rows = [{"n": "1795168805123"}, {"n": "1795168805124"}]
    assert run("| stats min(n) AS n | eval n=n/1000", *rows).rows == [{"n": "1795168805.123"}]


def test_a_sum_passes_over_what_is_no_number(run: Run) -> None:
    assert run("| stats sum(n) AS n, sum(t) AS t by k", {"k": "a", "n": "1", "t": "x"}, {"k": "a", "n": "2"}).rows == [
        {"k": "a", "n": "3"}
    ]


def test_latest_and_earliest_go_by_time_and_first_by_place(run: Run) -> None:
    rows = [{"a": "old", "_time": "1"}, {"a": "new", "_time": "3"}, {"_time": "4"}]
    terms = "latest(a) AS l, earliest(a) AS e, first(a) AS f"
    assert run(f"| sort 0 num(_time) | stats {terms}", *rows).rows == [{"l": "new", "e": "old", "f": "old"}]


def test_min_of_an_eval_passes_over_null(run: Run) -> None:
    rows = [{"a": "x", "n": "5"}, {"a": "y", "n": "1"}]
    assert run('| stats min(eval(if(a=="x", n, null()))) AS n', *rows).rows == [{"n": "5"}]


def test_without_by_there_is_one_row_even_of_nothing(run: Run) -> None:
    assert run("| stats count AS n, dc(a) AS d, max(a) AS m").rows == [{"n": "0", "d": "0"}]
    assert run("| stats count AS n by a").rows == []


def test_a_column_stands_even_where_no_row_has_a_value(run: Run) -> None:
    assert run("| stats values(a) AS a, count(b) by k", {"k": "x"}).columns == ["k", "a", "count(b)"]


def test_an_eval_in_stats_needs_a_name(run: Run) -> None:
    with pytest.raises(BadSearchError, match="without AS"):
        run('| stats count(eval(a=="x"))', {})


def test_two_results_of_one_name_are_an_error(run: Run) -> None:
    for terms in ("count AS a, dc(b) AS a", "count AS k by k"):
        with pytest.raises(BadSearchError, match="one name"):
            run(f"| stats {terms}", {})


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ("list(a)", r"list\(\)"),
        ("perc95(a)", r"perc95\(\)"),
        ("avg(a)", r"avg\(\)"),
        ("allnum=t count", "allnum"),
        ("values(*)", r"\*"),
        ("count(a) AS n", "several values"),
        ("sum(a) AS n", "several values"),
        ("max(b) AS n", "numbers beside"),
        ("latest(t) AS n", "same time"),
        ("values(eval(isnull(a))) AS n", "boolean"),
        ("values(gone) AS n", "whether one row"),
    ],
)
def test_stats_refuses_what_is_not_implemented_or_not_documented(run: Run, terms: str, named: str) -> None:
    rows: list[Row] = [{"a": ["1", "2"], "b": "1", "t": "x", "_time": "1"}, {"b": "x", "t": "y", "_time": "1"}]
    with pytest.raises(RefusedError, match=named):
        run(f"| stats {terms}", *rows)


def test_the_order_of_stats_is_not_documented_so_nothing_may_rest_on_it(run: Run) -> None:
    rows = [{"k": "a"}, {"k": "b"}]
    assert not run("| stats count by k", *rows).ordered
    for command in ("head 1", "dedup count", "stats first(k) AS k"):
        with pytest.raises(RefusedError, match="order is not documented"):
            run(f"| stats count by k | {command}", *rows)
    assert run("| stats count by k | sort 0 k | head 1", *rows).column("k") == ["a"]


# --- mvexpand ---


def test_mvexpand_makes_a_row_of_each_value_and_keeps_the_other_fields(run: Run) -> None:
    rows = run("| mvexpand a | table a, b", {"a": ["x", "y", "x"], "b": ["1", "2"]}, {"a": "z"}).rows
    assert rows == [{"a": "z"}, *({"a": one, "b": ["1", "2"]} for one in "xyx")]


def test_mvexpand_of_a_row_without_the_field_is_refused(run: Run) -> None:
    with pytest.raises(RefusedError, match="a row without a"):
        run("| mvexpand a", {"a": "x"}, {"b": "x"})


def test_mvexpand_takes_no_internal_field_and_no_limit(run: Run) -> None:
    with pytest.raises(BadSearchError, match="internal"):
        run("| mvexpand _time", {})
    with pytest.raises(BadSearchError):
        run("| mvexpand a limit=5", {"a": "x"})


# --- sort ---


def test_without_a_count_sort_keeps_ten_thousand_rows_and_with_0_all(run: Run) -> None:
    rows: list[Row] = [{"a": str(number)} for number in range(10_001)]
    assert len(run("| sort a", *rows).rows) == 10_000
    assert len(run("| sort 0 a", *rows).rows) == 10_001
    assert run("| sort 2 -a", *rows).column("a") == ["10000", "9999"]


def test_numbers_sort_as_numbers_unless_they_are_said_to_be_texts(run: Run) -> None:
    rows = [{"a": "10"}, {"a": "9"}]
    assert run("| sort 0 a", *rows).column("a") == run("| sort 0 num(a)", *rows).column("a") == ["9", "10"]
    assert run("| sort 0 str(a)", *rows).column("a") == ["10", "9"]


def test_addresses_sort_as_addresses_unless_they_are_said_to_be_texts(run: Run) -> None:
    rows = [{"a": "192.0.2.10"}, {"a": "192.0.2.9"}]
    assert (
        run("| sort 0 a", *rows).column("a") == run("| sort 0 ip(a)", *rows).column("a") == ["192.0.2.9", "192.0.2.10"]
    )
    assert run("| sort 0 str(a)", *rows).column("a") == ["192.0.2.10", "192.0.2.9"]


def test_a_minus_turns_one_field_only_and_equal_rows_keep_their_order(run: Run) -> None:
    rows = [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}, {"a": "2", "b": "x"}, {"a": "2", "b": "x", "c": "first"}]
    found = run("| sort 0 -num(a), str(b) | table a b c", *rows).rows
    assert found == [
        {"a": "2", "b": "x", "c": "first"},
        {"a": "2", "b": "x"},
        {"a": "2", "b": "y"},
        {"a": "1", "b": "x"},
    ]


def test_rows_without_the_field_stand_last_in_both_directions(run: Run) -> None:
    rows = [{"a": "1"}, {}, {"a": "2"}]
    assert run("| sort 0 a", *rows).column("a") == ["1", "2", None]
    assert run("| sort 0 -a", *rows).column("a") == ["2", "1", None]


def test_sort_refuses_what_splunk_decides_pair_by_pair(run: Run) -> None:
    for texts in (["1", "x"], ["1a", "x"], ["192.0.2.1", "x"]):
        with pytest.raises(RefusedError, match="digit"):
            run("| sort 0 a", *({"a": one} for one in texts))
    for item in ("num(a)", "ip(a)", "a desc"):
        with pytest.raises(RefusedError):
            run(f"| sort 0 {item}", {"a": "x"})
    with pytest.raises(RefusedError, match="several values"):
        run("| sort 0 a", {"a": ["1", "2"]})


# --- the other commands ---


def test_fields_keeps_time_and_raw_until_they_are_taken_away(run: Run) -> None:
    assert run("| fields a", {"a": "1", "b": "2"}).rows == [{"a": "1", "_time": "0", "_raw": "raw"}]
    assert run("| fields + a | fields - _raw _time", {"a": "1", "b": "2"}).rows == [{"a": "1"}]


def test_table_keeps_its_columns_only_in_its_order_even_empty_ones(run: Run) -> None:
    table = run('| table b, "a c" d', {"a c": "1", "b": "2"})
    assert (table.columns, table.rows) == (["b", "a c", "d"], [{"b": "2", "a c": "1"}])


def test_wildcards_in_names_are_refused(run: Run) -> None:
    for command in ("table a*", "fields - a*", "rename a* AS b*", "dedup *"):
        with pytest.raises(RefusedError, match="wildcard"):
            run(f"| {command}", {})


def test_rename_gives_a_field_another_name_which_must_be_free(run: Run) -> None:
    assert run('| table a b | rename a AS "A a", b as c', {"a": "1", "b": "2"}).rows == [{"A a": "1", "c": "2"}]
    with pytest.raises(RefusedError, match="there already"):
        run("| rename a AS b", {"b": "2"})


def test_head_gives_ten_rows_or_as_many_as_it_is_told(run: Run) -> None:
    rows: list[Row] = [{}] * 12
    assert [len(run(f"| head {count}", *rows).rows) for count in ("", "3", "limit=11")] == [10, 3, 11]
    with pytest.raises(RefusedError, match="head"):
        run("| head (a==1)", {})


def test_fillnull_fills_the_fields_it_is_given_and_makes_new_ones(run: Run) -> None:
    assert run('| table a b | fillnull value="-" a c | fillnull b', {"a": "1"}).rows == [{"a": "1", "b": "0", "c": "-"}]
    with pytest.raises(RefusedError, match="without a list"):
        run("| fillnull value=0", {})


def test_dedup_keeps_the_first_row_of_each_combination_and_leaves_out_rows_without_one(run: Run) -> None:
    rows = [{"a": "1", "b": "old"}, {"a": "1", "b": "new"}, {"b": "x"}]
    assert run("| dedup a | table a b", *rows).rows == [{"a": "1", "b": "new"}]
    for arguments in ("2 a", "a keepempty=t", "a sortby b"):
        with pytest.raises(RefusedError, match="dedup"):
            run(f"| dedup {arguments}", *rows)


def test_bin_moves_times_to_the_beginning_of_their_slice(run: Run) -> None:
    rows = [{"_time": "1795168799"}, {"_time": "1795168800"}]
    assert run("| bin _time span=15m | table _time", *rows).column("_time") == ["1795168800", "1795167900"]
    for arguments in ("_time", "_time span=1d", "a span=15m", "_time span=15m aligntime=now", "_time span=15m AS t"):
        with pytest.raises(RefusedError, match="bin"):
            run(f"| bin {arguments}", {})


def test_lookup_writes_its_outputs_and_clears_them_where_no_row_matches(run: Run) -> None:
    rows = [{"k": "a", "title": "old"}, {"k": "z", "title": "old"}, {"title": "old"}]
    found = run("| lookup titles key AS k OUTPUT title level | table k title level", *rows).rows
    assert found == [{"title": "old"}, {"k": "z"}, {"k": "a", "title": "Alpha", "level": "1"}]
    found = run("| lookup titles key AS k OUTPUTNEW title | table title", *rows).rows
    assert found == [{"title": "old"}] * 3


def test_a_lookup_that_does_not_exist_or_lacks_a_column_is_an_error(run: Run) -> None:
    with pytest.raises(BadSearchError, match="no lookup definition"):
        run("| lookup nothing key", {})
    with pytest.raises(BadSearchError, match="no column"):
        run("| lookup titles key OUTPUT nothing", {})


def test_xyseries_makes_a_column_of_each_series(run: Run) -> None:
    rows = [{"x": "1", "s": "a", "n": "5"}, {"x": "1", "s": "b", "n": "6"}, {"x": "2", "s": "b", "n": "7"}]
    table = run("| sort 0 x | xyseries x s n", *rows)
    assert (table.columns, table.rows) == (["x", "a", "b"], [{"x": "1", "a": "5", "b": "6"}, {"x": "2", "b": "7"}])
    for arguments in ("x s", "x s n sep=-"):
        with pytest.raises(RefusedError, match="xyseries"):
            run(f"| xyseries {arguments}", *rows)
    with pytest.raises(RefusedError, match="twice"):
        run("| xyseries x s n", rows[0], rows[0])
