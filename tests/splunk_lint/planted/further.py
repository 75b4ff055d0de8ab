"""Faults beyond the first fifty-three: what else our linter finds, so that each of its codes is planted at least once."""

from __future__ import annotations

from .caught import META
from .fault import Fault, append, replace, write
from .missed import EVENTTYPES, MACROS, NAV, PROPS, SEARCHES, SIMPLE, STUDIO, TABLE, TAGS, TRANSFORMS

_BOM = b"\xef\xbb\xbf"
_CHAIN = (
    '"ds_chain": {"type": "ds.chain", "options": {"extend": "ds_gone", "query": "stats count"}}, "ds_visits": {"type"'
)
_QUERY = "`sample_events` | timechart span=1h count BY door"

FURTHER = (
    Fault("byte order mark", write(TAGS, _BOM + b"[eventtype=sample_visit]\nauthentication = enabled\n"), "conf-bom"),
    Fault("open header", append(MACROS, "\n[sample_more\ndefinition = a=1\n"), "conf-header", slim=True, ksconf=True),
    Fault("alias that is no list", replace(PROPS, "sample_from ASNEW src", "sample_from => src"), "alias-syntax"),
    Fault("alias without a partner", replace(PROPS, "ASNEW src", "ASNEW src x"), "alias-syntax"),
    Fault("LINE_BREAKER without a group", replace(PROPS, r"([\r\n]+)", r"[\r\n]+"), "regex-broken"),
    Fault("TIME_PREFIX that is no regex", replace(PROPS, "TIME_PREFIX = ^", "TIME_PREFIX = ^("), "regex-broken"),
    Fault("three free texts in a row", replace(PROPS, r"\w{1,32})", r".*),.*,.*;"), "regex-limit"),
    Fault("TRANSFORMS to a missing transform", replace(PROPS, "= sample_route", "= sample_rout"), "missing-transform"),
    Fault("FORMAT missing at index time", replace(TRANSFORMS, "FORMAT = source", "# = source"), "transform-no-regex"),
    Fault("DEST_KEY missing", replace(TRANSFORMS, "DEST_KEY", "# DEST_KEY"), "transform-no-regex"),
    Fault("REGEX without a group", replace(TRANSFORMS, "who=([^ ]{1,64}) from=([^ ]{1,64})\nFORMAT", "who=\n#"),
          "transform-no-field"),
    Fault("numbered groups without FORMAT", replace(TRANSFORMS, "FORMAT = visitor", "# = visitor"),
          "transform-no-field"),
    Fault("INGEST_EVAL that does not parse", replace(TRANSFORMS, "len(_raw),", "len(_raw,"), "eval-syntax"),
    Fault("INGEST_EVAL without a field", replace(TRANSFORMS, "sample_size:=", ""), "eval-syntax"),
    Fault("broken regex in an expression", replace(TRANSFORMS, "late=\\\\d+", "late=(\\\\d+"), "regex-broken"),
    Fault("unknown function of EVAL", replace(PROPS, "round(", "rund("), "unknown-function"),
    Fault("unknown function of stats", replace(SEARCHES, "dc(visitor)", "dcc(visitor)"), "unknown-function"),
    Fault("unknown word in stats", replace(SEARCHES, "stats count AS", "stats cout AS"), "unknown-function"),
    Fault("unknown function in a search's eval", replace(SEARCHES, "busy=if(", "busy=iff("), "unknown-function"),
    Fault("eval in a search that does not parse", replace(SEARCHES, '"yes", "no"', '"yes" "no"'), "eval-syntax"),
    Fault("`by` without a field", replace(SEARCHES, "visitors BY door", "visitors BY"), "spl-empty-by"),
    Fault("two pipes", replace(SEARCHES, "| stats", "| | stats"), "spl-empty-command"),
    Fault("quote without its partner", replace(SEARCHES, '"no")', '"no)'), "spl-unbalanced"),
    Fault("lookup in a search to a missing definition", replace(SEARCHES, "lookup sample_doors", "lookup sample_door"),
          "missing-lookup"),
    Fault("lookup in a search with a missing column", replace(SEARCHES, "OUTPUT floor", "OUTPUT floors"), "csv-column"),
    Fault("event type that is not there", replace(SEARCHES, "eventtype=sample_visit", "eventtype=sample_visits"),
          "missing-eventtype"),
    Fault("tag that nothing has", replace(SEARCHES, "tag=authentication", "tag=authenticated"), "missing-tag"),
    Fault("tag that is neither on nor off", replace(TAGS, "enabled", "yes"), "tag-value"),
    Fault("event type without a search", replace(EVENTTYPES, "search =", "description ="), "eventtype-broken"),
    Fault("macro whose name says another number", replace(MACROS, "sample_top(2)", "sample_top(3)"), "macro-arity"),
    Fault("macro argument that is not used", replace(MACROS, " $field$", " door"), "macro-argument"),
    Fault("macro that is evaluated", append(MACROS, "iseval = 1\n"), "macro-eval"),
    Fault("LOOKUP with a missing column", replace(PROPS, "OUTPUTNEW floor", "OUTPUTNEW floors"), "csv-column"),
    Fault("column name that stands twice", replace(TABLE, "door,floor", "door,door"), "csv-header",
          also=("csv-column",)),
    Fault("empty table", write(TABLE, ""), "csv-header"),
    Fault("byte order mark in a table", write(TABLE, _BOM + b"door,floor\nfront,0\n"), "csv-bom"),
    Fault("table that is not UTF-8", append(TABLE, b"caf\xe9,1\n"), "csv-not-utf8"),
    Fault("list of roles that does not parse", replace(META, "read : [ * ]", "read : *"), "meta-access"),
    Fault("navigation that is no <nav>", write(NAV, "<menu/>\n"), "view-broken"),
    Fault("navigation to a missing report", replace(NAV, "visits by door", "visits by window"), "missing-saved-search"),
    Fault("panel on a missing base search", replace(SIMPLE, 'base="base"', 'base="bass"'), "missing-base-search"),
    Fault("panel on a missing report", replace(SIMPLE, "visits by door", "visits by window"), "missing-saved-search"),
    Fault("token that no input sets", replace(SIMPLE, "$door$", "$doors$"), "undefined-token"),
    Fault("unknown command in a panel", replace(SIMPLE, "stats count", "stat count"), "spl-unknown-command"),
    Fault("Studio token that no input sets", replace(STUDIO, "$when.earliest$", "$wenn.earliest$"), "undefined-token"),
    Fault("Studio data source without a query", replace(STUDIO, _QUERY, ""), "studio-no-query"),
    Fault("Studio search with an unknown command", replace(STUDIO, "| timechart", "| timechar"), "spl-unknown-command"),
    Fault("Studio chain on a missing data source", replace(STUDIO, '"ds_visits": {\n      "type"', _CHAIN),
          "missing-data-source"),
    Fault("Studio place in half pixels", replace(STUDIO, '"w": 800', '"w": 800.5'), "studio-position"),
    Fault("Studio place as text", replace(STUDIO, '"x": 0', '"x": "0"'), "studio-position"),
    Fault("visualization that is placed nowhere", replace(STUDIO, '"item": "viz_note"', '"item": "viz_visits"'),
          "studio-layout"),
    Fault("tab without its layout", replace(STUDIO, '"layoutId": "layout_visits"', '"layoutId": "layout_gone"'),
          "studio-layout"),
    Fault("unknown type of data source", replace(STUDIO, "ds.search", "ds.serach"), "studio-type"),
)  # fmt: skip
