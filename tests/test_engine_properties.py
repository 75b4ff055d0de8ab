"""The round trip on the real engine: generated, forged and broken lines become the documents that the matcher gives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import test_engine_documents as documents
import test_properties as properties

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog
    from support.generate import Segment

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("installed")]
EXAMPLES = 8  # of each kind for each wording


def drawn(strategy: SearchStrategy[str], count: int) -> list[str]:
    """Values of a strategy, always the same ones."""
    lines: list[str] = []

    @settings(properties.fast, max_examples=count)
    @given(strategy)
    def take(line: str) -> None:
        lines.append(line)

    take()
    return lines


def line_of(made: tuple[str, list[Segment]]) -> str:
    head, segments = made
    return head + properties.text_of(segments)


def keyed_lines(case: properties.Case) -> SearchStrategy[str]:
    return properties.keyed(case).map(partial(properties.keyed_line, case))


def generated(name: str) -> list[str]:
    """Lines of every wording of a product, with ordinary, nasty and forged values, and broken lines."""
    cases = [case for case in properties.TEXTS if case.product.name == name]
    lines = [line for case in cases for line in drawn(properties.written(case).map(line_of), EXAMPLES)]
    forgeable = [case for case in properties.FORGEABLE if case.product.name == name]
    lines += [line for case in forgeable for line in drawn(properties.forged(case).map(line_of), EXAMPLES)]
    keyed = [case for case in properties.KEYED if case.product.name == name]
    lines += [line for case in keyed for line in drawn(keyed_lines(case), EXAMPLES)]
    return list(dict.fromkeys([*lines, *drawn(properties.broken() | st.text(max_size=80), 100)]))


@pytest.mark.parametrize("name", documents.PRODUCTS)
def test_generated_lines_become_the_documents_of_the_matcher(
    name: str, node: Node, catalog: Catalog, matcher: Matcher
) -> None:
    product, lines = catalog.product(name), generated(name)
    found = documents.simulate(node.client(), f"postern-{name}", lines)
    assert len(found) == len(lines) > EXAMPLES
    wrong = [
        documents.differences(line, documents.expected(line, matcher, product), one)
        for line, one in zip(lines, found, strict=True)
    ]
    assert "".join(wrong) == ""
