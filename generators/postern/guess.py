"""A body of a log line as a draft text: what looks like a value becomes a slot with a plausible name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.model import Catalog

_IP4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
_IP6 = r"(?:[0-9A-Fa-f]{1,4}:){2,7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}"
_IP = rf"(?:{_IP4}|{_IP6})"
_BARE = r"[^\s,;:=()<>\[\]'\"]+"
_AFTER_USER = "|".join(rf"(?<=[Uu]ser{name}{mark}\ )" for name in ("", "name") for mark in ("", ":", r"\ ="))
_VALUE = re.compile(
    rf"""
      (?P<endpoint>(?<![\w.:/])[A-Za-z][\w.-]{{0,40}}:{_IP}/[0-9]{{1,5}}(?!\w))
    | (?P<mail>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<pair>(?<![\w.:]){_IP}/[0-9]{{1,5}}(?![\w./]))
    | (?P<duration>(?<![\w:])[0-9]{{1,6}}:[0-9]{{2}}:[0-9]{{2}}(?![\w:]))
    | (?P<ip>(?<![\w.]){_IP4}(?![\w:])|(?<![\w.:]){_IP}(?![\w:]))
    | (?P<hex>\b0x[0-9A-Fa-f]{{1,16}}\b)
    | (?P<status>(?<![\w.])[245]\.[0-9]{{1,3}}\.[0-9]{{1,3}}(?![\w.]*\w))
    | (?P<quoted>(?<=')[^\s'](?:[^']*[^\s'])?(?=')|(?<=")[^\s"](?:[^"]*[^\s"])?(?="))
    | (?P<user>(?:{_AFTER_USER}){_BARE})
    | (?P<interface>(?<=interface\ ){_BARE})
    | (?P<host>(?<![\w.-])[A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*\.[A-Za-z]{{2,12}}(?![\w.]*\w))
    | (?P<number>(?<![\w.-])[0-9]{{1,18}}(?![\w.:]*\w))
    """,
    re.VERBOSE,
)
_LABEL = re.compile(r"([A-Za-z_-]+)[\s:=#(<\['\"]*$")
_NEXT = re.compile(r"\s*([A-Za-z]+)")
# Slot names to try, in order, for a kind of value; before them those of the word that stands before or after it.
_BY_KIND = {
    "mail": ("sender", "recipient", "bad_address"),
    "ip": ("src", "dst", "address", "assigned_ip"),
    "duration": ("duration",),
    "hex": ("session_id:word", "spi", "msg_id"),
    "status": ("answer_enhanced", "status_code"),
    "quoted": ("reason", "rule", "result"),
    "user": ("user",),
    "interface": ("interface",),
    "host": ("dst_host", "src_host", "mail_domain", "device_name"),
    "number": ("count", "total_count", "hit_count", "packets", "size"),
}
# The same for the word that stands before a value, or after it, by kind.
_BY_LABEL: dict[str, dict[str, tuple[str, ...]]] = {
    "ip": {"from": ("src",), "to": ("dst",), "for": ("src",), "server": ("dst",)},
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
        "seconds": ("elapsed_seconds", "dns_seconds"), "packets": ("packets",), "times": ("count",),
        "sessions": ("max_sessions", "count"),
    },
}  # fmt: skip


@dataclass
class Guess:
    """Chooses slots for one text: no name twice, no field written twice.

    Attributes:
        catalog: whose fields may be used.
        leave: kinds of values that stay literal.
    """

    catalog: Catalog
    leave: frozenset[str] = frozenset()
    names: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)

    def text(self, body: str) -> str:
        """The body in the catalog's notation."""
        return "".join(self._parts(body))

    def _parts(self, body: str) -> Iterator[str]:
        at = 0
        for found in _VALUE.finditer(body):
            slots = self._slots(found, body)
            if slots is not None:
                yield literal(body[at : found.start()]) + slots
                at = found.end()
        yield literal(body[at:])

    def _slots(self, found: re.Match[str], body: str) -> str | None:
        kind = found.lastgroup or ""
        if kind in self.leave:
            return None
        if kind == "endpoint":
            return self._take_all(("src", "dst"), ":endpoint", ("_interface", "_ip", "_port"))
        if kind == "pair":
            return self._take_all(("src", "dst"), "", ("", "_port"))
        return self._take(self._wanted(kind, body, found.start(), found.end()))

    def _wanted(self, kind: str, body: str, start: int, end: int) -> Iterator[str]:
        around = (_LABEL.search(body[max(start - 64, 0) : start]), _NEXT.match(body, end))
        for label in (found[1].lower() for found in around if found):
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


def literal(text: str) -> str:
    """Characters that stand for themselves."""
    return text.replace("{", "{{").replace("}", "}}")


def words_of(text: str) -> list[str]:
    """The literal words of a text."""
    return re.findall(r"[A-Za-z0-9][\w-]*", re.sub(r"\{[^{}]*\}", " ", text.replace("{{", " ").replace("}}", " ")))
