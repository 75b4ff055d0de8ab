"""Regexes: do they compile as Splunk's do, and do they stay within its limits."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from splunk_emulator.conf import number_of
from splunk_emulator.faults import FaultLog
from splunk_emulator.regex import DEPTH_LIMIT, MATCH_LIMIT, Regex, RegexCache

from .attack import LINE, attacks

if TYPE_CHECKING:
    from splunk_emulator.conf import Setting, Stanza

    from .app import LintedApp

KEYS = (
    "LINE_BREAKER", "EVENT_BREAKER", "TIME_PREFIX", "BREAK_ONLY_BEFORE", "MUST_BREAK_AFTER", "MUST_NOT_BREAK_AFTER",
    "MUST_NOT_BREAK_BEFORE",
)  # fmt: skip
"""Keys of props.conf whose value is a regex."""
_BREAKERS = {"LINE_BREAKER", "EVENT_BREAKER"}  # they cut at their first group
_LIMITS = (("MATCH_LIMIT", MATCH_LIMIT), ("DEPTH_LIMIT", DEPTH_LIMIT))
_IN_FIELD = re.compile(r"(.*\S)\s+in\s+[A-Za-z0-9_]+", re.DOTALL)
_SED = re.compile(r"s(?P<mark>\W)(?P<regex>(?:\\.|(?!(?P=mark)).)*)(?P=mark)", re.DOTALL)


def compiled(
    app: LintedApp, pattern: str, setting: Setting, stanza: Stanza | None = None, longest: int = LINE
) -> Regex | None:
    """The pattern as PCRE2 has it, or None; adds what is wrong with it.

    Args:
        app: the app that has it.
        pattern: the regex.
        setting: where it stands.
        stanza: what may set other limits.
        longest: length of the texts that it is tried on, in characters.
    """
    limits = [number_of(stanza or {}, key, least, FaultLog()) for key, least in _LIMITS]
    regex, broken, limit = _tried(pattern, longest, *limits)
    if regex is None:
        app.add("regex-broken", setting, broken)
    elif limit:
        app.add("regex-limit", setting, limit)
    return regex


@cache
def _tried(pattern: str, longest: int, match_limit: int, depth_limit: int) -> tuple[Regex | None, str, str]:
    """A pattern, why it does not compile, and which limit it exceeds."""
    faults = FaultLog()
    cache_of_one = RegexCache(faults)
    regex = cache_of_one.compile(pattern, "", match_limit, depth_limit)
    if regex is None:
        return None, next(iter(faults)).problem, ""
    # Without its short cuts: a line that lacks a literal of the pattern fails at once, but the next line has it somewhere.
    slow = cache_of_one.compile(f"(*NO_START_OPT){pattern}", "", match_limit, depth_limit) or regex
    for text in attacks(pattern, longest):
        slow.search(text)
        if len(faults):
            return regex, "", f"{next(iter(faults)).problem} on {len(text)} characters, {text[:40]!r} and so on"
    return regex, "", ""


def check_regexes(app: LintedApp) -> None:
    """All regexes of props.conf; those of transforms.conf are looked at with their transforms."""
    for setting in app.settings("props.conf"):
        if setting.key in KEYS:
            regex = compiled(app, setting.value, setting)
            if regex is not None and setting.key in _BREAKERS and not regex.groups:
                app.add("regex-broken", setting, "needs a group: what it matches is cut out between two events")
        elif setting.key.startswith("EXTRACT-"):
            found = _IN_FIELD.fullmatch(setting.value)
            stanza = app.stanza("props.conf", setting.stanza)
            regex = compiled(app, "(?ms)" + (found[1] if found else setting.value), setting, stanza)
            if regex is not None and not regex.names:
                app.add("extract-no-name", setting, f"{setting.key} has no named group")
        elif setting.key.startswith("SEDCMD-") and (found := _SED.match(setting.value)):
            compiled(app, found["regex"], setting)
