"""`postern build`: everything below out/, generated from the catalog."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli.errors import Stop, counted

if TYPE_CHECKING:
    from postern.artifact import Artifact, Difference

EXAMPLES = (
    "postern build",
    "postern build --check             # in CI: is out/ what the catalog generates?",
    "postern build --out /tmp/content",
)


def run(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file differs.")] = False,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where to write; default: out/ of the checkout.")] = "",
) -> None:
    """Generate everything below out/ from the catalog.

    Each file is replaced whole. While the catalog has findings, nothing is written.
    """
    from postern import artifact, paths
    from postern.backends import artifacts
    from postern.checks import checked

    gc.disable()  # one short run: what it makes lives until its end
    folder = Path(out) if out else (paths.checkout() or Path()) / "out"
    made = artifacts(checked(paths.catalog_root()))
    _refuse_foreign(made, folder, named=bool(out))
    if check:
        _compare(artifact.compare(made, folder), folder, command=f"postern build --out {out}" if out else "postern build")
        typer.echo(f"{folder}: {counted(len(made), 'file')}, all as the catalog generates them.")
    else:
        _report(artifact.write(made, folder), made, folder)


def _refuse_foreign(made: list[Artifact], folder: Path, *, named: bool) -> None:
    """Files that are not generated are removed: never from a folder that is not ours."""
    if folder.exists() and not folder.is_dir():
        raise Stop(f"{folder} is not a folder.", "Name another one with --out.")
    ours = {one.path.partition("/")[0] for one in made}
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in ours) if folder.exists() else []
    if named and foreign:
        raise Stop(f"{folder} holds files that are not Postern's, such as {foreign[0]}.", "Name an empty folder.")


def _compare(differences: list[Difference], folder: Path, command: str) -> None:
    if not differences:
        return
    for one in differences:
        typer.echo(f"{one.kind:10} {folder / one.path}")
    raise Stop(
        f"{counted(len(differences), 'file')} below {folder} {'is' if len(differences) == 1 else 'are'} not what the catalog generates.",
        f"Run `{command}` and commit what it changes.",
    )


def _report(differences: list[Difference], made: list[Artifact], folder: Path) -> None:
    kinds = [one.kind for one in differences]
    words = {"missing": "new", "changed": "changed", "unexpected": "removed"}
    said = [f"{kinds.count(kind)} {word}" for kind, word in words.items() if kind in kinds]
    typer.echo(f"{folder}: {counted(len(made), 'file')}, {', '.join(said) or 'nothing changed'}.")
