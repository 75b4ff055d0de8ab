"""A search over events: the base search, then command after command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.conf import Configuration, Setting
from splunk_emulator.faults import FaultLog, Unsupported
from splunk_emulator.lookups import Lookups
from splunk_emulator.regex import RegexCache
from splunk_emulator.search_language import BrokenSearchError, Macros, compile_search
from splunk_emulator.transforms import Transforms

from . import commands
from .expressions import Expression
from .faults import BadSearchError, RefusedError
from .order import compile_sort
from .stats import compile_stats
from .table import Row, Table, added
from .text import commands as pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from splunk_emulator import App, Event

    Step = Callable[[Table], Table]

_TAG = re.compile(r"\btag(?:::[^\s=]+)?\s*=")


class Searcher:
    """Runs searches with the macros and lookups of some apps.

    Attributes:
        faults: what Splunk would pass over in silence, as in the emulator: a regex beyond its limits, say.
    """

    def __init__(self, apps: Sequence[App]) -> None:
        self.faults = FaultLog()
        configuration = Configuration(apps, self.faults)
        self._regexes = RegexCache(self.faults)
        self._macros = Macros(configuration.search_time("macros.conf"))
        transforms = Transforms(
            configuration.search_time("transforms.conf"),
            configuration.search_time("fields.conf"),
            self._regexes,
            self.faults,
        )
        self._lookups = Lookups(transforms, configuration.search_order(), self.faults)
        self._commands: dict[str, Callable[[str], Step]] = {
            "search": self._search,
            "where": lambda arguments: commands.where(arguments, self._expression),
            "eval": lambda arguments: commands.calculate(arguments, self._expression),
            "stats": lambda arguments: compile_stats(arguments, self._expression),
            "lookup": self._lookup,
            "mvexpand": commands.mvexpand,
            "sort": compile_sort,
            "table": commands.table_of,
            "fields": commands.fields,
            "rename": commands.rename,
            "head": commands.head,
            "fillnull": commands.fillnull,
            "dedup": commands.dedup,
            "bin": commands.bucket,
            "bucket": commands.bucket,
            "xyseries": commands.xyseries,
        }

    def run(self, search: str, events: Iterable[Event]) -> Table:
        """The results of a search over events that the emulator has given their fields.

        Raises:
            BadSearchError: for what Splunk would not run.
            RefusedError: for what is not implemented, and where an answer would be a guess.
        """
        steps = self.compile(search)
        # newest first, and of one time the one that was indexed last: the order in which Splunk finds events
        newest = sorted(enumerate(events), key=lambda one: (-one[1].time, -one[0]))
        table = _table([event for _, event in newest])
        for step in steps:
            table = step(table)
        return table

    def compile(self, search: str) -> list[Step]:
        """The steps of a search; raises as `run` does, without any events."""
        if "```" in search:
            raise RefusedError("comments")
        try:
            expanded = self._macros.expand(search)
        except BrokenSearchError as error:
            raise BadSearchError(str(error)) from None
        return [self._step(name, arguments) for name, arguments in pipeline(expanded)]

    def _step(self, name: str, arguments: str) -> Step:
        if name not in self._commands:
            raise RefusedError(f"the command {name}")
        return self._commands[name](arguments)

    def _expression(self, source: str) -> Expression:
        return Expression(source, self._regexes)

    def _search(self, arguments: str) -> Step:
        if _TAG.search(arguments):
            raise RefusedError("search by tags")
        try:
            test = compile_search(arguments, Setting(arguments, "search", "search", ""))
        except BrokenSearchError as error:
            raise BadSearchError(f"search {arguments}: {error}") from None
        except Unsupported as error:
            raise RefusedError(f"search {arguments}: {error.reason}") from None
        return lambda table: Table(table.columns, [row for row in table.rows if test(row)], table.ordered)

    def _lookup(self, arguments: str) -> Step:
        noted = len(self.faults)
        lookup = self._lookups.compile(Setting(arguments, "search", "lookup", ""))
        if lookup is None:
            raise BadSearchError(f"lookup {arguments}: {[fault.problem for fault in self.faults][noted:]}")

        def run(table: Table) -> Table:
            rows = [dict(row) for row in table.rows]
            for row in rows:
                lookup(row)
            return Table(added(table.columns, *(field for row in rows for field in row)), rows, table.ordered)

        return run


def _table(events: list[Event]) -> Table:
    rows = [_row(event) for event in events]
    return Table(sorted({field for row in rows for field in row}), rows)


def _row(event: Event) -> Row:
    time = f"{event.time:.6f}".rstrip("0").rstrip(".")
    row: Row = {**event.fields, "_time": time, "_raw": event.raw}
    for name, found in (("eventtype", event.eventtypes), ("tag", event.tags)):
        if found:
            row[name] = found[0] if len(found) == 1 else list(found)
    return row
