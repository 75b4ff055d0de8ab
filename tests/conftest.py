"""Fixtures that several test files share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postern.engine import running_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.deploy import Installation
    from postern.engine import Node
    from postern.matcher import Matcher
    from postern.model import Catalog

os.environ.pop("POSTERN_OVERLAY", None)  # the tests are of the bundled catalog, whatever the user has laid over it
sys.path.insert(0, str(Path(__file__).parent))  # so that tests can say `from support import …`


def pytest_addoption(parser: pytest.Parser) -> None:
    """The explicit command that rewrites goldens."""
    parser.addoption(
        "--refresh-goldens", action="store_true", help="rewrite tests/goldens/ from what the matcher gives"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers one of them has the node, and all tests that need it: a second node would only cost."""
    for item in items:
        if item.get_closest_marker("engine"):
            item.add_marker(pytest.mark.xdist_group("engine"))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real catalog."""
    from support import real

    return real.catalog()


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    """The reference matcher of the real catalog."""
    from support import real

    return real.matcher()


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """The real Elasticsearch, started once a session; tests that need it fail where it cannot be started."""
    with running_node() as started:
        yield started


@pytest.fixture(scope="session")
def installed(node: Node, catalog: Catalog) -> Installation:
    """Everything of the Elastic side, installed on the node; says which field types had to be swapped."""
    from postern.deploy import install
    from postern.elastic import emit
    from postern.engine import swap_mappings

    done = install(node.client(), emit(catalog), lambda body: swap_mappings(body, node.swaps))
    print("field types swapped on this node:", *done.swaps, sep="\n  ")  # noqa: T201 - who reads a failure must know
    return done
