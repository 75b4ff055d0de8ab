"""The notation of `text`: slots, choices, optional runs and alternatives between literal characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = re.compile(r"[^{}|]+")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters of the wire."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name}` or `{name:type}`."""

    name: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """`{name=a|b}`: a captured choice of fixed words."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Optional:
    """`{?…}`."""

    body: Text


@dataclass(frozen=True, slots=True)
class Alternatives:
    """`{|a|b}`."""

    branches: tuple[Text, ...]


Part = Literal | Slot | Choice | Optional | Alternatives
Text = tuple[Part, ...]


class NotationError(ValueError):
    """A text is not in the notation; the message names the place."""


def parse(text: str) -> Text:
    """The parts of a text.

    Raises:
        NotationError: a brace is not closed, a slot's name is not a name, a choice or a run is empty.
    """
    parser = _Parser(text)
    parts = parser.parts(stop="")
    if not parts:
        raise NotationError("the text is empty")
    return parts


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parts(self, stop: str) -> Text:
        """Parts up to one of the `stop` characters (not taken) or the end."""
        parts: list[Part] = []
        literal: list[str] = []
        while self.at < len(self.text):
            pair, character = self.text[self.at : self.at + 2], self.text[self.at]
            if pair == "{{" or (pair == "}}" and "}" not in stop):
                literal.append(character)
                self.at += 2
            elif character == "{":
                self._flush(literal, parts)
                self.at += 1
                parts.append(self.braces())
            elif character in stop:
                break
            elif character == "}":
                raise NotationError(f"}} at character {self.at + 1} closes nothing; a literal brace is written }}}}")
            else:
                run = _PLAIN.match(self.text, self.at)
                literal.append(run[0] if run else character)
                self.at = run.end() if run else self.at + 1
        self._flush(literal, parts)
        return tuple(parts)

    @staticmethod
    def _flush(literal: list[str], parts: list[Part]) -> None:
        if literal:
            parts.append(Literal("".join(literal)))
            literal.clear()

    def braces(self) -> Part:
        opening = self.at
        mark = self.text[self.at : self.at + 1]
        if mark == "?":
            self.at += 1
            body = self.parts(stop="}")
            self.close(opening)
            if not body:
                raise NotationError(f"the optional run at character {opening} is empty")
            return Optional(body)
        if mark == "|":
            branches = []
            while self.text[self.at : self.at + 1] == "|":
                self.at += 1
                branches.append(self.parts(stop="|}"))
            self.close(opening)
            return self.alternatives(branches, opening)
        end = self.text.find("}", self.at)
        if end < 0:
            raise NotationError(f"{{ at character {opening} is not closed")
        inside, self.at = self.text[self.at : end], end + 1
        return _slot(inside)

    @staticmethod
    def alternatives(branches: list[Text], opening: int) -> Alternatives:
        if len(branches) == 1 or not all(branches):
            raise NotationError(f"the alternatives at character {opening} need two or more branches, none empty")
        return Alternatives(tuple(branches))

    def close(self, opening: int) -> None:
        if self.text[self.at : self.at + 1] != "}":
            raise NotationError(f"{{ at character {opening} is not closed")
        self.at += 1


def _slot(inside: str) -> Slot | Choice:
    name, mark, rest = inside, "", ""
    for character in "=:":
        head, found, tail = inside.partition(character)
        if found and len(head) < len(name):
            name, mark, rest = head, found, tail
    if not _NAME.match(name):
        raise NotationError(f"{{{inside}}}: {name!r} is not a slot name (a-z, 0-9, _; a literal brace is written {{{{)")
    if mark == "=":
        words = tuple(rest.split("|"))
        if not all(words):
            raise NotationError(f"{{{inside}}} has an empty word in its choice")
        return Choice(name, words)
    if mark == ":" and not _NAME.match(rest):
        raise NotationError(f"{{{inside}}}: {rest!r} is not a type name")
    return Slot(name, rest or None)


def slots(text: Text) -> Iterator[Slot | Choice]:
    """All slots and choices, in the order of the text."""
    for part in text:
        if isinstance(part, Slot | Choice):
            yield part
        elif isinstance(part, Optional):
            yield from slots(part.body)
        elif isinstance(part, Alternatives):
            for branch in part.branches:
                yield from slots(branch)


def cut_tail(text: Text, characters: str) -> Text:
    """The text without literal characters of the tolerated tail at its end.

    What stands before an optional run at the end moves into it: `a. {?b}` is cut to `a{?. {?b}}`.
    """
    if not text:
        return text
    *head, final = text
    cut = _cut_part(final, characters)
    if not cut:
        return cut_tail(tuple(head), characters)
    if not isinstance(cut[0], Optional):
        return (*head, *cut)
    run = [*cut]
    while head and isinstance(head[-1], Optional):
        run.insert(0, head.pop())
    before = head[-1] if head else None
    if not isinstance(before, Literal) or not before.text.endswith(tuple(characters)):
        return (*head, *run)
    kept = before.text.rstrip(characters)
    moved = Optional((Literal(before.text[len(kept) :]), *run))
    return (*head[:-1], *((Literal(kept),) if kept else ()), moved)


def _cut_part(part: Part, characters: str) -> Text:
    if isinstance(part, Literal):
        kept = part.text.rstrip(characters)
        return (Literal(kept),) if kept else ()
    if isinstance(part, Optional):
        body = cut_tail(part.body, characters)
        return (Optional(body),) if body else ()
    if not isinstance(part, Alternatives):
        return (part,)
    filled = tuple(branch for raw in part.branches if (branch := cut_tail(raw, characters)))
    if len(filled) == len(part.branches):
        return (Alternatives(filled),)
    if len(filled) > 1:
        return (Optional((Alternatives(filled),)),)
    return (Optional(filled[0]),) if filled else ()
