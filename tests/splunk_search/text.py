"""The surface of the language: where commands and arguments end, how names and texts are quoted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .faults import BadSearchError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r'"([^"\\]*)"|([^\s,="\'()|]+)')
_COMMAND = re.compile(r"([A-Za-z]+)\b\s*(.*)", re.DOTALL)
_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[^"]', re.DOTALL)


def commands(search: str) -> list[tuple[str, str]]:
    """A pipeline as pairs of command and arguments; the first is `search`, said or not.

    Raises:
        BadSearchError: for an unclosed quote or an empty command.
        RefusedError: for subsearches, comments, and searches that begin with a generating command.
    """
    first, *others = _split(search, "|", nested=False)
    if not first.strip():
        raise RefusedError("a search that begins with a command of its own")
    found = [("search", re.sub(r"\Asearch\s+", "", first.strip()))]
    for one in others:
        command = _COMMAND.fullmatch(one.strip())
        if command is None:
            raise BadSearchError(f"no command: {one.strip()[:20]!r}")
        found.append((command[1].lower(), command[2]))
    return found


def listed(text: str) -> list[str]:
    """Parts between commas; those inside quotes and parentheses do not count."""
    return [part.strip() for part in _split(text, ",", nested=True)]


def enclosed(text: str, start: int) -> int:
    """The place of the parenthesis that closes the one at `start`."""
    depth = 0
    for place, piece in _pieces(text, start):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return place
    raise BadSearchError(f"a parenthesis is not closed: {text[start : start + 30]}")


def _split(text: str, separator: str, *, nested: bool) -> list[str]:
    parts, begin, depth = [], 0, 0
    for place, piece in _pieces(text, 0):
        if nested:
            depth += (piece == "(") - (piece == ")")
        if piece == separator and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _pieces(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Quoted texts and single characters with their places."""
    place = start
    while place < len(text):
        found = _PIECE.match(text, place)
        if found is None:
            raise BadSearchError(f"a quote is not closed: {text[place : place + 30]}")
        if found[0] in {"[", "]"}:
            raise RefusedError("a subsearch")
        yield place, found[0]
        place = found.end()


def names(text: str) -> list[str]:
    """Field names between commas or blanks, quoted ones too.

    Raises:
        RefusedError: for a name with a wildcard.
        BadSearchError: for anything else than names.
    """
    found = [quoted or plain for quoted, plain in _NAME.findall(text)]
    if _NAME.sub("", text).strip(" ,\t\r\n") or not found:
        raise BadSearchError(f"these are no field names: {text!r}")
    for name in found:
        if "*" in name:
            raise RefusedError(f"the wildcard in {name}")
    return found


def name(text: str) -> str:
    """One field name."""
    found = names(text)
    if len(found) != 1:
        raise BadSearchError(f"this is not one field name: {text!r}")
    return found[0]
