"""`explain`: what a line means and what to do, as an object for programs; `data/explain.schema.json` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postern import document

if TYPE_CHECKING:
    from datetime import datetime

    from postern.matcher import Decoded
    from postern.model import Catalog


def explain(decoded: Decoded, catalog: Catalog, reference: datetime) -> dict[str, Any]:
    """One object for one line; for many lines, keep an `Explainer`."""
    return Explainer(catalog).explain(decoded, reference)


class Explainer:
    """Explains decoded lines; what does not depend on the line is looked up once a catalog.

    `ecs` is what the catalog's site stores (see `document.Documents`, also of the salt); the rest is the line's own.
    """

    def __init__(self, catalog: Catalog, language: str = "en", salt: str = "") -> None:
        self.catalog = catalog
        self.language = language
        self.documents = document.Documents(catalog, salt)

    def explain(self, decoded: Decoded, reference: datetime) -> dict[str, Any]:
        """One object for one line: status, product, key, severity, params, ecs, cim, title, meaning, action."""
        message = decoded.message
        words = message.words(self.language) if message else None
        return {
            "status": decoded.status,
            "product": decoded.product.name if decoded.product else None,
            "key": message.key if message else None,
            "severity": message.level if message else None,
            "params": decoded.params,
            "ecs": self.documents.ecs(decoded, reference),
            "cim": self.documents.cim(decoded),
            "title": words.title if words else None,
            "meaning": (words.meaning or None) if words else None,
            "action": (words.action or None) if words else None,
        }
