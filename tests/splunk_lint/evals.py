"""Eval expressions: EVAL- of props.conf, INGEST_EVAL, and the expressions inside searches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.eval_functions import Context
from splunk_emulator.eval_parser import EvalSyntaxError, NotEmulatedError, compile_eval
from splunk_emulator.faults import FaultLog
from splunk_emulator.regex import RegexCache

from .attack import VALUE
from .keys import hint
from .regexes import compiled
from .spl_table import EVAL_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splunk_emulator.conf import Setting

    from .app import LintedApp

_TEXT = r'"(?:\\.|[^"\\])*"'
_QUOTED = re.compile(rf"{_TEXT}|'[^']*'", re.DOTALL)
_CALL = re.compile(r"([A-Za-z_]\w*)\(")
_ASSIGNED = re.compile(r"\s*(?:\"[^\"]+\"|'[^']+'|[^\s=:\"'()]+)\s*:?=(?!=)(.*)", re.DOTALL)
_PATTERN = re.compile(rf"\b(?:match|replace)\(\s*(?:[\w.]+|'[^']*')\s*,\s*({_TEXT})", re.DOTALL)
_WORDS = frozenset({"AND", "OR", "NOT", "XOR", "IN", "LIKE"})


def check_evals(app: LintedApp) -> None:
    """EVAL- of props.conf; INGEST_EVAL is looked at with its transform."""
    for setting in app.settings("props.conf", "EVAL-"):
        check_expression(app, setting.value, setting)


def check_assignments(app: LintedApp, setting: Setting, source: str | None = None) -> None:
    """A list of `field = expression` (`:=` at index time), as INGEST_EVAL and the command eval have it."""
    for part in parts(setting.value if source is None else source):
        found = _ASSIGNED.fullmatch(part)
        if found is None:
            app.add("eval-syntax", setting, f"not `field = expression`: {part.strip()}")
        else:
            check_expression(app, found[1], setting)


def check_expression(app: LintedApp, source: str, setting: Setting) -> None:
    """One expression: its syntax, the names of its functions, and the regexes that it holds as texts."""
    try:
        compile_eval(source.strip(), Context(RegexCache(FaultLog()), setting.where))
    except EvalSyntaxError as error:
        app.add("eval-syntax", setting, f"{error}: {source.strip()}")
        return
    except NotEmulatedError:
        _check_balance(app, source, setting)  # it may be right: the emulator knows a part of the language only
    check_functions(app, source, setting)
    for literal in _PATTERN.findall(source):
        compiled(app, re.sub(r'\\([\\"])', r"\1", literal[1:-1]), setting, longest=VALUE)


def check_functions(app: LintedApp, source: str, setting: Setting, more: frozenset[str] = frozenset()) -> None:
    """The functions that an expression calls are Splunk's."""
    for name in _CALL.findall(_QUOTED.sub('""', source)):
        if name.lower() not in EVAL_FUNCTIONS and name.lower() not in more and name.upper() not in _WORDS:
            near = hint(name, [*EVAL_FUNCTIONS, *more])
            app.add("unknown-function", setting, f"there is no function {name}(){near}")


def _check_balance(app: LintedApp, source: str, setting: Setting) -> None:
    bare = _QUOTED.sub("", source)
    if bare.count("(") != bare.count(")") or bare.count('"'):
        app.add("eval-syntax", setting, f"a quote or a parenthesis without its partner: {source.strip()}")


def parts(source: str) -> Iterator[str]:
    """What the commas outside of quotes and parentheses part."""
    depth, start = 0, 0
    masked = _QUOTED.sub(lambda found: "_" * len(found[0]), source)
    for at, character in enumerate(masked):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield source[start:at]
            start = at + 1
    yield source[start:]
