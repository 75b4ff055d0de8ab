"""The eval functions that are emulated; every other name is refused by the parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .eval_values import EvalError, Result, equal, listed, many, number, text, truth
from .sed import expand

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event import Fields
    from .regex import Regex, RegexCache


@dataclass(frozen=True)
class Function:
    """A function: how many arguments it takes and how it is evaluated.

    Attributes:
        least, most: number of arguments.
        call: gets the arguments unevaluated, because `case`, `if` and `coalesce` must not touch all of them.
        boolean: whether the result is a boolean.
    """

    least: int
    most: int
    call: Callable[[Context, list[Callable[[Fields], Result]], Fields], Result]
    boolean: bool = False


@dataclass(frozen=True)
class Context:
    """What functions need beside their arguments."""

    regexes: RegexCache
    where: str

    def regex(self, pattern: str) -> Regex:
        """A pattern out of an expression, with the limits of `rex`."""
        compiled = self.regexes.compile(pattern, self.where)
        if compiled is None:
            raise EvalError("the regex does not compile")
        return compiled


Arguments = list["Callable[[Fields], Result]"]


def _case(_: Context, given: Arguments, fields: Fields) -> Result:
    for condition, value in zip(given[::2], given[1::2], strict=True):
        if truth(condition(fields)):
            return value(fields)
    return None


def _if(_: Context, given: Arguments, fields: Fields) -> Result:
    return given[1 if truth(given[0](fields)) else 2](fields)


def _coalesce(_: Context, given: Arguments, fields: Fields) -> Result:
    return next((value for value in (one(fields) for one in given) if value is not None), None)


def _in(_: Context, given: Arguments, fields: Fields) -> Result:
    left = given[0](fields)
    return None if left is None else any(equal(left, one(fields)) for one in given[1:])


def _of_texts(name: str, function: Callable[..., Result]) -> Callable[[Context, Arguments, Fields], Result]:
    """A function of plain texts, null where one of them is null."""

    def call(_: Context, given: Arguments, fields: Fields) -> Result:
        found = [text(one(fields), f"{name}()") for one in given]
        return None if None in found else function(*found)

    return call


def _replace(context: Context, given: Arguments, fields: Fields) -> Result:
    subject, pattern, new = (text(one(fields), "replace()") for one in given)
    if subject is None or pattern is None or new is None:
        return None
    parts, kept = [], 0
    for match in context.regex(pattern).every(subject):
        parts += [subject[kept : match.start()], expand(new, match)]
        kept = match.end()
    return "".join([*parts, subject[kept:]])


def _match(context: Context, given: Arguments, fields: Fields) -> Result:
    pattern = text(given[1](fields), "match()")
    subject = text(given[0](fields), "match()")
    return None if subject is None or pattern is None else context.regex(pattern).search(subject) is not None


def _like(subject: str, pattern: str) -> Result:
    shape = "".join({"%": ".*", "_": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(shape, subject, re.DOTALL) is not None


def _split(subject: str, delimiter: str) -> Result:
    if not delimiter:
        raise EvalError("split() by an empty text is not emulated")
    return listed(subject.split(delimiter))


def _mvindex(_: Context, given: Arguments, fields: Fields) -> Result:
    found = many(given[0](fields), "mvindex()")
    ends = [number(one(fields)) for one in given[1:]]
    if any(end is None for end in ends):
        return None
    start, stop = (int(end or 0) + (len(found) if (end or 0) < 0 else 0) for end in (ends[0], ends[-1]))
    return listed(found[start : stop + 1]) if 0 <= start <= stop < len(found) else None


def _mvcount(_: Context, given: Arguments, fields: Fields) -> Result:
    return len(many(given[0](fields), "mvcount()")) or None


def _mvjoin(_: Context, given: Arguments, fields: Fields) -> Result:
    found, delimiter = many(given[0](fields), "mvjoin()"), text(given[1](fields), "mvjoin()")
    return None if not found or delimiter is None else delimiter.join(found)


def _mvappend(_: Context, given: Arguments, fields: Fields) -> Result:
    return listed([value for one in given for value in many(one(fields), "mvappend()")])


def _tonumber(_: Context, given: Arguments, fields: Fields) -> Result:
    value, base = given[0](fields), number(given[1](fields)) if len(given) > 1 else 10.0
    if base == 10.0:
        return number(value)
    try:
        return float(int(text(value, "tonumber()") or "", int(base or 0)))
    except ValueError:
        return None


def _tostring(_: Context, given: Arguments, fields: Fields) -> Result:
    value = given[0](fields)
    return str(value) if isinstance(value, bool) else text(value, "tostring()")


def _substr(_: Context, given: Arguments, fields: Fields) -> Result:
    subject = text(given[0](fields), "substr()")
    start, *length = [number(one(fields)) for one in given[1:]]
    if subject is None or start is None or None in length or start == 0:
        return None  # positions count from 1
    begin = int(start) - 1 if start > 0 else max(0, len(subject) + int(start))
    return subject[begin : begin + int(length[0] or 0)] if length else subject[begin:]


FUNCTIONS: dict[str, Function] = {
    "case": Function(2, 200, _case),
    "if": Function(3, 3, _if),
    "coalesce": Function(1, 200, _coalesce),
    "isnull": Function(1, 1, lambda _, given, fields: given[0](fields) is None, boolean=True),
    "isnotnull": Function(1, 1, lambda _, given, fields: given[0](fields) is not None, boolean=True),
    "in": Function(2, 200, _in, boolean=True),
    "lower": Function(1, 1, _of_texts("lower", lambda one: one.lower())),
    "upper": Function(1, 1, _of_texts("upper", lambda one: one.upper())),
    "len": Function(1, 1, _of_texts("len", len)),
    "trim": Function(1, 2, _of_texts("trim", lambda one, chars=" \t": one.strip(chars))),
    "ltrim": Function(1, 2, _of_texts("ltrim", lambda one, chars=" \t": one.lstrip(chars))),
    "rtrim": Function(1, 2, _of_texts("rtrim", lambda one, chars=" \t": one.rstrip(chars))),
    "replace": Function(3, 3, _replace),
    "match": Function(2, 2, _match, boolean=True),
    "like": Function(2, 2, _of_texts("like", _like), boolean=True),
    "split": Function(2, 2, _of_texts("split", _split)),
    "substr": Function(2, 3, _substr),
    "mvappend": Function(1, 200, _mvappend),
    "mvindex": Function(2, 3, _mvindex),
    "mvcount": Function(1, 1, _mvcount),
    "mvjoin": Function(2, 2, _mvjoin),
    "tonumber": Function(1, 2, _tonumber),
    "tostring": Function(1, 1, _tostring),
    "null": Function(0, 0, lambda _, __, ___: None),
    "true": Function(0, 0, lambda _, __, ___: True, boolean=True),
    "false": Function(0, 0, lambda _, __, ___: False, boolean=True),
}
