"""The app as one file, for `splunk install app`: a .tgz with the same bytes on every machine and at any time.

Compressors differ in their output from version to version, so the gzip stream holds the archive as it is; times,
owners and the order of files are fixed.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from postern import __version__
from postern.splunk.emit import APP, APP_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.artifact import Artifact

FILE_NAME = f"{APP_ID}-{__version__}.tgz"
_LONGEST = 0xFFFF  # bytes of a stored block
_HEADER = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff"  # gzip, no name, no time, no system


def package(artifacts: Iterable[Artifact]) -> bytes:
    """The archive of an app's files; what does not lie below the app is left out."""
    files = {PurePosixPath(one.path).relative_to(PurePosixPath(APP).parent): one.data for one in _of_app(artifacts)}
    folders = {parent for path in files for parent in path.parents if parent.name}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted({*files, *folders}):
            data = files.get(path)
            info = tarfile.TarInfo(str(path))
            info.type, info.mode = (tarfile.DIRTYPE, 0o755) if data is None else (tarfile.REGTYPE, 0o644)
            info.size = len(data or b"")
            tar.addfile(info, io.BytesIO(data or b""))
    return b"".join(_gzip(archive.getvalue()))


def _of_app(artifacts: Iterable[Artifact]) -> Iterator[Artifact]:
    return (one for one in artifacts if one.path.startswith(f"{APP}/"))


def _gzip(data: bytes) -> Iterator[bytes]:
    """A gzip stream of stored blocks (RFC 1951, 3.2.4; RFC 1952)."""
    yield _HEADER
    starts = range(0, len(data), _LONGEST) or [0]
    for start in starts:
        block = data[start : start + _LONGEST]
        yield struct.pack("<BHH", start + _LONGEST >= len(data), len(block), len(block) ^ _LONGEST) + block
    yield struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
