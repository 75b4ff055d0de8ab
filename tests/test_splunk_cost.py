"""No line that an attacker could write makes a regex of the app expensive.

The attack set of test_regex_cost, on the regexes as they stand in transforms.conf: with 50,000 steps, half of Splunk's
MATCH_LIMIT, and its DEPTH_LIMIT of 1,000; and small enough for PCRE2 with the link size that is usual.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from postern.splunk import buckets, ingest, props
from postern.splunk.transform import RAW
from support.real import catalog
from test_regex_cost import MOST_STEPS, PCRE2TEST, SIZES, Attack, answers, attacks, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from postern import regex
    from postern.model import Product
    from postern.splunk.buckets import Text

DEPTH_LIMIT = 1_000
LOOKAHEAD = 4_096  # characters that an index-time transform sees, unless it says otherwise
MOST_BYTES = 64 * 1024  # what PCRE2 compiles with its usual link size
UNITS = (
    "a",
    "0",
    " ",
    "\t",
    '"',
    "'",
    "=",
    "[",
    "]",
    ":",
    'a="',
    "a=1 ",
    '"a" ',
    "a=b c ",
    "[a ",
    "id=",
    "Group = a, ",
    "%ASA-",
)


class Regex(NamedTuple):
    """A regex of transforms.conf, and what makes lines that flood it: when they are asked for, for they are many."""

    name: str
    source: str
    attacks: Callable[[], Iterator[Attack]]


def floods(before: str = "") -> Iterator[Attack]:
    for unit, size in itertools.product(UNITS, SIZES):
        yield Attack(before, unit, size // len(unit), "\0")


def after(prefix: str, node: regex.Node) -> Iterator[Attack]:
    """The attacks on a body, behind what leads to it."""
    return (one._replace(before=prefix + one.before) for one in attacks(node))


def headed(product: Product) -> Iterator[Attack]:
    """Attacks on the headers, and floods behind the header of each first sample."""
    for header in product.headers:
        yield from attacks(header.node)
    for message, wording in product.wordings():
        if message is product.messages[0] and wording.samples:
            log = wording.samples[0].log
            yield from floods(log[: len(log) // 2])


def within(attack: Attack, most: int) -> Attack:
    """The attack as it is seen by a transform that looks no further."""
    room = most - len(attack.before) - len(attack.after)
    return attack._replace(times=min(attack.times, max(room // len(attack.unit), 1)))


@cache
def regexes() -> list[Regex]:
    found = []
    index_time = dict(ingest.transforms(catalog()))
    for product in catalog().products:
        content = props.Content(catalog(), product)
        texts = {bucket.name: bucket.texts for bucket in buckets_of(content)}
        for one in content.transforms:
            own = texts.get(one.name, ())
            found.append(Regex(one.name, one.regex, partial(on_transform, product, one.source_key, own)))
        found += [
            Regex(name, dict(index_time[name])["REGEX"], partial(on_index_time, product))
            for name in (ingest.time_name(product), ingest.route_name(product))
            if name in index_time
        ]
    return found


def buckets_of(content: props.Content) -> list[buckets.Bucket]:
    """The buckets whose texts a transform holds."""
    if content.product.dispatch == "id":
        return buckets.by_id(content.product, content.texts)
    return buckets.by_words(content.product, content.texts)[0] if content.product.dispatch == "words" else []


def on_transform(product: Product, source_key: str, own: Sequence[Text]) -> Iterator[Attack]:
    """On the headers where it reads the line, else on the texts that it holds."""
    if source_key == RAW:
        yield from headed(product)
    else:
        for text in own:
            yield from after(f"{text.message.id}: " if product.dispatch == "id" else "", text.body)
    yield from floods()


def on_index_time(product: Product) -> Iterator[Attack]:
    return (within(one, LOOKAHEAD) for one in (*headed(product), *floods()))


@pytest.mark.parametrize("one", regexes(), ids=lambda one: one.name)
def test_no_attack_makes_a_regex_of_the_app_expensive(one: Regex) -> None:
    subjects = [subject(attack) for attack in one.attacks()]
    assert subjects
    said = answers(one.source, subjects, f"match_limit={MOST_STEPS},depth_limit={DEPTH_LIMIT}")
    assert len(said) == len(subjects)
    assert [(line, answer) for line, answer in zip(subjects, said, strict=True) if answer.startswith("Failed")] == []


@pytest.mark.parametrize("one", regexes(), ids=lambda one: one.name)
def test_a_regex_is_not_larger_than_what_was_reckoned(one: Regex) -> None:
    assert size(one.source) < MOST_BYTES


def size(source: str) -> int:
    """Bytes of the compiled regex."""
    given = f"/{source.encode().hex()}/hex,memory\n"
    said = subprocess.run([PCRE2TEST, "-q"], input=given, capture_output=True, encoding="latin-1", check=True).stdout
    found = re.search(r"code size : (\d+)", said)
    assert found is not None, said
    return int(found[1])
