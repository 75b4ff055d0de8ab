"""A search as commands: quotes, brackets and pipes taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"```.*?```", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<text>"(?:\\.|[^"\\])*")
    | (?P<quoted>'[^'|"\s][^'|"]*')
    | (?P<sign>[|()\[\],]|[<>=!]=?)
    | (?P<word>[^\s|()\[\],<>=!"]+)""",
    re.VERBOSE | re.DOTALL,
)
_PAIRS = {")": "(", "]": "["}


class UnbalancedError(Exception):
    """A quote, parenthesis or bracket has no partner."""


@dataclass(frozen=True)
class Token:
    """A piece of a search; `start` and `end` are places in its text."""

    kind: str
    text: str
    start: int
    end: int


@dataclass
class Command:
    """A command with what follows it up to the next pipe.

    Attributes:
        name: lower case; `search` where the search begins without one, empty where nothing stands between two pipes.
        text: what follows the name, as written.
        tokens: the same as tokens, without the subsearches.
        inner: the subsearches, each a list of commands.
    """

    name: str
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    inner: list[list[Command]] = field(default_factory=list)

    def tree(self) -> Iterator[Command]:
        """The command and those of its subsearches."""
        yield self
        for pipeline in self.inner:
            for command in pipeline:
                yield from command.tree()


def read(search: str, *, continues: bool = False) -> list[Command]:
    """A search, its macros expanded, as a list of commands.

    Args:
        search: the text.
        continues: it goes on from another search, so its first word is a command's name.

    Raises:
        UnbalancedError: a quote, parenthesis or bracket has no partner.
    """
    source = _COMMENT.sub(lambda found: " " * len(found[0]), search)
    return _pipeline(source, _balanced(_tokens(source)), inner=continues)


def _tokens(source: str) -> list[Token]:
    tokens, position = [], 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise UnbalancedError(f"a quote is not closed: {source[position : position + 30]}")
        if found.lastgroup != "blank":
            tokens.append(Token(str(found.lastgroup), found[0], position, found.end()))
        position = found.end()
    return tokens


def _balanced(tokens: list[Token]) -> list[Token]:
    """The tokens themselves, once each bracket has its partner."""
    opened: list[str] = []
    for token in tokens:
        if token.text in {"(", "["}:
            opened.append(token.text)
        elif token.text in _PAIRS and (not opened or opened.pop() != _PAIRS[token.text]):
            raise UnbalancedError(f"`{token.text}` closes nothing")
        elif token.text == "|" and opened and opened[-1] == "(":
            raise UnbalancedError("`(` is not closed before the pipe")
    if opened:
        raise UnbalancedError(f"`{opened[-1]}` is not closed")
    return tokens


def _pipeline(source: str, tokens: list[Token], *, inner: bool) -> list[Command]:
    """Commands between pipes; a whole search may begin with search terms, a subsearch begins with a command."""
    chunks: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "[") - (token.text == "]")
        if token.text == "|" and depth == 0:
            chunks.append([])
        else:
            chunks[-1].append(token)
    leading = len(chunks) > 1 and not chunks[0]
    commands = []
    for number, chunk in enumerate(chunks[leading:]):
        implicit = number == 0 and not leading and not inner
        commands.append(_command(source, chunk, implicit=implicit))
    return commands


def _command(source: str, chunk: list[Token], *, implicit: bool) -> Command:
    if not chunk:
        return Command("")
    named = chunk[0].text.lower()
    if implicit and named != "search":
        command = Command("search")
    else:
        command = Command(named)
        chunk = chunk[1:]
    command.text = source[chunk[0].start : chunk[-1].end] if chunk else ""
    at = 0
    while at < len(chunk):
        if chunk[at].text != "[" or chunk[at].kind != "sign":
            command.tokens.append(chunk[at])
            at += 1
            continue
        end = _closing(chunk, at)
        command.inner.append(_pipeline(source, chunk[at + 1 : end], inner=True))
        at = end + 1
    return command


def _closing(chunk: list[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(chunk)):
        depth += (chunk[place].text == "[") - (chunk[place].text == "]")
        if depth == 0:
            return place
    raise UnbalancedError("`[` is not closed")
