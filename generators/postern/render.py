"""Templates: one Jinja environment, in which a missing value is an error, and one escape filter a format."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jinja2


class EscapeError(ValueError):
    """A value that the format cannot hold."""


def as_json(value: Any) -> str:
    """A value as JSON; refuses what JSON cannot hold (NaN, lone surrogates)."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    _refuse_surrogates(text)
    return text


def as_line(value: Any) -> str:
    """A value as JSON in one line, for NDJSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    _refuse_surrogates(text)
    return text


def as_grok(value: str) -> str:
    """A regex for a pattern file: one line, no line feeds."""
    if "\n" in value or "\r" in value:
        raise EscapeError("a pattern file holds one pattern a line")
    return value


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
    made.filters |= {"json": as_json, "line": as_line, "grok": as_grok}
    return made


def render(package: str, template: str, **values: Any) -> str:
    """A template's text."""
    return environment(package).get_template(template).render(**values)
