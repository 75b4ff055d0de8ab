"""`build --watch`: a turn gives what a fresh build gives, tells what is wrong, and does again only what it must."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from postern import backends, kept, rules
from postern.checks import checked
from postern.engines import python_match
from postern.findings import CatalogError
from postern.kept import Kept
from postern.watch import Builder
from support.real import ROOT, catalog
from test_cli import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERLAY = Path(__file__).parent / "overlay"
KEY = re.compile(r"^'?([A-Za-z0-9_]+)'?:", re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalog that may be changed, with an overlay beside it; a small one: of the classes that are translated."""
    spoken = [path.read_text(encoding="utf-8") for path in (ROOT / "catalog/i18n/zh-Hans").glob("*.yaml")]
    keys = {key for text in spoken for key in KEY.findall(text)}

    def mute(folder: str, names: list[str]) -> set[str]:
        """Files whose messages speak English alone."""
        texts = {name: (Path(folder) / name).read_text("utf-8") for name in names if name[:1].isdigit()}
        return {name for name, text in texts.items() if not keys & set(KEY.findall(text))}

    shutil.copytree(ROOT / "catalog", tmp_path / "catalog", ignore=mute)
    shutil.copytree(OVERLAY, tmp_path / "mine")
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def fresh(root: Path) -> tuple[list[str], dict[str, bytes]]:
    """What a build without anything kept finds and makes."""
    with mock.patch.object(kept, "_REMEMBERED", {}):
        try:
            made = checked(root / "catalog", overlay=root / "mine")
        except CatalogError as error:
            return [one.text() for one in error.findings], {}
        return [], {one.path: one.data for one in backends.artifacts(made)}


# By what they touch: file, text, its replacement. Each is made on top of those before it.
STEPS = (
    ("mine/cisco_asa/733-ours.yaml", "title: Object shunned by a guard", "title: Object shunned"),  # stale translation
    ("mine/i18n/zh-Hans/cisco_asa.yaml", "'733999'", "'733998'"),  # a translation of nothing
    ("mine/cisco_asa/733-ours.yaml", "title: Object shunned", "title: Object shunned by a guard"),
    ("mine/i18n/zh-Hans/cisco_asa.yaml", "'733998'", "'733999'"),
    ("mine/cisco_esa/ours.yaml", "parked by robot {badge}", "parked by {badge}"),  # its sample fails
    ("catalog/cisco_esa/receiving.yaml", "event: mail_started", "event: mail_strated"),  # beside another fault
    ("mine/cisco_esa/ours.yaml", "parked by {badge}", "parked by robot {badge}"),
    ("catalog/cisco_esa/receiving.yaml", "event: mail_strated", "event: mail_started"),
    ("mine/types.yaml", "B[0-9]{4}", "B[0-8]{4}"),  # all texts may change
    ("mine/events.yaml", "door-opened", "door-held"),
    ("mine/site.yaml", "doors", "gates"),
    ("mine/door/main.yaml", "'000101'", "'000102'"),
    ("mine/searches/doors.yaml", "Doors opened", "Doors"),
)


def test_each_turn_gives_what_a_fresh_build_gives(copy: Path) -> None:
    builder = Builder(copy / "catalog", copy / "out", overlay=copy / "mine")
    assert not builder.turn().findings
    outcomes = set()
    for file, before, after in STEPS:
        change(copy / file, before, after)
        turn, (findings, made) = builder.turn(), fresh(copy)
        assert [one.text() for one in turn.findings] == findings, file
        if not findings:
            assert tree(copy / "out") == made, file
        outcomes.add((bool(findings), bool(turn.differences)))
    assert outcomes == {(True, False), (False, True), (False, False)}


def test_a_file_that_comes_or_goes_is_seen(copy: Path) -> None:
    builder = Builder(copy / "catalog", copy / "out", overlay=copy / "mine")
    assert not builder.turn().findings
    shutil.rmtree(copy / "mine" / "door")
    assert [one.code for one in builder.turn().findings] == ["P203"]  # site.yaml still names it
    (copy / "mine" / "site.yaml").unlink()
    (copy / "mine" / "stray.yaml").write_text("a: b\n")
    assert [one.code for one in builder.turn().findings] == ["P903"]
    (copy / "mine" / "stray.yaml").unlink()
    assert not builder.turn().findings
    assert tree(copy / "out") == fresh(copy)[1]


def test_a_turn_without_a_change_checks_nothing_again(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Kept()
    first = checked(copy / "catalog", kept=known)
    for name in ("_wording", "_sample"):
        monkeypatch.setattr(rules, name, lambda *_: pytest.fail("checked again"))
    again = checked(copy / "catalog", kept=known)
    wordings = [[one for product in made.products for _, one in product.wordings()] for made in (first, again)]
    assert all(one is other for one, other in zip(*wordings, strict=True))


def test_one_changed_entry_is_compiled_and_checked_again_alone(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Kept()
    checked(copy / "catalog", kept=known)
    change(copy / "catalog/cisco_asa/719-email-proxy.yaml", "event: session_end", "event: session_info")
    seen: list[str] = []
    read = rules._sample  # noqa: SLF001 - watched, not replaced

    def noted(*of: Any) -> Any:
        seen.append(of[1].key)
        return read(*of)

    monkeypatch.setattr(rules, "_sample", noted)
    checked(copy / "catalog", kept=known)
    assert {key[: len("cisco_asa.719")] for key in seen} == {"cisco_asa.719"}


def test_both_engines_find_the_same_about_samples() -> None:
    assert list(rules.samples(catalog(), compiler=python_match)) == []
    assert list(rules.samples(catalog())) == []


# ---------------------------------------------------------------- the command


@pytest.fixture
def watching(copy: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, watching the overlay of the copy."""
    command = [
        sys.executable,
        "-m",
        "postern",
        "build",
        "--watch",
        "--out",
        str(copy / "out"),
        "--overlay",
        str(copy / "mine"),
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT / "generators")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as running:
        yield running
        running.kill()


def test_the_command_builds_again_tells_findings_and_ends_cleanly(copy: Path, watching: subprocess.Popen[str]) -> None:
    assert watching.stdout is not None
    assert watching.stderr is not None
    assert " new; " in watching.stdout.readline()
    time.sleep(1)  # until the system tells of changes
    change(copy / "mine/cisco_esa/ours.yaml", "parked by robot {badge}", "parked by a robot {badge}")
    assert ": P601 robot_parked.samples.0: " in watching.stdout.readline()
    said = watching.stdout.readline()
    assert said.startswith("ours.yaml: 1 finding; nothing written; ")
    change(copy / "mine/cisco_esa/ours.yaml", "parked by a robot {badge}", "parked by robot {badge}")
    assert "nothing changed; " in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=20) == 0
    assert watching.stdout.read() == ""
    assert watching.stderr.read() == "No longer watching.\n"
