"""Texts of others, fit to be shown."""

from __future__ import annotations

import re
from typing import Any

_LONG = 400  # characters of a value; the whole is in --json
# Controls, what turns the text's direction, and what no XML or UTF-8 file can hold.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(value: Any, longest: int = _LONG) -> str:
    r"""A value in one line; what would move the cursor or turn the text is shown as `\xNN`, and a long one is cut."""
    text = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"
