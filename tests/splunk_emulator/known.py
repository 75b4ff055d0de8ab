"""Which settings are emulated, which are accepted without effect and why; everything else is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import Unsupported

if TYPE_CHECKING:
    from .conf import Configuration, Setting
    from .faults import FaultLog

EMULATED: dict[str, frozenset[str]] = {
    "props.conf": frozenset({
        "LINE_BREAKER", "TRUNCATE", "SHOULD_LINEMERGE", "CHARSET", "TIME_PREFIX", "TIME_FORMAT", "TZ",
        "MAX_TIMESTAMP_LOOKAHEAD", "MAX_DAYS_AGO", "MAX_DAYS_HENCE", "DATETIME_CONFIG", "priority", "rename",
        "KV_MODE", "AUTO_KV_JSON", "MATCH_LIMIT", "DEPTH_LIMIT",
    }),
    "transforms.conf": frozenset({
        "REGEX", "FORMAT", "SOURCE_KEY", "DEST_KEY", "WRITE_META", "LOOKAHEAD", "DELIMS", "FIELDS", "MV_ADD",
        "CLEAN_KEYS", "KEEP_EMPTY_VALS", "MATCH_LIMIT", "DEPTH_LIMIT", "filename", "max_matches", "min_matches",
        "default_match", "case_sensitive_match", "match_type", "INGEST_EVAL",
    }),
    "eventtypes.conf": frozenset({"search", "priority", "disabled"}),
    "macros.conf": frozenset({"definition", "args", "iseval"}),
    "fields.conf": frozenset({"INDEXED", "INDEXED_VALUE"}),
}  # fmt: skip
CLASSES = ("EXTRACT-", "REPORT-", "FIELDALIAS-", "EVAL-", "LOOKUP-", "SEDCMD-", "TRANSFORMS-")

WITHOUT_EFFECT: dict[str, dict[str, str]] = {
    "props.conf": {
        "category": "sorts the source type in a menu",
        "description": "text for people",
        "pulldown_type": "shows the source type in a menu",
        "ANNOTATE_PUNCT": "only adds the field punct, which is not emulated",
        "NO_BINARY_CHECK": "is about monitored files",
        "EVENT_BREAKER": "only says where a universal forwarder may change indexers",
        "EVENT_BREAKER_ENABLE": "only says where a universal forwarder may change indexers",
        "LINE_BREAKER_LOOKBEHIND": "is about chunks; the emulator sees the whole stream",
    },
    "transforms.conf": {
        "CAN_OPTIMIZE": "the emulator always wants all fields, so nothing is optimised away",
        "allow_caching": "is about scripts' speed",
        "batch_index_query": "is about speed",
    },
    "eventtypes.conf": {"description": "text for people", "color": "is for the display"},
    "macros.conf": {"description": "text for people"},
    "fields.conf": {},
}

KEYS = frozenset({"_raw", "queue", "MetaData:Host", "MetaData:Source", "MetaData:Sourcetype", "_MetaData:Index"})
TRUE_NAMES = frozenset({"1", "true", "t", "yes", "y"})
FALSE_NAMES = frozenset({"0", "false", "f", "no", "n"})
CHOICES: dict[tuple[str, str], tuple[frozenset[str], str]] = {
    ("props.conf", "SHOULD_LINEMERGE"): (FALSE_NAMES, "lines are never merged here"),
    ("props.conf", "CHARSET"): (frozenset({"utf-8", "utf8"}), "only UTF-8"),
    ("props.conf", "KV_MODE"): (frozenset({"none", "auto"}), "only none and auto"),
    ("props.conf", "DATETIME_CONFIG"): (frozenset({"current", "none"}), "only CURRENT and NONE"),
    ("props.conf", "AUTO_KV_JSON"): (TRUE_NAMES | FALSE_NAMES, "not a boolean"),
    # The specification says that true keeps empty values; a public record of a 10.4 server says it does not.
    ("transforms.conf", "KEEP_EMPTY_VALS"): (FALSE_NAMES, "what true does is disputed"),
    ("macros.conf", "iseval"): (FALSE_NAMES, "macros are text here"),
}


def check(configuration: Configuration, faults: FaultLog) -> None:
    """Refuse the first setting that is not known.

    Raises:
        Unsupported: for a key, a value or a stanza that the emulator does not implement.
    """
    for file in EMULATED:
        for setting in configuration.every(file):
            _check_key(file, setting)
            _check_value(file, setting)
            if file == "props.conf":
                _check_spec(setting)
            if file == "transforms.conf":
                _check_index_key(setting, faults)


def _check_key(file: str, setting: Setting) -> None:
    known = setting.key in EMULATED[file] or setting.key in WITHOUT_EFFECT[file]
    if not known and not (file == "props.conf" and _is_class(setting.key)):
        raise Unsupported(setting.file, setting.stanza, setting.key)


def _is_class(key: str) -> bool:
    return any(key.startswith(prefix) and len(key) > len(prefix) for prefix in CLASSES)


def _check_value(file: str, setting: Setting) -> None:
    allowed, reason = CHOICES.get((file, setting.key), (frozenset(), ""))
    if allowed and setting.value and setting.value.lower() not in allowed:
        raise Unsupported(setting.file, setting.stanza, setting.key, f"{setting.value}: {reason}")


def _check_spec(setting: Setting) -> None:
    """Stanza names of props.conf: rules that guess source types, and tricks with patterns, are not emulated."""
    stanza = setting.stanza
    if stanza.startswith(("rule::", "delayedrule::")):
        raise Unsupported(setting.file, stanza, setting.key, "source types are not guessed here")
    if stanza.startswith(("(?::)", "(::)")):
        raise Unsupported(setting.file, stanza, setting.key, "patterns for source types are not documented")
    if setting.key == "rename" and stanza.startswith(("source::", "host::")):
        raise Unsupported(setting.file, stanza, setting.key, "only a source type can be renamed")


def _check_index_key(setting: Setting, faults: FaultLog) -> None:
    """DEST_KEY: a wrong case goes to a key that nobody reads; other keys are not emulated."""
    if setting.key != "DEST_KEY" or setting.value in KEYS or not setting.value:
        return
    if setting.value.lower() in {key.lower() for key in KEYS}:
        faults.note("conf", setting.where, f"names of keys are case-sensitive: {setting.value} is written in vain")
        return
    raise Unsupported(setting.file, setting.stanza, setting.key, setting.value)
