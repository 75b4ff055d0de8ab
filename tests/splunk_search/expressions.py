"""Eval expressions inside commands, by the emulator's own parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from splunk_emulator.eval_functions import Context
from splunk_emulator.eval_parser import EvalSyntaxError, NotEmulatedError, compile_eval
from splunk_emulator.eval_values import EvalError, Result, field_value, truth

from .faults import BadSearchError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from splunk_emulator.event import Value
    from splunk_emulator.regex import RegexCache

    from .table import Row

Read = TypeVar("Read")


class Expression:
    """An expression and what it gives for a row; the methods refuse where the emulator would have to guess."""

    def __init__(self, source: str, regexes: RegexCache) -> None:
        """Compile it.

        Raises:
            BadSearchError: for what is no expression.
            RefusedError: for functions and operators outside the subset.
        """
        self.source = " ".join(source.split())
        try:
            self._result = compile_eval(source, Context(regexes, self.source))
        except EvalSyntaxError as error:
            raise BadSearchError(f"{self.source}: {error}") from None
        except NotEmulatedError as error:
            raise RefusedError(f"{self.source}: {error}") from None

    def value(self, row: Row) -> Value | None:
        """Its value as a field holds it: a number as text, never a boolean."""
        return self._read(row, field_value)

    def holds(self, row: Row) -> bool:
        """Whether it is true: null is not, and anything but a boolean is refused."""
        return self._read(row, truth) is True

    def counts(self, row: Row) -> bool:
        """Whether `count(eval(…))` counts the row: what is true, or has a value that is no boolean."""
        result = self._read(row, lambda one: one)
        return result if isinstance(result, bool) else result is not None

    def _read(self, row: Row, read: Callable[[Result], Read]) -> Read:
        try:
            return read(self._result(row))
        except EvalError as error:
            raise RefusedError(f"{self.source}: {error}") from None
