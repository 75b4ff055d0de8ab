"""The eval functions of time: strptime and strftime. Times are seconds since 1970; without an offset the system's zone, here UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from .eval_functions import Function
from .eval_values import EvalError, Result, number, text
from .timestamp import TimeFormat, UnknownDirectiveError, compile_format

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event import Fields

_NOW = datetime(1970, 1, 1, tzinfo=UTC)  # what a format leaves out is refused below, so no clock is needed


@lru_cache(maxsize=64)
def _format(source: str) -> TimeFormat:
    try:
        compiled = compile_format(source)
    except UnknownDirectiveError as error:
        raise EvalError(f"strptime() with {error} is not emulated") from None
    if not {"year", "day", "hour"} <= compiled.pattern.groupindex.keys() and "epoch" not in compiled.pattern.groupindex:
        raise EvalError("strptime() of a format without a year, day or hour is not emulated: it would need a clock")
    return compiled


def strptime(_: object, given: list[Callable[[Fields], Result]], fields: Fields) -> Result:
    """The time that a whole text gives in a format; null where it gives none, as the thirtieth of February."""
    subject, source = (text(one(fields), "strptime()") for one in given)
    if subject is None or source is None:
        return None
    compiled = _format(source)
    found = compiled.pattern.match(subject)
    moment = compiled.read(subject, _NOW, UTC) if found is not None and found.end() == len(subject) else None
    return None if moment is None else moment.timestamp()


def strftime(_: object, given: list[Callable[[Fields], Result]], fields: Fields) -> Result:
    """A time in a format: a subset of directives that print the same everywhere."""
    moment, form = number(given[0](fields)), text(given[1](fields), "strftime()")
    if moment is None or form is None:
        return None
    if set(_DIRECTIVE.findall(form)) - _PRINTED:
        raise EvalError(f"strftime() with {form} is not emulated")
    return datetime.fromtimestamp(moment, UTC).strftime(form)


_DIRECTIVE, _PRINTED = re.compile(r"%(.)"), frozenset("YmdHMSjFT%")
TIME_FUNCTIONS = {"strptime": Function(2, 2, strptime), "strftime": Function(2, 2, strftime)}
