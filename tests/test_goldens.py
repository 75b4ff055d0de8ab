"""Goldens: what each fixture line becomes, one event a line; refreshed only by `pytest --refresh-goldens`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postern import document
from support.corpus import RECEIVED, fixture_lines, fixture_names

if TYPE_CHECKING:
    from postern.matcher import Matcher

GOLDENS = Path(__file__).parent / "goldens"


def golden(name: str, matcher: Matcher) -> str:
    """The documents of a fixture's lines, found by the router; the line itself stands in the fixture."""
    made = []
    for line in fixture_lines(name):
        flat = dict(document.flat(document.ecs(matcher.decode(line), matcher.catalog, RECEIVED)))
        del flat["event.original"], flat["ecs.version"]
        made.append(json.dumps(dict(sorted(flat.items())), ensure_ascii=False))
    return "\n".join(made) + "\n"


@pytest.mark.parametrize("name", fixture_names())
def test_each_fixture_line_becomes_its_golden(name: str, matcher: Matcher, request: pytest.FixtureRequest) -> None:
    path = GOLDENS / f"{Path(name).stem}.ndjson"
    made = golden(name, matcher)
    if request.config.getoption("--refresh-goldens"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8").splitlines() == made.splitlines()


def test_every_golden_has_its_fixture() -> None:
    assert {path.stem for path in GOLDENS.glob("*.ndjson")} == {Path(name).stem for name in fixture_names()}
