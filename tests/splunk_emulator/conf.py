"""Reading .conf files: stanzas, continuation lines, layers of several apps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .faults import FaultLog

LAYERS = ("default", "local")  # weakest first
BOM = "\ufeff"


@dataclass(frozen=True)
class Setting:
    """One value and where it was said."""

    value: str
    file: str
    stanza: str
    key: str

    @property
    def where(self) -> str:
        """The place, for faults."""
        return f"{self.file} [{self.stanza}] {self.key}"

    @property
    def flag(self) -> bool:
        """The value as Splunk reads a boolean."""
        return self.value.strip().lower() in {"1", "true", "t", "yes", "y"}


Stanza = dict[str, Setting]
Stanzas = dict[str, Stanza]


class App:
    """An app's directory; everything in it counts as exported to all apps.

    Attributes:
        path: the directory.
        name: its name, by which Splunk orders apps.
    """

    def __init__(self, path: Path | str, name: str = "") -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        if not self.path.is_dir():
            raise FileNotFoundError(f"no app at {self.path}")

    def conf(self, layer: str, file: str, faults: FaultLog) -> Stanzas:
        """The stanzas of one file of one layer; none where it does not exist."""
        path = self.path / layer / file
        return parse(path.read_bytes(), f"{self.name}/{layer}/{file}", faults) if path.is_file() else {}


def parse(data: bytes, file: str, faults: FaultLog) -> Stanzas:
    """The stanzas of one file. Settings before the first header belong to `[default]`."""
    stanzas: Stanzas = {}
    name = "default"
    seen: set[str] = set()
    for line in _logical_lines(_text(data, file, faults), file, faults):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("["):
            name = _header(stripped, file, faults)
            if name in seen:
                faults.note("conf", f"{file} [{name}]", "the stanza stands twice; the two are merged, later keys win")
            seen.add(name)
            stanzas.setdefault(name, {})
            continue
        _add(stanzas.setdefault(name, {}), name, line, file, faults)
    return stanzas


def _text(data: bytes, file: str, faults: FaultLog) -> str:
    """Decode a file; Splunk's files are UTF-8 without a byte order mark."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        faults.note("conf", file, "is not UTF-8")
        text = data.decode(errors="replace")
    if text.startswith(BOM):
        faults.note("conf", file, "begins with a byte order mark")
    return text.removeprefix(BOM)


def _logical_lines(text: str, file: str, faults: FaultLog) -> Iterator[str]:
    """Physical lines with continuations joined; the line feed stays in the value, as in multi-line searches."""
    held: list[str] = []
    for physical in text.split("\n"):
        line = physical.removesuffix("\r")
        comment = not held and line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            held.append(line[:-1])
            continue
        if line.rstrip().endswith("\\") and not comment:
            faults.note("conf", file, f"blank after the backslash, so the line is not continued: {line.strip()!r}")
        yield "\n".join([*held, line])
        held = []
    if held:
        yield "\n".join(held)


def _header(line: str, file: str, faults: FaultLog) -> str:
    """The name in a stanza header."""
    if not line.endswith("]"):
        faults.note("conf", file, f"the stanza header is not closed: {line!r}")
        return line[1:]
    return line[1:-1]


def _add(stanza: Stanza, name: str, line: str, file: str, faults: FaultLog) -> None:
    """Put one `key = value` into a stanza."""
    key, equals, value = line.partition("=")
    key = key.strip()
    if not equals or not key:
        faults.note("conf", f"{file} [{name}]", f"neither header, comment nor setting: {line.strip()!r}")
        return
    setting = Setting(value.strip(), file, name, key)
    if key in stanza:
        faults.note("conf", setting.where, "the key stands twice in one file; the later value wins")
    stanza[key] = setting


def layered(parsed: Iterable[Stanzas]) -> Stanzas:
    """Stanzas of several files merged key by key, the last file strongest."""
    merged: Stanzas = {}
    for stanzas in parsed:
        for name, stanza in stanzas.items():
            merged.setdefault(name, {}).update(stanza)
    return merged


class Configuration:
    """All apps' files, read once, in the two orders in which Splunk layers them."""

    def __init__(self, apps: Sequence[App], faults: FaultLog, current: str = "") -> None:
        self.apps = apps
        self._current = current
        self._faults = faults
        self._read: dict[tuple[str, str, str], Stanzas] = {}

    def _conf(self, app: App, layer: str, file: str) -> Stanzas:
        key = app.name, layer, file
        if key not in self._read:
            self._read[key] = app.conf(layer, file, self._faults)
        return self._read[key]

    def every(self, file: str) -> Iterator[Setting]:
        """Each setting of each layer of each app, overridden ones included."""
        for app in sorted(self.apps, key=lambda one: one.name):
            for layer in LAYERS:
                for stanza in self._conf(app, layer, file).values():
                    yield from stanza.values()

    def index_time(self, file: str) -> Stanzas:
        """The global context: any local over any default, then the app that comes first in ASCII order."""
        apps = sorted(self.apps, key=lambda app: app.name, reverse=True)
        return layered(self._conf(app, layer, file) for layer in LAYERS for app in apps)

    def search_time(self, file: str) -> Stanzas:
        """The app context: the current app first, then the others in reverse ASCII order."""
        others = [app for app in self.search_order()[::-1] if app.name != self._current]
        current = [app for app in self.apps if app.name == self._current]
        parts = [self._conf(app, layer, file) for layer in LAYERS for app in others]
        return layered([*parts, *(self._conf(app, layer, file) for app in current for layer in LAYERS)])

    def search_order(self) -> list[App]:
        """Apps in the app context, strongest first."""
        return sorted(self.apps, key=lambda app: (app.name == self._current, app.name), reverse=True)


def with_default(stanzas: Stanzas, name: str) -> Stanza | None:
    """A stanza laid over `[default]`, or None where there is no such stanza."""
    stanza = stanzas.get(name)
    return None if stanza is None else {**stanzas.get("default", {}), **stanza}


def text_of(stanza: Stanza, key: str, default: str = "") -> str:
    """A setting's text; an empty value means `not set`."""
    setting = stanza.get(key)
    return setting.value if setting is not None and setting.value else default


def flag_of(stanza: Stanza, key: str, *, default: bool) -> bool:
    """A setting's truth."""
    setting = stanza.get(key)
    return setting.flag if setting is not None and setting.value else default


def number_of(stanza: Stanza, key: str, default: int, faults: FaultLog) -> int:
    """A setting's whole number; a fault and the default where it is none."""
    setting = stanza.get(key)
    if setting is None or not setting.value:
        return default
    try:
        return int(setting.value)
    except ValueError:
        faults.note("conf", setting.where, f"is not a whole number: {setting.value!r}")
        return default


def classes(stanza: Stanza, prefix: str) -> list[Setting]:
    """The settings `PREFIX-<class>` in ASCII order of their classes, empty ones left out."""
    return [stanza[key] for key in sorted(stanza) if key.startswith(prefix) and stanza[key].value]


def names(setting: Setting) -> list[str]:
    """A comma-separated list of stanza names."""
    return [name.strip() for name in setting.value.split(",") if name.strip()]
