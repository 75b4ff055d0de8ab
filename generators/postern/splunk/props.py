"""props.conf: full settings on our own source types, and only additions on those of the vendors' add-ons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from postern import kv
from postern.kept import remembered
from postern.splunk import buckets, dispatcher, ingest, names, tables
from postern.splunk.keyed import ID, Keyed
from postern.splunk.printed import Printed, cleaned
from postern.splunk.transform import WORD_FIELD, splitters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Field, Product
    from postern.splunk.tables import Table
    from postern.splunk.transform import Transform

Stanza = tuple[str, tuple[tuple[str, str], ...]]
# Lines are never merged, nothing is guessed from `=`, and the time is that of arrival until a transform has read it.
OWN = (
    ("SHOULD_LINEMERGE", "false"),
    ("LINE_BREAKER", r"([\r\n]+)"),
    ("TRUNCATE", "10000"),
    ("CHARSET", "UTF-8"),
    ("KV_MODE", "none"),
    ("DATETIME_CONFIG", "CURRENT"),
)
LAST = "zzzz_postern"  # classes are worked through in ASCII order: others have had their turn before ours


@dataclass(frozen=True)
class Content:
    """What the app holds for one product."""

    catalog: Catalog
    product: Product

    @cached_property
    def transforms(self) -> list[Transform]:
        """Its search-time transforms, in the order of their REPORT."""
        of = (self.catalog.fields, self.product)
        return remembered((Content, self.product.name), of, self._all_transforms)

    def _all_transforms(self) -> list[Transform]:
        return [*self._transforms(), *splitters(self.catalog, self.product)]

    def _transforms(self) -> Iterator[Transform]:
        catalog, product = self.catalog, self.product
        if product.dispatch == "key":
            yield from Keyed(catalog, product).transforms()
        elif product.dispatch == "id":
            by_id = buckets.by_id(product, self.texts)
            yield from dispatcher.dispatchers(catalog, product, dispatcher.by_id(product, by_id))
            yield from dispatcher.parts(catalog, product, by_id)
            yield from (buckets.id_transform(catalog, bucket) for bucket in by_id)
        else:
            by_words, tree = buckets.by_words(product, self.texts)
            yield from dispatcher.dispatchers(catalog, product, dispatcher.by_words(product, by_words, tree))
            yield from (buckets.word_transform(catalog, product, bucket) for bucket in by_words)
            yield buckets.rest_transform(catalog, product)

    @cached_property
    def texts(self) -> list[buckets.Text]:
        """Its texts with their markers; a product that is dispatched by key has none."""
        return [] if self.product.dispatch == "key" else buckets.texts(self.catalog, self.product)

    @cached_property
    def constants(self) -> list[Table]:
        """Its lookups of constants."""
        return list(tables.constants(self.catalog, self.product, self.texts))

    @cached_property
    def written(self) -> set[str]:
        """All fields that its transforms write."""
        return {name for one in self.transforms for name, _ in one.pairs}

    def stanzas(self) -> Iterator[Stanza]:
        """Its source types: ours first, then the vendors'."""
        own, *foreign = self.product.sourcetypes
        read_time = ("TRANSFORMS-postern", f"{ingest.time_name(self.product)}, {ingest.READ_TIME}")
        yield own, (*OWN, read_time, *self._common(), *self._computed(), *self._aliases(own=True), *self._lookups())
        for sourcetype in foreign:
            yield sourcetype, (*self._common(), *self._aliases(own=False), *self._lookups(), *self._lowered())

    def _common(self) -> Iterator[tuple[str, str]]:
        yield f"REPORT-{LAST}", ", ".join(one.name for one in self.transforms)

    def _fields(self) -> Iterator[tuple[Field, str, str | None, str]]:
        """Fields of the catalog that are written: with the extracted name, the cast and the CIM name."""
        used = self.catalog.used_members
        for field in self.catalog.fields.values():
            for member, cast in used[field.name].items():
                role, name = field.cim_role(member), names.extracted(field, member)
                if role is not None and name in self.written:
                    yield field, name, cast if self._casts(field.name, member) else None, role

    def _casts(self, name: str, member: str) -> bool:
        """Whether a text of this product has such a value: another product may print the same slot in another way."""
        return self.product.dispatch == "key" or (name, member) in self._captured

    @cached_property
    def _captured(self) -> set[tuple[str, str]]:
        captures = [one for header in self.product.headers for one in header.captures()]
        captures += [one for _, wording in self.product.wordings() for one in wording.captures()]
        return {(one.name, one.member) for one in captures}

    def _computed(self) -> Iterator[tuple[str, str]]:
        """Calculated fields, on our own source types: what an extraction cannot do by itself."""
        made: dict[str, str] = {}
        if self.product.dispatch == "key":
            made |= self._computed_of_keys()
        for field, name, cast, role in self._fields():
            if self.product.dispatch != "key" and (expression := computed(field, name, cast)) is not None:
                made[role] = expression
        if ID in self.written:
            digits = self.product.key_digits
            padded = f'substr("{"0" * digits}".{ID}, -{digits})'
            made[tables.CODE] = f'if(match({ID}, "^[0-9]{{1,{digits}}}$"), {padded}, {ID})' if digits else ID
            made["signature_id"] = made[tables.CODE]
        yield from ((f"EVAL-{name}", expression) for name, expression in sorted(made.items()))

    def _computed_of_keys(self) -> Iterator[tuple[str, str]]:
        """What keys say: the text of a line as the matcher reads it, in its own field and under its CIM name."""
        slots = Keyed(self.catalog, self.product).slots()
        layouts = {header.body for header in self.product.headers}
        for name, some in slots.items():
            yield from Printed(self.catalog.fields[some[0].name], name, some, layouts).fields()
        used = {slot.name for some in slots.values() for slot in some}
        used |= {capture.name for header in self.product.headers for capture in header.captures()}
        for field, name, _, role in (one for one in self._fields() if one[0].name in used):
            yield role, Printed(field, name, slots.get(name, ()), layouts).role()
        if WORD_FIELD in self.written:  # a lookup needs a word on every line: one that no table has stands for none
            word = cleaned(WORD_FIELD) if kv.CEF in layouts else WORD_FIELD
            certain = dispatcher.framed(self.catalog, self.product)
            yield WORD_FIELD, f'case(mvcount({WORD_FIELD}) == 1, {word}, isnotnull({certain}), "-")'

    def _aliases(self, *, own: bool) -> Iterator[tuple[str, str]]:
        """CIM names of what is extracted, unless another add-on has given such a field already."""
        if self.product.dispatch == "key":
            return
        found = {role: name for field, name, cast, role in self._fields() if self._aliased(field, name, cast, own=own)}
        aliases = " ".join(f"{name} ASNEW {role}" for role, name in sorted(found.items()))
        yield f"FIELDALIAS-{LAST}", aliases

    @staticmethod
    def _aliased(field: Field, name: str, cast: str | None, *, own: bool) -> bool:
        """A value that has to be computed has no alias; one that only looks otherwise has where nothing computes."""
        return computed(field, name, cast) is None or (cast == "python_repr" and not own)

    def _lookups(self) -> Iterator[tuple[str, str]]:
        """Constants; each class sees what those before it wrote, and adds only what is not there yet."""
        steps = []
        printed = next((one for one in ("postern_severity_id", "postern_wire_level") if one in self.written), None)
        if printed:
            steps.append(f"postern_levels printed AS {printed} OUTPUTNEW level AS postern_event_level")
        given = tables.output_fields(self.catalog)
        outputs = " ".join(column if column == field else f"{column} AS {field}" for column, field in given)
        found_by = " ".join(f"{column} AS {field}" for column, field in tables.inputs(self.product))
        for table in self.constants:
            word = f" word AS {WORD_FIELD}" if table.wildcards else ""
            steps.append(f"{table.name} {found_by}{word} OUTPUTNEW {outputs}")
        if printed == "postern_severity_id":
            steps.append(f"postern_levels printed AS {printed} OUTPUTNEW code AS postern_event_severity")
        framed = tables.framed(self.product).name
        certain = dispatcher.framed(self.catalog, self.product)
        steps.append(f"{framed} text AS {certain} OUTPUTNEW parse_status vendor_product")
        unframed = dispatcher.unframed(self.product)
        steps.append(f"postern_unframed text AS {unframed} OUTPUTNEW parse_status")
        yield from ((f"LOOKUP-{LAST}_{number}", step) for number, step in enumerate(steps))

    def _lowered(self) -> Iterator[tuple[str, str]]:
        """Words in lower case where nothing may be computed: those that the catalog names, by a lookup."""
        found = {role: name for field, name, _, role in self._fields() if field.lower}
        for role, name in sorted(found.items()):
            yield f"LOOKUP-{LAST}_lower_{role}", f"postern_lower word AS {name} OUTPUTNEW word AS {role}"


def computed(field: Field, name: str, cast: str | None) -> str | None:
    """The expression that makes a value of the text as printed; None where the text is the value."""
    if field.lower:
        return f"lower({name})"
    if cast == "duration":
        numbers = f'split(trim(replace({name}, "[^0-9]+", " ")), " ")'
        days, hours, minutes, seconds = (f"tonumber(mvindex({numbers}, {at}))" for at in range(-4, 0))
        return f"if(mvcount({numbers}) > 3, {days} * 86400, 0) + {hours} * 3600 + {minutes} * 60 + {seconds}"
    if cast == "python_repr":
        return rf"""replace({name}, "\\\\(['\"\\\\])", "\\1")"""
    return None


def router(catalog: Catalog) -> Stanza:
    """The source type for mixed syslog, which hands each line to its device's."""
    transforms = ("TRANSFORMS-postern", ", ".join(ingest.routed(catalog)))
    return ingest.ROUTER, (*OWN, transforms)
