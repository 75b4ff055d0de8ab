"""The twenty-three faults that AppInspect catches; what else catches them is a bonus."""

from __future__ import annotations

from .fault import Fault, append, mode, remove, replace
from .missed import MACROS, PROPS, SEARCHES, SIMPLE, STUDIO

APP, META, MANIFEST = "default/app.conf", "metadata/default.meta", "app.manifest"
_PARSING = "check_config_file_parsing"
_CRON = "check_for_gratuitous_cron_scheduling"
_SEMVER = "check_version_is_valid_semver"
_DAILY = "enableSched = 1\ndispatch.earliest_time = -24h@h\ndispatch.latest_time = now"

CAUGHT = (
    Fault(
        "stanza that stands twice",
        append(MACROS, "\n[sample_index]\ndescription = x\n"),
        "conf-duplicate-stanza", _PARSING, "of macros.conf", ksconf=True,
    ),
    Fault(
        "key that stands twice",
        replace(PROPS, "KV_MODE = none", "KV_MODE = none\nKV_MODE = auto"),
        "conf-duplicate-key", _PARSING, "of props.conf", ksconf=True,
    ),
    Fault(
        "blank after a backslash",
        replace(SEARCHES, "BY door \\\n", "BY door \\ \n"),
        "conf-continuation", _PARSING, "Continuation with trailing whitespace", slim=True, also=("unknown-key",),
    ),
    Fault("schedule that is no cron", replace(SEARCHES, "7 3 * * *", "7 3 * *"), "", _CRON, "invalid", batch=2),
    Fault("search every minute", replace(SEARCHES, "7 3 * * *", "* * * * *"), "", _CRON, "high-occurring", batch=3),
    Fault(
        "scheduled real-time search",
        replace(SEARCHES, _DAILY, "enableSched = 1\ndispatch.earliest_time = rt-5m\ndispatch.latest_time = rt"),
        "", "check_for_real_time_saved_searches_for_cloud", "scheduled real-time search", batch=2,
    ),
    Fault(
        "broken XML",
        replace(SIMPLE, "</form>", ""),
        "view-broken", "check_that_all_xml_files_are_well_formed", "Invalid XML File",
    ),
    Fault(
        "Studio definition that is no JSON",
        replace(STUDIO, '"title"', "title"),
        "studio-json", "check_spl2_usage", "Expecting property name",
    ),
    Fault(
        "Simple XML without a version",
        replace(SIMPLE, ' version="1.1"', ""),
        "", "check_simplexml_standards_version", "version attribute", batch=2,
    ),
    Fault(
        "another version in app.manifest",
        replace(MANIFEST, '"1.0.0"', '"1.0.1"'),
        "manifest-mismatch", _SEMVER, "1.0.1 specified", slim=True,
    ),
    Fault(
        "another id in app.manifest",
        replace(MANIFEST, '"door_log"', '"door_logs"'),
        "manifest-mismatch", "check_for_valid_package_id", "info.id.name", slim=True, batch=2,
    ),
    Fault(
        "version of two numbers",
        replace(APP, "version = 1.0.0", "version = 1.0"),
        "manifest-mismatch", _SEMVER, "is invalid", batch=2,
    ),
    Fault("no default.meta", remove(META), "", "check_metadata_allow_list", "default.meta", batch=2),
    Fault(
        "everyone may write",
        replace(META, "write : [ admin, sc_admin ]", "write : [ * ]"),
        "", "check_meta_default_write_access", "any user to write",
    ),
    Fault(
        "folder local/",
        append("local/app.conf", "[ui]\nlabel = My doors\n"),
        "", "check_that_local_does_not_exist", "'local' directory",
    ),
    Fault(
        "stanza [default]",
        append(PROPS, "\n[default]\nTRUNCATE = 0\n"),
        "", "check_no_default_stanzas", "default/props.conf", batch=2,
    ),
    Fault(
        "outputs.conf",
        append("default/outputs.conf", "[tcpout:x]\nserver = 192.0.2.1:9997\n"),
        "", "check_if_outputs_conf_exists", "output is enabled",
    ),
    Fault(
        "input from the network",
        append("default/inputs.conf", "[udp://514]\ndisabled = 0\n"),
        "", "check_inputs_conf_for_udp", "[udp://514]",
    ),
    Fault("executable .conf", mode(PROPS, 0o755), "", "check_for_bin_files", "execute permissions"),
    Fault(
        "hidden file",
        append(".gitignore", "local\n"),
        "", "check_that_extracted_splunk_app_does_not_contain_prohibited_directories_or_files", ".gitignore", batch=4,
    ),
    Fault(
        "no app.conf",
        remove(APP),
        "", "check_that_extracted_splunk_app_contains_default_app_conf_file", "default/app.conf", batch=5,
    ),
    Fault(
        "no check_for_updates",
        replace(APP, "check_for_updates = 0\n", ""),
        "", "check_for_updates_disabled", "check_for_updates", batch=2,
    ),
    Fault(
        "no app.manifest",
        remove(MANIFEST),
        "manifest-broken", "check_for_valid_package_id", "No `app.manifest` was found", batch=3,
    ),
)  # fmt: skip
