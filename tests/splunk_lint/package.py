"""What makes a folder an app: its manifest, one id and one version, icons, access."""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import LintedApp

ICONS = {"appIcon.png": 36, "appIcon_2x.png": 72, "appIconAlt.png": 36, "appIconAlt_2x.png": 72}
"""Files of static/ and the pixels of their sides."""
_PNG = b"\x89PNG\r\n\x1a\n"
_LIST = r"\[\s*(?:\*|\w+(?:\s*,\s*\w+)*)?\s*\]"
_ACCESS = re.compile(rf"(?:(?:read|write)\s*:\s*{_LIST})(?:\s*,\s*(?:read|write)\s*:\s*{_LIST})?")


def check_package(app: LintedApp) -> None:
    """Manifest, ids and versions, icons, access."""
    manifest = _manifest(app)
    if manifest:
        _check_same(app, manifest)
    for name, side in ICONS.items():
        _check_icon(app, name, side)
    for setting in app.settings("default.meta", "access"):
        if _ACCESS.fullmatch(setting.value) is None:
            app.add("meta-access", setting, f"not `read : [ … ], write : [ … ]`: {setting.value}")


def _manifest(app: LintedApp) -> dict[str, Any]:
    """The manifest's `info.id`; empty, and a finding, where it cannot be read."""
    path = app.path / "app.manifest"
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())["info"]["id"]
        problem = "" if {"name", "version"} <= found.keys() else "info.id has no name or no version"
    except FileNotFoundError:
        problem = "is missing"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"cannot be read: {error!r}"
    if problem:
        app.problems.add("manifest-broken", "app.manifest", problem)
        return {}
    return found


def _check_same(app: LintedApp, manifest: dict[str, Any]) -> None:
    """The folder, app.manifest and app.conf agree; what app.conf does not say, it does not contradict."""
    conf = app.stanzas("app.conf")
    said = {
        "name": [("[package] id", "package", "id"), ("[id] name", "id", "name")],
        "version": [("[id] version", "id", "version"), ("[launcher] version", "launcher", "version")],
    }
    if manifest["name"] != app.path.name:
        problem = f"info.id.name is {manifest['name']}, the folder {app.path.name}"
        app.problems.add("manifest-mismatch", "app.manifest", problem)
    for what, places in said.items():
        for title, stanza, key in places:
            setting = conf.get(stanza, {}).get(key)
            if setting is not None and setting.value != manifest[what]:
                app.add("manifest-mismatch", setting, f"{title} is {setting.value}, app.manifest has {manifest[what]}")


def _check_icon(app: LintedApp, name: str, side: int) -> None:
    path = app.path / "static" / name
    if not path.is_file():
        app.problems.add("icon-missing", f"static/{name}", "is missing")
        return
    head = path.read_bytes()[:24]
    size = struct.unpack(">II", head[16:24]) if len(head) == 24 and head.startswith(_PNG) else None
    if size != (side, side):
        found = "no PNG" if size is None else f"{size[0]}x{size[1]}"
        app.problems.add("icon-size", f"static/{name}", f"is {found}, not {side}x{side}")
