"""Why a search is not run."""

from __future__ import annotations


class RefusedError(Exception):
    """The search may be right, but its answer here would be a guess: outside the subset, or documented nowhere."""


class BadSearchError(Exception):
    """Splunk would not run this search."""
