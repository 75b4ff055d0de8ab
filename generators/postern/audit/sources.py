"""Which files are read, and what each of them is: text, an archive of text, or something else."""

from __future__ import annotations

import gzip
import os
import stat
import sys
import zlib
from dataclasses import dataclass
from io import BufferedReader, FileIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

STDIN = "-"
_HEAD = 1 << 16  # bytes that tell text from other things; a pipe holds no more at a time
_STRAY = 3  # NUL bytes that a text may hold, and one more for each thousand bytes
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Problem(NamedTuple):
    """What could not be read, and why: a sentence."""

    path: str
    problem: str


@dataclass(frozen=True)
class Source:
    """A file to be read.

    Attributes:
        path: as it was found below what the user named; `-` is standard input.
        shown: the path as text, whatever bytes it holds.
        size: bytes, compressed ones in an archive; None where a pipe does not tell.
    """

    path: str
    shown: str
    size: int | None


class NotReadableError(Exception):
    """A source that cannot be read, or not to its end: why, in a sentence."""


class Given(NamedTuple):
    """What is to be read, and what of it cannot be."""

    sources: list[Source]
    problems: list[Problem]


def sources(names: Sequence[str]) -> Given:
    """The files that the names stand for, in order: a folder for all that is below it, by name, but nothing hidden."""
    given = Given([], [])
    for name in names:
        try:
            given.sources.extend(_below(name, given.problems, named=True))
        except OSError as error:
            given.problems.append(Problem(shown(name), sentence(error)))
    return given


def _below(name: str, problems: list[Problem], *, named: bool) -> Iterator[Source]:
    if name == STDIN and named:
        yield Source(name, "standard input", None)
        return
    status = os.stat(name)  # noqa: PTH116 - a path that is not UTF-8, and "a//b", stay as they are
    if stat.S_ISDIR(status.st_mode):
        yield from _inside(name, problems)
    elif stat.S_ISREG(status.st_mode):
        yield Source(name, shown(name), status.st_size)
    elif named:
        yield Source(name, shown(name), None)
    else:
        # Nobody asked for this pipe, socket or device; to open it could take for ever.
        problems.append(Problem(shown(name), "It is no regular file. Name it, if it is to be read."))


def _inside(folder: str, problems: list[Problem]) -> Iterator[Source]:
    with os.scandir(folder) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in found:
        try:
            if entry.is_symlink() and entry.is_dir():
                continue  # it leads elsewhere, perhaps back to where we are
            yield from _below(entry.path, problems, named=False)
        except OSError as error:
            problems.append(Problem(shown(entry.path), sentence(error)))


def shown(path: str) -> str:
    """A path as text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def sentence(error: OSError) -> str:
    """Why a file cannot be read."""
    return f"It cannot be read: {error.strerror or error}."


class Opened(NamedTuple):
    """An open source.

    Attributes:
        data: its text as bytes, decompressed.
        raw: the bytes as they are stored; its position tells how far we are.
        ranges: whether the file can be read by byte ranges.
    """

    data: BinaryIO
    raw: BufferedReader[FileIO]
    ranges: bool


def opened(source: Source, stack: ExitStack) -> Opened:
    """Opens a source; what is closed with `stack` is all that was opened.

    Raises:
        NotReadableError: it is not text.
        OSError: it cannot be opened or read.
    """
    raw = _standard_input() if source.path == STDIN else stack.enter_context(BufferedReader(FileIO(source.path), _HEAD))
    head = raw.peek(_HEAD)
    if head.startswith(_GZIP):
        return Opened(cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=raw))), raw, ranges=False)
    if head.startswith(_ZSTD):
        return Opened(_zstd(raw, stack), raw, ranges=False)
    return Opened(raw, raw, ranges=source.size is not None)


def _standard_input() -> BufferedReader[FileIO]:
    if sys.stdin is None:
        raise NotReadableError("There is no standard input.")
    return cast("BufferedReader[FileIO]", sys.stdin.buffer)


def _zstd(raw: BufferedReader[FileIO], stack: ExitStack) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("BinaryIO", stack.enter_context(zstd.ZstdFile(raw)))


def refuse_binary(head: bytes | bytearray) -> None:
    """Refuses what is not text.

    Raises:
        NotReadableError: `head`, the first bytes, holds too many NUL bytes for a text.
    """
    if head[:_HEAD].count(0) > _STRAY + len(head[:_HEAD]) // 1000:
        raise NotReadableError(
            "It is not text: it holds many NUL bytes. Of archives, gz and zst are read; turn UTF-16 into UTF-8 first."
        )


def damage(error: Exception) -> str:
    """What is wrong with an archive that cannot be read to its end."""
    kept = "The whole lines before that were counted."
    if isinstance(error, EOFError):
        return f"The archive is cut off: its end is missing. {kept}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{sentence(error)} {kept}"
    return f"The archive is damaged ({error}). What it gave before that was counted, and may be wrong."


def damages() -> tuple[type[Exception], ...]:
    """The errors of a broken archive."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError
    else:
        from backports.zstd import ZstdError
    return EOFError, OSError, zlib.error, ZstdError
