"""The eval functions that are emulated; every other name is refused by the parser."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .eval_values import EvalError, Result, equal, listed, many, number, text, truth
from .sed import expand

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event import Fields, Value
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


def _mvsort(_: Context, given: Arguments, fields: Fields) -> Result:
    return listed(sorted(many(given[0](fields), "mvsort()")))  # as texts: 10 stands before 9


def _mvdedup(_: Context, given: Arguments, fields: Fields) -> Result:
    return listed(list(dict.fromkeys(many(given[0](fields), "mvdedup()"))))


class _Noting(dict[str, "Value"]):
    """Fields that note which of them an expression reads."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.read: set[str] = set()

    def get(self, name: str, default: Value | None = None) -> Value | None:  # type: ignore[override]
        self.read.add(name)
        return super().get(name, default)


def _only_field(given: Callable[[Fields], Result], fields: Fields, function: str) -> str:
    """The one field that an expression reads.

    Raises:
        EvalError: where it reads none or several.
    """
    noting = _Noting(fields)
    given(noting)
    if len(noting.read) != 1:
        raise EvalError(f"{function} needs exactly one field, here {sorted(noting.read)}")
    return noting.read.pop()


def _mvmap(_: Context, given: Arguments, fields: Fields) -> Result:
    """The second argument for each value of the field that the first one names; null is left out."""
    name = _only_field(given[0], fields, "mvmap()")
    found = many(fields.get(name), "mvmap()")
    if many(given[0](fields), "mvmap()") != found:
        raise EvalError("mvmap() of anything but a field is not emulated")
    made = [given[1]({**fields, name: one}) for one in found]
    return listed([value for one in made for value in many(one, "mvmap()")])


def _mvfilter(_: Context, given: Arguments, fields: Fields) -> Result:
    """The values for which a condition on their field, and on no other, is true."""
    name = _only_field(given[0], {}, "mvfilter()")
    kept = []
    for one in many(fields.get(name), "mvfilter()"):
        row = _Noting({name: one})
        if truth(given[0](row)):
            kept.append(one)
        if row.read - {name}:
            raise EvalError(f"mvfilter() of several fields: {sorted(row.read)}")
    return listed(kept)


def _of_number(function: Callable[[float], float]) -> Callable[[Context, Arguments, Fields], Result]:
    """A function of a number, null of anything else."""

    def call(_: Context, given: Arguments, fields: Fields) -> Result:
        value = number(given[0](fields))
        return None if value is None else float(function(value))

    return call


def _round(_: Context, given: Arguments, fields: Fields) -> Result:
    """To the nearest number with so many decimals, by default none; a half goes up."""
    value, places = number(given[0](fields)), number(given[1](fields)) if len(given) > 1 else 0.0
    if value is None or places is None:
        return None
    exact, step = Decimal(value), Decimal(1).scaleb(-int(places))
    rounded = exact.quantize(step, ROUND_HALF_UP)
    if value < 0 and abs(exact - rounded) * 2 == step:
        raise EvalError("round() of a half below zero is not documented")
    return float(rounded)


def _extreme(
    name: str, pick: Callable[[list[tuple[int, float, str]]], tuple[int, float, str]]
) -> Callable[[Context, Arguments, Fields], Result]:
    """`max` and `min` of all values of all arguments: a text is greater than a number; null is passed over."""

    def call(_: Context, given: Arguments, fields: Fields) -> Result:
        texts = [value for one in given for value in many(one(fields), f"{name}()")]
        if not texts:
            return None
        ranked = [(0, found, "") if (found := number(one)) is not None else (1, 0.0, one) for one in texts]
        is_text, value, chosen = pick(ranked)
        return chosen if is_text else value

    return call


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
    "urldecode": Function(1, 1, _of_texts("urldecode", unquote)),
    "match": Function(2, 2, _match, boolean=True),
    "like": Function(2, 2, _of_texts("like", _like), boolean=True),
    "split": Function(2, 2, _of_texts("split", _split)),
    "substr": Function(2, 3, _substr),
    "mvappend": Function(1, 200, _mvappend),
    "mvindex": Function(2, 3, _mvindex),
    "mvcount": Function(1, 1, _mvcount),
    "mvjoin": Function(2, 2, _mvjoin),
    "mvsort": Function(1, 1, _mvsort),
    "mvdedup": Function(1, 1, _mvdedup),
    "mvmap": Function(2, 2, _mvmap),
    "mvfilter": Function(1, 1, _mvfilter),
    "abs": Function(1, 1, _of_number(abs)),
    "floor": Function(1, 1, _of_number(math.floor)),
    "ceil": Function(1, 1, _of_number(math.ceil)),
    "ceiling": Function(1, 1, _of_number(math.ceil)),
    "round": Function(1, 2, _round),
    "max": Function(1, 200, _extreme("max", max)),
    "min": Function(1, 200, _extreme("min", min)),
    "tonumber": Function(1, 2, _tonumber),
    "tostring": Function(1, 1, _tostring),
    "null": Function(0, 0, lambda _, __, ___: None),
    "true": Function(0, 0, lambda _, __, ___: True, boolean=True),
    "false": Function(0, 0, lambda _, __, ___: False, boolean=True),
}
