"""Find a Java that can run the server, and install one where that is possible."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from postern.engine.account import may_enter, server_account
from postern.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MINIMUM = 17
_PACKAGES = ("default-jre-headless", f"openjdk-{MINIMUM}-jre-headless")
_INSTALLED_PLACES = (
    ("/usr/lib/jvm", "*"),
    ("/Library/Java/JavaVirtualMachines", "*/Contents/Home"),
    ("/opt/homebrew/opt", "openjdk*"),
)


@dataclass(frozen=True, slots=True)
class Java:
    """A Java installation: its folder, its major version, and what told us about it."""

    home: Path
    version: int
    found_by: str


def find_java() -> Java | None:
    """The first suitable Java of ES_JAVA_HOME, JAVA_HOME, `java` on the PATH and the usual folders."""
    return next((java for java in _examined() if not isinstance(java, str)), None)


def unsuitable_javas() -> list[str]:
    """Why each Java that was found cannot be used, one sentence each."""
    return [reason for reason in _examined() if isinstance(reason, str)]


def _examined() -> Iterator[Java | str]:
    seen: set[Path] = set()
    for program, found_by in _candidates():
        if program.resolve() not in seen:
            seen.add(program.resolve())
            yield _examine(program, found_by)


def _candidates() -> Iterator[tuple[Path, str]]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if home := os.environ.get(variable):
            yield Path(home) / "bin" / "java", variable
    if program := shutil.which("java"):
        yield Path(program), "PATH"
    for folder, pattern in _INSTALLED_PLACES:
        for place in sorted(Path(folder).glob(pattern)):
            if (place / "bin" / "java").exists():
                yield place / "bin" / "java", folder


def _examine(program: Path, found_by: str) -> Java | str:
    """Ask a Java for its home and version, and whether it has the module that the server needs."""
    settings = _ask(program, "--add-modules=jdk.incubator.vector") or _ask(program)
    home = re.search(r"^\s*java\.home = (.+)$", settings, re.MULTILINE)
    version = re.search(r"^\s*java\.specification\.version = (?:1\.)?(\d+)", settings, re.MULTILINE)
    if home is None or version is None:
        return f"{program} ({found_by}) does not run."
    java = Java(Path(home[1].strip()), int(version[1]), found_by)
    if java.version < MINIMUM:
        return f"{java.home} ({found_by}) is Java {java.version}."
    if "incubator" not in settings:
        return f"{java.home} ({found_by}) is a cut-down Java {java.version} without jdk.incubator.vector."
    account = server_account()
    if account and not may_enter(account, java.home):
        return f"{java.home} ({found_by}) cannot be reached by the user {account.name}, who runs the server."
    return java


def _ask(program: Path, *options: str) -> str:
    """A Java's settings, and the warning that an incubator module brings; empty where it does not start."""
    command = [str(program), *options, "-XshowSettings:properties", "-version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout + answer.stderr if answer.returncode == 0 else ""


def install_command() -> str:
    """The command that installs a suitable Java on this system."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    if shutil.which("apt-get"):
        return f"{sudo}apt-get install --yes {_PACKAGES[0]}"
    if shutil.which("dnf"):
        return f"{sudo}dnf install --assumeyes java-{MINIMUM}-openjdk-headless"
    if shutil.which("apk"):
        return f"{sudo}apk add openjdk{MINIMUM}-jre-headless"
    if shutil.which("brew"):
        return f"brew install openjdk@{MINIMUM}"
    return f"(your package manager) install a Java {MINIMUM} or newer, then set ES_JAVA_HOME to its folder"


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def ensure_java(
    *,
    interactive: bool,
    ask: Callable[[str], str] = input,
    tell: Callable[[str], None] = _to_stderr,
) -> Java:
    """Find a suitable Java, or install one.

    On a terminal the user is asked first; without one it is installed only as root, and only through apt.

    Args:
        interactive: whether somebody can answer.
        ask: puts the question and returns the answer.
        tell: says what is being done.

    Raises:
        EngineError: there is none and it was not, or could not be, installed.
    """
    if java := find_java():
        return java
    command = install_command()
    missing = " ".join([f"There is no Java {MINIMUM} or newer that can run Elasticsearch.", *unsuitable_javas()])
    refusal = EngineError(missing, f"Install one with: {command}")
    privileged = os.geteuid() == 0 or (interactive and shutil.which("sudo") is not None)
    if not (shutil.which("apt-get") and privileged):
        raise refusal
    if interactive and ask(f"{missing} Run `{command}` now? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise refusal
    tell(f"Installing Java: {command}")
    return _install(refusal)


def _install(refusal: EngineError) -> Java:
    """Install through apt: with fresh package lists if the old ones do not do, and a named release where it is old."""
    if os.geteuid() == 0:
        # Slim images lack this folder, and the package's set-up script then fails.
        Path("/usr/share/man/man1").mkdir(parents=True, exist_ok=True)
    problem = ""
    for package in _PACKAGES:
        for arguments in (["install", "--yes", package], ["update"], ["install", "--yes", package]):
            problem = _apt(arguments) or problem
            if java := find_java():
                return java
    raise EngineError(
        f"Java could not be installed: {problem or 'apt-get brought none.'}", refusal.way_out
    ) from refusal


def _apt(arguments: list[str]) -> str:
    """Run apt-get; the last line of its complaint where it fails, else nothing."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    command = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--no-install-recommends"]
    done = subprocess.run(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    lines = done.stdout.strip().splitlines()
    return lines[-1] if done.returncode and lines else ""
