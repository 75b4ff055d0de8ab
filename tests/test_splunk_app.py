"""The app as it is generated: how it is cut into buckets, what it refuses, and the one file that it is packed into."""

from __future__ import annotations

import io
import re
import tarfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from postern import regex, render
from postern.artifact import Artifact
from postern.compile import compile_catalog
from postern.findings import CatalogError
from postern.splunk import buckets, dispatcher, emit, ingest, keyed, markers, props
from postern.splunk.package import FILE_NAME, package
from postern.splunk.transform import Groups
from support.real import ROOT, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.model import Product, Wording
    from postern.splunk.transform import Transform

BY_ID, BY_WORDS, BY_KEY = "cisco_asa", "cisco_esa", "netdefend"


def transforms() -> Iterator[Transform]:
    for product in catalog().products:
        yield from props.Content(catalog(), product).transforms


def found_by_id(product: Product) -> list[buckets.Bucket]:
    return buckets.by_id(product, buckets.texts(catalog(), product))


# --- dispatch ---


@pytest.mark.parametrize("name", [BY_ID, BY_WORDS])
def test_every_text_stands_in_a_bucket(name: str) -> None:
    product = catalog().product(name)
    if name == BY_ID:
        found = found_by_id(product)
        held = [(text.message.key, text.wording.number) for bucket in found for text in bucket.texts]
        assert len(held) == len(set(held))  # an id leads to one bucket
    else:
        found, _ = buckets.by_words(product, buckets.texts(catalog(), product))
        held = [(text.message.key, text.wording.number) for bucket in found for text in bucket.texts]
    assert set(held) == {(message.key, wording.number) for message, wording in product.wordings()}


def test_frequent_ids_come_first_and_by_themselves() -> None:
    product = catalog().product(BY_ID)
    found = found_by_id(product)
    known = {message.id for message in product.messages}
    hot = [group for group in product.hot if known & set(group)]
    assert [{text.message.id for text in bucket.texts} for bucket in found[: len(hot)]] == [
        known & set(group) for group in hot
    ]
    assert found[0].lead.startswith("30201[35]")


def test_buckets_keep_to_their_size() -> None:
    for bucket in found_by_id(catalog().product(BY_ID)):
        one = buckets.id_transform(catalog(), bucket)
        assert max(number for _, number in one.pairs) <= buckets.MAX_GROUPS
    product = catalog().product(BY_WORDS)
    words, _ = buckets.by_words(product, buckets.texts(catalog(), product))
    for bucket in words:
        one = buckets.word_transform(catalog(), catalog().product(BY_WORDS), bucket)
        assert max(number for _, number in one.pairs) <= buckets.MAX_WORD_GROUPS


def test_no_step_to_a_bucket_grows_with_the_catalog() -> None:
    """Each group of a regex costs at every match: a step has few, and each bucket is handed its text by one step."""
    product = catalog().product(BY_ID)
    steps = [one for one in props.Content(catalog(), product).transforms if one.needed]
    parts = [one for one in steps if "_part_" in one.name]
    assert len(parts) > 10
    assert max(number for one in parts for _, number in one.pairs) <= dispatcher.MAX_BRANCHES
    assert max(number for one in steps for _, number in one.pairs) <= 2 * dispatcher.MAX_BRANCHES
    handed = Counter(name for one in steps if "_closed" not in one.name for name, _ in one.pairs)
    names = [*(one.name for one in parts), *(one.name for one in found_by_id(product))]
    assert {handed[name] for name in names} == {1}


def test_a_large_shape_stands_once_in_a_regex() -> None:
    found = next(one for one in found_by_id(catalog().product(BY_ID)) if one.name.endswith("302020"))
    made = buckets.id_transform(catalog(), found)
    called = re.findall(r"\(\(\?(\d+)\)\)", made.regex)
    assert len(called) > 10
    assert len(set(called)) < 4
    assert len(made.regex) < 13_000  # with each address written out it would be more than twice as long


def test_look_ahead_stands_only_where_lines_are_handed_out() -> None:
    """In the dispatchers; and where keys are walked over, for the id and for where a value ends."""
    for product in catalog().products:
        for one in props.Content(catalog(), product).transforms:
            plain = "(?=" not in one.regex and "(?!" not in one.regex
            assert plain or one.needed or product.dispatch == "key", one.name


def test_what_a_later_transform_reads_is_written_by_an_earlier_one() -> None:
    for product in catalog().products:
        written = {"_raw"}
        for one in props.Content(catalog(), product).transforms:
            assert one.source_key in written, one.name
            written |= {name for name, _ in one.pairs}


def test_an_extraction_writes_only_fields_of_ours() -> None:
    for one in transforms():
        assert [name for name, _ in one.pairs if not name.startswith("postern_")] == [], one.name


def test_a_vendor_s_source_type_has_nothing_but_additions() -> None:
    for product in catalog().products:
        _, *foreign = props.Content(catalog(), product).stanzas()
        for _, settings in foreign:
            for key, value in settings:
                kind, _, name = key.partition("-")
                assert name.startswith(props.LAST), key
                if kind == "FIELDALIAS":
                    assert " ASNEW " in value
                    assert " AS " not in value
                elif kind == "LOOKUP":
                    assert " OUTPUTNEW " in value
                else:
                    assert kind == "REPORT"


def test_headers_of_frames_with_a_fixed_word_win_in_the_router() -> None:
    routes = [name for name in ingest.routed(catalog()) if name.endswith("_route")]
    assert routes[0] == "postern_cisco_esa_route"
    assert len(routes) == len(catalog().products)


def test_a_header_is_cut_before_its_id() -> None:
    for header in catalog().product(BY_ID).headers:
        before, after = header.around_id
        assert after is not None
        assert next(one.name for one in regex.captures(after)) == "message_id"
        assert "message_id" not in {one.name for one in regex.captures(before)}


def test_every_message_of_keys_stands_in_one_bucket_and_buckets_are_few() -> None:
    product = catalog().product(BY_KEY)
    *known, unknown = keyed.Keyed(catalog(), product).buckets
    held = [message.id for bucket in known for message in bucket.messages]
    assert sorted(held) == sorted(message.id for message in product.messages)
    assert unknown.messages == ()
    assert len(known) < len(held) / 15
    for bucket in known:
        assert len({frozenset(one.wordings[0].context) for one in bucket.messages}) == 1
    made = props.Content(catalog(), product).transforms
    assert len(made) == 1 + 2 * (len(known) + 1)
    assert max(number for one in made for _, number in one.pairs) < buckets.MAX_GROUPS


# --- markers ---


def worded(number: int, *pieces: regex.Node) -> Wording:
    some = next(wording for _, wording in catalog().product(BY_ID).wordings())
    return replace(some, key=f"demo.{number}", number=number, body=regex.seq(*pieces))


def test_markers_are_distinct_and_captured_where_they_stand() -> None:
    word = regex.parse("[a-z]{1,8}")
    slot = regex.Capture("reason", "text", None, word)
    some = [
        worded(0, regex.Lit("Message"), regex.BLANK, slot),
        worded(1, regex.Lit("Message"), regex.BLANK, slot, regex.BLANK, regex.Lit("sender")),
        worded(2, regex.Lit("(Message)"), regex.BLANK, slot),
    ]
    found = markers.marked(some)
    assert len({marker for marker, _ in found}) == len(found)
    for marker, body in found:
        (captured,) = (one for one in regex.captures(body) if one.name == markers.NAME)
        assert regex.spell(captured.node) == marker
        assert marker.isalnum()


def test_wordings_without_enough_fixed_words_are_refused() -> None:
    some = [worded(number, regex.Lit("ab"), regex.BLANK) for number in range(2)]
    with pytest.raises(markers.NoMarkerError, match=r"demo\.\d \(wording \d\) has no fixed word"):
        markers.marked(some)


@pytest.mark.parametrize("name", [BY_ID, BY_WORDS])
def test_a_lookup_never_has_two_rows_for_one_line(name: str) -> None:
    product = catalog().product(name)
    for table in props.Content(catalog(), product).constants:
        keys = [row[: table.columns.index("key")] for row in table.rows]
        assert len(keys) == len(set(keys))


def test_alternatives_that_fill_one_field_are_one_group() -> None:
    address = regex.alt(
        regex.Capture("src", "ip", "ip", regex.Lit("1")), regex.Capture("src", "hostname", None, regex.Lit("a"))
    )
    groups = Groups(catalog())
    assert groups.spell(address, lambda _: ("postern_src",)) == "(1|a)"
    apart = Groups(catalog())
    assert apart.spell(address, lambda capture: (f"postern_{capture.member}",)) == "(1)|(a)"


# --- files ---


def test_the_package_has_the_same_bytes_every_time_and_holds_the_app() -> None:
    artifacts = list(emit(catalog()))
    data = package(artifacts)
    assert data == package(reversed(artifacts))
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        members = tar.getmembers()
        files = {one.name: tar.extractfile(one) for one in members if one.isfile()}
        read = {name: file.read() for name, file in files.items() if file}
    wanted = {one.path.removeprefix("splunk/"): one.data for one in artifacts if one.path.startswith("splunk/postern/")}
    assert read == wanted
    assert {(one.mtime, one.uid, one.gid, one.uname) for one in members} == {(0, 0, 0, "")}
    assert {one.mode for one in members if one.isfile()} == {0o644}
    assert [one.name for one in members] == sorted(one.name for one in members)
    assert "postern-" in FILE_NAME


def test_a_large_package_is_more_than_one_block() -> None:
    data = bytes(200_000)
    packed = package([Artifact("splunk/postern/a", data)])
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
        file = tar.extractfile("postern/a")
        assert file is not None
        assert file.read() == data


def test_every_file_of_the_app_is_generated_twice_alike() -> None:
    first, second = ({one.path: one.data for one in emit(catalog())} for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("escape", "value"),
    [
        (render.as_conf, "ends in a backslash\\"),
        (render.as_conf, " blank before"),
        (render.as_conf, "a line\\\nthat ends so"),
        (render.as_conf, "return\r"),
        (render.as_key, "no key"),
        (render.as_key, "1st"),
        (render.as_stanza, "a]b"),
        (render.as_stanza, "two\nlines"),
        (render.as_csv, [["two\nlines"]]),
        (render.as_csv, [["nul\0"]]),
        (render.as_cell, "two\nlines"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(escape: object, value: object) -> None:
    assert callable(escape)
    with pytest.raises(render.EscapeError):
        escape(value)


def test_lines_of_a_value_are_continued() -> None:
    assert render.as_conf("a\n| b") == "a\\\n| b"
    assert render.as_csv([["a", 'b "c"', "d,e", ""]]) == 'a,"b ""c""","d,e",\n'
    assert render.as_cell("a|b*") == r"a\|b\*"


# --- site.yaml ---


def site(folder: Path, text: str) -> Path:
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_says_where_its_events_are(tmp_path: Path) -> None:
    text = 'splunk:\n  indexes: ["mail", "fw*"]\n  sourcetypes:\n    cisco_asa: ["cisco:ftd"]\n'
    made = {
        one.path: one.data.decode()
        for one in emit(compile_catalog(ROOT / "catalog", site(tmp_path, text)))
        if isinstance(one.text, str)
    }
    macros, settings = (made[f"splunk/postern/default/{name}.conf"] for name in ("macros", "props"))
    assert 'definition = index IN ("mail", "fw*")' in macros
    assert '"cisco:ftd"' in macros
    stanza = settings.partition("[cisco:ftd]\n")[2].partition("\n\n")[0]
    assert stanza == settings.partition("[cisco:asa]\n")[2].partition("\n\n")[0]  # as additive as on the vendor's


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('splunk:\n  sourcetypes: {cisco_asax: ["a"]}\n', "cisco_asax is not a product"),
        ('splunk:\n  indexes: ["a | delete"]\n', "splunk.indexes"),
        ("splunk:\n  indexes: []\n", "splunk.indexes"),
        ("splunc: {}\n", "splunc"),
    ],
)
def test_a_site_that_says_nonsense_is_told_where(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CatalogError) as caught:
        compile_catalog(ROOT / "catalog", site(tmp_path, text))
    (finding,) = caught.value.findings
    assert problem in finding.text()
    assert "site.yaml:" in finding.text()


def test_the_buckets_of_two_catalogs_do_not_depend_on_the_order_of_their_messages() -> None:
    product = catalog().product(BY_ID)
    turned = replace(product, messages=product.messages[::-1])
    names = [[one.name for one in found_by_id(some)] for some in (product, turned)]
    assert names[0] == names[1]
    assert all(one != other for one, other in pairwise(names[0]))


def test_a_text_without_a_fixed_word_is_marked_by_the_last_digit_of_its_id() -> None:
    product = catalog().product(BY_ID)
    slot = regex.Capture("reason", "text", None, regex.parse("[a-z]{1,8}"))
    bare = replace(product.messages[0], id="199013", wordings=(replace(worded(0, slot), key="cisco_asa.199013"),))
    other = replace(bare, id="199014", wordings=(replace(worded(0, slot, regex.Lit(" end")), key="cisco_asa.199014"),))
    (bucket,) = found_by_id(replace(product, messages=(bare, other)))
    one = buckets.id_transform(catalog(), bucket)
    assert one.regex.startswith(r"\A19901(?:(3)(?::")
    assert one.pairs[0] == ("postern_marker", 1)
    assert [text.marker for text in bucket.texts] == ["3", "end"]
