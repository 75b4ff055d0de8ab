"""Look at the machine before anything is fetched: one report, each problem with its way out.

Only the standard library is needed here, so that the report comes before the environment is made.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from postern.engine.account import server_account
from postern.engine.errors import EngineError
from postern.engine.fetch import cached_distribution
from postern.engine.java import MINIMUM, find_java, install_command, unsuitable_javas
from postern.paths import cache_folder

_MB = 1024 * 1024
_MEMORY_MB = 1536
_DISK_BY_RANGE_MB = 700
_DISK_WHOLE_ZIP_MB = 2500
_DISK_CACHED_MB = 300


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what was looked at.
        ok: whether it will do.
        finding: what was found, as a sentence.
        way_out: what to do about it; empty where nothing is to be done.
    """

    name: str
    ok: bool
    finding: str
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one look at the machine."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether all checks passed."""
        return all(check.ok for check in self.checks)

    def text(self) -> str:
        """The report for people, one line a check and one a way out."""
        lines = []
        for check in self.checks:
            lines.append(f"{'ok     ' if check.ok else 'PROBLEM'}  {check.name:<8} {check.finding}")
            if check.way_out:
                lines.append(f"                  -> {check.way_out}")
        return "\n".join(lines)

    def require(self) -> None:
        """Stop where a check failed.

        Raises:
            EngineError: the problems and their ways out.
        """
        failed = [check for check in self.checks if not check.ok]
        if failed:
            raise EngineError(" ".join(check.finding for check in failed), " ".join(check.way_out for check in failed))


def check_machine(*, by_url: bool | None = None) -> Report:
    """Look at Python, Java, disk and memory.

    Args:
        by_url: whether a running cluster will be used, which needs no Java, disk or memory; by default, whether
            POSTERN_ES_URL is set.
    """
    if by_url is None:
        by_url = bool(os.environ.get("POSTERN_ES_URL"))
    if by_url:
        return Report((_python(), Check("cluster", ok=True, finding="POSTERN_ES_URL is set: no server is started.")))
    cached = cached_distribution() is not None
    disk = _disk("cache", cache_folder(), cached=cached)
    return Report((_python(), _java(), disk, _run_folder(), _memory()))


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    lacking = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    inside = sys.prefix != sys.base_prefix
    if lacking and not inside:
        way_out = f"Install it; on Debian: apt-get install --yes python3.{sys.version_info.minor}-venv"
        return Check("Python", ok=False, finding=f"Python {version} lacks its {lacking[0]} module.", way_out=way_out)
    return Check("Python", ok=True, finding=f"Python {version} with venv.")


def _java() -> Check:
    try:
        java = find_java()
    except EngineError as error:
        return Check("Java", ok=False, finding=error.sentence, way_out=error.way_out)
    if java is None:
        finding = " ".join([f"No Java {MINIMUM} or newer that can run Elasticsearch.", *unsuitable_javas()])
        return Check("Java", ok=False, finding=finding, way_out=f"Install one with: {install_command()}")
    return Check("Java", ok=True, finding=f"Java {java.version} in {java.home} ({java.found_by}).")


def _disk(name: str, folder: Path, *, cached: bool) -> Check:
    """Free disk for the download; with little of it, the way by whole files (where ranges are refused) is closed."""
    needed = _DISK_CACHED_MB if cached else _DISK_BY_RANGE_MB
    free = shutil.disk_usage(_nearest(folder)).free // _MB
    state = "the server is cached" if cached else "the server has yet to be fetched"
    if free < needed:
        way_out = "Free some space, or set POSTERN_CACHE to a folder on another disk."
        return Check(name, ok=False, finding=f"{free:,} MB free for {folder}, {needed:,} needed.", way_out=way_out)
    if not cached and free < _DISK_WHOLE_ZIP_MB:
        state += f"; {_DISK_WHOLE_ZIP_MB:,} MB would be needed where the network refuses partial downloads"
    return Check(name, ok=True, finding=f"{free:,} MB free for {folder}; {state}.")


def _run_folder() -> Check:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free // _MB
    account = server_account()
    who = f"the server runs as {account.name}" if account else "the server runs as you"
    if free < _DISK_CACHED_MB:
        finding = f"{free:,} MB free for the node's data in {folder}, {_DISK_CACHED_MB} needed."
        return Check("data", ok=False, finding=finding, way_out="Free some space, or set TMPDIR to another folder.")
    return Check("data", ok=True, finding=f"{free:,} MB free for the node's data in {folder}; {who}.")


def _memory() -> Check:
    free = available_memory() // _MB
    if free < _MEMORY_MB:
        way_out = "Close other programs, or give the machine or container more memory."
        finding = f"{free:,} MB of memory available, {_MEMORY_MB:,} needed."
        return Check("memory", ok=False, finding=finding, way_out=way_out)
    return Check("memory", ok=True, finding=f"{free:,} MB of memory available.")


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def available_memory() -> int:
    """Bytes that a new process can have: the system's, or less where a container is limited."""
    try:
        system = (
            int(re.findall(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))[0]) * 1024
        )
    except (OSError, IndexError):
        system = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        cached = re.search(r"^inactive_file (\d+)", (group / "memory.stat").read_text(encoding="ascii"), re.MULTILINE)
    except (OSError, ValueError):
        return system
    return min(system, limit - used + (int(cached[1]) if cached else 0))
