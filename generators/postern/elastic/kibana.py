"""Kibana saved objects: a data view, the saved searches, one dashboard with ES|QL panels by value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from postern.i18n import ENGLISH, labelled, labelled_panels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Dashboard, Panel, Search

DATA_VIEW = "postern-logs"
PATTERN = "logs-postern.*-*"
GRID = 48  # columns of a dashboard
_SERIES = {"line": "line", "bar": "bar_stacked"}


def objects(catalog: Catalog, language: str) -> list[dict[str, Any]]:
    """All saved objects in a language, those that others refer to first."""
    suffix = "" if language == ENGLISH else f"-{language.lower()}"
    return [
        _data_view(),
        *(_search(labelled(catalog, search, language), suffix) for search in catalog.searches),
        *(_dashboard(labelled_panels(catalog, one, language), suffix) for one in catalog.dashboards),
    ]


def _object(kind: str, name: str, attributes: dict[str, Any], references: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "attributes": attributes,
        "references": references,
        "managed": False,
        "coreMigrationVersion": "8.8.0",
    }


def _data_view() -> dict[str, Any]:
    attributes = {"name": "Postern", "title": PATTERN, "timeFieldName": "@timestamp", "allowHidden": False}
    return _object("index-pattern", DATA_VIEW, attributes, [])


def _search(search: Search, suffix: str) -> dict[str, Any]:
    source = {"query": {"esql": search.esql}, "filter": [], "index": _adhoc_view()}
    attributes = {
        "title": f"Postern: {search.title}",
        "description": search.description,
        "columns": [],
        "sort": [],
        "isTextBasedQuery": True,
        "hideChart": True,
        "grid": {},
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source, sort_keys=True)},
    }
    return _object("search", f"postern-{search.name}{suffix}", attributes, [])


def _dashboard(dashboard: Dashboard, suffix: str) -> dict[str, Any]:
    panels = list(_panels(dashboard))
    attributes = {
        "title": f"Postern: {dashboard.title}",
        "description": dashboard.description,
        "panelsJSON": json.dumps(panels, sort_keys=True),
        "optionsJSON": json.dumps(
            {"useMargins": True, "syncColors": True, "syncCursor": True, "hidePanelTitles": False}
        ),
        "timeRestore": True,
        "timeFrom": "now-7d",
        "timeTo": "now",
        "version": 2,
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    return _object("dashboard", f"postern-{dashboard.name}{suffix}", attributes, [])


def _panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    x = y = row = 0
    for panel in dashboard.panels:
        if x + panel.width > GRID:
            x, y, row = 0, y + row, 0
        place = {"x": x, "y": y, "w": panel.width, "h": panel.height, "i": panel.id}
        x, row = x + panel.width, max(row, panel.height)
        yield {
            "type": "lens",
            "panelIndex": panel.id,
            "gridData": place,
            "title": panel.title,
            "embeddableConfig": {"attributes": _lens(panel), "enhancements": {}},
        }


def _lens(panel: Panel) -> dict[str, Any]:
    query = {"esql": panel.esql}
    layer = {
        "index": DATA_VIEW,
        "query": query,
        "columns": [_column(name, panel) for name in columns(panel)],
        "timeField": "@timestamp",
    }
    kinds = {"metric": "lnsMetric", "table": "lnsDatatable", "line": "lnsXY", "bar": "lnsXY"}
    return {
        "title": panel.title,
        "type": "lens",
        "visualizationType": kinds[panel.kind],
        "references": [],
        "state": {
            "query": query,
            "filters": [],
            "visualization": _visualization(panel),
            "datasourceStates": {"textBased": {"layers": {"layer": layer}}},
            "adHocDataViews": {DATA_VIEW: _adhoc_view()},
            "internalReferences": [],
        },
    }


def _adhoc_view() -> dict[str, Any]:
    return {"id": DATA_VIEW, "title": PATTERN, "timeFieldName": "@timestamp", "name": "Postern", "type": "esql"}


def _column(name: str, panel: Panel) -> dict[str, Any]:
    kind = "number" if name == panel.y else "date" if name in ("time", "last_seen") else "string"
    return {"columnId": name, "fieldName": name, "meta": {"type": kind}}


def columns(panel: Panel) -> list[str]:
    """The columns that a panel shows, in order: of a table those of its last KEEP, of a chart those it draws."""
    if panel.kind != "table":
        return [name for name in (panel.x, panel.by, panel.y) if name is not None]
    keep = panel.esql.rpartition("| KEEP ")[2].split("\n| ")[0]
    return [name.strip() for name in keep.split("|")[0].split(",")]


def _visualization(panel: Panel) -> dict[str, Any]:
    if panel.kind == "metric":
        return {"layerId": "layer", "layerType": "data", "metricAccessor": panel.y}
    if panel.kind == "table":
        return {
            "layerId": "layer",
            "layerType": "data",
            "columns": [{"columnId": name} for name in columns(panel)],
        }
    layer = {
        "layerId": "layer",
        "layerType": "data",
        "seriesType": _SERIES[panel.kind],
        "xAccessor": panel.x,
        "accessors": [panel.y],
    }
    if panel.by is not None:
        layer["splitAccessor"] = panel.by
    return {
        "legend": {"isVisible": True, "position": "right"},
        "preferredSeriesType": _SERIES[panel.kind],
        "layers": [layer],
    }
