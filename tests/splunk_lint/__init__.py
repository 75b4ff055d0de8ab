"""A linter of ours for a Splunk app: what names what, and whether it can work.

It finds what the vendors' tools pass over; FAULTS.md says which tool catches what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .app import LintedApp
from .classify import check_eventtypes, check_tags
from .evals import check_evals
from .keys import check_keys
from .macros import check_macros
from .package import check_package
from .problem import CODES, Problem
from .regexes import check_regexes
from .spl import check_searches
from .tables import check_tables
from .transforms import check_transforms
from .views import check_views

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CODES", "Problem", "lint"]

_CHECKS = (
    check_package, check_keys, check_regexes, check_transforms, check_evals, check_tables, check_macros,
    check_eventtypes, check_tags, check_searches, check_views,
)  # fmt: skip


def lint(path: Path) -> list[Problem]:
    """All problems of an app's directory, by place.

    Raises:
        FileNotFoundError: there is no such directory.
    """
    app = LintedApp(path)
    for check in _CHECKS:
        check(app)
    return app.problems.sorted()
