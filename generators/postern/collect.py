"""Counters that a firewall shows but never logs, as key-value lines.

`show service-policy inspect esmtp` is typed, not logged. Its text comes from a terminal, a ticket or an article: with
or without indentation, blank lines, carriage returns, pager marks, and with explanations after or below a clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_PAGER = re.compile(r"<--- More --->\s*")
_SCOPE = re.compile(r"(Global policy|Interface (?P<interface>\S+)):$")
_NAME = re.compile(r"(?P<kind>Service-policy|Class-map): *(?P<name>.*\S)$")
_INSPECT = re.compile(r"Inspect: (?P<protocol>[\w-]+)(?: (?P<map>[^\s,]+))?,? ?(?P<rest>.*)")
_COUNTER = re.compile(r"(?<![\w-])(?P<name>packet|drop|reset-drop) (?P<count>[0-9]+)")
_BANNER = re.compile(r"mask-banner, count (?P<count>[0-9]+)")
_MATCH = re.compile(r"match (?P<clause>.*\S)$")
_ACTION = re.compile(
    r"(?P<action>drop-connection|drop|reset|mask|rate-limit|log)(?: send-protocol-error| [0-9]+)?"
    r"(?P<log> log)?, packet (?P<count>[0-9]+)"
)
# The clauses a policy map of ESMTP inspection may hold: what follows one is an explanation and is cut.
_CLAUSE = re.compile(
    r"""(?:not\ )?(?:
      cmd\ verb (?:\ (?:AUTH|DATA|EHLO|ETRN|HELO|HELP|MAIL|NOOP|QUIT|RCPT|RSET|SAML|SEND|SOML|STARTTLS|VRFY)\b)+
    | ehlo-reply-parameter (?:\ (?:8bitmime|auth|binaryname|checkpoint|dsn|ecode|etrn|others|pipelining|size|vrfy)\b)+
    | MIME\ encoding (?:\ (?:7bit|8bit|base64|binary|others|quoted-printable)\b)+
    | (?:MIME\ filetype|sender-address)\ regex (?:\ class)?\ \S+
    | (?:cmd|body|header|sender-address|MIME|invalid-recipients) (?:\ [a-z][a-z-]*){0,2}\ (?:gt|lt)\ [0-9]+
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?")
_HINT_NONE = (
    "no 'Inspect: esmtp' in this text; give the whole output of 'show service-policy inspect esmtp' "
    "(a firewall that prints none inspects no ESMTP)"
)
_HINT_CUT = "the line with the action and packets of this match is missing; give the whole output of the command"
_HINT_DEVICE = "a device name is a host name: letters, digits, dots, hyphens and underscores"


class CollectError(Exception):
    """A text that holds no counters, or only a part of them.

    Attributes:
        line_number: The line the problem stands in, from 1; 0 where it is not in the text.
        text: That line.
        hint: What is wrong and what to do.
    """

    def __init__(self, line_number: int, text: str, hint: str) -> None:
        super().__init__(line_number, text, hint)
        self.line_number = line_number
        self.text = text
        self.hint = hint

    def __str__(self) -> str:
        place = f"line {self.line_number}: " if self.line_number else ""
        return f"{place}{self.text[:80]!r}: {self.hint}"


def parse_esmtp_counters(text: str, device: str | None, now: datetime) -> Iterator[str]:
    """Turn the output of `show service-policy inspect esmtp` into one key-value line a counter.

    Args:
        text: What the firewall printed, or a copy of it.
        device: The firewall's name; left out of the lines where it is not known.
        now: When the counters were read (an aware time).

    Returns:
        The lines, in the order of the text.

    Raises:
        CollectError: The text holds no ESMTP inspection, or ends before the counter of a match.
    """
    if device is not None and not _HOSTNAME.fullmatch(device):
        raise CollectError(0, device, _HINT_DEVICE)
    head = " ".join(filter(None, (f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", device, "postern-counters:")))
    reader = _Reader()
    # All of it is read before the first line goes out: a cut text sends nothing rather than a part.
    found = [pairs for number, line in _lines(text) for pairs in reader.read(number, line)]
    reader.finish(text)
    return (f"{head} {' '.join(_pair(key, value) for key, value in pairs.items())}" for pairs in found)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        bare = " ".join(_PAGER.sub("", line).split())
        if bare:
            yield number, bare


def _pair(key: str, value: str) -> str:
    plain = value.replace('"', "'")
    return f'{key}="{plain}"' if key == "match" or re.search(r"[\s=]", plain) else f"{key}={plain}"


@dataclass
class _Reader:
    """Where in the output we are: the names of the policy, class and map, and the match whose action is still due."""

    interface: str = ""
    policy: str = "-"
    class_map: str = "-"
    inspected: str | None = None
    seen: bool = False
    pending: tuple[int, str] | None = None

    def read(self, number: int, line: str) -> Iterator[dict[str, str]]:
        """Take one line; give the counters it holds."""
        if self._headline(line) or (self.inspected is None and not _INSPECT.match(line)):
            return
        if inspect := _INSPECT.match(line):
            self._expect_no_match()
            yield from self._inspection(inspect)
        elif banner := _BANNER.match(line):
            yield self._counter("esmtp_mask_banner", action="mask", count=banner["count"])
        elif match := _MATCH.match(line):
            self._expect_no_match()
            self.pending = (number, match["clause"])
        elif self.pending and (action := _ACTION.match(line)):
            yield self._match(self.pending[1], action)
            self.pending = None

    def finish(self, text: str) -> None:
        """Refuse a text without ESMTP inspection, or one that ends inside a match."""
        self._expect_no_match()
        if not self.seen:
            raise CollectError(1, text.strip().partition("\n")[0].strip(), _HINT_NONE)

    def _headline(self, line: str) -> bool:
        if scope := _SCOPE.match(line):
            self.interface = scope["interface"] or ""
        elif name := _NAME.match(line):
            if name["kind"] == "Class-map":
                self.class_map = name["name"]
            else:
                self.policy = name["name"]
        else:
            return False
        self._expect_no_match()
        self.inspected = None
        return True

    def _inspection(self, inspect: re.Match[str]) -> Iterator[dict[str, str]]:
        if inspect["protocol"] != "esmtp":
            self.inspected = None
            return
        self.inspected = inspect["map"] or "-"
        self.seen = True
        counts = {counter["name"]: counter["count"] for counter in _COUNTER.finditer(inspect["rest"])}
        names = {"packets": "packet", "drop": "drop", "reset_drop": "reset-drop"}
        yield self._counter("esmtp_inspect", **{key: counts[name] for key, name in names.items() if name in counts})

    def _match(self, text: str, action: re.Match[str]) -> dict[str, str]:
        known = _CLAUSE.match(text)
        log = "yes" if action["log"] or action["action"] == "log" else "no"
        # An unknown clause is kept whole, explanation and all: better too much of it than a part.
        clause = known[0] if known else text
        return self._counter("esmtp_match", match=clause, action=action["action"], log=log, packets=action["count"])

    def _counter(self, counter: str, **values: str) -> dict[str, str]:
        where = {"interface": self.interface} if self.interface else {}
        names = {"policy": self.policy, "class": self.class_map, "map": self.inspected or "-"}
        return {"counter": counter} | where | names | values

    def _expect_no_match(self) -> None:
        # Configuration quoted below the output has `match` lines too (`match address …`): those have no counter.
        if self.pending and _CLAUSE.match(self.pending[1]):
            raise CollectError(self.pending[0], f"match {self.pending[1]}", _HINT_CUT)
        self.pending = None
