"""What the emulator has to say beside the events: faults it noted, settings it refuses, searches Splunk would fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, order=True)
class Fault:
    """Something Splunk would pass over in silence and an author would want to know.

    Attributes:
        kind: `conf`, `regex`, `limit`, `reference`, `extract`, `alias`, `eval`, `lookup`, `eventtype`, `tag`, `time`.
        where: file, stanza and key.
        problem: one sentence.
    """

    kind: str
    where: str
    problem: str


class FaultLog:
    """Faults in the order in which they were first noted, each once."""

    def __init__(self) -> None:
        self._noted: dict[Fault, None] = {}

    def note(self, kind: str, where: str, problem: str) -> None:
        """Note a fault; the same fault of a later event adds nothing."""
        self._noted[Fault(kind, where, problem)] = None

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._noted)

    def __len__(self) -> int:
        return len(self._noted)

    def of(self, kind: str) -> list[Fault]:
        """The faults of one kind."""
        return [fault for fault in self._noted if fault.kind == kind]


class Unsupported(Exception):  # noqa: N818 - what the reader needs to know is what is not supported
    """The emulator does not implement this setting (or this value of it): its answer would be a guess."""

    def __init__(self, file: str, stanza: str, key: str, reason: str = "") -> None:
        self.file, self.stanza, self.key, self.reason = file, stanza, key, reason
        super().__init__(f"{file} [{stanza}] {key} is not emulated" + (f": {reason}" if reason else ""))


class SearchFailedError(Exception):
    """Splunk would fail the whole search and return no event."""
