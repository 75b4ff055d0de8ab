"""Dashboard Studio: types, data sources, layout and tokens of a definition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from splunk_emulator.conf import Setting

from .keys import hint
from .spl import check_saved_search, check_search
from .tokens import defined_in_studio, texts_of, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .app import LintedApp

# The types that @splunk/dashboard-presets 29.6.0 offers (Apache-2.0).
VISUALIZATIONS = (
    "abslayout.line", "splunk.area", "splunk.bar", "splunk.bubble", "splunk.choropleth.svg", "splunk.column",
    "splunk.ellipse", "splunk.events", "splunk.fillergauge", "splunk.image", "splunk.line", "splunk.linkgraph",
    "splunk.map", "splunk.markdown", "splunk.markergauge", "splunk.networkGraph", "splunk.parallelcoordinates",
    "splunk.pie", "splunk.punchcard", "splunk.rectangle", "splunk.sankey", "splunk.scatter", "splunk.singlevalue",
    "splunk.singlevalueicon", "splunk.singlevalueradial", "splunk.table", "splunk.timeline",
)  # fmt: skip
INPUTS = (
    "input.button", "input.dropdown", "input.multiselect", "input.number", "input.text", "input.timerange",
)  # fmt: skip
# ds.chain and ds.savedSearch are Splunk's, though not the public preset's; ds.test is for trying out.
SOURCES = ("ds.chain", "ds.savedSearch", "ds.search", "ds.test")
_PARTS = (("visualizations", VISUALIZATIONS), ("inputs", INPUTS), ("dataSources", SOURCES))


def check_studio(app: LintedApp, place: str, text: str) -> None:
    """One definition, the JSON inside a view."""
    try:
        definition = json.loads(text)
    except json.JSONDecodeError as error:
        app.problems.add("studio-json", place, str(error))
        return
    if not isinstance(definition, dict) or not _shaped(definition):
        app.problems.add("studio-json", place, "no object with title, visualizations, dataSources and layout")
        return
    for part, known in _PARTS:
        for name, one in definition.get(part, {}).items():
            _check_type(app, Setting("", place, name, "type"), one, known)
    for name, source in definition["dataSources"].items():
        _check_source(app, Setting("", place, name, "options"), source, definition)
    for name, one in [*definition["visualizations"].items(), *definition.get("inputs", {}).items()]:
        for role, source in one.get("dataSources", {}).items():
            _check_link(app, Setting("", place, name, f"dataSources.{role}"), source, definition)
    _check_layout(app, place, definition)
    for name in undefined(texts_of(definition), defined_in_studio(definition)):
        app.problems.add("undefined-token", place, f"${name}$ is set by no input")


def _shaped(definition: dict[str, Any]) -> bool:
    parts = ("visualizations", "dataSources", "inputs")
    wanted = {"title", "visualizations", "dataSources", "layout"} <= definition.keys()
    objects = [one for part in parts for one in definition.get(part, {}).values()]
    return wanted and isinstance(definition["title"], str) and all(isinstance(one, dict) for one in objects)


def _check_type(app: LintedApp, where: Setting, one: dict[str, Any], known: tuple[str, ...]) -> None:
    kind = str(one.get("type"))
    if kind not in known:
        app.add("studio-type", where, f"there is no {kind}{hint(kind, [*known])}")


def _check_link(app: LintedApp, where: Setting, source: str, definition: dict[str, Any]) -> None:
    if source not in definition["dataSources"]:
        near = hint(source, list(definition["dataSources"]))
        app.add("missing-data-source", where, f"there is no data source {source}{near}")


def _check_source(app: LintedApp, where: Setting, source: dict[str, Any], definition: dict[str, Any]) -> None:
    kind, options = source.get("type"), source.get("options", {})
    if kind == "ds.savedSearch":
        check_saved_search(app, str(options.get("ref")), where)
        return
    if kind not in {"ds.search", "ds.chain"}:
        return
    if kind == "ds.chain":
        _check_link(app, where, str(options.get("extend")), definition)
    if not str(options.get("query") or "").strip():
        app.add("studio-no-query", where, f"{kind} without a query")
    else:
        check_search(app, options["query"], where, continues=kind == "ds.chain")


def _check_layout(app: LintedApp, place: str, definition: dict[str, Any]) -> None:
    """Layouts place what is there, everything that is there is placed, and places are whole numbers."""
    layout = definition["layout"]
    layouts = layout.get("layoutDefinitions", {"layout": layout})
    tabs = [tab.get("layoutId") for tab in layout.get("tabs", {}).get("items", [])]
    problems = [f"a tab shows {tab}, which is no layout" for tab in tabs if tab not in layouts]
    items = [item for one in layouts.values() for item in one.get("structure", [])]
    placed = {str(item.get("item")) for item in items} | {str(name) for name in layout.get("globalInputs", [])}
    placed |= {str(name) for one in layouts.values() for name in one.get("globalInputs", [])}
    known = {*definition["visualizations"], *definition.get("inputs", {})}
    problems += [f"{name} is placed, but not there" for name in sorted(placed - known)]
    problems += [f"{name} is placed nowhere" for name in sorted(known - placed)]
    for problem in problems:
        app.problems.add("studio-layout", place, problem)
    for item in items:
        wrong = dict(_wrong_numbers(item))
        if wrong:
            where = Setting("", place, str(item.get("item")), "position")
            app.add("studio-position", where, f"not whole numbers: {wrong}")


def _wrong_numbers(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The coordinates of a block that are missing or no whole numbers; a line runs between two others."""
    if item.get("type") == "line":
        return
    position = item.get("position", {})
    for name in ("x", "y", "w", "h"):
        value = position.get(name)
        least = 1 if name in "wh" else 0
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            yield name, value
