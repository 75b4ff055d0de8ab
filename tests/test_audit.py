"""`postern audit`: exact counts whatever the files are, bounded memory, and a report that shows lines safely."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from postern.audit import WorkerLostError, audit, pieces, sources, tally
from postern.audit.report import percent
from postern.audit.shapes import Group, Shapes, masked
from postern.matcher import HEADER_ONLY, PARSED, UNKNOWN
from support import real
from support.corpus import FIXTURES, all_fixture_lines, fixture_names
from support.real import ROOT

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postern.matcher import Matcher
    from postern.model import Catalog

SCHEMA = json.loads(resources.files("postern").joinpath("data/audit.schema.json").read_text(encoding="utf-8"))
KNOWN = b"%ASA-6-719022: WebVPN user alice has been authenticated.\n"
NEW = b"%ASA-4-733999: Object 192.0.2.7 was shunned for 60 seconds by guard\n"
FOREIGN = b"Nov 20 10:00:00 host1 sshd[123]: Accepted password for alice from 192.0.2.1 port 22 ssh2\n"
STORY = (FIXTURES / "mail_story.log").read_bytes()
LIMIT_MB = 500


def run(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs `postern audit`."""
    return subprocess.run(
        [sys.executable, "-m", "postern", "audit", *map(str, arguments)],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "generators"), "COLUMNS": "120"},
    )


def audited(*names: str | Path, product: str = "", top: int = 20, problems: bool = False) -> dict[str, Any]:
    """What `postern audit --json` says of files, by its schema; `problems` tells whether some should not be readable."""
    report = audit(sources(list(map(str, names))), real.catalog(), product)
    said: dict[str, Any] = report.data(top, report.shown(top))
    assert bool(said["problems"]) == problems, said["problems"]
    return sound(said)


def said(*arguments: str | Path, given: bytes = b"", status: int = 0) -> dict[str, Any]:
    """The same from the command itself; `status` is the exit status that it should have."""
    done = run("--json", *arguments, given=given)
    assert done.returncode == status, done.stderr
    return sound(json.loads(done.stdout))


def sound(report: dict[str, Any]) -> dict[str, Any]:
    """A report by its schema, which adds up."""
    jsonschema.validate(report, SCHEMA)
    assert list(report) == list(SCHEMA["properties"])
    assert report["lines"] == report["parsed"] + report["header_only"] + report["unknown"]
    assert report["lines"] == sum(row["lines"] for row in report["products"])
    return report


def expected(lines: Iterable[str], matcher: Matcher) -> dict[tuple[str | None, str], int]:
    """Lines by product and status, as the reference matcher decodes them."""
    decoded = map(matcher.decode, lines)
    return Counter((one.product.name if one.product else None, one.status) for one in decoded)


def counts(report: dict[str, Any]) -> dict[tuple[str | None, str], int]:
    """The same of a report."""
    found = {
        (row["product"], status): row[status] for row in report["products"] for status in (PARSED, HEADER_ONLY, UNKNOWN)
    }
    return {key: count for key, count in found.items() if count}


# ---------------------------------------------------------------- the same answer as the matcher


def test_the_counts_of_the_fixtures_are_the_matchers(matcher: Matcher) -> None:
    files = [FIXTURES / name for name in fixture_names()]
    report = audited(*files, top=1000)
    assert said("--top", "1000", *files) == report
    assert counts(report) == expected(all_fixture_lines(), matcher)
    messages = Counter(one.message.key for line in all_fixture_lines() if (one := matcher.decode(line)).message)
    assert {one["key"]: one["count"] for one in report["messages"]} == messages
    assert [one["count"] for one in report["messages"]] == sorted(messages.values(), reverse=True)
    assert (
        sum(one["count"] for one in report["shapes"]) + report["unclustered"]
        == report["header_only"] + report["unknown"]
    )


def test_where_the_device_is_known_its_lines_are_read_as_such(catalog: Catalog, matcher: Matcher) -> None:
    product = catalog.product("cisco_esa")
    files = FIXTURES / "esa_hostile.log", FIXTURES / "asa_headers.log"
    (row,) = audited(*files, product="cisco_esa")["products"]
    assert said("--product", "cisco_esa", *files)["products"] == [row]
    assert row["product"] == "cisco_esa"
    lines = (FIXTURES / "esa_hostile.log").read_text().splitlines() + (
        FIXTURES / "asa_headers.log"
    ).read_text().splitlines()
    assert {status: row[status] for status in (PARSED, HEADER_ONLY, UNKNOWN)} == Counter(
        matcher.decode(line, product).status for line in lines
    )


@pytest.mark.parametrize(
    ("data", "lines"),
    [(b"", 0), (b"\n", 1), (KNOWN, 1), (KNOWN.rstrip(), 1), (KNOWN + b"\n" + KNOWN, 3), (KNOWN.replace(b"\n", b"\r\n") * 2, 2)],
    ids=["nothing", "an empty line", "one", "no line end", "an empty line between", "CRLF"],
)  # fmt: skip
def test_every_line_counts(tmp_path: Path, catalog: Catalog, data: bytes, lines: int) -> None:
    (tmp_path / "some.log").write_bytes(data)
    total = audit(sources([str(tmp_path)]), catalog, jobs=1).total()
    assert (total.lines, total.parsed) == (lines, data.count(b"719022"))


# ---------------------------------------------------------------- pieces


def joined(path: Path) -> list[bytes]:
    """The lines of a file, piece by piece, as ranges of bytes and as a stream."""
    found = sources([str(path)])
    by_range = [line for piece in pieces.pieces(found.sources, []) for line in tally.lines(piece.read())]
    with path.open("rb") as file:
        by_stream = [line for block in pieces.blocks(file) for line in tally.lines(block)]
    assert by_range == by_stream
    return by_range


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\0", b"")), max_size=12), st.integers(1, 20))
def test_pieces_of_any_size_hold_each_line_once(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], size: int
) -> None:
    data = b"\n".join(parts)
    assume(not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")))  # it would be an archive
    path = tmp_path_factory.mktemp("pieces") / "some.log"
    path.write_bytes(data)
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "SIZE", size)
        patch.setattr(pieces, "_STEP", 3)
        assert joined(path) == [line.removesuffix(b"\r") for line in lines]


@pytest.mark.parametrize("size", [1, 7, 16])
def test_a_line_that_is_too_long_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    (tmp_path / "long.log").write_bytes(b"first\n" + b"x" * 100 + b"\n" + b"y" * 16 + b"\nlast")
    for module in (pieces, tally):
        monkeypatch.setattr(module, "LONGEST", 16)
    monkeypatch.setattr(pieces, "SIZE", size)
    monkeypatch.setattr(pieces, "_STEP", 5)
    assert joined(tmp_path / "long.log") == [b"first", b"x" * 16, b"y" * 16, b"last"]


# ---------------------------------------------------------------- where lines come from


def test_folders_archives_and_standard_input_give_the_same_lines(tmp_path: Path, matcher: Matcher) -> None:
    deep = tmp_path / "logs" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "logs" / "mail.log").write_bytes(STORY)
    (deep / "mail.log.1.gz").write_bytes(gzip.compress(STORY[:4000]) + gzip.compress(STORY[4000:]))
    (deep / "mail.log.2.zst").write_bytes(zstd.compress(STORY[:4000]) + zstd.compress(STORY[4000:]))
    (deep / "empty.gz").write_bytes(b"")
    for hidden in (".mail.log.swp", ".cache/mail.log"):
        (tmp_path / "logs" / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / "logs" / hidden).write_bytes(STORY)
    (deep / "back").symlink_to(tmp_path / "logs")
    once = expected(STORY.decode().splitlines(), matcher)
    report = audited(tmp_path / "logs")
    assert report["files"] == 4
    assert counts(report) == {key: 3 * count for key, count in once.items()}
    for compress in (bytes, gzip.compress, zstd.compress):
        assert counts(said("-", given=compress(STORY))) == once


def test_a_pipe_that_is_named_is_read_to_its_end() -> None:
    read, write = os.pipe()
    os.write(write, KNOWN * 3)
    os.close(write)
    command = [sys.executable, "-m", "postern", "audit", "--json", f"/dev/fd/{read}"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "generators")}
    done = subprocess.run(command, pass_fds=[read], capture_output=True, check=True, env=env)
    os.close(read)
    assert json.loads(done.stdout)["parsed"] == 3


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_report_does_not_depend_on_the_number_of_processes(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(pieces, "SIZE", 1 << 14)
    lines = [KNOWN, *(NEW.replace(b"guard", b"guard %d" % n).replace(b"60", b"%d" % n) for n in range(50)), FOREIGN]
    odd = [b"word " * (n % 60) + chr(97 + n % 26).encode() * n + b"\n" for n in range(300)]
    (tmp_path / "many.log").write_bytes(b"".join((lines + odd) * 10))
    (tmp_path / "more.gz").write_bytes(gzip.compress(b"".join(lines * 20)))
    reports = [audit(sources([str(tmp_path)]), catalog, jobs=number) for number in (1, jobs)]
    first, second = (json.dumps(one.data(1000, one.shown(1000))) for one in reports)
    assert first == second
    assert json.loads(first)["lines"] == 10 * (52 + 300) + 20 * 52


def test_processes_may_also_be_started_afresh(tmp_path: Path) -> None:
    (tmp_path / "some.log").write_bytes(KNOWN * 3 + NEW)
    code = (
        "import multiprocessing, sys; from postern.cli import main; multiprocessing.set_start_method('spawn'); main()"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT / "generators")}
    command = [sys.executable, "-c", code, "audit", "--json", str(tmp_path / "some.log")]
    done = subprocess.run(command, capture_output=True, check=True, env=env)
    assert json.loads(done.stdout) == audited(tmp_path / "some.log")


# ---------------------------------------------------------------- what cannot be read


def broken_files(folder: Path) -> dict[str, str]:
    """Files that cannot be read, or not to their end, and a word of the reason."""
    packed, frame = gzip.compress(STORY), zstd.compress(STORY)
    files = {
        "cut.gz": (packed[: len(packed) // 2], "cut off"),
        "cut.zst": (frame[: len(frame) // 2], "cut off"),
        "trailing.gz": (packed + b"no archive", "damaged"),
        "wrong_sum.gz": (packed[:-8] + bytes(8), "damaged"),
        "program": (bytes(range(256)) * 40, "not text"),
        "utf16.log": (STORY.decode().encode("utf-16"), "not text"),
        "program.gz": (gzip.compress(bytes(range(256)) * 40), "not text"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    (folder / "leads_nowhere").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe")
    return {name: reason for name, (_, reason) in files.items()} | {
        "leads_nowhere": "No such file",
        "pipe": "no regular",
    }


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    reasons = broken_files(tmp_path)
    (tmp_path / "zz.log").write_bytes(KNOWN)
    report = said("--top", "99", tmp_path, tmp_path / "missing.log", "/dev/zero", status=1)
    assert [one["count"] for one in report["messages"] if one["key"] == "cisco_asa.719022"] == [1]
    told = {Path(one["path"]).name: one["problem"] for one in report["problems"]}
    for name, reason in (reasons | {"missing.log": "No such file", "zero": "not text"}).items():
        assert reason in told.pop(name), name
    assert told == {}
    done = run(tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == len(reasons) + 1
    assert b"Traceback" not in done.stderr
    assert b" lines of " in done.stdout


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_of_an_archive_that_is_cut_off_the_whole_lines_are_counted(
    tmp_path: Path, matcher: Matcher, compress: Any
) -> None:
    lines = [sha256(b"%d" % n).hexdigest().encode() * (n % 5) + KNOWN for n in range(20_000)]
    packed = compress(b"".join(lines))
    (tmp_path / "cut").write_bytes(packed[: len(packed) * 2 // 3])
    report = audited(tmp_path / "cut", problems=True)
    assert len(lines) // 2 < report["lines"] < len(lines)
    assert counts(report) == expected([line.decode().rstrip() for line in lines[: report["lines"]]], matcher)


def test_a_few_stray_nul_bytes_are_text(tmp_path: Path) -> None:
    (tmp_path / "some.log").write_bytes(KNOWN + b"\0\0\n")
    assert audited(tmp_path / "some.log")["lines"] == 2


def test_bytes_that_are_no_text_are_shown_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "some.log").write_bytes(b"caf\xe9 \x1b[2J \xe2\x80\xae\n")
    (shape,) = audited(tmp_path / "some.log")["shapes"]
    assert shape["example"] == r"caf\xe9 \x1b[2J \u202e"


def test_an_id_is_cut_and_is_none_where_it_could_hold_anything(tmp_path: Path) -> None:
    line = '[2026-11-20 10:00:00] EFW: ALG: prio=3 id="{}" rev=1 event=unheard_of\n'
    (tmp_path / "long.log").write_text(line.format("9" * 200), encoding="utf-8")
    (tmp_path / "odd.log").write_text(line.format("\x1b[2J"), encoding="utf-8")
    shown = {shape["id"] for name in ("long.log", "odd.log") for shape in audited(tmp_path / name)["shapes"]}
    assert shown == {"9" * 100, None}


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "some.log").write_bytes(KNOWN)
    scan = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    given = sources([str(tmp_path)])
    assert [Path(one.path).name for one in given.sources] == ["some.log"]
    assert [tuple(one) for one in given.problems] == [(f"{tmp_path}/locked", "It cannot be read: Permission denied.")]


def test_a_file_that_goes_away_while_it_is_read_is_told(tmp_path: Path) -> None:
    gone = pieces.Piece(str(tmp_path / "gone"), "gone", 0, 10, None, 10)
    told = tally.tally(gone)
    assert told.problem == ("gone", "It cannot be read: No such file or directory.")
    assert not told.messages
    assert not told.rest


def _die(piece: pieces.Piece) -> None:
    os._exit(piece.size % 1 + 9)


def test_a_process_that_is_ended_from_outside_ends_the_audit(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.log").write_bytes(KNOWN)
    monkeypatch.setattr(tally, "tally", _die)
    with pytest.raises(WorkerLostError):
        audit(sources([str(tmp_path)]), catalog, jobs=1)


# ---------------------------------------------------------------- shapes and drafts


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Object 192.0.2.7 was shunned for 60 seconds", "Object <#> was shunned for <#> seconds"),
        ("Fri Nov 20 10:00:00 2026 for outside:192.0.2.9/25", "<#> <#> <#> <#> <#> for <#>"),
        ("user=alice7 size=12, Monday Nova", "user=<#> size=<#>, Monday Nova"),
        ("(2001:db8::1) <a1@example.org>", "(<#>) <<#>>"),
    ],
)
def test_what_varies_from_line_to_line_is_masked(text: str, shape: str) -> None:
    assert masked([text, "", text]) == [shape, "", shape]


@pytest.mark.parametrize("text", ["a" * 1_000_000, "a." * 500_000, "1" * 1_000_000, "%" * 1_000_000])
def test_no_line_takes_long_to_mask(text: str) -> None:
    begun = time.process_time()
    masked([text])
    assert time.process_time() - begun < 0.1


def test_alike_lines_are_one_shape(tmp_path: Path) -> None:
    users = ("alice", "bob", "carol")
    foreign = b"".join(
        FOREIGN.replace(b"alice", user.encode()).replace(b"22", b"%d" % n) for n, user in enumerate(users)
    )
    (tmp_path / "some.log").write_bytes(foreign + NEW * 2 + NEW.replace(b"733999", b"733998") + b"\n")
    shapes = audited(tmp_path / "some.log")["shapes"]
    assert [(one["count"], one["status"], one["product"], one["id"], one["template"]) for one in shapes] == [
        (3, "unknown", None, None, "<#> <#> <#> <#> sshd[<#>]: Accepted password for <*> from <#> port <#> <#>"),
        (2, "header_only", "cisco_asa", "733999", "Object <#> was shunned for <#> seconds by guard"),
        (1, "unknown", None, None, "(an empty line)"),
        (1, "header_only", "cisco_asa", "733998", "Object <#> was shunned for <#> seconds by guard"),
    ]
    assert {(one["draft"], one["no_draft"]) for one in shapes} == {(None, None)}  # nobody asked for them
    assert shapes[0]["example"] == FOREIGN.decode().strip().replace("22", "0")


def test_without_room_for_another_shape_lines_are_still_counted() -> None:
    shapes = Shapes(3)
    texts = ["one fish", "two birds here", "one dog", "red", "blue", "one fish", "green"]
    for text in texts:
        shapes.add(Group("", UNKNOWN, ""), text, text)
    assert shapes.size == 3
    assert (sum(one.count for one in shapes.found()), shapes.unclustered) == (4, 3)


def test_a_file_of_nothing_but_odd_lines_is_counted_whole(tmp_path: Path) -> None:
    (tmp_path / "odd.log").write_text(
        "".join(f"{chr(97 + n % 26) * (n % 700)} x {'z ' * (n % 90)}\n" for n in range(9_000))
    )
    report = audited(tmp_path / "odd.log", top=5000)
    assert report["unclustered"] > 0
    assert sum(one["count"] for one in report["shapes"]) + report["unclustered"] == report["unknown"] == 9_000
    assert b"counted, but not looked at" in run(tmp_path / "odd.log").stdout


def test_drafts_are_those_of_the_verb_new(tmp_path: Path) -> None:
    (tmp_path / "some.log").write_bytes(NEW + FOREIGN + b"%ASA-4-733998: bad \x01 byte\n")
    new = subprocess.run(
        [sys.executable, "-m", "postern", "new", NEW.decode().strip()],
        capture_output=True, check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "generators")},
    )  # fmt: skip
    shapes = {one["id"]: one for one in said("--drafts", tmp_path / "some.log")["shapes"]}
    assert shapes["733999"]["draft"] == new.stdout.decode()
    assert shapes["733998"]["draft"] is None
    assert "control characters" in shapes["733998"]["no_draft"]
    assert "No header" in shapes[None]["no_draft"]
    text = run("--drafts", tmp_path / "some.log").stdout
    assert new.stdout in text
    assert b"# No draft for 1 shape. No header" in text


# ---------------------------------------------------------------- for people


def test_the_text_tells_counts_messages_and_shapes(tmp_path: Path) -> None:
    (tmp_path / "some.log").write_bytes(KNOWN * 2997 + NEW * 2 + FOREIGN)
    done = run(tmp_path / "some.log")
    assert (done.returncode, done.stderr) == (0, b"")
    text = " ".join(done.stdout.decode().split())
    for said in (
        "99.9 % of 3,000 lines of 1 file parsed.",
        "Cisco ASA 2,999 2,997 >99.9 % 2 <0.1 % -",
        "no known device 1 - - 1 100 %",
        "all 3,000 2,997 99.9 % 2 <0.1 % 1 <0.1 %",
        "2,997 99.9 % cisco_asa.719022 Email proxy login succeeded",
        "2 <0.1 % header only cisco_asa 733999 Object <#> was shunned for <#> seconds by guard as in: %ASA-4-733999",
    ):
        assert said in text, text


def test_nothing_to_count_is_said(tmp_path: Path) -> None:
    done = run("-")
    assert (done.returncode, done.stdout) == (0, b"No line was read from 1 file.\n")
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (0, b"No line was read from 0 files.\n")
    assert audited(tmp_path)["parsed_share"] is None


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (0, 0, "0 %"),
        (1, 3, "33.3 %"),
        (1, 10**6, "<0.1 %"),
        (10**6 - 1, 10**6, ">99.9 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


def test_the_page_shows_lines_and_does_nothing_else(tmp_path: Path) -> None:
    evil = b"%ASA-4-733999: Object <script>alert('x')</script> & \"q\" \x1b \xe2\x80\xae \xef\xbf\xbf was shunned\n"
    folder = tmp_path / "<b>logs"
    folder.mkdir()
    (folder / "some.log").write_bytes(KNOWN + evil + NEW)
    (folder / "leads<i>nowhere").symlink_to(tmp_path / "nothing")
    assert run("--html", tmp_path / "page.html", "--drafts", folder).returncode == 1
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    page = ET.fromstring(text)  # noqa: S314 - our own page, which should be well-formed
    tags = {element.tag for element in page.iter()}
    assert not tags & {"script", "link", "img", "iframe", "b>logs", "i>nowhere", "a"}
    assert "http" not in text
    assert "url(" not in text
    said = " ".join("".join(page.itertext()).split())
    for one in (
        "<script>alert('x')</script> & \"q\"",
        r"\x1b \u202e \uffff",
        "leads<i>nowhere",
        "'733999':",
        "cisco_asa.719022",
        "33.3 % of 3 lines",
    ):
        assert one in said
    assert "color-scheme: light dark" in text


def test_a_page_that_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing" / "page.html"):
        done = run("--html", place, "-", given=KNOWN)
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"-> Name a file" in done.stderr


def test_the_help_text_has_examples_and_mistakes_are_told() -> None:
    assert b"Examples:\n    postern audit /var/log/firewall" in run("-h").stdout
    for arguments in ([], ["--product", "pix", "-"], ["--top", "0", "-"], ["--jobs", "many", "-"]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr


# ---------------------------------------------------------------- memory


def test_a_file_of_a_million_lines_takes_less_than_500_mb(tmp_path: Path) -> None:
    block = b"".join(KNOWN.replace(b"alice", b"user%d" % n) for n in range(997)) + NEW + FOREIGN + b"x" * 300 + b"\n"
    with (tmp_path / "large.log").open("wb") as file:
        for _ in range(1_000):
            file.write(block)
    code = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], check=True, capture_output=True); "
        "print(done.stdout.decode(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, sys.executable, "-m", "postern", "audit", "--json", "--jobs", "2"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "generators")}
    done = subprocess.run([*command, str(tmp_path / "large.log")], capture_output=True, text=True, check=True, env=env)
    report, _, largest = done.stdout.rpartition(" ")
    assert json.loads(report)["lines"] == 1_000_000
    assert json.loads(report)["parsed"] == 997_000
    processes = 3  # none of them is larger than the largest: the parent and its two workers
    assert processes * int(largest) / 1024 < LIMIT_MB
