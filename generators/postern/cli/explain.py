"""`postern explain`: what log lines mean and what to do."""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from postern.cli import lines
from postern.cli.choices import OVERLAY, SITE_HELP, known_product, overlay_folder, site_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from postern.explain import Explainer
    from postern.matcher import Decoded
    from postern.model import Catalog, Product

EXAMPLES = (
    "postern explain '%ASA-6-719022: WebVPN user alice has been authenticated.'",
    "postern explain --product cisco_esa < mail.log",
    "postern explain --json - < some.log | jq -r 'select(.status == \"unknown\").ecs.message'",
)


def run(
    line: Annotated[
        str | None, typer.Argument(metavar="LINE", help="A log line; - reads lines from standard input.")
    ] = None,
    lang: Annotated[
        str, typer.Option(help="Language of title, meaning and action; default: the site's, else en.")
    ] = "",
    product: Annotated[str, typer.Option(help="The device, where it is known; else the line tells.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, in order.")] = False,
    reference: Annotated[
        str, typer.Option(metavar="ISO", help="When the lines were received: gives the year to times without one.")
    ] = "",
    site: Annotated[str, typer.Option(metavar="FILE", help=SITE_HELP)] = "",
    overlay: Annotated[str, OVERLAY] = "",
) -> None:
    """Tell what log lines mean and what to do: title, meaning, action, values, ECS and CIM fields.

    A line that is not in the catalog is explained as far as its header tells; its status says so. The ECS fields are
    those that your site stores; what it hashes is left out unless POSTERN_PRIVACY_SALT holds the salt.
    """
    received = _moment(reference) if reference else None
    if line is None and sys.stdin is not None and sys.stdin.isatty():
        raise typer.BadParameter("give a line in quotes, or - to read lines from standard input", param_hint="LINE")
    given = lines.batches(lines.stdin()) if line in (None, "-") else [[lines.argument(line)]]
    task = _Task.of(product, lang, received, site_file(site), overlay_folder(overlay))
    if as_json:
        task.print_json(given)
    else:
        task.print_panels(given)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problem = f"{text} is not a time such as 2024-10-10T12:00:00Z"
        raise typer.BadParameter(problem, param_hint="--reference") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Task:
    """What explains each line."""

    catalog: Catalog
    product: Product | None
    decode: Callable[[str, Product | None], Decoded]
    explainer: Explainer
    received: datetime | None

    @classmethod
    def of(
        cls, product: str, language: str, received: datetime | None, site: Path | None, overlay: Path | None
    ) -> _Task:
        """The task for a product and a language as the user named them."""
        from postern import i18n, paths, privacy
        from postern.explain import Explainer
        from postern.matcher import Matcher
        from postern.stored import stored_catalog

        languages = (i18n.ENGLISH, *i18n.LANGUAGES)
        if language not in ("", *languages):
            raise typer.BadParameter(f"{language} is not there; known: {', '.join(languages)}", param_hint="--lang")
        catalog = stored_catalog(paths.catalog_root(), site, overlay)
        known = known_product(catalog, product)
        explainer = Explainer(catalog, language or catalog.site.language, privacy.salt_of(catalog.site.privacy))
        gc.freeze()  # the catalog stays: nothing of it needs to be looked at again
        return cls(catalog, known, Matcher(catalog).decode, explainer, received)

    def print_json(self, given: Iterable[list[str]]) -> None:
        """One object a line, flushed whenever no more lines are there."""
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        out = sys.stdout.buffer
        for batch in given:
            now = self.received or datetime.now(UTC)
            for line in batch:
                explained = self.explainer.explain(self.decode(line, self.product), now)
                out.write(encode(explained).encode() + b"\n")
            out.flush()

    def print_panels(self, given: Iterable[list[str]]) -> None:
        """One panel a line."""
        from postern.cli import panel

        console = panel.console()
        for batch in given:
            for line in batch:
                decoded = self.decode(line, self.product)
                explained = self.explainer.explain(decoded, self.received or datetime.now(UTC))
                console.print(panel.panel(decoded, explained, self.catalog))
