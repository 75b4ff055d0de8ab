"""Add-ons of others on the source types `cisco:asa` and `cisco:esa:textmail`, written for the tests.

`BARE` only breaks lines, as Splunk's own defaults do. `FOREIGN` does what hand-written add-ons do, and everything by
which one app could disturb another: it extracts, aliases with AS and ASNEW, calculates, looks up with OUTPUT and
OUTPUTNEW, under names that ours has too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splunk_emulator import App

if TYPE_CHECKING:
    from pathlib import Path

SOURCETYPES = ("cisco:asa", "cisco:esa:textmail")
_INDEX_TIME = "SHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\nKV_MODE = none\n"
BARE = {"default/props.conf": "".join(f"[{name}]\n{_INDEX_TIME}\n" for name in SOURCETYPES)}
FOREIGN = {
    "default/props.conf": rf"""
[cisco:asa]
{_INDEX_TIME}
EXTRACT-number = %(?:ASA|FTD)-\d-(?<message_id>\d+)
REPORT-cisco_fields = foreign_built, foreign_denied
REPORT-zzz_last = foreign_last
FIELDALIAS-a = src_ip AS src
FIELDALIAS-b = dest_ip ASNEW dest
FIELDALIAS-zzz = message_id ASNEW signature_id
EVAL-vendor = "Foreign"
EVAL-action = case(like(_raw, "%Built%"), "allowed", like(_raw, "%Deny%"), "blocked")
EVAL-transport = lower(protocol)
EVAL-app = coalesce(app, "unknown")
LOOKUP-a = foreign_words word AS action OUTPUT meaning AS vendor_action
LOOKUP-zzz = foreign_words word AS action OUTPUTNEW meaning AS signature

[cisco:esa:textmail]
{_INDEX_TIME}
EXTRACT-mid = MID (?<internal_message_id>\d+)
EXTRACT-icid = ICID (?<icid>\d+)
EXTRACT-from = From: <(?<sender>[^>]*)>
FIELDALIAS-sender = sender AS src_user
EVAL-vendor_product = "Foreign ESA"
EVAL-mid = internal_message_id
""",
    "default/transforms.conf": r"""
[foreign_built]
REGEX = Built (?:inbound|outbound) (\w+) connection (\d+) for (\w+):([^/]+)/(\d+)
FORMAT = protocol::$1 session_id::$2 src_interface::$3 src_ip::$4 src_port::$5

[foreign_denied]
REGEX = Deny (\w+) src (\w+):([^/]+)/(\d+) dst (\w+):([^/]+)/(\d+)
FORMAT = protocol::$1 src_interface::$2 src_ip::$3 src_port::$4 dest_interface::$5 dest_ip::$6 dest_port::$7

[foreign_last]
REGEX = user '?(\w+)
FORMAT = user::$1

[foreign_words]
filename = foreign_words.csv
max_matches = 1
""",
    "lookups/foreign_words.csv": "word,meaning\nallowed,let through\nblocked,kept out\n",
    "default/eventtypes.conf": "[foreign_asa]\nsearch = sourcetype=cisco:asa\n",
    "default/tags.conf": "[eventtype=foreign_asa]\nfirewall = enabled\n",
}


def written(folder: Path, name: str, files: dict[str, str]) -> App:
    """An app of these files, in a folder of its own."""
    for path, text in files.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip("\n"), encoding="utf-8")
    return App(folder / name)
