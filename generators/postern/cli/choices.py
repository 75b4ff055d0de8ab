"""Options whose values the catalog knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from postern.cli.errors import Stop

if TYPE_CHECKING:
    from postern.model import Catalog, Product


SITE_HELP = "A site.yaml: what your site sets, as README.md says; default: the one of the overlay."
OVERLAY = typer.Option(
    metavar="DIR", envvar="POSTERN_OVERLAY", help="A folder of your own entries, laid over the bundled catalog."
)


def overlay_folder(name: str) -> Path | None:
    """The overlay of this name; None where none was named."""
    if not name:
        return None
    path = Path(name)
    if not path.is_dir():
        way_out = "Name a folder of the catalog's form, as CONTRIBUTING.md shows, with --overlay or POSTERN_OVERLAY."
        raise Stop(f"{name} is not a folder.", way_out)
    return path


def site_file(name: str) -> Path | None:
    """The site.yaml of this name; None where none was named."""
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise Stop(f"{name} is not a file.", "Write one, as README.md shows, or leave --site out.")
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
