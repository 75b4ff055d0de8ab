"""The page about what is covered counts what the catalog holds, and says what only one side can."""

from __future__ import annotations

import re
from pathlib import Path

from postern import coverage
from postern.checks import checked
from postern.splunk import attributes
from support.real import ROOT, catalog

OVERLAY = Path(__file__).parent / "overlay"


def rows(text: str) -> list[list[str]]:
    """The cells of the first table, without its head."""
    table = text.partition("|---|")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def page(overlay: Path | None = None) -> str:
    (artifact,) = coverage.emit(checked(ROOT / "catalog", overlay=overlay))
    assert artifact.path == "COVERAGE.md"
    return artifact.data.decode()


def test_the_committed_page_counts_every_message_once_by_the_file_that_holds_it() -> None:
    found = rows((ROOT / "out" / "COVERAGE.md").read_text(encoding="utf-8"))
    classes = [row for row in found if not row[0].startswith("**")]
    for product in catalog().products:
        files = sorted(path.stem for path in (ROOT / "catalog" / product.name).glob("[!_]*.yaml"))
        assert [row[1] for row in classes if row[0] == product.title] == files
    messages = list(catalog().messages())
    wordings = [one for product in catalog().products for _, one in product.wordings()]
    counted = [len(messages), len(wordings), sum(len(one.samples) for one in wordings)]
    counted.append(sum(bool(one.meaning) for one in messages))
    counted += [sum(language in one.translations for one in messages) for language in ("zh-Hans", "zh-Hant")]
    assert [int(cell) for cell in found[-1][2:]] == counted
    assert [sum(int(row[column]) for row in classes) for column in range(2, 8)] == counted


def test_classes_of_an_overlay_are_marked_and_name_no_path() -> None:
    text = page(OVERLAY)
    assert ["Cisco ASA", "733-ours (overlay)", "1", "1", "1", "1", "1", "0"] in rows(text)
    assert str(OVERLAY) not in text


def test_what_one_side_cannot_hold_is_listed_with_its_reason() -> None:
    text = re.sub(r"\\(.)|&lt;", lambda found: found[1] or "<", page())
    for listed in (attributes.ELASTIC_ONLY, attributes.SPLUNK_ONLY, attributes.LATER):
        for name, why in listed.items():
            assert f"| {name} | {why} |" in text
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / "out" / link).is_file()
