"""Fixtures that several test files share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postern.engine import running_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.engine import Node


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """The real Elasticsearch, started once a session; tests that need it fail where it cannot be started."""
    with running_node() as started:
        yield started
