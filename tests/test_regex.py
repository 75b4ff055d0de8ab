"""The dialect: what a shape may say, how it is spelled, and what the compiler knows of a tree."""

from __future__ import annotations

import re

import pytest

from postern import regex
from postern.engines import python_regex
from postern.regex import ALL, BLANK, BLANKS, EMPTY, NON_ASCII, Capture, Chars, Lit, RegexError, Repeat, Seq, mask_of


def spelled(node: regex.Node) -> str:
    return regex.spell(node, lambda capture, inner: f"(?<{capture.name}>{inner})")


def captured(shape: str, name: str = "x") -> Capture:
    return Capture(name, "some_type", None, regex.parse(shape))


def unbounded(shape: str, follow: str = "") -> list[str]:
    faults = regex.unbounded_faults(regex.parse(shape), mask_of(follow))
    return [spelled(fault) for fault in faults]


# ---------------------------------------------------------------- reading and spelling


@pytest.mark.parametrize(
    "shape",
    [
        "", "abc", r"a\.b", r"\t\r\n\\", r"\x00", "é", "a|", "ab?", "a*", "[a-c]+", "[^ ]{1,256}", "a{2}", "a{2,3}",
        "a{256}", "(?:ab|c)?", "(?>a|b)c", "(?:a){3}", "(?:ab){32}", "(?:a{2}){3}", "x(?:a|b)y", "(?:a|b(?:c|d)){0,2}",
        r"[\-.0-9A-Z_a-z]", r"[^\t\n\r ]", r"[\[-\^]", r"[\&\|\~]", r"[^\x00-\x1f\x7f]", r"\{\}\(\)\*\+\?\^\$\|\[\]",
    ],
)  # fmt: skip
def test_a_shape_of_the_dialect_is_spelled_as_it_was_written(shape: str) -> None:
    assert spelled(regex.parse(shape)) == shape


@pytest.mark.parametrize(
    ("shape", "plain"),
    [
        ("(?:ab)", "ab"), ("(?:a)b", "ab"), ("[a]", "a"), ("[.]", r"\."), ("[ab]", "[ab]"), ("[abc]", "[a-c]"),
        ("[z_a-]", r"[\-_az]"), (r"\-\ ", "- "), (r"\x41", "A"),
        (r"\x07", r"\x07"), ("[^a]", "[^a]"), ("(?:a|b)", "a|b"), ("]}", r"\]\}"),
    ],
)  # fmt: skip
def test_a_shape_has_one_spelling(shape: str, plain: str) -> None:
    assert spelled(regex.parse(shape)) == plain


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ("^a", "the operator ^ is not in the dialect; escape it or use a class"),
        ("a$", "the operator $ is not in the dialect; escape it or use a class"),
        ("a.b", "the operator . is not in the dialect; escape it or use a class"),
        (r"\d", r"\d is not in the dialect; write the class out"),
        (r"\w", r"\w is not in the dialect; write the class out"),
        (r"\s", r"\s is not in the dialect; write the class out"),
        (r"\bx", r"\b is not in the dialect; write the class out"),
        (r"[\d]", r"\d is not in the dialect in a class; write the class out"),
        (r"a\1", r"\1 is not in the dialect; write the class out"),
        ("(a)", "groups are (?:…) or (?>…): no captures, no look-around"),
        ("(?P<n>a)", "groups are (?:…) or (?>…): no captures, no look-around"),
        ("(?=a)", "groups are (?:…) or (?>…): no captures, no look-around"),
        ("(?<!a)b", "groups are (?:…) or (?>…): no captures, no look-around"),
        ("(?i)a", "groups are (?:…) or (?>…): no captures, no look-around"),
        ("a++", "possessive, lazy and doubled quantifiers are not in the dialect"),
        ("a+?", "possessive, lazy and doubled quantifiers are not in the dialect"),
        ("a{2}{3}", "possessive, lazy and doubled quantifiers are not in the dialect"),
        ("*a", "* has nothing to repeat"),
        ("a|?", "? has nothing to repeat"),
        ("[a", "the shape ends too early"),
        ("(?:a", "the shape ends too early"),
        ("a\\", "the shape ends too early"),
        (r"\x4", "the shape ends too early"),
        (r"\xzz", r"\xzz is not a character"),
        ("a)b", "unbalanced ) at character 2 of the shape"),
        ("[]", "an empty class, or ] not escaped"),
        ("[]a]", "an empty class, or ] not escaped"),
        ("[^]", "an empty class, or ] not escaped"),
        ("[z-a]", "the range z-a is not one of ASCII"),
        ("[a[b]", "[ must be escaped in a class"),
        ("[a^b]", "^ must be escaped in a class"),
        ("[a&&b]", "& must be escaped in a class"),
        ("[a|b]", "| must be escaped in a class"),
        ("[a~b]", "~ must be escaped in a class"),
        ("[-a]", "- must be escaped in a class"),
        ("[a-c-e]", "- must be escaped in a class"),
        ("[é]", "classes are ASCII; negate one to let the rest in"),
        (r"[\xe9]", "classes are ASCII; negate one to let the rest in"),
        ("[a-é]", "classes are ASCII; negate one to let the rest in"),
    ],
)
def test_an_operator_outside_the_dialect_is_refused(shape: str, problem: str) -> None:
    with pytest.raises(RegexError) as refused:
        regex.parse(shape)
    assert (refused.value.code, str(refused.value)) == ("P401", problem)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ("a{1025}", "a repeat of 1025 is more than 1024"),
        ("[a-z]{0,3000}", "a repeat of 3000 is more than 1024"),
        ("(?:ab){33}", "a repeat of 33 is more than 32"),
        ("(?:ab)*", "* and + may only follow a class"),
        ("(?:a|b)+", "* and + may only follow a class"),
        ("a{2,}", "a repeat is written {m}, {m,n}, ?, * or +"),
        ("a{,3}", "a repeat is written {m}, {m,n}, ?, * or +"),
        ("a{x}", "a repeat is written {m}, {m,n}, ?, * or +"),
        ("a{", "a repeat is written {m}, {m,n}, ?, * or +"),
        ("a{3,2}", "the repeat {3,2} is empty"),
    ],
)
def test_a_repeat_that_is_too_large_or_unbounded_is_refused(shape: str, problem: str) -> None:
    with pytest.raises(RegexError) as refused:
        regex.parse(shape)
    assert (refused.value.code, str(refused.value)) == ("P402", problem)


def test_a_negated_class_lets_every_character_outside_ascii_in() -> None:
    assert regex.parse("[^a]") == Chars(ALL & ~mask_of("a"))
    assert mask_of("é日") == NON_ASCII


def test_a_capture_opens_the_group_that_the_engine_asks_for() -> None:
    node = regex.seq(Lit("id "), captured("[0-9]{1,3}", "mid"), Lit("."))
    assert spelled(node) == r"id (?<mid>[0-9]{1,3})\."


def test_a_sequence_joins_literals_and_drops_nesting() -> None:
    assert regex.seq(Lit("a"), Seq((Lit("b"), BLANK)), Lit(""), Lit("c")) == Seq((Lit("ab"), BLANK, Lit("c")))


# ---------------------------------------------------------------- facts about a tree


@pytest.mark.parametrize(
    ("shape", "first", "last"),
    [
        ("abc", "a", "c"), ("[ab]c?", "ab", "abc"), ("a?b?c", "abc", "c"), ("(?:x|yz)", "xy", "xz"),
        ("a{0,3}b", "ab", "b"), ("(?>ab)?c", "ac", "c"), ("", "", ""), ("a(?:b|)", "a", "ab"),
    ],
)  # fmt: skip
def test_first_and_last_are_the_characters_at_the_edges(shape: str, first: str, last: str) -> None:
    node = regex.parse(shape)
    assert (regex.first(node), regex.last(node)) == (mask_of(first), mask_of(last))


@pytest.mark.parametrize(
    ("shape", "nullable"), [("", True), ("a", False), ("a?", True), ("a?b", False), ("a|", True), ("a{0,2}b*", True)]
)
def test_nullable_says_whether_nothing_matches(shape: str, nullable: bool) -> None:
    assert regex.nullable(regex.parse(shape)) is nullable


@pytest.mark.parametrize(
    ("shape", "faults"),
    [
        ("[a-z]+", []),
        ("[a-z]+[0-9]", []),
        ("[a-z]+b", ["[a-z]"]),
        ("a*a", ["a"]),
        ("[a-z]*[0-9]?z", ["[a-z]"]),
        ("(?:[a-z]*,){0,4}", []),
        ("(?:[a-z]*,?){0,4}", ["[a-z]"]),
        ("(?:[a-z]*|x)y", ["[a-z]"]),
        ("[a-z]{1,256}b", []),
    ],
)
def test_an_unbounded_class_that_holds_what_may_follow_is_a_fault(shape: str, faults: list[str]) -> None:
    assert unbounded(shape) == faults


def test_what_follows_the_shape_counts_too() -> None:
    assert unbounded("[^ ]*", " ") == []
    assert unbounded("[^ ]*", "x") == ["[^ ]"]


@pytest.mark.parametrize(
    ("shape", "free"),
    [("[^ ]{1,256}", False), ("[^,]{1,17}", True), ("[^,]{1,16}", False), ("[ a-z]*", True), ("(?:a b){0,32}", False)],
)
def test_free_text_is_a_long_repeat_of_a_class_with_the_blank(shape: str, free: bool) -> None:
    assert regex.is_free_text(regex.parse(shape)) is free


@pytest.mark.parametrize(
    ("shape", "accepted", "refused"),
    [
        ("[^ ]{1,4}", ["a", "a.b", ".a"], ["", "a.", ".", "...."]),
        ("[^ ](?:[^,]{0,9}[^ ])?", ["a", "a b.c", ". a"], ["a.", ".", "a b.."]),
        (r"ab|c\.", ["ab"], ["c."]),
        ("(?:a\\.?){1,3}", ["a", "a.a", "aaa"], ["a.", "aa."]),
        ("a\\.{0,3}", ["a"], ["a.", "a..."]),
        ("(?>[^ ]{1,4})", ["a"], ["."]),
    ],
)
def test_without_last_keeps_what_does_not_end_in_an_excluded_character(
    shape: str, accepted: list[str], refused: list[str]
) -> None:
    node = regex.without_last(regex.parse(shape), mask_of("."))
    assert node is not None
    matches = [text for text in accepted + refused if python_regex(node).match(text)]
    assert matches == accepted


@pytest.mark.parametrize("shape", ["\\.", "[.]{1,3}", "a\\.|\\.", ""])
def test_without_last_is_none_where_nothing_is_left(shape: str) -> None:
    assert regex.without_last(regex.parse(shape), mask_of(".")) is None


def values(node: regex.Node, text: str) -> tuple[str | None, ...] | None:
    found = python_regex(node).match(text)
    return found and found.groups()


def test_guard_end_cuts_the_tail_off_a_last_value() -> None:
    tail = Repeat(Chars(BLANKS | mask_of(".")), 0, 32)
    open_end = regex.seq(Lit("for "), captured("[^ ]{1,9}"), tail)
    guarded = regex.seq(regex.guard_end(regex.seq(Lit("for "), captured("[^ ]{1,9}")), BLANKS | mask_of(".")), tail)
    assert values(open_end, "for a.b. .") == ("a.b.",)
    assert values(guarded, "for a.b. .") == ("a.b",)


def test_guard_end_reaches_into_optional_runs_and_alternatives_at_the_end() -> None:
    either = regex.alt(Seq((Lit("by "), captured("[^ ]{1,9}", "who"))), Lit("alone"))
    text = Seq((captured("[^ ]{1,9}", "what"), regex.optional(Seq((BLANK, either)))))
    guarded = regex.seq(regex.guard_end(text, mask_of(".")), Repeat(Lit("."), 0, 3))
    assert values(guarded, "deny by bob..") == ("deny", "bob")
    assert values(guarded, "deny.") == ("deny", None)
    assert values(guarded, "deny. by bob") is None


def test_guard_end_leaves_a_value_alone_that_could_end_in_nothing_else() -> None:
    dots = Capture("dots", "some_type", None, Repeat(Lit("."), 1, 3))
    assert regex.guard_end(dots, mask_of(".")) == dots


CHOICE = Capture("act", regex.CHOICE, None, regex.alt(Lit("Dropped"), Lit("Masked")))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Lit("abc"), (3, 3)),
        (BLANK, (0, 0)),
        (Seq((Lit("ab"), BLANK, Lit("c"))), (3, 3)),
        (captured("abc"), (0, 0)),
        (CHOICE, (6, 7)),
        (regex.optional(Lit("abc")), (0, 3)),
        (regex.alt(Lit("a"), Seq((Lit("bc"), captured("x")))), (1, 2)),
        (Repeat(Lit("a"), 2, 5), (0, 0)),
        (EMPTY, (0, 0)),
    ],
)
def test_literal_range_counts_the_fixed_characters_of_the_shortest_and_longest_path(
    node: regex.Node, expected: tuple[int, int]
) -> None:
    assert regex.literal_range(node) == expected


def test_words_are_the_fixed_words_of_a_tree() -> None:
    assert regex.words(Seq((Lit("Dropped"), BLANK, Lit("connection")))) == "Dropped connection"


def test_a_long_text_is_spelled_so_that_python_reads_it_back() -> None:
    text = "".join(chr(code) for code in range(1, 128)) + "é日"
    assert re.fullmatch(spelled(Lit(text)), text) is not None
