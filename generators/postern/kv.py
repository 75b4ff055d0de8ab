"""Key-value bodies: the tokens of each layout, and what keys mean for a message."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from postern.casts import cast_repr, is_ip

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from postern.model import KvSlot, Product, Wording

NATIVE, BRACKETED, PAIRS, CEF = LAYOUTS = ("native", "bracketed", "pairs", "cef")
MESSAGE = "message"
BETWEEN = "]"
"""The group of tokens between two brackets, where the device writes none: no key of theirs counts."""
MAX_DIGITS = {"int": 18, "duration": 9}  # of whole numbers; a duration is in seconds, as nanoseconds in ECS
_BLANKS = " \t\r\n"
_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")
_WORD = re.compile(r"[A-Za-z0-9_.]*")
_IDENT = re.compile(r"[A-Za-z0-9_.]+")
_PAIR = re.compile(r"([A-Za-z0-9_.]+)=")
_GAP = re.compile(r"[ \t\r\n]*")
_BARE = re.compile(r"[^ \t\r\n]*")
_NAMED = re.compile(r"[0-9_.]*[A-Za-z][A-Za-z0-9_.]*(?![^ \t\r\n])")  # a key that stands alone: it holds a letter
_CEF_KEY = re.compile(r"(?:\A|[ \t\r\n])([A-Za-z0-9_.]+)=")
_CEF_ESCAPED = re.compile(r"\\([\\=nr])")
_CEF_MEANING = {"n": "\n", "r": "\r"}
_STOP = re.compile(r"[\[\]]|[ \t\r\n](?=([A-Za-z0-9_.]+)=)")  # a bracket, or the blank before a key


class Token(NamedTuple):
    """One `key=value`; `group` is the innermost bracket's name, '' at the top level and BETWEEN between brackets."""

    group: str
    key: str
    value: str


def tokens(layout: str, body: str, ends: Collection[str] | None = ()) -> Iterator[Token]:
    """The tokens of a body in one of the layouts; `ends` counts in the bracketed one."""
    if layout == BRACKETED:
        return bracketed(body, ends)
    return {NATIVE: native, PAIRS: pairs, CEF: cef}[layout](body)


def native(body: str) -> Iterator[Token]:
    """Tokens of the native layout: a bare value ends at the first blank, a quoted one at its closing quote."""
    at = 0
    while (at := _past(_GAP, body, at)) < len(body):
        key = _PAIR.match(body, at)
        if key is None:
            at = _past(_BARE, body, at)
            continue
        quoted = body[key.end() : key.end() + 1] == '"'
        value, at = _quoted(body, key.end()) if quoted else _bare(body, key.end())
        yield Token("", key[1], value)


def _past(run: re.Pattern[str], body: str, at: int) -> int:
    """Where the run that begins at `at` ends."""
    found = run.match(body, at)
    return found.end() if found else at


def _quoted(body: str, at: int) -> tuple[str, int]:
    """The value whose opening quote is at `at`: up to the first quote that a blank, a bracket or the end follows."""
    close = body.find('"', at + 1)
    while close >= 0 and body[close + 1 : close + 2] not in ("", *_BLANKS, "]", "["):
        close = body.find('"', close + 1)
    return (body[at + 1 :], len(body)) if close < 0 else (body[at + 1 : close], close + 1)


def _bare(body: str, at: int) -> tuple[str, int]:
    end = _past(_BARE, body, at)
    return body[at:end], end


def bracketed(body: str, ends: Collection[str] | None) -> Iterator[Token]:
    """Tokens of the bracketed export.

    Args:
        body: the text after the header.
        ends: the keys before which `message=` ends, as it does before a bracket; None: before any key.
    """
    groups = [""]
    at, last = 0, max(body.rfind("["), body.rfind("]"))
    while at < len(body):
        character = body[at]
        if character == "[":
            name = _word(body, at + 1)
            groups.append(name)
            at += 1 if body[at + 1 + len(name) : at + 2 + len(name)] == "=" else 1 + len(name)
        elif character == "]":
            del groups[max(len(groups) - 1, 1) :]
            groups[0] = BETWEEN if at < last else ""
            at += 1
        elif character in _KEY:
            key = _word(body, at)
            at += len(key)
            if body[at : at + 1] != "=":
                continue
            if body[at + 1 : at + 2] == '"':
                value, at = _quoted(body, at + 1)
            else:
                value, at = _run(body, at + 1, ends if key == MESSAGE else None)
            yield Token(groups[-1], key, value)
        else:
            at += 1


def ident_of(tokens: Iterable[Token], key: str | None) -> str | None:
    """The id that a body holds: the value of `key` where it first stands, if it looks like an id."""
    said = next((token.value for token in tokens if token.key == key and token.group in ("", BETWEEN)), "")
    return said if _IDENT.fullmatch(said) else None


def _word(body: str, at: int) -> str:
    return body[at : _past(_WORD, body, at)]


def _run(body: str, at: int, ends: Collection[str] | None) -> tuple[str, int]:
    """A bare value: up to a bracket, or to a blank before `key=` (of a message: before a key that ends it)."""
    end = len(body)
    for stop in _STOP.finditer(body, at):
        if stop[1] is None or ends is None or stop[1] in ends:
            end = stop.start()
            break
    return body[at:end].strip(_BLANKS), end


def pairs(body: str) -> Iterator[Token]:
    """Tokens of the layout without `=`: keys and values take turns; a word that cannot be a key is passed over."""
    at = 0
    while (at := _past(_GAP, body, at)) < len(body):
        key = _NAMED.match(body, at)
        if key is None:
            at = _past(_BARE, body, at)
            continue
        value, at = _bare(body, _past(_GAP, body, key.end()))
        yield Token("", key[0], value)


def cef(body: str) -> Iterator[Token]:
    r"""Tokens of a CEF extension: a value runs to the blank before the next `key=`; in it `=` is written `\=`.

    Quotes around a value belong to neither it nor its neighbours: the mail gateway prints some values as Python does.
    """
    keys = list(_CEF_KEY.finditer(body))
    ends = [*(key.start() for key in keys), len(body)][1:]
    for key, end in zip(keys, ends, strict=True):
        yield Token("", key[1], _unescaped(_unquoted(body[key.end() : end].strip(_BLANKS))))


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1].strip(_BLANKS) if quoted else text


def _unescaped(text: str) -> str:
    return _CEF_ESCAPED.sub(lambda found: _CEF_MEANING.get(found[1], found[1]), text) if "\\" in text else text


@dataclass(frozen=True)
class Keys:
    """What the keys of a line mean.

    Attributes:
        slots: by bracket group and key; in the native layout all stand at the top level.
        ends: the keys before which `message=` ends; None: any key does.
    """

    slots: Mapping[tuple[str, str], KvSlot]
    ends: Collection[str] | None


def keys_of(product: Product, wording: Wording | None, *, bracketed: bool) -> Keys:
    """The keys of a wording; of a line whose message is not known, those that mean one thing wherever they stand.

    A key that a message owns counts at the top level and beside `message=`, and before any context. One without a slot
    only ends `message=`: a context may still give it a field.
    """
    slots: dict[tuple[str, str], KvSlot] = {}
    unsure: set[tuple[str, str]] = set()
    for name in product.context if wording is None else wording.context:
        context = product.context[name]
        for group in context.groups if bracketed else ("",):
            for key, slot in context.keys.items():
                if slots.setdefault((group, key), slot) != slot:
                    unsure.add((group, key))
    if wording is None:
        slots = {place: slot for place, slot in slots.items() if place not in unsure}
    own: dict[str, KvSlot | None] = {**product.common, **({} if wording is None else wording.kv)}
    ends = None if wording is None else {*own, *(key for group, key in slots if group == MESSAGE)}
    for group in ("", MESSAGE) if bracketed else ("",):
        slots |= {(group, key): slot for key, slot in own.items() if slot is not None}
    return Keys(slots, ends)


@dataclass(frozen=True)
class Reading:
    """What a key-value body says: slots with member types, and keys that map to no slot (both by first occurrence)."""

    slots: dict[str, tuple[str, Any]]
    extras: dict[str, Any]


def read(tokens: list[Token], slots: Mapping[tuple[str, str], KvSlot]) -> Reading:
    """Places each token.

    A slot has the value of the first of its keys; none if that key occurs twice, or if its cast refuses the value.

    Args:
        tokens: all tokens of a body.
        slots: of the keys that count, by bracket group.
    """
    counting = [(token, slots.get((token.group, token.key))) for token in tokens if token.value]
    often = Counter(token.key for token, slot in counting if slot)
    reading = Reading({}, {})
    decided: set[str] = set()
    for token, slot in counting:
        placed = None
        if slot is not None and slot.name not in decided:
            decided.add(slot.name)
            placed = _value(slot, token.value) if often[token.key] == 1 else None
        if slot is None or placed is None:
            _keep(reading.extras, token)
        else:
            reading.slots[slot.name] = placed
    return reading


def _keep(extras: dict[str, Any], token: Token) -> None:
    before = extras.get(token.key)
    if before is None:
        extras[token.key] = token.value
    elif isinstance(before, list):
        before.append(token.value)
    else:
        extras[token.key] = [before, token.value]


def _value(slot: KvSlot, text: str) -> tuple[str, Any] | None:
    """The member type and value of a text, or None where no member takes it."""
    for word, member in slot.words:
        if text == word:
            return member, text
    for member, cast in slot.members:
        if cast in MAX_DIGITS:
            if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS[cast]:
                return member, int(text)
        elif cast == "ip":
            if is_ip(text):
                return member, text
        else:
            whole = _unwrapped(text, slot.wrap)
            return member, cast_repr(whole) if cast == "python_repr" else whole
    return None


def _unwrapped(text: str, wrap: Collection[str]) -> str:
    """A text without the brackets that its type allows around it."""
    wrapped = len(text) > len("<>") and text[0] + text[-1] in wrap
    return text[1:-1] if wrapped else text
