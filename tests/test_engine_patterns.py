"""Every emitted pattern, on the real engine: it takes each sample of its own wording, and of no other."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from postern import regex
from postern.elastic import grok, logstash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elasticsearch import Elasticsearch

    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog, Product

pytestmark = pytest.mark.engine
WITH_TEXTS = ("cisco_asa", "cisco_esa")
BATCH = 400  # patterns of one grok processor, or grok processors in one simulated pipeline
REFERENCE = re.compile(r"%\{([A-Z0-9_]+)[:}]")


def bodies(product: Product, matcher: Matcher) -> list[tuple[str, str, str]]:
    """Key with number, id and body of each sample."""
    return [
        (f"{wording.key}#{wording.number}", message.id, matcher.decode(sample.log, product).body)
        for message, wording in product.wordings()
        for sample in wording.samples
    ]


def hits(client: Elasticsearch, patterns: dict[str, str], texts: list[str]) -> list[set[str]]:
    """For each text the names of patterns that match it whole: of each batch the first one, and the last one.

    A pattern that is in no such set matches no text that two others around it do not match as well, so where a text has
    but one name, no other pattern matches it.
    """
    found: list[set[str]] = [set() for _ in texts]
    numbered = [(name, rf"\A(?<hit.n{number}>{pattern})\z") for number, (name, pattern) in enumerate(patterns.items())]
    names = list(patterns)
    for order in (numbered, numbered[::-1]):
        processors = [
            {
                "grok": {
                    "field": "text",
                    "patterns": [one for _, one in order[start : start + BATCH]],
                    "ignore_failure": True,
                }
            }
            for start in range(0, len(order), BATCH)
        ]
        docs = [{"_source": {"text": text}} for text in texts]
        answer = client.ingest.simulate(pipeline={"processors": processors}, docs=docs)
        for own, one in zip(found, answer["docs"], strict=True):
            own |= {names[int(key[1:])] for key in one["doc"]["_source"].get("hit", {})}
    return found


@pytest.mark.parametrize("name", WITH_TEXTS)
def test_every_sample_is_taken_first_by_the_pattern_of_its_own_wording(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product = catalog.product(name)
    by_id = product.dispatch == "id"
    wordings = sorted(product.wordings(), key=lambda pair: (by_id and pair[0].id, pair[1].rank))
    ranks = {f"{wording.key}#{wording.number}": wording.rank for _, wording in wordings}
    ids = {f"{wording.key}#{wording.number}": message.id for message, wording in wordings}
    patterns = {
        f"{wording.key}#{wording.number}": (f"{message.id} " if by_id else "")
        + f"(?:{regex.spell(wording.body, regex.uncaptured)})"
        for message, wording in wordings
        if wording.body is not None
    }
    samples = bodies(product, matcher)
    texts = [f"{ident} {body}" if by_id else body for _, ident, body in samples]
    wrong = []
    for (own, ident, body), names in zip(samples, hits(node.client(), patterns, texts), strict=True):
        others = {one for one in names if by_id and ids[one] != ident}
        if others or not names or min(names, key=lambda one: ranks[one]) != own:
            wrong.append((own, body, names))
    assert wrong == []


@pytest.mark.parametrize("name", WITH_TEXTS)
def test_logstash_patterns_take_the_same_values_apart(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product = catalog.product(name)
    definitions = dict(logstash.patterns(catalog, product))
    by_pattern: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for message, wording in product.wordings():
        for sample in wording.samples:
            decoded = matcher.decode(sample.log, product)
            raw = {
                grok.path_of(catalog, capture)
                for capture in wording.captures()
                if any(capture.name == slot and capture.member == member for slot, member, _ in decoded.values)
            }
            by_pattern[logstash.body_name(product, message.id, wording.number)].append(
                (decoded.body, dict.fromkeys(raw))
            )
    wrong = []
    for batch in batched(by_pattern.items(), BATCH):
        processors = [processor(number, pattern, definitions) for number, (pattern, _) in enumerate(batch)]
        docs = [
            {"_source": {"text": body, "case": number}} for number, (_, cases) in enumerate(batch) for body, _ in cases
        ]
        answer = iter(node.client().ingest.simulate(pipeline={"processors": processors}, docs=docs)["docs"])
        for pattern, cases in batch:
            for body, fields in cases:
                one = next(answer)
                found = set(one["doc"]["_source"]) - {"text", "case"} if "doc" in one else one
                wanted = {"[" + "][".join(path.split(".")) + "]" for path in fields}
                if found != wanted:
                    wrong.append((pattern, body, wanted, found))
    assert wrong == []


def processor(number: int, pattern: str, definitions: dict[str, str]) -> dict[str, Any]:
    """A grok processor for the documents of one case; it knows the definitions that its pattern refers to."""
    known, todo = {pattern: definitions[pattern]}, [pattern]
    while todo:
        for name in REFERENCE.findall(known[todo.pop()]):
            if name not in known:
                known[name] = definitions[name]
                todo.append(name)
    return {
        "grok": {
            "if": f"ctx.case == {number}",
            "field": "text",
            "pattern_definitions": known,
            "patterns": [rf"\A%{{{pattern}}}\z"],
        }
    }


def batched(items: Iterable[tuple[str, Any]], size: int) -> list[list[tuple[str, Any]]]:
    """The items in runs of at most that many."""
    some = list(items)
    return [some[start : start + size] for start in range(0, len(some), size)]
