"""The demo from the first look at the machine to the last line, and what it says when something fails."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from elasticsearch import ApiError, TransportError
from elasticsearch.helpers import BulkIndexError
from rich.console import Console
from rich.text import Text

from postern import backends, privacy
from postern.compile import compile_catalog
from postern.demo import install, plan, progress, sections
from postern.deploy.elastic import send
from postern.engine import ENGINE_NOTE, EngineError, Node, check_machine, ensure_distribution, ensure_java, running_node
from postern.findings import CatalogError
from postern.paths import catalog_root, checkout
from postern.privacy import SaltError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_URL = "POSTERN_ES_URL"
_WIDTH = 140
_INTERRUPTED = 130


@dataclass(frozen=True)
class Options:
    """What the user asked for.

    Attributes:
        keep: leave the server running.
        port: its port; None to have a free one chosen.
        url: a cluster to use instead of a server of our own.
        preflight: look at the machine first; `make` did it already.
        overlay: a folder of the user's own entries, laid over the bundled catalog.
    """

    keep: bool = False
    port: int | None = None
    url: str | None = None
    preflight: bool = True
    overlay: Path | None = None


def paper() -> Console:
    """Standard output; beyond a terminal it is as wide as the tables need."""
    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDTH, highlight=False)


def run(options: Options, out: Console | None = None, err: Console | None = None) -> int:
    """Runs the demo; every failure is one sentence and a way out.

    Returns:
        The exit status: 0 fine, 1 failed, 130 interrupted.
    """
    out = out or paper()
    err = err or Console(stderr=True, highlight=False)
    try:
        with _cluster(options.url):
            _play(options, out, err)
    except CatalogError as error:
        _tell(err, "\n".join(finding.text() for finding in error.findings), "Mend the catalog: `postern check`.")
    except (EngineError, SaltError, ApiError, TransportError, BulkIndexError, OSError) as error:
        _tell(err, *reason(error))
    except KeyboardInterrupt:
        _tell(err, "Interrupted.", "What was started is stopped.")
        return _INTERRUPTED
    else:
        return 0
    return 1


def reason(error: Exception) -> tuple[str, str]:
    """What went wrong, and the way out."""
    if isinstance(error, EngineError | SaltError):
        return error.sentence, error.way_out
    if isinstance(error, BulkIndexError):
        return f"The cluster refused lines: {error}: {str(error.errors[:1])[:300]}.", "Look at its log, then run again."
    if isinstance(error, ApiError):
        return (
            f"The cluster refused a request ({error.status_code}): {_refusal(error)}.",
            "Nothing of an installation that broke off is left. By URL, check the rights of the credentials.",
        )
    if isinstance(error, TransportError):
        return "The cluster does not answer any more.", "Run the command again; by URL, look whether it still runs."
    return f"A file cannot be used: {error}.", "Mend what it says, then run the command again."


def _refusal(error: ApiError) -> str:
    body = error.body
    cause = body.get("error", {}) if isinstance(body, dict) else {}
    said = cause.get("reason") if isinstance(cause, dict) else cause
    return str(said or error.message)[:300].rstrip(".")


def _tell(err: Console, sentence: str, way_out: str) -> None:
    err.print(Text(sentence, style="red"), soft_wrap=True)
    err.print(Text(f"-> {way_out}"), soft_wrap=True)


@contextlib.contextmanager
def _cluster(url: str | None) -> Iterator[None]:
    """Lets the engine see the cluster that was asked for."""
    before = os.environ.get(_URL)
    if url:
        os.environ[_URL] = url
    try:
        yield
    finally:
        if url and before is None:
            del os.environ[_URL]
        elif url and before is not None:
            os.environ[_URL] = before


def _play(options: Options, out: Console, err: Console) -> None:
    by_url = bool(os.environ.get(_URL))
    if options.preflight:
        _look(out, by_url=by_url)
    catalog = compile_catalog(catalog_root(), overlay=options.overlay)
    if "elastic" not in catalog.site.targets:
        raise EngineError("Elastic is not among the targets of site.yaml.", "The demo plays on it: add it there.")
    if not by_url:
        with progress.shown(err) as told:
            ensure_distribution(told)
    begun = time.monotonic()
    with running_node(port=options.port, keep=options.keep) as node:
        seconds = time.monotonic() - begun
        if by_url:
            engine = f"The cluster at {node.url}, Elasticsearch {node.client().info()['version']['number']}"
        else:
            engine = ENGINE_NOTE
        namespaces = _namespaces(by_url=by_url)
        stage = sections.Stage(out, node.client(), catalog, *namespaces, engine)
        stage.say(f"{node.url} answers" + (": " if by_url else f" after {seconds:.0f} seconds: ") + f"{engine}.")
        perform(stage, node)
    _farewell(stage, node, options, by_url=by_url)


def perform(stage: sections.Stage, node: Node) -> None:
    """Installs the content, sends the lines and prints every chapter."""
    root = checkout()
    fixtures = root / "tests" / "fixtures" if root else None
    if fixtures is None:
        stage.say(
            "An installed package has no fixtures, so the catalog's own samples are sent: no stories, and numbers that "
            "repeat. A checkout (`make demo`) shows more."
        )
    artifacts = backends.artifacts(stage.catalog)
    salt = privacy.salt_of(stage.catalog.site.privacy)
    sections.installed(stage, install.put(stage.client, artifacts, node.swaps, salt))
    stories = list(plan.stories(stage.catalog, fixtures))
    forms = list(plan.forms(stage.catalog, fixtures))
    batches = [(one, stage.namespace) for one in stories] + [(one, stage.further) for one in forms]
    for batch, namespace in batches:
        send(stage.client, batch.stream(namespace), batch.lines, batch.received)
    sections.sent(stage, batches)
    sections.events(stage, stories)
    sections.traces(stage)
    sections.failed_logins(stage)
    sections.searches(stage)
    for_splunk = "splunk" in stage.catalog.site.targets
    if for_splunk:
        sections.both_sides(stage, stories, root, artifacts)
    sections.totals(stage)
    sections.places(stage, artifacts, root / "out" if root and not stage.catalog.overlaid else None)
    if root and for_splunk:
        sections.packed(stage, artifacts, root / "dist")


def _look(out: Console, *, by_url: bool) -> None:
    """The preflight; a missing Java is installed where that is allowed."""
    if not by_url:
        with contextlib.suppress(EngineError):  # the report below tells it among the other findings
            ensure_java(interactive=sys.stdin.isatty())
    report = check_machine(by_url=by_url)
    out.print(Text(report.text()), soft_wrap=True)
    report.require()


def _namespaces(*, by_url: bool) -> tuple[str, str]:
    """Namespaces of the stories and of the rest; on a cluster of somebody's own, beside everything that is there."""
    if not by_url:
        return "default", "forms"
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    return f"demo{stamp}", f"forms{stamp}"


def _farewell(stage: sections.Stage, node: Node, options: Options, *, by_url: bool) -> None:
    """What is left behind, how to query it, and how to be rid of it."""
    stage.title("The end")
    stage.lines([f"What a line means: postern explain '{plan.RECEIVED:%a %b %d %H:%M:%S %Y} Info: ICID 451 close'"])
    if by_url:
        streams = ",".join(f"logs-postern.*-{namespace}" for namespace in (stage.namespace, stage.further))
        stage.lines([f"Left on {node.url}: the content, and the lines. To remove them: DELETE _data_stream/{streams}"])
    elif options.keep:
        query = '{"query": "FROM logs-postern.*-default | STATS lines = COUNT(*) BY event.action | LIMIT 50"}'
        stage.lines([
            f"Elasticsearch keeps running at {node.url}",
            f"To query:  curl -s '{node.url}/_query?format=txt' -H 'Content-Type: application/json' -d '{query}'",
            f"To stop:   {node.how_to_stop}",
        ])  # fmt: skip
    else:
        stage.lines(["Elasticsearch was stopped and its data removed; `postern demo --keep` leaves it running."])
