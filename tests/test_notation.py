"""The notation of `text`: its parts, its refusals, and the tolerated tail."""

from __future__ import annotations

import pytest

from postern.notation import (
    Alternatives,
    Choice,
    Literal,
    NotationError,
    Optional,
    Part,
    Slot,
    cut_tail,
    parse,
    slots,
)

A, B, C = Literal("a"), Literal("b"), Literal("c")
X = Slot("x", None)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", (A,)),
        ("[a] | 'b' <c> \\d", (Literal("[a] | 'b' <c> \\d"),)),
        ("a{x}b", (A, X, B)),
        ("{x}{y}", (X, Slot("y", None))),
        ("{src_2:endpoint}", (Slot("src_2", "endpoint"),)),
        ("{x=in|out bound}", (Choice("x", ("in", "out bound")),)),
        ("{x=only}", (Choice("x", ("only",)),)),
        ("{x=a:b|c=d}", (Choice("x", ("a:b", "c=d")),)),
        ("a{?b}", (A, Optional((B,)))),
        ("{?a|b}", (Optional((Literal("a|b"),)),)),
        ("{?a{?{x}}}", (Optional((A, Optional((X,)))),)),
        ("{|a|b}", (Alternatives(((A,), (B,))),)),
        ("{|a|{|b|c}}", (Alternatives(((A,), (Alternatives(((B,), (C,))),))),)),
        ("{|{x=a|b}|c}", (Alternatives(((Choice("x", ("a", "b")),), (C,))),)),
        ("{|a{?b}|c}", (Alternatives(((A, Optional((B,))), (C,))),)),
        ("{{a}}", (Literal("{a}"),)),
        ("{{{x}}}", (Literal("{"), X, Literal("}"))),
        ("{?a{{b}", (Optional((Literal("a{b"),)),)),
    ],
)
def test_a_text_has_these_parts(text: str, parts: tuple[Part, ...]) -> None:
    assert parse(text) == parts


NOT_A_NAME = "is not a slot name (a-z, 0-9, _; a literal brace is written {{)"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the text is empty"),
        ("a}", "} at character 2 closes nothing; a literal brace is written }}"),
        ("{x", "{ at character 1 is not closed"),
        ("ab{?c", "{ at character 3 is not closed"),
        ("{|a|b", "{ at character 1 is not closed"),
        ("{?}", "the optional run at character 1 is empty"),
        ("{|a}", "the alternatives at character 1 need two or more branches, none empty"),
        ("{|a|}", "the alternatives at character 1 need two or more branches, none empty"),
        ("{||a}", "the alternatives at character 1 need two or more branches, none empty"),
        ("{}", f"{{}}: '' {NOT_A_NAME}"),
        ("{Mid}", f"{{Mid}}: 'Mid' {NOT_A_NAME}"),
        ("{a b}", f"{{a b}}: 'a b' {NOT_A_NAME}"),
        ("{1a}", f"{{1a}}: '1a' {NOT_A_NAME}"),
        ("{x=}", "{x=} has an empty word in its choice"),
        ("{x=a||b}", "{x=a||b} has an empty word in its choice"),
        ("{x:}", "{x:}: '' is not a type name"),
        ("{x:Ip}", "{x:Ip}: 'Ip' is not a type name"),
    ],
)
def test_a_broken_text_is_refused_and_the_place_is_named(text: str, problem: str) -> None:
    with pytest.raises(NotationError) as refused:
        parse(text)
    assert str(refused.value) == problem


def test_a_name_has_at_most_forty_characters() -> None:
    assert parse("{" + "a" * 40 + "}") == (Slot("a" * 40, None),)
    with pytest.raises(NotationError):
        parse("{" + "a" * 41 + "}")


def test_slots_are_found_at_every_depth_in_the_order_of_the_text() -> None:
    text = parse("{a} {?{b=x|y}{|{c}|{d:t} {?{e}}}} {f}")
    assert [slot.name for slot in slots(text)] == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a b .", "a b"),
        ("a.", "a"),
        ("a. b", "a. b"),
        ("for {x} .", "for {x}"),
        ("for {x}", "for {x}"),
        ("a{?: {x}}.", "a{?: {x}}"),
        ("a{?.}", "a"),
        ("a{?b.}", "a{?b}"),
        ("{|a.|b}.", "{|a|b}"),
        ("{|.|b.}", "{?b}"),
        ("{|.|b.|c}", "{?{|b|c}}"),
        ("a. {?b.}", "a{?. {?b}}"),
        ("a. {?{x}}{?c.}", "a{?. {?{x}}{?c}}"),
        ("{x}. {?b}", "{x}{?. {?b}}"),
    ],
)
def test_the_tolerated_tail_is_cut_from_the_end_of_every_path(text: str, cut: str) -> None:
    assert cut_tail(parse(text), " .") == parse(cut)


@pytest.mark.parametrize("text", ["...", "{?.}", "{|.| .}"])
def test_a_text_of_nothing_but_the_tail_is_cut_to_nothing(text: str) -> None:
    assert cut_tail(parse(text), " .") == ()
