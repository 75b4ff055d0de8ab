"""Values of eval expressions: null, booleans, numbers, texts, lists; how they compare, add up and print."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event import Value

Result = bool | float | str | list[str] | None
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*\Z", re.ASCII)


class EvalError(Exception):
    """The expression cannot be evaluated for this event, or the emulator would have to guess."""


def number(value: Result) -> float | None:
    """A value as a number; None where it is none. Texts that look like numbers are numbers, as fields are texts."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return float(value) if isinstance(value, str) and _NUMBER.match(value) else None


def printed(value: float) -> str:
    """A number as text: without a fraction where it has none."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def text(value: Result, function: str) -> str | None:
    """A value as one text.

    Raises:
        EvalError: for a boolean, and for several values: what functions of one text do with them is not documented.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise EvalError(f"{function} of a boolean")
    if isinstance(value, list):
        raise EvalError(f"{function} of a multivalue field is not emulated")
    return printed(value)


def truth(value: Result) -> bool | None:
    """A condition: true, false or null.

    Raises:
        EvalError: for anything but a boolean.
    """
    if value is None or isinstance(value, bool):
        return value
    raise EvalError("a condition is not a boolean")


def field_value(value: Result) -> Value | None:
    """What a calculated field holds.

    Raises:
        EvalError: for a boolean, which Splunk does not assign to a field.
    """
    if isinstance(value, bool):
        raise EvalError("a boolean cannot be assigned to a field")
    if isinstance(value, list):
        return None if not value else value[0] if len(value) == 1 else value
    return value if value is None or isinstance(value, str) else printed(value)


def compare(left: Result, right: Result, test: Callable[[float | str, float | str], bool]) -> bool | None:
    """A comparison: of numbers where both sides are numbers, else of texts; null where a side is null.

    Raises:
        EvalError: for booleans and, except in `equal`, for multivalue fields.
    """
    if left is None or right is None:
        return None
    numbers = number(left), number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return test(numbers[0], numbers[1])
    texts = text(left, "a comparison"), text(right, "a comparison")
    return test(texts[0] or "", texts[1] or "")


def equal(left: Result, right: Result) -> bool | None:
    """Equality; a multivalue field equals what one of its values equals."""
    if isinstance(left, list):
        return any(equal(one, right) for one in left)
    if isinstance(right, list):
        return any(equal(left, one) for one in right)
    return compare(left, right, lambda one, other: one == other)


def arithmetic(left: Result, right: Result, operator: str) -> Result:
    """`+ - * / %`; null where a side is no number, except that `+` joins two texts."""
    if left is None or right is None:
        return None
    one, other = number(left), number(right)
    if one is None or other is None:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return left + right
        return None
    if operator in "/%" and other == 0:
        return None
    return _OPERATIONS[operator](one, other)


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "%": math.fmod,
}


def many(value: Result, function: str) -> list[str]:
    """A value as a list of texts; null is the empty list."""
    if isinstance(value, list):
        return value
    one = text(value, function)
    return [] if one is None else [one]


def listed(found: list[str]) -> Result:
    """A list as a value: null where it is empty, one text where it holds one."""
    return None if not found else found[0] if len(found) == 1 else found
