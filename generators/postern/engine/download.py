"""Bring files of a Maven repository to disk: whole, or only the span of a zip that is wanted.

No address is written here: they come from the Maven client `jgo`, from its configuration file and from the mirrors of
the user's Maven settings.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from postern.engine.errors import EngineError, extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.engine.artifacts import Artifact, Carrier

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that have arrived and how many there will be (None where nobody knows)."""

_CHUNK = 256 * 1024
_TIMEOUT = (10, 60)
_ATTEMPTS = 4
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
_RUN_AGAIN = "Run the command again; if it fails again, look for a proxy or a mirror that alters downloads."


class _RangeRefusedError(Exception):
    """The server sends whole files only."""


class _BrokenOffError(Exception):
    """The transfer ended early, or the server said that it cannot answer now."""


def silent(_name: str, _done: int, _total: int | None) -> None:
    """A progress callback that shows nothing."""


def repository_addresses() -> tuple[str, ...]:
    """Repository addresses in the order to try: the user's own ones first, then the Maven client's default.

    Raises:
        EngineError: the Maven client is not installed.
    """
    own = extra("jgo.config").GlobalSettings.load().repositories
    default = extra("jgo.maven").MavenContext().remote_repos
    addresses = [*_mirrors(Path.home() / ".m2" / "settings.xml"), *own.values(), *default.values()]
    return tuple(dict.fromkeys(address.rstrip("/") for address in addresses))


def _mirrors(settings: Path) -> Iterator[str]:
    """Mirrors that Maven's settings set before Central; an unreadable file is Maven's business, not ours."""
    try:
        root = ET.parse(settings).getroot()  # noqa: S314 -- the user's own file
    except (OSError, ET.ParseError):
        return
    for mirror in root.iter():
        if mirror.tag.rpartition("}")[2] != "mirror":
            continue
        values = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in mirror}
        if {"*", "external:*", "central"} & set(re.split(r"\s*,\s*", values.get("mirrorOf", ""))) and values.get("url"):
            yield values["url"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where files come from.

    Attributes:
        addresses: repositories, tried in order.
        progress: told about every chunk.
        pause: seconds before the second attempt; doubled each time.
    """

    addresses: tuple[str, ...]
    progress: Progress = silent
    pause: float = 1.0

    def file(self, artifact: Artifact, folder: Path) -> Path:
        """Download a whole file into `folder` and compare it with its pinned sum.

        Raises:
            EngineError: no network, not served, broken off, or not the pinned bytes.
        """
        target = folder / artifact.file
        self._from_any(artifact, lambda url: self._copy(url, target, artifact.file))
        if artifact.sha256:
            require_sum(artifact.file, file_sum(target), artifact.sha256)
        return target

    def carrier(self, carrier: Carrier, folder: Path) -> Path:
        """Bring a zip of which at least the wanted files can be unpacked.

        One request fetches the zip's directory, one the span from the first wanted file to the last; both are written
        at their own place into an otherwise empty (sparse) file, which then opens like the real one. Where ranges are
        refused, the whole zip is fetched.

        Raises:
            EngineError: no network, not served, or broken off.
        """
        target = folder / carrier.artifact.file
        try:
            self._from_any(carrier.artifact, lambda url: self._spans(url, target, carrier))
        except (_RangeRefusedError, zipfile.BadZipFile):
            target.unlink(missing_ok=True)
            self.file(carrier.artifact, folder)
        return target

    def _spans(self, url: str, target: Path, carrier: Carrier) -> None:
        target.unlink(missing_ok=True)
        name = f"{carrier.artifact.file} (a part)"
        self._copy(url, target, name, f"bytes=-{carrier.tail}")
        with zipfile.ZipFile(target) as directory:
            first, last = _wanted_span(directory, carrier)
        self._copy(url, target, name, f"bytes={first}-{last}")

    def _from_any(self, artifact: Artifact, fetch: Callable[[str], None]) -> None:
        """Try every repository, each several times, and keep the last reason."""
        requests = extra("requests")
        reason = "no repository is configured"
        for address in self.addresses:
            for attempt in range(_ATTEMPTS):
                if attempt:
                    time.sleep(self.pause * 2 ** (attempt - 1))
                try:
                    return fetch(f"{address}/{artifact.path}")
                except requests.HTTPError as error:
                    reason = f"the repository answers {error.response.status_code}"
                    break
                except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
                    reason = f"{address} is not an address ({type(error).__name__})"
                    break
                except (requests.RequestException, _BrokenOffError) as error:
                    reason = _plain_reason(error)
        raise EngineError(
            f"{artifact.file} could not be downloaded: {reason}.",
            "Check the network and the proxy settings (HTTPS_PROXY), then run the command again; "
            "or set POSTERN_ES_URL to a cluster that already runs.",
        )

    def _copy(self, url: str, target: Path, name: str, span: str | None = None) -> None:
        """Copy one answer's body to `target`; a span is written at its own offset."""
        # An encoded body would make lengths and offsets meaningless.
        headers = {"Accept-Encoding": "identity"} | ({"Range": span} if span else {})
        with extra("requests").get(url, headers=headers, stream=True, timeout=_TIMEOUT) as answer:
            if span and answer.status_code in {200, 416}:
                raise _RangeRefusedError
            if answer.status_code in _TRANSIENT:
                raise _BrokenOffError(f"the repository answers {answer.status_code}")
            answer.raise_for_status()
            offset, size = _offset_and_size(answer) if span else (0, None)
            expected = int(answer.headers["Content-Length"]) if "Content-Length" in answer.headers else None
            _require_room(target.parent, expected)
            with target.open("r+b" if span and target.exists() else "wb") as out:
                if size is not None:
                    out.truncate(size)
                out.seek(offset)
                self._pour(answer, out, name, expected)

    def _pour(self, answer: Any, out: Any, name: str, expected: int | None) -> None:
        done = 0
        for chunk in answer.iter_content(_CHUNK):
            out.write(chunk)
            done += len(chunk)
            self.progress(name, done, expected)
        if expected is not None and done != expected:
            raise _BrokenOffError(f"the transfer broke off after {done:,} of {expected:,} bytes")


def _offset_and_size(answer: Any) -> tuple[int, int]:
    place = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
    if place is None:
        raise _RangeRefusedError
    return int(place[1]), int(place[2])


def _wanted_span(directory: zipfile.ZipFile, carrier: Carrier) -> tuple[int, int]:
    """First and last byte of the wanted files; entries between them come along."""
    offsets = sorted(entry.header_offset for entry in directory.infolist())
    wanted = {f"{carrier.inside}{path}" for path in carrier.files}
    found = [entry.header_offset for entry in directory.infolist() if entry.filename in wanted]
    if not found:
        raise zipfile.BadZipFile("none of the wanted files")
    behind = next((offset for offset in offsets if offset > max(found)), directory.start_dir)
    return min(found), behind - 1


def _require_room(folder: Path, size: int | None) -> None:
    """Say that the disk is full before a long download, not after it."""
    if size is not None and shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _plain_reason(error: Exception) -> str:
    """A network fault in words, without the addresses and objects that requests prints."""
    exceptions = extra("requests").exceptions
    if isinstance(error, _BrokenOffError):
        return str(error)
    if isinstance(error, exceptions.SSLError):
        return "the server's certificate is not trusted here"
    if isinstance(error, exceptions.ProxyError):
        return "the proxy refuses the connection"
    if isinstance(error, exceptions.Timeout):
        return "the server does not answer in time"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the transfer broke off"
    return "there is no connection to the server"


def unpack(archive: Path, carrier: Carrier, folder: Path) -> None:
    """Unpack the wanted files of a carrier into `folder` and compare each with its pinned sum.

    Raises:
        EngineError: a file is missing, damaged, or not the pinned bytes.
    """
    with readable(archive) as zipped:
        for path, pinned in carrier.files.items():
            try:
                content = zipped.read(f"{carrier.inside}{path}")
            except KeyError as error:
                raise EngineError(f"{archive.name} lacks {path}.", _RUN_AGAIN) from error
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise EngineError(f"{path} in {archive.name} is damaged.", _RUN_AGAIN) from error
            require_sum(path, hashlib.sha256(content).hexdigest(), pinned)
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def readable(archive: Path) -> zipfile.ZipFile:
    """Open a downloaded zip.

    Raises:
        EngineError: it is no zip.
    """
    try:
        return zipfile.ZipFile(archive)
    except zipfile.BadZipFile as error:
        raise EngineError(f"The download {archive.name} is damaged.", _RUN_AGAIN) from error


def file_sum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require_sum(name: str, found: str, pinned: str) -> None:
    """Compare a sum with the pinned one.

    Raises:
        EngineError: they differ.
    """
    if found != pinned:
        raise EngineError(
            f"The download {name} is broken or was tampered with: its SHA-256 is {found}, pinned is {pinned}.",
            _RUN_AGAIN,
        )
