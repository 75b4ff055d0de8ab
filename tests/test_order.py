"""Leading words, overlap, and which text wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postern import dispatch, notation, regex
from postern.model import EventRule, Message, Place, Wording
from postern.order import leads_of, ranked
from postern.overlap import Automaton, overlap
from postern.schema import TypeFile
from postern.source import Document
from postern.types import Types
from support.real import catalog

if TYPE_CHECKING:
    from postern.findings import Finding

NOWHERE = Document("catalog/x.yaml", {}, {})
WORD = r"[^ \t\r\n]"
SHAPES = {
    "int": "[0-9]{1,9}",
    "long": "[0-9]{9,12}",
    "word": f"{WORD}{{1,64}}",
    "text": f"{WORD}(?:[^\\x00]{{0,254}}{WORD})?",
    "wide": "[a-z]{1,64}(?:, [a-z]{1,64}){0,31}",
}
TYPES = Types({name: TypeFile(shape=shape, good=[], bad=[]) for name, shape in SHAPES.items()}, {})
TYPE_OF = {"n": "int", "m": "long", "w": "word", "t": "text", "l": "wide"}


def tree(text: str) -> regex.Node:
    return TYPES.text(notation.parse(text), TYPE_OF)


# ---------------------------------------------------------------- leading words


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("New SMTP ICID {n} interface", ["New SMTP ICID *"]),
        ("MID {n} ICID {n} ready", ["MID * ICID *"]),
        ("a b c d e f g h", ["a b c d e f"]),
        ("{w} was here", ["* was"]),
        ("from={w}, to={w} {n} x", ["* * *"]),
        ("{t} was here", [""]),
        ("a {t} was here", ["a"]),
        ("MID {n}{?:} x y", ["MID * x"]),
        ("{?<{n}> }a b c", ["* a b", "a b"]),
        ("{|a|b c} d e", ["a d", "b c d"]),
        ("{|a|a b} c d", ["a b c", "a c"]),
        ("a {x=p|q r} s t", ["a p s", "a q r s"]),
        ("a{? {t}}", [""]),
        ("a  b\tc d", ["a b c"]),
    ],
)
def test_a_text_is_found_by_its_first_words_and_a_slot_is_any_word(text: str, leads: list[str]) -> None:
    assert [" ".join(lead) for lead in leads_of(tree(text))] == leads


def test_a_text_with_too_many_beginnings_is_found_by_none_of_them() -> None:
    runs = "".join(f"{{?a{number} }}" for number in range(12))
    assert leads_of(tree(f"x {runs}end here")) == (("x",),)


# ---------------------------------------------------------------- overlap


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("MID {n} done", "MID {n} done", True),
        ("MID {n} done", "MID {n} aborted", False),
        ("MID {n} {w}", "MID {n} aborted", True),
        ("a {n}", "a {m}", True),
        ("a {n} b", "a b{t}", False),
        ("x {t}", "x y {t} z", True),
        ("a b", "a  b", True),
        ("a{?b}c", "ac", True),
        ("a{?b}c", "abbc", False),
        ("{|a|b}{|c|d}", "bd", True),
        ("{|a|b}{|c|d}", "cd", False),
        ("{t}: {n}", "{w} {w}", True),
        ("{w}", "{n}", True),
        ("{w}", "a b", False),
        ("{l}", "a, b, c, d, e, f, g, h, i, j", True),
        ("é{w}", "日{w}", True),
    ],
)
def test_two_texts_overlap_where_one_line_could_be_both(one: str, other: str, expected: bool) -> None:
    assert overlap(Automaton(tree(one)), Automaton(tree(other))) is expected
    assert overlap(Automaton(tree(other)), Automaton(tree(one))) is expected


# ---------------------------------------------------------------- precedence


def messages(*texts: str) -> list[Message]:
    made = []
    for number, text in enumerate(texts):
        body, place = tree(text), Place(NOWHERE, (f"m{number}",))
        key = f"p.m{number}"
        wording = Wording(key, 0, body, {}, (), EventRule(None), opener=False, samples=(), rank=0, place=place)
        made.append(Message(key, "p", f"m{number}", "debug", "T", "M", "A", (wording,), place))
    return made


def order(dispatch: str, *texts: str) -> tuple[list[str], list[Finding]]:
    findings: list[Finding] = []
    found = ranked(messages(*texts), dispatch, findings)
    by_rank = sorted(found, key=lambda message: message.wordings[0].rank)
    return [texts[int(message.id[1:])] for message in by_rank], findings


def test_of_two_texts_that_overlap_the_one_with_more_literal_characters_comes_first() -> None:
    general, special = "MID {n} {t}", "MID {n} rewritten to {n} by {t}"
    assert order("words", general, special) == ([special, general], [])
    assert order("words", special, general) == ([special, general], [])


def test_a_tie_is_a_finding_at_the_first_of_the_two() -> None:
    _, findings = order("words", "go {w} by foot", "go by {w} foot")
    problem = "a line could match it and p.m1 at catalog/x.yaml:1 with 8-8 and 8-8 literals"
    assert [finding.text() for finding in findings] == [f"catalog/x.yaml:1: P604 m0.text: {problem}"]


def test_a_pair_whose_winner_depends_on_the_line_is_a_finding() -> None:
    _, findings = order("words", "go {t}{? quickly}", "go {w} {?slow}ly")
    assert [(finding.code, finding.key) for finding in findings] == [("P604", "m0.text")]


def test_texts_that_no_line_can_both_match_need_no_winner() -> None:
    assert order("words", "go {n} up", "go {n} to", "go {n} by")[1] == []


def test_texts_of_different_ids_never_meet_where_a_line_is_dispatched_by_its_id() -> None:
    assert order("id", "go {w} by foot", "go by {w} foot")[1] == []


def test_the_wordings_of_one_message_are_ranked_among_themselves() -> None:
    general, special = (message.wordings[0] for message in messages("go {t}", "go {t} by foot"))
    both = Message("p.m", "p", "m", "debug", "T", "M", "A", (general, special), Place(NOWHERE, ("m",)))
    findings: list[Finding] = []
    (found,) = ranked([both], "words", findings)
    assert ([wording.rank for wording in found.wordings], findings) == ([1, 0], [])


# ---------------------------------------------------------------- buckets


def test_a_text_that_begins_with_a_slot_is_tried_only_where_a_line_could_begin_so() -> None:
    """`{number} Sent: …` and `req:{src} …` are no rivals of the lines that begin with MID or ICID."""
    product = catalog().product("cisco_esa")
    found = dispatch.buckets(product)
    for name in ("smtp_dialogue", "web_request"):
        assert len([pool for pool in found.pools if name in {message.id for message, _ in pool}]) == 1
    assert max(map(len, found.pools)) <= 2 * dispatch.MAX_WORDINGS
