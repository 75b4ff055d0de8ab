"""The second process gives what one process gives, and raises what it raised."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from postern import backends
from postern.beside import beside
from postern.checks import checked
from postern.findings import CatalogError
from support.real import ROOT
from test_overlay import CHANGED, of

if TYPE_CHECKING:
    from pathlib import Path


def fail() -> int:
    raise KeyError("a word")


def test_work_beside_is_done_in_another_process_and_its_result_comes_back() -> None:
    assert beside(os.getpid, pays=False)() == os.getpid()
    here = beside(os.getpid, pays=True)()
    assert (here != os.getpid()) == ((os.cpu_count() or 1) > 1)


@pytest.mark.parametrize("pays", [True, False])
def test_what_the_work_raises_is_raised_when_its_result_is_asked_for(pays: bool) -> None:
    awaited = beside(fail, pays=pays)
    with pytest.raises(KeyError, match="a word"):
        awaited()


def test_a_process_that_is_killed_leaves_the_work_to_the_first() -> None:
    parent = os.getpid()

    def work() -> str:
        if os.getpid() != parent:
            os._exit(9)
        return "done"

    assert beside(work, pays=True)() == "done"


def test_two_processes_write_what_one_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = backends.artifacts(checked(ROOT / "catalog"))
    for least in (0, 10_000):
        monkeypatch.setattr(backends, "_MANY", least)
        assert backends.checked_artifacts(ROOT / "catalog") == alone


@pytest.mark.parametrize("least", [0, 10_000])
def test_a_sample_that_fails_is_found_before_anything_else(
    least: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backends, "_MANY", least)
    # Splunk has no marker for the text, and the values of the sample are wrong.
    text = (
        CHANGED.format(replaces="", title="In")
        .replace("WebVPN user {user} is in.", "{user}")
        .replace("719022", "719099")
    )
    with pytest.raises(CatalogError) as caught:
        backends.checked_artifacts(ROOT / "catalog", overlay=of(tmp_path, cisco_asa__mine=text))
    assert [one.code for one in caught.value.findings] == ["P603"]
