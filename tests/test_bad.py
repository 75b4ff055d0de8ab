"""Each fault of a catalog gives exactly the findings that its folder under `bad/` says."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

import pytest

from postern.checks import checked
from postern.findings import CODES, CatalogError

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.name for path in BAD.iterdir() if path.name != "_base")
CODE = re.compile(r"P\d{3}(?=-)")


OVERLAY = "overlay"  # a folder of a case that is not mixed into the base, but laid over it by the compiler


def findings(catalog: Path, *cases: Path) -> list[str]:
    """All findings of the base catalog with what the cases change in it, and with their overlay."""
    for folder in (BAD / "_base", *cases):
        shutil.copytree(folder, catalog, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt", OVERLAY))
    overlays = [case / OVERLAY for case in cases if (case / OVERLAY).is_dir()]
    for folder in overlays:
        shutil.copytree(folder, catalog.parent / OVERLAY, dirs_exist_ok=True)
    with contextlib.chdir(catalog.parent):
        try:
            checked(catalog, overlay=Path(OVERLAY) if overlays else None)
        except CatalogError as error:
            return [finding.text() for finding in error.findings]
    return []


def expected(case: str) -> list[str]:
    return (BAD / case / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_the_base_catalog_has_no_fault(tmp_path: Path) -> None:
    assert findings(tmp_path / "catalog") == []


@pytest.mark.parametrize("case", CASES)
def test_a_faulty_catalog_gives_exactly_the_findings_of_its_folder(case: str, tmp_path: Path) -> None:
    assert findings(tmp_path / "catalog", BAD / case) == expected(case)


def test_every_code_has_a_folder_that_raises_it() -> None:
    raised = {found[0]: " ".join(expected(case)) for case in CASES if (found := CODE.match(case))}
    assert sorted(code for code, texts in raised.items() if f": {code} " in texts) == sorted(CODES)


def test_several_faults_are_reported_in_one_run(tmp_path: Path) -> None:
    cases = ["P103-plain-text", "P403-wrong-example", "P501-not-in-ecs", "P502-not-permitted-by-ecs", "P701-no-header"]
    found = findings(tmp_path / "catalog", *(BAD / case for case in cases))
    assert found == sorted(line for case in cases for line in expected(case))
