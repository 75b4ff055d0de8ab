"""The same patterns for Logstash's grok filter: one definition a line, values named by their ECS field reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import regex
from postern.elastic import grok

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
    spelled = [(name, speller.spell(node)) for name, node in named]
    return [*speller.shapes(), *spelled]


def body_name(product: Product, ident: str, number: int) -> str:
    """The name of the pattern of a wording."""
    return f"{product.name}_{ident}_{number}".upper()


class _Speller:
    """Spells trees; the shape of each kind of value becomes a definition: a named group takes no field."""

    def __init__(self, catalog: Catalog, prefix: str) -> None:
        self.catalog, self.prefix = catalog, prefix
        self._names: dict[str, str] = {}
        self._known: dict[regex.Node, str] = {}

    def shapes(self) -> list[tuple[str, str]]:
        """The definitions met so far."""
        return [(name, pattern) for pattern, name in self._names.items()]

    def spell(self, node: regex.Node) -> str:
        """The tree, its captures as references to their shapes."""
        return regex.spell(node, self._capture, self._known)

    def _capture(self, capture: regex.Capture, inner: str) -> str:
        name = self._name(capture, inner)
        field = "[" + "][".join(grok.path_of(self.catalog, capture).split(".")) + "]"
        return f"%{{{name}:{field}:int}}" if capture.cast == "int" else f"%{{{name}:{field}}}"

    def _name(self, capture: regex.Capture, inner: str) -> str:
        pattern = f"(?:{inner})"
        if pattern not in self._names:
            base = f"{self.prefix}_VALUE_{capture.member.upper()}"
            used = set(self._names.values())
            tries = [base, *(f"{base}_{number}" for number in range(2, len(used) + 3))]
            self._names[pattern] = next(name for name in tries if name not in used)
        return self._names[pattern]
