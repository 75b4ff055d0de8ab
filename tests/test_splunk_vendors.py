"""The vendors' own tools on our app, and proof that they would say so if something were wrong.

AppInspect takes about two seconds for an app, so the faults that it should catch are shown to it several in one app, as
many as do not hide each other, and each has to be named in the report; those that it passes over are shown to it in as
few apps as our own linter can still tell them apart in. slim and ksconf see each fault alone.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postern.splunk import emit
from postern.splunk.package import FILE_NAME, package
from splunk_lint import lint
from splunk_lint.planted import CAUGHT, FAULTS, MISSED, Fault
from splunk_vendors import (
    ALLOWED_WARNINGS,
    CLOUD,
    NEWER_KEYS,
    TEST,
    Result,
    Tool,
    ToolError,
    all_checks,
    appinspect,
    ensure,
    install,
    ksconf,
    slim,
    together,
    unexpected,
)
from support.real import catalog
from support.splunk_app import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POSTERN = Path(__file__).parents[1] / "out" / "splunk" / "postern"
_TOLD = (attrgetter("slim"), attrgetter("ksconf"))


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    install()


def planted(root: Path, faults: Sequence[Fault]) -> Path:
    """The sample app with some faults."""
    app = write_sample(root)
    for fault in faults:
        fault.edit(app)
    return app


def test_the_sample_app_is_clean(tmp_path: Path) -> None:
    results = all_checks(write_sample(tmp_path))
    assert unexpected(results) == []
    assert {result.message.rpartition(" ")[2] for result in results} == {key for _, key in NEWER_KEYS}


def test_our_app_is_clean_as_a_folder_and_as_the_package_that_is_installed(tmp_path: Path) -> None:
    packed = tmp_path / FILE_NAME
    packed.write_bytes(package(emit(catalog())))
    results = all_checks(POSTERN, packed)
    assert unexpected(results) == []
    assert {result.check for result in results if result.tool == "appinspect"} <= {name for name, _ in ALLOWED_WARNINGS}


def test_one_warning_is_allowed_and_only_for_its_source_type(tmp_path: Path) -> None:
    assert len(ALLOWED_WARNINGS) == 1
    app = write_sample(tmp_path)
    with (app / "default" / "props.conf").open("a") as props:
        props.write("\n[syslog]\nREPORT-visit = sample_visit\n\n[cisco:asa]\nREPORT-visit = sample_visit\n")
    results = appinspect(app, CLOUD)
    assert len(results) > 1
    assert [result.line for result in results if result.allowed] == [24]
    assert "[cisco:asa]" in (app / "default" / "props.conf").read_text().splitlines()[23]


def test_appinspect_catches_what_the_table_says(tmp_path: Path) -> None:
    batches = [[fault for fault in CAUGHT if fault.batch == number] for number in {fault.batch for fault in CAUGHT}]
    apps = [planted(tmp_path / str(number), batch) for number, batch in enumerate(batches)]
    reports = together(partial(appinspect, app, TEST) for app in apps)
    silent = [
        fault.name
        for batch, report in zip(batches, reports, strict=True)
        for fault in batch
        if not any(_names(fault, result) for result in report)
    ]
    assert silent == []


def _names(fault: Fault, result: Result) -> bool:
    return result.check == fault.appinspect and fault.said in result.message


def test_appinspect_passes_over_what_the_table_says(tmp_path: Path) -> None:
    apps = list(_apps_of_many_faults(tmp_path, list(MISSED)))
    reports = together(partial(appinspect, app, TEST) for app in apps)
    assert [unexpected(report) for report in reports] == [[]] * len(apps)


def _apps_of_many_faults(root: Path, faults: list[Fault]) -> Iterator[Path]:
    """Apps that have all the faults between them; in each, the linter finds every fault that was planted there."""
    while faults:
        chosen: list[Fault] = []
        for fault in faults:
            if _stand_together(root / "tried" / fault.name, [*chosen, fault]):
                chosen.append(fault)
        faults = [fault for fault in faults if fault not in chosen]
        yield planted(root / f"{len(faults)} left", chosen)


def _stand_together(root: Path, faults: list[Fault]) -> bool:
    try:
        found = [problem.code for problem in lint(planted(root, faults))]
    except (ValueError, FileNotFoundError):  # one edit needs what another has taken away
        return False
    wanted = [fault.linter for fault in faults if fault.linter]
    return all(found.count(code) >= wanted.count(code) for code in wanted)


def test_slim_and_ksconf_catch_what_the_table_says(tmp_path: Path) -> None:
    apps = {fault.name: planted(tmp_path / str(number), [fault]) for number, fault in enumerate(FAULTS)}
    for results, told in zip(
        together([partial(slim, *apps.values()), partial(ksconf, *apps.values())]), _TOLD, strict=True
    ):
        assert {name for name, app in apps.items() if unexpected(results[app])} == {f.name for f in FAULTS if told(f)}


def test_slim_leaves_the_app_as_it_was(tmp_path: Path) -> None:
    app = write_sample(tmp_path)
    (app / "app.manifest").unlink()
    slim(app)
    assert not (app / "app.manifest").exists()


def test_an_environment_is_kept_and_a_broken_one_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))  # packages belong into the environment all the same
    tool = Tool("iniconfig", "2.0.0", "")  # one of the smallest there are
    python = ensure(tool, tmp_path)
    made = python.lstat().st_mtime_ns
    assert ensure(tool, tmp_path).lstat().st_mtime_ns == made
    next(tmp_path.rglob("iniconfig/__init__.py")).unlink()
    assert ensure(tool, tmp_path).lstat().st_mtime_ns != made
    assert sorted(path.name for path in tmp_path.iterdir()) == [".iniconfig.lock", "iniconfig-2.0.0"]


def test_the_package_index_is_the_user_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")  # nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(ToolError, match="PIP_INDEX_URL"):
        ensure(Tool("iniconfig", "2.0.0", ""), tmp_path)


def test_a_tool_that_cannot_be_had_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"iniconfig 0\.0\.0 could not be installed"):
        ensure(Tool("iniconfig", "0.0.0", ""), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".iniconfig.lock"]
