"""What Splunk's and the community's own tools say about an app.

AppInspect and slim are under Splunk's licence, so nothing of them is part of this project: each tool is installed into
an environment of its own in the user's cache folder, and run from there as a process.
"""

from .appinspect import ALLOWED_WARNINGS, CLOUD, PRECERT, TEST, appinspect
from .environment import Tool, ToolError, ensure
from .ksconf import ksconf
from .result import Result, unexpected
from .runs import all_checks, install, together, vendors_seconds
from .slim import NEWER_KEYS, slim

__all__ = [
    "ALLOWED_WARNINGS",
    "CLOUD",
    "NEWER_KEYS",
    "PRECERT",
    "TEST",
    "Result",
    "Tool",
    "ToolError",
    "all_checks",
    "appinspect",
    "ensure",
    "install",
    "ksconf",
    "slim",
    "together",
    "unexpected",
    "vendors_seconds",
]
