"""The lines that every engine is asked about: samples of the catalog and all fixture files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postern.model import Catalog, Product

FIXTURES = Path(__file__).parent.parent / "fixtures"
RECEIVED = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""When all these lines are said to have been received: it gives the year to times without one."""
CREATED = "2026-11-22T10:00:00.000Z"


def fixture_lines(name: str) -> list[str]:
    r"""The lines of a fixture file; bytes that are not UTF-8 are shown as `\xNN`."""
    text = (FIXTURES / name).read_bytes().decode("utf-8", errors="backslashreplace")
    return text.removesuffix("\n").split("\n")


def fixture_names() -> list[str]:
    """Names of the fixture files that hold log lines."""
    return sorted(path.name for path in FIXTURES.glob("*.log"))


def all_fixture_lines() -> list[str]:
    """The lines of all fixture files."""
    return [line for name in fixture_names() for line in fixture_lines(name)]


def sample_lines(product: Product) -> list[str]:
    """All samples of a product."""
    return [sample.log for _, wording in product.wordings() for sample in wording.samples]


def every_line(catalog: Catalog) -> list[str]:
    """Samples of all products and all fixtures, each line once."""
    samples = [line for product in catalog.products for line in sample_lines(product)]
    return list(dict.fromkeys([*samples, *all_fixture_lines()]))
