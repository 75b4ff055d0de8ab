"""What can go wrong with the engine: each fault is one sentence and leaves nothing behind; no real download here."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import zipfile
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from postern.engine import (
    EngineError,
    Java,
    cached_distribution,
    check_machine,
    ensure_distribution,
    ensure_java,
    running_node,
    start_node,
    swap_mappings,
)
from postern.engine import java as java_module
from postern.engine.account import Account
from postern.engine.artifacts import Artifact, Carrier, Recipe, load_recipe
from postern.engine.download import Source, _mirrors, silent
from postern.engine.layout import make_run_folder
from postern.engine.logs import last_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postern.engine import Node, Progress

# --- a repository on the loopback address, with a tiny recipe ---


@dataclass
class Repository:
    """Files by path, how to misbehave, and what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut: set[str] = field(default_factory=set)
    busy: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def source(self, progress: Progress = silent) -> Source:
        """A source that knows only this repository and does not wait between attempts."""
        return Source((self.address,), progress, pause=0)

    def names(self) -> list[str]:
        """The names of the files asked for, in order."""
        return [path.rpartition("/")[2] for path, _ in self.asked]


class _Handler(BaseHTTPRequestHandler):
    repository: Repository

    def do_GET(self) -> None:
        """Serve a file, or a range of it, or misbehave."""
        served, span = self.repository, self.headers.get("Range")
        served.asked.append((self.path, span))
        if served.busy:
            served.busy -= 1
            self.send_error(503)
        elif self.path not in served.files:
            self.send_error(404)
        else:
            self._send(served.files[self.path], span if served.ranges else None, cut=self.path in served.cut)

    def _send(self, content: bytes, span: str | None, *, cut: bool) -> None:
        body, status = content, 200
        if span:
            first, _, last = span.removeprefix("bytes=").partition("-")
            start = int(first) if first else max(0, len(content) - int(last))
            end = int(last) + 1 if first else len(content)
            body, status = content[start:end], 206
        self.send_response(status)
        if span:
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Stay silent."""


@contextlib.contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_SCRIPT = b"#!/bin/bash\nexit 1\n"
_MODULE = os.urandom(3000)
_CLASS = b"a class"
_FILLER = os.urandom(300_000)


class Tiny(NamedTuple):
    """A tiny recipe and the repository that serves it."""

    recipe: Recipe
    repository: Repository


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, no cluster, no cache and no temporary folder of the machine takes part."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("POSTERN_ES_URL", "POSTERN_ES_API_KEY", "POSTERN_ES_USER", "POSTERN_ES_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POSTERN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "run"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """An empty cache folder of its own."""
    (tmp_path / "fetched").mkdir()
    return tmp_path / "fetched"


@pytest.fixture
def tiny() -> Iterator[Tiny]:
    """A recipe of a few kilobytes in the shape of the real one, served on the loopback address."""
    base = _zipped(
        {
            "elasticsearch-1.0.0/bin/elasticsearch": _SCRIPT,
            "elasticsearch-1.0.0/lib/server.jar": b"server",
            "elasticsearch-1.0.0/config/jvm.options": b"",
            "elasticsearch-1.0.0/config/log4j2.properties": b"",
        }
    )
    big = _zipped({"top/filler": _FILLER, "top/modules/m/m.jar": _MODULE, "top/last": _FILLER})
    esql, patch = b"es|ql jar", _zipped({"filler": _FILLER, "a/A.class": _CLASS})
    recipe = Recipe(
        version="1.0.0",
        base=Artifact("g", "base", "1", "zip", _sum(base)),
        modules=Carrier(Artifact("g", "big", "1", "zip"), "top/modules/", 1000, {"m/m.jar": _sum(_MODULE)}),
        esql=(Artifact("g", "esql", "1", "jar", _sum(esql)),),
        patch=Carrier(Artifact("g", "patch", "1"), "", 1000, {"a/A.class": _sum(_CLASS)}),
    )
    repository = Repository(
        {
            "/g/base/1/base-1.zip": base,
            "/g/big/1/big-1.zip": big,
            "/g/esql/1/esql-1.jar": esql,
            "/g/patch/1/patch-1.jar": patch,
        }
    )
    with _serving(type("Handler", (_Handler,), {"repository": repository})) as address:
        repository.address = address
        yield Tiny(recipe, repository)


def _left_in(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.name != ".lock")


def _failure(tiny: Tiny, cache: Path) -> EngineError:
    """Fetch, and return the failure after seeing that it left nothing."""
    with pytest.raises(EngineError) as caught:
        ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert _left_in(cache) == []
    assert caught.value.sentence.endswith(".")
    assert caught.value.way_out
    return caught.value


# --- fetching ---


def test_modules_come_by_range_and_a_second_run_asks_for_nothing(tiny: Tiny, cache: Path) -> None:
    home = ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert (home / "modules/m/m.jar").read_bytes() == _MODULE
    assert (home / "modules/x-pack-esql/esql-1.jar").read_bytes() == b"es|ql jar"
    with zipfile.ZipFile(home / "modules/x-pack-esql/postern-missing-classes.jar") as jar:
        assert jar.read("a/A.class") == _CLASS
    descriptor = (home / "modules/x-pack-esql/plugin-descriptor.properties").read_text()
    assert "version=1.0.0\n" in descriptor
    assert "classname=org.elasticsearch.xpack.esql.plugin.EsqlPlugin\n" in descriptor
    assert os.access(home / "bin/elasticsearch", os.X_OK)
    spans = [span for path, span in tiny.repository.asked if path.endswith("big-1.zip")]
    assert len(spans) == 2
    assert all(spans)
    assert _left_in(cache) == [tiny.recipe.folder]
    tiny.repository.asked.clear()
    assert ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source()) == home
    assert tiny.repository.asked == []


def test_refused_ranges_fetch_the_whole_zip(tiny: Tiny, cache: Path) -> None:
    tiny.repository.ranges = False
    home = ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert (home / "modules/m/m.jar").read_bytes() == _MODULE
    assert tiny.repository.asked[-1] == ("/g/patch/1/patch-1.jar", None)


def test_directory_longer_than_expected_fetches_the_whole_zip(tiny: Tiny, cache: Path) -> None:
    recipe = replace(tiny.recipe, modules=replace(tiny.recipe.modules, tail=50))
    home = ensure_distribution(recipe=recipe, cache=cache, source=tiny.repository.source())
    assert (home / "modules/m/m.jar").read_bytes() == _MODULE


def test_tampered_download_is_refused(tiny: Tiny, cache: Path) -> None:
    content = tiny.repository.files["/g/base/1/base-1.zip"]
    tiny.repository.files["/g/base/1/base-1.zip"] = content.replace(b"exit 1", b"exit 2")
    error = _failure(tiny, cache)
    assert "base-1.zip is broken or was tampered with" in error.sentence
    assert tiny.recipe.base.sha256 in error.sentence


@pytest.mark.parametrize("ranges", [True, False])
def test_tampered_module_is_refused_by_range_and_whole(tiny: Tiny, cache: Path, *, ranges: bool) -> None:
    tiny.repository.ranges = ranges
    other = _zipped({"top/filler": _FILLER, "top/modules/m/m.jar": _MODULE[::-1], "top/last": _FILLER})
    tiny.repository.files["/g/big/1/big-1.zip"] = other
    assert "m/m.jar is broken or was tampered with" in _failure(tiny, cache).sentence


def test_garbled_module_is_refused(tiny: Tiny, cache: Path) -> None:
    content = tiny.repository.files["/g/big/1/big-1.zip"]
    tiny.repository.files["/g/big/1/big-1.zip"] = content.replace(_MODULE[:100], bytes(100))
    assert "m/m.jar in big-1.zip is damaged" in _failure(tiny, cache).sentence


def test_missing_module_is_refused(tiny: Tiny, cache: Path) -> None:
    tiny.repository.files["/g/big/1/big-1.zip"] = _zipped({"top/filler": _FILLER})
    assert "big-1.zip lacks m/m.jar" in _failure(tiny, cache).sentence


def test_page_of_a_portal_instead_of_a_zip_is_refused(tiny: Tiny, cache: Path) -> None:
    tiny.repository.files["/g/big/1/big-1.zip"] = b"<html>log in first</html>"
    assert "big-1.zip is damaged" in _failure(tiny, cache).sentence


def test_truncated_download_is_tried_again_then_told(tiny: Tiny, cache: Path) -> None:
    tiny.repository.cut.add("/g/base/1/base-1.zip")
    error = _failure(tiny, cache)
    assert "base-1.zip could not be downloaded: the transfer broke off" in error.sentence
    assert tiny.repository.names() == ["base-1.zip"] * 4


def test_transient_fault_is_overcome(tiny: Tiny, cache: Path) -> None:
    tiny.repository.busy = 2
    ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert tiny.repository.names()[:3] == ["base-1.zip"] * 3


def test_missing_artifact_is_asked_for_once(tiny: Tiny, cache: Path) -> None:
    del tiny.repository.files["/g/esql/1/esql-1.jar"]
    assert "esql-1.jar could not be downloaded: the repository answers 404" in _failure(tiny, cache).sentence
    assert tiny.repository.names().count("esql-1.jar") == 1


def test_second_repository_helps_out(tiny: Tiny, cache: Path) -> None:
    source = Source((f"{tiny.repository.address}/elsewhere", tiny.repository.address), pause=0)
    assert ensure_distribution(recipe=tiny.recipe, cache=cache, source=source).is_dir()


def test_no_network_is_one_sentence(tiny: Tiny, cache: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        tiny.repository.address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    error = _failure(tiny, cache)
    assert error.sentence == "base-1.zip could not be downloaded: there is no connection to the server."
    assert "POSTERN_ES_URL" in error.way_out


def test_full_disk_is_told_before_the_download(tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10))
    error = _failure(tiny, cache)
    assert error.sentence == f"The disk that holds {cache} is full."
    assert "POSTERN_CACHE" in error.way_out


def test_full_disk_while_unpacking(tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert _failure(tiny, cache).sentence == f"The disk that holds {cache} is full."


def test_cache_that_may_not_be_written(tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(EngineError, match=r"may not be written \(Permission denied\)"):
        ensure_distribution(recipe=tiny.recipe, cache=cache / "c", source=tiny.repository.source())


def test_interrupted_fetch_leaves_nothing(tiny: Tiny, cache: Path) -> None:
    def interrupt(name: str, _done: int, _total: int | None) -> None:
        if name == "esql-1.jar":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source(progress=interrupt))
    assert _left_in(cache) == []
    assert cached_distribution(tiny.recipe, cache) is None


def test_leftovers_of_a_killed_run_go(tiny: Tiny, cache: Path) -> None:
    (cache / ".partial-dead" / "half").mkdir(parents=True)
    ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert _left_in(cache) == [tiny.recipe.folder]


def test_two_runs_at_once_fetch_once(tiny: Tiny, cache: Path) -> None:
    homes: list[Path] = []

    def run() -> None:
        homes.append(ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source()))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(homes) == 3
    assert tiny.repository.names().count("base-1.zip") == 1


def test_damaged_cache_is_fetched_anew(tiny: Tiny, cache: Path) -> None:
    home = ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    (home / "lib/server.jar").unlink()
    assert cached_distribution(tiny.recipe, cache) is None
    ensure_distribution(recipe=tiny.recipe, cache=cache, source=tiny.repository.source())
    assert (home / "lib/server.jar").read_bytes() == b"server"
    assert _left_in(cache) == [tiny.recipe.folder]


def test_missing_package_of_the_extra(cache: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    with pytest.raises(EngineError, match="package jgo is not installed"):
        ensure_distribution(recipe=tiny.recipe, cache=cache)


def test_mirrors_of_maven_settings(tmp_path: Path) -> None:
    settings = tmp_path / "settings.xml"
    settings.write_text(
        '<settings xmlns="urn:s"><mirrors>'
        "<mirror><mirrorOf>other</mirrorOf><url>http://127.0.0.1/no</url></mirror>"
        "<mirror><mirrorOf>x, central</mirrorOf><url>http://127.0.0.1/yes</url></mirror>"
        "</mirrors></settings>"
    )
    assert list(_mirrors(settings)) == ["http://127.0.0.1/yes"]
    assert list(_mirrors(tmp_path / "none.xml")) == []


def test_every_pin_of_the_recipe_is_a_sum() -> None:
    recipe = load_recipe()
    pins = [recipe.base.sha256, *(jar.sha256 for jar in recipe.esql)]
    pins += [*recipe.modules.files.values(), *recipe.patch.files.values()]
    assert len(pins) > 60
    assert all(len(pin) == 64 and int(pin, 16) for pin in pins)


# --- Java ---


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no Java can be found."""
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(java_module, "_INSTALLED_PLACES", ())
    (tmp_path / "bin").mkdir()


def _fake_java(folder: Path, version: str, note: str = "") -> None:
    program = folder / "bin" / "java"
    program.parent.mkdir(exist_ok=True, parents=True)
    program.write_text(
        f"#!/bin/sh\n/bin/cat <<E\n    java.home = {folder}\n    java.specification.version = {version}\n{note}\nE\n"
    )
    program.chmod(0o755)


@pytest.mark.usefixtures("no_java")
def test_no_java_and_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EngineError) as caught:
        ensure_java(interactive=False)
    assert caught.value.sentence == "There is no Java 17 or newer that can run Elasticsearch."
    assert caught.value.way_out.startswith("Install one with: ")


@pytest.mark.usefixtures("no_java")
def test_no_java_stops_the_start() -> None:
    with pytest.raises(EngineError, match="no Java 17 or newer"):
        start_node(distribution=Path("never-looked-at"))


@pytest.mark.usefixtures("no_java")
@pytest.mark.parametrize(
    ("version", "note", "why"),
    [("11", "incubator", "is Java 11"), ("1.8", "", "is Java 8"), ("21", "", "cut-down Java 21")],
)
def test_unsuitable_java_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, note: str, why: str
) -> None:
    _fake_java(tmp_path / "jdk", version, note)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    report = next(check for check in check_machine().checks if check.name == "Java")
    assert not report.ok
    assert why in report.finding
    assert "JAVA_HOME" in report.finding


@pytest.mark.usefixtures("no_java")
def test_java_is_found_behind_an_unsuitable_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    _fake_java(tmp_path / "old", "11")
    _fake_java(tmp_path / "new", "21", "WARNING: Using incubator modules")
    monkeypatch.setenv("ES_JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "new"))
    assert ensure_java(interactive=False) == Java(tmp_path / "new", 21, "JAVA_HOME")


def _machine_with_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, brings: str, calls: list[list[str]]) -> None:
    """Root on a machine whose apt brings a Java with the package named `brings`, after an update only."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(java_module, "server_account", lambda: None)
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "apt-get").chmod(0o755)

    def apt(arguments: list[str]) -> str:
        calls.append(arguments)
        if brings in arguments and ["update"] in calls:
            _fake_java(tmp_path, "17", "incubator")
            return ""
        return "" if arguments == ["update"] else "E: Unable to locate package"

    monkeypatch.setattr(java_module, "_apt", apt)


@pytest.mark.usefixtures("no_java")
def test_root_without_terminal_installs_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []
    said: list[str] = []
    _machine_with_apt(monkeypatch, tmp_path, brings="default-jre-headless", calls=calls)
    assert ensure_java(interactive=False, tell=said.append).version == 17
    assert calls == [
        ["install", "--yes", "default-jre-headless"],
        ["update"],
        ["install", "--yes", "default-jre-headless"],
    ]
    assert said == ["Installing Java: apt-get install --yes default-jre-headless"]


@pytest.mark.usefixtures("no_java")
def test_apt_that_brings_no_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _machine_with_apt(monkeypatch, tmp_path, brings="nothing", calls=[])
    with pytest.raises(EngineError, match="could not be installed: E: Unable to locate package"):
        ensure_java(interactive=False, tell=lambda _: None)


@pytest.mark.usefixtures("no_java")
def test_terminal_asks_and_takes_no_for_an_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []
    questions: list[str] = []
    _machine_with_apt(monkeypatch, tmp_path, brings="default-jre-headless", calls=calls)

    def no(question: str) -> str:
        questions.append(question)
        return ""

    with pytest.raises(EngineError, match="Install one with"):
        ensure_java(interactive=True, ask=no)
    assert calls == []
    assert "apt-get install --yes default-jre-headless" in questions[0]
    assert ensure_java(interactive=True, ask=lambda _: "y", tell=lambda _: None).version == 17


# --- the report ---


def test_report_names_every_problem_with_its_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(100 * 1024 * 1024))
    monkeypatch.setattr("postern.engine.preflight.available_memory", lambda: 200 * 1024 * 1024)
    monkeypatch.setattr("postern.engine.preflight.find_java", lambda: Java(Path("jdk"), 17, "PATH"))
    report = check_machine()
    assert not report.ok
    assert [check.name for check in report.checks if not check.ok] == ["cache", "data", "memory"]
    assert "100 MB free" in report.text()
    assert "-> Free some space, or set POSTERN_CACHE" in report.text()
    with pytest.raises(EngineError, match="200 MB of memory available, 1,536 needed"):
        report.require()


def test_cluster_by_url_needs_no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTERN_ES_URL", "http://127.0.0.1:9")
    assert [check.name for check in check_machine().checks] == ["Python", "cluster"]


# --- the node, with servers made of a script ---

_LIVING = """
import http.server, json, os, pathlib, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/die"):
            print("java.lang.OutOfMemoryError: Java heap space", flush=True)
            os._exit(3)
        body = json.dumps({"timed_out": False, "status": "green"}).encode()
        self.send_response(200)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
logs = pathlib.Path(os.environ["ES_PATH_CONF"]).parent / "logs"
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
(logs / "ports.tmp").write_text(f"127.0.0.1:{server.server_port}\\n")
(logs / "ports.tmp").rename(logs / "http.ports")
server.serve_forever()
"""


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes a distribution whose bin/elasticsearch is a script; it runs as the current user and needs no Java."""
    monkeypatch.setattr("postern.engine.node.server_account", lambda: None)
    monkeypatch.setattr("postern.engine.node.find_java", lambda: Java(Path("jdk"), 17, "PATH"))

    def make(script: str) -> Path:
        home = tmp_path / "distribution"
        for folder in ("bin", "config", "lib"):
            (home / folder).mkdir(parents=True)
        (home / "bin" / "elasticsearch").write_text(script)
        (home / "living.py").write_text(_LIVING)
        for name in ("jvm.options", "log4j2.properties"):
            (home / "config" / name).write_text("")
        return home

    return make


def _living(home: Path) -> str:
    return f'exec "{sys.executable}" -I "{home}/living.py"\n'


def _run_folders(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "run").iterdir())


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_node_is_reached_and_stopped(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted(_living(tmp_path / "distribution"))
    with running_node(distribution=home) as node:
        assert node.client().cluster.health()["status"] == "green"
        assert node.swaps["wildcard"] == "keyword"
        pid = node.pid
        assert str(pid) == (_run_folders(tmp_path)[0] / "node.pid").read_text().strip()
        settings = (_run_folders(tmp_path)[0] / "config/elasticsearch.yml").read_text()
        assert 'network.host: "127.0.0.1"' in settings
    assert pid is not None
    assert _is_gone(pid)
    assert _run_folders(tmp_path) == []


def test_stop_takes_the_children_too_and_insists(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted(f'trap "" TERM\nsleep 600 &\necho $! > "$ES_TMPDIR/child"\n{_living(tmp_path / "distribution")}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("postern.engine.node._STOP_SECONDS", 0.3)
        with running_node(distribution=home) as node:
            child = int((_run_folders(tmp_path)[0] / "tmp/child").read_text())
            pid = node.pid
    assert pid is not None
    assert _is_gone(pid)
    assert _is_gone(child) or _state(child) == "Z"


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_port_in_use_is_told_before_anything_starts(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted("exit 1\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError) as caught:
            start_node(distribution=home, port=port)
    assert caught.value.sentence == f"Port {port} is in use."
    assert "another port" in caught.value.way_out
    assert _run_folders(tmp_path) == []


@pytest.mark.parametrize(
    ("output", "sentence", "way_out"),
    [
        ("[x][ERROR][o.e.B] [postern] fatal\njava.lang.IllegalStateException: boom\n\tat x.y", "boom", "Run the"),
        ("org.elasticsearch.http.BindHttpException: Failed to bind to 127.0.0.1:[9200]", "9200", "another port"),
        ("OpenJDK: error: Cannot allocate memory (errno=12)", "Cannot allocate", "more memory"),
        ("java.io.IOException: No space left on device", "No space", "disk space"),
        ("", "it printed nothing", "Run the"),
    ],
)
def test_dead_node_tells_its_last_words(
    scripted: Callable[[str], Path], tmp_path: Path, output: str, sentence: str, way_out: str
) -> None:
    home = scripted(f"cat <<'E'\n{output}\nE\nexit 78\n")
    with pytest.raises(EngineError) as caught:
        start_node(distribution=home)
    assert caught.value.sentence.startswith("Elasticsearch died while starting (exit code 78): ")
    assert sentence in caught.value.sentence
    assert way_out in caught.value.way_out
    assert "\n" not in str(caught.value)
    assert (tmp_path / "cache/last-failure.log").read_text().strip() == output
    assert _run_folders(tmp_path) == []


def test_killed_node_is_said_to_lack_memory(scripted: Callable[[str], Path]) -> None:
    with pytest.raises(EngineError, match="it was killed, most likely because memory ran out"):
        start_node(distribution=scripted("kill -9 $$\n"))


def test_slow_node_is_stopped_at_the_deadline(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted('echo $$ > "$ES_TMPDIR/../../pid"\necho "still thinking"\nexec sleep 600\n')
    with pytest.raises(EngineError, match=r"did not start within 1 seconds; its last words: still thinking\."):
        start_node(distribution=home, deadline=1)
    assert _is_gone(int((tmp_path / "run/pid").read_text()))


def test_death_during_the_run_is_what_is_told(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted(_living(tmp_path / "distribution"))

    def die(node: Node) -> None:
        node.client().options(max_retries=0).perform_request("GET", "/die", headers={"accept": "application/json"})

    with (
        pytest.raises(EngineError, match=r"died during the run \(exit code 3\): java.lang.OutOfMemoryError"),
        running_node(distribution=home) as node,
    ):
        die(node)
    assert _run_folders(tmp_path) == []


def test_own_errors_pass_through(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted(_living(tmp_path / "distribution"))
    with pytest.raises(ZeroDivisionError), running_node(distribution=home):
        raise ZeroDivisionError
    assert _run_folders(tmp_path) == []


def test_kept_node_lives_on_and_its_folder_goes_later(scripted: Callable[[str], Path], tmp_path: Path) -> None:
    home = scripted(_living(tmp_path / "distribution"))
    with running_node(distribution=home, keep=True) as node:
        pid = node.pid
    assert pid is not None
    assert not _is_gone_now(pid)
    assert f'kill "$(cat {_run_folders(tmp_path)[0]}/node.pid)"' in node.how_to_stop
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    owner = _run_folders(tmp_path)[0] / "owner.json"
    owner.write_text(owner.read_text().replace(str(os.getpid()), str(pid)))
    with running_node(distribution=home):
        assert len(_run_folders(tmp_path)) == 1
    assert _run_folders(tmp_path) == []


def _is_gone_now(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_polite_end_of_our_process_stops_the_node(
    scripted: Callable[[str], Path], tmp_path: Path, number: signal.Signals
) -> None:
    home = scripted(_living(tmp_path / "distribution"))
    program = f"""
        import pathlib, tempfile, time
        import postern.engine.node as n
        from postern.engine import Java
        tempfile.tempdir = {str(tmp_path / "run")!r}
        n.server_account = lambda: None
        n.find_java = lambda: Java(pathlib.Path("jdk"), 17, "PATH")
        with n.running_node(distribution=pathlib.Path({str(home)!r})) as node:
            print(node.pid, flush=True)
            time.sleep(60)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.send_signal(number)
        process.wait(20)
    assert _is_gone(pid)
    assert _run_folders(tmp_path) == []


def test_temporary_folder_that_the_servers_user_cannot_reach(
    scripted: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postern.engine.layout.may_enter", lambda _account, _folder: False)
    account = Account("somebody", os.getuid(), os.getgid())
    with pytest.raises(EngineError, match="The user somebody, who runs the server, cannot reach"):
        make_run_folder(scripted(""), account, port=None, heap_mb=64)
    assert _run_folders(tmp_path) == []


def test_unreachable_cache_is_linked_into_the_run(
    scripted: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = scripted("exit 0\n")
    monkeypatch.setattr("postern.engine.layout.may_enter", lambda _account, folder: home not in folder.parents)
    run = make_run_folder(home, Account("somebody", os.getuid(), os.getgid()), port=None, heap_mb=64)
    assert run.home.parent == run.path
    assert (run.home / "bin/elasticsearch").samefile(home / "bin/elasticsearch")


def test_last_words_skip_stamps_and_stacks() -> None:
    text = "[2026][INFO ][o.e.n.Node] [postern] fine\n[2026][ERROR][o.e.b.E] [postern] fatal\nX: Exception\n\tat a.b\n"
    assert last_words(text) == ["fatal", "X: Exception"]


# --- a cluster by URL ---


def _cluster(status: int, *, product: bool = True) -> type[BaseHTTPRequestHandler]:
    class Cluster(BaseHTTPRequestHandler):
        seen: str | None = None

        def do_GET(self) -> None:
            """Answer with the status that was asked for."""
            type(self).seen = self.headers.get("Authorization")
            body = b'{"version": {"number": "8.19.16"}}'
            self.send_response(status)
            if product:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            """Stay silent."""

    return Cluster


@pytest.mark.parametrize(
    ("status", "product", "sentence"),
    [(401, True, "refuses the credentials"), (503, True, "answers 503"), (200, False, "is not Elasticsearch")],
)
def test_cluster_that_will_not_do(
    monkeypatch: pytest.MonkeyPatch, status: int, sentence: str, *, product: bool
) -> None:
    with _serving(_cluster(status, product=product)) as url:
        monkeypatch.setenv("POSTERN_ES_URL", url.replace("//", "//me:secret@"))
        with pytest.raises(EngineError, match=sentence) as caught:
            start_node()
    assert "secret" not in str(caught.value)


def test_cluster_by_url_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler: Any = _cluster(200)
    with _serving(handler) as url:
        monkeypatch.setenv("POSTERN_ES_URL", f"{url}/")
        monkeypatch.setenv("POSTERN_ES_API_KEY", "a-key")
        with running_node() as node:
            assert node.url == url
            assert node.pid is None
            assert node.swaps == {}
            assert node.client().info()["version"]["number"] == "8.19.16"
    assert handler.seen == "ApiKey a-key"
    assert _run_folders(tmp_path) == []


@pytest.mark.parametrize("url", ["127.0.0.1:9200", "https://", "ftp://127.0.0.1", "http://127.0.0.1:99999"])
def test_url_that_is_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("POSTERN_ES_URL", url)
    with pytest.raises(EngineError, match="POSTERN_ES_URL is not the address of a cluster"):
        start_node()


def test_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("POSTERN_ES_URL", f"http://127.0.0.1:{probe.getsockname()[1]}")
        with pytest.raises(EngineError, match="cannot be reached"):
            start_node()


# --- swaps ---


def test_swaps_reach_every_corner_and_leave_the_original() -> None:
    body: dict[str, Any] = {
        "index_patterns": ["logs-*"],
        "template": {
            "mappings": {
                "dynamic_templates": [
                    {"shapes": {"match": "geo_*", "mapping": {"type": "geo_shape"}}},
                    {"words": {"match": "w_*", "mapping": {"type": "wildcard"}}},
                    {"off": {"match": "x_*", "runtime": {"type": "keyword"}}},
                ],
                "properties": {
                    "data_stream": {"properties": {"type": {"type": "constant_keyword", "value": "logs"}}},
                    "message": {"type": "match_only_text", "fields": {"raw": {"type": "wildcard", "ignore_above": 9}}},
                    "load": {"type": "scaled_float", "scaling_factor": 100},
                    "size": {"type": "unsigned_long"},
                    "place": {"type": "geo_shape"},
                    "type": {"type": "keyword"},
                },
            }
        },
    }
    before = repr(body)
    adapted, swaps = swap_mappings(body)
    assert repr(body) == before
    assert adapted["template"]["mappings"] == {
        "dynamic_templates": [
            {"words": {"match": "w_*", "mapping": {"type": "keyword"}}},
            {"off": {"match": "x_*", "runtime": {"type": "keyword"}}},
        ],
        "properties": {
            "data_stream": {"properties": {"type": {"type": "keyword"}}},
            "message": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 9}}},
            "load": {"type": "double"},
            "size": {"type": "long"},
            "type": {"type": "keyword"},
        },
    }
    assert [str(swap) for swap in swaps] == [
        "data_stream.type: constant_keyword -> keyword",
        "message: match_only_text -> text",
        "message.raw: wildcard -> keyword",
        "load: scaled_float -> double",
        "size: unsigned_long -> long",
        "place: geo_shape -> dropped",
        "dynamic_templates.shapes: geo_shape -> dropped",
        "dynamic_templates.words: wildcard -> keyword",
    ]


def test_a_full_cluster_gets_the_template_as_it_is() -> None:
    body = {"mappings": {"properties": {"m": {"type": "wildcard"}}}}
    assert swap_mappings(body, {}) == (body, [])


# --- the real node ---


@pytest.mark.engine
def test_real_node_ingests_and_answers_esql(node: Node) -> None:
    client = node.client()
    mappings = {"properties": {"code": {"type": "constant_keyword", "value": "k"}, "place": {"type": "geo_shape"}}}
    body, swaps = swap_mappings({"mappings": mappings}, node.swaps)
    assert len(swaps) == len(node.swaps and mappings["properties"])
    client.indices.create(index="engine-codes", settings={"index.mode": "lookup"}, **body)
    client.bulk(operations=[{"index": {"_index": "engine-codes"}}, {"code": "k", "title": "found"}], refresh=True)
    client.bulk(operations=[{"index": {"_index": "engine-lines"}}, {"code": "k"}], refresh=True)
    query = "FROM engine-lines | EVAL code = code.keyword | LOOKUP JOIN engine-codes ON code | KEEP code, title.keyword"
    answer = client.esql.query(query=f"{query} | LIMIT 5")
    assert answer["values"] == [["k", "found"]]
    client.indices.delete(index="engine-lines,engine-codes")
