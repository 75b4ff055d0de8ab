"""What a document costs in our pipelines, against a pipeline that only takes its header apart.

On a real node, by its own ingest statistics: 20,000 documents a run, both pipelines in turn, the median of the ratios.
POSTERN_ES_URL names a node that already runs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from figures import Figure
from lines import mixes
from postern.compile import compile_catalog
from postern.demo import install
from postern.elastic import emit
from postern.engine import running_node
from postern.paths import catalog_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elasticsearch import Elasticsearch

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
LIMIT = 6.0
WARM_UPS, RUNS, CHUNK = 6, 7, 1000
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
        return Figure(f"{TITLES[product]}, a document", ratio, "x header only", LIMIT, at_most=True, note=note)


def measure() -> list[Figure]:
    """The figures of both products."""
    catalog = compile_catalog(catalog_root())
    with running_node(heap_mb=1024) as node:
        client = node.client()
        install.put(client, list(emit(catalog)), node.swaps)
        client.indices.delete(index=INDEX, ignore_unavailable=True)
        settings = {"number_of_replicas": 0, "refresh_interval": -1}
        client.indices.create(index=INDEX, mappings={"enabled": False}, settings=settings)
        try:
            return [Bench(client).figure(product, lines) for product, lines in mixes(catalog).items()]
        finally:
            client.indices.delete(index=INDEX)


if __name__ == "__main__":
    for one in measure():
        print(f"{one.name}: {one.measured:.2f} {one.unit} ({one.target}; {one.note})")
