"""The round trip on the real engine: generated, forged and broken lines become the documents that the matcher gives."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import pytest

import test_engine_documents as documents
import test_properties as properties
from support import real
from support.generate import draws

if TYPE_CHECKING:
    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog
    from support.generate import Segment

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("installed")]
EXAMPLES = 3  # of each kind for each wording


def line_of(made: tuple[str, list[Segment]]) -> str:
    head, segments = made
    return head + properties.text_of(segments)


@cache
def generated(name: str) -> list[str]:
    """Lines of every wording of a product, with ordinary, nasty and forged values, and broken lines."""
    lines: list[str] = []
    for case in (one for one in properties.CASES if one.product.name == name):
        if case.wording.body is None:
            keys = draws(f"engine {case}", EXAMPLES, partial(properties.keyed, case=case))
            lines += [properties.keyed_line(case, line) for line in keys]
        else:
            lines += map(line_of, draws(f"engine {case}", EXAMPLES, partial(properties.written, case=case)))
            lines += map(line_of, draws(f"engine forged {case}", EXAMPLES, partial(properties.forged, case=case)))
    return list(dict.fromkeys([*lines, *properties.mutants(real.catalog().product(name), 1)]))


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
