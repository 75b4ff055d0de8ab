"""The regex dialect that PCRE2, Joni and Python share: parsed into a tree, checked, spelled for each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

NON_ASCII = 1 << 128  # one bit stands for every character outside ASCII
ALL = (1 << 129) - 1
MAX_CLASS_REPEAT = 1024  # free text in the middle of a line keeps to 256; what that costs is measured
MAX_GROUP_REPEAT = 32


def mask_of(characters: str) -> int:
    """The set of these characters as a bit mask."""
    mask = 0
    for character in characters:
        mask |= 1 << min(ord(character), 128)
    return mask


BLANKS = mask_of(" \t\r\n")


@dataclass(frozen=True, slots=True)
class Lit:
    """Characters that stand for themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set (a bit mask over ASCII and one bit for the rest)."""

    mask: int


@dataclass(frozen=True, slots=True)
class Seq:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """The first branch that leads to a match."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Greedy repetition; `most` None means unbounded."""

    node: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Atomic:
    """A group that is not tried again once it has matched."""

    node: Node


@dataclass(frozen=True, slots=True)
class Capture:
    """A captured slot; `member` is the type that its value has (of an `any_of` type: the one that matched)."""

    name: str
    member: str
    cast: str | None
    node: Node


Node = Lit | Chars | Seq | Alt | Repeat | Atomic | Capture
EMPTY = Seq(())
BLANK = Repeat(Chars(BLANKS), 1, 8)
CHOICE = "choice"  # the member of a captured choice of fixed words


class RegexError(ValueError):
    """A shape leaves the dialect. `code` is the finding's."""

    def __init__(self, problem: str, code: str = "P401") -> None:
        super().__init__(problem)
        self.code = code


def seq(*items: Node) -> Node:
    """A sequence without needless nesting."""
    flat: list[Node] = []
    for item in items:
        parts = item.items if isinstance(item, Seq) else (item,)
        for part in parts:
            if isinstance(part, Lit) and flat and isinstance(flat[-1], Lit):
                flat[-1] = Lit(flat[-1].text + part.text)
            elif not (isinstance(part, Lit) and not part.text):
                flat.append(part)
    return flat[0] if len(flat) == 1 else Seq(tuple(flat))


def alt(*branches: Node) -> Node:
    """Alternatives; one branch is itself."""
    return branches[0] if len(branches) == 1 else Alt(branches)


def optional(node: Node) -> Node:
    """Zero or one."""
    return Repeat(node, 0, 1)


# ---------------------------------------------------------------- reading a shape

_ESCAPES = {"t": "\t", "r": "\r", "n": "\n"}
_CLASS_SPECIAL = frozenset("[]\\^-&|~")


@cache
def parse(shape: str) -> Node:
    """The tree of a shape.

    Raises:
        RegexError: the shape uses an operator outside the dialect, or is broken.
    """
    parser = _Parser(shape)
    node = parser.alternatives()
    if parser.at < len(shape):
        raise RegexError(f"unbalanced ) at character {parser.at + 1} of the shape")
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        if self.at >= len(self.text):
            raise RegexError("the shape ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self) -> Node:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        return alt(*branches)

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.quantified(self.atom()))
        return seq(*items)

    def atom(self) -> Node:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return Chars(self.char_class())
        if character == "\\":
            return Lit(self.escape(in_class=False))
        if character in "^$.":
            raise RegexError(f"the operator {character} is not in the dialect; escape it or use a class")
        if character in "*+?{":
            raise RegexError(f"{character} has nothing to repeat")
        return Lit(character)

    def group(self) -> Node:
        for opening, wrap in (("?:", None), ("?>", Atomic)):
            if self.text.startswith(opening, self.at):
                self.at += 2
                node = self.alternatives()
                if self.take() != ")":
                    raise RegexError("a group is not closed")
                return wrap(node) if wrap else (node if not isinstance(node, Lit) else Seq((node,)))
        raise RegexError("groups are (?:…) or (?>…): no captures, no look-around")

    def escape(self, *, in_class: bool) -> str:
        character = self.take()
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character == "x":
            digits = self.take() + self.take()
            try:
                return chr(int(digits, 16))
            except ValueError:
                raise RegexError(f"\\x{digits} is not a character") from None
        if character.isalnum():
            where = " in a class" if in_class else ""
            raise RegexError(f"\\{character} is not in the dialect{where}; write the class out")
        return character

    def char_class(self) -> int:
        negated = self.peek() == "^"
        self.at += negated
        mask, first = 0, True
        while (character := self.take()) != "]" or first:
            if character == "]":
                raise RegexError("an empty class, or ] not escaped")
            first = False
            low = self.class_char(character)
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.class_char(self.take())
                if ord(high) < ord(low) or ord(high) > 127:
                    raise RegexError(f"the range {low}-{high} is not one of ASCII")
                mask |= mask_of("".join(chr(code) for code in range(ord(low), ord(high) + 1)))
            else:
                mask |= mask_of(low)
        return ALL & ~mask if negated else mask

    def class_char(self, character: str) -> str:
        if character == "\\":
            character = self.escape(in_class=True)
        elif character in _CLASS_SPECIAL and not (character == "-" and self.peek() == "]"):
            raise RegexError(f"{character} must be escaped in a class")
        if ord(character) > 127:
            raise RegexError("classes are ASCII; negate one to let the rest in")
        return character

    def quantified(self, node: Node) -> Node:
        least_most = self.bounds()
        if least_most is None:
            return node
        if self.peek() in ("?", "+", "*", "{"):
            raise RegexError("possessive, lazy and doubled quantifiers are not in the dialect")
        least, most = least_most
        if isinstance(node, Lit) and len(node.text) > 1:
            raise RegexError("a quantifier must follow one character, a class or a group")
        limit = MAX_CLASS_REPEAT if isinstance(node, Chars | Lit) else MAX_GROUP_REPEAT
        if most is not None and most > limit:
            raise RegexError(f"a repeat of {most} is more than {limit}", "P402")
        if most is None and not isinstance(node, Chars | Lit):
            raise RegexError("* and + may only follow a class", "P402")
        return Repeat(node, least, most)

    def bounds(self) -> tuple[int, int | None] | None:
        character = self.peek()
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if character in simple:
            self.at += 1
            return simple[character]
        if character != "{":
            return None
        end = self.text.find("}", self.at)
        inside = self.text[self.at + 1 : end] if end > 0 else ""
        least, comma, most = inside.partition(",")
        if not least.isdigit() or (comma and not most.isdigit()):
            raise RegexError("a repeat is written {m}, {m,n}, ?, * or +", "P402")
        self.at = end + 1
        bounds = int(least), int(most) if comma else int(least)
        if bounds[0] > bounds[1]:
            raise RegexError(f"the repeat {{{inside}}} is empty", "P402")
        return bounds


# ---------------------------------------------------------------- facts about a tree


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below this one."""
    if isinstance(node, Lit | Chars):
        return ()
    if isinstance(node, Seq):
        return node.items
    if isinstance(node, Alt):
        return node.branches
    return (node.node,) if isinstance(node, Repeat | Atomic | Capture) else ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(children(node)[::-1])


def nullable(node: Node) -> bool:
    """Whether the empty string matches."""
    if isinstance(node, Lit | Chars):
        return isinstance(node, Lit) and not node.text
    if isinstance(node, Alt):
        return any(nullable(branch) for branch in node.branches)
    if isinstance(node, Repeat):
        return node.least == 0 or nullable(node.node)
    return all(nullable(child) for child in children(node))


def first(node: Node) -> int:
    """The characters that a match may begin with, as a mask."""
    return _edge(node, 1)


def last(node: Node) -> int:
    """The characters that a match may end with, as a mask."""
    return _edge(node, -1)


def _edge(node: Node, step: int) -> int:
    if isinstance(node, Lit):
        return mask_of(node.text[0 if step > 0 else -1]) if node.text else 0
    if isinstance(node, Chars):
        return node.mask
    edge = first if step > 0 else last
    mask = 0
    for child in children(node)[::step]:
        mask |= edge(child)
        if isinstance(node, Seq) and not nullable(child):
            break
    return mask


def needed(node: Node) -> str:
    """The longest run of characters that each match holds, as far as it is plain to see: a cheap test before a match."""
    if isinstance(node, Lit):
        return node.text
    if isinstance(node, Chars | Alt) or (isinstance(node, Repeat) and not node.least):
        return ""
    return max((needed(child) for child in children(node)), key=len, default="")


def words(node: Node) -> str:
    """The fixed words of a tree of literals and blanks, one blank between them."""
    if isinstance(node, Lit):
        return node.text
    return " " if node == BLANK else "".join(words(child) for child in children(node))


def is_free_text(node: Node) -> bool:
    """Whether the shape can swallow the words around it: a long repeat whose class holds the blank."""
    return any(
        isinstance(part, Repeat)
        and isinstance(part.node, Chars)
        and part.node.mask & mask_of(" ")
        and (part.most is None or part.most > 16)
        for part in walk(node)
    )


def unbounded_faults(node: Node, follow: int) -> Iterator[Chars]:
    """Classes under `*` or `+` that hold a character which may follow them; `follow` is what follows the node."""
    if not any(isinstance(part, Repeat) and part.most is None for part in walk(node)):
        return
    if isinstance(node, Seq):
        for item in reversed(node.items):
            yield from unbounded_faults(item, follow)
            follow = first(item) | (follow if nullable(item) else 0)
    elif isinstance(node, Repeat):
        inner = first(node.node) | follow if node.most != 1 else follow
        if node.most is None:
            if first(node.node) & follow:
                yield Chars(first(node.node))
        else:
            yield from unbounded_faults(node.node, inner)
    else:
        for child in children(node):
            yield from unbounded_faults(child, follow)


def without_last(node: Node, excluded: int) -> Node | None:
    """The tree whose matches do not end in an excluded character; None if there is none left."""
    if isinstance(node, Lit):
        return None if not node.text or mask_of(node.text[-1]) & excluded else node
    if isinstance(node, Chars):
        return Chars(node.mask & ~excluded) if node.mask & ~excluded else None
    if isinstance(node, Alt):
        kept = [branch for raw in node.branches if (branch := without_last(raw, excluded)) is not None]
        return alt(*kept) if kept else None
    if isinstance(node, Repeat):
        ending = without_last(node.node, excluded)
        if ending is None or node.most == 1:
            return ending
        return seq(Repeat(node.node, max(node.least - 1, 0), None if node.most is None else node.most - 1), ending)
    if isinstance(node, Seq):
        return _seq_without_last(node, excluded)
    ending = without_last(node.node, excluded)
    if ending is None:
        return None
    return replace(node, node=ending) if isinstance(node, Capture) else Atomic(ending)


def _seq_without_last(node: Seq, excluded: int) -> Node | None:
    if not node.items:
        return None
    *init, final = node.items
    ending = without_last(final, excluded)
    whole = None if ending is None else seq(*init, ending)
    if not nullable(final):
        return whole
    shorter = without_last(seq(*init), excluded)
    kept = [branch for branch in (whole, shorter) if branch is not None]
    return alt(*kept) if kept else None


def guard_end(node: Node, excluded: int) -> Node:
    """The tree in which no captured value at the end of the text ends in an excluded character."""
    if isinstance(node, Capture):
        ending = without_last(node.node, excluded)
        return node if ending is None else replace(node, node=ending)
    if isinstance(node, Alt):
        return Alt(tuple(guard_end(branch, excluded) for branch in node.branches))
    if isinstance(node, Repeat) and node.most == 1:
        return replace(node, node=guard_end(node.node, excluded))
    if isinstance(node, Seq):
        items = list(node.items)
        for index in range(len(items) - 1, -1, -1):
            items[index] = guard_end(items[index], excluded)
            if not nullable(items[index]):
                break
        return Seq(tuple(items))
    return node


def literal_range(node: Node) -> tuple[int, int]:
    """The least and the most literal characters on a path through the tree; captured choices count, blanks do not."""
    if isinstance(node, Lit):
        return len(node.text), len(node.text)
    if isinstance(node, Chars):
        return 0, 0
    if isinstance(node, Repeat):
        if node.most != 1:
            return 0, 0
        return 0, literal_range(node.node)[1]
    if isinstance(node, Capture) and node.member != CHOICE:
        return 0, 0
    ranges = [literal_range(child) for child in children(node)]
    if isinstance(node, Alt):
        return min(low for low, _ in ranges), max(high for _, high in ranges)
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


# ---------------------------------------------------------------- spelling a tree

_META = frozenset("\\.[]{}()*+?^$|")
_NAMED = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}
_CONTROL = 32


def _escaped(character: str, special: frozenset[str]) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if ord(character) < _CONTROL or ord(character) == 127:
        return f"\\x{ord(character):02x}"
    return "\\" + character if character in special else character


def _ranges(mask: int) -> Iterator[str]:
    code = 0
    while code < 128:
        if not mask >> code & 1:
            code += 1
            continue
        end = code
        while end < 127 and mask >> (end + 1) & 1:
            end += 1
        low, high = _escaped(chr(code), _CLASS_SPECIAL), _escaped(chr(end), _CLASS_SPECIAL)
        yield low if end == code else (low + high if end == code + 1 else f"{low}-{high}")
        code = end + 1


@cache
def _spell_class(mask: int) -> str:
    if mask & NON_ASCII:
        return "[^" + "".join(_ranges(ALL & ~mask)) + "]"
    ranges = "".join(_ranges(mask))
    return _escaped(ranges, _META) if len(ranges) == 1 else f"[{ranges}]"


def _quantifier(least: int, most: int | None) -> str:
    if most is None:
        return "+" if least == 1 else "*" if least == 0 else f"{{{least},}}"
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def numbered(_: Capture, inner: str) -> str:
    """A capture as a numbered group."""
    return f"({inner})"


def uncaptured(_: Capture, inner: str) -> str:
    """A capture that captures nothing."""
    return f"(?:{inner})"


def spell(node: Node, capture: Callable[[Capture, str], str] = numbered) -> str:
    """The regex of a tree; `capture` spells a capture, given the regex inside it."""
    if isinstance(node, Lit):
        return "".join(_escaped(character, _META) for character in node.text)
    if isinstance(node, Chars):
        return _spell_class(node.mask)
    if isinstance(node, Seq):
        return "".join(
            f"(?:{spell(item, capture)})" if isinstance(item, Alt) else spell(item, capture) for item in node.items
        )
    if isinstance(node, Alt):
        return "|".join(spell(branch, capture) for branch in node.branches)
    inner = spell(node.node, capture)
    if isinstance(node, Capture):
        return capture(node, inner)
    if isinstance(node, Atomic):
        return f"(?>{inner})"
    bare = isinstance(node.node, Chars) or (isinstance(node.node, Lit) and len(node.node.text) == 1)
    return (inner if bare else f"(?:{inner})") + _quantifier(node.least, node.most)
