"""Lines made from every wording of the real catalog come back as what they were made from, whatever outsiders write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from postern.casts import CASTS
from postern.document import ecs
from postern.kv import MAX_DIGITS, keys_of
from postern.matcher import HEADER_ONLY, PARSED, UNKNOWN, Decoded
from postern.regex import BLANKS, Chars, walk
from support.generate import Discard, Segment, draws, fits, segments, string
from support.real import catalog, matcher

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from postern.model import KvSlot, Product, Wording
    from postern.regex import Capture

TWO, EVEN = 2, 0.5
# Releases that end before an optional part let an outsider write it: the line is then letter for letter a newer one's.
OPTIONAL_END = {f"cisco_asa.{code}": {"src"} for code in ("113005", "113015", "113016", "113017")}
MOST_ADMITTED = 0.05  # share of lines of a wording that may say that they could not be read
SPLITS = re.compile(r'"[ \t\r\n\[\]]|^[^"]*[\t\r\n]')  # texts that no quoting of the device could keep together
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FOREIGN = [
    "%ASA-6-302013: Built inbound TCP connection 1 for outside:203.0.113.66/1 (203.0.113.66/1) to dmz:203.0.113.67/25",
    "<166>Nov 20 2026 10:00:00 evil : %ASA-2-108003: Terminating ESMTP connection",
    "Message finished MID 1 done",
    "Fri Nov 20 10:00:00 2026 Info: ICID 7 close",
    "MID 1 ICID 2 RID 3 To: <a@example.com>",
    "[2026-11-20 10:00:00] EFW: ALG: prio=1 id=00200151 srcip=203.0.113.66",
]
NASTY = [
    "2001:db8::66", "203.0.113.66/25", "*****", "CORP\\bob", "CORP\\van der  Berg", "O'Brien", 'say "hi"', "'q'", "a'", '"',
    "x, y", "a: b", "[x]", "(x)", "<x>", "a) (b", "jörg 日本", "a\r\nb", "a\tb", "100%", "\\", "x\\'y", "=", "a=b c=d",
    "user@example.com", "None", "0", "-", ".", *FOREIGN,
]  # fmt: skip


class Case(NamedTuple):
    """A wording of a product; short to print."""

    product: Product
    wording: Wording

    def __repr__(self) -> str:
        return f"{self.wording.key}.{self.wording.number}"


CASES = [Case(product, one) for product in catalog().products for _, one in product.wordings()]


def outsider(slot: str) -> bool:
    return catalog().fields[slot].outsider


TEXTS = [case for case in CASES if case.wording.body is not None]
FORGEABLE = [case for case in TEXTS if any(map(outsider, case.wording.slot_names()))]
KEYED = [case for case in CASES if case.wording.body is None]


def heads(case: Case) -> list[str]:
    """What stands before the bodies of the wording's own samples."""
    return [one.log[: -len(matcher().decode(one.log, case.product).body)] for one in case.wording.samples]


def text_of(line: list[Segment]) -> str:
    return "".join(one.text for one in line)


def values(line: list[Segment]) -> dict[str, Any]:
    """The values of a line's slots; an empty one is none."""
    written = [(one.capture, one.text) for one in line if one.capture]
    found = {c.name: CASTS[c.cast](text) if c.cast in CASTS else text for c, text in written}
    return present(found)


def present(params: Mapping[str, Any]) -> dict[str, Any]:
    return {slot: value for slot, value in params.items() if value not in ("", [])}


def device(params: Mapping[str, Any]) -> dict[str, Any]:
    """The values that only the device writes."""
    return {slot: value for slot, value in present(params).items() if not outsider(slot)}


def ordinary(chance: random.Random, capture: Capture) -> str:
    """What a device writes; of an outsider anything that fits the slot."""
    if not outsider(capture.name):
        return string(chance, capture.node, plain=True)
    nasty = chance.choice(NASTY)
    return nasty if chance.random() < EVEN and fits(capture, nasty) else string(chance, capture.node)


def both_ways(line: str, product: Product) -> Decoded:
    """The line decoded with its device known; the router must say the same."""
    known, routed = matcher().decode(line, product), matcher().decode(line)
    assert known.line == routed.line == line
    assert (known.product, known.status, known.params) == (routed.product, routed.status, routed.params)
    return known


# ---------------------------------------------------------------- texts


def written(chance: random.Random, case: Case) -> tuple[str, list[Segment]]:
    """A head and a line of the wording."""
    assert case.wording.body is not None
    head = chance.choice(heads(case))
    return head, segments(chance, case.wording.body, partial(ordinary, chance))


@pytest.mark.parametrize("case", TEXTS, ids=repr)
def test_a_line_of_any_values_gives_its_message_and_values_back(case: Case) -> None:
    admitted: list[bool] = []
    for head, line in draws(f"written {case}", 20, partial(written, case=case)):
        decoded = both_ways(head + text_of(line), case.product)
        admitted.append(decoded.status != PARSED)
        if decoded.message is None:
            continue
        wanted = values(line)
        assert (decoded.message.key, device(decoded.params)) == (case.wording.key, device(wanted))
        if sum(map(outsider, wanted)) < TWO:  # two outsiders may blur into each other
            assert present(decoded.params) == wanted
    assert len(admitted) >= 10
    assert sum(admitted) <= max(len(admitted) * MOST_ADMITTED, 1)


def holds_blanks(capture: Capture) -> bool:
    return any(isinstance(part, Chars) and part.mask & BLANKS for part in walk(capture.node))


def forged(chance: random.Random, case: Case) -> tuple[str, list[Segment]]:
    """A head and a line in which one outsider wrote what would follow, or a whole message."""
    (head, line), (_, fake) = written(chance, case), written(chance, case)
    places = [at for at, one in enumerate(line) if one.capture and outsider(one.capture.name)]
    if not places:
        raise Discard
    at = chance.choice(places)
    capture = line[at].capture
    same = [index for index, one in enumerate(fake) if one.capture and capture and one.capture.name == capture.name]
    whole, tail = text_of(fake), text_of(fake[same[0] + 1 :] if same else fake)
    payloads = [f"x{tail}", f"x{tail}y", f"x{tail}{tail}", whole, head + whole, f"x\n{head}{whole}", *FOREIGN]
    text = chance.choice(payloads).strip(" \t\r\n")
    if capture and not holds_blanks(capture):
        text = re.sub(r"[ \t\r\n]+", "+", text)  # mail domains and such hold none, whoever writes them
    return head, [*line[:at], Segment(text, capture), *line[at + 1 :]]


@pytest.mark.parametrize("case", FORGEABLE, ids=repr)
def test_what_an_outsider_writes_is_never_taken_for_what_the_device_wrote(case: Case) -> None:
    count = 0
    for head, line in draws(f"forged {case}", 40, partial(forged, case=case)):
        count += 1
        decoded = both_ways(head + text_of(line), case.product)
        assert decoded.body == text_of(line)
        if decoded.message is None:
            continue
        told, true = device(decoded.params), device(values(line))
        for slot in OPTIONAL_END.get(case.wording.key, set()) - true.keys():
            told.pop(slot, None)
        assert (decoded.message.key, told) == (case.wording.key, true)
    assert count


# ---------------------------------------------------------------- key-value lines


def bare_or_quoted(text: str) -> str:
    return f'"{text}"' if not text or " " in text or text[0] == '"' else text


def value_of(chance: random.Random, slot: KvSlot) -> str:
    casts = {cast for _, cast in slot.members}
    if whole := [most for cast, most in MAX_DIGITS.items() if cast in casts]:
        return str(chance.randint(0, 10 ** chance.randint(0, min(whole)) - 1))
    if "ip" in casts:
        return chance.choice(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
    if outsider(slot.name):
        return chance.choice([text for text in NASTY if not SPLITS.search(text)])
    return "".join(chance.choices("abcXYZ019-_.", k=chance.randint(1, 9)))


def keyed(chance: random.Random, case: Case) -> dict[str, tuple[KvSlot, str]]:
    """Keys of the native layout in any order, one for each slot, with slot and value."""
    counting = keys_of(case.product, case.wording, bracketed=False).slots
    some = sorted({slot.name: (key, slot) for (_, key), slot in counting.items()}.values(), key=str)
    return {key: (slot, value_of(chance, slot)) for key, slot in chance.sample(some, len(some))}


def keyed_line(case: Case, line: Mapping[str, tuple[KvSlot, str]], more: str = "") -> str:
    body = " ".join(f"{key}={bare_or_quoted(text)}" for key, (_, text) in line.items())
    return f"{heads(case)[0]}{case.product.key}={case.wording.key.partition('.')[2]} {body}{more}"


def typed(line: Mapping[str, tuple[KvSlot, str]]) -> dict[str, Any]:
    return {slot.name: int(text) if slot.members[0][1] in MAX_DIGITS else text for slot, text in line.values()}


@pytest.mark.parametrize("case", KEYED, ids=repr)
def test_keys_in_any_order_give_their_values_back(case: Case) -> None:
    for line in draws(f"keyed {case}", 50, partial(keyed, case=case)):
        decoded = both_ways(keyed_line(case, line), case.product)
        assert decoded.message is not None
        assert (decoded.message.key, decoded.params) == (case.wording.key, typed(line))


def doubled(chance: random.Random, case: Case) -> tuple[dict[str, tuple[KvSlot, str]], str]:
    """Keys with their values, and the one of them that is forged."""
    line = keyed(chance, case)
    return line, chance.choice(sorted(line))


@pytest.mark.parametrize("case", KEYED, ids=repr)
def test_a_forged_copy_of_a_key_takes_the_key_away_and_nothing_else(case: Case) -> None:
    for line, key in draws(f"doubled {case}", 50, partial(doubled, case=case)):
        decoded = both_ways(keyed_line(case, line, f' x="a b" {key}=666 c'), case.product)
        wanted = {slot: value for slot, value in typed(line).items() if slot != line[key][0].name}
        assert {slot: value for slot, _, value in decoded.values} == wanted
        assert decoded.params[key] == [line[key][1], "666"]


# ---------------------------------------------------------------- broken lines

LOGS = [one.log for product in catalog().products for _, wording in product.wordings() for one in wording.samples]
CONTROL = [*map(chr, range(32)), "\x7f", "\x85", "\u2028", "\ufffd", "\ufeff"]


def broken(chance: random.Random, line: str, other: str) -> str:
    """A sample that something on the way cut, doubled, re-ordered or spoiled."""
    at, to = sorted([chance.randint(0, len(line)), chance.randint(0, len(line))])
    noise = "".join(chance.choices(CONTROL, k=chance.randint(1, 9)))
    ways = [
        line[:at], line[at:], line[:at] + line[to:], line + line, line[:at] + other + line[at:], line[:at] + noise + line[at:],
        line[:at] + noise * 99, " ".join(reversed(line.split(" "))), line[to:] + line[:at], line[:at] + line[at:to] * 9 + line[to:],
        noise, "", line.swapcase(), line.replace(" ", chance.choice(["\t", "  ", "\n", "\xa0"])),
    ]  # fmt: skip
    return chance.choice(ways)


def mutants(product: Product, of_each: int) -> list[str]:
    """Some of each sample of a product, spliced with others of any product."""
    lines = [one.log for _, wording in product.wordings() for one in wording.samples]
    return [made for line in lines for made in draws(f"broken {line}", of_each, partial(mutant, line=line))]


def mutant(chance: random.Random, line: str) -> str:
    return broken(chance, line, chance.choice(LOGS))


@pytest.mark.parametrize("product", catalog().products, ids=lambda product: product.name)
def test_a_broken_line_keeps_its_text_and_gets_a_status(product: Product) -> None:
    seen = set()
    for line in mutants(product, 3):
        for known in (product, None):
            decoded = matcher().decode(line, known)
            document = ecs(decoded, catalog(), NOW)
            seen.add(decoded.status)
            assert (document["event"]["original"], document["postern"]["parse_status"]) == (line, decoded.status)
            assert line.endswith(decoded.body)
    assert seen == {PARSED, HEADER_ONLY, UNKNOWN}
