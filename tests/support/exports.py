"""Lines of NetDefend's export, put together at random, the same ones every time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = "<1>1 2026-11-20T10:00:06Z 15c8cb06-465b-48b2-b7f7-b6c206e749dc ALG : "
TOKENS = (
    "id=200151",
    "id=200150",
    "id=00200152",
    "event=x",
    "action=close now",
    "max_sessions=200",
    "max_sessions=abc",
    "algmod=smtp",
    "algsesid=100330",
    "sender_email_address=user@example.com",
    'sender_email_address="a b c"',
    "foo=bar baz",
    "prio=3",
    "rev=2",
    "junk",
    "(200)",
    "x=",
    '="q"',
    'a="b" c',
)
SENTENCES = ("", "SMTPALG: text here. ", '"quoted id=200150 " ')
GROUPS = ("alg", "conn", "rules", "ippacket")


def lines(count: int) -> Iterator[str]:
    """So many lines."""
    chance = random.Random(1)  # noqa: S311 -- lines for a test, not a secret
    for _ in range(count):
        begin = chance.choice(("id=200151 ", "id=200150 ", ""))
        yield (HEADER + begin + _body(chance)).strip()


def _tokens(chance: random.Random) -> str:
    return " ".join(chance.choice(TOKENS) for _ in range(chance.randint(0, 4)))


def _body(chance: random.Random) -> str:
    body = _tokens(chance) + " "
    if chance.random() < 0.7:
        body += f"[message={chance.choice(SENTENCES)}{_tokens(chance)} ]"
    groups = [name for name in GROUPS if chance.random() < 0.5]
    chance.shuffle(groups)
    return body + "".join(_group(name, chance) for name in groups) + _tokens(chance)


def _group(name: str, chance: random.Random) -> str:
    inner = _tokens(chance)
    nested = chance.random() < 0.5
    if nested and name == "conn":
        inner = f"[conn {inner} ]"
    elif nested:
        inner += f" [{chance.choice(('flags', 'opt'))} {_tokens(chance)} ] {_tokens(chance)}"
    return f"[{name} {inner} ]"
