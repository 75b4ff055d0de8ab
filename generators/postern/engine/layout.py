"""The private folder of one run: configuration, data and logs, and where necessary a reachable copy of the server."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from postern.engine.account import Account, may_enter
from postern.engine.errors import EngineError

_PREFIX = "postern-node-"
_OWNER = "owner.json"
_CONFIG_FILES = ("jvm.options", "log4j2.properties")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's own folder; nothing outside it is written."""

    path: Path
    home: Path

    @property
    def config(self) -> Path:
        """Configuration, private because the server writes its keystore there."""
        return self.path / "config"

    @property
    def logs(self) -> Path:
        """Logs, the file with the ports that the server chose, and the console's output."""
        return self.path / "logs"

    @property
    def console(self) -> Path:
        """What the server printed; outside the folders that the server's user may write."""
        return self.path / "console.log"

    @property
    def pid_file(self) -> Path:
        """The process id of the running server's launcher."""
        return self.path / "node.pid"

    def note_owner(self, server: int) -> None:
        """Write down who runs here, so that a later run knows whether this folder is still needed."""
        self.pid_file.write_text(f"{server}\n", encoding="ascii")
        owner = {"owner": os.getpid(), "server": server}
        (self.path / _OWNER).write_text(json.dumps(owner), encoding="ascii")

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)


def make_run_folder(distribution: Path, account: Account | None, *, port: int | None, heap_mb: int) -> RunFolder:
    """Lay out a run.

    Args:
        distribution: the finished server in the cache, which is only read.
        account: who will run the server; None for the current user.
        port: the HTTP port, or None to let the system choose one.
        heap_mb: the server's heap.

    Raises:
        EngineError: no temporary folder can be reached by `account`.
        OSError: the disk is full or may not be written.
    """
    _remove_abandoned()
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        home = _let_in(account, path, distribution) if account else distribution
        run = RunFolder(path, home)
        _configure(run, distribution, port, heap_mb)
        for folder in (run.config, run.logs, path / "data", path / "tmp"):
            folder.mkdir(exist_ok=True)
            if account:
                os.chown(folder, account.uid, account.gid)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return run


def _let_in(account: Account, path: Path, distribution: Path) -> Path:
    """Let another user into the run's folder, and find or make a server that this user can read."""
    path.chmod(0o755)
    if not may_enter(account, path):
        raise EngineError(
            f"The user {account.name}, who runs the server, cannot reach {path.parent}.",
            "Set TMPDIR to a folder that every user can enter, such as /var/tmp.",
        )
    if may_enter(account, distribution / "lib"):
        return distribution
    return _reachable_copy(distribution, path / "server")


def _reachable_copy(distribution: Path, target: Path) -> Path:
    """Bring the server where its user can read it: hard links cost nothing, another file system needs copies."""

    def link_or_copy(source: str, destination: str) -> None:
        try:
            os.link(source, destination)
        except OSError:
            shutil.copy2(source, destination)

    return Path(shutil.copytree(distribution, target, copy_function=link_or_copy))


def _configure(run: RunFolder, distribution: Path, port: int | None, heap_mb: int) -> None:
    options = run.config / "jvm.options.d"
    options.mkdir(parents=True)
    for name in _CONFIG_FILES:
        shutil.copyfile(distribution / "config" / name, run.config / name)
    (options / "postern.options").write_text(
        f"-Xms{heap_mb}m\n-Xmx{heap_mb}m\n-XX:-HeapDumpOnOutOfMemoryError\n-XX:-UsePerfData\n"
        "-Xlog:disable\n-Xlog:all=warning:stderr\n",
        encoding="ascii",
    )
    settings = {
        "cluster.name": "postern",
        "node.name": "postern",
        # The server writes the ports that it really has into the log folder, so that no port is raced for.
        "node.portsfile": "true",
        "path.data": str(run.path / "data"),
        "path.logs": str(run.logs),
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port or 0,
        "transport.port": 0,
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    text = "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    (run.config / "elasticsearch.yml").write_text(text, encoding="utf-8")


def _remove_abandoned() -> None:
    """Remove folders whose owner and whose server are both dead: of runs that were killed, of stopped kept nodes."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            pids = json.loads((path / _OWNER).read_text(encoding="ascii")).values()
        except (OSError, ValueError):
            continue
        if not any(_lives(int(pid)) for pid in pids):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
