"""Make the CIM table from the data-model files of the Python package `pytest-splunk-addon`.

The models are read out of the wheel, which is not installed: it would bring an old pytest with it::

    pip download pytest-splunk-addon==5.5.3 --no-deps
    python tests/tools/convert_cim.py pytest_splunk_addon-5.5.3-py3-none-any.whl \
        > generators/postern/data/cim-5.5.3.json
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = (
    "Alerts",
    "Authentication",
    "Change",
    "Email",
    "Intrusion_Detection",
    "Malware",
    "Network_Resolution",
    "Network_Sessions",
    "Network_Traffic",
)


def convert(version: str, models: list[dict[str, Any]]) -> str:
    """Return the table as text, one field a line, so that the diff of two versions can be reviewed.

    Args:
        version: The package's version.
        models: The model files as they are: `model_name`, and `objects` with fields and objects below them.
    """
    texts = (f"{json.dumps(one['model_name'])}: {{\n" + _model(one) + "\n}" for one in models)
    return f'{{"version": {json.dumps(version)}, "models": {{\n' + ",\n".join(texts) + "\n}}\n"


def _model(model: dict[str, Any]) -> str:
    return ",\n".join(_object(one, within) for one, within in _objects(model["objects"], None))


def _objects(objects: list[dict[str, Any]], within: dict[str, Any] | None) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects and those below them, each with the name of the one it is within ('' at the top).

    An object without fields or tags of its own is a search in the one above, and asks nothing of an event.
    """
    for one in objects:
        if within is None or one["fields"] or one["tags"] != within["tags"]:
            yield one, within["name"] if within else ""
            yield from _objects(one["child_dataset"], one)


def _object(one: dict[str, Any], within: str) -> str:
    head = json.dumps({"within": within, "tags": one["tags"]})[:-1]
    rows = (f"{json.dumps(field['name'])}: {json.dumps(_row(field))}" for field in one["fields"])
    return f"{json.dumps(one['name'])}: {head}, " + '"fields": {' + ",".join("\n" + row for row in rows) + "}}"


def _row(field: dict[str, Any]) -> dict[str, Any]:
    row = {"type": field["type"]}
    if field["type"] == "conditional":
        row["condition"] = field["condition"]
    if "expected_values" in field:
        row["values"] = field["expected_values"]
    return row


def main(wheel: Path) -> str:
    """The table of the models in a wheel; its name tells the version."""
    with zipfile.ZipFile(wheel) as archive:
        models = [json.loads(archive.read(f"pytest_splunk_addon/data_models/{name}.json")) for name in MODELS]
    return convert(wheel.name.split("-")[1], models)


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1])))
