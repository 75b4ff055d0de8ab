"""Every emitted pattern, on the real engine: it takes each sample of its own wording, and of no other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from postern import regex
from postern.elastic import grok, logstash

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog, Product

pytestmark = pytest.mark.engine
WITH_TEXTS = ("cisco_asa", "cisco_esa")
BATCH = 40  # grok processors in one simulated pipeline


def bodies(product: Product, matcher: Matcher) -> list[tuple[str, str, str]]:
    """Key with number, id and body of each sample."""
    return [
        (f"{wording.key}#{wording.number}", message.id, matcher.decode(sample.log, product).body)
        for message, wording in product.wordings()
        for sample in wording.samples
    ]


def hits(client: Elasticsearch, patterns: dict[str, str], texts: list[str]) -> list[set[str]]:
    """For each text the names of the patterns that match it whole."""
    found: list[set[str]] = [set() for _ in texts]
    named = list(patterns.items())
    for start in range(0, len(named), BATCH):
        processors = [
            {
                "grok": {
                    "field": "text",
                    "patterns": [rf"\A(?<hit.n{start + place}>{pattern})\z"],
                    "ignore_failure": True,
                }
            }
            for place, (_, pattern) in enumerate(named[start : start + BATCH])
        ]
        answer = client.ingest.simulate(
            pipeline={"processors": processors}, docs=[{"_source": {"text": t}} for t in texts]
        )
        for names, one in zip(found, answer["docs"], strict=True):
            names |= {named[int(key[1:])][0] for key in one["doc"]["_source"].get("hit", {})}
    return found


@pytest.mark.parametrize("name", WITH_TEXTS)
def test_every_sample_is_taken_first_by_the_pattern_of_its_own_wording(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product = catalog.product(name)
    ranks = {f"{wording.key}#{wording.number}": wording.rank for _, wording in product.wordings()}
    ids = {f"{wording.key}#{wording.number}": message.id for message, wording in product.wordings()}
    patterns = {
        f"{wording.key}#{wording.number}": regex.spell(wording.body, regex.uncaptured)
        for _, wording in product.wordings()
        if wording.body is not None
    }
    samples = bodies(product, matcher)
    taken = hits(node.client(), patterns, [body for _, _, body in samples])
    wrong = []
    for (own, ident, body), names in zip(samples, taken, strict=True):
        rivals = [one for one in names if product.dispatch == "words" or ids[one] == ident]
        if not rivals or min(rivals, key=lambda one: ranks[one]) != own:
            wrong.append((own, body, rivals))
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
    for pattern, cases in by_pattern.items():
        processor = {
            "grok": {"field": "text", "pattern_definitions": definitions, "patterns": [rf"\A%{{{pattern}}}\z"]}
        }
        answer = node.client().ingest.simulate(
            pipeline={"processors": [processor]}, docs=[{"_source": {"text": body}} for body, _ in cases]
        )
        for (body, fields), one in zip(cases, answer["docs"], strict=True):
            found = set(one["doc"]["_source"]) - {"text"} if "doc" in one else one
            wanted = {"[" + "][".join(path.split(".")) + "]" for path in fields}
            if found != wanted:
                wrong.append((pattern, body, wanted, found))
    assert wrong == []
