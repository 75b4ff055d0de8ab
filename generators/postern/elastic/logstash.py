"""The same patterns for Logstash's grok filter: one definition a line, values named by their ECS field reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import regex
from postern.elastic import grok
from postern.kept import remembered

if TYPE_CHECKING:
    from postern.model import Catalog, Product


def patterns(catalog: Catalog, product: Product) -> list[tuple[str, str]]:
    """Names and patterns of a product: the shapes of values first, then headers, then bodies (whole, not anchored)."""
    speller = _Speller(catalog, product.name.upper())
    named = [(f"{speller.prefix}_HEADER_{number}", one.node) for number, one in enumerate(product.headers)]
    named += [
        (body_name(product, message.id, wording.number), wording.body)
        for message, wording in product.wordings()
        if wording.body is not None
    ]
    spelled = [(name, speller.spell(name, node)) for name, node in named]
    return [*speller.shapes(), *spelled]


def body_name(product: Product, ident: str, number: int) -> str:
    """The name of the pattern of a wording."""
    return f"{product.name}_{ident}_{number}".upper()


_CUT = "\0"  # stands in no pattern: there it is escaped


class _Speller:
    """Spells trees; the shape of each kind of value becomes a definition: a named group takes no field."""

    def __init__(self, catalog: Catalog, prefix: str) -> None:
        self.catalog, self.prefix = catalog, prefix
        self._names: dict[str, str] = {}
        self._used: set[str] = set()
        self._known: dict[regex.Node, str] = {}

    def shapes(self) -> list[tuple[str, str]]:
        """The definitions met so far."""
        return [(name, pattern) for pattern, name in self._names.items()]

    def spell(self, name: str, node: regex.Node) -> str:
        """The tree, its captures as references to their shapes."""
        pieces = remembered((patterns, name), (self.catalog.fields, node), lambda: self._pieces(node))
        values = zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True)
        return pieces[0] + "".join(
            f"%{{{self._name(member, shape)}:{into}}}{after}" for member, shape, into, after in values
        )

    def _pieces(self, node: regex.Node) -> list[str]:
        """Text, then for each capture: its member, its shape, the field it fills, and the text after it."""
        return regex.spell(node, self._capture, self._known).split(_CUT)

    def _capture(self, capture: regex.Capture, inner: str) -> str:
        field = "[" + "][".join(grok.path_of(self.catalog, capture).split(".")) + "]"
        into = f"{field}:int" if capture.cast == "int" else field
        return _CUT.join(["", capture.member.upper(), f"(?:{inner})", into, ""])

    def _name(self, member: str, shape: str) -> str:
        if shape not in self._names:
            base = f"{self.prefix}_VALUE_{member}"
            tries = [base, *(f"{base}_{number}" for number in range(2, len(self._used) + 3))]
            name = next(name for name in tries if name not in self._used)
            self._names[shape] = name
            self._used.add(name)
        return self._names[shape]
