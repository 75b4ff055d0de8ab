"""The event of a decoded line, as ECS and as CIM: what every back end must store or extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from postern import ecs_schema
from postern.casts import iso, read_time
from postern.matcher import PARSED, Decoded
from postern.model import Catalog, Product, Wording

NANOSECONDS = 1_000_000_000
# Words that devices print for a severity, beside the canonical ones.
LEVEL_WORDS = {"info": "informational", "trace": "debug", "warn": "warning", "err": "error", "crit": "critical"}


def ecs(decoded: Decoded, catalog: Catalog, reference: datetime) -> dict[str, Any]:
    """The ECS document of a line.

    Args:
        decoded: what the matcher made of it.
        catalog: where its fields and events are said.
        reference: when it was received (aware); gives the year to a time without one, and the time to a line without any.

    Returns:
        A nested document; empty values are absent, objects in the order of their making.
    """
    document: dict[str, Any] = {"@timestamp": iso(reference), "message": decoded.body}
    _put(document, "ecs.version", ecs_schema.load().version)
    _put(document, "event.original", decoded.line)
    _put(document, "event.kind", "event")
    _put(document, "postern.parse_status", decoded.status)
    if decoded.product is not None:
        _product(document, decoded.product)
        _values(document, decoded, catalog, reference)
    if decoded.product is not None and decoded.status == PARSED:
        _message(document, decoded, decoded.product)
    for kind, paths in related_paths(catalog).items():
        found = {value for path in paths if isinstance(value := _get(document, path), str)}
        if found:
            _put(document, f"related.{kind}", sorted(found))
    return document


def _product(document: dict[str, Any], product: Product) -> None:
    _put(document, "observer.vendor", product.vendor)
    for key, value in product.observer.items():
        _put(document, f"observer.{key}", value)
    _put(document, "event.module", "postern")
    _put(document, "event.dataset", product.dataset)


def _values(document: dict[str, Any], decoded: Decoded, catalog: Catalog, reference: datetime) -> None:
    for name, member, value in decoded.header:
        if name == "time":
            moment = read_time(value, reference)
            _put(document, "@timestamp", iso(moment or reference))
        elif name == "wire_level":
            _put(document, "log.level", LEVEL_WORDS.get(value.lower(), value.lower()))
        else:
            _place(document, catalog, name, member, value)
    for name, member, value in decoded.values:
        _place(document, catalog, name, member, value)
    for key, value in decoded.extras.items():
        document["postern"].setdefault("params", {}).setdefault(key, value)
    _severity(document, decoded)


def _place(document: dict[str, Any], catalog: Catalog, name: str, member: str, value: Any) -> None:
    field = catalog.fields[name]
    role = field.role(member)
    if field.lower and isinstance(value, str):
        value = value.lower()
    if role is None:
        document["postern"].setdefault("params", {})[name] = value
        return
    if role == "event.duration":
        value *= NANOSECONDS
    known = ecs_schema.load().field(role)
    if known is not None and known.array and not isinstance(value, list):
        value = [value]
    _put(document, role, value)


def _severity(document: dict[str, Any], decoded: Decoded) -> None:
    assert decoded.product is not None
    priority = _get(document, "log.syslog.priority")
    if priority is not None:
        _put(document, "log.syslog.facility.code", priority >> 3)
    digit = _get(document, "log.syslog.severity.code")
    words = {code: word for word, code in decoded.product.levels.items()}
    if digit is not None:
        _put(document, "log.level", words[digit])
        _put(document, "event.severity", digit)
    if decoded.ident:
        _put(document, "event.code", decoded.ident)


def _message(document: dict[str, Any], decoded: Decoded, product: Product) -> None:
    message, wording = decoded.message, decoded.wording
    assert message is not None
    assert wording is not None
    _put(document, "postern.key", message.key)
    _put(document, "event.code", message.id)
    _put(document, "event.severity", product.levels[message.level])
    if _get(document, "log.level") is None:
        _put(document, "log.level", message.level)
    if has_direction(wording, product):
        _put(document, "postern.direction", "opener" if wording.opener else "unknown")
    event = wording.event.of(decoded.params)
    for key, value in event.ecs.items() if event else ():
        _put(document, f"event.{key}", list(value) if isinstance(value, list) else value)


def has_direction(wording: Wording, product: Product) -> bool:
    """Whether a wording may name both ends of a connection, so that who opened it matters."""
    names = set(wording.slot_names())
    names |= {slot.name for group in wording.context for slot in product.context[group].keys.values()}
    return any(name in names for name in ("src", "src_ip")) and any(name in names for name in ("dst", "dst_ip"))


def related_paths(catalog: Catalog) -> dict[str, list[str]]:
    """Paths whose values are gathered under `related.*`, by its key."""
    ecs = ecs_schema.load()
    roles = sorted({role for field in catalog.fields.values() for role in field.roles() if not role.startswith("postern.")})

    def kind(role: str) -> str | None:
        known = ecs.field(role)
        if known is not None and known.type == "ip":
            return "ip"
        if role.endswith("user.name"):
            return "user"
        return "hosts" if role in ("source.domain", "destination.domain") else None

    gathered: dict[str, list[str]] = {"hosts": [], "ip": [], "user": []}
    for role in roles:
        if (found := kind(role)) is not None:
            gathered[found].append(role)
    return gathered


def cim(decoded: Decoded, catalog: Catalog) -> dict[str, Any]:
    """The CIM fields of a line: roles of its slots, and model, tags and action of its event."""
    fields: dict[str, Any] = {"parse_status": decoded.status}
    if decoded.product is not None:
        fields["vendor_product"] = decoded.product.title
    if decoded.ident:
        fields["signature_id"] = decoded.ident
    for name, member, value in [*decoded.header, *decoded.values]:
        role = catalog.fields[name].cim
        if role is not None and not (member == "masked"):
            fields[role] = value.lower() if catalog.fields[name].lower and isinstance(value, str) else value
    if decoded.message is None or decoded.wording is None:
        return fields
    fields |= {"signature_id": decoded.message.id, "signature": decoded.message.title}
    event = decoded.wording.event.of(decoded.params)
    if event is not None and event.cim is not None:
        fields |= {"model": event.cim.model, "tag": list(event.cim.tags)}
        if event.cim.action:
            fields["action"] = event.cim.action
    return fields


def flat(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a document by dotted path."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *parents, leaf = path.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
    document[leaf] = value


def _get(document: dict[str, Any], path: str) -> Any:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None  # type: ignore[assignment]
    return document
