"""`emit(catalog)`: everything under out/splunk/, as artifacts."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from postern import __version__
from postern.artifact import Artifact
from postern.i18n import ENGLISH, LANGUAGES
from postern.render import render
from postern.splunk import attributes, cim_gaps, content, ingest, props, tables, views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.model import Catalog
    from postern.splunk.props import Stanza

PACKAGE = "postern.splunk"
ROOT, APP = "splunk", "splunk/postern"
APP_ID = "postern"
ICONS = ("appIcon.png", "appIcon_2x.png", "appIconAlt.png", "appIconAlt_2x.png")


def emit(catalog: Catalog) -> Iterator[Artifact]:
    """All artifacts of the Splunk side. Pure: no files but its own icons, no clock."""
    products = [props.Content(catalog, product) for product in catalog.products]
    lookups = [table for one in products for table in (*one.constants, tables.framed(one.product))]
    lookups += tables.common(catalog)
    yield _conf("props", [stanza for one in products for stanza in one.stanzas()] + [props.router(catalog)])
    yield _conf("transforms", _transforms(catalog, products, lookups))
    for table in lookups:
        yield _text(f"{APP}/lookups/{table.name}.csv", "table.csv.j2", rows=[table.columns, *table.rows])
    for name in ("eventtypes", "tags", "macros", "savedsearches"):
        yield _conf(name, getattr(content, name)(catalog))
    yield from _frame(catalog)
    for language in (ENGLISH, *LANGUAGES):
        for name, text in views.views(catalog, language):
            yield Artifact(f"{APP}/default/data/ui/views/{name}.xml", text)
    yield Artifact(f"{APP}/default/data/ui/nav/default.xml", views.nav(catalog))
    yield Artifact(f"{ROOT}/CIM.md", cim_gaps.artifact_text(catalog))
    yield _text(f"{ROOT}/FIELDS.md", "fields.md.j2", groups=attributes.table(catalog))


def _transforms(catalog: Catalog, products: list[props.Content], lookups: Iterable[tables.Table]) -> Iterator[Stanza]:
    yield from ((one.name, tuple(one.settings())) for content in products for one in content.transforms)
    yield from ingest.transforms(catalog)
    yield from ((table.name, tuple(table.settings())) for table in lookups)


def _frame(catalog: Catalog) -> Iterator[Artifact]:
    """What makes a directory an app."""
    app: list[Stanza] = [
        ("install", (("is_configured", "0"),)),
        ("package", (("id", APP_ID), ("check_for_updates", "0"))),
        ("ui", (("is_visible", "1"), ("label", "Postern: mail path"))),
        ("launcher", (("author", "Postern"), ("description", _DESCRIPTION), ("version", __version__))),
        ("id", (("name", APP_ID), ("version", __version__))),
    ]
    yield _conf("app", app)
    meta: list[Stanza] = [("", (("access", "read : [ * ], write : [ admin, sc_admin ]"), ("export", "system")))]
    yield Artifact(f"{APP}/metadata/default.meta", _conf_text(meta))
    yield _text(f"{APP}/app.manifest", "body.json.j2", body=_manifest())
    yield _text(f"{APP}/README.md", "readme.md.j2", catalog=catalog, router=ingest.ROUTER)
    yield from (Artifact(f"{APP}/static/{name}", icon(name)) for name in ICONS)


_DESCRIPTION = "Reads the logs of the mail path (Cisco ASA and ESA, D-Link NetDefend): fields, searches, dashboards."


def _manifest() -> dict[str, Any]:
    return {
        "schemaVersion": "2.0.0",
        "info": {
            "title": "Postern: mail path",
            "id": {"group": None, "name": APP_ID, "version": __version__},
            "author": [{"name": "Postern", "email": None, "company": None}],
            "releaseDate": None,
            "description": _DESCRIPTION,
            "classification": {"intendedAudience": None, "categories": [], "developmentStatus": None},
            "commonInformationModels": None,
            "license": {"name": "Apache-2.0", "text": None, "uri": "https://www.apache.org/licenses/LICENSE-2.0"},
            "privacyPolicy": {"name": None, "text": None, "uri": None},
            "releaseNotes": {"name": None, "text": None, "uri": None},
        },
        "dependencies": None,
        "tasks": None,
        "inputGroups": None,
        "incompatibleApps": None,
        "platformRequirements": None,
        "supportedDeployments": ["_standalone", "_distributed", "_search_head_clustering"],
        "targetWorkloads": ["_search_heads", "_indexers"],
    }


@cache
def icon(name: str) -> bytes:
    """An icon of the app (PNG)."""
    return (resources.files(PACKAGE) / "static" / name).read_bytes()


def _conf(name: str, stanzas: Iterable[Stanza]) -> Artifact:
    return Artifact(f"{APP}/default/{name}.conf", _conf_text(stanzas))


def _conf_text(stanzas: Iterable[Stanza]) -> str:
    return render(PACKAGE, "stanzas.conf.j2", stanzas=list(stanzas))


def _text(path: str, template: str, **values: Any) -> Artifact:
    return Artifact(path, render(PACKAGE, template, **values))
