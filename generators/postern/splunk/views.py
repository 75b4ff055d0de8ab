"""Dashboard Studio: one view a dashboard and language, and the navigation of the app.

The definition has one layout (`layout.type`, `layout.structure`), not the tabs that Dashboard Studio writes today: a
Studio that knows tabs turns it into a first tab as it loads it, and an older one knows nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postern.i18n import ENGLISH, LANGUAGES, labelled_panels
from postern.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Dashboard, Panel

PACKAGE = "postern.splunk"
TIME = "global_time"  # the token of the time range, under the name that Studio itself gives it
LOOKUP = "| lookup postern_messages"
COLUMNS = 48  # of a row of panels
PIXELS = {"x": 25, "w": 25, "y": 30, "h": 30}  # of a unit: 48 columns are 1,200, the width that a grid has by default
_HIDDEN = {"hideEdit": False, "hideExport": False, "hideOpenInSearch": False}
_WIDTHS = {  # pixels of a table's columns; those of a table together fill a panel of half the width
    "devices": 125,
    "failures": 90,
    "last_seen": 150,
    "lines": 48,
    "meaning": 142,
    "postern_key": 120,
    "recommended_action": 186,
    "sources": 90,
    "title": 78,
    "user": 115,
}
_KINDS = {"metric": "splunk.singlevalue", "table": "splunk.table", "line": "splunk.line", "bar": "splunk.column"}


def views(catalog: Catalog, language: str) -> Iterator[tuple[str, str]]:
    """Name and XML of each view in a language."""
    for one in catalog.dashboards:
        dashboard = labelled_panels(catalog, one, language)
        made = definition(dashboard, language)
        text = render(PACKAGE, "view.xml.j2", dashboard=dashboard, definition=made, hidden=_HIDDEN)
        yield _name(one, language), text


def nav(catalog: Catalog) -> str:
    """The XML of the app's navigation: each view stands there under its own label; the first is where the app opens."""
    languages = sorted((ENGLISH, *LANGUAGES), key=lambda one: one != catalog.site.language)
    names = [_name(one, language) for language in languages for one in catalog.dashboards]
    return render(PACKAGE, "nav.xml.j2", names=names)


def definition(dashboard: Dashboard, language: str) -> dict[str, Any]:
    """The JSON of a view; the dashboard has its titles in the language, the lookup of the messages follows it."""
    suffix = _suffix(language)
    return {
        "title": dashboard.title,
        "description": dashboard.description,
        "inputs": {
            "input_time": {
                "type": "input.timerange",
                "options": {"token": TIME, "defaultValue": "-7d@h,now"},
            }
        },
        "dataSources": {f"ds_{panel.id}": _data_source(panel, suffix) for panel in dashboard.panels},
        "visualizations": {f"viz_{panel.id}": _visualization(panel) for panel in dashboard.panels},
        "layout": {
            "type": "grid",
            "globalInputs": ["input_time"],
            "options": {"width": COLUMNS * PIXELS["w"]},
            "structure": list(_structure(dashboard)),
        },
    }


def _suffix(language: str) -> str:
    return "" if language == ENGLISH else f"_{language.lower().replace('-', '_')}"


def _name(dashboard: Dashboard, language: str) -> str:
    return f"postern_{dashboard.name}{_suffix(language)}"


def _data_source(panel: Panel, suffix: str) -> dict[str, Any]:
    return {
        "type": "ds.search",
        "name": panel.title,
        "options": {
            "query": panel.spl.rstrip().replace(LOOKUP, LOOKUP + suffix),
            "queryParameters": {"earliest": f"${TIME}.earliest$", "latest": f"${TIME}.latest$"},
        },
    }


def _visualization(panel: Panel) -> dict[str, Any]:
    return {
        "type": _KINDS[panel.kind],
        "title": panel.title,
        "dataSources": {"primary": f"ds_{panel.id}"},
        "options": _options(panel),
    }


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "metric":
        value = f'> primary | seriesByName("{panel.y}") | lastPoint()'
        return {"majorValue": value, "sparklineDisplay": "off", "trendDisplay": "off"}
    if panel.kind == "table":
        widths = {name: {"width": _WIDTHS[name]} for name in columns(panel)}
        return {"columnFormat": widths, "count": 10, "fontSize": "small", "headerVisibility": "fixed"}
    chart = {
        "x": "> primary | seriesByIndex(0)",
        "y": "> primary | frameBySeriesIndexRange(1)",
        "legendDisplay": "right",
        "xAxisTitleVisibility": "hide",
    }
    if panel.kind == "line":
        # A column of xyseries is empty where nothing was counted; markers show the bars between which a line is drawn.
        return chart | {"nullValueDisplay": "zero", "markerDisplay": "filled"}
    return chart | {"stackMode": "stacked", "xAxisLabelRotation": -45}


def columns(panel: Panel) -> list[str]:
    """The columns of a table, in order: those of its `table` command."""
    return [name.strip() for name in panel.spl.rpartition("| table ")[2].splitlines()[0].split(",")]


def _structure(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    x = y = row = 0
    for panel in dashboard.panels:
        if x + panel.width > COLUMNS:
            x, y, row = 0, y + row, 0
        place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
        x, row = x + panel.width, max(row, panel.height)
        yield {
            "item": f"viz_{panel.id}",
            "type": "block",
            "position": {name: units * PIXELS[name] for name, units in place.items()},
        }
