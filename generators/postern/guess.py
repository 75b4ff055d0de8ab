"""A body of a log line as a draft text: what looks like a value becomes a slot with a plausible name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from postern.model import Catalog

IP4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
_HEX4 = r"[0-9A-Fa-f]{1,4}"
IP6 = rf"(?:{_HEX4}:){{2,7}}{_HEX4}|(?:{_HEX4}:){{1,6}}(?::{_HEX4}){{1,6}}|(?:{_HEX4}:){{1,7}}:"
_IP = rf"(?:{IP4}|{IP6})"
_MAC = (
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}"
)
_BARE = r"[^\s,;:=()<>\[\]'\"]+"
_AFTER_USER = "|".join(
    rf"(?<=[Uu]ser{name}{mark})" for name in ("", "name") for mark in (r"\ ", r":\ ", r"\ =\ ", "=", '="', r"\ <")
)
# Words that follow `user` where no name does, and endings of words that are no host's.
_NO_USER = (
    "account|accounting|and|at|attribute|authentication|authorization|by|context|data|database|does|entry|failed|for|from|group|"
    "has|identity|in|input|interface|is|limit|list|log|logged|login|logon|logout|mode|name|not|on|or|password|policy|privilege|"
    "profile|role|session|sessions|to|was|with"
)
_NO_HOST = (
    "bin|cfg|cgi|conf|csv|dll|docx?|eml|exe|gz|html?|img|jar|jpg|js|log|pdf|pkg|png|pptx?|rar|sys|tar|txt|xlsx?|xml|zip"
)
VALUE = re.compile(
    rf"""
      (?P<url>\bhttps?://[^\s'"<>]+)
    | (?P<endpoint>(?<![\w.:/])[A-Za-z][\w.-]{{0,40}}:{_IP}/[0-9]{{1,5}}(?!\w))
    | (?P<mail>[\w.+%=-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<mac>(?<![\w.:-])(?:{_MAC})(?![\w:-]))
    | (?P<pair>(?<![\w.:]){_IP}/[0-9]{{1,5}}(?![\w./]))
    | (?P<duration>(?<![\w:])[0-9]{{1,6}}:[0-9]{{2}}:[0-9]{{2}}(?![\w:]))
    | (?P<ip>(?<![\w.]){IP4}(?![\w:]|\.[0-9])|(?<![\w.:]){_IP}(?![\w:]|\.[0-9]))
    | (?P<hex>\b0x[0-9A-Fa-f]{{1,16}}\b)
    | (?P<status>(?<![\w.])[245]\.[0-9]{{1,3}}\.[0-9]{{1,3}}(?![\w.]*\w))
    | (?P<quoted>(?<=')[^\s'](?:[^']*[^\s'])?(?=')|(?<=")[^\s"](?:[^"]*[^\s"])?(?="))
    | (?P<user>(?:{_AFTER_USER})(?!(?:{_NO_USER})\b){_BARE})
    | (?P<group>(?<=[Gg]roup\ <){_BARE})
    | (?P<interface>(?<=interface\ ){_BARE})
    | (?P<host>(?<![\w.-])[A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*\.(?!(?i:{_NO_HOST})\b)[A-Za-z]{{2,12}}(?![\w.]*\w))
    | (?P<number>(?<![\w.-])[0-9]{{1,18}}(?![\w.:]*\w))
    """,
    re.VERBOSE,
)
"""What looks like a value, by kind."""
VARYING = "varying"
"""The kind of a word that looks like no value, and is another in other lines of the same shape."""
Span = tuple[int, int]
_WORD = re.compile(r"\S+")
_CORE = re.compile(r"\w(?:\S*\w)?")
# The word before a value.
_LABEL = re.compile(r"([A-Za-z_-]+)[\s:=#(<\['\"]*$")
_FAR = 64  # characters in which it stands
_NEXT = re.compile(r"\s*([A-Za-z]+)")
# Slot names to try, in order, for a kind of value; before them those of the word that stands before or after it.
_BY_KIND = {
    "mail": ("sender", "recipient", "bad_address"),
    "ip": ("src", "dst", "address", "server", "peer", "assigned_ip"),
    "mac": ("mac", "src_mac", "dst_mac", "other_mac"),
    "url": ("url",),
    "duration": ("duration",),
    "hex": ("session_id:word", "spi", "msg_id"),
    "status": ("answer_enhanced", "status_code"),
    "quoted": ("reason", "rule", "result"),
    "user": ("user",),
    "interface": ("interface",),
    "group": ("group:group_name",),
    "host": ("dst_host", "src_host", "server", "mail_domain", "domain"),
    "number": ("count", "total_count", "hit_count", "packets", "size", "number", "other_number"),
    VARYING: ("value:word", "object_name:word", "attribute:word", "other_object:word", "new_value:word"),
}
# The same for the word that stands before a value, or after it, by kind.
_BY_LABEL: dict[str, dict[str, tuple[str, ...]]] = {
    "ip": {"from": ("src",), "to": ("dst",), "for": ("src",), "server": ("server", "dst"), "peer": ("peer",)},
    "mail": {"from": ("sender",), "to": ("recipient",), "user": ("user",)},
    "hex": {"session": ("session_id:word",), "spi": ("spi",)},
    "quoted": {
        "user": ("user",), "username": ("user",), "group": ("group:group_name",), "subject": ("subject",),
        "interface": ("interface",), "reason": ("reason",), "policy": ("rule",), "rule": ("rule",), "list": ("rule",),
        "acl": ("rule",), "file": ("file_name",), "attachment": ("file_name",), "quarantine": ("quarantine",),
        "command": ("command",),
    },
    "number": {
        "mid": ("mid", "related_mid"), "icid": ("icid",), "dcid": ("dcid",), "rcid": ("rcid",), "rid": ("rid",),
        "port": ("port", "old_port", "src_port", "dst_port"), "session": ("session_id:word",), "size": ("size",),
        "connection": ("connection_id",), "code": ("answer_code",), "bytes": ("size", "bytes"), "hits": ("hit_count",),
        "seconds": ("elapsed_seconds", "dns_seconds", "seconds"), "minutes": ("minutes",), "days": ("days",),
        "percent": ("percent",), "vlan": ("vlan_id",), "limit": ("limit",), "rate": ("rate",), "packets": ("packets",),
        "times": ("count",), "sessions": ("max_sessions", "count"),
    },
}  # fmt: skip


@dataclass
class Guess:
    """Chooses slots for one text: no name twice, no field written twice.

    Attributes:
        catalog: whose fields may be used.
        leave: kinds of values that stay literal.
        varying: where in the body words stand that are others in other lines.
    """

    catalog: Catalog
    leave: frozenset[str] = frozenset()
    varying: Sequence[Span] = ()
    names: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)

    def text(self, body: str, start: int = 0) -> str:
        """The body, from `start` on, in the catalog's notation."""
        return "".join(self._parts(body, start))

    def _parts(self, body: str, at: int) -> Iterator[str]:
        values = [found for found in VALUE.finditer(body, at) if found.lastgroup not in self.leave]
        places: list[tuple[int, int, re.Match[str] | None]] = [(*found.span(), found) for found in values]
        if VARYING not in self.leave:
            free = [one for one in self.varying if one[0] >= at and not any(_meet(one, two.span()) for two in values)]
            places += [(*one, None) for one in free]
        for start, end, found in sorted(places, key=lambda place: place[:2]):
            slots = self._slots(found, body) if found else self._take(_BY_KIND[VARYING])
            if slots is not None:
                yield literal(body[at:start]) + slots
                at = end
        yield literal(body[at:])

    def _slots(self, found: re.Match[str], body: str) -> str | None:
        kind = found.lastgroup or ""
        if kind == "endpoint":
            return self._take_all(("src", "dst"), ":endpoint", ("_interface", "_ip", "_port"))
        if kind == "pair":
            return self._take_all(("src", "dst"), "", ("", "_port"))
        return self._take(self._wanted(kind, body, found.start(), found.end()))

    def _wanted(self, kind: str, body: str, start: int, end: int) -> Iterator[str]:
        after = _NEXT.match(body, end)
        if kind == "number" and body[start - 1 : start] == "/":
            yield from ("server_port", "dst_port", "src_port", "port")
        for label in (label_before(body, start), after[1].lower() if after else ""):
            yield from _BY_LABEL.get(kind, {}).get(label, ())
        yield from _BY_KIND[kind]

    def _take(self, wanted: Iterable[str]) -> str | None:
        for one in wanted:
            name = one.partition(":")[0]
            if self._free(name):
                self._mark(name)
                return f"{{{one}}}"
        return None

    def _take_all(self, heads: tuple[str, ...], type_: str, tails: tuple[str, ...]) -> str | None:
        for head in heads:
            names = [head + tail for tail in tails]
            if self._free(head) and all(self._free(name) for name in names):
                for name in (head, *names):
                    self._mark(name)
                return f"{{{head}{type_}}}" if type_ else "/".join(f"{{{name}}}" for name in names)
        return None

    def _free(self, name: str) -> bool:
        known = self.catalog.fields.get(name)
        return (
            known is not None and not known.header and name not in self.names and self.roles.isdisjoint(known.roles())
        )

    def reserve(self, names: Iterable[str]) -> Guess:
        """Keeps names for what stands before the text."""
        for name in names:
            self._mark(name)
        return self

    def _mark(self, name: str) -> None:
        self.names.add(name)
        self.roles.update(self.catalog.fields[name].roles())


def label_before(text: str, at: int) -> str:
    """The word before a value, in small letters; '' if none is there."""
    found = _LABEL.search(text[max(at - _FAR, 0) : at])
    return found[1].lower() if found else ""


def varying(body: str, template: str, mark: str) -> list[Span]:
    """Where in a body the words stand in whose places its template has the mark."""
    words, marks = list(_WORD.finditer(body)), template.split()
    if len(words) != len(marks):
        return []
    cores = (_CORE.search(body, *word.span()) for word, said in zip(words, marks, strict=True) if said == mark)
    return [core.span() for core in cores if core]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def literal(text: str) -> str:
    """Characters that stand for themselves."""
    return text.replace("{", "{{").replace("}", "}}")


def words_of(text: str) -> list[str]:
    """The literal words of a text."""
    return re.findall(r"[A-Za-z0-9][\w-]*", re.sub(r"\{[^{}]*\}", " ", text.replace("{{", " ").replace("}}", " ")))
