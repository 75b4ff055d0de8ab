"""`postern collect`: what a device shows but never logs, as log lines."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from postern.cli import lines
from postern.cli.errors import Stop
from postern.cli.single import QUIET, add

app = typer.Typer(add_completion=False, no_args_is_help=True, **QUIET)


@app.callback()
def collect() -> None:
    """Turn what a device shows into log lines that the catalog decodes."""


def esmtp_counters(
    file: Annotated[str, typer.Argument(help="The output of the command, or a copy of it; - is standard input.")] = "-",
    device: Annotated[str, typer.Option(help="The firewall's name, for the lines.")] = "",
) -> None:
    """Turn `show service-policy inspect esmtp` into one key-value line a counter, on standard output."""
    from postern.collect import CollectError, parse_esmtp_counters

    given = lines.stdin().read() if file == "-" else Path(file).read_bytes()
    text = given.decode("utf-8", "backslashreplace")
    try:
        found = list(parse_esmtp_counters(text, device or None, datetime.now(UTC)))
    except CollectError as error:
        raise Stop(f"{'Standard input' if file == '-' else file}: {error}.", "Nothing was printed.") from None
    sys.stdout.writelines(f"{line}\n" for line in found)


add(
    app,
    "esmtp-counters",
    esmtp_counters,
    (
        "ssh fw show service-policy inspect esmtp | postern collect esmtp-counters --device fw",
        "postern collect esmtp-counters counters.txt | postern explain -",
    ),
)
