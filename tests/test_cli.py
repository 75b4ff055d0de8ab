"""The command line as a user runs it: what comes out, where, and with which exit status."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from postern import artifact, draft, trial
from postern.clean import clean
from postern.cli import VERBS, errors, lines
from postern.compile import compile_catalog
from postern.matcher import Matcher
from support.corpus import every_line
from support.real import ROOT, catalog, matcher

KNOWN = "%ASA-6-719022: WebVPN user alice has been authenticated."
UNKNOWN = "<13>Oct 10 12:34:56 host something: else entirely"
NEW = "%ASA-4-733999: Object 192.0.2.7 was shunned for 60 seconds by 'mail guard'"
OTHER_WORDS = "%ASA-6-719003: Email Proxy session 0xd5ea9b8c was lost for 192.0.2.10."
SCHEMA = json.loads(resources.files("postern").joinpath("data/explain.schema.json").read_text(encoding="utf-8"))


def postern(*arguments: str, given: bytes = b"", root: Path = ROOT, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command of the checkout at `root`."""
    return subprocess.run(
        [sys.executable, "-m", "postern", *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root / "generators"), "COLUMNS": "120"} | env,
    )


def explained(given: bytes, *arguments: str) -> list[Any]:
    """What `explain --json -` says of these bytes."""
    done = postern("explain", "--json", "-", *arguments, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"\n") or not given
    return [json.loads(line) for line in done.stdout.split(b"\n")[:-1]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the checkout, to be changed; what it generates is in its out/."""
    for name in ("catalog", "generators"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert postern("build", root=tmp_path).returncode == 0
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- the command itself


def test_the_version_and_the_help_text_come_without_importing_a_verb() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "postern", "--help"], capture_output=True, text=True, check=True
    )
    assert all(verb.summary in done.stdout for verb in VERBS)
    for heavy in ("pydantic", "yaml", "jinja2", "elasticsearch", "rich.console"):
        assert f" {heavy}\n" not in done.stderr
    assert postern("--version").stdout.startswith(b"postern ")


@pytest.mark.parametrize("verb", [*([verb.name] for verb in VERBS), ["collect", "esmtp-counters"]], ids=" ".join)
def test_every_verb_has_help(verb: list[str]) -> None:
    done = postern(*verb, "-h")
    assert done.returncode == 0
    assert b"Examples:" in done.stdout or verb == ["collect"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["check", "--nonsense"], ["check", "--format", "xml"], ["check", "--explain", "P999"],
        ["explain", "--lang", "tlh", "x"], ["explain", "--product", "pix", "x"], ["explain", "--reference", "noon"],
        ["list", "--product", "pix"], ["new", "--product", "pix", "x"], ["collect", "nonsense"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_command_that_is_not_understood_ends_with_2_and_says_why(arguments: list[str]) -> None:
    done = postern(*arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Error: " in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m postern explain --json - | head -n 1"
    given = (KNOWN + "\n").encode() * 20_000
    done = subprocess.run(["sh", "-c", command], input=given, capture_output=True, check=False)
    assert json.loads(done.stdout)["key"] == "cisco_asa.719022"
    assert done.stderr == b""


# ---------------------------------------------------------------- check


def test_a_sound_catalog_gives_one_line_of_counts() -> None:
    done = postern("check")
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.decode().splitlines()
    for noun in ("messages", "wordings", "samples", "fields", "events", "types"):
        assert f" {noun}" in line
    assert json.loads(postern("check", "--format", "json").stdout) == []


def test_all_faults_of_a_catalog_come_in_one_run(copy: Path) -> None:
    spoil(copy, "cisco_asa/719-email-proxy.yaml", "resources have been freed for {src}", "was freed for {scr}")
    spoil(copy, "cisco_asa/719-email-proxy.yaml", "params: {max_sessions: 250}", "params: {max_sessions: 251}")
    spoil(copy, "cisco_esa/receiving.yaml", "event: mail_started", "event: mail_strated")
    done = postern("check", root=copy)
    assert done.returncode == 1
    found = [line.split(": ")[1].split(" ")[0] for line in done.stdout.decode().splitlines()]
    assert sorted(found) == ["P302", "P503", "P603"]
    assert all(line.startswith("catalog/cisco_") for line in done.stdout.decode().splitlines())
    data = json.loads(postern("check", "--format", "json", root=copy).stdout)
    assert [(one["code"], one["line"] > 0) for one in data] == [(code, True) for code in found]
    marks = postern("check", "--format", "ci", root=copy).stdout.decode().splitlines()
    assert [mark.startswith("::error file=catalog/") for mark in marks] == [True] * 3


def spoil(root: Path, file: str, before: str, after: str) -> None:
    """Puts a fault into the catalog of a copy."""
    path = root / "catalog" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_a_code_is_explained_with_an_example() -> None:
    done = postern("check", "--explain", "p604")
    assert done.returncode == 0
    assert done.stdout.startswith(b"P604: ")
    assert b"tests/bad/P604" in done.stdout


# ---------------------------------------------------------------- list


def test_the_list_is_narrowed_by_words_and_product() -> None:
    done = postern("list", "--json", "--product", "cisco_esa", "SMTP", "auth")
    rows = json.loads(done.stdout)
    assert rows
    assert {row["product"] for row in rows} == {"cisco_esa"}
    whole = json.loads(postern("list", "--json").stdout)
    assert [row["key"] for row in whole] == [message.key for message in catalog().messages()]
    assert whole[0].keys() == {"key", "product", "level", "title", "events", "wordings", "samples"}


def test_the_list_is_a_table_and_nothing_found_is_said() -> None:
    table = postern("list", "--product", "netdefend").stdout.decode().splitlines()
    assert table[0].split() == ["key", "level", "title", "event", "samples"]
    assert len(table) == 1 + len(catalog().product("netdefend").messages)
    nothing = postern("list", "no such words at all")
    assert (nothing.returncode, nothing.stdout) == (0, b"")
    assert nothing.stderr == b"No message holds all these words.\n"


# ---------------------------------------------------------------- explain


def test_every_line_gets_its_object_in_order_by_the_schema() -> None:
    every = every_line(catalog())
    found = explained("\n".join(every).encode(), "--reference", "2026-11-22T10:00:00Z")
    assert [one["ecs"]["event"]["original"] for one in found] == [line.removesuffix("\r") for line in every]
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [str(fault) for one in found for fault in validator.iter_errors(one)] == []
    assert {one["status"] for one in found} == {"parsed", "header_only", "unknown"}


def test_blank_lines_control_characters_and_broken_bytes_are_lines_like_others() -> None:
    given = b"\n" + KNOWN.encode() + b"\r\n\n\x00\na\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\rf\n\xff\xfe z\n" + KNOWN.encode()
    found = explained(given)
    assert [one["ecs"]["event"]["original"] for one in found] == [
        "", KNOWN, "", "\x00", "a\x0bb\x0cc\x85d\u2028e\rf", r"\xff\xfe z", KNOWN,
    ]  # fmt: skip
    assert [one["status"] for one in found] == ["unknown", "parsed", *["unknown"] * 4, "parsed"]
    assert explained(b"") == []


def test_a_line_of_a_megabyte_is_explained_in_time() -> None:
    begun = time.monotonic()
    heads = ("", "%ASA-6-719022: ", "Fri Nov 20 10:00:00 2026 Info: MID 1 ", "<1>1 2026-02-09T07:32:47Z fw ALG : id=1 ")
    long = [head + body * (1_000_000 // len(body)) for head in heads for body in ("x", "a=b ", "MID 7 ")]
    found = explained("\n".join(long).encode())
    assert [len(one["ecs"]["event"]["original"]) for one in found] == [len(line) for line in long]
    assert time.monotonic() - begun < 60


def test_lines_are_answered_while_more_are_awaited() -> None:
    command = [sys.executable, "-m", "postern", "explain", "--json", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(KNOWN.encode() + b"\nhalf a li")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["status"] == "parsed"
        running.stdin.write(b"ne\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["ecs"]["message"] == "half a line"
        assert running.communicate()[0] == b""


def test_the_reference_clock_and_the_product_are_heeded() -> None:
    line = b"Nov 20 10:00:00 postern-esa mail_logs: Info: ICID 451 close\n"
    (one,) = explained(line, "--reference", "2021-12-01", "--product", "cisco_esa")
    assert one["ecs"]["@timestamp"] == "2021-11-20T10:00:00.000Z"
    (other,) = explained(KNOWN.encode(), "--product", "cisco_esa")
    assert (other["status"], other["product"]) == ("unknown", None)


def test_people_get_meaning_and_action() -> None:
    done = postern("explain", KNOWN)
    text = done.stdout.decode()
    message = next(one for one in catalog().messages() if one.key == "cisco_asa.719022")
    for said in (message.title, message.key, "parsed", "user alice", "event.action login", message.meaning[:40]):
        assert said in text
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\x1b[" not in text


def test_another_language_changes_the_words_only() -> None:
    english, chinese = (
        explained(KNOWN.encode(), "--lang", language, "--reference", "2026-01-01") for language in ("en", "zh-Hans")
    )
    different = {name for name in english[0] if english[0][name] != chinese[0][name]}
    assert different <= {"title", "meaning", "action"}


def test_what_is_not_known_is_said_with_a_way_out() -> None:
    assert "postern new" in postern("explain", NEW).stdout.decode()
    assert "with other words" in postern("explain", OTHER_WORDS).stdout.decode()
    unknown = postern("explain", UNKNOWN).stdout.decode()
    assert "--product" in unknown
    assert "postern new" not in unknown


def test_a_line_cannot_steer_the_terminal() -> None:
    text = postern(
        "explain", "-", given=b"%ASA-6-719022: WebVPN user \x1b[31mred\xe2\x80\xae has been authenticated.\n"
    ).stdout
    assert b"\x1b" not in text
    assert b"\\x1b[31mred\\u202e" in text
    assert clean("[bold]x[/bold]\n") == "[bold]x[/bold]\\n"


def test_a_line_from_the_arguments_follows_the_same_rules() -> None:
    assert lines.argument("caf\udce9\r\n") == r"caf\xe9"


# ---------------------------------------------------------------- build


def test_a_build_is_the_same_under_every_hash_seed(tmp_path: Path) -> None:
    trees = []
    for seed in ("0", "1", "4242"):
        out = tmp_path / seed
        done = postern("build", "--out", str(out), PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, b"")
        trees.append(tree(out))
    assert trees[0] == trees[1] == trees[2]
    assert trees[0]


def test_a_tampered_copy_is_told_file_by_file(copy: Path) -> None:
    assert postern("build", "--check", root=copy).returncode == 0
    (copy / "out/elastic/manifest.json").write_text("{}")
    (copy / "out/elastic/README.md").unlink()
    (copy / "out/elastic/stray.json").write_text("{}")
    before = tree(copy / "out")
    done = postern("build", "--check", root=copy)
    assert done.returncode == 1
    told = [line.split() for line in done.stdout.decode().splitlines()]
    assert sorted((kind, Path(path).name) for kind, path in told) == [
        ("changed", "manifest.json"),
        ("missing", "README.md"),
        ("unexpected", "stray.json"),
    ]
    assert b"postern build" in done.stderr
    assert tree(copy / "out") == before
    assert b"1 new, 1 changed, 1 removed" in postern("build", root=copy).stdout
    assert b"nothing changed" in postern("build", root=copy).stdout


def test_a_fault_of_the_catalog_leaves_out_untouched(copy: Path) -> None:
    before = tree(copy / "out")
    spoil(copy, "cisco_asa/719-email-proxy.yaml", "params: {max_sessions: 250}", "params: {max_sessions: 251}")
    done = postern("build", root=copy)
    assert done.returncode == 1
    assert b"catalog/cisco_asa/719-email-proxy.yaml:" in done.stderr
    assert b"P603" in done.stderr
    assert tree(copy / "out") == before


def test_nothing_is_removed_from_a_folder_of_others(tmp_path: Path) -> None:
    (tmp_path / "elastic").mkdir()
    (tmp_path / "elastic" / "thesis.txt").write_text("mine")
    done = postern("build", "--out", str(tmp_path))
    assert done.returncode == 1
    assert b"did not write" in done.stderr
    assert tree(tmp_path) == {"elastic/thesis.txt": b"mine"}
    file = tmp_path / "elastic" / "thesis.txt"
    assert b"is not a folder" in postern("build", "--out", str(file)).stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES])
def test_a_disk_that_fails_is_one_sentence(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "a"))

    monkeypatch.setattr("tempfile.mkstemp", fail)
    with pytest.raises(SystemExit) as left, errors.told():
        artifact.write([artifact.Artifact("a", "text")], tmp_path)
    assert left.value.code == 1
    sentence, way_out = capsys.readouterr().err.splitlines()
    assert sentence == "The disk is full." or str(tmp_path / "a") in sentence
    assert way_out.startswith("-> ")
    assert tree(tmp_path) == {}


# ---------------------------------------------------------------- new


def drafted(line: str) -> Any:
    """What `new` prints of a line, as data."""
    done = postern("new", line)
    assert (done.returncode, done.stderr) == (0, b"")
    return yaml.safe_load(done.stdout)


def test_a_new_message_is_drafted_with_slots() -> None:
    ((ident, entry),) = drafted(NEW).items()
    assert ident == "733999"
    assert entry["text"] == "Object {src} was shunned for {elapsed_seconds} seconds by ''{reason}''".replace("''", "'")
    assert entry["samples"] == [
        {"log": NEW, "params": {"src": "192.0.2.7", "elapsed_seconds": 60, "reason": "mail guard"}}
    ]
    assert entry["level"] == "warning"


def test_a_further_wording_is_drafted_as_a_variant() -> None:
    data = drafted(OTHER_WORDS)
    (variant,) = data["variants"]
    assert variant["samples"][0]["params"] == {"session_id": "0xd5ea9b8c", "src": "192.0.2.10"}


def test_a_known_line_is_told_by_its_key() -> None:
    done = postern("new", "-", given=f"\n{KNOWN}\nmore\n".encode())
    assert done.returncode == 0
    assert done.stdout.startswith(b"# This line is known: cisco_asa.719022 ")
    assert yaml.safe_load(done.stdout) is None


@pytest.mark.parametrize(
    "line", [UNKNOWN, "", "%ASA-6-719999: bell \x07 rings", "<134>[2014-09-01 13:04:04] EFW: ALG: a=b"]
)
def test_a_line_without_a_draft_says_why(line: str) -> None:
    done = postern("new", line)
    assert (done.returncode, done.stdout) == (1, b"")
    sentence, way_out = done.stderr.decode().splitlines()
    assert sentence.endswith(".")
    assert way_out.startswith("-> ")


@pytest.mark.parametrize(
    "line",
    [
        NEW,
        OTHER_WORDS,
        '%ASA-3-999001: Denied inside:192.0.2.1/25 to outside:2001:db8::7/443 by acl "x y" after 0:00:30.',
        "%ASA-6-999002: braces {like} }these{ and 'quotes' and \"more\", it's: [all] | #fine %d \\n ü€😀",
        "%ASA-5-713999: Group = g1, Username = bob, IP = 192.0.2.1, Tunnel rejected for Src:198.51.100.1 and 7 more",
        "%ASA-6-999003: 1 2 3 4 5 6 7 8 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 a@example.com b@example.net c@d.org",
        "%ASA-6-999004: ''  \"\"  '' user  alice  interface dmz",
        "Fri Nov 20 10:00:00 2026 Info: MID 7 ICID 8 was parked by robot 3 from <a@example.com> to 'b c'",
        "Fri Nov 20 10:00:00 2026 Warning: 7",
        "<134>[2014-09-01 13:04:04] EFW: ALG: prio=3 id=00200999 rev=1 event=foo_bar algname=x srcip=192.0.2.4 odd=5 yes=no",
    ],
)  # fmt: skip
def test_a_draft_compiles_and_gives_its_own_values_back(line: str, tmp_path: Path) -> None:
    root = tmp_path / "catalog"
    shutil.copytree(ROOT / "catalog", root)
    made = draft.draft(matcher().decode(line), matcher(), ROOT / "catalog")
    assert [finding.text() for finding in made.findings] == []
    trial.put(made, root)
    decoded = Matcher(compile_catalog(root)).decode(made.line)
    assert decoded.message is not None
    assert decoded.message.id == made.ident
    assert decoded.params == made.params
    assert decoded.wording is not None
    assert decoded.wording.samples[0].params == made.params


# ---------------------------------------------------------------- collect


def test_collected_counters_are_lines_that_the_catalog_knows() -> None:
    given = (ROOT / "tests/fixtures/esmtp_counters_seed.txt").read_bytes()
    done = postern("collect", "esmtp-counters", "--device", "fw1", given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    found = explained(done.stdout)
    assert {one["product"] for one in found} == {"cisco_asa_counters"}
    assert {one["status"] for one in found} == {"parsed"}
    assert {one["ecs"]["observer"]["name"] for one in found} == {"fw1"}


@pytest.mark.parametrize("arguments", [["-"], ["/no/such/file"], ["-", "--device", "a b"]], ids=" ".join)
def test_a_text_without_counters_is_one_sentence(arguments: list[str]) -> None:
    done = postern("collect", "esmtp-counters", *arguments, given=b"nothing of the kind")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.count(b"\n") == 2
    assert b"\n-> " in done.stderr
