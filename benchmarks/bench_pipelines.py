"""What a document costs in our pipelines, against a pipeline that only takes its header apart.

On a real node, by its own ingest statistics: 20,000 documents a run, both pipelines in turn, the median of the ratios.
POSTERN_ES_URL names a node that already runs.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from figures import Figure
from lines import doubled, mixes
from postern.compile import compile_catalog
from postern.demo import install
from postern.elastic import emit
from postern.elastic.pipelines import pipelines
from postern.engine import running_node
from postern.paths import catalog_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elasticsearch import Elasticsearch

    from postern.model import Catalog

# One anchored grok each: PRI, time, device, level, id and the rest.
BASELINES = {
    "cisco_asa": (
        r"\A(?:<(?<pri>[0-9]{1,3})>)?(?<time>[A-Z][a-z]{2} [ 0-9][0-9](?: [0-9]{4})? [0-9:]{8})?"
        r"(?: (?<device>[^ ]+) )?:? ?%(?<tag>ASA|FTD)-(?<level>[0-7])-(?<id>[0-9]{6,7}): (?<rest>[\s\S]*)"
    ),
    "cisco_esa": (
        r"\A(?:<(?<pri>[0-9]{1,3})>)?(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}) "
        r"(?<level>[A-Z][a-z]+): (?<rest>[\s\S]*)"
    ),
}
TITLES = {"cisco_asa": "ASA pipelines", "cisco_esa": "ESA pipelines"}
LIMITS = {"cisco_asa": 6.0, "cisco_esa": 8.0}
GROWTH, STATE = 1.10, 10.0  # at most: times the cost with the catalog doubled; MB of cluster state
TWICE = "cisco_asa_twice"
WARM_UPS, RUNS, GROWN, CHUNK = 6, 7, 5, 1000
INDEX = "postern-bench"


@dataclass(frozen=True)
class Bench:
    """A node with content, and an index that keeps documents without reading them."""

    client: Elasticsearch

    def microseconds(self, pipelines: Sequence[str], lines: Sequence[str]) -> list[float]:
        """What a document costs in each pipeline, by the node's own count; they take turns, chunk by chunk."""
        before = [self._statistics(pipeline) for pipeline in pipelines]
        for begin in range(0, len(lines), CHUNK):
            operations: list[dict[str, object]] = []
            for line in lines[begin : begin + CHUNK]:
                operations += [{"index": {}}, {"message": line}]
            for pipeline in pipelines:
                self.client.bulk(index=INDEX, operations=operations, pipeline=pipeline, filter_path="errors")
        after = [self._statistics(pipeline) for pipeline in pipelines]
        return [1000 * (end[1] - start[1]) / (end[0] - start[0]) for start, end in zip(before, after, strict=True)]

    def _statistics(self, pipeline: str) -> tuple[int, int]:
        nodes = self.client.nodes.stats(metric="ingest")["nodes"].values()
        found = [node["ingest"]["pipelines"][pipeline] for node in nodes if pipeline in node["ingest"]["pipelines"]]
        return sum(one["count"] for one in found), sum(one["time_in_millis"] for one in found)

    def figure(self, product: str, lines: Sequence[str]) -> Figure:
        """The figure of one product, both pipelines in turn."""
        ours, baseline = f"postern-{product}", f"{INDEX}-{product}"
        self.client.ingest.put_pipeline(
            id=baseline, processors=[{"grok": {"field": "message", "patterns": [BASELINES[product]]}}]
        )
        runs = []
        for number in range(WARM_UPS + RUNS):
            header, whole = self.microseconds((baseline, ours), lines)
            kind = "run" if number >= WARM_UPS else "warm-up"
            sys.stderr.write(f"{product} {kind}: header {header:.2f} µs, ours {whole:.2f} µs, {whole / header:.2f} x\n")
            runs += [(header, whole)] if kind == "run" else []
        self.client.ingest.delete_pipeline(id=baseline)
        note = f"{median(a for a, _ in runs):.1f} µs header only, {median(b for _, b in runs):.1f} µs ours; {RUNS} runs"
        ratio = median(ours / header for header, ours in runs)
        return Figure(
            f"{TITLES[product]}, a document", ratio, "x header only", LIMITS[product], at_most=True, note=note
        )

    def growth(self, catalog: Catalog, lines: Sequence[str]) -> Figure:
        """What the same lines cost with a clone of each message under an unused id, both pipelines in turn."""
        ours, twice = "postern-cisco_asa", f"postern-{TWICE}"
        product = replace(doubled(catalog).product("cisco_asa"), name=TWICE)
        for one in pipelines(replace(catalog, products=(product,))):
            if one.name.startswith(twice):
                self.client.ingest.put_pipeline(
                    id=one.name, processors=one.processors, on_failure=one.on_failure or None
                )
        runs = []
        for number in range(WARM_UPS + GROWN):
            once, both = self.microseconds((ours, twice), lines)
            sys.stderr.write(f"catalog doubled: {once:.2f} µs, {both:.2f} µs, {both / once:.3f} x\n")
            runs += [both / once] if number >= WARM_UPS else []
        note = f"{2 * len(catalog.product('cisco_asa').messages):,} ids; runs " + ", ".join(
            f"{one:.3f}" for one in runs
        )
        return Figure("ASA pipelines, catalog doubled", median(runs), "x", GROWTH, at_most=True, note=note)

    def state(self) -> int:
        """Bytes of the cluster's metadata, as JSON."""
        return len(json.dumps(self.client.cluster.state(metric="metadata").body, separators=(",", ":")))


def measure() -> list[Figure]:
    """The figures of both products, of the catalog doubled, and of what the cluster has to remember."""
    catalog = compile_catalog(catalog_root())
    with running_node(heap_mb=1024) as node:
        client = node.client()
        bench = Bench(client)
        before = bench.state()
        install.put(client, list(emit(catalog)), node.swaps)
        added = (bench.state() - before) / 1e6
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        settings = {"number_of_replicas": 0, "refresh_interval": -1}
        client.indices.create(index=INDEX, mappings={"enabled": False}, settings=settings)
        lines = mixes(catalog)
        try:
            return [
                *(bench.figure(product, some) for product, some in lines.items()),
                bench.growth(catalog, lines["cisco_asa"]),
                Figure("cluster state added", added, "MB", STATE, at_most=True, note="metadata as JSON"),
            ]
        finally:
            client.indices.delete(index=INDEX)


if __name__ == "__main__":
    for one in measure():
        print(f"{one.name}: {one.measured:.2f} {one.unit} ({one.target}; {one.note})")
