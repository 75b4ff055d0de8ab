"""Files in pieces of about two megabytes, each of whole lines: what one process counts at a time."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from postern.audit.sources import (
    NotReadableError,
    Problem,
    Source,
    damage,
    damages,
    opened,
    refuse_binary,
    sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.audit.sources import Opened

SIZE = 1 << 21
LONGEST = 1 << 20
"""Bytes of a line that are looked at: what bounds the memory for a file without line ends."""
_STEP = 1 << 16


class Piece(NamedTuple):
    """Lines of one file.

    Attributes:
        path: the file.
        shown: its path as text.
        start, end: the lines that begin in this range of bytes, where `data` is None.
        data: the lines themselves, where they came out of an archive or a pipe.
        size: how many bytes of the file as it is stored they stand for.
    """

    path: str
    shown: str
    start: int
    end: int
    data: bytes | None
    size: int

    def read(self) -> bytes:
        """The lines; one that is longer than `LONGEST` may be cut there."""
        if self.data is not None:
            return self.data
        with open(self.path, "rb", _STEP) as file:  # noqa: PTH123 - the path as it was found
            return lines_from(file, self.start, self.end)


def pieces(sources: Iterable[Source], problems: list[Problem]) -> Iterator[Piece]:
    """The pieces of all sources, in order; what cannot be read becomes a problem, and the next source follows."""
    for source in sources:
        try:
            with ExitStack() as stack:
                yield from _of(source, opened(source, stack))
        except NotReadableError as error:
            problems.append(Problem(source.shown, str(error)))
        except OSError as error:
            problems.append(Problem(source.shown, sentence(error)))


def _of(source: Source, file: Opened) -> Iterator[Piece]:
    if file.ranges:
        refuse_binary(file.raw.peek(_STEP)[:_STEP])
        size = source.size or 0
        for start in range(0, size, SIZE):
            end = min(start + SIZE, size)
            yield Piece(source.path, source.shown, start, end, None, end - start)
        return
    told = 0
    for data in blocks(file.data):
        done = file.raw.tell() if source.size is not None else 0
        yield Piece(source.path, source.shown, 0, 0, data, done - told)
        told = done


def blocks(data: BinaryIO) -> Iterator[bytes]:
    """A stream in blocks of whole lines; the last line may lack its end.

    Raises:
        NotReadableError: it is not text, or breaks off; the whole lines before that have been handed out.
    """
    held = bytearray()
    judged, broken = False, None
    try:
        # As much as there is: what an archive still gives before it breaks off is not lost.
        while chunk := data.read1(_STEP):  # type: ignore[attr-defined] # buffered readers have it
            held += chunk
            if not judged and len(held) >= _STEP:
                refuse_binary(held)
                judged = True
            if len(held) >= SIZE:
                yield from _whole_lines(held)
    except damages() as error:
        broken = error
        del held[held.rfind(b"\n") + 1 :]
    if not judged:
        refuse_binary(held)
    if held:
        yield bytes(held)
    if broken is not None:
        raise NotReadableError(damage(broken)) from broken


def _whole_lines(held: bytearray) -> Iterator[bytes]:
    """Takes the whole lines out of what is held; where there is none, what is held of the line is cut."""
    end = held.rfind(b"\n") + 1
    if end:
        yield bytes(held[:end])
        del held[:end]
    else:
        del held[LONGEST:]


def lines_from(file: BinaryIO, start: int, end: int) -> bytes:
    """The lines that begin at the bytes from `start` up to, but without, `end`, each with its line end."""
    if start:
        # A line begins after the first line end from `start - 1` on.
        file.seek(start - 1)
        start += len(file.readline(end - start + 1)) - 1
    if start >= end:
        return b""
    data = file.read(end - start)
    whole = data.endswith(b"\n") or len(data) < end - start
    return data if whole else data + file.readline(LONGEST)
