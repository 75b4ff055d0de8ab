"""Catalogs of sites, and their content on the node for a while."""

from __future__ import annotations

import contextlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from postern.compile import compile_catalog
from postern.elastic import emit
from postern.privacy import filled
from support.real import ROOT, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.engine import Node
    from postern.model import Catalog

SALT = "0123456789abcdef0123456789abcdef"


@cache
def sited(text: str) -> Catalog:
    """The real catalog for a site.yaml with this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(text, encoding="utf-8")
        return compile_catalog(ROOT / "catalog", path)


def pipelines(of: Catalog) -> dict[str, str]:
    """The pipelines of a catalog by their names, with the salt."""
    found = {Path(one.path).stem: one.data.decode() for one in emit(of) if "/ingest_pipelines/" in one.path}
    return {name: filled(text, SALT) for name, text in found.items()}


@contextlib.contextmanager
def on_node(node: Node, of: Catalog) -> Iterator[None]:
    """The pipelines of a site on a node that has the bundled catalog's content, and has it again in the end."""
    client, bundled, wanted = node.client(), pipelines(catalog()), pipelines(of)
    changed = [name for name, text in wanted.items() if text != bundled.get(name)]
    for name in changed:
        client.ingest.put_pipeline(id=name, body=json.loads(wanted[name]))
    yield
    for name in changed:
        if name in bundled:
            client.ingest.put_pipeline(id=name, body=json.loads(bundled[name]))
    for name in wanted.keys() - bundled.keys():
        client.ingest.delete_pipeline(id=name)
