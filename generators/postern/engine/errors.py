"""The one error type of the engine, and the translation of the operating system's errors into it."""

from __future__ import annotations

import contextlib
import errno
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_OURS = {errno.EACCES, errno.EPERM, errno.EROFS}


class EngineError(Exception):
    """Why the engine cannot be used, and what helps.

    Attributes:
        sentence: one clear sentence that says what is wrong.
        way_out: one sentence that says what to do.
    """

    def __init__(self, sentence: str, way_out: str) -> None:
        super().__init__(f"{sentence} {way_out}")
        self.sentence = sentence
        self.way_out = way_out


@contextlib.contextmanager
def clear_disk_errors(folder: Path, setting: str) -> Iterator[None]:
    """Turn a full disk or a forbidden folder into one clear sentence.

    Args:
        folder: the folder that is being written.
        setting: the environment variable that moves this folder elsewhere.

    Raises:
        EngineError: the disk is full, or the folder may not be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise EngineError(
                f"The disk that holds {folder} is full.",
                f"Free some space there, or set {setting} to a folder on another disk, then run the command again.",
            ) from error
        if error.errno in _NOT_OURS:
            raise EngineError(
                f"{error.filename or folder} may not be written ({error.strerror}).",
                f"Set {setting} to a folder of your own, or mend the permissions.",
            ) from error
        raise


def extra(module: str) -> Any:
    """Import a package of the `engine` extra, which a cluster by URL and the preflight do without.

    Raises:
        EngineError: the package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EngineError(
            f"The Python package {module.partition('.')[0]} is not installed, and fetching Elasticsearch needs it.",
            "Install it with: pip install 'postern[engine]'",
        ) from error
