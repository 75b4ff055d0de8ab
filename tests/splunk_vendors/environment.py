"""The tools' environments: made once in the user's cache folder, then found there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from postern.paths import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAMP = "postern.stamp"
_PARTIAL = ".partial-"
# Settings that would put the packages elsewhere; which index is asked, and how it is reached, is the user's to say.
_ELSEWHERE = frozenset({"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER"})


class ToolError(Exception):
    """A tool cannot be installed, or did not do its work."""


@dataclass(frozen=True)
class Tool:
    """A command-line tool on the Python package index.

    Attributes:
        name, version: the package; exactly this version.
        start: Python code that runs the tool with `sys.argv`. Not its script: that names the folder it was made in.
        beside: further packages, with versions.
    """

    name: str
    version: str
    start: str
    beside: tuple[str, ...] = ()

    @property
    def packages(self) -> list[str]:
        """What pip is asked for."""
        return [f"{self.name}=={self.version}", *self.beside]


_LOCKS: defaultdict[Tool, Lock] = defaultdict(Lock)
_READY: dict[tuple[Path, Tool], Path] = {}


def run(tool: Tool, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a tool in a folder, which is also its home: whatever it wants to remember goes with the folder.

    Raises:
        ToolError: the tool cannot be installed.
    """
    command = [str(ready(tool)), "-c", tool.start, *arguments]
    environment = {**_without_python(os.environ), "HOME": str(folder), "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def ready(tool: Tool) -> Path:
    """The Python of a tool's environment in the user's cache folder; looked at once in each run of ours."""
    home = cache_folder() / "tools"
    with _LOCKS[tool]:
        if (home, tool) not in _READY:
            _READY[home, tool] = ensure(tool, home)
        return _READY[home, tool]


def ensure(tool: Tool, tools: Path) -> Path:
    """The Python of a tool's environment; made first where there is none, or a broken one.

    It is built beside its place and renamed into it: an interrupted run leaves no half of it. Runs at the same time wait
    for the first one.

    Raises:
        ToolError: pip could not install it.
    """
    home = tools / f"{tool.name}-{tool.version}"
    if not _is_whole(home, tool):
        tools.mkdir(parents=True, exist_ok=True)
        with _only_one(tools / f".{tool.name}.lock"):
            for leftover in tools.glob(f"{_PARTIAL}{tool.name}-*"):  # of a run that was killed
                shutil.rmtree(leftover, ignore_errors=True)
            if not _is_whole(home, tool):
                _renew(home, tool)
    return _python(home)


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold a lock; the system frees it when its holder dies, however that happens."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _renew(home: Path, tool: Tool) -> None:
    prefix = f"{_PARTIAL}{tool.name}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=home.parent, ignore_cleanup_errors=True) as workshop:
        made = Path(workshop) / "made"
        _make(made, tool)
        if home.exists():
            home.rename(Path(workshop) / "broken")
        made.rename(home)


def _make(folder: Path, tool: Tool) -> None:
    """Build an environment; our own pip serves it, for to give it one of its own takes longer than all the rest."""
    environment = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    pip = [sys.executable, "-m", "pip", "--python", str(_python(folder)), "--quiet", "--disable-pip-version-check"]
    for command in (environment, [*pip, "install", "--no-input", *tool.packages]):
        done = subprocess.run(command, env=_for_pip(), capture_output=True, text=True, check=False)
        if done.returncode:
            advice = (
                "Look at the network, the proxy (HTTPS_PROXY) or the package index (PIP_INDEX_URL), then run it again."
            )
            raise ToolError(f"{tool.name} {tool.version} could not be installed: {done.stderr.strip()}\n-> {advice}")
    (folder / _STAMP).write_text(_stamp(folder, tool), encoding="utf-8")


def _is_whole(home: Path, tool: Tool) -> bool:
    """The stamp is there, speaks of this tool and this Python, and no file has gone since."""
    stamp = home / _STAMP
    return stamp.is_file() and _python(home).exists() and stamp.read_text(encoding="utf-8") == _stamp(home, tool)


def _stamp(home: Path, tool: Tool) -> str:
    files = sum(len([name for name in names if not name.endswith(".pyc")]) for _, _, names in os.walk(home))
    count = files - (home / _STAMP).is_file()
    return "\n".join([*tool.packages, sys.version, sys.base_prefix, f"{count} files", ""])


def _python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _for_pip() -> dict[str, str]:
    """The environment without what would send the packages to another folder."""
    return {name: value for name, value in _without_python(os.environ).items() if name not in _ELSEWHERE}


def _without_python(environment: os._Environ[str]) -> dict[str, str]:
    """Without our own environment's paths: a tool sees its packages only."""
    return {name: value for name, value in environment.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
