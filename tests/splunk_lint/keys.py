"""Which keys Splunk knows: our own list of what an app like ours may say, and what is near to a misspelt one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import LintedApp

KEYS: dict[str, str] = {
    "props.conf": """
        ADD_EXTRA_TIME_FIELDS ANNOTATE_PUNCT AUTO_KV_JSON BREAK_ONLY_BEFORE BREAK_ONLY_BEFORE_DATE CHARSET
        CHECK_FOR_HEADER CHECK_METHOD DATETIME_CONFIG DEPTH_LIMIT DETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME
        EVENT_BREAKER EVENT_BREAKER_ENABLE FIELD_DELIMITER FIELD_HEADER_REGEX FIELD_NAMES FIELD_QUOTE
        HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS HEADER_FIELD_DELIMITER HEADER_FIELD_LINE_NUMBER HEADER_FIELD_QUOTE
        HEADER_MODE INDEXED_EXTRACTIONS JSON_TRIM_BRACES_IN_ARRAY_NAMES KV_MODE KV_TRIM_SPACES LB_CHUNK_BREAKER
        LB_CHUNK_BREAKER_TRUNCATE LEARN_MODEL LEARN_SOURCETYPE LINE_BREAKER LINE_BREAKER_LOOKBEHIND MATCH_LIMIT
        MAX_DAYS_AGO MAX_DAYS_HENCE MAX_DIFF_SECS_AGO MAX_DIFF_SECS_HENCE MAX_EVENTS MAX_EXPECTED_EVENT_LINES
        MAX_TIMESTAMP_LOOKAHEAD METRICS_PROTOCOL METRIC-SCHEMA-TRANSFORMS MISSING_VALUE_REGEX MUST_BREAK_AFTER
        MUST_NOT_BREAK_AFTER MUST_NOT_BREAK_BEFORE NO_BINARY_CHECK PREAMBLE_REGEX PREFIX_SOURCETYPE
        REGEX_MATCH_LIMIT_WARNING SEGMENTATION SHOULD_LINEMERGE SOURCETYPE STATSD-DIM-TRANSFORMS STATSD_EMIT_SUBSECOND
        TIMESTAMP_FIELDS TIME_FORMAT TIME_PREFIX TRUNCATE TZ TZ_ALIAS category description detect_trailing_nulls
        initCrcLength invalid_cause is_valid maxDist priority pulldown_type rename sourcetype termFrequencyWeightedDist
        trackPipelineLatency unarchive_cmd unarchive_cmd_start_mode unarchive_sourcetype
        """,
    "transforms.conf": """
        CAN_OPTIMIZE CLEAN_KEYS CLONE_SOURCETYPE DEFAULT_VALUE DELIMS DEPTH_LIMIT DEST_KEY FIELDS FORMAT INGEST_EVAL
        KEEP_EMPTY_VALS LOOKAHEAD MATCH_LIMIT MV_ADD REGEX REPEAT_MATCH SOURCE_KEY STOP_PROCESSING_IF WRITE_META
        allow_caching batch_index_query cache_size case_sensitive_match check_permission collection default_match
        disabled external_cmd external_type feature_id_element fields_list filename filter index_fields_list match_type
        max_ext_batch max_matches max_offset_secs min_matches min_offset_secs python.required python.version replicate
        reverse_lookup_honor_case_sensitive_match time_field time_format
        """,
    "savedsearches.conf": """
        action_email action_rss alert_condition allow_skew auto_summarize counttype cron_schedule defer_scheduled_searchable_idxc
        description disabled dispatchAs displayview enableSched embed.enabled federated.provider is_visible max_concurrent
        nextrun precalculate_required_fields_for_alerts qualifiedSearch quantity query realtime_schedule
        relation request.ui_dispatch_app request.ui_dispatch_view restart_on_searchpeer_add role run_n_times
        run_on_startup schedule schedule_as schedule_priority schedule_window search sendresults skip_scheduled_realtime_idxc
        userid vsid workload_pool
        alert.digest_mode alert.display_view alert.expires alert.managedBy alert.severity alert.suppress
        alert.suppress.fields alert.suppress.group_name alert.suppress.period alert.track
        dispatch.allow_partial_results dispatch.auto_cancel dispatch.auto_pause dispatch.buckets dispatch.earliest_time
        dispatch.index_earliest dispatch.index_latest dispatch.indexedRealtime dispatch.indexedRealtimeMinSpan
        dispatch.indexedRealtimeOffset dispatch.latest_time dispatch.lookups dispatch.max_count dispatch.max_time
        dispatch.rate_limit_retry dispatch.reduce_freq dispatch.rt_backfill dispatch.rt_maximum_span
        dispatch.sample_ratio dispatch.spawn_process dispatch.time_format dispatch.ttl
        """,
    "eventtypes.conf": "color description disabled priority search tags",
    "macros.conf": "args definition description errormsg iseval validation",
    "fields.conf": "INDEXED INDEXED_VALUE TOKENIZER",
    "app.conf": """
        allows_disable app_status attribution_link author build check_for_updates company deployer_lookups_push_mode
        deployer_push_mode description docs_section_override email group id install_source_checksum is_configured
        is_manageable is_visible label name remote_tab setup_view show_in_nav show_upgrade_notification state
        state_change_requires_restart supported_themes version
        """,
    "default.meta": "access export modtime owner version",
}
CLASSES: dict[str, tuple[str, ...]] = {
    "props.conf": (
        "EXTRACT-", "REPORT-", "TRANSFORMS-", "RULESET-", "RULESET_DESC-", "SEDCMD-", "FIELDALIAS-", "EVAL-", "LOOKUP-",
        "SEGMENTATION-", "METRIC-SCHEMA-TRANSFORMS-", "STATSD-DIM-TRANSFORMS-", "MORE_THAN_", "LESS_THAN_",
    ),
    "savedsearches.conf": ("action.", "auto_summarize.", "display.", "durable.", "param."),
    "app.conf": ("reload.", "trigger."),
}  # fmt: skip
"""Beginnings after which any name may follow."""


def check_keys(app: LintedApp) -> None:
    """Each key of a file whose keys we list is known; tags.conf has no fixed ones."""
    for file in app.files():
        if file not in KEYS:
            continue
        known, prefixes = KEYS[file].split(), CLASSES.get(file, ())
        for stanza in app.stanzas(file).values():
            for key, setting in stanza.items():
                if key not in known and not any(key.startswith(one) and len(key) > len(one) for one in prefixes):
                    app.add("unknown-key", setting, f"{file} has no key {key}{hint(key, [*known, *prefixes])}")


def hint(word: str, known: list[str]) -> str:
    """A question that names the known word nearest to an unknown one; empty where none is near."""
    by_fold = {one.casefold(): one for one in known}
    candidates = [word.casefold(), word.casefold().partition("-")[0] + "-"]
    near = [one for candidate in candidates for one in difflib.get_close_matches(candidate, by_fold, 1, 0.75)]
    return f"; did you mean {by_fold[near[0]]}?" if near else ""
