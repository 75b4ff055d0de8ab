"""What went wrong, told in one sentence and the way out: never a traceback for what a user can mend."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 130
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Stop(Exception):  # noqa: N818 - it ends a command; not each is an error of ours
    """The command cannot go on: one sentence, and the way out."""

    def __init__(self, sentence: str, way_out: str) -> None:
        super().__init__(f"{sentence} {way_out}")
        self.sentence = sentence
        self.way_out = way_out


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turns errors into sentences on stderr and an exit status."""
    from postern.artifact import EmitError
    from postern.findings import CatalogError
    from postern.privacy import SaltError

    try:
        yield
        sys.stdout.flush()
    except CatalogError as error:
        for finding in error.findings:
            sys.stderr.write(f"{finding.text()}\n")
        _leave(
            f"The catalog has {counted(len(error.findings), 'finding')}.", "`postern check --explain CODE` says more."
        )
    except EmitError as error:
        _leave(f"Not written: {error}.", "Give the text a fixed word, or make it more specific.")
    except (Stop, SaltError) as error:
        _leave(error.sentence, error.way_out)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has all that he wanted; Python must not complain about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _leave(*_reason(error))


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _reason(error: OSError) -> tuple[str, str]:
    where = error.filename or "a file"
    if error.errno in _DISK_FULL:
        return "The disk is full.", "Free some space there, then run the command again: no file was left half written."
    return f"{where} cannot be used: {error.strerror or error}.", "Mend that, or name another place, then run it again."


def _leave(sentence: str, way_out: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n-> {way_out}\n")
    sys.exit(1)
