"""SEDCMD: `s/regex/replacement/flags` and `y/from/to/`, separated by blanks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conf import Setting
    from .regex import Match, RegexCache

_COMMAND = re.compile(
    r"\s*([sy])(?P<d>[^\s\w\\])((?:\\.|(?!(?P=d)).)*)(?P=d)((?:\\.|(?!(?P=d)).)*)(?P=d)(g|\d*)(?=\s|$)", re.DOTALL
)
_REFERENCE = re.compile(r"\\(.)", re.DOTALL)


def compile_sed(setting: Setting, regexes: RegexCache) -> list[Callable[[str], str]]:
    """The edits of one SEDCMD.

    Raises:
        Unsupported: for a command other than `s` and `y`, or one that cannot be read.
    """
    edits: list[Callable[[str], str]] = []
    position, script = 0, setting.value.rstrip()
    while position < len(script):
        found = _COMMAND.match(script, position)
        if found is None:
            raise Unsupported(setting.file, setting.stanza, setting.key, script[position:])
        command, *parts = found.groups()
        if command == "y":
            edits.append(_transliterate(setting, parts[1], parts[2]))
        else:
            edits.append(_substitute(setting, parts, regexes))
        position = found.end()
    return edits


def _transliterate(setting: Setting, old: str, new: str) -> Callable[[str], str]:
    if len(old) != len(new):
        raise Unsupported(setting.file, setting.stanza, setting.key, "y needs two texts of one length")
    table = str.maketrans(old, new)
    return lambda text: text.translate(table)


def _substitute(setting: Setting, parts: list[str], regexes: RegexCache) -> Callable[[str], str]:
    delimiter, pattern, new, flag = parts
    regex = regexes.compile(pattern, setting.where)
    for escaped in _REFERENCE.findall(new):
        if not escaped.isdigit() and escaped not in {delimiter, "\\"}:
            raise Unsupported(setting.file, setting.stanza, setting.key, rf"\{escaped} in a replacement")
    if regex is None:
        return lambda text: text

    def edit(text: str) -> str:
        pieces, kept = [], 0
        for count, match in enumerate(regex.every(text), start=1):
            if flag in {"g", ""} or count == int(flag):
                pieces += [text[kept : match.start()], expand(new, match)]
                kept = match.end()
            if flag != "g" and count == int(flag or 1):
                break
        return "".join([*pieces, text[kept:]])

    return edit


def expand(replacement: str, match: Match) -> str:
    r"""A replacement with `\1` … `\9` filled in; a group that took no part is empty."""

    def fill(found: re.Match[str]) -> str:
        if not found[1].isdigit():
            return found[1]
        try:
            return match.group(int(found[1])) or ""
        except IndexError:  # there is no such group
            return ""

    return _REFERENCE.sub(fill, replacement)
