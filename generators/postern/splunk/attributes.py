"""What each side calls an attribute, and which attribute only one side has, and why.

Values of slots are named by fields.yaml. What is derived from a line, or constant, is named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postern.splunk import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.model import Catalog, Field

# ECS path and Splunk field of what is no slot.
DERIVED = {
    "@timestamp": "_time",
    "event.original": "_raw",
    "event.code": "signature_id",
    "event.severity": "postern_event_severity",
    "event.kind": "postern_event_kind",
    "event.category": "postern_event_category",
    "event.type": "postern_event_type",
    "event.action": "postern_event_action",
    "event.outcome": "postern_event_outcome",
    "log.level": "postern_event_level",
    "postern.key": "postern_key",
    "postern.parse_status": "parse_status",
    "postern.direction": "postern_event_direction",
}
JOINED = frozenset({"event.category", "event.type"})  # a cell of a lookup holds one text: words are joined by a blank

ELASTIC_ONLY = {
    "message": "the text after the header; in Splunk an event is its _raw",
    "ecs.version": "the version of a schema that Splunk does not have",
    "event.module": "constant; in Splunk the source type says it",
    "event.dataset": "constant; in Splunk the source type says it",
    "event.created": "set by the shipper; Splunk has _indextime",
    "observer.vendor": "constant; in Splunk vendor_product says it",
    "observer.type": "constant; in Splunk vendor_product says it",
    "observer.product": "a constant where no tag of the line says it; in Splunk vendor_product says it",
    "log.syslog.facility.code": "computed from the priority, which Splunk keeps as postern_pri",
    "related.*": "gathers values that stand elsewhere; a Splunk search names several fields instead",
    "postern.params.<key of the line>": "keys that no entry knows; in Splunk a sender would name our fields",
}
SPLUNK_ONLY = {
    "signature": "title of the message; in Elasticsearch a LOOKUP JOIN gives it",
    "severity": "CIM's word for the severity; ECS has log.level and event.severity",
    "action": "CIM's word for what happened; ECS has event.action and event.outcome",
    "vendor_product": "CIM's name of the device; ECS has observer.vendor and observer.product",
    "postern_event": "name of the event in the catalog; ECS has event.action and event.outcome",
    "postern_code": "the id of a key-value line with its leading zeros, before it becomes signature_id",
    "postern_id": "the same id as printed",
    "postern_wire_level": "the severity word as printed; ECS has log.level",
    "postern_marker": "the fixed word of the text that matched, by which a lookup finds its constants",
    "postern_word": "the word of the line that decides what happened",
    "_*": "fields between two transforms: the text that a bucket or a list's transform reads",
    "<constant of an event>": "fields that a CIM data model requires and that hold for every such event (events.yaml)",
}
LATER = {
    "@timestamp": "on a vendor's source type its own add-on reads the time",
    "event.kind": "in Splunk only where the message is known",
    "event.duration": "nanoseconds in ECS; seconds in Splunk; on a vendor's source type postern_duration as printed",
    "lower case": "on a vendor's source type for words that the catalog names; else postern_<field> as printed",
    "python_repr": "on a vendor's source type with its escapes as printed",
    "pairs": "headers are a list of `name: value` in ECS; in Splunk the text as printed",
    "zones of site.yaml": "on our own source types by a table of the years 2000 to 2040, made as the app is generated; "
    "on a vendor's source type not at all: there TZ below [host::…] in a local props.conf says it",
    "privacy of site.yaml": "in Elasticsearch alone: an app takes nothing out of the _raw that Splunk stores, so that "
    "with `privacy` the targets must leave Splunk out",
}


@dataclass(frozen=True)
class Row:
    """A line of the table of fields."""

    slot: str
    ecs: str
    splunk: str
    note: str


def path_of(field: Field, member: str) -> str:
    """Where Elasticsearch keeps a value."""
    return field.role(member) or f"postern.params.{field.name}"


def table(catalog: Catalog) -> dict[str, list[Row]]:
    """The table of fields: slots, derived attributes, and what only one side has."""
    return {
        "Values of lines": list(_slots(catalog)),
        "Derived and constant": [Row("", ecs, splunk, LATER.get(ecs, "")) for ecs, splunk in DERIVED.items()],
        "Only in Elasticsearch": [Row("", ecs, "", why) for ecs, why in ELASTIC_ONLY.items()],
        "Only in Splunk": [Row("", "", name, why) for name, why in SPLUNK_ONLY.items()],
    }


def _slots(catalog: Catalog) -> Iterator[Row]:
    used = catalog.used_members
    for field in catalog.fields.values():
        if field.name == "time":
            continue
        rows: dict[tuple[str, str], Row] = {}
        for member in used[field.name]:
            extracted = names.extracted(field, member)
            role = field.cim_role(member)
            splunk = extracted if role is None else f"{role} ({extracted})"
            key = path_of(field, member), splunk
            rows[key] = Row(field.name, *key, _note(field, used[field.name]))
        yield from rows.values()


def _note(field: Field, used: Mapping[str, str | None]) -> str:
    casts = set(used.values())
    if field.ecs == "event.duration":
        return LATER["event.duration"]
    if field.lower:
        return LATER["lower case"]
    return next((LATER[cast] for cast in ("python_repr", "pairs") if cast in casts), "")


def between(catalog: Catalog, name: str) -> bool:
    """Whether a Splunk field only carries text from one transform to the next."""
    carried = tuple(f"{names.PREFIX}{product.name}_" for product in catalog.products)
    return name.startswith(carried) or (name.startswith(names.PREFIX) and name.endswith("_list"))
