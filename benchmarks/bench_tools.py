"""How fast the tools are: the commands as a user runs them, and the reference matcher on one core."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from figures import Figure, median_of, seconds
from lines import mixes
from postern.compile import compile_catalog
from postern.matcher import Matcher
from postern.paths import catalog_root
from postern.watch import Builder

if TYPE_CHECKING:
    from postern.model import Catalog

COMMAND = str(Path(sys.executable).with_name("postern"))
BUILD, WATCH = 5.0, 0.5  # seconds
CHANGED = "cisco_asa/302-connections.yaml"
AUDITED = 1_000_000
AUDITORS = 3  # the parent and one process for each of two cores
# Runs a command and prints the peak of its largest process in KiB: no other command of ours is counted in.
LARGEST_CHILD = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def check_and_build() -> Figure:
    """One `postern build` into an empty folder, from the start of Python to its end: it makes every check first."""

    def once() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return seconds(lambda: _postern("build", "--out", folder))

    measured, note = median_of(5, once)
    return Figure(
        "check + build", measured, "s", BUILD, at_most=True, note=f"one `postern build`, which checks first; {note}"
    )


def check_then_build() -> Figure:
    """`postern check` and then `postern build`, as two commands: the checks are made twice."""

    def both() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return seconds(lambda: _postern("check") + _postern("build", "--out", folder))

    measured, note = median_of(5, both)
    return Figure("check, then build", measured, "s", BUILD, at_most=True, note=f"two commands, {note}")


def watched() -> Figure:
    """One turn of `build --watch` after one entry changed, from the notice to the last file written."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "catalog"
        shutil.copytree(catalog_root(), root)
        changed = root / CHANGED
        texts = [changed.read_text(encoding="utf-8")]
        texts.append(texts[0].replace("  title: ", "  title: Changed ", 1))
        builder = Builder(root, Path(folder) / "out")
        builder.turn()
        gc.freeze()  # as the command does
        checks = []

        def once() -> float:
            texts.reverse()
            changed.write_text(texts[0], encoding="utf-8")
            turn = builder.turn()
            if not turn.differences:
                raise SystemExit("A turn wrote nothing.")
            checks.append(turn.checked)
            return turn.written

        measured, note = median_of(5, once)
    note = f"of it checks {median(checks):.2f}; {note}"
    return Figure("watch, one entry changed", measured, "s", WATCH, at_most=True, note=note)


def matcher(catalog: Catalog, lines: dict[str, list[str]]) -> Figure:
    """Lines that the matcher decodes in a second; half of them a firewall's, half of them a mail gateway's."""
    reader = Matcher(catalog)
    work = [(catalog.product(name), mix) for name, mix in lines.items()]

    def once() -> float:
        decoded = (reader.decode(line, product) for product, mix in work for line in mix)
        spent = seconds(lambda: deque(decoded, maxlen=0))  # as a stream: nothing is kept
        return sum(len(mix) for _, mix in work) / spent

    once()
    measured, note = median_of(5, once)
    return Figure("matcher", measured, "lines/s", 50_000, at_most=False, note=f"product known, {note}")


def explain(lines: dict[str, list[str]]) -> Figure:
    """Lines that `postern explain --json -` answers in a second, from file to file, the start of Python included."""
    text = "\n".join(line for mix in lines.values() for line in mix) + "\n"
    count = text.count("\n")

    def once() -> float:
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
            given.write(text.encode())
            given.seek(0)
            command = [COMMAND, "explain", "--json", "-"]
            return count / seconds(lambda: subprocess.run(command, stdin=given, stdout=out, check=True))

    measured, note = median_of(5, once)
    return Figure("explain --json", measured, "lines/s", 10_000, at_most=False, note=f"{count:,} lines, {note}")


def audit(lines: dict[str, list[str]]) -> list[Figure]:
    """Lines that `postern audit` counts in a second on two cores, with the start of Python, and the memory it takes."""
    mixed = "".join(f"{line}\n" for pair in zip(*lines.values(), strict=True) for line in pair)
    times = AUDITED // mixed.count("\n")
    count = times * mixed.count("\n")
    sizes = []

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mixed.log"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(mixed for _ in range(times))
        command = [sys.executable, "-c", LARGEST_CHILD, COMMAND, "audit", "--json", "--jobs", "2", str(file)]

        def once() -> float:
            begun = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            spent = time.perf_counter() - begun
            sizes.append(AUDITORS * int(done.stdout) / 1024)
            return count / spent

        measured, note = median_of(3, once)
    note = f"{count:,} lines of both mixes in one file, device not told, {note}"
    return [
        Figure("audit", measured, "lines/s", 100_000, at_most=False, note=note),
        Figure("audit, memory", max(sizes), "MB", 500, at_most=True, note="three processes, each as the largest"),
    ]


def _postern(*arguments: str) -> str:
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"postern {' '.join(arguments)} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def measure() -> list[Figure]:
    """All figures of the tools."""
    catalog = compile_catalog(catalog_root())
    lines = mixes(catalog)
    return [
        check_and_build(),
        check_then_build(),
        watched(),
        matcher(catalog, lines),
        explain(lines),
        *audit(lines),
    ]


if __name__ == "__main__":
    for one in measure():
        print(f"{one.name}: {one.measured:,.2f} {one.unit} ({one.target}; {one.note})")
