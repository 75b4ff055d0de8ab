"""Lookup tables: what is constant for a wording, severities, words in lower case, and our words in each language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from postern import document, regex
from postern.i18n import ENGLISH, LANGUAGES
from postern.kept import remembered
from postern.splunk.transform import MARKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from postern.model import Catalog, Event, Message, Product, Wording
    from postern.splunk.buckets import Text

ANYTHING = "*"
HEADER_ID = "postern_signature_id"  # the vendor's id as a header has it
CODE = "postern_code"  # the vendor's id of a key-value line, with all its digits
UNKNOWN, HEADER_ONLY, PARSED = "unknown", "header_only", "parsed"


@dataclass(frozen=True)
class Table:
    """A lookup: a CSV file and its definition.

    Attributes:
        name: of the definition, and of the file without its ending.
        columns: of the file.
        rows: in the order in which they are tried.
        wildcards: columns whose cells may hold `*`.
        any_case: whether letters match in either case.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wildcards: tuple[str, ...] = ()
    any_case: bool = False

    def settings(self) -> Iterator[tuple[str, str]]:
        """Keys and values of the definition's stanza."""
        yield "filename", f"{self.name}.csv"
        yield "max_matches", "1"
        if self.any_case:
            yield "case_sensitive_match", "false"
        if self.wildcards:
            yield "match_type", ", ".join(f"WILDCARD({column})" for column in self.wildcards)


# What a wording's constants are called in a search; those of `document.Documents.cim` keep their CIM names.
CONSTANTS = {
    "key": "postern_key",
    "code": "signature_id",
    "title": "signature",
    "parse_status": "parse_status",
    "vendor_product": "vendor_product",
    "severity": "severity",
    "action": "action",
    "level": "postern_event_level",
    "event_severity": "postern_event_severity",
    "event": "postern_event",
    "event_kind": "postern_event_kind",
    "event_category": "postern_event_category",
    "event_type": "postern_event_type",
    "event_action": "postern_event_action",
    "event_outcome": "postern_event_outcome",
    "direction": "postern_event_direction",
}


def inputs(product: Product) -> list[tuple[str, str]]:
    """Columns that find a wording, and the fields that they are compared with."""
    by_dispatch = {
        "id": [("id", HEADER_ID), ("marker", MARKER)],
        "words": [("marker", MARKER)],
        "key": [("id", CODE if product.key else HEADER_ID)],
    }
    return by_dispatch[product.dispatch]


def constants(catalog: Catalog, product: Product, texts: Iterable[Text]) -> Iterator[Table]:
    """Constants of wordings with one event; and of those whose event a word of the line decides, by that word."""
    columns, outputs = [column for column, _ in inputs(product)], output_columns(catalog)
    fixed: list[tuple[str, ...]] = []
    by_word: list[tuple[str, ...]] = []
    for found, message, wording in _found(product, texts):
        of = (found, message, wording, product.title, product.levels, outputs)
        made = partial(_rows, product, found, message, wording, outputs)
        rows = remembered((constants, wording.key, wording.number), of, made)
        (by_word if wording.event.slot else fixed).extend(rows)
    yield Table(f"postern_{product.name}", (*columns, *outputs), tuple(fixed))
    if by_word:
        name = f"postern_{product.name}_by_word"
        yield Table(name, (*columns, "word", *outputs), tuple(by_word), ("word",))


def _rows(
    product: Product, found: tuple[str, ...], message: Message, wording: Wording, outputs: list[str]
) -> list[tuple[str, ...]]:
    """The row of a wording; where a word of the line decides, one for each word."""
    rule = wording.event
    rows = []
    for word, event in (*rule.by.items(), (ANYTHING, rule.default)) if rule.slot else ((None, rule.default),):
        said = constant(product, message, wording, event)
        row = tuple(said.get(name, "") for name in outputs)
        rows.append((*found, *row) if word is None else (*found, word, *row))
    return rows


def framed(product: Product) -> Table:
    """What holds for every line with a header of the product."""
    rows = ((ANYTHING, HEADER_ONLY, product.title),)
    return Table(f"postern_{product.name}_framed", ("text", "parse_status", "vendor_product"), rows, ("text",))


def _found(product: Product, texts: Iterable[Text]) -> Iterator[tuple[tuple[str, ...], Message, Wording]]:
    """What finds each wording, in the order of `inputs`."""
    if product.dispatch == "key":
        yield from (((message.id,), message, message.wordings[0]) for message in product.messages)
        return
    for text in texts:
        found = (text.message.id, text.marker) if product.dispatch == "id" else (text.marker,)
        yield found, text.message, text.wording


def output_columns(catalog: Catalog) -> list[str]:
    """Columns of constants: those that every wording has, and CIM fields that events give."""
    given = {name for event in catalog.events.values() if event.cim for name in event.cim.fields}
    return [*CONSTANTS, *sorted(given)]


def output_fields(catalog: Catalog) -> list[tuple[str, str]]:
    """Columns of constants and the fields that they fill."""
    return [(column, CONSTANTS.get(column, column)) for column in output_columns(catalog)]


def constant(product: Product, message: Message, wording: Wording, event: Event | None) -> Mapping[str, str]:
    """The constants of a wording with this event; several words of a column are joined by a blank."""
    said: dict[str, Any] = {"event_kind": "event"}
    said |= {f"event_{key}": value for key, value in event.ecs.items()} if event else {}
    if event and event.cim:
        said |= event.cim.constants(product.name)
        said["action"] = event.cim.action
    said |= {
        "event": event.name if event else None,
        "key": message.key,
        "code": message.id,
        "title": message.title,
        "parse_status": PARSED,
        "vendor_product": product.title,
        "level": message.level,
        "severity": document.CIM_SEVERITY[message.level],
        "event_severity": product.levels[message.level],
    }
    if document.has_direction(wording, product):
        said["direction"] = "opener" if wording.opener else "unknown"
    return {
        name: " ".join(value) if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value is not None
    }


def common(catalog: Catalog) -> Iterator[Table]:
    """Tables that all source types share."""
    yield levels(catalog)
    yield Table("postern_unframed", ("text", "parse_status"), ((ANYTHING, UNKNOWN),), ("text",))
    yield Table("postern_lower", ("word",), tuple((word,) for word in sorted(lower_words(catalog))), any_case=True)
    for language in (ENGLISH, *LANGUAGES):
        yield messages(catalog, language)


def levels(catalog: Catalog) -> Table:
    """What devices print for a severity, and the word and number that it means."""
    codes = {word: code for product in catalog.products for word, code in product.levels.items()}
    words = {word: word for word in codes} | document.LEVEL_WORDS
    rows = [(str(code), word, str(code)) for word, code in codes.items()]
    rows += [(printed, word, str(codes[word])) for printed, word in words.items()]
    return Table("postern_levels", ("printed", "level", "code"), tuple(sorted(rows)), any_case=True)


def lower_words(catalog: Catalog) -> set[str]:
    """Values of slots that are kept in lower case, as far as texts and samples of the catalog name them."""
    lower = {name for name, field in catalog.fields.items() if field.lower}
    wordings = [wording for product in catalog.products for _, wording in product.wordings()]
    params = [sample.params for wording in wordings for sample in wording.samples]
    found = {str(value) for some in params for slot, value in some.items() if slot in lower}
    choices = [one for wording in wordings for one in wording.captures() if one.member == regex.CHOICE]
    found |= {word for one in choices if one.name in lower for word in _words(one.node)}
    return {word.lower() for word in found}


def _words(node: regex.Node) -> list[str]:
    return [regex.words(one) for one in (node.branches if isinstance(node, regex.Alt) else (node,))]


def messages(catalog: Catalog, language: str) -> Table:
    """Title, meaning and action of every message in a language."""
    rows = [
        (message.key, message.product, words.title, words.meaning, words.action)
        for message in catalog.messages()
        for words in [message.words(language)]
    ]
    return Table(messages_name(language), ("key", "product", "title", "meaning", "recommended_action"), tuple(rows))


def messages_name(language: str) -> str:
    """The lookup of a language."""
    return "postern_messages" + ("" if language == ENGLISH else f"_{language.lower().replace('-', '_')}")
