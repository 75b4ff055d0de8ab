"""INGEST_EVAL: assignments to an event's time, keys and indexed fields, one after the other.

Specification of transforms.conf: each expression sees what those before it assigned; `:=` replaces, `=` adds a value to
an indexed field; a transform with INGEST_EVAL ignores REGEX, FORMAT and DEST_KEY. From memory: null removes a field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .eval_functions import Context
from .eval_parser import EvalSyntaxError, NotEmulatedError, compile_eval
from .eval_values import EvalError, field_value, number
from .event import Fields, value_of, values
from .faults import FaultLog, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conf import Setting
    from .eval_values import Result
    from .index_transforms import Draft
    from .regex import RegexCache

_PART = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[(),]|[^"\'(),]+', re.DOTALL)
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(:?=)(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class _Assignment:
    name: str
    replaces: bool
    value: Callable[[Fields], Result]


@dataclass(frozen=True)
class IngestEval:
    """A transform with INGEST_EVAL."""

    where: str
    assignments: tuple[_Assignment, ...]

    def apply(self, draft: Draft, faults: FaultLog) -> None:
        """Assign, in order; what cannot be evaluated is noted and assigns null."""
        fields = _fields(draft)
        for one in self.assignments:
            try:
                found = field_value(one.value(fields))
            except EvalError as error:
                faults.note("eval", self.where, str(error))
                found = None
            if one.name == "_time":
                moment = number(found)
                draft.time = draft.time if moment is None else moment
                fields["_time"] = f"{draft.time:.6f}"
                continue
            held = [*([] if one.replaces else draft.indexed.get(one.name, [])), *values(found)]
            draft.indexed.pop(one.name, None)
            fields.pop(one.name, None)
            if held:
                draft.indexed[one.name] = held
                fields[one.name] = value_of(held)


def _fields(draft: Draft) -> Fields:
    named: Fields = {name: value_of(found) for name, found in draft.indexed.items()}
    for name in ("Host", "Source", "Sourcetype"):
        named[name.lower()] = draft.keys[f"MetaData:{name}"].partition("::")[2]
    return {**named, "_raw": draft.keys["_raw"], "_time": f"{draft.time:.6f}"}


def compile_ingest_eval(setting: Setting, regexes: RegexCache, faults: FaultLog) -> IngestEval | None:
    """The assignments of a setting; None and a fault where it is no list of assignments.

    Raises:
        Unsupported: for an expression outside the subset, and for keys that are not emulated.
    """
    made = []
    for text in _split(setting.value):
        found = _ASSIGNMENT.fullmatch(text)
        if found is None:
            faults.note("eval", setting.where, f"no assignment: {text.strip()!r}")
            return None
        name, sign, expression = found.groups()
        if name.startswith("_") and name != "_time":
            raise Unsupported(setting.file, setting.stanza, setting.key, f"assigns {name}")
        try:
            made.append(_Assignment(name, sign == ":=", compile_eval(expression, Context(regexes, setting.where))))
        except EvalSyntaxError as error:
            faults.note("eval", setting.where, str(error))
            return None
        except NotEmulatedError as error:
            raise Unsupported(setting.file, setting.stanza, setting.key, str(error)) from None
    return IngestEval(setting.where, tuple(made))


def _split(text: str) -> Iterator[str]:
    """The texts between commas outside quotes and parentheses."""
    depth, held = 0, ""
    for part in _PART.findall(text):
        depth += (part == "(") - (part == ")")
        if part == "," and not depth:
            yield held
            held = ""
        else:
            held += part
    yield held
