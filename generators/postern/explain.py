"""`explain`: what a line means and what to do, as an object for programs (explain.schema.json) and as text for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from postern import document
from postern.matcher import Decoded
from postern.model import Catalog


def explain(decoded: Decoded, catalog: Catalog, reference: datetime) -> dict[str, Any]:
    """One object for one line; for many lines, keep an `Explainer`."""
    return Explainer(catalog).explain(decoded, reference)


class Explainer:
    """Explains decoded lines; what does not depend on the line is looked up once a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.documents = document.Documents(catalog)

    def explain(self, decoded: Decoded, reference: datetime) -> dict[str, Any]:
        """One object for one line: status, product, key, severity, params, ecs, cim, title, meaning, action."""
        message = decoded.message
        return {
            "status": decoded.status,
            "product": decoded.product.name if decoded.product else None,
            "key": message.key if message else None,
            "severity": message.level if message else None,
            "params": decoded.params,
            "ecs": self.documents.ecs(decoded, reference),
            "cim": document.cim(decoded, self.catalog),
            "title": message.title if message else None,
            "meaning": message.meaning if message else None,
            "action": message.action if message else None,
        }
