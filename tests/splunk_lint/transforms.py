"""REPORT, TRANSFORMS, FIELDALIAS and LOOKUP of props.conf, and what they name in transforms.conf."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splunk_emulator.conf import Setting, Stanza, classes, names, text_of

from .evals import check_assignments
from .keys import hint
from .regexes import compiled
from .tables import LookupUse, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import LintedApp

_GROUP = re.compile(r"\$(\d+)")
_ALIAS = re.compile(r'\s*,?\s*(?:"[^"]+"|[^\s,"]+)\s+(?:AS|ASNEW)\s+(?:"[^"]+"|[^\s,"]+)', re.IGNORECASE)


def check_transforms(app: LintedApp) -> None:
    """What props.conf names is there and can work."""
    for prefix, check in (("REPORT-", _search_time), ("TRANSFORMS-", _index_time), ("RULESET-", _index_time)):
        for setting in app.settings("props.conf", prefix):
            for name in names(setting):
                _check(app, setting, name, check)
    for setting in app.settings("props.conf", "FIELDALIAS-"):
        if _ALIAS.sub("", setting.value).strip():
            app.add("alias-syntax", setting, f"not a list of `field AS alias`: {setting.value}")
    tables = Tables(app)
    for stanza in app.stanzas("props.conf").values():
        for setting in classes(stanza, "LOOKUP-"):
            tables.check(LookupUse.read(setting.value), setting)


def _check(app: LintedApp, setting: Setting, name: str, check: Callable[[LintedApp, str, Stanza], None]) -> None:
    stanza = app.stanza("transforms.conf", name)
    if stanza is None:
        near = hint(name, list(app.stanzas("transforms.conf")))
        app.add("missing-transform", setting, f"there is no transform [{name}]{near}")
    else:
        check(app, name, stanza)


def _search_time(app: LintedApp, name: str, stanza: Stanza) -> None:
    if text_of(stanza, "DELIMS"):
        return
    if not text_of(stanza, "REGEX"):
        app.add_stanza("transform-no-regex", "transforms.conf", name, "a REPORT's transform needs REGEX or DELIMS")
        return
    regex = compiled(app, stanza["REGEX"].value, stanza["REGEX"], stanza)
    if regex is None:
        return
    if not regex.groups:
        app.add("transform-no-field", stanza["REGEX"], "REGEX has no group")
    elif not text_of(stanza, "FORMAT") and not regex.names:
        app.add_stanza("transform-no-field", "transforms.conf", name, "neither FORMAT nor a named group")
    _check_format(app, stanza, regex.groups)


def _index_time(app: LintedApp, name: str, stanza: Stanza) -> None:
    if text_of(stanza, "INGEST_EVAL"):
        check_assignments(app, stanza["INGEST_EVAL"])
        return
    missing = [key for key in ("REGEX", "FORMAT") if not text_of(stanza, key)]
    missing += [] if text_of(stanza, "DEST_KEY") or text_of(stanza, "WRITE_META") else ["DEST_KEY"]
    if text_of(stanza, "WRITE_META") and "FORMAT" in missing:
        missing.remove("FORMAT")  # then it is the stanza's name and the first group
    if text_of(stanza, "CLONE_SOURCETYPE"):
        missing = [key for key in missing if key == "REGEX"]
    if missing:
        problem = f"an index-time transform needs {' and '.join(missing)}"
        app.add_stanza("transform-no-regex", "transforms.conf", name, problem)
        return
    regex = compiled(app, stanza["REGEX"].value, stanza["REGEX"], stanza)
    if regex is not None:
        _check_format(app, stanza, regex.groups)


def _check_format(app: LintedApp, stanza: Stanza, groups: int) -> None:
    text = text_of(stanza, "FORMAT")
    beyond = sorted({f"${number}" for number in _GROUP.findall(text) if int(number) > groups})
    if beyond:
        problem = f"FORMAT names {', '.join(beyond)}, REGEX has {groups} groups"
        app.add("format-no-group", stanza["FORMAT"], problem)
