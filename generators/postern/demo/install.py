"""Puts the content onto a cluster: all of it, or nothing."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from postern.deploy.elastic import Installation, install
from postern.elastic.mappings import LOOKUP_INDEX
from postern.engine import SWAPS, swap_mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from postern.artifact import Artifact

_TYPE_MISSING = re.compile(r"No handler for type|The mapper type \[\w+\] .*does not exist")
Names = set[tuple[str, str]]


def put(
    client: Elasticsearch, artifacts: list[Artifact], swaps: Mapping[str, str | None], salt: str = ""
) -> Installation:
    """Installs all artifacts; on a failure, what was not there before is removed again.

    Args:
        client: of the cluster.
        artifacts: what the Elastic back end emitted.
        swaps: field types that the cluster is known to lack; a cluster by URL may turn out to lack them too.
        salt: what values are hashed with, where the site hashes any.

    Raises:
        elasticsearch.ApiError: the cluster refused something.
    """
    before = _names(client)
    try:
        try:
            return install(client, artifacts, lambda body: swap_mappings(body, swaps), salt)
        except BadRequestError as error:
            if not _TYPE_MISSING.search(str(error.body)):
                raise
            return install(client, artifacts, lambda body: swap_mappings(body, SWAPS), salt)
    except BaseException:
        with contextlib.suppress(ApiError, TransportError):
            _remove(client, _names(client) - before)
        raise


def _names(client: Elasticsearch) -> Names:
    """What of ours is there: kind and name."""
    asked: Iterable[tuple[str, Iterator[str]]] = (
        ("pipeline", _found(lambda: client.ingest.get_pipeline(id="postern-*"))),
        ("component", _listed(lambda: client.cluster.get_component_template(name="postern-*"), "component_templates")),
        ("template", _listed(lambda: client.indices.get_index_template(name="logs-postern.*"), "index_templates")),
        ("index", _found(lambda: client.indices.get(index=f"{LOOKUP_INDEX}*"))),
    )
    return {(kind, name) for kind, names in asked for name in names}


def _found(get: Any) -> Iterator[str]:
    with contextlib.suppress(NotFoundError):
        yield from get()


def _listed(get: Any, key: str) -> Iterator[str]:
    with contextlib.suppress(NotFoundError):
        yield from (one["name"] for one in get()[key])


def _remove(client: Elasticsearch, names: Names) -> None:
    """Removes what a broken installation left, users before what they use."""
    for _, name in sorted(one for one in names if one[0] == "template"):
        client.indices.delete_index_template(name=name)
    for _, name in sorted(one for one in names if one[0] == "component"):
        client.cluster.delete_component_template(name=name)
    for _, name in sorted(one for one in names if one[0] == "index"):
        client.indices.delete(index=name)
    for _, name in sorted((one for one in names if one[0] == "pipeline"), reverse=True):
        client.ingest.delete_pipeline(id=name)
