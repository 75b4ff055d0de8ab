"""A real Elasticsearch for the demo, the tests and the benchmarks: fetched, checked, started and stopped by Postern.

The first run fetches a pinned server from Maven Central into the user's cache; each run starts it with fresh data. With
POSTERN_ES_URL set, that cluster is used and nothing is fetched or started. Every failure is an `EngineError`: one clear
sentence and the way out. Importing this package needs the standard library only, so that the machine can be checked
before anything is installed.
"""

from __future__ import annotations

from postern.engine.artifacts import ENGINE_NOTE
from postern.engine.download import Progress
from postern.engine.errors import EngineError
from postern.engine.fetch import cached_distribution, ensure_distribution
from postern.engine.java import Java, ensure_java, find_java
from postern.engine.node import Node, running_node, start_node
from postern.engine.preflight import Check, Report, check_machine
from postern.engine.swaps import SWAPS, Swap, swap_mappings
from postern.paths import cache_folder

__all__ = [
    "ENGINE_NOTE",
    "SWAPS",
    "Check",
    "EngineError",
    "Java",
    "Node",
    "Progress",
    "Report",
    "Swap",
    "cache_folder",
    "cached_distribution",
    "check_machine",
    "ensure_distribution",
    "ensure_java",
    "find_java",
    "running_node",
    "start_node",
    "swap_mappings",
]
