"""What one piece holds: the work of one process."""

from __future__ import annotations

import gc
import signal
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postern.audit.blocks import Blocks, shown
from postern.audit.pieces import LONGEST
from postern.audit.shapes import LONGEST_EXAMPLE, Group, Shape, Shapes, masked
from postern.audit.sources import Problem, sentence
from postern.matcher import HEADER_ONLY, UNKNOWN, Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.audit.blocks import Unread
    from postern.audit.pieces import Piece
    from postern.model import Catalog, Product

_MOST_SHAPES = 200  # of one piece
_LONGEST_ID = 100  # characters; in a key-value line an id is whatever stands there


@dataclass
class Tally:
    """The counts of one piece.

    Attributes:
        messages: parsed lines by key.
        rest: the other lines by product ('' where none is known) and status.
        shapes: clusters of these others.
        unclustered: how many of them are in no cluster.
        problem: why the piece could not be read.
    """

    messages: dict[str, int] = field(default_factory=dict)
    rest: dict[tuple[str, str], int] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    unclustered: int = 0
    problem: Problem | None = None


class _Worker:
    """What a process keeps from piece to piece."""

    blocks: Blocks
    product: Product | None


def begin(catalog: Catalog, product: str) -> None:
    """Readies a process: a catalog, and the product where it is known."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    _Worker.product = catalog.product(product) if product else None
    _Worker.blocks = Blocks(Matcher(catalog), _Worker.product)
    gc.freeze()  # the catalog stays: nothing of it needs to be looked at again


def tally(piece: Piece) -> Tally:
    """Counts a piece; one that cannot be read has a problem and no counts."""
    try:
        data = piece.read()
    except OSError as error:
        return Tally(problem=Problem(piece.shown, sentence(error)))
    return counted(lines(data), _Worker.blocks, _Worker.product)


def lines(data: bytes) -> list[bytes]:
    """The lines of a piece without LF or CRLF, the longest cut."""
    if not data:
        return []
    parts = data.removesuffix(b"\n").split(b"\n")
    if len(data) > LONGEST:
        parts = [line[:LONGEST] for line in parts]
    return [line.removesuffix(b"\r") for line in parts] if b"\r" in data else parts


def counted(given: Sequence[bytes], blocks: Blocks, product: Product | None) -> Tally:
    """The counts of lines."""
    read = blocks.read(given)
    rest: defaultdict[tuple[str, str], int] = defaultdict(int)
    texts: list[tuple[int, Group, str, int]] = []
    for one in read.rest:
        group = _group(one, product)
        rest[group.product, group.status] += len(one.places)
        alike = masked(one.bodies)
        first = dict(zip(reversed(alike), reversed(one.places), strict=True))
        texts += [(first[text], group, text, count) for text, count in Counter(alike).items()]
    shapes = Shapes(_MOST_SHAPES)
    for at, group, text, count in sorted(texts):
        shapes.add(group, text, shown(given[at])[:LONGEST_EXAMPLE], count)
    return Tally(dict(read.messages), dict(rest), shapes.found(), shapes.unclustered)


def _group(one: Unread, product: Product | None) -> Group:
    known = one.product or product
    status = UNKNOWN if one.product is None else HEADER_ONLY
    return Group(known.name if known else "", status, (one.ident or "")[:_LONGEST_ID])
