"""From an event to its fields, in the order of the search-time sequence.

EXTRACT, REPORT, automatic key-value pairs, FIELDALIAS, EVAL, LOOKUP; each step sees only what earlier ones made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .conf import Setting, Stanza, classes, flag_of, names, text_of
from .eval_functions import Context
from .eval_parser import EvalSyntaxError, NotEmulatedError, compile_eval
from .eval_values import EvalError, Result, field_value
from .event import Fields, Value, values
from .extraction import automatic, compile_extract, inline_parts
from .faults import FaultLog, SearchFailedError, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from .lookups import Lookups
    from .props import Props
    from .regex import RegexCache
    from .transforms import Transforms

    Step = Callable[[Fields], None]

_ALIAS = re.compile(r'\s*,?\s*(?:"([^"]+)"|([^\s,"]+))\s+(AS|ASNEW)\s+(?:"([^"]+)"|([^\s,"]+))', re.IGNORECASE)
_GROUP_NAME = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")


class SearchTime:
    """The search-time half: a list of steps for each source, host and source type."""

    def __init__(
        self, props: Props, transforms: Transforms, lookups: Lookups, regexes: RegexCache, faults: FaultLog
    ) -> None:
        self._props, self._transforms, self._lookups = props, transforms, lookups
        self._regexes, self._faults = regexes, faults
        self._plans: dict[tuple[str, str, str], list[Step]] = {}

    def renamed(self, sourcetype: str) -> str:
        """The source type under which an event is searched."""
        return text_of(self._props.sourcetype(sourcetype), "rename", sourcetype)

    def apply(self, fields: Fields, source: str, host: str, sourcetype: str) -> None:
        """Run all steps over an event's fields.

        Raises:
            SearchFailedError: where Splunk would return no event at all.
        """
        key = source, host, sourcetype
        if key not in self._plans:
            self._plans[key] = self._steps(self._props.merged(*key))
        for step in self._plans[key]:
            step(fields)

    def look_for_faults(self) -> None:
        """Compile what each stanza says alone, so that faults show before the first event."""
        for stanza in self._props.alone():
            try:
                self._steps(stanza)
            except SearchFailedError as error:
                self._faults.note("extract", "transforms.conf", str(error))

    def _steps(self, stanza: Stanza) -> list[Step]:
        self._check_chains(stanza)
        extracts = classes(stanza, "EXTRACT-")
        steps = [compile_extract(setting, stanza, self._regexes, self._faults) for setting in extracts]
        for setting in classes(stanza, "REPORT-"):
            steps += [self._transforms.get(name, setting) for name in names(setting)]
        if text_of(stanza, "KV_MODE", "auto").lower() == "auto":
            steps.append(self._automatic(stanza))
        steps += self._aliases(stanza)
        steps.append(self._calculations(stanza))
        steps += [self._lookups.compile(setting) for setting in classes(stanza, "LOOKUP-")]
        return [step for step in steps if step is not None]

    def _check_chains(self, stanza: Stanza) -> None:
        """An EXTRACT may read only what an earlier one made."""
        later: set[str] = set()
        for setting in classes(stanza, "EXTRACT-")[::-1]:
            pattern, source = inline_parts(setting)
            later.update(_GROUP_NAME.findall(pattern))
            if source in later:
                self._faults.note("extract", setting.where, f"reads {source} before any EXTRACT has made it")

    def _automatic(self, stanza: Stanza) -> Step:
        json = flag_of(stanza, "AUTO_KV_JSON", default=True)

        def step(fields: Fields) -> None:
            raw = str(fields["_raw"])
            automatic(fields, raw)
            if json and raw.lstrip().startswith("{"):
                self._faults.note("extract", "KV_MODE", "auto: JSON is not extracted here, Splunk would")

        return step

    def _aliases(self, stanza: Stanza) -> list[Step]:
        steps: list[Step] = []
        made: dict[str, str] = {}
        for setting in classes(stanza, "FIELDALIAS-"):
            if _ALIAS.sub("", setting.value).strip():
                self._faults.note("alias", setting.where, "is not a list of `field AS alias`")
            for quoted, plain, word, quoted_alias, plain_alias in _ALIAS.findall(setting.value):
                source, alias = quoted or plain, quoted_alias or plain_alias
                if made.setdefault(alias, source) != source:
                    problem = f"{made[alias]} and {source} have one alias, {alias}: use EVAL with coalesce"
                    self._faults.note("alias", setting.where, problem)
                steps.append(_alias_new(source, alias) if word.upper() == "ASNEW" else _alias(source, alias))
        return steps

    def _calculations(self, stanza: Stanza) -> Step | None:
        """All EVALs at once: each reads what was there before any of them."""
        compiled = [(setting, self._calculation(setting)) for setting in classes(stanza, "EVAL-")]
        ready = [(setting, made) for setting, made in compiled if made is not None]

        def step(fields: Fields) -> None:
            results = [
                (setting.key.removeprefix("EVAL-"), self._value(setting, made, fields)) for setting, made in ready
            ]
            for name, value in results:
                if value is None:
                    fields.pop(name, None)  # a calculated field wins over an extracted one even with null
                else:
                    fields[name] = value

        return step if ready else None

    def _calculation(self, setting: Setting) -> Callable[[Fields], Result] | None:
        try:
            return compile_eval(setting.value, Context(self._regexes, setting.where))
        except EvalSyntaxError as error:
            self._faults.note("eval", setting.where, str(error))
        except NotEmulatedError as error:
            raise Unsupported(setting.file, setting.stanza, setting.key, str(error)) from None
        return None

    def _value(self, setting: Setting, made: Callable[[Fields], Result], fields: Fields) -> Value | None:
        try:
            return field_value(made(fields))
        except EvalError as error:
            self._faults.note("eval", setting.where, str(error))
            return None


def _alias(source: str, alias: str) -> Step:
    """AS: overwrites, and removes the alias where the field is missing."""

    def step(fields: Fields) -> None:
        if values(fields.get(source)):
            fields[alias] = fields[source]
        else:
            fields.pop(alias, None)

    return step


def _alias_new(source: str, alias: str) -> Step:
    """ASNEW: writes only where there is no such field."""

    def step(fields: Fields) -> None:
        if alias not in fields and values(fields.get(source)):
            fields[alias] = fields[source]

    return step
