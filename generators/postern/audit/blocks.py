"""Which message each of many lines is: what the matcher says of each, found in a fraction of the time.

One pass finds the headers of a block of lines. Then the lines of each id, or of each pool of texts, are tried on those
texts in the matcher's order, each text in one pass. Lines that cannot go through the passes are left to the matcher.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from postern.audit.passes import NO_HEADER, HeaderPass, TextPass, odd_lines
from postern.dispatch import NONE
from postern.order import MAX_LEAD, WILD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from postern.dispatch import Tree
    from postern.matcher import Matcher, Pattern, ProductMatcher
    from postern.model import Product

_Tree = dict[bytes, "_Tree | int"]
_WILD = WILD.encode()


class Unread(NamedTuple):
    """Lines that are not parsed.

    Attributes:
        product: whose header they have; None if none fits.
        ident: the vendor's id; None where they have none.
        places: where they stand in the block, in order.
        bodies: the text of each after its header.
    """

    product: Product | None
    ident: str | None
    places: Sequence[int]
    bodies: Sequence[str]


class Read(NamedTuple):
    """What lines are: how many there are of each message by its key, and the others."""

    messages: defaultdict[str, int]
    rest: list[Unread]


class Blocks:
    """Reads blocks of lines; a text is compiled when a line first needs it."""

    def __init__(self, matcher: Matcher, product: Product | None = None) -> None:
        """Reads as `matcher` does; `product` if the device of all lines is known."""
        self._matcher, self._product = matcher, product
        forms = matcher.forms(product)
        owners = list({id(form.owner): form.owner for form in forms}.values())
        self._headers = HeaderPass(forms, owners)
        self._owners = [_Owner(owner) for owner in owners]

    def read(self, lines: Sequence[bytes]) -> Read:
        """What these lines are; none holds its line end."""
        found = Read(defaultdict(int), [])
        for at in sorted(self._read_plain(lines, found)):
            one = self._matcher.recognise(shown(lines[at]), self._product)
            if one.message is None:
                found.rest.append(Unread(one.product, one.ident, (at,), (one.body,)))
            else:
                found.messages[one.message.key] += 1
        return found

    def _read_plain(self, lines: Sequence[bytes], found: Read) -> Iterable[int]:
        """Reads what can go through the passes; returns the places of lines that are left to the matcher."""
        left = odd_lines(lines)
        odd = set(left)
        places = [at for at in range(len(lines)) if at not in odd] if odd else range(len(lines))
        headed = self._headers.headed([lines[at] for at in places] if odd else lines)
        if headed is None:
            return range(len(lines))
        groups: defaultdict[bytes, list[int]] = defaultdict(list)
        for at, head in enumerate(headed.heads):
            groups[head].append(at)
        for head, group in groups.items():
            some = _Lines([places[at] for at in group], [headed.bodies[at] for at in group])
            if head == NO_HEADER:
                found.rest.append(some.unread(None, None))
                continue
            owner, ident = HeaderPass.owner(head)
            left += some.places if owner is None else self._owners[owner].read(ident, some, found)
        return left


class _Lines(NamedTuple):
    """Some lines: their places in the block, and their texts after the header."""

    places: list[int]
    bodies: list[bytes]

    def unread(self, product: Product | None, ident: str | None) -> Unread:
        """The lines as such that are not parsed."""
        return Unread(product, ident, self.places, b"\n".join(self.bodies).decode("ascii").split("\n"))


class _Owner:
    """The lines of one product."""

    def __init__(self, matcher: ProductMatcher) -> None:
        self._matcher, self._product = matcher, matcher.product
        self._tree = _in_bytes(matcher.tree)
        self._texts: dict[int, TextPass] = {}  # by their patterns

    def read(self, ident: str, lines: _Lines, found: Read) -> Sequence[int]:
        """Reads the lines of an id, '' where their header has none; returns the places of those left to the matcher."""
        if self._product.dispatch == "key":
            return self._read_key(ident, lines, found)
        if self._product.dispatch == "id":
            return self._read_texts(self._matcher.by_id.get(ident, ()), ident, lines, found)
        return self._read_words(lines, found)

    def _read_key(self, value: str, lines: _Lines, found: Read) -> Sequence[int]:
        if not value:
            return lines.places
        ident = self._matcher.padded(value)
        if message := self._matcher.messages.get(ident):
            found.messages[message.key] += len(lines.places)
        else:
            found.rest.append(lines.unread(self._product, ident))
        return ()

    def _read_words(self, lines: _Lines, found: Read) -> Sequence[int]:
        pools: defaultdict[int, _Lines] = defaultdict(lambda: _Lines([], []))
        for at, body in zip(*lines, strict=True):
            pool = pools[_pool(self._tree, body)]
            pool.places.append(at)
            pool.bodies.append(body)
        left: list[int] = []
        for number, some in pools.items():
            patterns = self._matcher.pools[number] if number != NONE else ()
            left += self._read_texts(patterns, None, some, found)
        return left

    def _read_texts(self, patterns: Sequence[Pattern], ident: str | None, lines: _Lines, found: Read) -> Sequence[int]:
        """Tries the lines on each text in turn."""
        text, open_ = b"\n".join(lines.bodies), len(lines.bodies)
        for pattern in patterns:
            text, count = self._text(pattern).taken(text)
            if count and pattern.message is not None:
                found.messages[pattern.message.key] += count
                open_ -= count
                if not open_:
                    return ()
        if kept := [at for at, body in enumerate(text.split(b"\n")) if body]:
            some = _Lines([lines.places[at] for at in kept], [lines.bodies[at] for at in kept])
            found.rest.append(some.unread(self._product, ident))
        return [at for at, body in zip(*lines, strict=True) if not body]

    def _text(self, pattern: Pattern) -> TextPass:
        known = self._texts.get(id(pattern))
        if known is None:
            known = self._texts[id(pattern)] = TextPass(pattern)
        return known


def _in_bytes(tree: Tree) -> _Tree:
    return {word.encode(): _in_bytes(below) if isinstance(below, dict) else below for word, below in tree.items()}


def _pool(tree: _Tree, body: bytes) -> int:
    """The pool of a body, found by its first words."""
    words = iter(body.split(None, MAX_LEAD))
    node: _Tree | int = tree
    while isinstance(node, dict):
        node = node.get(next(words, b""), node[_WILD])
    return node


def shown(line: bytes) -> str:
    r"""A line as text; bytes that are not UTF-8 are shown as `\xNN`."""
    return line.decode("utf-8", "backslashreplace")
