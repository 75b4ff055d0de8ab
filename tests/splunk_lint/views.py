"""Navigation and views: what they name is there, and their searches are right."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, fromstring

from splunk_emulator.conf import Setting

from .keys import hint
from .spl import check_saved_search, check_search
from .studio import check_studio
from .tokens import defined_in_simple_xml, undefined

if TYPE_CHECKING:
    from pathlib import Path

    from .app import LintedApp

BUILT_IN = frozenset({"search", "analytics_workspace", "datasets", "reports", "alerts", "dashboards"})
"""Views of Splunk's search app, which each app's navigation may name."""
_ROOTS = {"view": ("dashboard", "form", "view"), "nav": ("nav",)}


def check_views(app: LintedApp) -> None:
    """All views, and the navigation between them."""
    views = {path.stem: path for path in sorted(app.path.glob("default/data/ui/views/*.xml"))}
    for path in views.values():
        root = _read(app, path, "view")
        if root is not None and root.find("definition") is not None:
            check_studio(app, _place(app, path), root.findtext("definition") or "")
        elif root is not None:
            _check_simple(app, path, root)
    for path in sorted(app.path.glob("default/data/ui/nav/*.xml")):
        root = _read(app, path, "nav")
        if root is not None:
            _check_nav(app, path, root, set(views))


def _place(app: LintedApp, path: Path) -> str:
    return path.relative_to(app.path).as_posix()


def _read(app: LintedApp, path: Path, kind: str) -> Element | None:
    try:
        root = fromstring(path.read_bytes())  # noqa: S314 - our own files
    except ParseError as error:
        app.problems.add("view-broken", _place(app, path), str(error))
        return None
    if root.tag not in _ROOTS[kind]:
        app.problems.add("view-broken", _place(app, path), f"<{root.tag}> is no {kind}")
        return None
    return root


def _check_nav(app: LintedApp, path: Path, root: Element, views: set[str]) -> None:
    place = _place(app, path)
    for element in root.iter("view"):
        name = element.get("name")
        if name is not None and name not in views | BUILT_IN:
            app.problems.add("missing-view", place, f"there is no view {name}{hint(name, sorted(views))}")
    for element in root.iter("saved"):
        check_saved_search(app, element.get("name", ""), Setting("", place, "nav", "saved"))
    if len([element for element in root.iter("view") if element.get("default") == "true"]) > 1:
        app.problems.add("view-broken", place, "more than one view is the default")


def _check_simple(app: LintedApp, path: Path, root: Element) -> None:
    place = _place(app, path)
    ids = {search.get("id") for search in root.iter("search")}
    for number, search in enumerate(root.iter("search"), start=1):
        where = Setting("", place, search.get("id") or f"search {number}", "query")
        base, saved, query = search.get("base"), search.get("ref"), search.findtext("query")
        if base is not None and base not in ids:
            app.add("missing-base-search", where, f"there is no search with the id {base}")
        if saved is not None:
            check_saved_search(app, saved, where)
        elif query is not None:
            check_search(app, query, where, continues=base is not None)
        elif base is None:
            app.add("studio-no-query", where, "a search without a query")
    texts = (text for element in root.iter() for text in (element.text, element.tail, *element.attrib.values()))
    for name in undefined((text for text in texts if text), defined_in_simple_xml(root)):
        app.problems.add("undefined-token", place, f"${name}$ is set by no input")
