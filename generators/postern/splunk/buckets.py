"""Buckets: the few transforms among which the texts of a product are shared; an event meets one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from postern import dispatch, regex
from postern.kept import remembered
from postern.splunk import markers
from postern.splunk.transform import BLANK, MARKER, WORD_FIELD, Groups, Transform, field_of, is_large, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from postern.model import Catalog, Field, Message, Product, Wording

MAX_GROUPS = 250  # of one bucket: its groups cost on every event that reaches it
MAX_SIZE = 40_000  # bytes that its texts add to its regex, by our own reckoning, beside large shapes, which stand once
MAX_WORD_GROUPS = 120  # of a bucket found by words: its texts are tried one after the other
ID_LEAD = f"(?::{BLANK}{{0,8}}|{BLANK}{{1,8}})"  # between the id and the body


class Size(NamedTuple):
    """Groups and bytes of some texts."""

    groups: int
    compiled: int

    @classmethod
    def of(cls, sizes: Iterable[Size]) -> Size:
        """The size of several texts."""
        listed = list(sizes)
        return cls(sum(one.groups for one in listed), sum(one.compiled for one in listed))

    def fits(self, most_groups: int) -> bool:
        """Whether one transform can hold that much."""
        return self.groups <= most_groups and self.compiled <= MAX_SIZE


@dataclass(frozen=True)
class Text:
    """A wording as a bucket holds it: its marker, and its body with that word captured."""

    fields: Mapping[str, Field] = field(repr=False, compare=False)
    message: Message
    wording: Wording
    marker: str
    body: regex.Node

    def spell(self, groups: Groups) -> str:
        """Its regex; the slot that decides its event also fills the word field."""
        return groups.spell_merged(self.merged, self._fields)

    @cached_property
    def merged(self) -> regex.Node:
        """Its body in which alternatives that fill one field are one group."""
        return merge(self.body, self._fields)

    @property
    def is_bare(self) -> bool:
        """Whether it has no fixed word: then the last digit of its id is its marker."""
        return all(one.name != markers.NAME for one in regex.captures(self.body))

    @cached_property
    def size(self) -> Size:
        """What it adds to a bucket."""
        captures = list(regex.captures(self.merged))
        shapes = [one.node for one in captures if is_large(one.node)]
        return Size(len(captures), regex.compiled_size(self.merged) - sum(map(regex.compiled_size, shapes)))

    def _fields(self, capture: regex.Capture) -> tuple[str, ...]:
        if capture.name == markers.NAME:
            return (MARKER,)
        name = field_of(self.fields, capture)
        return (name, WORD_FIELD) if capture.name == self.wording.event.slot else (name,)


@dataclass(frozen=True)
class Bucket:
    """Some texts that share a transform.

    Attributes:
        name: of the transform, and of the field with the text that it reads.
        lead: what the text must begin with to belong here: a regex for a look-ahead.
        texts: its texts, in the order in which they are tried.
        behind: the digits of an id behind which the lead decides; none for what is asked first of all.
    """

    name: str
    lead: str
    texts: tuple[Text, ...]
    behind: str = ""


def texts(catalog: Catalog, product: Product) -> list[Text]:
    """All texts of a product with their markers: distinct within an id, or within the product where it has no ids.

    Raises:
        markers.NoMarkerError: a wording has no fixed word of its own, and is not the only such one of its id.
    """
    scopes: dict[str, list[tuple[Message, Wording]]] = {}
    for message, wording in product.wordings():
        if wording.body is not None:
            scopes.setdefault(message.id if product.dispatch == "id" else "", []).append((message, wording))
    found = []
    for ident, scope in scopes.items():
        made = partial(_marked, catalog.fields, ident, scope)
        found += remembered((_marked, product.name, ident), (catalog.fields, *scope), made)
    return found


def _marked(fields: Mapping[str, Field], ident: str, scope: list[tuple[Message, Wording]]) -> list[Text]:
    """Texts of one id; one of them may have no fixed word: the last digit of its id then marks it."""
    bare = [pair for pair in scope if ident and not markers.has_word(pair[1])]
    worded = [pair for pair in scope if pair not in bare] if len(bare) == 1 else scope
    marked = markers.marked([wording for _, wording in worded])
    texts = [Text(fields, *pair, marker, body) for pair, (marker, body) in zip(worded, marked, strict=True)]
    if worded is not scope:
        ((message, wording),) = bare
        texts.append(Text(fields, message, wording, ident[-1], wording.body or regex.EMPTY))
    return texts


# -- by id


def by_id(product: Product, own_texts: Sequence[Text]) -> list[Bucket]:
    """Buckets of the frequent ids as the product lists them, then of all others, cut by the digits of the id."""
    ranked = sorted(own_texts, key=lambda one: (one.message.id, one.wording.rank))
    hot = [ident for group in product.hot for ident in group]
    name = f"postern_{product.name}"
    found = [
        Bucket(f"{name}_{group[0]}", f"{_lead(group)}(?:{BLANK}|:)", own)
        for group in product.hot
        if (own := tuple(one for one in ranked if one.message.id in group))
    ]
    return found + list(_cut(name, [one for one in ranked if one.message.id not in hot], ""))


def _cut(name: str, own: list[Text], prefix: str) -> Iterator[Bucket]:
    """Runs of next digits whose texts fit into one bucket; a digit that is too much by itself is cut further."""
    by_digit = [(d, list(some)) for d, some in groupby(own, key=lambda one: one.message.id[len(prefix)])]
    run: list[tuple[str, list[Text]]] = []
    for digit, some in by_digit:
        if run and not _fits([one for _, held in run for one in held] + some):
            yield _bucket(name, prefix, run)
            run = []
        if _fits(some) or all(one.message.id == prefix + digit for one in some):
            run.append((digit, some))
        else:
            yield from _cut(name, some, prefix + digit)
    if run:
        yield _bucket(name, prefix, run)


def _bucket(name: str, prefix: str, run: list[tuple[str, list[Text]]]) -> Bucket:
    digits = "".join(digit for digit, _ in run)
    lead = prefix + (digits if len(digits) == 1 else f"[{digits}]")
    named = prefix + (digits[0] if len(digits) == 1 else f"{digits[0]}_to_{prefix}{digits[-1]}")
    return Bucket(f"{name}_{named}", lead, tuple(one for _, some in run for one in some), prefix)


def _fits(some: list[Text]) -> bool:
    """Whether some texts fit into one bucket."""
    return Size.of(one.size for one in some).fits(MAX_GROUPS)


def id_transform(catalog: Catalog, bucket: Bucket) -> Transform:
    """The transform of a bucket found by id: a tree of digits, at its leaves the texts of an id."""
    return remembered((id_transform, bucket.name), (catalog.fields, *bucket.texts), lambda: _by_digits(catalog, bucket))


def _by_digits(catalog: Catalog, bucket: Bucket) -> Transform:
    groups = Groups(catalog)

    def leaf(ident: str, digits: str) -> str:
        own = [one for one in bucket.texts if one.message.id == ident]
        branches = []
        for is_bare, some in groupby(own, key=lambda one: one.is_bare):
            led = digits[:-1] + groups.group(digits[-1], MARKER) if is_bare else digits
            branches.append(f"{led}{ID_LEAD}(?:{'|'.join([one.spell(groups) for one in some])})")
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    spelled = rf"\A{_digits(list(dict.fromkeys(one.message.id for one in bucket.texts)), leaf)}\z"
    return groups.made(bucket.name, spelled, bucket.name)


def _digits(idents: Sequence[str], leaf: Callable[[str, str], str], at: int = 0) -> str:
    """A tree of the digits of some sorted ids: what they share stands once; a leaf gets an id and its last digits."""
    branches = []
    for digit, some in groupby(idents, key=lambda one: one[at : at + 1]):
        own = list(some)
        alone = len(own) == 1
        branches.append(leaf(own[0], own[0][at:]) if alone else digit + _digits(own, leaf, at + 1))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _lead(idents: Sequence[str]) -> str:
    """A few ids as a regex; what they share stands once."""
    first, *_, last = sorted([*idents, *idents])
    shared = first[: next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)]
    rests = [ident.removeprefix(shared) for ident in sorted(set(idents))]
    if rests == [""]:
        return shared
    return shared + (f"[{''.join(rests)}]" if all(len(rest) == 1 for rest in rests) else f"(?:{'|'.join(rests)})")


# -- by words


def by_words(product: Product, own_texts: Sequence[Text]) -> tuple[list[Bucket], dispatch.Tree | int]:
    """Buckets of neighbouring pools, and the tree of leading words that leads to their numbers.

    A text can only match a line whose words lead to it, so a bucket of several pools reads what each of them would.
    """
    pools = dispatch.buckets(product)
    by_name = {(one.wording.key, one.wording.number): one for one in own_texts}
    room = MAX_WORD_GROUPS - sum(len(list(one.captures())) for one in product.fallback)
    numbers: list[int] = []
    held: list[dict[tuple[str, int], Text]] = []
    for pool in pools.pools:
        own = {name: by_name[name] for _, wording in pool for name in [(wording.key, wording.number)]}
        together = held[-1] | own if held else own
        if held and Size.of(one.size for one in together.values()).fits(room):
            held[-1] = together
        else:
            held.append(own)
        numbers.append(len(held) - 1)
    found = [
        Bucket(f"postern_{product.name}_{number}", "", tuple(sorted(one.values(), key=lambda text: text.wording.rank)))
        for number, one in enumerate(held)
    ]
    return found, _renumbered(pools.tree, numbers)


def _renumbered(node: dispatch.Tree | int, numbers: list[int]) -> dispatch.Tree | int:
    """The tree with numbers of buckets; a branch whose lines all reach one bucket is that bucket."""
    if isinstance(node, int):
        return numbers[node] if node != dispatch.NONE else node
    made = {word: _renumbered(below, numbers) for word, below in node.items()}
    reached = set(made.values()) if all(isinstance(one, int) for one in made.values()) else set()
    real = {one for one in reached if one != dispatch.NONE}
    return next(iter(real)) if reached and len(real) == 1 else made


def word_transform(catalog: Catalog, product: Product, bucket: Bucket) -> Transform:
    """The transform of a bucket found by words; where no text matches, ids from places that only the device writes."""
    groups = Groups(catalog)
    spelled = [one.spell(groups) for one in bucket.texts]
    return groups.made(bucket.name, rf"\A(?:{'|'.join([*spelled, *_fallback(groups, product)])})\z", bucket.name)


def rest_transform(catalog: Catalog, product: Product) -> Transform:
    """The transform of lines whose words lead to no text."""
    groups = Groups(catalog)
    name = rest_name(product)
    return groups.made(name, rf"\A(?:{'|'.join(_fallback(groups, product))})\z", name)


def rest_name(product: Product) -> str:
    """The field with the text of a line whose words lead to no text."""
    return f"postern_{product.name}_rest"


def _fallback(groups: Groups, product: Product) -> list[str]:
    return [
        groups.spell(one.body, lambda capture: (field_of(groups.catalog.fields, capture),))
        for one in product.fallback
        if one.body is not None
    ]
