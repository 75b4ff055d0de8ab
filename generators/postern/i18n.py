"""Translations: titles, meanings and actions by key, each with the hash of the English that it renders."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from postern import schema
from postern.layers import LABELS
from postern.model import Dashboard, Label, Message, Search, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from postern.compile import Compilation
    from postern.model import Catalog, Place

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
    replaced = {message.id for message in messages if message.place.document.overlay}

    def void(place: Place, data: object) -> bool:
        """Whether it renders a bundled text that the overlay has replaced by another."""
        ident = str(place.loc[0])
        of = data.get("of") if isinstance(data, dict) else None
        return not place.document.overlay and ident in replaced and of != english[ident]

    for language in LANGUAGES:
        documents = run.layers.file(f"i18n/{language}/{product}.yaml")
        for ident, file, place in run.layers.entries(documents, schema.TranslationFile, void):
            if ident not in found:
                run.findings.append(place.finding("P801", f"{product} has no message {ident}"))
                continue
            if file.of != english[ident]:
                problem = "the English has changed: read both again, then say what it now renders"
                run.findings.append(place.finding("P802", problem, f"of: '{english[ident]}'", "of"))
            found[ident][language] = Words(file.title, file.meaning, file.action)
    return [replace(message, translations=found[message.id]) if found[message.id] else message for message in messages]


def labels(run: Compilation) -> Mapping[str, Mapping[str, Label]]:
    """Titles and descriptions of searches and dashboards: by their name, then by language."""
    found: dict[str, dict[str, Label]] = {}
    for language in LANGUAGES:
        documents = run.layers.file(f"i18n/{language}/{LABELS}")
        for name, file, _ in run.layers.entries(documents, schema.LabelFile):
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
