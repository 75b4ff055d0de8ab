"""A draft of a catalog entry from a line, tried on a copy of the catalog."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from postern import kv, standins
from postern.document import LEVEL_WORDS
from postern.guess import VARYING, Guess, literal, varying, words_of
from postern.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.findings import Finding
    from postern.matcher import Decoded, Matcher
    from postern.model import Catalog, Message, Product

MAX_TITLE = 80
_SLUG_WORDS = 5
_LEADING_PAIRS = re.compile(r"(?:[A-Z]\w* = [^,]*, )+")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@-]*\Z|(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")
_WORDS_OF_YAML = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_UNWRITABLE = re.compile(r"[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_OF_PREFIXES = ("group", "user", "src")
# What is left out of a draft, step by step, until it passes.
_ATTEMPTS = (
    (),
    ("quoted",),
    ("quoted", "host", "hex", "user", "interface"),
    ("quoted", "number", "host", "user", "url", VARYING),
)
_EVENTS = (
    (r"\b(?:den(?:y|ied)|block|refus|reject)", "connection_denied"),
    (r"\bauthentic\w* .*(?:fail|reject|unsuccess)|\blogin .*fail", "login_failed"),
    (r"\b(?:built|established|started)\b", "connection_start"),
    (r"\b(?:teardown|terminated|closed|disconnected)\b", "connection_end"),
)


_DISGUISED = "addresses, hosts, users and subjects that were recognised are stand-ins; other names are as they came."
_AS_IT_CAME = "its values are as they came, for with stand-ins it would be another line; use documentation addresses."
Template = tuple[str, str]  # the words of lines, and the mark of those that differ


class DraftError(Exception):
    """No draft can be made of this line: why, and what to do."""

    def __init__(self, sentence: str, way_out: str) -> None:
        super().__init__(sentence, way_out)
        self.sentence = sentence
        self.way_out = way_out


@dataclass(frozen=True)
class Draft:
    """An entry to be.

    Attributes:
        product: of the line.
        ident: id or slug.
        line: the line, which becomes the sample.
        body: `text: '…'`, or `kv: {…}` and `context: […]`, as lines of YAML.
        title, level, event: first guesses.
        params: what the body yields of the line.
        message: the message whose further wording this is; None if it is a new one.
        findings: what `check` says of it.
        disguised: whether stand-ins were put in the place of what the line tells of its site.
    """

    product: Product
    ident: str
    line: str
    body: tuple[str, ...]
    title: str
    level: str
    event: str
    params: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None
    findings: tuple[Finding, ...] = ()
    disguised: bool = False

    def yaml(self) -> str:
        """The entry as YAML; of a further wording only its item below `variants`."""
        if self.message is not None:
            return "\n".join(("  variants:", *self.variant())) + "\n"
        ident = quoted(self.ident) if self.ident[:1].isdigit() else self.ident
        said = [
            *self.body,
            f"level: {self.level}",
            f"event: {self.event}",
            f"title: {scalar(self.title)}",
            "meaning: To be written - what happened, in your own words.",
            "action: To be written - what to do about it.",
            *self._sample(),
        ]
        return "\n".join((f"{ident}:", *(f"  {line}" for line in said))) + "\n"

    def variant(self) -> list[str]:
        """The lines of the item below `variants`."""
        first, *more = [*self.body, *self._sample()]
        return [f"    - {first}", *(f"      {line}" for line in more)]

    def _sample(self) -> list[str]:
        return ["samples:", f"  - log: {quoted(self.line)}", f"    params: {flow(self.params)}"]


def quoted(text: str) -> str:
    """A text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def scalar(value: Any) -> str:
    """A value in YAML, quoted where it could be misread."""
    if value is None:
        return ""
    if isinstance(value, list):
        return f"[{', '.join(scalar(one) for one in value)}]"
    if isinstance(value, int):
        return str(value)
    plain = all(_PLAIN.match(word) for word in value.split(" ")) and value.lower() not in _WORDS_OF_YAML
    return value if plain else quoted(value)


def flow(values: dict[str, Any]) -> str:
    """A mapping in one line."""
    return "{" + ", ".join(f"{scalar(name)}: {scalar(value)}" for name, value in values.items()) + "}"


def draft(
    decoded: Decoded, matcher: Matcher, root: Path, overlay: Path | None = None, like: Template | None = None
) -> Draft:
    """The draft of a line whose header is known and whose text is not.

    Args:
        decoded: what the matcher made of it, with status `header_only`.
        matcher: of a catalog without findings.
        root: the catalog's folder, of which a part is copied for the trial.
        overlay: what is laid over it.
        like: what the line has in common with others, where there are some.

    Raises:
        DraftError: the line cannot be a sample, or lacks an id.
    """
    if _UNWRITABLE.search(decoded.line):
        raise DraftError("The line holds control characters, which a sample cannot hold.", "Take them out by hand.")
    disguised = standins.disguised(decoded, matcher)
    tried = None
    with tempfile.TemporaryDirectory() as folder:
        trial = None
        for one in _drafts(disguised or decoded, matcher.catalog, like):
            trial = trial or Trial(Path(folder), one, root, overlay)
            tried = replace(trial.tried(one), disguised=disguised is not None)
            if not tried.findings:
                return tried
    if tried is None:
        raise DraftError("The line has no text after its header.", "Give the whole line.")
    return tried


def _drafts(decoded: Decoded, catalog: Catalog, like: Template | None) -> Iterator[Draft]:
    product = decoded.product
    if product is None:
        return
    if product.dispatch == "key":
        yield _of_keys(decoded, catalog, product)
        return
    body = decoded.body.rstrip(" \t\r\n")
    if not body:
        return
    words = varying(body, *like) if like else []
    found = _LEADING_PAIRS.match(body)
    texts = []
    for leave in map(frozenset, _ATTEMPTS):
        if found:
            # The product's prefix may say these pairs already.
            texts.append(Guess(catalog, leave, words).reserve(_OF_PREFIXES).text(body, found.end()))
        texts.append(Guess(catalog, leave, words).text(body))
    for text in dict.fromkeys(texts):
        yield _of_text(decoded, catalog, product, text)
    yield _of_text(decoded, catalog, product, literal(body))


def _of_text(decoded: Decoded, catalog: Catalog, product: Product, text: str) -> Draft:
    known = next((message for message in product.messages if message.id == decoded.ident), None)
    return Draft(
        product, decoded.ident or _slug(text, product), decoded.line, (f"text: {quoted(text)}",),
        _title(text), _level(decoded, product), _event(decoded, catalog, product), message=known,
    )  # fmt: skip


def _slug(text: str, product: Product) -> str:
    words = [word.lower().replace("-", "_") for word in words_of(text)][:_SLUG_WORDS]
    slug = "_".join(words).strip("_") or "message"
    slug = slug if slug[0].isalpha() else f"message_{slug}"
    taken = {message.id for message in product.messages}
    return next(one for one in (slug, *(f"{slug}_{n}" for n in range(2, 1000))) if one not in taken)


def _title(text: str) -> str:
    title = " ".join(words_of(text))
    if len(title) > MAX_TITLE:
        title = title[:MAX_TITLE].rpartition(" ")[0]
    return title or "To be written"


def _level(decoded: Decoded, product: Product) -> str:
    header = {name: value for name, _, value in decoded.header}
    words = {code: word for word, code in product.levels.items()}
    said = str(header.get("wire_level", "")).lower()
    word = words.get(header.get("wire_severity", -1), LEVEL_WORDS.get(said, said))
    return word if word in product.levels else "informational"


def _event(decoded: Decoded, catalog: Catalog, product: Product) -> str:
    by_words = (event for pattern, event in _EVENTS if re.search(pattern, decoded.body, re.IGNORECASE))
    usual = "mail_info" if product.dispatch == "words" else "network_info"
    wanted = (usual,) if product.dispatch == "words" else (*by_words, usual)
    return next((one for one in (*wanted, *catalog.events) if one in catalog.events), usual)


def listing(made: Draft, overlay: Path | None = None) -> Iterator[str]:
    """The draft as it is shown: where it belongs and what is left to do, as comments, and its YAML."""
    if made.message is None:
        yield f"# A new message, for {_file(made, overlay)}:"
    elif overlay is None or made.message.place.document.overlay:
        yield f"# A further wording of {made.message.key}, for {made.message.place.where}:"
    else:
        yield f"# A further wording of {made.message.key}, which is at {made.message.place.where}:"
        yield f"# copy the entry into {overlay / made.product.name}{os.sep}, say `replaces: true` in it, and add:"
    yield "# mend slot names (fields.yaml) and event (events.yaml), and see that the sample tells nothing of your site:"
    yield f"# {_DISGUISED if made.disguised else _AS_IT_CAME}"
    for finding in made.findings:
        yield f"# `postern check` would say: {finding.code} {finding.key}: {finding.problem}"
    yield made.yaml().rstrip("\n")


def _file(made: Draft, overlay: Path | None) -> str:
    """The file that holds messages with the nearest ids; with an overlay, one of it."""
    product = made.product
    if overlay is not None:
        return f"a file of {overlay / product.name}{os.sep}"
    if product.dispatch == "words":
        return f"a file of catalog/{product.name}/"
    near = [message for message in product.messages if message.id[:3] == made.ident[:3]]
    return str(PurePath(near[0].place.document.path)) if near else f"a new file of catalog/{product.name}/"


# ---------------------------------------------------------------- key-value bodies


def _of_keys(decoded: Decoded, catalog: Catalog, product: Product) -> Draft:
    if decoded.ident is None:
        raise DraftError(f"The line has no {product.key}=, by which its message is known.", "Give the whole line.")
    bracketed = any("[" in token.value for token in kv.native(decoded.body))
    tokens = list(kv.bracketed(decoded.body, None) if bracketed else kv.native(decoded.body))
    groups = _groups(tokens, product)
    covered = {key for name in groups for key in product.context[name].keys}
    covered |= {product.key or "", kv.MESSAGE, *product.common}
    owned = dict.fromkeys(token.key for token in tokens if token.key not in covered and token.group in ("", kv.MESSAGE))
    slots = {key: _slot_of(key, catalog, product) for key in owned}
    body = (f"kv: {flow(slots)}", *((f"context: [{', '.join(groups)}]",) if groups else ()))
    event = next((token.value for token in tokens if token.key == "event"), decoded.ident)
    title = " ".join(words_of(event.replace("_", " "))).capitalize()[:MAX_TITLE]
    return Draft(
        product, decoded.ident, decoded.line, body, title or "To be written",
        _level(decoded, product), _event(decoded, catalog, product),
    )  # fmt: skip


def _groups(tokens: list[kv.Token], product: Product) -> list[str]:
    keys = {token.key for token in tokens}
    return [name for name, group in product.context.items() if keys & group.keys.keys()]


def _slot_of(key: str, catalog: Catalog, product: Product) -> str | None:
    """The slot that this key has in other messages, or that bears its name."""
    for _, wording in product.wordings():
        if (slot := wording.kv.get(key)) is not None:
            return slot.name
    known = catalog.fields.get(key)
    return key if known is not None and not known.header else None
