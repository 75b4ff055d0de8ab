"""`postern explain`: what log lines mean and what to do."""

from __future__ import annotations

import gc
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postern.cli import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from postern.explain import Explainer
    from postern.model import Catalog, Product

EXAMPLES = (
    "postern explain '%ASA-6-719022: WebVPN user alice has been authenticated.'",
    "postern explain --product cisco_esa < mail.log",
    "postern explain --json - < some.log | jq -r 'select(.status == \"unknown\").ecs.message'",
)
LANGUAGES = ("en",)


def run(
    line: Annotated[
        str | None, typer.Argument(metavar="LINE", help="A log line; - reads lines from standard input.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of title, meaning and action.")] = "en",
    product: Annotated[str, typer.Option(help="The device, where it is known; else the line tells.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, in order.")] = False,
    reference: Annotated[
        str, typer.Option(metavar="ISO", help="When the lines were received: gives the year to times without one.")
    ] = "",
) -> None:
    """Tell what log lines mean and what to do: title, meaning, action, values, ECS and CIM fields.

    A line that is not in the catalog is explained as far as its header tells; its status says so.
    """
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"{lang} is not there yet; known: {', '.join(LANGUAGES)}", param_hint="--lang")
    received = _moment(reference) if reference else None
    if line is None and sys.stdin is not None and sys.stdin.isatty():
        raise typer.BadParameter("give a line in quotes, or - to read lines from standard input", param_hint="LINE")
    given = lines.batches(lines.stdin()) if line in (None, "-") else [[lines.argument(line)]]
    catalog, known = _catalog(product)
    if as_json:
        _print_json(given, catalog, known, received)
    else:
        _print_panels(given, catalog, known, received)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problem = f"{text} is not a time such as 2024-10-10T12:00:00Z"
        raise typer.BadParameter(problem, param_hint="--reference") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _catalog(product: str) -> tuple[Catalog, Product | None]:
    from postern import paths
    from postern.cli.choices import known_product
    from postern.compile import compile_catalog

    catalog = compile_catalog(paths.catalog_root())
    gc.freeze()  # the catalog stays: nothing of it needs to be looked at again
    return catalog, known_product(catalog, product)


def _print_json(
    given: Iterable[list[str]], catalog: Catalog, product: Product | None, received: datetime | None
) -> None:
    decode, explainer = _tools(catalog)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    out = sys.stdout.buffer
    for batch in given:
        now = received or datetime.now(UTC)
        for line in batch:
            out.write(encode(explainer.explain(decode(line, product), now)).encode() + b"\n")
        out.flush()


def _print_panels(
    given: Iterable[list[str]], catalog: Catalog, product: Product | None, received: datetime | None
) -> None:
    from postern.cli import panel

    decode, explainer = _tools(catalog)
    console = panel.console()
    for batch in given:
        for line in batch:
            decoded = decode(line, product)
            console.print(panel.panel(decoded, explainer.explain(decoded, received or datetime.now(UTC)), catalog))


def _tools(catalog: Catalog) -> tuple[Callable[..., Any], Explainer]:
    from postern.explain import Explainer
    from postern.matcher import Matcher

    return Matcher(catalog).decode, Explainer(catalog)
