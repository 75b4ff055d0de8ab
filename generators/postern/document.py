"""The event of a decoded line, as ECS and as CIM: what every back end must store or extract."""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from postern import ecs_schema, privacy
from postern.casts import iso, read_time
from postern.model import DROP, HASH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postern.matcher import Decoded
    from postern.model import Catalog, Event, Product, Wording

NANOSECONDS = 1_000_000_000
# Words that devices print for a severity, beside the canonical ones.
LEVEL_WORDS = {"info": "informational", "trace": "debug", "warn": "warning", "err": "error", "crit": "critical"}
# CIM's five words for a message's severity.
CIM_SEVERITY = {
    "emergency": "critical",
    "alert": "critical",
    "critical": "critical",
    "error": "high",
    "warning": "medium",
    "notice": "low",
    "informational": "informational",
    "debug": "informational",
}


class _Home(NamedTuple):
    """Where the values of a slot and a member type go, and how."""

    role: str | None
    parents: list[str]
    leaf: str
    lower: bool
    array: bool
    related: bool
    cim: str | None
    how: str
    folds: bool


def ecs(decoded: Decoded, catalog: Catalog, reference: datetime) -> dict[str, Any]:
    """The ECS document of a line; for many lines, keep a `Documents`.

    Args:
        decoded: what the matcher made of it.
        catalog: where its fields and events are said.
        reference: when it was received (aware); gives the year to a time without one, the time to a line without any.

    Returns:
        A nested document; empty values are absent, objects in the order of their making.
    """
    return Documents(catalog).ecs(decoded, reference)


class Documents:
    """Makes the ECS documents of lines; what does not depend on the line is looked up once a catalog.

    They are those of the catalog's site: its time zones, and what it does not keep. Without the salt that it hashes
    values with, these are left out.
    """

    def __init__(self, catalog: Catalog, salt: str = "") -> None:
        self.catalog = catalog
        self._zones, self._privacy, self._salt = catalog.site.zones, catalog.site.privacy, salt
        self._version = ecs_schema.load().version
        self._related = [(kind, path) for kind, paths in related_paths(catalog).items() for path in paths]
        self._homes: dict[tuple[str, str], _Home] = {}
        self._directions: dict[tuple[str, int], str | None] = {}
        self._words = {
            product.name: {code: word for word, code in product.levels.items()} for product in catalog.products
        }

    def ecs(self, decoded: Decoded, reference: datetime) -> dict[str, Any]:
        """The ECS document of a line received at `reference`: see the function of this name."""
        document: dict[str, Any] = {
            "@timestamp": self._time(decoded, reference),
            "message": decoded.body,
            "ecs": {"version": self._version},
            "event": {"original": decoded.line, "kind": "event"},
            "postern": {"parse_status": decoded.status},
        }
        if self._privacy.raw == DROP:
            del document["message"], document["event"]["original"]
        if decoded.product is not None:
            written = _product(document, decoded.product)
            written |= self._values(document, decoded)
            self._severity(document, decoded, decoded.product)
            self._message(document, decoded, decoded.product)
            self._gather(document, written)
        return document

    def _time(self, decoded: Decoded, reference: datetime) -> str:
        """The device's own time, else a relay's, else that of receipt; each in the zone of the clock that wrote it."""
        said = {name: value for name, _, value in decoded.header}
        for stamp, writer in (("time", "device"), ("relay_time", "relay_host")):
            if stamp in said:
                zone = ZoneInfo(self._zones.of(said.get(writer))) if self._zones else UTC
                return iso(read_time(said[stamp], reference, zone) or reference)
        return iso(reference)

    def _values(self, document: dict[str, Any], decoded: Decoded) -> set[str]:
        written = set()
        for name, member, value in decoded.header:
            if name == "time":
                continue
            if name == "wire_level":
                _put(document, "log.level", LEVEL_WORDS.get(value.lower(), value.lower()))
            elif (role := self._place(document, name, member, value)) is not None:
                written.add(role)
        for name, member, value in decoded.values:
            if (role := self._place(document, name, member, value)) is not None:
                written.add(role)
        for key, value in decoded.extras.items() if self._privacy.kept else ():  # nobody knows what they say
            document["postern"].setdefault("params", {}).setdefault(key, value)
        return written

    def _home(self, name: str, member: str) -> _Home:
        field = self.catalog.fields[name]
        role = field.role(member)
        known = ecs_schema.load().field(role) if role else None
        related = any(role == path for _, path in self._related)
        parents, leaf = _split(role or field.param)
        array = known is not None and known.array
        how = self._privacy.of(field.privacy)
        if how == HASH and not self._salt:
            how = DROP
        home = _Home(
            role, parents, leaf, field.lower, array, related, field.cim_role(member), how, privacy.folds(field.privacy)
        )
        return self._homes.setdefault((name, member), home)

    def _place(self, document: dict[str, Any], name: str, member: str, value: Any) -> str | None:
        """Writes a value; gives the path where it counts as related."""
        home = self._homes.get((name, member)) or self._home(name, member)
        if home.how == DROP:
            return None
        if home.lower and isinstance(value, str):
            value = value.lower()
        if home.role == "event.duration":
            value *= NANOSECONDS
        if home.how == HASH:
            value = privacy.hashed(value, self._salt, folded=home.folds)
        for parent in home.parents:
            below = document.get(parent)
            if below is None:
                below = document[parent] = {}
            document = below
        document[home.leaf] = [value] if home.array and not isinstance(value, list) else value
        return home.role if home.related else None

    def _severity(self, document: dict[str, Any], decoded: Decoded, product: Product) -> None:
        syslog = _get(document, "log.syslog") or {}
        if "priority" in syslog:
            _put(document, "log.syslog.facility.code", syslog["priority"] >> 3)
        digit = _get(document, "log.syslog.severity.code")
        if digit is not None:
            _put(document, "log.level", self._words[product.name][digit])
            _put(document, "event.severity", digit)
        if decoded.ident:
            _put(document, "event.code", decoded.ident)

    def _message(self, document: dict[str, Any], decoded: Decoded, product: Product) -> None:
        message, wording = decoded.message, decoded.wording
        if message is None or wording is None:
            return
        _put(document, "postern.key", message.key)
        _put(document, "event.code", message.id)
        _put(document, "event.severity", product.levels[message.level])
        if _get(document, "log.level") is None:
            _put(document, "log.level", message.level)
        if (direction := self._direction(wording, product)) is not None:
            _put(document, "postern.direction", direction)
        event = event_of(decoded)
        for key, value in event.ecs.items() if event else ():
            document["event"][key] = list(value) if isinstance(value, list) else value

    def _direction(self, wording: Wording, product: Product) -> str | None:
        at = wording.key, wording.number
        if at not in self._directions:
            named = "opener" if wording.opener else "unknown"
            self._directions[at] = named if has_direction(wording, product) else None
        return self._directions[at]

    def cim(self, decoded: Decoded) -> dict[str, Any]:
        """The CIM fields of a line: roles of its slots, severity, and what its event says in CIM."""
        fields: dict[str, Any] = {"parse_status": decoded.status}
        if decoded.product is not None:
            fields["vendor_product"] = decoded.product.title
        if decoded.ident:
            fields["signature_id"] = decoded.ident
        for values in (decoded.header, decoded.values):
            for name, member, value in values:
                home = self._homes.get((name, member)) or self._home(name, member)
                if home.cim is not None:
                    fields[home.cim] = value.lower() if home.lower and isinstance(value, str) else value
        if decoded.message is None:
            return fields
        fields["signature_id"] = decoded.message.id
        fields.setdefault("signature", decoded.message.title)
        fields["severity"] = CIM_SEVERITY[decoded.message.level]
        event = event_of(decoded)
        if event is not None and event.cim is not None:
            fields |= {"model": event.cim.model, "tag": list(event.cim.tags)}
            if event.cim.action:
                fields["action"] = event.cim.action
            for name, value in event.cim.constants(decoded.message.product).items():
                fields.setdefault(name, value)
        return fields

    def _gather(self, document: dict[str, Any], written: set[str]) -> None:
        """Puts the values of related paths under `related`, by kind."""
        found: dict[str, set[str]] = {}
        for kind, path in self._related if written else ():
            if path in written and isinstance(value := _get(document, path), str):
                found.setdefault(kind, set()).add(value)
        for kind, values in found.items():
            _put(document, f"related.{kind}", sorted(values))


def event_of(decoded: Decoded) -> Event | None:
    """The event of a parsed line; None of another."""
    if decoded.wording is None:
        return None
    rule = decoded.wording.event
    return rule.default if rule.slot is None else rule.of(decoded.params)


def _product(document: dict[str, Any], product: Product) -> set[str]:
    document["observer"] = {"vendor": product.vendor}
    for key, value in product.observer.items():
        _put(document, f"observer.{key}", value)
    document["event"]["module"] = "postern"
    document["event"]["dataset"] = product.dataset
    return {f"observer.{key}" for key in product.observer}


def has_direction(wording: Wording, product: Product) -> bool:
    """Whether a wording may name both ends of a connection, so that who opened it matters."""
    names = set(wording.slot_names())
    names |= {slot.name for group in wording.context for slot in product.context[group].keys.values()}
    return any(name in names for name in ("src", "src_ip")) and any(name in names for name in ("dst", "dst_ip"))


def related_paths(catalog: Catalog) -> dict[str, list[str]]:
    """Paths whose values are gathered under `related.*`, by its key."""
    return catalog.related


def cim(decoded: Decoded, catalog: Catalog) -> dict[str, Any]:
    """The CIM fields of a line; for many lines, keep a `Documents`."""
    return Documents(catalog).cim(decoded)


def flat(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a document by dotted path."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


@lru_cache(maxsize=4096)
def _split(path: str) -> tuple[list[str], str]:
    *parents, leaf = path.split(".")
    return parents, leaf


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    parents, leaf = _split(path)
    for parent in parents:
        document = document.setdefault(parent, {})
    document[leaf] = value


def _get(document: dict[str, Any], path: str) -> Any:
    parents, leaf = _split(path)
    for key in parents:
        document = document.get(key, {})
    return document.get(leaf)
