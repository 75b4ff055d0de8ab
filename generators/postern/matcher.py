"""The reference matcher, the executable specification: a line in, its message and values out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from postern import kv, regex
from postern.casts import CASTS
from postern.dispatch import NONE, Buckets, buckets
from postern.engines import Match, python_match, python_prefix_source
from postern.order import WILD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.dispatch import Tree
    from postern.model import Catalog, KvSlot, Message, Product, Wording

_WORD = re.compile(r"[^ \t\r\n]+")
PARSED, HEADER_ONLY, UNKNOWN = "parsed", "header_only", "unknown"

Compiler = Callable[[regex.Node], Match]
Value = tuple[str, str, Any]  # slot, member type, value


@dataclass(slots=True)
class Decoded:
    """What a line says.

    Attributes:
        line: the line as it came.
        status: `parsed`, `header_only` (framed, but no text of the catalog) or `unknown`.
        product: whose frame it has; None if none.
        body: the text after the header; the whole line where the frame is unknown.
        header, values: captured slots with their member types, in the order of the line.
        extras: key-value keys that map to no slot.
        ident: the vendor's id, where the line has one.
        message, wording: the catalog's message; None unless parsed.
    """

    line: str
    status: str
    product: Product | None = None
    body: str = ""
    header: list[Value] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    ident: str | None = None
    message: Message | None = None
    wording: Wording | None = None

    @property
    def params(self) -> dict[str, Any]:
        """Values of the body by slot; extras by wire key where no slot has that name."""
        return self.extras | {name: value for name, _, value in self.values}


class _Pattern:
    """A compiled text, or a header where it has no wording; the regex is compiled when it is first needed."""

    __slots__ = ("_compile", "_match", "message", "needed", "node", "slots", "wording")

    def __init__(
        self,
        node: regex.Node,
        message: Message | None = None,
        wording: Wording | None = None,
        compiler: Compiler = python_match,
    ) -> None:
        self.node = node
        self.needed = "" if wording else regex.needed(node)
        self.message = message
        self.wording = wording
        self.slots: list[tuple[str, str, Callable[[str], Any] | None]] = []
        self._compile = compiler
        self._match: Match | None = None

    def values(self, text: str) -> tuple[list[Value], str] | None:
        """The captured values and what follows the match; None if it does not match."""
        if self._match is None:
            self._match = self._compiled()
        found = self._match(text)
        if found is None:
            return None
        groups = found.groups()
        values = [
            (name, member, raw if cast is None else cast(raw))
            for (name, member, cast), raw in zip(self.slots, groups, strict=False)
            if raw is not None
        ]
        return values, text[found.end() :]

    def _compiled(self) -> Match:
        self.slots = [(one.name, one.member, CASTS.get(one.cast or "")) for one in regex.captures(self.node)]
        if self.wording is None:
            return re.compile(python_prefix_source(self.node)).match
        return self._compile(self.node)


class Matcher:
    """Decodes lines with a catalog; `compiler` makes the regexes of texts, which are the dear part of it."""

    def __init__(self, catalog: Catalog, compiler: Compiler = python_match) -> None:
        self.catalog = catalog
        self._products = {product.name: _ProductMatcher(product, compiler) for product in catalog.products}
        # Frames with a fixed word are tried first: the ESA's would take any line of the form `word: Level: …`.
        self._routed = sorted(self._products.values(), key=lambda one: one.product.dispatch == "words")

    def decode(self, line: str, product: Product | None = None) -> Decoded:
        """What a line says; `product` if its device is known, else every frame is tried."""
        for matcher in [self._products[product.name]] if product else self._routed:
            decoded = matcher.decode(line)
            if decoded is not None:
                return decoded
        return Decoded(line, UNKNOWN, None, line)


class _ProductMatcher:
    def __init__(self, product: Product, compiler: Compiler) -> None:
        self.product = product
        self._headers = [(header, _Pattern(header.node)) for header in product.headers]
        self._by_id: dict[str, list[_Pattern]] = {}
        self._messages = {message.id: message for message in product.messages}
        self._fallback = [_Pattern(one.body, None, one, compiler) for one in product.fallback if one.body is not None]
        patterns = {
            id(wording): _Pattern(wording.body, message, wording, compiler)
            for message, wording in product.wordings()
            if wording.body is not None
        }
        for pattern in sorted(patterns.values(), key=_rank):
            self._by_id.setdefault(pattern.message.id if pattern.message else "", []).append(pattern)
        found = buckets(product) if product.dispatch == "words" else Buckets()
        self._tree = found.tree
        self._pools = [[patterns[id(wording)] for _, wording in pool] for pool in found.pools]

    def decode(self, line: str) -> Decoded | None:
        for form, pattern in self._headers:
            if pattern.needed not in line or (found := pattern.values(line)) is None:
                continue
            header, body = found
            if closing := form.closing:
                body = body.rstrip(" \t\r\n")
                if not body.endswith(closing):
                    continue
                body = body.removesuffix(closing)
            decoded = Decoded(line, HEADER_ONLY, self.product, body, header)
            if self.product.dispatch == "key":
                self._read_keys(decoded, bracketed=form.bracketed)
            else:
                self._read_text(decoded)
            return decoded
        return None

    def _read_text(self, decoded: Decoded) -> None:
        for name, _, value in decoded.header:
            if name == "message_id":
                decoded.ident = value
        for pattern in self._candidates(decoded):
            found = pattern.values(decoded.body)
            if found is not None:
                decoded.values = found[0]
                decoded.message, decoded.wording, decoded.status = pattern.message, pattern.wording, PARSED
                return
        for pattern in self._fallback:
            found = pattern.values(decoded.body)
            if found is not None:
                decoded.values = found[0]
                return

    def _candidates(self, decoded: Decoded) -> Sequence[_Pattern]:
        if self.product.dispatch == "id":
            return self._by_id.get(decoded.ident or "", ())
        node: Tree | int = self._tree
        words = _WORD.finditer(decoded.body)
        while isinstance(node, dict):
            word = next(words, None)
            node = node.get(word[0] if word else "", node[WILD])
        return self._pools[node] if node != NONE else ()

    def _read_keys(self, decoded: Decoded, *, bracketed: bool) -> None:
        product = self.product
        tokens = list(kv.bracketed(decoded.body, ()) if bracketed else kv.native(decoded.body))
        ident = next((token.value for token in tokens if token.key == product.key and token.group == ""), "")
        decoded.ident = (ident.zfill(product.key_digits) if ident.isascii() and ident.isdigit() else ident) or None
        message = self._messages.get(decoded.ident or "")
        owned = dict(product.common)
        context: dict[tuple[str, str], KvSlot] = {}
        if message is not None:
            wording = message.wordings[0]
            owned |= wording.kv
            context = context_keys(product, wording, bracketed=bracketed)
            decoded.message, decoded.wording, decoded.status = message, wording, PARSED
        if bracketed:
            tokens = list(kv.bracketed(decoded.body, owned))
        reading = kv.read([token for token in tokens if token.key != product.key or token.group], owned, context)
        decoded.values = [(name, member, value) for name, (member, value) in reading.slots.items()]
        decoded.extras = reading.extras


def context_keys(product: Product, wording: Wording, *, bracketed: bool) -> dict[tuple[str, str], KvSlot]:
    """The context keys of a wording by bracket group; in the native layout all stand at the top level."""
    return {
        (group if bracketed else "", key): slot
        for name in wording.context
        for group in product.context[name].groups
        for key, slot in product.context[name].keys.items()
    }


def _rank(pattern: _Pattern) -> int:
    return pattern.wording.rank if pattern.wording else 0
