"""Dispatchers: the one regex that reads `_raw`, takes the header apart and hands the rest to the event's bucket.

The look-aheads here are anchored through the header's grammar: a subject of a mail that holds `%ASA-6-302013:` stays a
subject. Beyond this module only `keyed` has some, to find the id among keys and where a value ends.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from postern import dispatch, regex
from postern.order import WILD
from postern.splunk import buckets
from postern.splunk.transform import ANY, BLANK, TRAILING, WORD, Groups, Transform, field_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from postern.model import Catalog, Header, Product
    from postern.splunk.buckets import Bucket

UNKEPT = frozenset({"time"})  # slots of headers that index time has read
MAX_BRANCHES = 40  # buckets among which one regex finds: each group of a regex costs at every match, met or not


def unframed(product: Product) -> str:
    """The field with a line that has none of the product's ordinary headers."""
    return f"postern_{product.name}_unframed"


def head(product: Product) -> str:
    """The field with the header of a line, for a product of which no line must name anything in it."""
    return f"postern_{product.name}_head"


def framed(catalog: Catalog, product: Product) -> str:
    """A field that every line with a header of the product has."""
    common = set.intersection(*(_certain(catalog, header.node) for header in product.headers))
    return min(common, default=head(product))


def _certain(catalog: Catalog, node: regex.Node) -> set[str]:
    items = node.items if isinstance(node, regex.Seq) else (node,)
    captures = [item for item in items if isinstance(item, regex.Capture) and item.name not in UNKEPT]
    return {field_of(catalog.fields, one) for one in captures}


def dispatchers(catalog: Catalog, product: Product, hand: Callable[[Groups, str], str]) -> Iterator[Transform]:
    """The dispatcher of ordinary lines; for headers that are closed by a literal, one more for what is left.

    `hand` spells what follows the header: it captures the rest of the line for the right bucket; its second argument
    is the regex of that rest.
    """
    plain = [header for header in product.headers if not header.closing]
    closed = [header for header in product.headers if header.closing]
    groups = Groups(catalog)
    framed = f"{_headers(groups, plain)}{hand(groups, f'{ANY}+')}"
    spelled = rf"\A(?:{framed}|{groups.group(f'{ANY}+', unframed(product))})"
    yield groups.made(f"postern_{product.name}_dispatch", spelled, needed=True)
    for number, header in enumerate(closed):
        groups = Groups(catalog)
        end = rf"{regex.spell(regex.Lit(header.closing))}{TRAILING}\z"
        framed = f"{_headers(groups, [header])}{hand(groups, f'{ANY}+')}"
        name = f"postern_{product.name}_dispatch_closed" + (f"_{number}" if number else "")
        yield groups.made(name, rf"\A{framed}{end}", unframed(product), needed=True)


def _headers(groups: Groups, headers: Sequence[Header]) -> str:
    """The forms of a header; of a product with ids up to the id, which a look-ahead reads."""
    split = [header.around_id for header in headers]
    spelled = [groups.spell(before, lambda capture: _kept(groups.catalog, capture)) for before, _ in split]
    ident = next((after for _, after in split if after is not None), None)
    seen = "" if ident is None else f"(?={groups.spell(ident, lambda capture: _kept(groups.catalog, capture))})"
    return f"(?:{'|'.join(spelled)}){seen}"


def _kept(catalog: Catalog, capture: regex.Capture) -> tuple[str, ...]:
    return () if capture.name in UNKEPT else (field_of(catalog.fields, capture),)


def by_id(product: Product, found: Sequence[Bucket]) -> Callable[[Groups, str], str]:
    """Hands a line to the bucket whose lead its id has, or to the part where that is; of an unknown class to none."""
    known = dict(_parts(found, 0)) if len(found) > MAX_BRANCHES else {}

    def hand(groups: Groups, rest: str) -> str:
        whole = {digits: part(product, digits) for digits in known}
        return f"(?:{'|'.join(_behind(groups, rest, found, 0, whole))}|)"

    return hand


def parts(catalog: Catalog, product: Product, found: Sequence[Bucket]) -> Iterator[Transform]:
    """The second steps: each hands what begins with some digits to its bucket."""
    for digits, own in _parts(found, 0) if len(found) > MAX_BRANCHES else ():
        groups = Groups(catalog)
        spelled = rf"\A(?:{'|'.join(_behind(groups, f'{ANY}+', own, len(digits), {}))})"
        name = part(product, digits)
        yield groups.made(name, spelled, name, needed=True)


def part(product: Product, digits: str) -> str:
    """The transform that finds the bucket of an id that begins with these digits, and the field that it reads."""
    return f"postern_{product.name}_part_{digits}"


def _parts(found: Sequence[Bucket], known: int) -> Iterator[tuple[str, list[Bucket]]]:
    """First digits behind which several buckets stand, but not too many."""
    for digits, some in groupby(found, key=lambda one: one.behind[: known + 1]):
        own = list(some)
        if len(digits) > known and len(own) > MAX_BRANCHES:
            yield from _parts(own, known + 1)
        elif len(digits) > known and len(own) > 1:
            yield digits, own


def _behind(groups: Groups, rest: str, found: Sequence[Bucket], known: int, whole: Mapping[str, str]) -> Iterator[str]:
    """Branches for buckets behind some known digits; `whole` names the field for all that begins with some digits."""
    for digits, some in groupby(found, key=lambda one: one.behind[: known + 1]):
        own = list(some)
        if digits in whole:
            yield f"(?={digits}){groups.group(rest, whole[digits])}"
        elif len(digits) == known or len(own) == 1:
            yield from (f"(?={one.lead}){groups.group(rest, one.name)}" for one in own)
        else:
            yield f"(?={digits})(?:{'|'.join(_behind(groups, rest, own, known + 1, whole))})"


def by_words(product: Product, found: Sequence[Bucket], tree: dispatch.Tree | int) -> Callable[[Groups, str], str]:
    """Hands a line to the bucket to which its first words lead."""

    def hand(groups: Groups, rest: str) -> str:
        return f"(?:{_branches(groups, rest, tree, 0)}|)"

    def _branches(groups: Groups, rest: str, node: dispatch.Tree | int, depth: int) -> str:
        if isinstance(node, int):
            return groups.group(rest, buckets.rest_name(product) if node == dispatch.NONE else found[node].name)
        branches = []
        for words, below in _alike(node):
            seen = "|".join(regex.spell(regex.Lit(word)) for word in words)
            ahead = rf"(?={BLANK}{{0,8}}(?:{WORD}+{BLANK}+){{{depth}}}(?:{seen})(?:{BLANK}|\z))"
            branches.append(f"{ahead}(?:{_branches(groups, rest, below, depth + 1)})")
        return "|".join([*branches, _branches(groups, rest, node[WILD], depth + 1)])

    return hand


def _alike(node: dispatch.Tree) -> Iterator[tuple[list[str], dispatch.Tree | int]]:
    """The literal words of a node; those that lead to the same bucket together."""
    by_number: dict[int, list[str]] = {}
    for word, below in node.items():
        if word != WILD and isinstance(below, int):
            by_number.setdefault(below, []).append(word)
    yield from ((words, number) for number, words in by_number.items())
    yield from (([word], below) for word, below in node.items() if word != WILD and not isinstance(below, int))
