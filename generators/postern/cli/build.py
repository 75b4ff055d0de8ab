"""`postern build`: everything below out/, generated from the catalog."""

from __future__ import annotations

import contextlib
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli.choices import OVERLAY, SITE_HELP, overlay_folder, site_file
from postern.cli.errors import Stop, counted

if TYPE_CHECKING:
    from postern.artifact import Artifact, Difference
    from postern.watch import Turn

EXAMPLES = (
    "postern build",
    "postern build --check             # in CI: is out/ what the catalog generates?",
    "postern build --out /tmp/content",
    "postern build --out /tmp/content --site site.yaml",
    "postern build --out /tmp/content --overlay my-entries",
    "postern build --watch             # again, whenever a file of the catalog changes; ends with Ctrl-C",
)


def run(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file differs.")] = False,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where to write; default: out/ of the checkout.")] = "",
    site: Annotated[str, typer.Option(metavar="FILE", help=SITE_HELP)] = "",
    overlay: Annotated[str, OVERLAY] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever a file changes; Ctrl-C ends.")] = False,
) -> None:
    """Generate everything below out/ from the catalog.

    Each file is replaced whole. While the catalog has findings, nothing is written.
    """
    if watch and check:
        raise typer.BadParameter("goes not with --check, which writes nothing", param_hint="--watch")
    gc.disable()  # one short run: what it makes lives until its end
    from postern import artifact, paths
    from postern.backends import checked_artifacts

    laid, sited = overlay_folder(overlay), site_file(site)
    _refuse_mixing(out, laid, sited)
    folder = Path(out) if out else _near((paths.checkout() or Path()) / "out")
    if watch:
        _watch(paths.catalog_root(), folder, sited, laid, named=bool(out))
        return
    made = checked_artifacts(paths.catalog_root(), sited, laid)
    _refuse_foreign(made, folder, named=bool(out))
    if check:
        said = (("--out", out), ("--site", site), ("--overlay", overlay))
        command = " ".join(["postern build", *(f"{option} {value}" for option, value in said if value)])
        _compare(artifact.compare(made, folder), folder, command)
        typer.echo(f"{folder}: {counted(len(made), 'file')}, all as the catalog generates them.")
    else:
        _report(artifact.write(made, folder), made, folder)


def _watch(root: Path, folder: Path, site: Path | None, overlay: Path | None, *, named: bool) -> None:
    """A build now, and one each time something changes."""
    from postern.watch import Builder

    builder = Builder(root, folder, site, overlay, lambda made: _refuse_foreign(made, folder, named=named))
    with contextlib.suppress(KeyboardInterrupt):
        _tell(builder.turn(), folder, "all")
        gc.freeze()  # what a turn makes is garbage from now on; what the first one made mostly stays
        gc.enable()
        for changed in builder.changes():
            _tell(builder.turn(), folder, ", ".join(dict.fromkeys(path.name for path in changed)))
    typer.echo("No longer watching.", err=True)


def _tell(turn: Turn, folder: Path, what: str) -> None:
    """A turn in one line, after its findings."""
    for finding in turn.findings:
        typer.echo(finding.text())
    took = f"{turn.written or turn.checked:.2f} s"
    if turn.findings or turn.refused:
        why = turn.refused or counted(len(turn.findings), "finding")
        typer.echo(f"{what}: {why}; nothing written; {took}")
    else:
        said = _changes(list(turn.differences))
        typer.echo(
            f"{what}: {folder}: {counted(turn.files, 'file')}, {said}; {took}, of it checks {turn.checked:.2f} s"
        )


def _refuse_mixing(out: str, *more: Path | None) -> None:
    """What is committed under out/ of a checkout is the bundled catalog's alone."""
    from postern import paths

    if (laid := next(filter(None, more), None)) and not out and paths.checkout():
        sentence = f"out/ of a checkout holds what the bundled catalog generates, and {laid} is laid over that."
        raise Stop(
            sentence, "Name another folder with --out, or neither overlay (--overlay, POSTERN_OVERLAY) nor site."
        )


def _near(path: Path) -> Path:
    """The path as seen from the working folder, where it lies below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _refuse_foreign(made: list[Artifact], folder: Path, *, named: bool) -> None:
    """What is not generated is removed: never from a folder that was not written by us."""
    if folder.exists() and not folder.is_dir():
        raise Stop(f"{folder} is not a folder.", "Name another one with --out.")
    if not named or not folder.exists() or any((folder / one.path).is_file() for one in made):
        return
    if any(folder.iterdir()):
        raise Stop(
            f"{folder} holds files that Postern did not write.", "Name an empty folder, or one that is not there."
        )


def _compare(differences: list[Difference], folder: Path, command: str) -> None:
    if not differences:
        return
    for one in differences:
        typer.echo(f"{one.kind:10} {folder / one.path}")
    number = counted(len(differences), "difference")
    raise Stop(
        f"{number} between {folder} and what the catalog generates.", f"Run `{command}` and commit what it changes."
    )


def _report(differences: list[Difference], made: list[Artifact], folder: Path) -> None:
    typer.echo(f"{folder}: {counted(len(made), 'file')}, {_changes(differences)}.")


def _changes(differences: list[Difference]) -> str:
    kinds = [one.kind for one in differences]
    words = {"missing": "new", "changed": "changed", "unexpected": "removed"}
    said = [f"{kinds.count(kind)} {word}" for kind, word in words.items() if kind in kinds]
    return ", ".join(said) or "nothing changed"
