"""Macros: their definitions, and the searches that use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.conf import Setting, Stanza, flag_of, text_of
from splunk_emulator.search_language import BrokenSearchError, Macros

from .keys import hint

if TYPE_CHECKING:
    from .app import LintedApp

_COMMENT = re.compile(r"```.*?```", re.DOTALL)
_CALL = re.compile(r"`[^`]*`")
_NAME = re.compile(r"([^()\s]+)(?:\((\d+)\))?")
_ARGUMENT = re.compile(r"\$([A-Za-z0-9_-]+)\$")


def check_macros(app: LintedApp) -> None:
    """Each definition agrees with its name and its arguments."""
    for name, stanza in app.stanzas("macros.conf").items():
        found = _NAME.fullmatch(name)
        arity = int(found[2] or 0) if found else 0
        arguments = [one.strip() for one in text_of(stanza, "args").split(",") if one.strip()]
        if len(arguments) != arity:
            problem = f"the name says {arity} arguments, args lists {len(arguments)}"
            app.add_stanza("macro-arity", "macros.conf", name, problem)
        elif not text_of(stanza, "definition"):
            app.add_stanza("macro-argument", "macros.conf", name, "has no definition")
        elif flag_of(stanza, "iseval", default=False):
            app.add(
                "macro-eval", stanza["iseval"], "what it becomes, and so each search with it, cannot be checked here"
            )
        else:
            _check_arguments(app, name, stanza, arguments)


def _check_arguments(app: LintedApp, name: str, stanza: Stanza, arguments: list[str]) -> None:
    used = set(_ARGUMENT.findall(stanza["definition"].value))
    for argument in sorted(used.symmetric_difference(arguments)):
        problem = f"${argument}$ is no argument" if argument in used else f"the argument {argument} is not used"
        app.add_stanza("macro-argument", "macros.conf", name, problem)


def expanded(app: LintedApp, search: str, setting: Setting) -> str | None:
    """A search without comments and macros; None, and findings, where a macro cannot be expanded."""
    stanzas = app.stanzas("macros.conf")
    search = _COMMENT.sub(" ", search)
    macros = Macros(stanzas)
    broken = [(call, problem) for call in _CALL.findall(search) if (problem := _problem(macros, call))]
    for call, problem in broken:
        base = call.strip("`").partition("(")[0].strip()
        same = [name for name in stanzas if name.partition("(")[0] == base]
        near = f"; there is {', '.join(same)}" if same else hint(base, [name.partition("(")[0] for name in stanzas])
        app.add("macro-arity" if same else "missing-macro", setting, f"{call}: {problem}{near}")
    if not broken and search.count("`") % 2:
        app.add("spl-unbalanced", setting, "a backtick without its partner")
    return None if broken or search.count("`") % 2 else macros.expand(search)


def _problem(macros: Macros, call: str) -> str:
    try:
        macros.expand(call)
    except BrokenSearchError as error:
        return str(error)
    return ""
