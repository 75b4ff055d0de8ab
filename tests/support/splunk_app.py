"""A small Splunk app without a fault, written by the tests: the ground in which faults are planted."""

from __future__ import annotations

import json
import struct
import textwrap
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NAME = "door_log"
VERSION = "1.0.0"
ICONS = {"appIcon.png": 36, "appIcon_2x.png": 72, "appIconAlt.png": 36, "appIconAlt_2x.png": 72}

_CONF = {
    "app.conf": """\
        [install]
        is_configured = false

        [package]
        id = door_log
        check_for_updates = 0

        [id]
        name = door_log
        version = 1.0.0

        [launcher]
        author = Example
        description = A door that writes who came in
        version = 1.0.0

        [ui]
        is_visible = true
        label = Sample
        """,
    "props.conf": r"""
        [sample:door]
        SHOULD_LINEMERGE = false
        LINE_BREAKER = ([\r\n]+)
        TRUNCATE = 10000
        TIME_PREFIX = ^
        TIME_FORMAT = %Y-%m-%dT%H:%M:%S%z
        MAX_TIMESTAMP_LOOKAHEAD = 30
        KV_MODE = none
        TRANSFORMS-route = sample_route, sample_reckon
        EXTRACT-door = door=(?<door>\w{1,32})
        REPORT-visit = sample_visit, sample_pairs
        FIELDALIAS-src = sample_from ASNEW src
        EVAL-weight_kg = round(weight / 1000, 1)
        LOOKUP-door = sample_doors door OUTPUTNEW floor AS level

        [sample:gate]
        SHOULD_LINEMERGE = false
        DATETIME_CONFIG = CURRENT
        KV_MODE = none
        """,
    "transforms.conf": r"""
        [sample_route]
        REGEX = \bgate=
        DEST_KEY = MetaData:Sourcetype
        FORMAT = sourcetype::sample:gate

        [sample_reckon]
        INGEST_EVAL = sample_size:=len(_raw), sample_late=if(match(_raw, "late=\\d+"), "yes", null())

        [sample_visit]
        REGEX = who=([^ ]{1,64}) from=([^ ]{1,64})
        FORMAT = visitor::$1 sample_from::$2

        [sample_pairs]
        DELIMS = " ", "="

        [sample_doors]
        filename = sample_doors.csv
        case_sensitive_match = false
        """,
    "eventtypes.conf": """\
        [sample_visit]
        search = `sample_events` visitor=*
        """,
    "tags.conf": """\
        [eventtype=sample_visit]
        authentication = enabled
        """,
    "macros.conf": """\
        [sample_index]
        definition = index=*

        [sample_events]
        definition = `sample_index` sourcetype=sample:door

        [sample_top(2)]
        args = field, most
        definition = top limit=$most$ $field$
        """,
    "savedsearches.conf": """\
        [Sample - visits by door]
        search = `sample_events` eventtype=sample_visit tag=authentication \\
        | stats count AS visits dc(visitor) AS visitors BY door \\
        | eval busy=if(visits > 10, "yes", "no") \\
        | lookup sample_doors door OUTPUT floor
        dispatch.earliest_time = -24h@h
        dispatch.latest_time = now

        [Sample - nightly visits]
        search = `sample_events` | `sample_top(visitor, 10)`
        cron_schedule = 7 3 * * *
        enableSched = 1
        dispatch.earliest_time = -24h@h
        dispatch.latest_time = now
        """,
}
_VIEWS = {
    "sample_table.xml": """\
        <form version="1.1" theme="light">
          <label>Visits</label>
          <search id="base">
            <query>`sample_events` door=$door$ | fields door, visitor</query>
            <earliest>$when.earliest$</earliest>
            <latest>$when.latest$</latest>
          </search>
          <fieldset submitButton="false">
            <input type="time" token="when">
              <default><earliest>-24h@h</earliest><latest>now</latest></default>
            </input>
            <input type="text" token="door"><default>*</default></input>
          </fieldset>
          <row>
            <panel>
              <table>
                <search base="base"><query>stats count BY door, visitor</query></search>
              </table>
            </panel>
            <panel>
              <table>
                <search ref="Sample - visits by door"/>
              </table>
            </panel>
          </row>
        </form>
        """,
    "sample_overview.xml": """\
        <dashboard version="2" theme="light">
          <label>Overview</label>
          <definition><![CDATA[
        {studio}
          ]]></definition>
        </dashboard>
        """,
}
STUDIO: dict[str, Any] = {
    "title": "Overview",
    "description": "Who came in",
    "inputs": {
        "input_when": {
            "type": "input.timerange",
            "title": "When",
            "options": {"token": "when", "defaultValue": "-24h@h,now"},
        },
    },
    "dataSources": {
        "ds_visits": {
            "type": "ds.search",
            "name": "visits",
            "options": {
                "query": "`sample_events` | timechart span=1h count BY door",
                "queryParameters": {"earliest": "$when.earliest$", "latest": "$when.latest$"},
            },
        },
    },
    "visualizations": {
        "viz_visits": {"type": "splunk.column", "title": "Visits", "dataSources": {"primary": "ds_visits"}},
        "viz_note": {"type": "splunk.markdown", "options": {"markdown": "One column an hour"}},
    },
    "layout": {
        "globalInputs": ["input_when"],
        "tabs": {"items": [{"label": "Visits", "layoutId": "layout_visits"}]},
        "layoutDefinitions": {
            "layout_visits": {
                "type": "grid",
                "structure": [
                    {"item": "viz_visits", "type": "block", "position": {"x": 0, "y": 0, "w": 800, "h": 400}},
                    {"item": "viz_note", "type": "block", "position": {"x": 800, "y": 0, "w": 400, "h": 400}},
                ],
            },
        },
    },
}
_NAV = """\
    <nav search_view="search">
      <view name="sample_overview" default="true"/>
      <view name="sample_table"/>
      <view name="search"/>
      <collection label="Reports"><saved name="Sample - visits by door"/></collection>
    </nav>
    """
_META = """\
    []
    access = read : [ * ], write : [ admin, sc_admin ]
    export = system
    """
_TABLE = "door,floor\nfront,0\nroof,9\n"
MANIFEST: dict[str, Any] = {
    "schemaVersion": "2.0.0",
    "info": {
        "title": "Sample",
        "id": {"group": None, "name": NAME, "version": VERSION},
        "author": [{"name": "Example", "email": None, "company": None}],
        "releaseDate": None,
        "description": "A door that writes who came in",
        "classification": {"intendedAudience": None, "categories": [], "developmentStatus": None},
        "commonInformationModels": None,
        "license": {"name": "Apache-2.0", "text": "LICENSE", "uri": None},
        "privacyPolicy": {"name": None, "text": None, "uri": None},
        "releaseNotes": {"name": None, "text": None, "uri": None},
    },
    "dependencies": None,
    "tasks": None,
    "inputGroups": None,
    "incompatibleApps": None,
    "platformRequirements": None,
}


def write_sample(root: Path) -> Path:
    """Write the app below a folder; returns the app's own folder."""
    app = root / NAME
    for file, content in _contents().items():
        path = app / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    return app


def _contents() -> dict[str, bytes]:
    views = dict(_VIEWS)
    views["sample_overview.xml"] = textwrap.dedent(views["sample_overview.xml"]).replace(
        "{studio}", json.dumps(STUDIO, indent=2)
    )
    texts = {
        **{f"default/{name}": text for name, text in _CONF.items()},
        **{f"default/data/ui/views/{name}": text for name, text in views.items()},
        "default/data/ui/nav/default.xml": _NAV,
        "metadata/default.meta": _META,
        "lookups/sample_doors.csv": _TABLE,
        "app.manifest": json.dumps(MANIFEST, indent=2) + "\n",
        "README.md": "# Sample\nA door that writes who came in.\n",
        "LICENSE": "Apache-2.0\n",
    }
    icons = {f"static/{name}": png(size, size) for name, size in ICONS.items()}
    return {name: textwrap.dedent(text).lstrip("\n").encode() for name, text in texts.items()} | icons


def png(width: int, height: int) -> bytes:
    """A grey picture of a size in pixels."""
    rows = (b"\0" + b"\x80" * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
