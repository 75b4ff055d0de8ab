"""The thirty faults that AppInspect passes over, some of them harmless."""

from __future__ import annotations

from support.splunk_app import png

from .fault import Fault, append, crlf, remove, replace, write

PROPS, TRANSFORMS = "default/props.conf", "default/transforms.conf"
SEARCHES, MACROS = "default/savedsearches.conf", "default/macros.conf"
EVENTTYPES, TAGS = "default/eventtypes.conf", "default/tags.conf"
NAV = "default/data/ui/nav/default.xml"
STUDIO, SIMPLE = "default/data/ui/views/sample_overview.xml", "default/data/ui/views/sample_table.xml"
TABLE = "lookups/sample_doors.csv"

MISSED = (
    Fault("unbalanced regex", replace(PROPS, r"(?<door>\w{1,32})", r"(?<door>\w{1,32}"), "regex-broken"),
    Fault("catastrophic regex", replace(PROPS, r"(?<door>\w{1,32})", r"(?<door>(?:\w+)+);"), "regex-limit"),
    Fault("EXTRACT without a named group", replace(PROPS, r"(?<door>\w{1,32})", r"(\w{1,32})"), "extract-no-name"),
    Fault("REPORT to a missing transform", replace(PROPS, "sample_visit, ", "sample_visitt, "), "missing-transform"),
    Fault("LOOKUP to a missing definition", replace(PROPS, "sample_doors door", "sample_door door"), "missing-lookup"),
    Fault("missing table", remove(TABLE), "csv-missing"),
    Fault("ragged table", append(TABLE, "back\n"), "csv-ragged"),
    Fault("misspelt key", replace(PROPS, "TIME_PREFIX", "TIME_PREFX"), "unknown-key", slim=True),
    Fault("misspelt class of keys", replace(PROPS, "EXTRACT-door", "EXTRAT-door"), "unknown-key", slim=True),
    Fault("EVAL that does not parse", replace(PROPS, "1000, 1)", "1000, 1"), "eval-syntax"),
    Fault("macro with one argument too few", replace(SEARCHES, "(visitor, 10)", "(visitor)"), "macro-arity"),
    Fault("command that does not exist", replace(SEARCHES, "| stats count", "| statz count"), "spl-unknown-command"),
    Fault("search with an open parenthesis", replace(SEARCHES, '"no") \\', '"no" \\'), "spl-unbalanced"),
    Fault("macro that does not exist", replace(SEARCHES, "`sample_events` | `", "`sample_event` | `"), "missing-macro"),
    Fault("event type with a pipe", replace(EVENTTYPES, "visitor=*", "visitor=* | head 1"), "eventtype-pipe"),
    Fault("event type with a broken search", replace(EVENTTYPES, "visitor=*", "(visitor=*"), "eventtype-broken"),
    Fault("tag on a missing event type", append(TAGS, "\n[eventtype=gone]\nx = enabled\n"), "missing-eventtype"),
    Fault("navigation to a missing view", replace(NAV, '"sample_table"', '"sample_tables"'), "missing-view"),
    Fault("visualization of an unknown type", replace(STUDIO, "splunk.column", "splunk.colum"), "studio-type"),
    Fault(
        "visualization of a missing data source",
        replace(STUDIO, '"primary": "ds_visits"', '"primary": "ds_visit"'),
        "missing-data-source",
    ),
    Fault("transform without REGEX", replace(TRANSFORMS, "REGEX = who", "# REGEX = who"), "transform-no-regex"),
    Fault(
        "FORMAT with a missing group",
        replace(TRANSFORMS, "sample_from::$2", "sample_from::$3"),
        "format-no-group",
    ),
    Fault("line of garbage", append(PROPS, "\nwhat is this\n"), "conf-garbage", slim=True, ksconf=True),
    Fault("file that is not UTF-8", append(PROPS, b"# caf\xe9\n"), "conf-not-utf8", slim=True, ksconf=True),
    Fault("app.manifest that is no JSON", append("app.manifest", "}"), "manifest-broken", slim=True),
    Fault("missing icons", remove("static/appIconAlt_2x.png"), "icon-missing"),
    Fault("icons of a wrong size", write("static/appIcon_2x.png", png(48, 48)), "icon-size"),
    Fault("line ends of Windows", crlf(PROPS), harmless="Splunk reads them; so does the emulator"),
    Fault(
        "indexes.conf",
        append("default/indexes.conf", "[door]\nhomePath = $SPLUNK_DB/door/db\ncoldPath = $SPLUNK_DB/door/colddb\n"
               "thawedPath = $SPLUNK_DB/door/thaweddb\n"),
        harmless="an app may bring an index; ours brings none",
    ),
    Fault("no README", remove("README.md"), harmless="nothing reads it; people do"),
)  # fmt: skip
