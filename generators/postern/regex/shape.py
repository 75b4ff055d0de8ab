"""Reads shapes: the regexes of types.yaml, in the dialect that PCRE2, Joni and Python share."""

from __future__ import annotations

from functools import cache

from postern.regex.nodes import (
    ALL,
    ASCII,
    CLASS_SPECIAL,
    Atomic,
    Chars,
    Lit,
    Node,
    RegexError,
    Repeat,
    Seq,
    alt,
    mask_of,
    seq,
)

MAX_CLASS_REPEAT = 1024  # free text in the middle of a line keeps to 256; what that costs is measured
MAX_GROUP_REPEAT = 32
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n"}


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
                if ord(high) < ord(low) or ord(high) >= ASCII:
                    raise RegexError(f"the range {low}-{high} is not one of ASCII")
                mask |= mask_of("".join(chr(code) for code in range(ord(low), ord(high) + 1)))
            else:
                mask |= mask_of(low)
        return ALL & ~mask if negated else mask

    def class_char(self, character: str) -> str:
        if character == "\\":
            character = self.escape(in_class=True)
        elif character in CLASS_SPECIAL and not (character == "-" and self.peek() == "]"):
            raise RegexError(f"{character} must be escaped in a class")
        if ord(character) >= ASCII:
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
