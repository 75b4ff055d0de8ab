"""Turns of `build --watch`: what was changed is compiled, checked and written anew; the rest is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from postern import artifact, backends
from postern.checks import checked
from postern.findings import CatalogError
from postern.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postern.artifact import Artifact, Difference
    from postern.findings import Finding

_GATHER, _QUIET = 200, 20  # milliseconds in which changes are gathered at most, and that end a turn early
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Turn:
    """What one turn did.

    Attributes:
        findings: what is wrong; then nothing was written.
        differences: files that were not as generated, and are now.
        files: how many files there are.
        checked, written: seconds until the checks were through, and until the files were written.
        refused: why a back end could not write an entry; empty otherwise.
    """

    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    files: int = 0
    checked: float = 0.0
    written: float = 0.0
    refused: str = ""


@dataclass
class Builder:
    """Builds again and again from the same folders into the same one; `guard` may refuse to write there."""

    root: Path
    out: Path
    site: Path | None = None
    overlay: Path | None = None
    guard: Callable[[list[Artifact]], None] = lambda _: None
    kept: Kept = field(default_factory=Kept)

    def turn(self) -> Turn:
        """One build."""
        begun = time.perf_counter()
        try:
            catalog = checked(self.root, self.site, self.overlay, self.kept)
        except CatalogError as error:
            return Turn(tuple(error.findings), checked=time.perf_counter() - begun)
        done = time.perf_counter() - begun
        try:
            made = backends.artifacts(catalog)
        except artifact.EmitError as error:
            return Turn(checked=done, refused=str(error))
        self.guard(made)
        differences = tuple(artifact.write(made, self.out))
        return Turn((), differences, len(made), done, time.perf_counter() - begun)

    def folders(self) -> list[Path]:
        """What has to be watched; the folder of a site.yaml stands for it, for editors replace files."""
        site = [self.site.parent] if self.site else []
        return list(
            dict.fromkeys(path.resolve() for path in (self.root, *([self.overlay] if self.overlay else []), *site))
        )

    def concerns(self, path: Path) -> bool:
        """Whether a changed file is one that is read."""
        layers = [one.resolve() for one in (self.root, self.overlay) if one]
        inside = path.suffix in SUFFIXES and any(path.is_relative_to(one) for one in layers)
        return inside or (self.site is not None and path == self.site.resolve())

    def changes(self) -> Iterator[list[Path]]:
        """The changed files of each turn, as the system tells of them.

        Raises:
            KeyboardInterrupt: at Ctrl-C; there is no other end.
        """
        from watchfiles import watch

        def concerns(_: object, path: str) -> bool:
            return self.concerns(Path(path))

        for changed in watch(*self.folders(), watch_filter=concerns, debounce=_GATHER, step=_QUIET):
            yield sorted(Path(path) for _, path in changed)
