"""What Splunk's search language makes of events, without a Splunk.

An interpreter of the commands and functions that the saved searches and dashboard panels use, as they are documented.
What it does not implement, and what no document decides, it refuses (`RefusedError`); what Splunk would not accept is
a `BadSearchError`.
"""

from .faults import BadSearchError, RefusedError
from .searcher import Searcher
from .table import Table

__all__ = ["BadSearchError", "RefusedError", "Searcher", "Table"]
