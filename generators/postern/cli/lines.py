r"""Lines from standard input: bytes that are not UTF-8 are shown as `\xNN`, and nothing but LF and CRLF ends a line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO

from postern.cli.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16


def stdin() -> BinaryIO:
    """Standard input as bytes."""
    if sys.stdin is None:
        raise Stop("There is no standard input.", "Pipe lines in, or give one line as an argument.")
    return sys.stdin.buffer


def batches(source: BinaryIO) -> Iterator[list[str]]:
    """The lines of a source, as many at a time as have arrived: who waits for them is never kept waiting."""
    begun: list[bytes] = []
    while chunk := source.read1(_CHUNK):  # type: ignore[attr-defined] # buffered readers have it
        first, *more = chunk.split(b"\n")
        begun.append(first)
        if more:
            whole = [b"".join(begun), *more[:-1]]
            begun = [more[-1]]
            yield [shown(line) for line in whole]
    if any(begun):
        yield [shown(b"".join(begun))]


def shown(line: bytes) -> str:
    """A line without its CR, as text."""
    return line.removesuffix(b"\r").decode("utf-8", "backslashreplace")


def argument(line: str) -> str:
    """A line from the command's arguments, with the same rules."""
    return shown(os.fsencode(line).removesuffix(b"\n"))
