"""Field types that the assembled node lacks, and what stands in for them there.

The shipped templates stay as they are: they are adapted just before the PUT, and only for the assembled node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SWAPS: Mapping[str, str | None] = {
    "wildcard": "keyword",
    "constant_keyword": "keyword",
    "match_only_text": "text",
    "scaled_float": "double",
    "unsigned_long": "long",
    "geo_shape": None,
}
"""The stand-in of each missing type; None drops the field."""

_ONLY_THERE = {"constant_keyword": {"value"}, "scaled_float": {"scaling_factor"}}
"""Parameters that the stand-in would refuse."""


@dataclass(frozen=True, slots=True)
class Swap:
    """One field whose type was swapped; `stand_in` is None where the field was dropped."""

    field: str
    missing: str
    stand_in: str | None

    def __str__(self) -> str:
        return f"{self.field}: {self.missing} -> {self.stand_in or 'dropped'}"


def swap_mappings(
    body: Mapping[str, Any], table: Mapping[str, str | None] = SWAPS
) -> tuple[dict[str, Any], list[Swap]]:
    """Adapt the mappings of a template or an index to a node that lacks some field types.

    Args:
        body: an index template, a component template, a create-index request or bare mappings; left untouched.
        table: the types to swap; an empty one swaps nothing.

    Returns:
        The adapted copy, and every swap in the order of the fields.
    """
    swaps: list[Swap] = []
    if "template" in body:
        return {**body, "template": _request(body["template"], table, swaps)}, swaps
    return _request(body, table, swaps), swaps


def _request(body: Mapping[str, Any], table: Mapping[str, str | None], swaps: list[Swap]) -> dict[str, Any]:
    if "mappings" in body:
        return {**body, "mappings": _mappings(body["mappings"], table, swaps)}
    if "properties" in body or "dynamic_templates" in body:
        return _mappings(body, table, swaps)
    return dict(body)


def _mappings(mappings: Mapping[str, Any], table: Mapping[str, str | None], swaps: list[Swap]) -> dict[str, Any]:
    result = dict(mappings)
    if "properties" in mappings:
        result["properties"] = _fields(mappings["properties"], "", table, swaps)
    if "dynamic_templates" in mappings:
        result["dynamic_templates"] = [
            swapped for rule in mappings["dynamic_templates"] if (swapped := _rule(rule, table, swaps))
        ]
    return result


def _fields(
    fields: Mapping[str, Any], parent: str, table: Mapping[str, str | None], swaps: list[Swap]
) -> dict[str, Any]:
    kept = ((name, _field(field, f"{parent}{name}", table, swaps)) for name, field in fields.items())
    return {name: field for name, field in kept if field is not None}


def _field(
    field: Mapping[str, Any], path: str, table: Mapping[str, str | None], swaps: list[Swap]
) -> dict[str, Any] | None:
    result = dict(field)
    missing = field.get("type")
    if isinstance(missing, str) and missing in table:
        stand_in = table[missing]
        swaps.append(Swap(path, missing, stand_in))
        if stand_in is None:
            return None
        result["type"] = stand_in
        for parameter in _ONLY_THERE.get(missing, set()):
            result.pop(parameter, None)
    for below in ("properties", "fields"):
        if below in field:
            result[below] = _fields(field[below], f"{path}.", table, swaps)
    return result


def _rule(rule: Mapping[str, Any], table: Mapping[str, str | None], swaps: list[Swap]) -> dict[str, Any] | None:
    """A dynamic template; one that would map to a dropped type goes as a whole."""
    ((name, definition),) = rule.items()
    if "mapping" not in definition:
        return dict(rule)
    mapping = _field(definition["mapping"], f"dynamic_templates.{name}", table, swaps)
    return None if mapping is None else {name: {**definition, "mapping": mapping}}
