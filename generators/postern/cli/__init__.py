"""The command line: one module a verb, imported when the verb is called.

To add a verb, write a module with a function `run` (its docstring is the help text, its parameters are the options) and
`EXAMPLES`, and name it in `VERBS`. A verb with verbs of its own has an `app` instead.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from postern.cli.errors import told
from postern.cli.single import QUIET, single


class Verb(NamedTuple):
    """A verb: its name as typed, its module here, and its line in `postern --help`, which imports no verb."""

    name: str
    module: str
    summary: str


VERBS = (
    Verb("check", "check", "Find all that is wrong with the catalog."),
    Verb("list", "listing", "List the messages that the catalog knows."),
    Verb("explain", "explain", "Tell what log lines mean and what to do."),
    Verb("audit", "audit", "Count what share of log files the catalog reads."),
    Verb("build", "build", "Generate everything below out/."),
    Verb("package", "package", "Pack the Splunk app into one file."),
    Verb("new", "new", "Draft a catalog entry from a log line."),
    Verb("collect", "collect", "Turn what a device shows into log lines."),
    Verb("demo", "demo", "Show it all on a real Elasticsearch."),
)


class _Verbs(TyperGroup):
    """Finds verbs in `VERBS` and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the framework's signature
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the framework's signature
        verb = next((verb for verb in VERBS if verb.name == cmd_name), None)
        if verb is None:
            return None
        module = importlib.import_module(f"postern.cli.{verb.module}")
        return get_command(module.app if hasattr(module, "app") else single(verb.name, module.run, module.EXAMPLES))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the framework's signature
        with formatter.section("Verbs"):
            formatter.write_dl([(verb.name, verb.summary) for verb in VERBS])


app = typer.Typer(cls=_Verbs, no_args_is_help=True, add_completion=False, **QUIET)


def _version(asked: bool) -> None:
    if asked:
        from postern import __version__

        typer.echo(f"postern {__version__}")
        raise typer.Exit


@app.callback(epilog="`postern VERB -h` tells the options of a verb, with examples.")
def postern(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Mail-path log content for Elastic and Splunk, generated from one message catalog.

    Exit status: 0 fine, 1 something was found or failed, 2 the command was not understood.
    """


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character is no error
    with told():
        app(prog_name="postern")
