"""A regex that walks once over the keys of a key-value body, and takes the values of those that count.

Each key that counts has two groups: one for its value, one for that of a second occurrence, so that the field then has
two values and props.py maps it to none. Where messages of a bucket own different keys, the id says which of them count.
All loops are possessive: each turn of another one would count against Splunk's DEPTH_LIMIT.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, NamedTuple

from postern import kv, regex
from postern.artifact import EmitError
from postern.splunk import names
from postern.splunk.transform import ANY, BLANK, WORD, WORD_FIELD, Groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from postern.model import Catalog, KvSlot, Message, Product
    from postern.splunk.transform import Transform

KEY = "[A-Za-z0-9_.]"
FLAT = r"[^\[\]]*+"
# Up to the quote that closes a value: the first one that a blank, a bracket or the end follows.
INNER = r'[^"]*+(?:"++[^" \t\r\n\[\]][^"]*+)*+"*(?=")'
QUOTED = f'"{INNER}"'
FILLED = r'(?!""(?:[ \t\r\n\[\]]|\z))'  # an empty value decides nothing
# In the export a value runs to a bracket, or to a blank before a key: what else follows a blank belongs to it.
FURTHER = rf"{BLANK}++(?!{KEY}++=)[^ \t\r\n\[\]]++"
EXPORT_WORD = r"[^ \t\r\n\[\]]"
NATIVE_BARE = rf'[^ \t\r\n"]{WORD}*+'
EXPORT_BARE = rf'[^ \t\r\n\[\]"]{EXPORT_WORD}*+(?:{FURTHER})*+'


class Count(NamedTuple):
    """A key that counts: in which bracket, for which slot, and whether its value decides what happened."""

    group: str
    key: str
    slot: KvSlot
    decides: bool


@dataclass
class Walker:
    """The regex for the messages of one bucket, or for lines whose message is not known, in one layout.

    Attributes:
        catalog, product: where fields and keys are said.
        name: of the transform, and of the field that it reads.
        messages: of the bucket; empty where the message is not known.
        export: whether keys stand in brackets.
        walk: the regex that leads to the value of the id.
    """

    catalog: Catalog
    product: Product
    name: str
    messages: Sequence[Message]
    export: bool
    walk: str

    def transform(self) -> Transform:
        """The transform; the order in which groups open is that of `loops`."""
        groups = self.groups = Groups(self.catalog)
        groups.open()
        bare = EXPORT_BARE if self.export else NATIVE_BARE
        value = rf'(?(DEFINE)((?<=")(?:{INNER}|{ANY}*+)|(?<!"){bare}))'
        self.marks = {one: groups.open() for one in dict.fromkeys(self.signatures.values()) if one}
        ids = self._ids()
        self.numbers = {
            count: groups.count + 2 * at + 2 for at, count in enumerate(one for _, some in self.loops for one in some)
        }
        loops = [(of, self._loop(counts)) for of, counts in self.loops]
        body = self._bracketed(loops) if self.export else f"(?:{loops[-1][1]})*+"
        return groups.made(self.name, rf"\A{value}{ids}{BLANK}*+{body}", self.name, many=True)

    # -- which keys count for which message

    @cached_property
    def counts(self) -> dict[Count, frozenset[str]]:
        """The keys that count, each with the ids of the messages for which it does."""
        found: dict[Count, set[str]] = {}
        some: list[Message | None] = [*self.messages] or [None]
        for message in some:
            wording = message.wordings[0] if message else None
            by = wording.event.slot if wording else None
            for (group, key), slot in kv.keys_of(self.product, wording, bracketed=self.export).slots.items():
                count = Count(group, key, slot, slot.name == by)
                found.setdefault(count, set()).add(message.id if message else "")
        return {count: frozenset(ids) for count, ids in found.items()}

    @cached_property
    def signatures(self) -> dict[str, frozenset[Count]]:
        """By id the keys that count for it and not for all messages of the bucket."""
        some = {count: ids for count, ids in self.counts.items() if len(ids) < len(self.messages)}
        return {one.id: frozenset(count for count, ids in some.items() if one.id in ids) for one in self.messages}

    @cached_property
    def loops(self) -> list[tuple[tuple[str, ...], list[Count]]]:
        """Brackets and the keys that count in them, the top level last; brackets that hold the same keys are one."""
        by_group: dict[str, set[tuple[Count, frozenset[str]]]] = {"": set()}
        for count, ids in self.counts.items():
            by_group.setdefault(count.group, set()).add((count._replace(group=""), ids))
        alike: dict[frozenset[tuple[Count, frozenset[str]]], list[str]] = {}
        for group, some in sorted(by_group.items()):
            if group:
                alike.setdefault(frozenset(some), []).append(group)
        loops = [*((tuple(of), by_group[of[0]]) for of in alike.values()), (("",), by_group[""])]
        return [(of, sorted((count._replace(group=of[0]) for count, _ in some), key=_order)) for of, some in loops]

    def _ids(self) -> str:
        """A look-ahead that marks whose keys count, where messages of the bucket differ."""
        if not self.marks:
            return ""
        branches = []
        for signature in self.marks:
            own = [ident for ident, other in self.signatures.items() if other == signature]
            branches.append(f"({id_trie(own, self.product.key_digits)})")
        return rf'(?:(?={self.walk}"?+(?:{"|".join(branches)})(?!{KEY}))|)'

    # -- the regex

    def _loop(self, counts: Sequence[Count]) -> str:
        """Tokens, one after the other: those of keys that count, and others, quoted ones as a whole."""
        word = EXPORT_WORD if self.export else WORD
        unread = rf'{KEY}++="(?:{INNER}"|{ANY}*+)|{word}++'
        return rf"(?:{self._keys(counts)}{unread}){BLANK}*+"

    def _keys(self, counts: Sequence[Count]) -> str:
        tails = {
            key: "=" + one_of([self._taken(count) for count in some])
            for key, some in groupby(counts, key=lambda count: count.key)
        }
        return rf"(?={KEY}{{2,64}}+={FILLED}){trie(tails)}|" if tails else ""

    def _taken(self, count: Count) -> str:
        """The value of a key, if it counts for the message and no other key has filled the slot."""
        others = [
            number
            for other, number in self.numbers.items()
            if other.slot.name == count.slot.name and other.key != count.key
        ]
        fields = [self._field(count.slot), *([WORD_FIELD] if count.decides else [])]
        again = self.groups.open()
        first = self.groups.group("(?1)", *fields)
        self.groups.pairs += [(name, again) for name in fields]  # behind the first, as on the line
        taken = rf'"?+(?({self.numbers[count]})((?1))|{first})"?+'
        return self._gate(count) + "".join(f"(?({number})(?!))" for number in others) + taken

    def _gate(self, count: Count) -> str:
        """Fails where the key does not count for the message."""
        marks = [number for signature, number in self.marks.items() if count in signature]
        if not marks:
            return ""
        return "".join(f"(?({number})|" for number in marks) + "(?!)" + ")" * len(marks)

    def _field(self, slot: KvSlot) -> str:
        found = {names.extracted(self.catalog.fields[slot.name], member) for member, _ in slot.members}
        if len(found) > 1:
            raise EmitError(f"{self.product.name}: the values of {slot.name} go to {sorted(found)}: name one type")
        return found.pop()

    def _bracketed(self, loops: Sequence[tuple[tuple[str, ...], str]]) -> str:
        """The export: tokens before the first and behind the last bracket, and those in brackets whose keys count."""
        *inner, (_, top) = loops
        known = rf"(?=[A-Za-z])(?={trie({name: '' for of, _ in inner for name in of})}(?!{KEY}))"
        other = rf"\[(?!{known}){FLAT}\]{BLANK}*+"  # in a bracket, one in which no key counts
        brackets = [self._bracket(of, loop, other) for of, loop in inner]
        opened = rf"\[++(?:{known}{one_of(brackets)}|{FLAT})" if brackets else rf"\[++{FLAT}"
        closed = rf"\]++(?:{BLANK}*+(?={FLAT}\z)|{FLAT})"
        return rf"(?:{opened}|{closed}|(?:{top})++)*+"

    @staticmethod
    def _bracket(of: Iterable[str], loop: str, other: str) -> str:
        """What follows `[`; before `=` the name of a bracket is a key at once, as in `[message=`."""
        name = trie(dict.fromkeys(of, ""))
        return rf"(?:{name}(?!{KEY}|=)|(?={name}=)){BLANK}*+(?:{loop}|{other})*+"


def _order(count: Count) -> tuple[str, str, str, bool]:
    return count.key, count.slot.name, str(count.slot.members), count.decides


def one_of(branches: Sequence[str]) -> str:
    """Alternatives as one item."""
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def trie(tails: Mapping[str, str]) -> str:
    """One of some words, each with what follows it, in the order of the words; what they share is spelled once."""
    if len(tails) == 1:
        ((word, tail),) = tails.items()
        return regex.spell(regex.Lit(word)) + tail
    shared = _shared(min(tails), max(tails))
    branches = [
        trie({word[len(shared) :]: tails[word] for word in some})
        for _, some in groupby(sorted(tails), key=lambda word: word[len(shared) : len(shared) + 1])
    ]
    return regex.spell(regex.Lit(shared)) + f"(?:{'|'.join(branches)})"


def _shared(first: str, last: str) -> str:
    """What all words begin with, by the first and the last of them."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in alike)


def id_trie(ids: Iterable[str], digits: int) -> str:
    """One of some ids, of whose leading zeros some layouts print none."""
    by_zeros: dict[int, dict[str, str]] = {}
    for ident in ids:
        bare = ident.lstrip("0") or "0" if digits else ident
        by_zeros.setdefault(len(ident) - len(bare), {})[bare] = ""
    return one_of([(f"0{{0,{zeros}}}" if zeros else "") + trie(some) for zeros, some in sorted(by_zeros.items())])
