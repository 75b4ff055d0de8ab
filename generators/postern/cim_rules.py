"""The rules about CIM: what events say of it is in the data models, and no line fills one of its fields twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import cim_schema
from postern.kv import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.cim_schema import CimModel
    from postern.findings import Finding
    from postern.model import Catalog, Cim, Event, KvSlot, Place, Product, Wording


def static(catalog: Catalog) -> Iterator[Finding]:
    """All that can be said without reading a sample."""
    products = frozenset(product.name for product in catalog.products)
    for event in catalog.events.values():
        if event.cim is not None:
            yield from _event(event, event.cim, products)
    for product in catalog.products:
        if product.dispatch == "key":
            yield from _keys(catalog, product.place, keys_of(product, None, bracketed=True).slots.values())
        for _, wording in product.wordings():
            if wording.body is None:
                yield from _keys(catalog, wording.place, kv_slots(product, wording))


def _event(event: Event, cim: Cim, products: frozenset[str]) -> Iterator[Finding]:
    schema = cim_schema.load()
    model = schema.model(cim.model)
    if model is None:
        yield event.place.finding("P507", f"{cim.model} is not a data model", ", ".join(schema.models), "cim", "model")
        return
    known = ", ".join("+".join(sorted(tags)) for tags in model.tags())
    if not model.of(cim.tags):
        yield event.place.finding("P508", f"the tags are not those of {cim.model}", known, "cim", "tags")
        return
    for tag in sorted(model.foreign_tags(cim.tags)):
        yield event.place.finding("P508", f"{tag} is not a tag of {cim.model}", known, "cim", "tags")
    actions = model.values(cim.tags, "action")
    if cim.action is not None and actions and cim.action not in actions:
        problem = f"{cim.action} is not an action of {cim.model}"
        yield event.place.finding("P509", problem, ", ".join(sorted(actions)), "cim", "action")
    yield from _constants(event, cim, model, products)


def _constants(event: Event, cim: Cim, model: CimModel, products: frozenset[str]) -> Iterator[Finding]:
    fields = model.fields(cim.tags)
    for name, said in cim.fields.items():
        if name not in fields:
            problem = f"{name} is not a field of {model.name}"
            yield event.place.finding("P510", problem, ", ".join(sorted(fields)), "cim", "fields", name)
            continue
        for product in [] if isinstance(said, str) else sorted(said.keys() - products):
            problem = f"{product} is not a product"
            yield event.place.finding("P510", problem, ", ".join(sorted(products)), "cim", "fields", name)
        known = fields[name].values
        for value in [said] if isinstance(said, str) else said.values():
            if known and value not in known:
                problem = f"{value} is not a value of {name} in {model.name}"
                yield event.place.finding("P510", problem, ", ".join(sorted(known)), "cim", "fields", name)


def _keys(catalog: Catalog, place: Place, some: Iterable[KvSlot]) -> Iterator[Finding]:
    """Key-value lines hold their keys in any order, so that two slots of one CIM name may always meet."""
    slots: dict[str, set[str]] = {}
    for slot in some:
        for member, _ in slot.members:
            if (name := catalog.fields[slot.name].cim_role(member)) is not None:
                slots.setdefault(name, set()).add(slot.name)
    for name, found in slots.items():
        if len(found) > 1:
            yield place.finding("P406", f"{name} is written by {', '.join(sorted(found))}", "", "kv")


def kv_slots(product: Product, wording: Wording) -> Iterator[KvSlot]:
    """The slots that a key-value line of this wording may hold: the product's, its own, and those of its context."""
    yield from product.common.values()
    yield from (slot for slot in wording.kv.values() if slot)
    for group in wording.context:
        yield from product.context[group].keys.values()
