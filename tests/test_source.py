"""YAML as we read it: the line of every value, and nothing silently misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postern.source import Document, Loc, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def document(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, "catalog/file.yaml")


def found(document: Document) -> list[str]:
    return [finding.text().removeprefix("catalog/file.yaml:") for finding in document.findings]


NESTED = """\
# a comment
first: 1

second:
  - log: 'a'
    params: {mid: '7'}
  -
    log: >-
      b
third: {x: y}
"""


@pytest.mark.parametrize("text", [NESTED])
@pytest.mark.parametrize(
    ("loc", "line"),
    [
        (("first",), 2),
        (("second",), 4),
        (("second", 0), 5),
        (("second", 0, "params", "mid"), 6),
        (("second", 1, "log"), 8),
        (("third", "x"), 10),
        (("second", 0, "params", "absent", "deeper"), 6),
        ((), 2),
    ],
)
def test_every_value_has_a_line_and_an_absent_one_that_of_its_parent(document: Document, loc: Loc, line: int) -> None:
    assert document.line(loc) == line


@pytest.mark.parametrize("text", [NESTED])
def test_the_data_are_plain_values(document: Document) -> None:
    assert document.data == {
        "first": 1,
        "second": [{"log": "a", "params": {"mid": "7"}}, {"log": "b"}],
        "third": {"x": "y"},
    }
    assert found(document) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x: 0", 0),
        ("x: 25", 25),
        ("x: -3", -3),
        ("x: '010'", "010"),
        ("x: true", True),
        ("x: false", False),
        ("x: True", "True"),
        ("x: yes", "yes"),
        ("x: no", "no"),
        ("x: on", "on"),
        ("x: off", "off"),
        ("x: y", "y"),
        ("x: 1.5", "1.5"),
        ("x: 1e3", "1e3"),
        ("x: 2014-09-01", "2014-09-01"),
        ("x: 2001:db8::1", "2001:db8::1"),
        ("x: null", None),
        ("x:", None),
        ("x: ~", None),
        ("x: ''", ""),
        ("x: !!python/name:os.system w", "w"),
    ],
)
def test_words_of_log_lines_stay_words(document: Document, value: object) -> None:
    assert (document.data, found(document)) == ({"x": value}, [])


@pytest.mark.parametrize("text", ["x: 010", "x: 0x1F", "x: 0b1", "x: 1_000", "x: 12:30:45", "x: +3", "x: -07"])
def test_a_number_that_yaml_reads_as_another_is_a_finding(document: Document, text: str) -> None:
    word = text.removeprefix("x: ")
    assert (document.data, found(document)) == ({"x": word}, [f"1: P105 x: {word} would be read as another number"])


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n"])
def test_a_doubled_key_is_a_finding_and_the_first_counts(document: Document) -> None:
    assert (document.data, document.line(("a",))) == ({"a": 1, "b": 2}, 1)
    assert found(document) == ["3: P102 a: stands twice in one mapping"]


@pytest.mark.parametrize("text", ["x: {a: 1}\ny: {a: 1}\n"])
def test_the_same_key_in_two_mappings_is_no_doubled_key(document: Document) -> None:
    assert found(document) == []


@pytest.mark.parametrize("text", ["'1':\n  text: plain words\n  samples:\n    - log: \"double\"\n      esql: ROW 1\n"])
def test_texts_logs_and_queries_are_quoted_or_blocks(document: Document) -> None:
    problem = "must be single-quoted or a block scalar"
    assert found(document) == [
        f"2: P103 1.text: {problem}",
        f"4: P103 1.samples.0.log: {problem}",
        f"5: P103 1.samples.0.esql: {problem}",
    ]


@pytest.mark.parametrize("text", ["text: 'a # b: c'\n", "text: |-\n  a # b: c\n", "text: >-\n  a # b:\n  c\n"])
def test_a_quoted_text_or_a_block_keeps_what_plain_yaml_would_cut(document: Document) -> None:
    assert (document.data, found(document)) == ({"text": "a # b: c"}, [])


@pytest.mark.parametrize("text", ["00200150: {a: b}\n'00200151': {a: b}\n719003: {a: b}\n"])
def test_a_bare_id_is_a_finding_and_keeps_its_digits(document: Document) -> None:
    assert list(document.data) == ["00200150", "00200151", "719003"]
    assert found(document) == ["1: P104 00200150: an id must be quoted", "3: P104 719003: an id must be quoted"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: [\n", "2: P101 file: did not find expected node content"),
        ("a: 1\nb: c: d\n", "2: P101 file: mapping values are not allowed in this context"),
        ("a: *x\n", "1: P101 file: found undefined alias"),
        ("a: 1\n\nb: \x01\n", "3: P101 file: unacceptable character #x0001: control characters are not allowed"),
        ("a: 1\n---\nb: 2\n", "2: P101 file: but found another document"),
        ("- a\n", "1: P203 file: the file must be a mapping"),
        ("words\n", "1: P203 file: the file must be a mapping"),
    ],
)
def test_a_file_that_is_no_mapping_is_one_finding_and_has_no_data(document: Document, finding: str) -> None:
    assert (document.data, found(document)) == ({}, [finding])


@pytest.mark.parametrize(
    ("text", "data", "line"),
    [
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": None}, 2),
        ("a: &x [*x]\n", {"a": [None]}, 1),
    ],
)
def test_an_alias_is_refused_even_one_of_itself(document: Document, data: object, line: int) -> None:
    assert document.data == data
    assert [(one.code, one.line) for one in document.findings] == [("P101", line)]


@pytest.mark.parametrize("text", ["a: 1\n? [b]\n: 2\n"])
def test_a_key_that_is_no_word_is_refused(document: Document) -> None:
    assert (document.data, found(document)) == ({"a": 1}, ["2: P101 file: a key must be a word"])


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_has_no_data_and_no_fault(document: Document) -> None:
    assert (document.data, found(document)) == ({}, [])


def test_a_file_that_is_not_utf8_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: \xff\n")
    problem = "cannot be read: 'utf-8' codec can't decode byte 0xff in position 3: invalid start byte"
    assert found(read(path, "catalog/file.yaml")) == [f"0: P106 file: {problem}"]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    missing = read(tmp_path / "file.yaml", "catalog/file.yaml")
    assert found(missing) == ["0: P106 file: cannot be read: No such file or directory"]
