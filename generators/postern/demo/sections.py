"""The chapters that the demo prints, each from what the cluster answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from postern.artifact import Artifact, compare
from postern.demo import queries, show, splunk
from postern.document import flat
from postern.elastic.mappings import lookup_name
from postern.engine import ENGINE_NOTE
from postern.i18n import ENGLISH, LANGUAGES
from postern.model import DROP
from postern.splunk.package import FILE_NAME, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from elasticsearch import Elasticsearch
    from rich.console import Console

    from postern.demo.plan import Batch
    from postern.deploy.elastic import Installation
    from postern.model import Catalog

_TRACED = ("1404", "1412")
_FAILED = {"icid": "451", "dcid": "5640"}
# Twenty-one columns do not fit on paper: these tell the story, the whole rows of two messages stand above.
_TRACE_COLUMNS = ("start", "device", "mid", "outcome", "why", "peer_ip", "server_ip", "total_ms")
_PLACES = {
    "": "what is covered, and what a target cannot hold",
    "ingest_pipelines": "ingest pipelines; install in the order of manifest.json",
    "component_templates": "the mappings that all data streams share",
    "index_templates": "data streams logs-postern.<data set>-*",
    "lookup": "postern-messages: key, title, meaning and action, for ES|QL LOOKUP JOIN",
    "searches": "the saved searches as ES|QL texts",
    "kibana": "data view, searches and dashboard as saved objects (not opened in a Kibana yet)",
    "grok": "the same patterns for Logstash",
    "default": "the Splunk app: extractions, lookups, event types, tags, macros, searches",
    "lookups": "constants by message, severities, and title, meaning and action in three languages",
    "nav": "the Splunk app's menu",
    "views": "its dashboard in three languages (not opened in a Splunk yet)",
    "static": "its icons",
    "metadata": "who may read it",
    "postern": "its manifest and README",
    "splunk": "fields on both sides; what a device cannot give a CIM data model",
}


@dataclass(frozen=True)
class Stage:
    """Where the demo plays.

    Attributes:
        out: the paper.
        client: of the cluster.
        catalog: what was installed.
        namespace: of the stories.
        further: namespace of the lines that are only counted.
        engine: what answers, for people; stands where its results are quoted.
    """

    out: Console
    client: Elasticsearch
    catalog: Catalog
    namespace: str
    further: str
    engine: str = ENGINE_NOTE

    def title(self, text: str) -> None:
        """A chapter's title."""
        self.out.print()
        self.out.print(Text(text, style="bold"))
        self.out.print(Text("=" * len(text)))

    def say(self, text: str = "") -> None:
        """Text in lines of the paper's width."""
        for line in show.wrapped(text, self.out.width, "") or [""]:
            self.out.print(Text(line))

    def lines(self, lines: Sequence[str]) -> None:
        """Lines as they are."""
        for line in lines:
            self.out.print(Text(line), soft_wrap=True)

    def table(self, rows: queries.Rows) -> None:
        """An answer as a table."""
        if rows.rows:
            self.out.print(show.table(rows.columns, rows.rows, self.out.width))
        else:
            self.say("(no rows)")

    def ask(self, query: str, given: Mapping[str, str] | None = None) -> queries.Rows:
        """A question about the stories."""
        return queries.ask(self.client, queries.within(query, (self.namespace,)), given)


def installed(stage: Stage, done: Installation) -> None:
    """What was put on the cluster, and what had to be swapped for it."""
    stage.title("Content")
    stage.say(
        f"Installed from the catalog: {len(done.pipelines)} ingest pipelines, {len(done.templates)} templates, "
        f"and {done.lookup} messages with title, meaning and action in the lookup index."
    )
    if done.swaps:
        stage.say("This node lacks some field types; swapped just before the PUT, the shipped files stay as they are:")
        stage.lines([f"    {swap}" for swap in done.swaps])


def sent(stage: Stage, batches: Sequence[tuple[Batch, str]]) -> None:
    """Which lines took which way in."""
    stage.title("Lines sent")
    stage.say("Each file takes one of the two ways in, so that nothing counts twice.")
    rows = [(one.source, one.way, one.stream(namespace), len(one.lines)) for one, namespace in batches]
    stage.table(queries.Rows(("lines of", "way in", "data stream", "lines"), tuple(rows)))


def events(stage: Stage, batches: Sequence[Batch]) -> None:
    """Every line of the stories, decoded; a message's meaning stands where it comes first."""
    texts = {row["postern.key"]: row for row in stage.ask(queries.MEANINGS).records()}
    count = sum(len(batch.lines) for batch in batches)
    stored = queries.documents(stage.client, f"logs-postern.*-{stage.namespace}", 2 * count)
    stage.title(f"{len(stored)} events, decoded and explained")
    stage.say("Time, device, title, [what happened, outcome]; below it the values by field. " + stage.engine + ".")
    if stage.catalog.site.privacy.raw == DROP:
        _by_time(stage, stored, texts)
        return
    by_line = {document["event"]["original"]: document for document in stored}
    known: set[str] = set()
    for batch in batches:
        stage.lines(["", f"--- {batch.source} ({batch.way}) ---"])
        for line in batch.lines:
            document = by_line.get(line)
            if document is None:
                stage.lines([f"(missing) {show.short(line)}"])
                continue
            key = document["postern"].get("key", "")
            stage.lines(show.event(document, texts.get(key), stage.out.width, explain=key not in known))
            known.add(key)


def _by_time(stage: Stage, stored: list[dict[str, Any]], texts: Mapping[str, Mapping[str, Any]]) -> None:
    """The events of a site that keeps no lines."""
    stage.say("The site keeps no lines, so nobody can tell which event was which: here they are by their time.")
    for document in sorted(stored, key=lambda one: str(one["@timestamp"])):
        said = texts.get(document["postern"].get("key", ""))
        stage.lines(show.event(document, said, stage.out.width, explain=False))


def traces(stage: Stage) -> None:
    """The story of two messages that were never received in full."""
    search = queries.saved(stage.catalog, "message_trace")
    stage.title("Message trace of MID " + " and ".join(_TRACED))
    stage.say(f"searches/{search.name}.esql with the parameter mid. {stage.engine}.")
    for mid in _TRACED:
        rows = stage.ask(queries.narrowed(search, {"mid": mid}), {"mid": mid}).records()
        stage.lines(["", f"MID {mid}: " + (", ".join(row["outcome"] for row in rows) or "no such message here")])
        for row in rows:
            stage.lines(list(show.record(row)))


def failed_logins(stage: Stage) -> None:
    """Two logins that failed: one of a client at the gateway, one of the gateway at another server."""
    stage.title(f"Failed AUTH of ICID {_FAILED['icid']} and DCID {_FAILED['dcid']}")
    stage.say(f"With LOOKUP JOIN on postern-messages. {stage.engine}.")
    rows = stage.ask(queries.FAILED_LOGINS, _FAILED).records()
    for row in rows:
        stage.lines(["", *show.record(row)])
    if not rows:
        stage.say("(no rows)")


def searches(stage: Stage) -> None:
    """The saved searches with their answers."""
    for search in stage.catalog.searches:
        stage.title(f"Search: {search.title}")
        stage.say(f"{search.description} File: searches/{search.name}.esql. {stage.engine}.")
        rows = stage.ask(queries.narrowed(search, {}))
        shown = rows.only(*_TRACE_COLUMNS) if search.name == "message_trace" else rows
        if len(shown.columns) < len(rows.columns):
            stage.say(f"{len(shown.columns)} of its {len(rows.columns)} columns:")
        stage.table(shown)


def both_sides(stage: Stage, batches: Sequence[Batch], root: Path | None, artifacts: Sequence[Artifact]) -> None:
    """Some lines on both sides, and what they mean in three languages."""
    stage.title("Both sides: Elasticsearch and Splunk")
    if root is None:
        stage.say("The emulator of Splunk's rules belongs to a checkout: this installed package has none.")
        return
    try:
        with splunk.reader(root, artifacts) as event_of:
            _beside(stage, batches, event_of)
    except ImportError as error:
        stage.say(f"The emulator of Splunk's rules cannot be loaded ({error}): `make env` installs what it needs.")


def _beside(stage: Stage, batches: Sequence[Batch], event_of: Callable[[str], Any]) -> None:
    stage.say(f"{splunk.NOTE}. What stands on one side only is explained in out/splunk/FIELDS.md.")
    for line in splunk.chosen(line for batch in batches for line in batch.lines):
        found = queries.stored(stage.client, f"logs-postern.*-{stage.namespace}", line)
        stage.lines(["", show.short(line, stage.out.width)])
        columns = ("Elasticsearch (ECS)", "value", "Splunk", "value ")
        stage.table(queries.Rows(columns, tuple(splunk.beside(stage.catalog, dict(flat(found)), event_of(line)))))
        _meanings(stage, str(found["postern"].get("key")))


def _meanings(stage: Stage, key: str) -> None:
    """What a message means in each language, as the lookup indices have it."""
    for language in (ENGLISH, *LANGUAGES):
        texts = queries.meaning(stage.client, lookup_name(language), key)
        said = f"{language}: {texts['title']}"
        if "meaning" in texts:
            said += f": {texts['meaning']} -> {texts['recommended_action']}"
        stage.out.print(Padding(Text(said), (0, 0, 0, 4)))  # folds by cells: Chinese has no blanks


def totals(stage: Stage) -> None:
    """How well the lines were read."""
    stage.title("Parse status by data set")
    kept = "None keeps its line." if stage.catalog.site.privacy.raw == DROP else "All keep their line."
    stage.say(
        "header_only: framed, but no text of the catalog; unknown: no frame; failed: an error in a pipeline. "
        f"{kept} The hostile fixtures are meant to be unreadable."
    )
    query = queries.within(queries.STATUS, (stage.namespace, stage.further))
    stage.table(queries.ask(stage.client, query))


def places(stage: Stage, artifacts: Sequence[Artifact], out: Path | None) -> None:
    """Where each file lies, and whether it is what was installed."""
    stage.title("Where the files are")
    if out is None:
        stage.say("`postern build --out FOLDER` writes what was installed and read here below a folder of your choice:")
    elif different := compare(artifacts, out):
        stage.say(f"{len(different)} files below {out}/ are not what the catalog generates now: run `postern build`.")
    else:
        stage.say(f"Below {out}/, byte for byte what was installed and read here:")
    stage.table(queries.Rows(("path", "files", "what"), tuple(_folders(artifacts))))


def packed(stage: Stage, artifacts: Sequence[Artifact], folder: Path) -> None:
    """The Splunk app as one file, made anew."""
    data = package(artifacts)
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_bytes(data)
    stage.lines([f"The Splunk app as one file: {folder / FILE_NAME} ({len(data) / 1024:,.0f} KiB; `postern package`)"])
    stage.lines([f"The same bytes every time, SHA-256 {hashlib.sha256(data).hexdigest()}"])


def _folders(artifacts: Sequence[Artifact]) -> Iterator[tuple[Any, ...]]:
    folders = sorted(str(PurePosixPath(one.path).parent) for one in artifacts)
    for folder, files in groupby(folders):
        path = "out/" if folder == "." else f"out/{folder}/"
        yield path, len(list(files)), _PLACES.get(PurePosixPath(folder).name, "how to install by hand")
