"""Options whose values the catalog knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from postern.model import Catalog, Product


def known_product(catalog: Catalog, name: str) -> Product | None:
    """The product of this name; None where none was named."""
    if not name:
        return None
    for product in catalog.products:
        if product.name == name:
            return product
    known = ", ".join(product.name for product in catalog.products)
    raise typer.BadParameter(f"{name} is not a product; known: {known}", param_hint="--product")
