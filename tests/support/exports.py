"""Key-value lines, put together at random, the same ones every time."""

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


# ---------------------------------------------------------------- CEF, and pairs without an equals sign

CEF_HEADER = "<22>Nov 20 10:00:03 esa1 cef: CEF:0|Cisco|C100V|16.0|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|"
CEF_KEYS = (
    "ESAMID", "ESAICID", "act", "msg", "cs2", "cs4", "cfp1", "src", "sourceAddress", "ESAHeloIP", "sourceHostName",
    "shost", "ESAMsgSize", "ESAHeloDomain", "dvc", "x", "cs4Label", "@y", "act.", "",
)  # fmt: skip
CEF_WORDS = (
    "7", "DELIVERED", "unknown", "None", "not enabled", "192.0.2.1", "<a@example.com>", "'q'", '"q"', "''", '""', "' x '",
    "'a", "a'", "'", "a\\=b", "act\\=x", "\\\\", "\\n", "\\\\n", "\\r\\n", "\\", "\\x", "\\'", "a=b", "=", "<>", "<x", "",
)  # fmt: skip
ADDRESSES = ("192.0.2.1", "2001:db8::1", "300.1.1.1", "'198.51.100.7'", "")  # no name: that would be a host's too
STATUS_HEADER = "Fri Nov 20 10:00:00 2026 Info: Status: "
STATUS_KEYS = ("CPULd", "RAMUtil", "WorkQ", "InjMsg", "CrtCncIn", "CrtMID", "X.y_1", "5XXHrdBnc")
STATUS_WORDS = (*STATUS_KEYS, "0", "12", "1.5", "0%", "66G", "a=b", "_", "é", "9" * 19)


def cef(count: int) -> Iterator[str]:
    """So many consolidated events: values in quotes, with escapes, of several words, doubled, empty, out of place."""
    chance = random.Random(3)  # noqa: S311 -- lines for a test, not a secret
    for _ in range(count):
        some = [chance.choice(CEF_KEYS) for _ in range(chance.randint(0, 6))]
        keys = [f"{key}={_spaced(chance, ADDRESSES if key in ('src', 'sourceAddress') else CEF_WORDS)}" for key in some]
        begin = _spaced(chance, CEF_WORDS) + " " if chance.random() < 0.2 else ""
        yield (CEF_HEADER + begin + "".join(key + _gap(chance) for key in keys)).rstrip("\r\n")


def pairs(count: int) -> Iterator[str]:
    """So many lines of the status log: keys without values, values without keys."""
    chance = random.Random(4)  # noqa: S311 -- lines for a test, not a secret
    for _ in range(count):
        some = [f"{chance.choice(STATUS_KEYS)} {chance.randint(0, 99)}" for _ in range(chance.randint(0, 9))]
        some[0:0] = [chance.choice(STATUS_WORDS) for _ in range(chance.randint(0, 2))]
        chance.shuffle(some)
        yield STATUS_HEADER + "".join(word + _gap(chance) for word in some)


def _spaced(chance: random.Random, words: Sequence[str]) -> str:
    return _gap(chance).join(chance.choice(words) for _ in range(chance.choice((1, 1, 1, 2, 3))))


def _gap(chance: random.Random) -> str:
    return chance.choice((" ", " ", " ", "  ", "\t"))


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
