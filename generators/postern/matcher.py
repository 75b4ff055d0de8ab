"""The reference matcher, the executable specification: a line in, its message and values out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from postern import kv, regex
from postern.casts import CASTS
from postern.dispatch import NONE, Buckets, buckets
from postern.engines import Found, Match, python_match, python_prefix_source, python_test
from postern.order import WILD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from postern.dispatch import Tree
    from postern.model import Catalog, Header, Message, Product, Wording

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


class Recognised(NamedTuple):
    """Which message a line is, without its values: what `Decoded` says of the same names."""

    product: Product | None
    body: str
    ident: str | None
    message: Message | None

    @property
    def status(self) -> str:
        """`parsed`, `header_only` or `unknown`."""
        if self.message is not None:
            return PARSED
        return UNKNOWN if self.product is None else HEADER_ONLY


class Pattern:
    """A compiled text, or a header where it has no wording; the regex is compiled when it is first needed.

    Attributes:
        node: its tree.
        needed: what a line must hold to fit it; of a header.
        message, wording: whose text it is.
        match: the match at the start of a text; of the whole text where the pattern is of a wording.
        fits: the same of a wording, without captures.
    """

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
        self._compile = compiler
        self.match: Match = self._first_match
        self.fits: Match = self._first_fits

    @cached_property
    def slots(self) -> list[tuple[str, str, Callable[[str], Any] | None]]:
        """Its captures: name, member type and cast."""
        return [(one.name, one.member, CASTS.get(one.cast or "")) for one in regex.captures(self.node)]

    @cached_property
    def idents(self) -> list[int]:
        """Which of them are the message id; of a header."""
        return [at for at, slot in enumerate(self.slots, 1) if slot[0] == "message_id"]

    def values(self, found: Found) -> list[Value]:
        """The captured values of a match."""
        return [
            (name, member, raw if cast is None else cast(raw))
            for (name, member, cast), raw in zip(self.slots, found.groups(), strict=False)
            if raw is not None
        ]

    def _first_match(self, text: str) -> Found | None:
        self.match = self._compile(self.node) if self.wording else re.compile(python_prefix_source(self.node)).match
        return self.match(text)

    def _first_fits(self, text: str) -> Found | None:
        self.fits = python_test(self.node).match
        return self.fits(text)


class Matcher:
    """Decodes lines with a catalog; `compiler` makes the regexes of texts, which are the dear part of it."""

    def __init__(self, catalog: Catalog, compiler: Compiler = python_match) -> None:
        self.catalog = catalog
        products = [ProductMatcher(product, compiler) for product in catalog.products]
        # Frames with a fixed word are tried first: the ESA's would take any line of the form `word: Level: …`.
        routed = sorted(products, key=lambda one: one.product.dispatch == "words")
        self._forms = {one.product.name: one.forms for one in products}
        self._routed = [form for one in routed for form in one.forms]

    def forms(self, product: Product | None = None) -> list[Form]:
        """The forms of a header in the order in which they are tried: those of a product, or of all."""
        return self._forms[product.name] if product else self._routed

    def decode(self, line: str, product: Product | None = None) -> Decoded:
        """What a line says; `product` if its device is known, else every frame is tried."""
        framed = _framed(self.forms(product), line)
        return framed.form.owner.decode(line, framed) if framed else Decoded(line, UNKNOWN, None, line)

    def recognise(self, line: str, product: Product | None = None) -> Recognised:
        """Which message a line is: what `decode` says of it, in half the time, for no value is read."""
        framed = _framed(self.forms(product), line)
        return framed.form.owner.recognise(framed) if framed else Recognised(None, line, None, None)


class Form(NamedTuple):
    """One form of a header: what a line must hold, the form, its pattern, and whose it is."""

    needed: str
    header: Header
    pattern: Pattern
    owner: ProductMatcher


class _Framed(NamedTuple):
    """A line whose header is known: the header's form and match, and what stands after it."""

    form: Form
    found: Found
    body: str


class ProductMatcher:
    """The lines of one product.

    Attributes:
        product: whose lines.
        forms: of its header, in the order in which they are tried.
        by_id: the texts of each id, in that order.
        tree, pools: by words, how a line finds its pool (see `Buckets`), and the texts of each pool, in that order.
        messages: by id.
    """

    def __init__(self, product: Product, compiler: Compiler) -> None:
        self.product = product
        headers = [(header, Pattern(header.node)) for header in product.headers]
        self.forms = [Form(pattern.needed, header, pattern, self) for header, pattern in headers]
        self.by_id: dict[str, list[Pattern]] = {}
        self.messages = {message.id: message for message in product.messages}
        self._keys: dict[tuple[str | None, bool], kv.Keys] = {}
        self._fallback = [Pattern(one.body, None, one, compiler) for one in product.fallback if one.body is not None]
        patterns = {
            (wording.key, wording.number): Pattern(wording.body, message, wording, compiler)
            for message, wording in product.wordings()
            if wording.body is not None
        }
        for pattern in sorted(patterns.values(), key=_rank):
            self.by_id.setdefault(pattern.message.id if pattern.message else "", []).append(pattern)
        found = buckets(product) if product.dispatch == "words" else Buckets()
        self.tree = found.tree
        self.pools = [[patterns[wording.key, wording.number] for _, wording in pool] for pool in found.pools]

    def decode(self, line: str, framed: _Framed) -> Decoded:
        """What a line of the product says."""
        decoded = Decoded(line, HEADER_ONLY, self.product, framed.body, framed.form.pattern.values(framed.found))
        if self.product.dispatch == "key":
            self._read_keys(decoded, framed)
        else:
            self._read_text(decoded, _ident(framed))
        return decoded

    def recognise(self, framed: _Framed) -> Recognised:
        """Which message it is."""
        body = framed.body
        if self.product.dispatch == "key":
            ident = _ident(framed) or self._key(kv.tokens(framed.form.header.body, body))
            return Recognised(self.product, body, ident, self.messages.get(ident or ""))
        ident = _ident(framed)
        for pattern in self._candidates(ident, body):
            if pattern.fits(body):
                return Recognised(self.product, body, ident, pattern.message)
        return Recognised(self.product, body, ident, None)

    def _read_text(self, decoded: Decoded, ident: str | None) -> None:
        decoded.ident = ident
        if hit := self._hit(ident, decoded.body):
            pattern, found = hit
            decoded.values = pattern.values(found)
            decoded.message, decoded.wording, decoded.status = pattern.message, pattern.wording, PARSED
            return
        for pattern in self._fallback:
            if fallback := pattern.match(decoded.body):
                decoded.values = pattern.values(fallback)
                return

    def _hit(self, ident: str | None, body: str) -> tuple[Pattern, Found] | None:
        for pattern in self._candidates(ident, body):
            if found := pattern.match(body):
                return pattern, found
        return None

    def _candidates(self, ident: str | None, body: str) -> Sequence[Pattern]:
        if self.product.dispatch == "id":
            return self.by_id.get(ident or "", ())
        node: Tree | int = self.tree
        words = _WORD.finditer(body)
        while isinstance(node, dict):
            word = next(words, None)
            node = node.get(word[0] if word else "", node[WILD])
        return self.pools[node] if node != NONE else ()

    def _key(self, tokens: Iterable[kv.Token]) -> str | None:
        """The id among the tokens of a key-value body."""
        ident = kv.ident_of(tokens, self.product.key)
        return self.padded(ident) if ident else None

    def padded(self, ident: str) -> str:
        """An id of a key-value body with the leading zeros that some layouts leave out."""
        return ident.zfill(self.product.key_digits) if ident.isascii() and ident.isdigit() else ident

    def _read_keys(self, decoded: Decoded, framed: _Framed) -> None:
        product, layout, bracketed = self.product, framed.form.header.body, framed.form.header.bracketed
        tokens = list(kv.tokens(layout, decoded.body))
        decoded.ident = _ident(framed) or self._key(tokens)
        message = self.messages.get(decoded.ident or "")
        if message is not None:
            decoded.message, decoded.wording, decoded.status = message, message.wordings[0], PARSED
        keys = self._keys_of(message, bracketed=bracketed)
        if bracketed:
            tokens = list(kv.tokens(layout, decoded.body, keys.ends))
        reading = kv.read([token for token in tokens if token.key != product.key or token.group], keys.slots)
        decoded.values = [(name, member, value) for name, (member, value) in reading.slots.items()]
        decoded.extras = reading.extras

    def _keys_of(self, message: Message | None, *, bracketed: bool) -> kv.Keys:
        at = message.id if message else None, bracketed
        if at not in self._keys:
            wording = message.wordings[0] if message else None
            self._keys[at] = kv.keys_of(self.product, wording, bracketed=bracketed)
        return self._keys[at]


def _framed(forms: list[Form], line: str) -> _Framed | None:
    """The header of a line: the first form that fits."""
    for form in forms:
        if form.needed not in line or (found := form.pattern.match(line)) is None:
            continue
        body = line[found.end() :]
        if closing := form.header.closing:
            body = body.rstrip(" \t\r\n")
            if not body.endswith(closing):
                continue
            body = body.removesuffix(closing)
        return _Framed(form, found, body)
    return None


def _ident(framed: _Framed) -> str | None:
    """The message id of a header; None where it has none."""
    for at in framed.form.pattern.idents:
        ident: str | None = framed.found.group(at)
        if ident is not None:
            return ident
    return None


def _rank(pattern: Pattern) -> int:
    return pattern.wording.rank if pattern.wording else 0
