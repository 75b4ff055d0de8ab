"""Key-value bodies: which messages own the same keys, and transforms that read one token after the other.

A message owns some keys, and some groups of context keys; messages that own the same share transforms. Every token
fills a field of ours and values add up (MV_ADD): a key that occurs twice keeps both, and maps to no field (props.py).
The native layout is read as it stands. The export of the management server is first taken apart into its brackets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postern import kv, regex
from postern.splunk import names
from postern.splunk.dispatcher import unframed
from postern.splunk.transform import ANY, BLANK, WORD, WORD_FIELD, Groups, Transform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.model import Catalog, KvSlot, Message, Product

ID = "postern_id"  # the id as printed
KEY = "[A-Za-z0-9_.]"
# Up to the first quote that a blank, a bracket or the end follows. Loops over groups are possessive here: each turn of
# another one would count against Splunk's DEPTH_LIMIT, and a line of a thousand quotes would go unread.
_QUOTED = r'"[^"]*(?:"+[^" \t\r\n\[\]][^"]*)*+"*"'
_FLAT = r"[^\[\]]*"
# In the export a value runs to a bracket, or to a blank before a key: what else follows a blank belongs to it.
_FURTHER = rf"{BLANK}+(?!{KEY}+=)[^ \t\r\n\[\]]+"
GOES_ON, ENDS = f"(?:{_FURTHER})*+", f"(?!{_FURTHER})"
_BARE = rf'[^ \t\r\n\[\]"][^ \t\r\n\[\]]*{GOES_ON}'
_BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*\])*+\]"
_END = rf"(?:{BLANK}+|[\[\]]{WORD}*|\z)"
_NAME_END = r"(?=[ \t\r\n\[\]])"
_AFTER = "_after"  # the text behind the brackets in a bracket, or behind all brackets


@dataclass(frozen=True)
class Owners:
    """Messages that own the same keys.

    Attributes:
        number: counts the owners of a product.
        ids: of the messages, as the catalog has them.
        keys: slots of the keys that they own.
        contexts: names of their groups of context keys.
        by: the slot that decides their event; None where none does.
    """

    number: int
    ids: tuple[str, ...]
    keys: Mapping[str, KvSlot]
    contexts: tuple[str, ...]
    by: str | None


@dataclass
class Keyed:
    """The transforms of a product that is dispatched by key."""

    catalog: Catalog
    product: Product
    owners: list[Owners] = field(init=False)

    def __post_init__(self) -> None:
        alike: dict[tuple[object, ...], list[Message]] = {}
        for message in self.product.messages:
            wording = message.wordings[0]
            signature = tuple(sorted(wording.kv.items())), wording.context, wording.event.slot
            alike.setdefault(signature, []).append(message)
        firsts = [(some[0].wordings[0], tuple(one.id for one in some)) for some in alike.values()]
        self.owners = [
            Owners(number, ids, wording.kv, wording.context, wording.event.slot)
            for number, (wording, ids) in enumerate(firsts)
        ]

    # -- fields between the transforms

    def _native(self, part: object) -> str:
        return f"postern_{self.product.name}_{part}"

    def _export(self, owners: Owners | None) -> str:
        return self._native("export" if owners is None else f"export_{owners.number}")

    def _segment(self, part: object, group: str) -> str:
        return self._native(f"{part}_in_{group or 'top'}")

    # -- the dispatcher

    def transforms(self) -> Iterator[Transform]:
        """All transforms, in the order of their REPORT."""
        yield self.dispatcher()
        exports = any(header.bracketed for header in self.product.headers)
        for owners in [*self.owners, None] if exports else []:
            yield self.segmenter(owners)
        parts: list[tuple[object, Mapping[str, KvSlot], tuple[str, ...], str | None]] = []
        if self.product.common:
            parts.append(("common", self.product.common, ("", kv.MESSAGE), None))
        parts += [(one.number, one.keys, ("", kv.MESSAGE), one.by) for one in self.owners if one.keys]
        used = {name for one in self.owners for name in one.contexts}
        parts += [
            (name, group.keys, group.groups, None) for name, group in self.product.context.items() if name in used
        ]
        for part, keys, groups, by in parts:
            yield self.tokens(self._native(part), keys, by)
            for source in self._segments(part, groups) if exports else []:
                yield self.tokens(source, keys, by, export=True)

    def dispatcher(self) -> Transform:
        """Header, id, and the body for the transforms of the message's keys."""
        groups = Groups(self.catalog)
        forms = []
        for bracketed in (False, True):
            own = [header for header in self.product.headers if header.bracketed == bracketed]
            if own:
                heads = "|".join(groups.spell(header.node, self._header_fields) for header in own)
                ident, marks = self._marked_id(groups, export=bracketed)
                forms.append(f"(?:{heads})(?:{ident})?(?:{self._hand(groups, marks, export=bracketed)}|)")
        spelled = rf"\A(?:{'|'.join(forms)}|{groups.group(f'{ANY}+', unframed(self.product))})"
        return groups.made(f"postern_{self.product.name}_dispatch", spelled, needed=True)

    def _header_fields(self, capture: regex.Capture) -> tuple[str, ...]:
        return () if capture.name == "time" else (names.extracted(self.catalog.fields[capture.name], capture.member),)

    def _walk(self, *, export: bool) -> str:
        """Up to the value of the key that holds the id: the first of its name, outside all quotes and brackets."""
        word = rf"{_BRACKETS}|[^ \t\r\n\[\]]+" if export else f"{WORD}+"
        skipped = f"(?!{self.product.key}=)(?:{KEY}+={_QUOTED}|{word})"
        return f"(?:{BLANK}*{skipped})*+{BLANK}*{self.product.key}="

    def _marked_id(self, groups: Groups, *, export: bool) -> tuple[str, dict[int, int]]:
        """A look-ahead that reads the id, and by owners the number of the group that takes part if the id is theirs."""
        zeros = f"0{{0,{self.product.key_digits}}}" if self.product.key_digits else ""
        groups.open(ID)
        marks: dict[int, int] = {}
        branches = []
        for owners in self.owners:
            marks[owners.number] = groups.open()
            printed = (one.lstrip("0") or "0" if zeros else one for one in owners.ids)
            branches.append(f"({'|'.join(regex.spell(regex.Lit(one)) for one in printed)})")
        known = "|".join([*branches, f"{KEY}+"])
        ident = f'"?({zeros}(?:{known}))"?' + (f"{ENDS}(?:{BLANK}|[\\[\\]]|\\z)" if export else _END)
        if export:
            ident = f"(?:{ident}|{groups.group(_BARE, ID)})"
        return f"(?={self._walk(export=export)}{ident})", marks

    def _hand(self, groups: Groups, marks: Mapping[int, int], *, export: bool) -> str:
        """Hands the body to the transforms of its owners: a look-ahead has told whose it is."""
        branches = []
        for owners in [*self.owners, None]:
            if export:
                fields = [self._export(owners)]
            else:
                own = [] if owners is None else [*([owners.number] if owners.keys else []), *owners.contexts]
                fields = [self._native(part) for part in ["common", *own]]
            handed = groups.group(f"{ANY}+", *fields)
            branches.append(handed if owners is None else f"(?({marks[owners.number]}){handed}|")
        return "".join(branches) + ")" * len(self.owners)

    # -- the export

    def segmenter(self, owners: Owners | None) -> Transform:
        """The text of each bracket in which a key may count, and what stands before and after all brackets."""
        groups = Groups(self.catalog)
        parts: list[tuple[object, tuple[str, ...]]] = [("common", ("", kv.MESSAGE))]
        if owners is not None:
            parts += [(owners.number, ("", kv.MESSAGE))] if owners.keys else []
            parts += [(name, self.product.context[name].groups) for name in owners.contexts]
        wanted: dict[str, list[str]] = {}
        for part, in_groups in parts:
            for group in in_groups:
                wanted.setdefault(group, []).append(self._segment(part, group))
        top = wanted.pop("", [])
        first = groups.group(_FLAT, *top)
        other = rf"\[(?!(?:{'|'.join(wanted)}){_NAME_END}){_FLAT}\]"  # a bracket in a bracket, in which no key counts
        last = groups.group(_FLAT, *(f"{one}{_AFTER}" for one in top))
        inside = [self._bracket(groups, name, fields, other) for name, fields in wanted.items()]
        spelled = rf"\A{first}(?:\]{last}\z|{'|'.join(inside)}|\[+(?=\[)|\]+(?=\])|[\[\]]{_FLAT})*+"
        return groups.made(self._export(owners), spelled, self._export(owners), needed=True)

    @staticmethod
    def _bracket(groups: Groups, name: str, fields: list[str], other: str) -> str:
        """A bracket and what stands in it, around brackets of others; `[message=` is a name and a key at once."""
        if name == kv.MESSAGE:
            return rf"\[{groups.group(f'{name}={_FLAT}', *fields)}"
        after = groups.group(_FLAT, *(f"{one}{_AFTER}" for one in fields))
        return rf"\[{name}{_NAME_END}{groups.group(_FLAT, *fields)}(?:{other}{after})*+"

    def _segments(self, part: object, groups: tuple[str, ...]) -> Iterator[str]:
        for group in groups:
            yield self._segment(part, group)
            if group != kv.MESSAGE:
                yield f"{self._segment(part, group)}{_AFTER}"

    # -- tokens

    def tokens(self, source: str, keys: Mapping[str, KvSlot], by: str | None, *, export: bool = False) -> Transform:
        """Reads the tokens of a text; those of other keys are passed over, quoted ones as a whole."""
        groups = Groups(self.catalog)
        bare = _BARE if export else rf'[^ \t\r\n"]{WORD}*'
        owned = [
            alternative
            for key, slot in keys.items()
            for alternative in self._owned(groups, key, slot, bare, by)
        ]  # fmt: skip
        unread = [f"{KEY}+={_QUOTED}", f'{KEY}+="{ANY}*', f"{WORD}+"]
        spelled = rf"{BLANK}*(?:{'|'.join([*owned, *unread])}){_END}"
        return groups.made(source, spelled, source, many=True)

    def _owned(self, groups: Groups, key: str, slot: KvSlot, bare: str, by: str | None) -> Iterator[str]:
        spelled_key = regex.spell(regex.Lit(key))
        for member, cast in slot.members:
            fields = [names.extracted(self.catalog.fields[slot.name], member)]
            fields += [WORD_FIELD] if slot.name == by else []
            if cast == "ip" and len(slot.members) > 1 and self._same(slot):
                continue  # the member after it takes every text, and fills the same field
            quoted = rf'"{groups.group(_QUOTED[1:-1], *fields)}"'
            yield f'{spelled_key}=(?:{quoted}|"{groups.group(f"{ANY}*", *fields)}|{groups.group(bare, *fields)})'

    def _same(self, slot: KvSlot) -> bool:
        return len({names.extracted(self.catalog.fields[slot.name], member) for member, _ in slot.members}) == 1
