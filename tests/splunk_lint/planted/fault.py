"""A planted fault, and the small edits of an app's files that plant one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Fault:
    """One change of the sample app.

    Attributes:
        name: what is wrong.
        edit: makes it so, in the app's folder.
        linter: the code with which our linter catches it; empty where it does not.
        also: further codes that follow from the same change.
        appinspect: the check of AppInspect that does not pass then.
        said: what AppInspect says of it, a part of the message; tells the faults of one check apart.
        batch: faults with the same number are shown to AppInspect in one app, to save time.
        slim, ksconf: whether these tools complain.
        harmless: why it is none; then the linter is silent too.
    """

    name: str
    edit: Edit
    linter: str = ""
    appinspect: str = ""
    said: str = ""
    batch: int = 1
    slim: bool = False
    ksconf: bool = False
    harmless: str = ""
    also: tuple[str, ...] = ()


def replace(file: str, old: str, new: str) -> Edit:
    """Another text in the place of the first of its kind; the old one has to be there."""

    def edit(app: Path) -> None:
        data = (app / file).read_bytes()
        if old.encode() not in data:
            raise ValueError(f"{file} does not hold {old!r}")
        (app / file).write_bytes(data.replace(old.encode(), new.encode(), 1))

    return edit


def append(file: str, text: str | bytes) -> Edit:
    """More lines at the end of a file, which may be new."""

    def edit(app: Path) -> None:
        path = app / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as target:
            target.write(text if isinstance(text, bytes) else text.encode())

    return edit


def write(file: str, content: str | bytes) -> Edit:
    """Another content."""

    def edit(app: Path) -> None:
        (app / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    return edit


def remove(file: str) -> Edit:
    """A file less."""
    return lambda app: (app / file).unlink()


def crlf(file: str) -> Edit:
    """Line ends of Windows."""

    def edit(app: Path) -> None:
        (app / file).write_bytes((app / file).read_bytes().replace(b"\n", b"\r\n"))

    return edit


def mode(file: str, bits: int) -> Edit:
    """Other permissions."""
    return lambda app: (app / file).chmod(bits)
