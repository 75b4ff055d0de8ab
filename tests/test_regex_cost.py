"""No line that an attacker could write makes a regex of ours expensive: 50,000 steps of PCRE2, half of Splunk's limit."""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import dataclass
from importlib.metadata import files
from typing import TYPE_CHECKING, NamedTuple

import pytest

from postern import regex
from postern.engines import pcre2_source
from support.real import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_STEPS = 50_000
END = "\0"  # in no shape and no tail
SIZES = (300, 1_200, 10_000)
PCRE2TEST = next(str(file.locate()) for file in files("pcre2") or () if file.name == "pcre2test")
OVER = "Failed: error -47: match limit exceeded"


@dataclass(frozen=True)
class Target:
    """A regex of the catalog, as PCRE2 reads it."""

    name: str
    node: regex.Node
    source: str


def targets() -> Iterator[Target]:
    for product in catalog().products:
        for number, header in enumerate(product.headers):
            opened = pcre2_source(header.node).removesuffix(r"\z")  # the body follows
            yield Target(f"{product.name} header {number}", header.node, opened)
        for wording in [*product.fallback, *(one for _, one in product.wordings())]:
            if wording.body is not None:
                yield Target(f"{wording.key} {wording.number}", wording.body, pcre2_source(wording.body))


# ---------------------------------------------------------------- the attack set


def legal(node: regex.Node) -> str:
    """A short text that the tree matches."""
    if isinstance(node, regex.Lit):
        return node.text
    if isinstance(node, regex.Chars):
        return next(chr(code) for code in (97, 48, 65, *range(32, 127), *range(32)) if node.mask >> code & 1)
    if isinstance(node, regex.Alt):
        return legal(node.branches[0])
    if isinstance(node, regex.Repeat):
        return legal(node.node) * node.least
    return "".join(map(legal, regex.children(node)))


def around(node: regex.Node, slot: regex.Node) -> tuple[str, list[regex.Node]] | None:
    """A short text that leads to a slot, and the nodes that follow it; None if the slot is not in the tree."""
    if node is slot:
        return "", []
    children = regex.children(node)
    for at, child in enumerate(children):
        found = around(child, slot)
        if found is not None:
            before, after = found
            if isinstance(node, regex.Seq):
                return "".join(map(legal, children[:at])) + before, [*after, *children[at + 1 :]]
            return before, after
    return None


def literals(nodes: list[regex.Node]) -> Iterator[str]:
    """The fixed runs of words in the nodes, each once."""
    flat = [part for node in nodes for part in regex.walk(node)]
    run = ""
    for part in [*flat, regex.EMPTY]:
        if part == regex.BLANK:
            run += " "
        elif isinstance(part, regex.Lit):
            run += part.text
        elif not (isinstance(part, regex.Chars) and part.mask == regex.BLANKS):
            if run:
                yield run
            run = ""


class Attack(NamedTuple):
    """A line: `unit` stands `times` times between `before` and `after`."""

    before: str
    unit: str
    times: int
    after: str


def attacks(node: regex.Node) -> Iterator[Attack]:
    """Lines that flood one slot and end in what no text allows."""
    for slot in regex.walk(node):
        found = around(node, slot) if isinstance(slot, regex.Capture) else None
        if found is None:
            continue
        before, nodes = found
        value, rest = legal(slot), "".join(map(legal, nodes))
        units = dict.fromkeys(
            [*literals(nodes), rest, value + rest, value[:1], "a", "0", " ", "a ", "'", '"', "\\'", "*"]
        )
        ends = dict.fromkeys([END, rest + END, value + rest + END])
        for unit, size, after in itertools.product(filter(None, units), SIZES, ends):
            yield Attack(before + value, unit, size // len(unit), after)


# ---------------------------------------------------------------- pcre2test


def escaped(text: str) -> str:
    """A text as a subject of pcre2test, which reads blanks and punctuation its own way."""
    return "".join(char if char.isascii() and char.isalnum() else f"\\x{ord(char):02x}" for char in text)


def subject(attack: Attack) -> str:
    return f"{escaped(attack.before)}\\[{escaped(attack.unit)}]{{{attack.times}}}{escaped(attack.after)}"


def answers(source: str, subjects: Iterable[str], modifier: str) -> list[str]:
    """What pcre2test says of each subject."""
    given = "\n".join([f"/{source.encode().hex()}/hex", *(f"{one}\\={modifier}" for one in subjects), ""])
    done = subprocess.run([PCRE2TEST, "-q"], input=given, capture_output=True, encoding="latin-1", check=True)
    return [
        line
        for line in done.stdout.splitlines()
        if line.startswith(("No match", "Failed: error", " 0: ", "Minimum match"))
    ]


def expensive(target: Target) -> list[str]:
    """The attacks that need more steps than allowed."""
    subjects = [subject(attack) for attack in attacks(target.node)]
    said = answers(target.source, subjects, f"match_limit={MOST_STEPS}")
    assert len(said) == len(subjects)
    return [one for one, answer in zip(subjects, said, strict=True) if answer == OVER]


@pytest.mark.parametrize("target", list(targets()), ids=lambda target: target.name)
def test_no_attack_makes_a_regex_expensive(target: Target) -> None:
    assert expensive(target) == []


def test_a_regex_with_two_ways_to_read_one_text_is_found_expensive() -> None:
    free = regex.parse("[^\\x00]{0,256}")
    node = regex.seq(*(regex.Capture(name, "text", None, free) for name in "abc"), regex.Lit("!"))
    assert expensive(Target("", node, pcre2_source(node))) != []
