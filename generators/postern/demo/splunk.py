"""The demo's second side: what the Splunk app makes of the same lines, in the tests' emulator."""

from __future__ import annotations

import contextlib
import importlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postern.artifact import write
from postern.demo import plan
from postern.splunk import attributes, names
from postern.splunk.emit import ROOT
from postern.splunk.ingest import ROUTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from postern.artifact import Artifact
    from postern.model import Catalog

NOTE = "Splunk fields come from the emulator of the tests: no Splunk server was at hand"
# Lines of the story that crosses three devices, by what they hold: a firewall's, a gateway's, another firewall's.
CHOSEN = ("%ASA-4-108004", "SMTP Auth", "Receiving aborted", "id=00200151")

Row = tuple[str, Any, str, Any]


@contextlib.contextmanager
def reader(root: Path, artifacts: Iterable[Artifact]) -> Iterator[Callable[[str], Any]]:
    """The generated app in the emulator: what it makes of a line that came in as mixed syslog.

    Raises:
        ImportError: the emulator is not there: it belongs to a checkout and its test environment.
    """
    if str(root / "tests") not in sys.path:
        sys.path.append(str(root / "tests"))
    module = importlib.import_module("splunk_emulator")
    with tempfile.TemporaryDirectory(prefix="postern-demo-") as folder:
        write(artifacts, Path(folder))
        emulator = module.Emulator([module.App(Path(folder) / ROOT / "postern")], plan.RECEIVED)

        def event(line: str) -> Any:
            (found,) = emulator.index(line.encode(), ROUTER)
            return emulator.search(found)

        yield event


def chosen(lines: Iterable[str]) -> Iterator[str]:
    """The first line of each chosen kind."""
    listed = list(lines)
    for mark in CHOSEN:
        found = next((line for line in listed if mark in line), None)
        if found is not None:
            yield found


def beside(catalog: Catalog, stored: Mapping[str, Any], event: Any) -> list[Row]:
    """The attributes of a line: path and value in Elasticsearch, field and value in Splunk; those of both first."""
    fields = {"_time": event.time, **event.extracted}
    paths = _paths(catalog)
    rows: list[Row] = []
    used: set[str] = set()
    for path, value in sorted(stored.items()):
        if path in _NOT_SHOWN or path.startswith("related."):
            continue
        name = next((name for name in paths.get(path, ()) if name in fields), "")
        rows.append((path, value, name, fields.get(name)))
        used |= {name, names.PREFIX + name}
    extra = [name for name in sorted(fields.keys() - used) if not _inner(catalog, name)]
    rows += [("", None, name, fields[name]) for name in extra]
    rows += [("", None, "tag", list(event.tags))] if event.tags else []
    return sorted(rows, key=lambda row: (not (row[0] and row[2]), not row[0]))


_NOT_SHOWN = frozenset({"event.original", "message", "ecs.version", "event.created"})


def _inner(catalog: Catalog, name: str) -> bool:
    """Whether a field only serves the extraction itself."""
    return attributes.between(catalog, name) or name in ("postern_marker", "postern_word", "postern_id", "postern_code")


def _paths(catalog: Catalog) -> dict[str, list[str]]:
    """By ECS path the Splunk fields that may hold its value, the CIM names first."""
    found: dict[str, list[str]] = {path: [name] for path, name in attributes.DERIVED.items()}
    for slot, members in catalog.used_members.items():
        field = catalog.fields[slot]
        for member in members:
            extracted, role = names.extracted(field, member), field.cim_role(member)
            found.setdefault(attributes.path_of(field, member), []).extend([role, extracted] if role else [extracted])
    return found
