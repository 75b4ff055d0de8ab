"""Groups and patterns as Elasticsearch's grok processor and Logstash read them (Joni, Ruby syntax)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern import regex

if TYPE_CHECKING:
    from postern.model import Catalog, Header

TEMPORARY = "_tmp"
ANY = r"[\s\S]"  # Joni's dot stops at a line feed


def path_of(catalog: Catalog, capture: regex.Capture) -> str:
    """Where grok writes a capture: its role, the header's temporary place, or `postern.params`."""
    role = catalog.role(capture)
    if role is not None:
        return role
    return f"{TEMPORARY}.{capture.name}" if catalog.fields[capture.name].header else f"postern.params.{capture.name}"


def spell(catalog: Catalog, node: regex.Node) -> str:
    """The tree with captures named by the fields they write."""

    def group(capture: regex.Capture, inner: str) -> str:
        path = path_of(catalog, capture)
        return f"(?<_:{path}:long>{inner})" if capture.cast == "int" else f"(?<{path}>{inner})"

    return regex.spell(node, group, catalog.spelled("grok"))


def body(catalog: Catalog, node: regex.Node, lead: str = "") -> str:
    """A body's pattern, anchored at both ends; `lead` is what stands before it."""
    return rf"\A{lead}(?:{spell(catalog, node)})\z"


def header(catalog: Catalog, form: Header) -> str:
    """A header's pattern: it becomes `_tmp.head`; where a literal closes the line, what is between them `_tmp.body`."""
    head = rf"\A(?<{TEMPORARY}.head>{spell(catalog, form.node)})"
    return f"{head}(?<{TEMPORARY}.body>{ANY}*){closing(form)}" if form.closing else head


def frame(form: Header) -> str:
    """A header's pattern without captures, as the router needs it."""
    return regex.spell(form.node, regex.uncaptured) + (f"{ANY}*{closing(form)}" if form.closing else "")


def closing(form: Header) -> str:
    """The end of a line whose body is closed by a literal."""
    if not form.closing:
        return ""
    tail = regex.Repeat(regex.Chars(regex.BLANKS), 0, 32)
    return regex.spell(regex.seq(regex.Lit(form.closing), tail)) + r"\z"
