"""`emit(catalog)`: out/COVERAGE.md, which counts what each class of messages holds, and what a target cannot hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from postern.artifact import Artifact
from postern.i18n import ENGLISH, LANGUAGES
from postern.render import render
from postern.splunk import attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.model import Catalog, Message

PATH = "COVERAGE.md"


@dataclass(frozen=True)
class Row:
    """The counts of some messages.

    Attributes:
        name: the class, which is the file's name; an overlay's says so.
        messages, wordings, samples: how many there are.
        languages: how many of the messages have a meaning and an action, in English and in each other language.
    """

    name: str
    messages: int
    wordings: int
    samples: int
    languages: tuple[int, ...]

    @classmethod
    def of(cls, name: str, messages: Iterable[Message]) -> Row:
        """The counts of these messages."""
        some = list(messages)
        wordings = [wording for message in some for wording in message.wordings]
        return cls(
            name,
            len(some),
            len(wordings),
            sum(len(wording.samples) for wording in wordings),
            tuple(
                sum(bool(message.words(language).meaning) for message in some if _speaks(message, language))
                for language in (ENGLISH, *LANGUAGES)
            ),
        )


def emit(catalog: Catalog) -> Iterator[Artifact]:
    """The page. Pure: no files, no clock."""
    products = [
        (product.title, list(_classes(product.messages)), Row.of("all", product.messages))
        for product in catalog.products
    ]
    text = render(
        "postern.coverage", "coverage.md.j2",
        languages=(ENGLISH, *LANGUAGES), products=products, total=Row.of("all", catalog.messages()),
        targets=catalog.site.targets,
        elastic_only=attributes.ELASTIC_ONLY, splunk_only=attributes.SPLUNK_ONLY, differ=attributes.LATER,
    )  # fmt: skip
    yield Artifact(PATH, text)


def _speaks(message: Message, language: str) -> bool:
    return language == ENGLISH or language in message.translations


def _classes(messages: Iterable[Message]) -> Iterator[Row]:
    """A row a file, the bundled ones first."""
    by_file: dict[tuple[bool, str], list[Message]] = {}
    for message in messages:
        document = message.place.document
        by_file.setdefault((document.overlay, document.path), []).append(message)
    for (overlay, path), some in sorted(by_file.items()):
        yield Row.of(PurePath(path).stem + (" (overlay)" if overlay else ""), some)
