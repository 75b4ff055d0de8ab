"""What the demo asks: the saved searches as they are shipped, and a few questions about its own lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elasticsearch import Elasticsearch

    from postern.model import Catalog, Search

ALL = "logs-postern.*-*"
LIMIT = 1000

FAILED_LOGINS = """\
FROM logs-postern.*-*
| WHERE event.action == "login" AND event.outcome == "failure" AND (postern.icid == ?icid OR postern.dcid == ?dcid)
| EVAL connection = COALESCE(CONCAT("ICID ", postern.icid), CONCAT("DCID ", postern.dcid))
| LOOKUP JOIN postern-messages ON postern.key
| KEEP @timestamp, connection, postern.title, user.name, destination.ip, postern.smtp.code, postern.meaning
| SORT @timestamp"""

MEANINGS = """\
FROM logs-postern.*-*
| WHERE postern.key IS NOT NULL
| STATS lines = COUNT(*) BY postern.key
| LOOKUP JOIN postern-messages ON postern.key
| KEEP postern.key, postern.title, postern.meaning, postern.recommended_action, lines"""

# Not data_stream.dataset: that is a constant of the index, which not every node keeps (see the swaps).
STATUS = """\
FROM logs-postern.*-* METADATA _index
| DISSECT _index ".ds-logs-%{dataset}-%{namespace}-%{generation}"
| STATS lines = COUNT(*), parsed = COUNT(*) WHERE postern.parse_status == "parsed",
        header_only = COUNT(*) WHERE postern.parse_status == "header_only",
        unknown = COUNT(*) WHERE postern.parse_status == "unknown",
        failed = COUNT(*) WHERE postern.parse_status == "failed"
    BY dataset, namespace
| KEEP dataset, namespace, lines, parsed, header_only, unknown, failed
| SORT namespace, dataset"""


@dataclass(frozen=True)
class Rows:
    """The answer to a query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Each row by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def only(self, *columns: str) -> Rows:
        """The same rows with these columns only, in this order."""
        places = [self.columns.index(column) for column in columns]
        return Rows(columns, tuple(tuple(row[place] for place in places) for row in self.rows))


def saved(catalog: Catalog, name: str) -> Search:
    """The saved search of this name; KeyError if there is none."""
    for search in catalog.searches:
        if search.name == name:
            return search
    raise KeyError(name)


def narrowed(search: Search, given: Mapping[str, str]) -> str:
    """A saved search with the conditions of the parameters that are given: their values stay apart from the text."""
    conditions = [f"| WHERE {param.esql}" for param in search.params if param.name in given]
    return "\n".join([search.esql.rstrip(), *conditions])


def within(query: str, namespaces: tuple[str, ...], limit: int = LIMIT) -> str:
    """A query over the data streams of these namespaces only, with a limit."""
    streams = ",".join(f"logs-postern.*-{namespace}" for namespace in namespaces)
    return f"{query.replace(ALL, streams)}\n| LIMIT {limit}"


def ask(client: Elasticsearch, query: str, given: Mapping[str, str] | None = None) -> Rows:
    """Puts a query to the cluster."""
    params = [{name: value} for name, value in (given or {}).items()]
    answer = client.esql.query(query=query, params=params)
    return Rows(tuple(column["name"] for column in answer["columns"]), tuple(map(tuple, answer["values"])))


def stored(client: Elasticsearch, stream_pattern: str, line: str) -> dict[str, Any]:
    """The stored document of a line.

    Raises:
        LookupError: there is none.
    """
    for hit in client.search(index=stream_pattern, size=LIMIT * 10, sort="_doc")["hits"]["hits"]:
        source: dict[str, Any] = hit["_source"]
        if source["event"]["original"] == line:
            return source
    raise LookupError(f"no document of {line!r}")


def meaning(client: Elasticsearch, index: str, key: str) -> dict[str, str]:
    """Title, meaning and action of a message, from the lookup index of a language."""
    texts: dict[str, str] = client.get(index=index, id=key)["_source"]["postern"]
    return texts


def documents(client: Elasticsearch, stream_pattern: str, count: int) -> list[dict[str, Any]]:
    """The stored documents of some data streams, in no order to rely on."""
    hits = client.search(index=stream_pattern, size=max(count, 1), sort="_doc")["hits"]["hits"]
    return [hit["_source"] for hit in hits]
