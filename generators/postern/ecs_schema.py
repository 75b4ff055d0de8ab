"""The ECS field table the catalog's targets are checked against.

The table is `data/ecs-<version>.json`; `data/README.md` says where it comes from.
"""

from __future__ import annotations

import difflib
import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = "ecs-9.4.0.json"
_CATEGORY = "event.category"


class EcsField(NamedTuple):
    """One field of ECS.

    Attributes:
        type: The Elasticsearch type that ECS gives it, such as `keyword` or `ip`.
        level: `core` or `extended`.
        array: Whether its value is always a list.
        values: The only values ECS allows; empty where ECS names none.
    """

    type: str
    level: str
    array: bool
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class EcsSchema:
    """The fields of one ECS version and the event types each event category expects.

    Attributes:
        version: The version of ECS.
        fields: The fields by their dotted names.
        pairs: The types permitted with each event category.
    """

    version: str
    fields: Mapping[str, EcsField]
    pairs: Mapping[str, frozenset[str]]

    def field(self, name: str) -> EcsField | None:
        """Return the field of that dotted name, or nothing where ECS has none."""
        return self.fields.get(name)

    def values(self, name: str) -> frozenset[str]:
        """Return the only values ECS allows in a field; empty where any value goes or the field is unknown."""
        field = self.field(name)
        return field.values if field else frozenset()

    def permitted_types(self, category: str) -> frozenset[str]:
        """Return the event types that go with an event category; empty for a category ECS does not know."""
        return self.pairs.get(category, frozenset())

    def nearest(self, name: str) -> list[str]:
        """Return up to three field names that an unknown name may be a slip for, the likeliest first."""
        return difflib.get_close_matches(name, self.fields, n=3, cutoff=0.7)


@functools.cache
def load() -> EcsSchema:
    """Read the table that ships with the package (once a process)."""
    text = resources.files("postern").joinpath("data", _TABLE).read_text(encoding="utf-8")
    table = json.loads(text)
    rows: dict[str, dict[str, Any]] = table["fields"]
    return EcsSchema(
        version=table["version"],
        fields={name: _field(row) for name, row in rows.items()},
        pairs={category: frozenset(types) for category, types in rows[_CATEGORY]["pairs"].items()},
    )


def _field(row: dict[str, Any]) -> EcsField:
    return EcsField(row["type"], row["level"], row["array"], frozenset(row.get("values", ())))
