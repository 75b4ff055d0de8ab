"""A user's own entries over the bundled catalog: what they add, what they leave as it is, and what they may replace."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from postern import backends
from postern.artifact import EmitError
from postern.checks import checked
from postern.demo.splunk import reader
from postern.explain import Explainer
from postern.findings import CatalogError
from postern.i18n import english_hash
from postern.matcher import Matcher
from support.corpus import RECEIVED, every_line, sample_lines
from support.real import ROOT, catalog
from test_cli import postern, tree

if TYPE_CHECKING:
    from postern.artifact import Artifact
    from postern.model import Catalog

OVERLAY = Path(__file__).parent / "overlay"
BUNDLED = ROOT / "catalog"
# By line what each added message is called, and what its badge is called on the Splunk side.
ADDED = {
    "%ASA-4-733999: Object 192.0.2.7 was shunned for 60 seconds by B0042.": "cisco_asa.733999",
    "Fri Nov 20 10:00:00 2026 Info: MID 7 was parked by robot B0042": "cisco_esa.robot_parked",
    "DOOR-000101: Opened for B0042": "door.000101",
}
DOOR = [line for line in ADDED if line.startswith("DOOR")]


@cache
def overlaid() -> Catalog:
    """The bundled catalog with the overlay of the tests."""
    return checked(BUNDLED, overlay=OVERLAY)


@cache
def artifacts() -> tuple[Artifact, ...]:
    """All that is generated of it."""
    return tuple(backends.artifacts(overlaid()))


def of(folder: Path, **files: str) -> Path:
    """An overlay of one's own: `cisco_asa__mine` is cisco_asa/mine.yaml."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def found(overlay: Path) -> list[str]:
    """What is found in this overlay, as `code key: problem`; what is found elsewhere begins with its path."""
    try:
        checked(BUNDLED, overlay=overlay)
    except CatalogError as error:
        said = {one: f"{one.code} {one.key}: {one.problem}" for one in error.findings}
        return [text if one.path.startswith(str(overlay)) else f"{one.path} {text}" for one, text in said.items()]
    return []


# ---------------------------------------------------------------- what it adds


@pytest.mark.parametrize("line", ADDED)
def test_added_messages_are_decoded_by_the_matcher(line: str) -> None:
    decoded = Matcher(overlaid()).decode(line)
    assert decoded.message is not None
    assert decoded.message.key == ADDED[line]
    assert decoded.params["badge"] == "B0042"
    assert Matcher(catalog()).decode(line).message is None


def test_lines_of_the_bundled_catalog_give_the_same_documents() -> None:
    lines = every_line(catalog())
    pairs = [(Matcher(one), Explainer(one)) for one in (catalog(), overlaid())]
    bare, laid = ([explainer.explain(matcher.decode(line), RECEIVED) for line in lines] for matcher, explainer in pairs)
    assert bare == laid
    assert len(bare) > len(list(catalog().messages()))


def test_the_pipelines_of_elasticsearch_hold_the_added_messages() -> None:
    pipelines = {one.path: one.data.decode() for one in artifacts() if one.path.startswith("elastic/ingest_pipelines/")}
    for product, word in (("cisco_asa", "shunned"), ("cisco_esa", "robot"), ("door", "Opened")):
        mine = [text for path, text in pipelines.items() if f"/postern-{product}" in path]
        assert any(word in text and "(?<postern.params.badge>B[0-9]" in text for text in mine), product
    assert all(json.loads(text) for text in pipelines.values())
    rows = next(one for one in artifacts() if one.path == "elastic/lookup/postern-messages.ndjson").data.decode()
    assert set(ADDED.values()) <= {json.loads(row)["postern"]["key"] for row in rows.splitlines()}


@pytest.mark.parametrize("line", ADDED)
def test_splunk_reads_the_added_messages(line: str) -> None:
    with reader(ROOT, artifacts()) as event_of:
        fields = event_of(line).fields
        assert fields["postern_key"] == ADDED[line]
        assert fields["postern_badge"] == "B0042"


def test_splunk_reads_bundled_samples_as_before() -> None:
    lines = [line for product in catalog().products for line in sample_lines(product)[:20]]
    with reader(ROOT, backends.artifacts(catalog())) as bare, reader(ROOT, artifacts()) as laid:
        assert [seen(bare(line)) for line in lines] == [seen(laid(line)) for line in lines]


def seen(event: Any) -> dict[str, Any]:
    """The fields of an event, without those that carry text from one transform to the next."""
    return {name: value for name, value in event.fields.items() if not name.startswith("postern_cisco_")}


def test_a_translation_a_search_and_the_site_come_along() -> None:
    message = next(one for one in overlaid().messages() if one.key == "cisco_asa.733999")
    assert message.words("zh-Hans").title == "门卫封禁了某个对象"
    assert [one.name for one in overlaid().searches] == sorted([*(one.name for one in catalog().searches), "doors"])
    texts = {one.path: one.data.decode() for one in artifacts() if one.path.endswith(".conf")}
    assert '"doors"' in texts["splunk/postern/default/macros.conf"]
    assert "[example:door]" in texts["splunk/postern/default/props.conf"]


# ---------------------------------------------------------------- what it replaces


CHANGED = """\
'719022':
  {replaces}text: 'WebVPN user {{user}} is in.'
  event: login_succeeded
  title: {title}
  meaning: We know who it is.
  action: Nothing to do.
  samples:
    - log: '%ASA-6-719022: WebVPN user alice is in.'
      params: {{user: alice}}
"""


def test_an_entry_is_replaced_where_it_stood_and_its_translation_is_void(tmp_path: Path) -> None:
    laid = checked(
        BUNDLED, overlay=of(tmp_path, cisco_asa__a=CHANGED.format(replaces="replaces: true\n  ", title="In"))
    )
    assert [one.key for one in laid.messages()] == [one.key for one in catalog().messages()]
    message = next(one for one in laid.messages() if one.id == "719022")
    assert (message.title, dict(message.translations)) == ("In", {})
    assert Matcher(laid).decode("%ASA-6-719022: WebVPN user alice has been authenticated.").status == "header_only"


def test_a_replaced_entry_takes_a_translation_of_its_own(tmp_path: Path) -> None:
    laid = of(tmp_path, cisco_asa__a=CHANGED.format(replaces="replaces: true\n  ", title="In"))
    message = next(one for one in checked(BUNDLED, overlay=laid).messages() if one.id == "719022")
    text = f"'719022': {{of: '{english_hash(message.words('en'))}', title: '甲', meaning: '乙', action: '丙'}}\n"
    of(tmp_path, **{"i18n__zh-Hans__cisco_asa": text})
    message = next(one for one in checked(BUNDLED, overlay=laid).messages() if one.id == "719022")
    assert message.words("zh-Hans").title == "甲"


def test_a_translation_of_a_bundled_entry_clashes_unless_it_replaces(tmp_path: Path) -> None:
    message = next(one for one in catalog().messages() if one.id == "719022")
    text = f"'719022': {{of: '{english_hash(message.words('en'))}', title: '甲', meaning: '乙', action: '丙'"
    (said,) = found(of(tmp_path, **{"i18n__zh-Hans__cisco_asa": text + "}\n"}))
    assert said.startswith("P901 719022: the bundled catalog has it at catalog/i18n/zh-Hans/cisco_asa.yaml:")
    assert found(of(tmp_path, **{"i18n__zh-Hans__cisco_asa": text + ", replaces: true}\n"})) == []


def test_a_clash_names_both_places_and_nothing_to_replace_is_told(tmp_path: Path) -> None:
    (clash,) = found(of(tmp_path / "a", cisco_asa__mine=CHANGED.format(replaces="", title="In")))
    assert clash.startswith("P901 719022: the bundled catalog has it at catalog/cisco_asa/719-email-proxy.yaml:")
    nothing = CHANGED.format(replaces="replaces: true\n  ", title="In").replace("719022", "719099")
    (said,) = found(of(tmp_path / "b", cisco_asa__mine=nothing))
    assert said == "P902 719099.replaces: there is no 719099 to replace"


def test_the_same_key_twice_in_an_overlay_is_no_replacement(tmp_path: Path) -> None:
    entry = CHANGED.format(replaces="replaces: true\n  ", title="In")
    (said,) = found(of(tmp_path, cisco_asa__a=entry, cisco_asa__b=entry))
    assert said == f"P606 719022: the key also stands at {tmp_path}/cisco_asa/a.yaml:1"


def test_types_fields_events_searches_and_dashboards_are_replaced_on_purpose_only(tmp_path: Path) -> None:
    sources = {
        "searches__failed_auth": "searches/failed_auth.yaml",
        "dashboards__mail_path": "dashboards/mail_path.yaml",
    }
    texts = {name: (BUNDLED / path).read_text(encoding="utf-8") for name, path in sources.items()}
    texts["events"] = "login_info: {ecs: {category: [authentication], type: [info], action: seen}}\n"
    assert [one[:4] for one in found(of(tmp_path, **texts))] == ["P901"] * 3
    texts = {name: text + "replaces: true\n" for name, text in texts.items() if "__" in name}
    texts["events"] = "login_info: {replaces: true, ecs: {category: [authentication], type: [info], action: seen}}\n"
    laid = checked(BUNDLED, overlay=of(tmp_path, **texts))
    assert laid.events["login_info"].ecs["action"] == "seen"
    assert [one.name for one in laid.searches] == [one.name for one in catalog().searches]


def test_a_site_that_knows_no_such_product_is_told_in_the_same_run(tmp_path: Path) -> None:
    overlay = of(
        tmp_path, site="splunk: {sourcetypes: {dor: ['a']}}\n", cisco_asa__a=CHANGED.format(replaces="", title="x.")
    )
    assert [one[:4] for one in found(overlay)] == ["P901", "P203"]


def test_a_file_that_nothing_reads_is_told_and_hidden_ones_are_left_alone(tmp_path: Path) -> None:
    of(tmp_path, **{".ci__steps": "a: b\n", "cisco_asa__deep__er": "a: b\n"})
    (tmp_path / "cisco_asa" / "mine.yml").write_text("a: b\n")
    assert [one[:26] for one in found(tmp_path)] == ["P903 file: would not be re"] * 2


# ---------------------------------------------------------------- the commands


def test_a_build_writes_the_added_messages_and_never_into_the_checkout(tmp_path: Path) -> None:
    before = tree(ROOT / "out")
    done = postern("build", "--overlay", str(OVERLAY))
    assert done.returncode == 1
    assert b"--out" in done.stderr
    done = postern("build", "--out", str(tmp_path / "out"), POSTERN_OVERLAY=str(OVERLAY))
    assert (done.returncode, done.stderr) == (0, b"")
    made = tree(tmp_path / "out")
    assert made == {one.path: one.data for one in artifacts()}
    assert tree(ROOT / "out") == before


def test_every_verb_that_reads_the_catalog_takes_an_overlay(tmp_path: Path) -> None:
    laid = ("--overlay", str(OVERLAY))
    counted = sum(1 for _ in catalog().messages()) + len(ADDED)
    assert f" {counted:,} messages" in postern("check", *laid).stdout.decode()
    rows = json.loads(postern("list", "--json", "--product", "door", *laid).stdout)
    assert [row["key"] for row in rows] == ["door.000101"]
    assert json.loads(postern("explain", "--json", *laid, DOOR[0]).stdout)["key"] == "door.000101"
    assert postern("package", "--out", str(tmp_path), *laid).returncode == 0
    for verb in (["check"], ["list"], ["build"], ["package"], ["demo"], ["audit", "-"]):
        done = postern(*verb, "--overlay", str(tmp_path / "none"))
        assert (done.returncode, done.stdout) == (1, b""), verb
        assert b"is not a folder" in done.stderr


def test_a_draft_knows_the_overlay_and_goes_into_it(tmp_path: Path) -> None:
    overlay = Path(shutil.copytree(OVERLAY, tmp_path / "mine"))
    new = postern("new", "--overlay", str(overlay), "DOOR-000102: Closed for B0042 after 7 seconds").stdout.decode()
    assert new.startswith(f"# A new message, for a file of {overlay}/door/:\n")
    further = postern("new", "--overlay", str(overlay), "DOOR-000101: Opened twice for B0042").stdout.decode()
    assert further.startswith(f"# A further wording of door.000101, for {overlay}/door/main.yaml:1:\n")
    bundled = postern("new", "--overlay", str(overlay), "%ASA-6-719022: WebVPN user alice is in.").stdout.decode()
    assert "say `replaces: true`" in bundled
    assert "check` would say" not in new + further + bundled


def test_an_audit_reads_the_lines_of_an_overlay_and_drafts_into_it(tmp_path: Path) -> None:
    closed = "DOOR-000102: Closed for B0042 after 7 seconds"
    (tmp_path / "door.log").write_text("".join(f"{line}\n" for line in (*DOOR, closed)))
    done = postern("audit", "--json", "--drafts", str(tmp_path / "door.log"), POSTERN_OVERLAY=str(OVERLAY))
    report = json.loads(done.stdout)
    assert (report["lines"], report["parsed"]) == (len(DOOR) + 1, len(DOOR))
    assert {row["product"] for row in report["products"]} == {"door"}
    (shape,) = report["shapes"]
    assert (shape["product"], shape["id"], shape["example"]) == ("door", "000102", closed)
    assert shape["draft"].startswith(f"# A new message, for a file of {OVERLAY}/door/:\n")
    assert "check` would say" not in shape["draft"]


def test_a_text_that_splunk_cannot_mark_is_one_sentence(tmp_path: Path) -> None:
    text = CHANGED.format(replaces="", title="In").replace("WebVPN user {user} is in.", "{user}!")
    text = text.replace("WebVPN user alice is in.", "alice!").replace("719022", "719099")
    text += "  variants:\n    - text: '{user}?'\n      samples:\n"
    text += "        - log: '%ASA-6-719099: alice?'\n          params: {user: alice}\n"
    overlay = of(tmp_path / "mine", cisco_asa__mine=text)
    with pytest.raises(EmitError):
        backends.artifacts(checked(BUNDLED, overlay=overlay))
    done = postern("build", "--overlay", str(overlay), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert done.stderr.decode().startswith("Not written: cisco_asa.719099")
