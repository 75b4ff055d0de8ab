"""The app in the emulator, and what parity means: what Elasticsearch stores equals what Splunk extracts."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from postern import kv
from postern.casts import CASTS
from postern.document import NANOSECONDS
from postern.splunk import attributes, names
from splunk_emulator import App, Emulator
from support.corpus import RECEIVED
from support.real import ROOT, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Field, Product
    from splunk_emulator import Event

APP = ROOT / "out" / "splunk" / "postern"
_NUMBER = re.compile(r"-?[0-9]{1,18}")
RAW_TEXT = frozenset({"_raw", "_time"})


@cache
def emulator() -> Emulator:
    """The app, received at the time of all test lines."""
    return Emulator([App(APP)], RECEIVED)


def own(product: Product) -> str:
    """The source type of ours."""
    return product.sourcetypes[0]


def foreign(product: Product) -> str | None:
    """The source type of the vendor's add-on; None where there is none."""
    return product.sourcetypes[1] if len(product.sourcetypes) > 1 else None


def indexed(line: str, sourcetype: str, using: Emulator | None = None) -> list[Event]:
    """The events that a line becomes, with their fields."""
    reader = using or emulator()
    return [reader.search(event) for event in reader.index(line.encode(), sourcetype)]


class Parity:
    """Compares documents with events, attribute by attribute."""

    def __init__(self, of: Catalog) -> None:
        self.catalog = of
        self._slots: dict[str, list[tuple[Field, str, str, str | None]]] = {}
        self._members = of.used_members
        self._wordings = {wording.key: wording for product in of.products for _, wording in product.wordings()}
        for field in of.fields.values():
            for member, cast in self._members[field.name].items():
                name, path = names.extracted(field, member), attributes.path_of(field, member)
                self._slots.setdefault(path, []).append((field, member, name, cast))
        self._constants = {name for event in of.events.values() if event.cim for name in event.cim.fields}

    def problems(self, document: dict[str, Any], event: Event, *, ours: bool) -> list[str]:
        """What differs between a flat document and an event; `ours`: on our own source type."""
        fields = {"_raw": event.raw, "_time": event.time, **event.extracted}
        seen: set[str] = set()
        read = {path: value for path, value in document.items() if path not in self._unread(document)}
        found = [one for path, value in read.items() for one in self._path(path, value, fields, seen, ours=ours)]
        return found + [one for name in fields.keys() - seen for one in self._extra(name, document, fields)]

    def _unread(self, document: dict[str, Any]) -> set[str]:
        """Paths of wire keys that fill no slot of this message, though a slot of others bears their name."""
        kept = {path: value for path, value in document.items() if path.startswith("postern.params.")}
        product = next((one for one in self.catalog.products if document.get("event.dataset") == one.dataset), None)
        if not kept or product is None or product.dispatch != "key":
            return set()
        wording = self._wordings.get(document.get("postern.key", ""))
        counting = {
            slot.name
            for bracketed in (False, True)
            for slot in kv.keys_of(product, wording, bracketed=bracketed).slots.values()
        }
        return {
            path
            for path, value in kept.items()
            if isinstance(value, list) or path.removeprefix("postern.params.") not in counting
        }

    def _path(self, path: str, value: Any, fields: dict[str, Any], seen: set[str], *, ours: bool) -> Iterator[str]:
        if path in attributes.DERIVED:
            name = attributes.DERIVED[path]
            seen.add(name)
            slots = self._slots.get(path, [])
            seen.update(one for field, _, one, cast in slots if same(value, fields.get(one), cast, field))
            yield from self._derived(path, name, value, fields, ours=ours)
            return
        slots = self._slots.get(path, [])
        if not slots:
            if not self._only_elastic(path):
                yield f"{path}: {value!r} is only in Elasticsearch, and nothing says why"
            return
        equal = [(name, field, cast) for field, _, name, cast in slots if same(value, fields.get(name), cast, field)]
        if not equal:
            if path in attributes.ELASTIC_ONLY:
                return
            given = {name: fields.get(name) for _, _, name, _ in slots}
            yield f"{path}: {value!r} in Elasticsearch, {given} in Splunk"
        for name, field, cast in equal:
            seen.add(name)
            seen.add(f"{name}_list")
            role = name.removeprefix(names.PREFIX)
            if self._has_role(field, name) and role not in seen:
                seen.add(role)
                wanted = _wanted(name, field, cast, value, fields, ours=ours)
                if not (fields.get(role) is None if wanted is None else _equal(wanted, fields.get(role))):
                    yield f"{role} = {fields.get(role)!r} in Splunk, {wanted!r} wanted"

    def _derived(self, path: str, name: str, value: Any, fields: dict[str, Any], *, ours: bool) -> Iterator[str]:
        if path == "@timestamp":
            if ours and abs(datetime.fromisoformat(value).timestamp() - float(fields["_time"])) >= 0.001:
                yield f"{path}: {value} in Elasticsearch, {fields['_time']} in Splunk"
            return
        if path == "event.kind" and name not in fields and fields.get("parse_status") != "parsed":
            return
        if path == "event.original":
            value = value.rstrip("\r\n")  # the end of a line is no part of an event
        wanted = " ".join(value) if path in attributes.JOINED else str(value)
        if fields.get(name) != wanted:
            yield f"{path}: {wanted!r} in Elasticsearch, {name} = {fields.get(name)!r} in Splunk"

    def _has_role(self, field: Field, name: str) -> bool:
        return any(
            field.cim_role(member) is not None and names.extracted(field, member) == name
            for member in self._members[field.name]
        )

    def _extra(self, name: str, document: dict[str, Any], fields: dict[str, Any]) -> Iterator[str]:
        """A field that no attribute of the document accounts for."""
        if name in attributes.SPLUNK_ONLY or name in self._constants or attributes.between(self.catalog, name):
            return
        kept = [one for path, value in document.items() if path.startswith("postern.params.") for one in _listed(value)]
        if name.startswith(names.PREFIX) and set(_listed(fields[name])) <= set(kept):
            return  # what a key does not allow, and both values of one that occurs twice: kept, and mapped to no field
        yield f"{name}: {fields[name]!r} is only in Splunk, and nothing says why"

    @staticmethod
    def _only_elastic(path: str) -> bool:
        family = path.partition(".")[0] + ".*"
        return (
            path in attributes.ELASTIC_ONLY or family in attributes.ELASTIC_ONLY or path.startswith("postern.params.")
        )


def _wanted(  # noqa: PLR0913 -- all of one comparison
    name: str, field: Field, cast: str | None, value: Any, fields: dict[str, Any], *, ours: bool
) -> Any:
    """What stands under the CIM name: computed on our own source type; None where it would have another form."""
    if cast == "duration":
        return value // NANOSECONDS if ours else None
    if field.lower or (cast == "python_repr" and ours):
        return value
    return fields[name]


def same(stored: Any, extracted: Any, cast: str | None, field: Field) -> bool:
    """Whether a stored value is what an extracted text says, after its cast."""
    if extracted is None:
        return False
    if cast == "duration" and str(extracted).isdigit():
        return bool(int(extracted) * NANOSECONDS == stored)  # a key may hold seconds
    if cast in CASTS and cast not in ("int", "list", "text_list"):
        made = CASTS[cast](str(extracted))
        return bool((made * NANOSECONDS if field.ecs == "event.duration" else made) == stored)
    text = extracted.lower() if field.lower and isinstance(extracted, str) else extracted
    return _equal(stored, text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _equal(stored: Any, text: Any) -> bool:
    """Numbers as decimal text, addresses in the form of RFC 5952, a list of one as its item."""
    if isinstance(stored, list) or isinstance(text, list):
        one, other = _listed(stored), _listed(text)
        return len(one) == len(other) and all(_equal(left, right) for left, right in zip(one, other, strict=True))
    return text is not None and _plain(stored) == _plain(text)


def _plain(value: Any) -> str:
    text = str(value)
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        return str(int(text)) if _NUMBER.fullmatch(text) else text


def parity() -> Parity:
    """The comparison for the real catalog."""
    return Parity(catalog())
