"""The CIM data models the catalog's events are checked against.

The table is `data/cim-<version>.json`; `data/README.md` says where it comes from.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_TABLE = "cim-5.5.3.json"
_OF_TAGS = re.compile(r"tag ?(!?=) ?(\w+)")
# Values that the model files of a later version allow. 5.5.3 has one word for every session, `added`, and none for its
# end; pytest-splunk-addon 6.0.0 says started, ended or blocked.
LATER_VALUES = {("Network_Sessions", "action"): frozenset(["started", "ended"])}


class CimField(NamedTuple):
    """One field of an object of a data model.

    Attributes:
        type: `required`, `conditional`, `optional` or `not_allowed_in_search`.
        condition: When a conditional field is required, as a search; empty for others.
        values: The only values that the model expects; empty where any will do.
    """

    type: str
    condition: str
    values: frozenset[str]

    def is_required(self, tags: Collection[str]) -> bool:
        """Whether each event with these tags needs it; a condition on something else than tags is not decided here."""
        if self.type != "conditional" or (asked := _OF_TAGS.fullmatch(self.condition)) is None:
            return self.type == "required"
        return (asked[2] in tags) == (asked[1] == "=")


@dataclass(frozen=True, slots=True)
class CimObject:
    """A set of events: those with its tags.

    Attributes:
        name: Its name, such as `All_Sessions`.
        within: The object that it is a part of; empty at the top.
        tags: The sets of tags, any of which puts an event into it.
        fields: The fields that it adds to those of `within`.
    """

    name: str
    within: str
    tags: tuple[frozenset[str], ...]
    fields: Mapping[str, CimField]


@dataclass(frozen=True, slots=True)
class CimModel:
    """A data model: its objects, each after the one that it is within."""

    name: str
    objects: tuple[CimObject, ...]

    def of(self, tags: Collection[str]) -> list[CimObject]:
        """The objects that an event with these tags falls into; none where it is not of this model."""
        found: dict[str, CimObject] = {}
        for one in self.objects:
            if (not one.within or one.within in found) and any(known <= set(tags) for known in one.tags):
                found[one.name] = one
        return list(found.values())

    def tags(self) -> Iterator[frozenset[str]]:
        """The sets of tags that put an event into one of its objects."""
        return (tags for one in self.objects for tags in one.tags)

    def foreign_tags(self, tags: Collection[str]) -> frozenset[str]:
        """Those of the tags that put the event into no object of the model."""
        return frozenset(tags).difference(*(known for one in self.of(tags) for known in one.tags if known <= set(tags)))

    def fields(self, tags: Collection[str]) -> dict[str, CimField]:
        """The fields of an event with these tags by name: an object's own go before those it is within."""
        return {name: field for one in self.of(tags) for name, field in one.fields.items()}

    def required(self, tags: Collection[str]) -> frozenset[str]:
        """The fields that each event with these tags needs."""
        return frozenset(name for name, field in self.fields(tags).items() if field.is_required(tags))

    def values(self, tags: Collection[str], field: str) -> frozenset[str]:
        """The only values that the model expects in a field of such an event; empty where any will do."""
        known = self.fields(tags).get(field)
        return known.values if known else frozenset()


@dataclass(frozen=True, slots=True)
class CimSchema:
    """The data models of one version of the package that they were taken from."""

    version: str
    models: Mapping[str, CimModel]

    def model(self, name: str) -> CimModel | None:
        """The model of this name, or nothing where there is none."""
        return self.models.get(name)


@functools.cache
def load() -> CimSchema:
    """Read the table that ships with the package (once a process)."""
    table = json.loads(resources.files("postern").joinpath("data", _TABLE).read_text(encoding="utf-8"))
    return CimSchema(
        version=table["version"],
        models={
            model: CimModel(model, tuple(_object(model, name, row) for name, row in objects.items()))
            for model, objects in table["models"].items()
        },
    )


def _object(model: str, name: str, row: dict[str, Any]) -> CimObject:
    fields = {field: _field((model, field), data) for field, data in row["fields"].items()}
    return CimObject(name, row["within"], tuple(map(frozenset, row["tags"])), fields)


def _field(at: tuple[str, str], row: dict[str, Any]) -> CimField:
    values = frozenset(row.get("values", ()))
    return CimField(row["type"], row.get("condition", ""), values | LATER_VALUES.get(at, frozenset()))
