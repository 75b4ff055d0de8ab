"""Key-value products: the dispatcher reads header and id, and hands the body to the walker of the message's bucket.

Messages that may carry the same context keys stand in one bucket. A line whose message is not known has a walker too,
for the keys that mean one thing wherever they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from postern import kv
from postern.splunk import names
from postern.splunk.dispatcher import framed, head, unframed
from postern.splunk.transform import ANY, BLANK, WORD, Groups
from postern.splunk.walker import EXPORT_WORD, FURTHER, KEY, QUOTED, Walker, id_trie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postern import regex
    from postern.model import Catalog, KvSlot, Message, Product
    from postern.splunk.transform import Transform

ID = "postern_id"  # the id as printed
MAX_OWN = 40  # different keys that the messages of a bucket own
_BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*\])*+\]"


@dataclass(frozen=True)
class Bucket:
    """Messages whose lines one walker reads; none where the message of a line is not known."""

    name: str
    messages: tuple[Message, ...]


@dataclass
class Keyed:
    """The transforms of a product that is dispatched by key."""

    catalog: Catalog
    product: Product

    @cached_property
    def buckets(self) -> list[Bucket]:
        """All buckets, named after their first message; the last is for unknown messages, if any key counts there."""
        pools: list[list[Message]] = []
        for some in self._alike():
            own: set[tuple[str, KvSlot]] = set()
            for message in some:
                more = {(key, slot) for key, slot in message.wordings[0].kv.items() if slot}
                if message is some[0] or len(own | more) > MAX_OWN:
                    pools.append([])
                    own = set()
                pools[-1].append(message)
                own |= more
        known = [Bucket(pool[0].id, tuple(pool)) for pool in sorted(pools, key=_first)]
        return [*known, Bucket("rest", ())] if self.product.common or self.product.context else known

    def _alike(self) -> list[list[Message]]:
        """The messages by the context keys that they may carry."""
        alike: dict[frozenset[str], list[Message]] = {}
        for message in sorted(self.product.messages, key=lambda message: message.id):
            alike.setdefault(frozenset(message.wordings[0].context), []).append(message)
        return list(alike.values())

    def slots(self) -> dict[str, list[KvSlot]]:
        """By extracted field the slots whose values a key may give it."""
        slots = [*self.product.common.values()]
        slots += [slot for group in self.product.context.values() for slot in group.keys.values()]
        slots += [slot for _, wording in self.product.wordings() for slot in wording.kv.values() if slot]
        found: dict[str, list[KvSlot]] = {}
        for slot in slots:
            for name in dict.fromkeys(self._names(slot)):
                found.setdefault(name, []).append(slot)
        return found

    def _names(self, slot: KvSlot) -> Iterator[str]:
        return (names.extracted(self.catalog.fields[slot.name], member) for member, _ in slot.members)

    def transforms(self) -> Iterator[Transform]:
        """All transforms, in the order of their REPORT."""
        yield self.dispatcher()
        for layout in self._layouts:
            for bucket in self.buckets:
                name, walk = self._field(bucket, layout), self._walk(layout) if self.product.key else ""
                yield Walker(self.catalog, self.product, name, bucket.messages, layout, walk).transform()

    @cached_property
    def _layouts(self) -> list[str]:
        """The layouts in which a header leaves its body."""
        return [one for one in kv.LAYOUTS if any(header.body == one for header in self.product.headers)]

    def _field(self, bucket: Bucket, layout: str) -> str:
        return f"postern_{self.product.name}_{'export_' if layout == kv.BRACKETED else ''}{bucket.name}"

    # -- the dispatcher

    def dispatcher(self) -> Transform:
        """Header, id, and the body for the walker of the message."""
        groups = Groups(self.catalog)
        forms = []
        whole = [head(self.product)] if framed(self.catalog, self.product) == head(self.product) else []
        for layout in self._layouts:
            own = [header for header in self.product.headers if header.body == layout]
            opening = "(" if whole and groups.open(*whole) else "(?:"
            heads = "|".join(groups.spell(header.node, self._header_fields) for header in own)
            ident, marks = self._marked_id(groups, layout) if self.product.key else ("", [])
            seen = f"(?:{ident})?" if ident else ""
            forms.append(f"{opening}{heads}){seen}(?:{self._hand(groups, marks, layout)}|)")
        spelled = rf"\A(?:{'|'.join(forms)}|{groups.group(f'{ANY}+', unframed(self.product))})"
        return groups.made(f"postern_{self.product.name}_dispatch", spelled, needed=True)

    def _header_fields(self, capture: regex.Capture) -> tuple[str, ...]:
        return () if capture.name == "time" else (names.extracted(self.catalog.fields[capture.name], capture.member),)

    def _walk(self, layout: str) -> str:
        """Up to the value of the key that holds the id: the first of its name, outside all quotes and brackets."""
        word = f"{_BRACKETS}|{EXPORT_WORD}++" if layout == kv.BRACKETED else f"{WORD}++"
        skipped = f"(?!{self.product.key}=)(?:{KEY}++={QUOTED}|{word})"
        return f"(?:{BLANK}*+{skipped})*+{BLANK}*+{self.product.key}="

    def _marked_id(self, groups: Groups, layout: str) -> tuple[str, list[int]]:
        """A look-ahead that reads the id, and for each bucket the group that takes part if the id is one of its own."""
        quote = groups.open()
        groups.open(ID)
        marks = []
        branches = []
        for bucket in self.buckets:
            if bucket.messages:
                marks.append(groups.open())
                branches.append(f"({id_trie([one.id for one in bucket.messages], self.product.key_digits)})")
        known = "|".join(f"{branch}(?!{KEY})" for branch in branches)
        further, ends = (
            (f"(?!{FURTHER})", rf"(?:{BLANK}|[\[\]]|\z)") if layout == kv.BRACKETED else ("", rf"(?:{BLANK}|\z)")
        )
        quoted = rf'"(?:{BLANK}|[\[\]]|\z)|\z'
        ident = f'(")?+({known}|{KEY}+)(?({quote})(?:{quoted})|{further}{ends})'
        return f"(?={self._walk(layout)}{ident})", marks

    def _hand(self, groups: Groups, marks: Sequence[int], layout: str) -> str:
        """Hands the body to the walker of the message: a look-ahead has told whose it is."""
        handed = [groups.group(f"{ANY}+", self._field(bucket, layout)) for bucket in self.buckets]
        branches = [f"(?({mark}){known}|" for mark, known in zip(marks, handed, strict=False)]
        return "".join([*branches, *handed[len(marks) :], ")" * len(branches)])


def _first(pool: Sequence[Message]) -> str:
    return pool[0].id
