"""Artifacts: paths and texts that back ends emit, and how they come to disk."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP = frozenset({".gitkeep"})


class EmitError(ValueError):
    """A back end cannot write an entry, though the catalog has no fault; the message names the entry and the reason."""


@dataclass(frozen=True)
class Artifact:
    """A file to be: its path below out/, and its text, or the bytes of a picture."""

    path: str
    text: str | bytes

    @property
    def data(self) -> bytes:
        """What the file holds."""
        return self.text.encode() if isinstance(self.text, str) else self.text


@dataclass(frozen=True)
class Difference:
    """A path whose file is not what the catalog generates: `missing`, `changed` or `unexpected`."""

    path: str
    kind: str


def compare(artifacts: Iterable[Artifact], out: Path) -> list[Difference]:
    """Differences between the artifacts and the files below `out`."""
    wanted = {artifact.path: artifact.data for artifact in artifacts}
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and path.name not in KEEP}
    found = [Difference(path, "unexpected") for path in there - wanted.keys()]
    for path, data in wanted.items():
        if path not in there:
            found.append(Difference(path, "missing"))
        elif (out / path).read_bytes() != data:
            found.append(Difference(path, "changed"))
    return sorted(found, key=lambda one: one.path)


def write(artifacts: Iterable[Artifact], out: Path) -> list[Difference]:
    """Makes the files below `out` the artifacts, each replaced whole; returns what was different.

    Raises:
        OSError: a file could not be written; files already replaced stay, each of them complete.
    """
    wanted = list(artifacts)
    differences = compare(wanted, out)
    changed = {difference.path: difference.kind for difference in differences}
    for artifact in wanted:
        if artifact.path in changed:
            _replace(out / artifact.path, artifact.data)
    for path, kind in changed.items():
        if kind == "unexpected":
            (out / path).unlink()
    return differences


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
