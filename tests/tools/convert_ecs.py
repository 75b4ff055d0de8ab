"""Make the ECS table from the field list of the npm package `@elastic/ecs`.

The package exports JavaScript, so node prints its list as JSON and this script keeps what the checks need::

    npm pack @elastic/ecs@9.4.0 && tar xzf elastic-ecs-9.4.0.tgz
    node -p 'const ecs = require("./package"); JSON.stringify({version: ecs.EcsVersion, fields: ecs.EcsFlat})' \
        | python tests/tools/convert_ecs.py > generators/postern/data/ecs-9.4.0.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

_WITH_VALUES = ("event.kind", "event.category", "event.type", "event.outcome")


def convert(ecs: dict[str, Any]) -> str:
    """Return the table as text, one field a line and sorted, so that the diff of two versions can be reviewed.

    Args:
        ecs: `version` and `fields`, the package's flat field list.
    """
    rows = (f"{json.dumps(name)}: {json.dumps(_row(name, ecs['fields'][name]))}" for name in sorted(ecs["fields"]))
    return f'{{"version": {json.dumps(ecs["version"])}, "fields": {{\n' + ",\n".join(rows) + "\n}}\n"


def _row(name: str, field: dict[str, Any]) -> dict[str, Any]:
    row = {"type": field["type"], "level": field["level"], "array": "array" in field["normalize"]}
    if name in _WITH_VALUES:
        row["values"] = [value["name"] for value in field["allowed_values"]]
    if name == "event.category":
        row["pairs"] = {value["name"]: value["expected_event_types"] for value in field["allowed_values"]}
    return row


if __name__ == "__main__":
    sys.stdout.write(convert(json.load(sys.stdin)))
