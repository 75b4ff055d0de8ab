"""The Splunk dashboards: whole in their references, twins of the Elastic ones."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postern import render
from postern.elastic import kibana
from postern.i18n import ENGLISH, LANGUAGES, labelled_panels
from postern.splunk import views
from support import real

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Dashboard, Panel

COMMANDS = {
    "search",
    "where",
    "eval",
    "stats",
    "bin",
    "sort",
    "head",
    "lookup",
    "fields",
    "table",
    "rename",
    "xyseries",
}
EVERY = [ENGLISH, *LANGUAGES]
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - what we have written ourselves


def read(text: str) -> dict[str, Any]:
    """The definition in a view."""
    found = json.loads(xml(text).findtext("definition", ""))
    assert isinstance(found, dict)
    return found


class View(NamedTuple):
    """A view and what it was made of."""

    name: str
    text: str
    language: str
    dashboard: Dashboard

    @property
    def definition(self) -> dict[str, Any]:
        """The definition, read from the text."""
        return read(self.text)

    @property
    def queries(self) -> list[str]:
        """The queries of its data sources."""
        return [source["options"]["query"] for source in self.definition["dataSources"].values()]


def made(language: str) -> list[View]:
    """The views in a language, with their dashboards as they are in it."""
    catalog = real.catalog()
    dashboards = [labelled_panels(catalog, one, language) for one in catalog.dashboards]
    texts = views.views(catalog, language)
    return [View(*named, language, one) for named, one in zip(texts, dashboards, strict=True)]


def pipeline(query: str) -> list[tuple[str, str]]:
    """The commands of a query with their arguments; what stands in quotes or between backticks opens no command."""
    plain = QUOTED.sub(lambda found: "_" * len(found[0]), query)
    assert not set('"`[]') & set(plain), "a quote stays open, or there is a subsearch"
    ends = [-1, *(place for place, sign in enumerate(plain) if sign == "|"), len(query)]
    parts = [query[start + 1 : end].strip() for start, end in pairwise(ends)]
    parts[0] = f"search {parts[0]}"
    return [(words[0], words[1]) for words in (part.split(None, 1) for part in parts)]


PANELS = [panel for dashboard in real.catalog().dashboards for panel in dashboard.panels]
VIEWS = [view for language in EVERY for view in made(language)]
every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
every_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)


def test_there_is_a_view_for_each_dashboard_and_language() -> None:
    assert [view.name for view in VIEWS] == [
        "postern_mail_path",
        "postern_mail_path_zh_hans",
        "postern_mail_path_zh_hant",
    ]


@every_view
def test_a_view_reads_back_as_it_was_made(view: View) -> None:
    root = xml(view.text)
    assert (root.tag, root.attrib) == ("dashboard", {"version": "2", "theme": "light"})
    assert [element.tag for element in root] == ["label", "description", "definition", "meta"]
    assert root.findtext("label") == view.dashboard.title
    assert root.findtext("description") == view.dashboard.description
    assert view.definition == views.definition(view.dashboard, view.language)
    assert json.loads(root.findtext("meta", "")) == {"hideEdit": False, "hideExport": False, "hideOpenInSearch": False}


@every_view
def test_titles_are_those_of_the_language(view: View) -> None:
    definition = view.definition
    catalog = real.catalog()
    (source,) = (one for one in catalog.dashboards if one.name == view.dashboard.name)
    if view.language == ENGLISH:
        expected = (source.title, source.description, {panel.id: panel.title for panel in source.panels})
    else:
        label = catalog.labels[source.name][view.language]
        expected = (label.title, label.description, dict(label.panels))
    titles = {ident.removeprefix("viz_"): viz["title"] for ident, viz in definition["visualizations"].items()}
    assert (definition["title"], definition["description"], titles) == expected


@every_view
def test_references_hold(view: View) -> None:
    definition = view.definition
    layout = definition["layout"]
    drawn = [source for viz in definition["visualizations"].values() for source in viz["dataSources"].values()]
    assert sorted(drawn) == sorted(definition["dataSources"])
    assert sorted(item["item"] for item in layout["structure"]) == sorted(definition["visualizations"])
    assert layout["globalInputs"] == list(definition["inputs"])
    tokens = {one["options"]["token"] for one in definition["inputs"].values()}
    used = re.findall(r"\$([^$\"]+)\$", view.text)
    assert set(used) == {f"{token}.{end}" for token in tokens for end in ("earliest", "latest")}
    assert view.text.count("$") == 2 * len(used), "a dollar stands for no token"


@every_view
def test_each_data_source_has_what_it_needs(view: View) -> None:
    definition = view.definition
    for source in definition["dataSources"].values():
        assert source["type"] == "ds.search"
        assert source["name"]
        assert source["options"]["query"]
        assert set(source["options"]["queryParameters"]) == {"earliest", "latest"}


@every_view
def test_panels_fill_the_grid_without_gap_or_overlap(view: View) -> None:
    layout = view.definition["layout"]
    unit = 5
    covered = [
        (x, y)
        for place in (item["position"] for item in layout["structure"])
        for x in range(place["x"], place["x"] + place["w"], unit)
        for y in range(place["y"], place["y"] + place["h"], unit)
    ]
    height = max(y for _, y in covered) + unit
    assert sorted(covered) == [
        (x, y) for x in range(0, layout["options"]["width"], unit) for y in range(0, height, unit)
    ]


@pytest.mark.parametrize("language", EVERY)
def test_the_elastic_dashboard_has_the_same_panels(language: str, catalog: Catalog) -> None:
    twins = [one for one in kibana.objects(catalog, language) if one["type"] == "dashboard"]
    for twin, view in zip(twins, made(language), strict=True):
        panels = json.loads(twin["attributes"]["panelsJSON"])
        definition = view.definition
        assert [f"viz_{panel['panelIndex']}" for panel in panels] == [
            item["item"] for item in definition["layout"]["structure"]
        ]
        for panel in panels:
            assert definition["visualizations"][f"viz_{panel['panelIndex']}"]["title"] == panel["title"]


@every_view
def test_messages_are_looked_up_in_the_language(view: View) -> None:
    lookups = [
        arguments.split()[0] for query in view.queries for verb, arguments in pipeline(query) if verb == "lookup"
    ]
    wanted = {"en": "postern_messages", "zh-Hans": "postern_messages_zh_hans", "zh-Hant": "postern_messages_zh_hant"}
    assert lookups == [wanted[view.language]]


@every_panel
def test_a_query_asks_our_events_with_known_commands(panel: Panel) -> None:
    steps = pipeline(panel.spl)
    assert re.match(r"`postern_events`(\s|$)", panel.spl)
    assert panel.spl.count("`") == 2, "another macro"
    assert {verb for verb, _ in steps} <= COMMANDS
    for _, arguments in steps:
        bare = QUOTED.sub("", arguments)
        assert bare.count("(") == bare.count(")")


def shown(panel: Panel) -> list[str]:
    """The columns of the ES|QL query by their Splunk names."""
    renamed = {"time": "_time", "postern.key": "postern_key"}
    return [renamed.get(name, name.removeprefix("postern.")) for name in kibana.columns(panel)]


@every_panel
def test_a_query_gives_the_columns_of_its_elastic_twin(panel: Panel) -> None:
    verb, arguments = pipeline(panel.spl)[-1]
    if panel.kind == "table":
        assert (verb, views.columns(panel)) == ("table", shown(panel))
    elif panel.kind == "metric":
        assert verb == "stats"
        assert re.fullmatch(r"count AS (\w+)", arguments)
        assert arguments.split()[-1:] == shown(panel)
    else:
        assert (verb, arguments.split()) == ("xyseries", shown(panel))


def limits(panel: Panel) -> Iterator[int]:
    return (int(arguments) for verb, arguments in pipeline(panel.spl) if verb == "head")


@every_panel
def test_a_query_stops_where_its_elastic_twin_stops(panel: Panel) -> None:
    if panel.kind == "metric":
        assert list(limits(panel)) == []
    else:
        assert set(limits(panel)) == set(map(int, re.findall(r"LIMIT (\d+)", panel.esql)))


@every_panel
def test_columns_of_a_table_fit_into_its_panel(panel: Panel) -> None:
    if panel.kind != "table":
        return
    (view,) = (view for view in made(ENGLISH) if panel in view.dashboard.panels)
    widths = view.definition["visualizations"][f"viz_{panel.id}"]["options"]["columnFormat"]
    assert list(widths) == sorted(views.columns(panel))
    assert sum(one["width"] for one in widths.values()) <= panel.width * views.PIXELS["w"]


def test_the_navigation_shows_search_and_every_view(catalog: Catalog) -> None:
    root = xml(views.nav(catalog))
    assert root.attrib == {"search_view": "search"}
    assert [(view.get("name"), view.get("default")) for view in root] == [
        ("search", None),
        ("postern_mail_path", "true"),
        ("postern_mail_path_zh_hans", None),
        ("postern_mail_path_zh_hant", None),
    ]


def parsed_or_refused(template: str, escape: Any, text: str) -> str | None:
    try:
        escaped = escape(text)
    except render.EscapeError:
        return None
    return xml(template.format(escaped)).text or ""


@given(st.text())
def test_what_is_escaped_for_xml_reads_back_or_is_refused(text: str) -> None:
    assert parsed_or_refused("<a>{}</a>", render.as_xml, text) in (text, None)
    assert parsed_or_refused("<a><![CDATA[{}]]></a>", render.as_cdata, text) in (text, None)


def test_markup_is_escaped() -> None:
    assert render.as_xml("""<a b="1" c='2'> & ]]>""") == "&lt;a b=&quot;1&quot; c=&#x27;2&#x27;&gt; &amp; ]]&gt;"
    assert render.as_cdata("a <b> & é 邮件\n\t") == "a <b> & é 邮件\n\t"


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\r", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(render.EscapeError, match=rf"XML cannot hold U\+{ord(text):04X}"):
        render.as_xml(text)
    with pytest.raises(render.EscapeError, match=rf"XML cannot hold U\+{ord(text):04X}"):
        render.as_cdata(text)


def test_a_cdata_section_cannot_be_closed_from_within() -> None:
    with pytest.raises(render.EscapeError, match="cannot hold ]]>"):
        render.as_cdata("a]]>b")
