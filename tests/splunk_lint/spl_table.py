"""The commands and functions of the search language: Splunk's own table, and what it leaves out."""

from __future__ import annotations

import json
import re
from pathlib import Path

_TABLE = json.loads((Path(__file__).parent / "spl_syntax-29.6.0.json").read_text(encoding="utf-8"))
# Documented functions of Splunk 9 and 10 that the table of the dashboard package does not have.
_MORE_EVAL = """
    bit_and bit_not bit_or bit_shift_left bit_shift_right bit_xor in ipmask isarray isdouble ismv isobject json
    json_array json_delete json_entries json_extract json_has_key_exact json_keys json_object json_set json_valid
    mvreverse object_to_array printf toarray tobool todouble toint tojson tomv toobject
"""
_PERCENTILE = re.compile(r"(?:exact|upper)?p(?:erc)?\d{1,2}(?:\.\d+)?")

COMMANDS: frozenset[str] = frozenset(_TABLE["commands"])
EVAL_FUNCTIONS: frozenset[str] = frozenset(_TABLE["eval_functions"]) | frozenset(_MORE_EVAL.split())
EVAL_COMMANDS = frozenset({"eval", "fieldformat"})  # field = expression, …
AGGREGATES: dict[str, frozenset[str]] = {
    command: frozenset(names) for command, names in _TABLE["functions"].items() if "count" in names
}
"""The statistical functions of each command that takes some."""


def is_aggregate(command: str, name: str) -> bool:
    """Whether a command takes a statistical function, percentiles of any number included."""
    return name.lower() in AGGREGATES[command] or _PERCENTILE.fullmatch(name.lower()) is not None
