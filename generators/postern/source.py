"""YAML to plain data, with the line of every value; refuses what YAML would silently misread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import yaml

from postern.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Loc = tuple[str | int, ...]
# Values of these keys are texts of other people's devices: quoting them is not a matter of taste.
_VERBATIM_KEYS = frozenset({"text", "log", "esql", "spl"})
_PLAIN_INT = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """One file.

    Attributes:
        path: as findings call it.
        data: what it holds.
        lines: the line of each value by its path of keys.
        findings: what was found in it.
        overlay: whether it lies over the bundled catalog.
        kept: what was made of it, for the next run that finds it unchanged.
    """

    path: str
    data: Any
    lines: dict[Loc, int]
    findings: list[Finding] = field(default_factory=list)
    overlay: bool = False
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def line(self, loc: Loc) -> int:
        """The line of `loc`, or of the nearest place above it that is known."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)

    def finding(self, code: str, loc: Loc, problem: str, known: str = "") -> Finding:
        """A finding about the value at `loc`."""
        return Finding(self.path, self.line(loc), code, ".".join(str(part) for part in loc) or "file", problem, known)


def read(path: Path, shown: str, *, overlay: bool = False) -> Document:
    """The document at `path`; faults are in its `findings`, and its data holds what could be read."""
    document = Document(shown, {}, {}, overlay=overlay)
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        document.findings.append(Finding(shown, 0, "P106", "file", f"cannot be read: {problem}"))
        return document
    except yaml.YAMLError as error:
        document.findings.append(Finding(shown, _line_of(error, text), "P101", "file", _problem_of(error)))
        return document
    if root is None:
        return document
    if not isinstance(root, yaml.MappingNode):
        document.findings.append(Finding(shown, root.start_mark.line + 1, "P203", "file", "the file must be a mapping"))
        return document
    return replace(document, data=_Builder(document).value(root, ()))


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None)
    line: int = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0))
    return line + 1


def _problem_of(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


class _Builder:
    """Turns a node graph into data, noting lines and findings in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.known: set[int] = set()

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        self.document.lines.setdefault(loc, node.start_mark.line + 1)
        if id(node) in self.known:
            self._report("P101", loc, "an alias: write the value out, so that every value has its own line")
            return None
        self.known.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, loc))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, loc)

    def _items(self, node: yaml.MappingNode, loc: Loc) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._report("P101", loc, "a key must be a word", line)
                continue
            key = str(key_node.value)
            here = (*loc, key)
            if key in seen:
                self._report("P102", here, "stands twice in one mapping", line)
                continue
            seen.add(key)
            self.document.lines[here] = line
            if not key_node.style and key[:1].isdigit():
                self._report("P104", here, "an id must be quoted")
            yield key, self.value(value_node, here)

    def _scalar(self, node: yaml.Node, loc: Loc) -> Any:
        text, kind = str(node.value), node.tag.rpartition(":")[2]
        if loc and loc[-1] in _VERBATIM_KEYS and node.style not in ("'", "|", ">"):  # type: ignore[attr-defined]
            self._report("P103", loc, "must be single-quoted or a block scalar")
        if kind == "int":
            if _PLAIN_INT.match(text):
                return int(text)
            self._report("P105", loc, f"{text} would be read as another number")
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind == "null":
            return None
        return text  # yes/no/on/off, dates and floats are words in a catalog of log lines

    def _report(self, code: str, loc: Loc, problem: str, line: int | None = None) -> None:
        found = self.document.finding(code, loc, problem)
        self.document.findings.append(found if line is None else replace(found, line=line))
