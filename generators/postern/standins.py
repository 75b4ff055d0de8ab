"""Stand-ins for what a line tells of its site: documentation addresses, and made-up names of hosts and people."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from postern.guess import IP4, IP6, VALUE, label_before
from postern.matcher import HEADER_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from postern.matcher import Decoded, Matcher

_IP = re.compile(rf"{IP6}|{IP4}")
_NETS = ("192.0.2", "198.51.100", "203.0.113")
_DOCUMENTATION = [ip_network(one) for one in (*(f"{net}.0/24" for net in _NETS), "2001:db8::/32", "3fff::/20")]
_FIRST_HOST, _HOSTS = 10, 240  # in each of the nets
_TRIES = 20  # stand-ins that are looked at for one that the line does not hold yet
_NO_HOST = ("255.", "0.")  # masks and wildcards
_MAC = "00005e0053"  # how hardware addresses for documentation begin
_PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank")
_DOMAINS = ("example.com", "example.net", "example.org")
_RESERVED = re.compile(r"(?i)(?:\A|[.@])(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)\Z")
_WORDS = ("report", "of", "the", "garden", "club")
_NO_NAME = re.compile(r"[*]+|unknown|none|n/a", re.IGNORECASE)
# Words before a quoted text that is somebody's name, or that somebody wrote.
_BEFORE_PEOPLE = ("user", "username", "login", "account")  # or what ends in one, as `srcusername`
_BEFORE_TEXTS = frozenset({"subject", "file", "filename", "attachment"})
_IN_HEADERS = ("device", "relay_host")
_DEVICES = {"firewall": "fw1", "email-gateway": "esa1"}


@dataclass
class StandIns:
    """The same stand-in for the same value, wherever a line has it.

    Attributes:
        line: of which texts are; what it holds already is no stand-in for something else.
    """

    line: str = ""
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """A text with stand-ins for addresses, hosts, users, files and subjects."""
        return VALUE.sub(self._one, text)

    def _one(self, found: re.Match[str]) -> str:
        kind, value = found.lastgroup or "", found[0]
        if kind in ("endpoint", "pair", "ip"):
            return _IP.sub(lambda one: self._instead("ip", one[0]), value)
        if kind == "quoted":
            label = label_before(found.string, found.start())
            kind = "user" if label.endswith(_BEFORE_PEOPLE) else "words" if label in _BEFORE_TEXTS else ""
            return self._instead(kind, value) if kind else self.text(value)
        return self._instead(kind, value) if kind in _INSTEAD else value

    def _instead(self, kind: str, value: str) -> str:
        if (kind, value) not in self._known:
            first = sum(1 for one, _ in self._known if one == kind)
            fresh = (_INSTEAD[kind](value, number) for number in range(first, first + _TRIES))
            self._known[kind, value] = next(filter(partial(self._is_free, value), fresh), _INSTEAD[kind](value, first))
        return self._known[kind, value]

    def _is_free(self, value: str, shown: str) -> bool:
        return shown == value or (shown not in self.line and shown not in self._known.values())


def _ip(value: str, number: int) -> str:
    try:
        address = ip_address(value)
    except ValueError:
        return value
    documented = any(address in net for net in _DOCUMENTATION if net.version == address.version)
    if (
        documented
        or address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or value.startswith(_NO_HOST)
    ):
        return value
    if isinstance(address, IPv6Address):
        return f"2001:db8::{number + 1:x}"
    return f"{_NETS[number % len(_NETS)]}.{_FIRST_HOST + number // len(_NETS) % _HOSTS}"


def _mac(value: str, number: int) -> str:
    digits = iter(f"{_MAC}{number + 1:02x}")
    return re.sub(r"[0-9A-Fa-f]", lambda _: next(digits), value)


def _host(value: str, number: int) -> str:
    return value if _RESERVED.search(value) else f"host{number + 1}.example.com"


def _url(value: str, number: int) -> str:
    scheme, _, rest = value.partition("://")
    host = re.split(r"[:/?#]", rest, maxsplit=1)[0]
    return value if _RESERVED.search(host) else f"{scheme}://www{number + 1}.example.com/"


def _mail(value: str, number: int) -> str:
    return value if _RESERVED.search(value) else f"{_person(number)}@{_DOMAINS[number % len(_DOMAINS)]}"


def _user(value: str, number: int) -> str:
    if _NO_NAME.fullmatch(value):
        return value
    domain, slash, _ = value.rpartition("\\")
    return f"{'EXAMPLE' if domain else ''}{slash}{_person(number)}"


def _words(value: str, _: int) -> str:
    """As many words, for a text is told from others by its blanks."""
    return " ".join(_WORDS[at % len(_WORDS)] for at in range(len(value.split())))


def _person(number: int) -> str:
    return f"{_PEOPLE[number % len(_PEOPLE)]}{number // len(_PEOPLE) or ''}"


_INSTEAD: dict[str, Callable[[str, int], str]] = {
    "ip": _ip, "mac": _mac, "host": _host, "url": _url, "mail": _mail, "user": _user, "words": _words,
}  # fmt: skip


def disguised(decoded: Decoded, matcher: Matcher) -> Decoded | None:
    """A line of a known header with stand-ins; None where it would not be read alike."""
    at = decoded.line.rindex(decoded.body)
    stand_ins = StandIns(decoded.line)
    before, after = decoded.line[:at], decoded.line[at + len(decoded.body) :]
    line = stand_ins.text(_without_names(before, decoded)) + stand_ins.text(decoded.body) + after
    again = matcher.decode(line, decoded.product)
    alike = again.status == HEADER_ONLY and again.ident == decoded.ident
    return again if alike else None


def _without_names(header: str, decoded: Decoded) -> str:
    """A header in which the device, and the relay if it is another, have names that say nothing."""
    kind = decoded.product.observer.get("type", "") if decoded.product else ""
    said = {name: str(value) for name, _, value in decoded.header if name in _IN_HEADERS}
    names = {"device": _DEVICES.get(kind, "device1"), "relay_host": "relay1"}
    if said.get("device") == said.get("relay_host"):
        names["relay_host"] = names["device"]
    for name, value in said.items():
        if not VALUE.fullmatch(value):
            header = re.sub(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])", names[name], header)
    return header
