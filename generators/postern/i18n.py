"""Translations: titles, meanings and actions by key, each with the hash of the English that it renders."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from postern import schema
from postern.model import Dashboard, Label, Message, Place, Search, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from postern.compile import Compilation
    from postern.model import Catalog

ENGLISH = "en"
LANGUAGES = ("zh-Hans", "zh-Hant")
HASH_DIGITS = 8
Titled = TypeVar("Titled", Search, Dashboard)


def english_hash(words: Words) -> str:
    """What `of` must say: the first digits of the SHA-256 of title, meaning and action."""
    text = f"{words.title}\n{words.meaning}\n{words.action}"
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def translated(run: Compilation, product: str, messages: list[Message]) -> list[Message]:
    """The messages with their translations; findings for stale ones and for keys that no message has."""
    found: dict[str, dict[str, Words]] = {message.id: {} for message in messages}
    english = {message.id: english_hash(message.words(ENGLISH)) for message in messages}
    for language in LANGUAGES:
        for ident, file, place in _entries(run, run.root / "i18n" / language / f"{product}.yaml"):
            if ident not in found:
                run.findings.append(place.finding("P801", f"{product} has no message {ident}"))
                continue
            if file.of != english[ident]:
                problem = "the English has changed: read both again, then say what it now renders"
                run.findings.append(place.finding("P802", problem, f"of: '{english[ident]}'", "of"))
            found[ident][language] = Words(file.title, file.meaning, file.action)
    return [replace(message, translations=found[message.id]) for message in messages]


def _entries(run: Compilation, path: Path) -> Iterator[tuple[str, schema.TranslationFile, Place]]:
    if not path.is_file():
        return
    document = run.read(path)
    for ident, data in schema.mapping(document.data):
        file = schema.validate(schema.TranslationFile, document, (ident,), data)
        if file is not None:
            yield ident, file, Place(document, (ident,))


def labels(run: Compilation) -> Mapping[str, Mapping[str, Label]]:
    """Titles and descriptions of searches and dashboards: by their name, then by language."""
    found: dict[str, dict[str, Label]] = {}
    for language in LANGUAGES:
        path = run.root / "i18n" / language / "_labels.yaml"
        if not path.is_file():
            continue
        document = run.read(path)
        for name, data in schema.mapping(document.data):
            file = schema.validate(schema.LabelFile, document, (name,), data)
            if file is not None:
                found.setdefault(name, {})[language] = Label(file.title, file.description, file.panels)
    return found


def labelled(catalog: Catalog, one: Titled, language: str) -> Titled:
    """A search or a dashboard with its title and description in a language; as it is where it has no label."""
    label = _label(catalog, one.name, language)
    return one if label is None else replace(one, title=label.title, description=label.description)


def labelled_panels(catalog: Catalog, dashboard: Dashboard, language: str) -> Dashboard:
    """A dashboard with all its titles in a language."""
    label = _label(catalog, dashboard.name, language)
    titles = label.panels if label else {}
    panels = (replace(panel, title=titles.get(panel.id, panel.title)) for panel in dashboard.panels)
    return replace(labelled(catalog, dashboard, language), panels=tuple(panels))


def _label(catalog: Catalog, name: str, language: str) -> Label | None:
    return catalog.labels.get(name, {}).get(language)
