"""`postern check`: findings of the compiler and of the samples, all in one run."""

from __future__ import annotations

import gc
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli.choices import OVERLAY, SITE_HELP, overlay_folder, site_file
from postern.cli.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.model import Catalog

EXAMPLES = (
    "postern check",
    "postern check --format json | jq -r '.[].code'",
    "postern check --explain P604",
    "postern check --overlay my-entries --site site.yaml",
)


class Format(StrEnum):
    """For people, for programs, as annotations of a CI run."""

    text = "text"
    json = "json"
    ci = "ci"


def run(
    form: Annotated[Format, typer.Option("--format", help="How findings are written.")] = Format.text,
    explain: Annotated[str, typer.Option(metavar="CODE", help="Say what a code means and how to mend it.")] = "",
    site: Annotated[str, typer.Option(metavar="FILE", help=SITE_HELP)] = "",
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Find all that is wrong with the catalog.

    Prints one finding a line and exits 1, or one line of counts and exits 0.
    """
    if explain:
        typer.echo(_explained(explain.strip().upper()))
        return
    _check(form, site_file(site), overlay_folder(overlay))


def _check(form: Format, site: Path | None, overlay: Path | None) -> None:
    gc.disable()  # one short run: what it makes lives until its end
    from postern import paths
    from postern.checks import checked
    from postern.findings import CatalogError, render

    try:
        catalog = checked(paths.catalog_root(), site, overlay)
    except CatalogError as error:
        sys.stdout.writelines(f"{line}\n" for line in render(error.findings, form))
        typer.echo(f"{counted(len(error.findings), 'finding')}; `postern check --explain CODE` says more.", err=True)
        raise typer.Exit(1) from None
    if form is Format.json:
        typer.echo("[]")
    else:
        typer.echo(summary(catalog))


def summary(catalog: Catalog) -> str:
    """One line of counts."""
    wordings = [wording for product in catalog.products for _, wording in product.wordings()]
    counts = {
        "message": sum(1 for _ in catalog.messages()),
        "wording": len(wordings),
        "sample": sum(len(wording.samples) for wording in wordings),
        "field": len(catalog.fields),
        "event": len(catalog.events),
        "type": len(catalog.members),
    }
    return f"The catalog is fine: {', '.join(counted(number, noun) for noun, number in counts.items())}."


def _explained(code: str) -> str:
    from postern.findings import CODES

    if code not in CODES:
        raise typer.BadParameter(f"{code} is not a code; known: {', '.join(CODES)}", param_hint="--explain")
    return "\n".join((f"{code}: {CODES[code]}", *_examples(code)))


def _examples(code: str) -> Iterator[str]:
    """Findings of this code as the tests of a checkout expect them."""
    from postern import paths

    root = paths.checkout()
    for path in sorted(root.glob(f"tests/bad/{code}-*/expected.txt")) if root else ():
        yield f"An example is in {path.parent.relative_to(root or path)}; it gives:"
        yield from (f"  {line}" for line in path.read_text(encoding="utf-8").splitlines() if line)
