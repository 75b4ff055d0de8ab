"""`postern demo`: all of it on a real Elasticsearch."""

from __future__ import annotations

from typing import Annotated

import typer

from postern.cli.choices import OVERLAY, overlay_folder

EXAMPLES = (
    "postern demo",
    "postern demo --keep --port 9200   # leave the server running",
    "postern demo --url https://host:9200",
)


def run(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the server running; says how to reach and stop it.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Its port; 0 to have a free one chosen.")] = 0,
    url: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Use this cluster instead; credentials from POSTERN_ES_API_KEY, or POSTERN_ES_USER and _PASSWORD.",
        ),
    ] = "",
    preflight: Annotated[bool, typer.Option("--preflight/--no-preflight", help="Look at the machine first.")] = True,
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Start an Elasticsearch, install the content, send lines, show what became of them, stop.

    The first run fetches the server into your cache folder; where Java is missing you are asked.
    """
    if url and (keep or port):
        raise typer.BadParameter(
            "goes with neither --keep nor --port: that cluster is not ours to start", param_hint="--url"
        )
    from postern import demo

    laid = overlay_folder(overlay)
    status = demo.run(demo.Options(keep=keep, port=port or None, url=url or None, preflight=preflight, overlay=laid))
    if status:
        raise typer.Exit(status)
