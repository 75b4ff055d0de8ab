"""Texts of bodies and headers, and keys of key-value bodies, against the fields and types of the catalog."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from postern import notation, regex
from postern.model import KvSlot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.findings import Finding
    from postern.model import Field, Place
    from postern.types import Types


@dataclass(frozen=True)
class Texts:
    """Compiles texts of bodies and headers, with findings where they do not fit the fields."""

    types: Types
    fields: Mapping[str, Field]
    findings: list[Finding]

    @cached_property
    def _defaults(self) -> dict[str, str]:
        return {name: known.type for name, known in self.fields.items()}

    def parse(self, text: str, place: Place) -> notation.Text | None:
        """The parts of a text; None and a finding where the notation is broken."""
        try:
            return notation.parse(text)
        except notation.NotationError as error:
            self.findings.append(place.finding("P301", str(error)))
            return None

    def node(self, text: notation.Text, place: Place, *, header: bool = False) -> regex.Node | None:
        """The regex tree of a text; None where a slot or a type is not known."""
        faults = list(self._slot_faults(text, place, header=header))
        self.findings.extend(faults)
        if any(fault.code in ("P302", "P303") for fault in faults):
            return None
        node = self.types.text(text, self._defaults)
        unknown = sorted({part.name for part in regex.captures(node)} - self.fields.keys())
        for name in unknown:
            self.findings.append(place.finding("P302", f"{name} (a part of a composite) is not in fields.yaml"))
        return None if unknown else node

    def _slot_faults(self, text: notation.Text, place: Place, *, header: bool) -> Iterator[Finding]:
        for slot in notation.slots(text):
            known = self.fields.get(slot.name)
            composite = isinstance(slot, notation.Slot) and self._is_composite(slot.type)
            if known is None and not composite:
                yield place.finding("P302", f"{slot.name} is not in fields.yaml", self._nearest(slot.name))
            elif known is not None and known.header != header:
                yield place.finding("P306", f"{slot.name} is {'a' if known.header else 'no'} slot of headers")
            if isinstance(slot, notation.Slot) and slot.type and slot.type not in self.types:
                yield place.finding("P303", f"{slot.type} is not a type", ", ".join(self.types.names()))

    def _is_composite(self, type_name: str | None) -> bool:
        return type_name is not None and type_name in self.types and self.types.file(type_name).text is not None

    def _nearest(self, name: str) -> str:
        return ", ".join(difflib.get_close_matches(name, self.fields, n=5, cutoff=0.4)) or "see catalog/fields.yaml"

    def kv(self, keys: Mapping[str, str], place: Place) -> dict[str, KvSlot]:
        """The slots of key-value keys; findings for unknown ones."""
        slots = {}
        for wire, said in keys.items():
            name, _, type_name = said.partition(":")
            known = self.fields.get(name)
            if known is None:
                self.findings.append(place.finding("P302", f"{name} is not in fields.yaml", self._nearest(name), wire))
                continue
            if type_name and type_name not in self.types:
                self.findings.append(
                    place.finding("P303", f"{type_name} is not a type", ", ".join(self.types.names()), wire)
                )
                continue
            if known.header:
                self.findings.append(place.finding("P306", f"{name} is a slot of headers", "", wire))
            slots[wire] = KvSlot(name, self.types.members(type_name or known.type))
        return slots

    def owned(self, keys: Mapping[str, str | None], place: Place) -> dict[str, KvSlot | None]:
        """The keys that a message owns; those that fill no field have no slot."""
        slots = self.kv({wire: said for wire, said in keys.items() if said is not None}, place)
        return {wire: slots.get(wire) for wire in keys}
