"""Installs the Elastic artifacts on a cluster, and sends lines to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from elasticsearch import Elasticsearch, NotFoundError, helpers

from postern.privacy import filled

if TYPE_CHECKING:
    from postern.artifact import Artifact

ROOT = "elastic/"
# Adapts a template to a cluster that lacks some field types; gives the body and what was swapped.
Adapt = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Any]]]


@dataclass
class Installation:
    """What was put where.

    Attributes:
        pipelines, templates: names, in the order of their installation.
        lookup: number of documents in the lookup index.
        swaps: field types that the cluster lacks and what stands in for them, as texts.
    """

    pipelines: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    lookup: int = 0
    swaps: list[str] = field(default_factory=list)


def _as_is(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    return dict(body), []


def install(
    client: Elasticsearch, artifacts: Iterable[Artifact], adapt: Adapt = _as_is, salt: str = ""
) -> Installation:
    """Installs pipelines, templates and the lookup index; replaces what is there of an earlier version.

    Args:
        client: of the cluster.
        artifacts: all that `postern.elastic.emit` gave.
        adapt: changes a body just before its PUT, for clusters that lack field types.
        salt: what values are hashed with, where the site hashes any.

    Raises:
        elasticsearch.ApiError: the cluster refused something.
        SaltError: a pipeline hashes, and there is no salt; nothing was installed.
    """
    files = {one.path.removeprefix(ROOT): one.data.decode() for one in artifacts if one.path.startswith(ROOT)}
    done = Installation()
    manifest = json.loads(files["manifest.json"])
    for name in manifest["pipelines"]:
        body = json.loads(filled(files[f"ingest_pipelines/{name}.json"], salt))
        client.ingest.put_pipeline(id=name, body=body)
        done.pipelines.append(name)
    for path in sorted(path for path in files if path.startswith("component_templates/")):
        body = _adapted(done, adapt, files[path])
        client.cluster.put_component_template(name=PurePosixPath(path).stem, body=body)
        done.templates.append(PurePosixPath(path).stem)
    for name in manifest["index_templates"]:
        body = _adapted(done, adapt, files[f"index_templates/{name}.json"])
        client.indices.put_index_template(name=name, body=body)
        done.templates.append(name)
    _lookup(client, files, done, adapt)
    done.swaps = sorted(set(done.swaps))
    return done


def _adapted(done: Installation, adapt: Adapt, text: str) -> dict[str, Any]:
    body, swaps = adapt(json.loads(text))
    done.swaps += [str(swap) for swap in swaps]
    return body


def _lookup(client: Elasticsearch, files: Mapping[str, str], done: Installation, adapt: Adapt) -> None:
    for path in (path for path in files if path.startswith("lookup/") and path.endswith(".json")):
        name = PurePosixPath(path).stem
        with contextlib.suppress(NotFoundError):
            client.indices.delete(index=name)
        client.indices.create(index=name, body=_adapted(done, adapt, files[path]))
        documents = [json.loads(line) for line in files[f"lookup/{name}.ndjson"].splitlines()]
        actions = ({"_index": name, "_id": one["postern"]["key"], "_source": one} for one in documents)
        done.lookup, _ = helpers.bulk(client, actions, refresh=True)


def send(client: Elasticsearch, stream: str, lines: Iterable[str], created: str | None = None) -> int:
    """Sends lines to a data stream and waits until they can be searched; gives their number.

    Args:
        client: of the cluster.
        stream: a data stream, such as `logs-postern.router-default`.
        lines: one event each.
        created: ISO time of receipt for `event.created`; without it the time of ingest counts.

    Raises:
        elasticsearch.helpers.BulkIndexError: the cluster refused a line.
    """
    extra = {"event": {"created": created}} if created else {}
    actions = ({"_op_type": "create", "_index": stream, "_source": {"message": line} | extra} for line in lines)
    count, _ = helpers.bulk(client, actions, refresh=True, chunk_size=500)
    return int(count)
