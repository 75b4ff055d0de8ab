"""Start one Elasticsearch for one run, and stop it again; or use the cluster that POSTERN_ES_URL names."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from postern.engine.account import server_account
from postern.engine.cluster import make_client, reach_cluster
from postern.engine.download import Progress, silent
from postern.engine.errors import EngineError, clear_disk_errors
from postern.engine.fetch import ensure_distribution
from postern.engine.java import MINIMUM, find_java, install_command, unsuitable_javas
from postern.engine.layout import RunFolder, make_run_folder
from postern.engine.logs import death, last_words
from postern.engine.swaps import SWAPS
from postern.paths import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from elasticsearch import Elasticsearch

    from postern.engine.account import Account
    from postern.engine.java import Java

_STOP_SECONDS = 20
_POLL_SECONDS = 0.1
_DEATH_SECONDS = 3
"""How long a launcher may take to follow its server."""


@dataclass(slots=True)
class Node:
    """A running Elasticsearch.

    Attributes:
        url: where it answers.
        swaps: field types that it lacks, with their stand-ins (see `swap_mappings`); empty for a cluster by URL.
    """

    url: str
    swaps: Mapping[str, str | None] = field(default_factory=dict)
    _client: Elasticsearch | None = None
    _process: subprocess.Popen[bytes] | None = None
    _run: RunFolder | None = None

    @property
    def pid(self) -> int | None:
        """The process to stop; None for a cluster by URL."""
        return self._process.pid if self._process else None

    @property
    def how_to_stop(self) -> str:
        """The command that stops the node and removes its folder; empty for a cluster by URL."""
        if self._run is None:
            return ""
        return f'kill "$(cat {self._run.pid_file})" && sleep 5 && rm -r {self._run.path}'

    def client(self) -> Elasticsearch:
        """The client of this node; always the same one, closed when the node is stopped."""
        if self._client is None:
            self._client = make_client(self.url)
        return self._client

    def keep(self) -> None:
        """Leave the server running beyond the end of this process; `how_to_stop` tells how to end it."""
        self._close_client()
        if self._process is not None and self._process.poll() is None:
            # Python otherwise warns that a child outlives its handle, which is what we want.
            self._process.returncode = 0

    def stop(self) -> None:
        """Stop the server, if we started it, and remove its folder."""
        self._close_client()
        if self._process is not None:
            _stop(self._process)
        if self._run is not None:
            self._run.remove()

    def _close_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def death(self, when: str = "during the run") -> EngineError | None:
        """Why the server that we started is dead; None while it lives."""
        if self._process is None or self._run is None or self._process.poll() is None:
            return None
        return death(self._run.console, self._process.returncode, cache_folder() / "last-failure.log", when=when)


@contextlib.contextmanager
def running_node(  # noqa: PLR0913 -- all by keyword, each with its default
    *,
    port: int | None = None,
    heap_mb: int = 512,
    deadline: float = 120,
    keep: bool = False,
    progress: Progress = silent,
    distribution: Path | None = None,
) -> Iterator[Node]:
    """An Elasticsearch for the time of a `with` block; see `start_node` for the arguments.

    Args:
        port: as for `start_node`.
        heap_mb: as for `start_node`.
        deadline: as for `start_node`.
        keep: leave the server running at the end; `how_to_stop` says how to stop it. After an error it is stopped.
        progress: as for `start_node`.
        distribution: as for `start_node`.

    Raises:
        EngineError: it cannot be started, or it died in the block.
    """
    with _polite_end():
        node = start_node(port=port, heap_mb=heap_mb, deadline=deadline, progress=progress, distribution=distribution)
        finished = False
        try:
            yield node
            finished = True
        except Exception as error:
            if reason := _death_behind(error, node):
                raise reason from error
            raise
        finally:
            if keep and finished:
                node.keep()
            else:
                node.stop()


def _death_behind(error: Exception, node: Node) -> EngineError | None:
    """The server's death, where the error that a block met is its consequence."""
    import elasticsearch

    if not isinstance(error, elasticsearch.TransportError):
        return None
    end = time.monotonic() + _DEATH_SECONDS
    while not (reason := node.death()) and node.pid and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    return reason


def start_node(
    *,
    port: int | None = None,
    heap_mb: int = 512,
    deadline: float = 120,
    progress: Progress = silent,
    distribution: Path | None = None,
) -> Node:
    """Start an Elasticsearch with fresh data on the loopback address, or reach the one of POSTERN_ES_URL.

    Args:
        port: its HTTP port; None to have a free one chosen.
        heap_mb: its heap in megabytes.
        deadline: how many seconds it may take to start.
        progress: told about the download, where there is one.
        distribution: the server's folder; the cached one, fetched where necessary, by default.

    Raises:
        EngineError: no Java, no network, a broken download, a full disk, a port in use, a server that dies or does not
            start in time, or a cluster by URL that cannot be reached.
    """
    if url := os.environ.get("POSTERN_ES_URL"):
        url, client = reach_cluster(url)
        return Node(url, _client=client)
    java = _require_java()
    if port is not None:
        _require_free(port)
    home = distribution or ensure_distribution(progress)
    account = server_account()
    with clear_disk_errors(Path(tempfile.gettempdir()), "TMPDIR"):
        run = make_run_folder(home, account, port=port, heap_mb=heap_mb)
    try:
        process = _launch(run, java, account)
    except OSError as error:
        run.remove()
        raise EngineError(f"The server cannot be started: {error}.", "Install bash, or mend what it says.") from error
    except BaseException:
        run.remove()
        raise
    node = Node("", SWAPS, _process=process, _run=run)
    try:
        run.note_owner(process.pid)
        _await_health(node, run, process, deadline)
    except BaseException:
        node.stop()
        raise
    return node


def _require_java() -> Java:
    java = find_java()
    if java is None:
        sentence = " ".join([f"There is no Java {MINIMUM} or newer that can run Elasticsearch.", *unsuitable_javas()])
        raise EngineError(sentence, f"Install one with: {install_command()}")
    return java


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        # As the server does it: a port whose last connections are just closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = "is in use" if getattr(error, "errno", 0) == errno.EADDRINUSE else f"cannot be used ({error})"
            raise EngineError(
                f"Port {port} {why}.", "Choose another port, or none to have a free one chosen."
            ) from error


def _launch(run: RunFolder, java: Java, account: Account | None) -> subprocess.Popen[bytes]:
    """Start the server in a process group of its own, with an environment of our own making."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "HOME": str(run.path),
        "HOSTNAME": "localhost",
        "ES_JAVA_HOME": str(java.home),
        "ES_PATH_CONF": str(run.config),
        "ES_TMPDIR": str(run.path / "tmp"),
        "CLI_JAVA_OPTS": f"-XX:-UsePerfData -XX:TieredStopAtLevel=1 -Djava.io.tmpdir={run.path / 'tmp'}",
    }
    with run.console.open("wb") as console:
        return subprocess.Popen(
            ["bash", run.home / "bin" / "elasticsearch"],
            env=environment,
            cwd=run.path,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _await_health(node: Node, run: RunFolder, process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait until the server has written its port and is healthy; notice its death at once."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if process.poll() is not None:
            raise node.death("while starting") or EngineError("Elasticsearch is gone.", "Run the command again.")
        if not node.url and (address := _address(run)):
            node.url = f"http://{address}"
        if node.url and _is_healthy(node):
            return
        time.sleep(_POLL_SECONDS)
    words = "; ".join(last_words(run.console.read_text(encoding="utf-8", errors="replace"))) or "it printed nothing"
    raise EngineError(
        f"Elasticsearch did not start within {deadline:.0f} seconds; its last words: {words.rstrip('.')}.",
        "Run the command again when the machine is less busy.",
    )


def _address(run: RunFolder) -> str | None:
    """Host and port that the server serves, once it has written them down (in one move)."""
    try:
        return (run.logs / "http.ports").read_text(encoding="ascii").split()[0]
    except (OSError, IndexError):
        return None


def _is_healthy(node: Node) -> bool:
    import elasticsearch

    try:
        health = node.client().cluster.health(wait_for_status="yellow", timeout="1s")
    except (elasticsearch.ApiError, elasticsearch.TransportError):
        return False
    return not health["timed_out"]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process group that we started: politely, then by force."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    # The launcher waits for the server; whatever is left of the group now did not go by itself.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def _polite_end() -> Iterator[None]:
    """Let a polite end of our own process (SIGTERM, a closed terminal) unwind, so that the server is stopped too."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
