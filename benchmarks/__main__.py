"""`python benchmarks [--json]`: every figure that the project promises, in one table.

A figure out of reach is shown as such and is no failure: this measures, the tests judge.
"""

from __future__ import annotations

import json
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

import bench_pipelines
import bench_regex
import bench_splunk
import bench_tools
from figures import Figure, amount
from postern.engine import ENGINE_NOTE, EngineError

WIDTH = 140


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where something could not be measured, 2 for an unknown argument."""
    if set(arguments) - {"--json"}:
        sys.stderr.write(f"Unknown: {' '.join(arguments)}\n-> python benchmarks [--json]\n")
        return 2
    figures: list[Figure] = []
    status = 0
    for bench in (bench_tools, bench_regex, bench_splunk, bench_pipelines):
        try:
            figures += bench.measure()
        except EngineError as error:
            sys.stderr.write(f"{error.sentence}\n-> {error.way_out}\n")
            status = 1
    if "--json" in arguments:
        print(json.dumps({"engine": ENGINE_NOTE, "figures": [figure.data() for figure in figures]}, indent=1))
    else:
        show(figures)
    return status


def show(figures: list[Figure]) -> None:
    """The table for people."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    table = Table("figure", "target", "measured", "ok?", "how", box=None, pad_edge=False)
    for figure in figures:
        measured = f"{amount(figure.measured)} {figure.unit}"
        table.add_row(figure.name, figure.target, measured, "yes" if figure.ok else "NO", Text(figure.note))
    console.print(table)
    console.print(Text(f"Pipelines: {ENGINE_NOTE}."))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
