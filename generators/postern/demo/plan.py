"""What the demo sends, to which data stream, and by which of the two ways in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from postern.collect import parse_esmtp_counters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.model import Catalog

# The demo plays at one moment: lines without a year get theirs, so that every run prints the same.
RECEIVED = datetime.fromisoformat("2026-11-20T10:05:00+00:00")
DEVICE = "asa-fw1"
# Seed documents print texts with placeholders of these messages, no lines: the catalog's samples stand for them.
_SEED_TEXTS = re.compile(r"cisco_asa\.(?:719|720|108)|netdefend\.0020015[0-2]")


@dataclass(frozen=True)
class Batch:
    """Lines that take the same way in.

    Attributes:
        source: where they come from, for people.
        dataset: of the data stream; the router's, where the device is not known.
        way: the way in, for people.
        lines: one event each.
        received: when the lines came in (ISO), for those without a year.
    """

    source: str
    dataset: str
    way: str
    lines: tuple[str, ...]
    received: str = RECEIVED.isoformat()

    def stream(self, namespace: str) -> str:
        """The data stream of this batch."""
        return f"logs-{self.dataset}-{namespace}"


def stories(catalog: Catalog, fixtures: Path | None) -> Iterator[Batch]:
    """The seed documents' lines, and a story that crosses three devices: consistent, so that it can be searched."""
    if fixtures is None:
        yield from (_known(catalog, name, "catalog samples", _samples(catalog, name)) for name in _names(catalog))
        return
    yield _known(catalog, "cisco_esa", "esa_seed.log", lines_of(fixtures / "esa_seed.log"))
    yield _known(catalog, "cisco_asa", "catalog samples of 719, 720, 108", _samples(catalog, "cisco_asa", _SEED_TEXTS))
    yield _known(catalog, "netdefend", "catalog samples of 00200150-52", _samples(catalog, "netdefend", _SEED_TEXTS))
    shown = (fixtures / "esmtp_counters_seed.txt").read_text(encoding="utf-8")
    counters = tuple(parse_esmtp_counters(shown, DEVICE, RECEIVED))
    yield _known(catalog, "cisco_asa_counters", "esmtp_counters_seed.txt (collected)", counters)
    yield _router("mail_story.log", lines_of(fixtures / "mail_story.log"))


def forms(catalog: Catalog, fixtures: Path | None) -> Iterator[Batch]:
    """Every form of header, and hostile lines; they use the same numbers again and again, so they are only counted."""
    if fixtures is None:
        return
    yield _router("asa_headers.log", lines_of(fixtures / "asa_headers.log"))
    yield _router("esa_headers.log", lines_of(fixtures / "esa_headers.log"))
    yield _router("esa_events.log", lines_of(fixtures / "esa_events.log"))
    yield _router("netdefend.log", lines_of(fixtures / "netdefend.log"))
    yield _known(catalog, "cisco_asa", "asa_hostile.log", lines_of(fixtures / "asa_hostile.log"))
    yield _known(catalog, "cisco_esa", "esa_hostile.log", lines_of(fixtures / "esa_hostile.log"))


def lines_of(path: Path) -> tuple[str, ...]:
    r"""The lines of a file; bytes that are not UTF-8 are shown as `\\xNN`."""
    lines = path.read_bytes().decode(errors="backslashreplace").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def _known(catalog: Catalog, name: str, source: str, lines: tuple[str, ...]) -> Batch:
    product = catalog.product(name)
    return Batch(source, product.dataset, f"known as {product.title}", lines)


def _router(source: str, lines: tuple[str, ...]) -> Batch:
    return Batch(source, "postern.router", "mixed syslog, through the router", lines)


def _names(catalog: Catalog) -> list[str]:
    return [product.name for product in catalog.products]


def _samples(catalog: Catalog, name: str, keys: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The first sample of every wording of the product whose key is asked for."""
    return tuple(
        wording.samples[0].log
        for message, wording in catalog.product(name).wordings()
        if wording.samples and (keys is None or keys.match(message.key))
    )
