"""Blocks of lines are read as the matcher decodes each line, whatever the lines are and whatever PCRE2 refuses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pcre2
import pytest

from postern import regex
from postern.audit import passes
from postern.audit.blocks import Blocks, shown
from support.corpus import every_line
from support.generate import draws, segments, string
from support.real import catalog, matcher

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Sequence

    from postern.audit.blocks import Read
    from postern.model import Product

PRODUCTS = (None, *catalog().products)
HEADERS = [
    "%ASA-6-302013: ", "<166>Nov 20 2026 10:00:00 fw1 : %ASA-4-106023: ", "Fri Nov 20 10:00:00 2026 Info: ",
    "Nov 20 10:00:00 esa1 mail_logs: Info: ", "[2026-11-20 10:00:00] EFW: ALG: prio=1 id=200150 rev=1 event=x ",
    "<14>1 2026-11-20T10:00:00Z gw EFW - - - ALG: prio=1 id=00200151 ", "[2026-11-20 10:00:00] EFW: CONN: ",
    "<14>1 2026-11-20T10:00:00Z gw ALG : [id=00200150] ", "message repeated 2 times: [ %ASA-6-719022: ",
]  # fmt: skip
ODD = [
    "", " ", "\r", "x", "\x00", "%", "]", "%ASA-6-302013:", "Info: ", "=", "id=", 'prio="1" id=00200150', "id=\x01",
    "[2026-11-20 10:00:00] EFW: ALG: prio=1 x id=00200150 rev=1", '[2026-11-20 10:00:00] EFW: ALG: id="00200150" rev=1',
    "[2026-11-20 10:00:00] EFW: ALG: id= id=00200150", "[2026-11-20 10:00:00] EFW: ALG: a=b=c id=00200150x",
    "[2026-11-20 10:00:00] EFW: ALG: prio=1\tid=00200150\trev=1", "[2026-11-20 10:00:00] EFW: ALG: xid=1 id=00200150",
    "? 1", "- x", "0 302013", "Fri Nov 20 10:00:00 2026 Info:  MID\t7\x0b ICID 8", "Fri Nov 20 10:00:00 2026 Info: MID\x0c7",
    "message repeated 2 times: [ %ASA-6-719022: WebVPN user alice has been authenticated.] \t",
    "Nov 20 10:00:00 gw message repeated 2 times: [ %ASA-6-719022: WebVPN user alice has been authenticated.",
]  # fmt: skip


def wrong(lines: Sequence[bytes], products: Iterable[Product | None] = PRODUCTS) -> list[str]:
    """What is said otherwise of lines read as one block than by the matcher of each; the first few of it."""
    found = []
    for product in products:
        said = sorted(of_block(Blocks(matcher(), product).read(lines)))
        wanted = sorted(of_each(lines, product))
        found += [f"{product.name if product else ''}: {one}" for one in set(said) ^ set(wanted)]
        found += [] if len(said) == len(wanted) else [f"{len(said)} lines for {len(wanted)}"]
    return sorted(found)[:9]


def of_block(read: Read) -> Iterator[str]:
    for key, count in read.messages.items():
        yield f"{count} of {key}"
    for one in read.rest:
        for at, body in zip(one.places, one.bodies, strict=True):
            yield unread(at, one.product, one.ident, body)


def of_each(lines: Sequence[bytes], product: Product | None) -> Iterator[str]:
    messages: Counter[str] = Counter()
    for at, line in enumerate(lines):
        decoded = matcher().decode(shown(line), product)
        if decoded.message is not None:
            messages[decoded.message.key] += 1
        else:
            yield unread(at, decoded.product, decoded.ident, decoded.body)
    yield from (f"{count} of {key}" for key, count in messages.items())


def unread(at: int, product: Product | None, ident: str | None, body: str) -> str:
    return f"line {at}: {product.name if product else None} {ident!r} {body!r}"


def changed(chance: random.Random, line: str) -> str:
    """A line with something put in, taken out or doubled, at a place of chance."""
    at = chance.randrange(len(line) + 1)
    kinds = [
        lambda: line[:at] + chance.choice(("é", "\0", "\t", "  ", "\x0b", "\r", '"', "]", "0", "%ASA-6-302013: ")) + line[at:],
        lambda: line[:at] + line[at + chance.randint(1, 3) :],
        lambda: line[:at] + line,
        lambda: line.replace(" ", chance.choice(("  ", "\t", " " * 9)), chance.randint(1, 9)),
        lambda: chance.choice(HEADERS) + line[at:],
        line.swapcase,
    ]  # fmt: skip
    made: str = chance.choice(kinds)()
    return made


def in_bytes(lines: Iterable[str]) -> list[bytes]:
    return [line.replace("\n", " ").encode("utf-8", "surrogateescape") for line in lines]


def test_samples_and_fixtures_whole_and_cut() -> None:
    whole = every_line(catalog())
    cut = [line[: len(line) * part // 4] for line in whole for part in (1, 2, 3)]
    assert wrong(in_bytes([*whole, *cut, *(line + line for line in whole)])) == []


def test_lines_that_were_changed_by_chance() -> None:
    whole = every_line(catalog())
    assert wrong(in_bytes(draws("changed lines", 20_000, lambda chance: changed(chance, chance.choice(whole))))) == []


KNOWN = b"%ASA-6-719022: WebVPN user alice has been authenticated."


def test_odd_lines() -> None:
    assert wrong(in_bytes([*ODD, *HEADERS, *(header + odd for header in HEADERS for odd in ODD)])) == []
    for line in in_bytes(ODD):
        assert wrong([line]) == []
    assert wrong([b"\xff\xfe", b"caf\xe9", KNOWN, b""]) == []
    assert wrong([]) == []


def test_a_line_drawn_from_every_wording() -> None:
    def drawn(chance: random.Random, header: regex.Node, body: regex.Node) -> str:
        line = string(chance, header, plain=True)
        return line + "".join(one.text for one in segments(chance, body, lambda capture: string(chance, capture.node)))

    lines = []
    for product in catalog().products:
        for message, wording in product.wordings():
            if (body := wording.body) is None:
                continue
            header = product.headers[0].node
            made = draws(f"{message.key} {wording.number}", 3, lambda chance: drawn(chance, header, body))  # noqa: B023
            lines += [line.replace(f"-{wrong_id(line)}:", f"-{message.id}:") for line in made]
    assert len(lines) > 3 * len(list(catalog().messages())) // 2
    assert wrong(in_bytes(lines), [None]) == []


def wrong_id(line: str) -> str:
    """The id that chance put into a firewall's header."""
    return line.partition(":")[0].rpartition("-")[2]


@pytest.mark.parametrize("what", ["headers", "texts", "both"])
def test_what_pcre2_refuses_to_compile_is_left_to_the_matcher(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = passes._compiled  # noqa: SLF001 - what fails where a regex is too large

    def refuse(source: str) -> Any:
        is_header = "MARK" in source
        return None if what == "both" or is_header == (what == "headers") else compiled(source)

    monkeypatch.setattr(passes, "_compiled", refuse)
    assert wrong(in_bytes([*ODD, *HEADERS, *every_line(catalog())[::20]])) == []


@pytest.mark.parametrize("method", ["sub", "subn"])
def test_where_pcre2_gives_up_lines_are_left_to_the_matcher(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: Any) -> Any:
        raise pcre2.LibraryError(-47)

    monkeypatch.setattr(pcre2.Pattern, method, give_up)
    assert wrong(in_bytes([*ODD, *every_line(catalog())[::20]])) == []


def test_a_tree_is_narrowed_to_characters() -> None:
    allowed = regex.mask_of("ab")
    for shape, narrowed in (
        ("[a-z]{1,3}", "[ab]{1,3}"),
        ("a|x|b", "a|b"),
        ("ax|b", "b"),
        ("a(?:x|y)?b", "ab"),
        ("a(?:x)?(?>b|x)", "a(?>b)"),
        ("x", None),
        ("a[^a-z]", None),
    ):
        tree = regex.within(regex.parse(shape), allowed)
        assert tree == (None if narrowed is None else regex.within(regex.parse(narrowed), regex.ALL)), shape
