"""`postern package`: the Splunk app as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from postern.cli.choices import OVERLAY, SITE_HELP, overlay_folder, site_file
from postern.cli.errors import Stop

EXAMPLES = (
    "postern package                      # dist/postern-<version>.tgz",
    "postern package --out /tmp",
    "postern package --site site.yaml     # your indexes and source types in the macros",
    "postern package --overlay my-entries",
    "splunk install app dist/postern-*.tgz",
)


def run(
    out: Annotated[str, typer.Option(metavar="DIR", help="Folder of the package; made where it is missing.")] = "dist",
    site: Annotated[str, typer.Option(metavar="FILE", help=SITE_HELP)] = "",
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Pack the Splunk app into one file, the same bytes every time.

    The catalog is checked first; while it has findings, nothing is written.
    """
    from postern import paths
    from postern.checks import checked
    from postern.splunk import emit
    from postern.splunk.package import FILE_NAME, package

    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise Stop(f"{folder} is not a folder.", "Name another one with --out.")
    catalog = checked(paths.catalog_root(), site_file(site), overlay_folder(overlay))
    if "splunk" not in catalog.site.targets:
        raise Stop("Splunk is not among the targets of site.yaml.", "Add it there, or name another with --site.")
    data = package(emit(catalog))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(data)
    typer.echo(f"{folder / FILE_NAME}: {len(data) / 1024:,.0f} KiB.")
