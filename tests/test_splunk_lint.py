"""Our linter: each planted fault is found, and nothing is found where nothing is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from splunk_emulator.conf import Setting
from splunk_lint import CODES, lint
from splunk_lint.app import LintedApp
from splunk_lint.planted import CAUGHT, FAULTS, MISSED, Fault
from splunk_lint.planted.table import TABLE, markdown
from splunk_lint.regexes import compiled
from splunk_lint.spl import check_search
from splunk_lint.spl_table import AGGREGATES, COMMANDS, EVAL_FUNCTIONS
from splunk_lint.studio import VISUALIZATIONS
from support.splunk_app import write_sample

POSTERN = Path(__file__).parents[1] / "out" / "splunk" / "postern"
HERE = Setting("", "a.conf", "b", "c")

RIGHT = [
    "error",
    'index=mail (sourcetype=a OR sourcetype=b) NOT user IN (x, "y z") size>=10',
    "search index=mail | head 10",
    "| tstats count where index=mail by _time span=1h, host",
    "| tstats avg(size) AS size FROM datamodel=Email BY host",
    "| inputlookup sample_doors | stats count by floor",
    "| inputlookup append=true sample_doors.csv",
    "| makeresults count=3 | eval n=random()%10, 'a b'=if(n>5, \"high, (really)\", \"low\")",
    "* | stats count, dc(user) as users, perc95(size) p99(size) exactperc99.9(size) values(src) BY host, user",
    '* | stats count(eval(action="blocked" AND len(user)>3)) AS blocked by host',
    "* | stats sparkline(count, 1h) AS trend list(x) latest(_time) AS last BY host",
    "* | timechart span=1h limit=5 useother=f count BY host",
    "* | timechart per_hour(size) avg(eval(round(size/1024)))",
    "* | chart count over host by user | sort - count",
    "* | top limit=20 showperc=f user by host",
    '* | transaction icid maxspan=1h startswith=(event="open") endswith=eval(event=="close")',
    '* | rex field=_raw "from=<(?<sender>[^>]*)>" | rex mode=sed field=sender "s/@.*//"',
    '* | where isnull(x) OR (like(y, "a%") AND NOT z IN ("b", "c"))',
    "* | where [search index=x | return user]",
    "* | append [search index=x | stats count BY user] | join type=left user [| inputlookup sample_doors]",
    "* | foreach a_* [eval <<FIELD>>=round('<<FIELD>>', 1)]",
    "* ```a comment | statz``` | stats count",
    "* | lookup local=true sample_doors door AS gate OUTPUTNEW floor AS level",
    "* | eventstats avg(size) as mean | streamstats window=5 current=f sum(size) AS sum BY host",
    '* | bin _time span=5m | dedup host sortby -_time | fields - _raw | rename a AS "b (c)"',
    '* | eval a=case(x==1, "one", true(), "many"), b=json_extract(_raw, "c.d"), c=mvjoin(split(x, ","), "; ")',
    '* | fillnull value=0 a b | table a b "c | d" | sort 0 -num(a) | outputlookup sample_doors.csv',
    '* | regex user!="^svc_" | map maxsearches=5 search="search index=x user=$user$"',
    '* | savedsearch "Sample - visits by door"',
    "eventtype=sample_visit eventtype=other_* tag=authentication | `sample_top(user, 5)`",
]  # fmt: skip
WRONG = {
    "* | stats count by a, | head 1": "spl-empty-by",
    "* | chart count over host by": "spl-empty-by",
    "* | top user by | head": "spl-empty-by",
    "* |": "spl-empty-command",
    "* | append [search index=x": "spl-unbalanced",
    "* | eval a=(1+2": "spl-unbalanced",
    "* | stats count) by x": "spl-unbalanced",
    "* | `sample_top(a, 5)": "spl-unbalanced",
    "* | append [index=x | stats count]": "spl-unknown-command",
    "* | append [search index=x | statz count]": "spl-unknown-command",
    "index=x | sourcetype=y": "spl-unknown-command",
    "* | stats count(eval(lenn(user)>3)) AS long": "unknown-function",
    "* | timechart span=1h counts BY host": "unknown-function",
    '* | eval a=json_extrakt(_raw, "b")': "unknown-function",
    '* | where match(a, "(b")': "regex-broken",
    '* | rex "a=(?<b>c"': "regex-broken",
    '* | rex "a=(b)"': "extract-no-name",
    "* | where a=": "eval-syntax",
    "* | eval a": "eval-syntax",
    "* | inputlookup nothing": "missing-lookup",
    "* | savedsearch nothing": "missing-saved-search",
}  # fmt: skip
EXPENSIVE = [
    r"^(a+)+$",
    r"^(\w+\s?)*$",
    r"^(?:a|a)*$",
    r"user=(?<u>(?:[a-z]+)*)@",
    r"^(?:.*,){12}x",
    r"\A([^;]*;)*([^;]*;)*([^;]*;)*x",
    r"^(?|(a+)|(b+))+$",
]
CHEAP = [
    r"^[^ ]{1,64} [^ ]{1,64}$",
    r"\A(?>a+)+b\z",
    r"\A(?:\w++\s?)*+\z",
    r"who=([^ ]*) from=([^ ]*)",
    r"\A(?:%ASA-[0-7]-[0-9]{6}: )?[\s\S]{0,256}\z",
    r"(?<=x)(?:ab|cd){0,8}(?!y)",
]


@pytest.fixture
def app(tmp_path: Path) -> LintedApp:
    return LintedApp(write_sample(tmp_path))


def codes(path: Path) -> set[str]:
    return {problem.code for problem in lint(path)}


def test_the_sample_app_has_no_problem(tmp_path: Path) -> None:
    assert lint(write_sample(tmp_path)) == []


def test_our_app_has_no_problem() -> None:
    assert [str(problem) for problem in lint(POSTERN)] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_gives_exactly_its_codes(fault: Fault, tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    fault.edit(path)
    assert codes(path) == {*filter(None, (fault.linter, *fault.also))}


def test_each_fault_that_appinspect_misses_is_caught_or_harmless() -> None:
    assert (len(CAUGHT), len(MISSED)) == (23, 30)
    assert [fault.name for fault in MISSED if not fault.linter] == [fault.name for fault in MISSED if fault.harmless]
    assert [fault.name for fault in MISSED if fault.harmless] == ["line ends of Windows", "indexes.conf", "no README"]
    assert [fault.name for fault in MISSED if fault.appinspect] == []


def test_every_code_is_planted() -> None:
    assert {fault.linter for fault in FAULTS} - {""} == set(CODES)


def test_the_table_of_faults_is_as_the_code_says() -> None:
    assert TABLE.read_text(encoding="utf-8") == markdown()


@pytest.mark.parametrize("search", RIGHT)
def test_a_right_search_gives_no_alarm(search: str, app: LintedApp) -> None:
    check_search(app, search, HERE)
    assert app.problems.sorted() == []


@pytest.mark.parametrize(("search", "code"), WRONG.items())
def test_a_wrong_search_gives_its_code(search: str, code: str, app: LintedApp) -> None:
    check_search(app, search, HERE)
    assert [problem.code for problem in app.problems.sorted()] == [code]


@pytest.mark.parametrize("pattern", EXPENSIVE)
def test_an_expensive_regex_runs_into_the_limit(pattern: str, app: LintedApp) -> None:
    assert compiled(app, pattern, HERE) is not None
    assert [problem.code for problem in app.problems.sorted()] == ["regex-limit"]


@pytest.mark.parametrize("pattern", CHEAP)
def test_a_cheap_regex_does_not(pattern: str, app: LintedApp) -> None:
    assert compiled(app, pattern, HERE) is not None
    assert app.problems.sorted() == []


def test_a_stanza_may_raise_its_limits(app: LintedApp) -> None:
    limits = {key: Setting("10000000", "a.conf", "b", key) for key in ("MATCH_LIMIT", "DEPTH_LIMIT")}
    assert compiled(app, r"^(?:.*,){2}x", HERE, limits) is not None
    assert app.problems.sorted() == []
    assert compiled(app, r"^(?:.*,){2}x", HERE) is not None
    assert [problem.code for problem in app.problems.sorted()] == ["regex-limit"]


def test_the_tables_are_whole() -> None:
    assert (len(COMMANDS), len(VISUALIZATIONS), len(AGGREGATES["stats"])) == (204, 27, 30)
    assert {"stats", "tstats", "transaction"} <= COMMANDS
    assert "statz" not in COMMANDS
    assert {"case", "mvmap", "json_extract", "in"} <= EVAL_FUNCTIONS


def test_a_problem_says_where_it_is_and_what_is_near(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    props = path / "default" / "props.conf"
    props.write_text(props.read_text().replace("TIME_PREFIX", "TIME_PREFX"))
    assert [str(problem) for problem in lint(path)] == [
        "default/props.conf:5 [sample:door] TIME_PREFX: unknown-key: "
        "props.conf has no key TIME_PREFX; did you mean TIME_PREFIX?"
    ]


def test_the_command_prints_problems_and_fails(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    command = [sys.executable, "-m", "splunk_lint", str(path)]
    assert subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, check=True).stdout == b""
    (path / "static" / "appIcon.png").unlink()
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "static/appIcon.png: icon-missing: is missing\n")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no app at"):
        lint(tmp_path / "gone")
