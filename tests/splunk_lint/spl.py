"""Searches: their commands, functions, and what they name in the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .evals import check_assignments, check_expression, check_functions
from .keys import hint
from .macros import expanded
from .regexes import compiled
from .spl_pipeline import Command, Token, UnbalancedError, read
from .spl_table import AGGREGATES, COMMANDS, EVAL_COMMANDS, is_aggregate
from .tables import LookupUse, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from splunk_emulator.conf import Setting

    from .app import LintedApp

    Check = Callable[[LintedApp, Command, Setting], None]

_BY = frozenset({*AGGREGATES, "top", "rare", "sitop", "sirare"})


def check_searches(app: LintedApp) -> None:
    """The searches of savedsearches.conf; each macro's definition as far as it can be read alone."""
    for setting in app.settings("savedsearches.conf", "search"):
        check_search(app, setting.value, setting)
    for setting in app.settings("macros.conf", "definition"):
        check_search(app, setting.value, setting, fragment=True)


def check_search(
    app: LintedApp, search: str, setting: Setting, *, continues: bool = False, fragment: bool = False
) -> None:
    """One search: its macros, its shape and each of its commands.

    Args:
        app: the app that has it.
        search: its text.
        setting: where it stands.
        continues: it goes on from another search (`base=`, a chain).
        fragment: it is a part of searches, which may begin in the midst of a command.
    """
    text = expanded(app, search, setting)
    if text is None:
        return
    try:
        commands = read(text, continues=continues)
    except UnbalancedError as error:
        app.add("spl-unbalanced", setting, str(error))
        return
    first = commands[0] if commands else None
    for command in (one for outer in commands for one in outer.tree()):
        if not (fragment and command is first):
            _check_command(app, command, setting)


def _check_command(app: LintedApp, command: Command, setting: Setting) -> None:
    if not command.name:
        app.add("spl-empty-command", setting, "a pipe with no command after it")
        return
    if command.name not in COMMANDS:
        near = hint(command.name, sorted(COMMANDS))
        app.add("spl-unknown-command", setting, f"there is no command {command.name}{near}")
        return
    if command.name in AGGREGATES:
        _check_aggregates(app, command, setting)
    if command.name in _BY:
        _check_by(app, command, setting)
    if command.name in _CHECKS:
        _CHECKS[command.name](app, command, setting)


def _check_aggregates(app: LintedApp, command: Command, setting: Setting) -> None:
    """The functions before `by`; words that are options (`key=value`) or stand after `as` are left aside."""
    tokens = command.tokens
    at = 0
    while at < len(tokens) and tokens[at].text.lower() not in {"by", "over", "where", "from"}:
        word, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
        if word.text.lower() == "as":
            at += 2
        elif after is not None and after.text == "=":
            at += 3
        elif after is not None and after.text == "(" and word.kind == "word":
            at = _check_call(app, command, at, setting)
        else:
            known = word.kind != "word" or "`" in word.text or is_aggregate(command.name, word.text)
            if not known:
                problem = f"{command.name} has no function {word.text}{hint(word.text, [*AGGREGATES[command.name]])}"
                app.add("unknown-function", setting, problem)
            at += 1


def _check_call(app: LintedApp, command: Command, at: int, setting: Setting) -> int:
    """A function with its arguments; returns the place after them."""
    name, known = command.tokens[at].text, AGGREGATES[command.name]
    if not is_aggregate(command.name, name):
        app.add("unknown-function", setting, f"{command.name} has no function {name}(){hint(name, [*known])}")
    depth, end = 0, at + 1
    for end in range(at + 1, len(command.tokens)):
        depth += (command.tokens[end].text == "(") - (command.tokens[end].text == ")")
        if depth == 0:
            break
    check_functions(app, _spelled(command.tokens[at + 2 : end]), setting, known)
    return end + 1


def _spelled(tokens: list[Token]) -> str:
    """Tokens as written: what touched in the text touches again."""
    pairs = zip(tokens, [*tokens[1:], *tokens[-1:]], strict=True)
    return "".join(one.text + (" " if one.end < after.start else "") for one, after in pairs)


def _check_by(app: LintedApp, command: Command, setting: Setting) -> None:
    """Each `by` and each comma after it is followed by a field."""
    words = [token.text.lower() for token in command.tokens]
    if "by" not in words:
        return
    fields = words[words.index("by") + 1 :]
    if not fields or fields[0] in {",", "as", "by"} or fields[-1] == "," or ", ," in " ".join(fields):
        app.add("spl-empty-by", setting, f"{command.name}: `by` without a field")


def _check_eval(app: LintedApp, command: Command, setting: Setting) -> None:
    if "<<" not in command.text:  # a template of foreach
        check_assignments(app, setting, command.text)


def _check_where(app: LintedApp, command: Command, setting: Setting) -> None:
    if not command.inner:  # a subsearch becomes an expression only when it runs
        check_expression(app, command.text, setting)


def _check_lookup(app: LintedApp, command: Command, setting: Setting) -> None:
    Tables(app).check(LookupUse.read(command.text), setting)


def _check_inputlookup(app: LintedApp, command: Command, setting: Setting) -> None:
    tokens = command.tokens
    options = {at + step for at, token in enumerate(tokens) if token.text == "=" for step in (-1, 0, 1)}
    name = next((token.text for at, token in enumerate(tokens) if at not in options), "")
    Tables(app).check(LookupUse(name, ()), setting)


def _check_rex(app: LintedApp, command: Command, setting: Setting) -> None:
    """The pattern of rex and regex; in sed mode it is no pattern."""
    texts = [token.text[1:-1].replace(r"\"", '"') for token in command.tokens if token.kind == "text"]
    if not texts or "mode" in {token.text for token in command.tokens}:
        return
    regex = compiled(app, texts[-1], setting)
    if command.name == "rex" and regex is not None and not regex.names:
        app.add("extract-no-name", setting, f"rex has no named group: {texts[-1]}")


def _check_saved(app: LintedApp, command: Command, setting: Setting) -> None:
    name = command.tokens[0].text.strip('"') if command.tokens else ""
    check_saved_search(app, name, setting)


def check_saved_search(app: LintedApp, name: str, setting: Setting) -> None:
    """A saved search is there."""
    known = app.stanzas("savedsearches.conf")
    if name not in known:
        app.add("missing-saved-search", setting, f"there is no saved search {name!r}{hint(name, list(known))}")


def _check_terms(app: LintedApp, command: Command, setting: Setting) -> None:
    """`eventtype=` and `tag=` in search terms name what the app has."""
    tokens = command.tokens
    tags = {tag for stanza in app.stanzas("tags.conf").values() for tag in stanza}
    for place, token in enumerate(tokens[:-2]):
        value = tokens[place + 2].text.strip('"')
        if tokens[place + 1].text not in {"=", "!="} or "*" in value or "$" in value:
            continue
        if token.text == "eventtype" and value not in app.stanzas("eventtypes.conf"):
            near = hint(value, list(app.stanzas("eventtypes.conf")))
            app.add("missing-eventtype", setting, f"there is no event type {value}{near}")
        if (token.text == "tag" or token.text.startswith("tag::")) and value not in tags:
            app.add("missing-tag", setting, f"nothing has the tag {value}{hint(value, sorted(tags))}")


_CHECKS: dict[str, Check] = {
    **dict.fromkeys(EVAL_COMMANDS, _check_eval),
    "where": _check_where,
    "lookup": _check_lookup,
    "inputlookup": _check_inputlookup,
    "rex": _check_rex,
    "regex": _check_rex,
    "savedsearch": _check_saved,
    "search": _check_terms,
}
