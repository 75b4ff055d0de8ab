"""Lines of NetDefend, put together at random, the same ones every time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from postern import kv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postern.model import Catalog, Product

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


# ---------------------------------------------------------------- any id, known or not

NATIVE = "<134>[2026-11-20 10:00:06] EFW: ANY: "
UNKNOWN = ("id=06000099 ", "id=99 ", "id=x7 ", "")
VALUES = ("192.0.2.1", "2001:db8::1", "25", "TCP", "mail", '"two words"', '""', "198.51.100.7", "a=b")


def of_any_id(catalog: Catalog, product: Product, count: int) -> Iterator[str]:
    """So many lines: keys of the message and of others, doubled, missing, and in the brackets of others."""
    chance = random.Random(2)  # noqa: S311 -- lines for a test, not a secret
    keys = [key for key in _all_keys(product) if _plain(catalog, key)]
    for number in range(count):
        message = chance.choice(product.messages) if chance.random() < 0.7 else None
        begin = f"id={message.id} " if message else chance.choice(UNKNOWN)
        wording = message.wordings[0] if message else None
        own = sorted(one for one in kv.keys_of(product, wording, bracketed=True).slots if _plain(catalog, one[1]))
        some = chance.choices(own, k=6) + [("", key) for key in chance.choices(keys, k=3)]
        chance.shuffle(some)
        yield (_native if number % 2 else _exported)(begin, some, chance)


def _all_keys(product: Product) -> list[str]:
    found = {key for _, wording in product.wordings() for key in wording.kv}
    return sorted(found | {key for group in product.context.values() for key in group.keys})


def _plain(catalog: Catalog, key: str) -> bool:
    """Whether what is kept of a key in `postern.params` cannot be taken for a slot's value, which may stand there too."""
    return key not in catalog.fields or isinstance(catalog.fields[key].ecs, str)


def _native(begin: str, keys: Sequence[tuple[str, str]], chance: random.Random) -> str:
    return NATIVE + begin + " ".join(f"{key}={chance.choice(VALUES)}" for _, key in keys)


def _exported(begin: str, keys: Sequence[tuple[str, str]], chance: random.Random) -> str:
    groups: dict[str, list[str]] = {"": [], kv.MESSAGE: ["message=What happened,"]}
    for group, key in keys:
        into = chance.choice(("conn", "flags", group)) if chance.random() < 0.2 else group
        groups.setdefault(into, []).append(f"{key}={chance.choice(VALUES)}")
    top = groups.pop("")
    brackets = "".join(f"[{name} {' '.join(some)} ]" for name, some in groups.items())
    return HEADER + begin + " ".join(top) + " " + brackets.replace("[message message=", "[message=")
