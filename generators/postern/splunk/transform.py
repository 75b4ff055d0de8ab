"""A transform of transforms.conf, and how its groups are numbered while its regex is spelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from postern import regex
from postern.splunk import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postern.model import Catalog, Field, Product

RAW = "_raw"
ANY = r"[\s\S]"
BLANK, WORD = r"[ \t\r\n]", r"[^ \t\r\n]"
TRAILING = f"{BLANK}{{0,32}}"
MARKER, WORD_FIELD = "postern_marker", "postern_word"
LISTS = {"list": "([0-9]{1,18})", "text_list": "([^, ](?:[^,]{0,1022}[^, ])?)"}
"""Casts that make several values of one text, and how a value looks in it."""


@dataclass(frozen=True)
class Transform:
    """One search-time transform.

    Attributes:
        name: its stanza; of a bucket also the field that it reads.
        regex: PCRE2, anchored unless `many`.
        pairs: fields and the groups that fill them, in the order of FORMAT.
        source_key: the field that it reads.
        many: every match counts, and values add up (MV_ADD).
        needed: a later transform reads what it writes, so that Splunk must not leave it out (CAN_OPTIMIZE = false).
    """

    name: str
    regex: str
    pairs: tuple[tuple[str, int], ...]
    source_key: str = RAW
    many: bool = False
    needed: bool = False

    def settings(self) -> Iterator[tuple[str, str]]:
        """Keys and values of the stanza."""
        if self.source_key != RAW:
            yield "SOURCE_KEY", self.source_key
        yield "REGEX", self.regex
        yield "FORMAT", " ".join(f"{name}::${number}" for name, number in self.pairs)
        if self.many:
            yield "MV_ADD", "true"
        if self.needed:
            yield "CAN_OPTIMIZE", "false"


LARGE = 500  # bytes of a shape as PCRE2 compiles it


@cache
def is_large(shape: regex.Node) -> bool:
    """Whether a shape stands once in a regex, and is called by the number of its group wherever it comes again.

    An address takes 2 KB as PCRE2 compiles it, a whole regex 64 at most. Free text is left where it is: before 10.30
    PCRE2 does not go back into a group that it has called, and free text gives back what the words after it need.
    """
    return regex.compiled_size(shape) > LARGE and not regex.is_free_text(shape)


@dataclass
class Groups:
    """Numbers groups in the order in which they are opened."""

    catalog: Catalog
    pairs: list[tuple[str, int]] = field(default_factory=list)
    count: int = 0
    _large: dict[str, int] = field(default_factory=dict)

    def group(self, inner: str, *fields: str) -> str:
        """A group that fills some fields; without a field it captures nothing."""
        if not fields:
            return f"(?:{inner})"
        self.open(*fields)
        return f"({inner})"

    def open(self, *fields: str) -> int:
        """The number of a group that the caller spells: before what stands in it, for groups count as they open."""
        self.count += 1
        self.pairs += [(name, self.count) for name in fields]
        return self.count

    def spell(self, node: regex.Node, fields_of: Callable[[regex.Capture], tuple[str, ...]]) -> str:
        """A tree whose captures fill the fields that `fields_of` names."""
        return self.spell_merged(merge(node, fields_of), fields_of)

    def spell_merged(self, node: regex.Node, fields_of: Callable[[regex.Capture], tuple[str, ...]]) -> str:
        """The same for a tree in which alternatives that fill one field are one group already."""

        def spelled(capture: regex.Capture, inner: str) -> str:
            fields = fields_of(capture)
            if not fields or not is_large(capture.node):
                return self.group(inner, *fields)
            first = self._large.setdefault(inner, self.count + 1)
            return self.group(inner if first == self.count + 1 else f"(?{first})", *fields)

        return regex.spell(node, spelled)

    def made(self, name: str, spelled: str, source_key: str = RAW, **flags: bool) -> Transform:
        """The transform of all groups so far."""
        return Transform(name, spelled, tuple(self.pairs), source_key, **flags)


def field_of(fields: Mapping[str, Field], capture: regex.Capture) -> str:
    """The field that a capture fills; a list is taken apart by a transform of its own."""
    name = names.extracted(fields[capture.name], capture.member)
    return f"{name}_list" if capture.cast in LISTS else name


@cache
def _mergeable(node: regex.Node) -> bool:
    """Whether alternatives in a tree are all captures."""
    if isinstance(node, regex.Capture):
        return False
    if isinstance(node, regex.Alt) and all(isinstance(branch, regex.Capture) for branch in node.branches):
        return True
    return any(map(_mergeable, node.below))


def merge(node: regex.Node, fields_of: Callable[[regex.Capture], tuple[str, ...]]) -> regex.Node:
    """The tree in which alternatives that fill the same fields are one group: an address is an IP address or a name."""
    if not _mergeable(node):
        return node
    if isinstance(node, regex.Seq):
        return regex.Seq(tuple(merge(item, fields_of) for item in node.items))
    if isinstance(node, regex.Alt):
        branches = [merge(branch, fields_of) for branch in node.branches]
        captures = [branch for branch in branches if isinstance(branch, regex.Capture)]
        if len(captures) == len(branches) and len({fields_of(one) for one in captures}) == 1:
            first = captures[0]
            return regex.Capture(first.name, first.member, first.cast, regex.Alt(tuple(one.node for one in captures)))
        return regex.Alt(tuple(branches))
    if isinstance(node, regex.Repeat):
        return regex.Repeat(merge(node.node, fields_of), node.least, node.most)
    return regex.Atomic(merge(node.node, fields_of)) if isinstance(node, regex.Atomic) else node


def splitters(catalog: Catalog, product: Product) -> Iterator[Transform]:
    """One transform for each list that a product's lines hold: every item of it is a value."""
    captures = [one for _, wording in product.wordings() for one in wording.captures()]
    lists = {field_of(catalog.fields, one): one.cast or "" for one in captures if one.cast in LISTS}
    for source, cast in sorted(lists.items()):
        name = source.removesuffix("_list")
        yield Transform(
            f"postern_{product.name}_{name.removeprefix(names.PREFIX)}_split",
            LISTS[cast],
            ((name, 1),),
            source,
            many=True,
        )
