"""What flows from command to command."""

from __future__ import annotations

from dataclasses import dataclass

from splunk_emulator.event import Fields, Value

Row = Fields
"""Values by field; a field without a value is not there."""


@dataclass(frozen=True)
class Table:
    """Results between two commands, and at the end.

    Attributes:
        columns: fields, in the order in which a table would show them.
        rows: the results.
        ordered: whether the order of the rows is documented; that of `stats` is not.
    """

    columns: list[str]
    rows: list[Row]
    ordered: bool = True

    def column(self, name: str) -> list[Value | None]:
        """A field's value in each row."""
        return [row.get(name) for row in self.rows]


def added(columns: list[str], *names: str) -> list[str]:
    """Columns with those appended that are new."""
    return [*columns, *(name for name in dict.fromkeys(names) if name not in columns)]
