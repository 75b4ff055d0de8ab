"""A function as a command, with its examples in the help text."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import typer

from postern.cli.errors import told

if TYPE_CHECKING:
    from collections.abc import Callable

# Help and errors are plain text: short to start, and fit for a pipe.
QUIET: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}


def single(name: str, run: Callable[..., None], examples: tuple[str, ...]) -> typer.Typer:
    """An application of one command."""
    app = typer.Typer(add_completion=False, **QUIET)
    add(app, name, run, examples)
    return app


def add(app: typer.Typer, name: str, run: Callable[..., None], examples: tuple[str, ...]) -> None:
    """Adds a function to an application as a command."""

    @functools.wraps(run)
    def guarded(**options: Any) -> None:
        with told():
            run(**options)

    shown = "\n".join(("\b", "Examples:", *(f"  {example}" for example in examples)))
    app.command(name, epilog=shown, context_settings=QUIET["context_settings"])(guarded)
