"""Tokens of views: `$name$` in a text, and who may give it a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_TOKEN = re.compile(r"\$([A-Za-z_][\w .:-]*?)(?:\|[a-z]+)?\$")
# Splunk's own: the user's environment, what was clicked, the job of a search.
_GIVEN = re.compile(r"(?:env:|click\.|row\.|trellis\.|result\.|job\.)|[\w .-]+:(?:result|job)\.")
_TIME = (".earliest", ".latest")


def undefined(texts: Iterator[str], defined: set[str]) -> list[str]:
    """The tokens of some texts that neither the view nor Splunk defines, sorted."""
    found = {name for text in texts for name in _TOKEN.findall(text.replace("$$", ""))}
    return sorted(name for name in found if name.removeprefix("form.") not in defined and not _GIVEN.match(name))


def texts_of(value: Any) -> Iterator[str]:
    """All texts of a JSON value, event handlers left aside: what was clicked is known only to them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key != "eventHandlers":
                yield from texts_of(one)


def defined_in_studio(definition: dict[str, Any]) -> set[str]:
    """The tokens that inputs, defaults and event handlers of a Dashboard Studio definition set."""
    names = set(_default_tokens(definition))
    for one in _objects(definition):
        options = one.get("options")
        if isinstance(options, dict):
            names |= _of_input(str(one.get("type", "")), options.get("token"))
            listed = options.get("tokens")
            for token in listed if isinstance(listed, list) else []:
                names |= {str(token["token"])} if isinstance(token, dict) and "token" in token else set()
    return names


def _default_tokens(definition: dict[str, Any]) -> Iterator[str]:
    tokens = definition.get("defaults", {}).get("tokens", {})
    for space in tokens.values() if isinstance(tokens, dict) else ():
        yield from space if isinstance(space, dict) else ()


def _of_input(kind: str, token: Any) -> set[str]:
    if not isinstance(token, str):
        return set()
    return {token + end for end in _TIME} if kind == "input.timerange" else {token}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _objects(one)


def defined_in_simple_xml(root: Element) -> set[str]:
    """The tokens that inputs, `set`, `eval` and `init` of a Simple XML view set; those of searches by `done` too."""
    names = {name for element in root.iter() if (name := element.get("token", ""))}
    times = {element.get("token", "") for element in root.iter("input") if element.get("type") == "time"}
    # A time input without a token gives the plain names to the whole form.
    names |= {name + end if name else end[1:] for name in times for end in _TIME}
    return {name.removeprefix("form.") for name in names}
