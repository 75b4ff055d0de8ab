"""What a tool says about an app, in one shape for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Result:
    """One complaint.

    Attributes:
        tool: who complains.
        check: the tool's name of the check; empty where the tool names none.
        level: the tool's word in lower case: error, failure, future_failure, warning, skipped.
        message: the tool's sentence.
        file, line: where, as far as the tool says it; a file within the app, 0 for no line.
        allowed: why it may stay; empty for what has to be put right.
    """

    tool: str
    check: str
    level: str
    message: str
    file: str = ""
    line: int = 0
    allowed: str = ""

    def __str__(self) -> str:
        place = ":".join(map(str, filter(None, (self.file, self.line))))
        return " ".join(filter(None, (self.tool, self.level, self.check, place))) + f": {self.message}"


def unexpected(results: Iterable[Result]) -> list[str]:
    """What has to be put right, as text."""
    return [str(result) for result in results if not result.allowed]


def within(path: str, app: object) -> str:
    """A file's path within an app, where it lies in it."""
    return path.removeprefix(f"{app}/")
