"""Options whose values the catalog knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from postern.cli.errors import Stop

if TYPE_CHECKING:
    from postern.model import Catalog, Product


SITE_HELP = "A site.yaml: the Splunk indexes and source types of your site."


def site_file(name: str) -> Path | None:
    """The site.yaml of this name; None where none was named."""
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise Stop(f"{name} is not a file.", "Write one, as CONTRIBUTING.md shows, or leave --site out.")
    return path


def known_product(catalog: Catalog, name: str) -> Product | None:
    """The product of this name; None where none was named."""
    if not name:
        return None
    for product in catalog.products:
        if product.name == name:
            return product
    known = ", ".join(product.name for product in catalog.products)
    raise typer.BadParameter(f"{name} is not a product; known: {known}", param_hint="--product")
