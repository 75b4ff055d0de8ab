"""Event types and tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from splunk_emulator.faults import Unsupported
from splunk_emulator.search_language import BrokenSearchError, compile_search

from .keys import hint
from .macros import expanded

if TYPE_CHECKING:
    from splunk_emulator.conf import Setting

    from .app import LintedApp

_TEXT = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)


def check_eventtypes(app: LintedApp) -> None:
    """Each event type has a search that Splunk accepts for one."""
    for name, stanza in app.stanzas("eventtypes.conf").items():
        if "search" not in stanza or not stanza["search"].value:
            app.add_stanza("eventtype-broken", "eventtypes.conf", name, "has no search")
        else:
            _check_search(app, stanza["search"])


def _check_search(app: LintedApp, setting: Setting) -> None:
    search = expanded(app, setting.value, setting)
    if search is None:
        return
    sign = next((sign for sign in "|[" if sign in _TEXT.sub("", search)), "")
    if sign:
        what = {"|": "a pipe", "[": "a subsearch"}[sign]
        app.add("eventtype-pipe", setting, f"{what} in an event type")
        return
    try:
        compile_search(search, setting)
    except BrokenSearchError as error:
        app.add("eventtype-broken", setting, str(error))
    except Unsupported:
        return  # words without a field: Splunk reads them, the emulator has no index for them


def check_tags(app: LintedApp) -> None:
    """Tags stand on event types that are there, and are enabled or disabled."""
    known = app.stanzas("eventtypes.conf")
    for stanza, settings in app.stanzas("tags.conf").items():
        field, equals, value = stanza.partition("=")
        value = unquote(value.strip())
        if not equals:
            app.add_stanza("conf-header", "tags.conf", stanza, "is not field=value")
        elif field.strip() == "eventtype" and value not in known:
            near = hint(value, list(known))
            app.add_stanza("missing-eventtype", "tags.conf", stanza, f"there is no event type {value}{near}")
        for setting in settings.values():
            if setting.value.lower() not in {"enabled", "disabled"}:
                app.add("tag-value", setting, f"is {setting.value!r}, neither enabled nor disabled")
