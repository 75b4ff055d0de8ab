"""Templates: one Jinja environment, in which a missing value is an error, and one escape filter a format."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONF_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")

# What XML 1.0 cannot hold, and the carriage return, which a parser reads as a line feed.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class EscapeError(ValueError):
    """A value that the format cannot hold."""


_SHALLOW = 4  # levels of JSON that are laid out over lines; what lies deeper takes one: an entry of a table, a field


def as_json(value: Any, *, sort: bool = False) -> str:
    """A value as JSON, on demand with sorted keys; refuses what JSON cannot hold (NaN, lone surrogates)."""
    text = _laid_out(value, sort=sort)
    _refuse_surrogates(text)
    return text


def _laid_out(value: Any, depth: int = 0, *, sort: bool) -> str:
    if depth == _SHALLOW or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=sort)
    gap = "\n" + " " * depth
    if isinstance(value, list):
        return f"[{','.join(f'{gap} {_laid_out(item, depth + 1, sort=sort)}' for item in value)}{gap}]"
    items = sorted(value.items()) if sort else value.items()
    pairs = (
        f"{gap} {json.dumps(key, ensure_ascii=False)}: {_laid_out(item, depth + 1, sort=sort)}" for key, item in items
    )
    return f"{{{','.join(pairs)}{gap}}}"


_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_line(value: Any) -> str:
    """A value as JSON in one line, for NDJSON."""
    text = _LINE.encode(value)
    _refuse_surrogates(text)
    return text


def as_grok(value: str) -> str:
    """A regex for a pattern file: one line, no line feeds."""
    if "\n" in value or "\r" in value:
        raise EscapeError("a pattern file holds one pattern a line")
    return value


def as_xml(value: str) -> str:
    """A text for an element, or of one line for an attribute; refuses what XML cannot hold or a parser would change."""
    _refuse_outside_xml(value)
    return html.escape(value)


def as_cdata(value: str) -> str:
    """A text for a CDATA section; refuses the same, and the end of the section."""
    _refuse_outside_xml(value)
    if "]]>" in value:
        raise EscapeError("a CDATA section cannot hold ]]>")
    return value


def _refuse_outside_xml(value: str) -> None:
    if (found := _NOT_XML.search(value)) is not None:
        raise EscapeError(f"XML cannot hold U+{ord(found[0]):04X}")


def as_conf(value: str) -> str:
    """A value of a .conf file; of several lines, all but the last end in a backslash. Refuses what would be cut off."""
    lines = value.split("\n")
    if value != value.strip() or any(line.endswith("\\") for line in lines) or "\r" in value or "\0" in value:
        raise EscapeError("a .conf value has no blanks around it, no carriage return, no backslash at a line's end")
    _refuse_surrogates(value)
    return "\\\n".join(lines)


def as_key(value: str) -> str:
    """A key of a .conf file."""
    if not _CONF_KEY.fullmatch(value):
        raise EscapeError(f"not a key of a .conf file: {value!r}")
    return value


def as_stanza(value: str) -> str:
    """The name of a stanza; Splunk reads it up to the last bracket of its line."""
    if any(character in value for character in "[]\r\n\0"):
        raise EscapeError(f"not a stanza's name: {value!r}")
    _refuse_surrogates(value)
    return value


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a CSV file, quoted where they must be; refuses cells of several lines."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    written = text.getvalue()
    if written.count("\n") != len(rows) or "\r" in written or "\0" in written:
        raise EscapeError("a cell holds one line")
    _refuse_surrogates(written)
    return written


def as_cell(value: str) -> str:
    """A text in a table of Markdown."""
    if "\n" in value:
        raise EscapeError("a cell holds one line")
    return value.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EscapeError(f"not a text: {error}") from error


@cache
def environment(package: str) -> jinja2.Environment:
    """The environment of a back end's templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - no markup is made here; each format has its own filter
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "json": as_json,
        "line": as_line,
        "grok": as_grok,
        "xml": as_xml,
        "cdata": as_cdata,
        "conf": as_conf,
        "key": as_key,
        "stanza": as_stanza,
        "csv": as_csv,
        "cell": as_cell,
    }
    return made


def render(package: str, template: str, **values: Any) -> str:
    """A template's text."""
    return environment(package).get_template(template).render(**values)
