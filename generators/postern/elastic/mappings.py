"""Component and index templates, and the lookup index: every field mapped explicitly, nothing dynamic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postern import ecs_schema
from postern.i18n import ENGLISH

if TYPE_CHECKING:
    from postern.model import Catalog, Product

PRIORITY = 250  # above the built-in templates for logs-*-*
LONGEST_KEYWORD = 1024  # ECS's own limit
LONGEST_PARAM = 8191  # Lucene refuses terms above 32,766 bytes
LOOKUP_INDEX = "postern-messages"
ROUTER_DATASET = "postern.router"
# Fields that no slot writes: constants of an event, what the pipelines note, what a shipper sets.
OWN_FIELDS = [
    "@timestamp",
    "ecs.version",
    "error.code",
    "error.message",
    "event.action",
    "event.category",
    "event.code",
    "event.created",
    "event.dataset",
    "event.ingested",
    "event.kind",
    "event.module",
    "event.original",
    "event.outcome",
    "event.severity",
    "event.type",
    "log.level",
    "message",
    "log.syslog.facility.code",
    "observer.product",
    "observer.type",
    "observer.vendor",
    "related.hosts",
    "related.ip",
    "related.user",
    "tags",
    "data_stream.type",
    "data_stream.dataset",
    "data_stream.namespace",
]
OWN_KEYWORDS = ("postern.key", "postern.parse_status", "postern.direction")


def roles(catalog: Catalog) -> set[str]:
    """All paths that slots write."""
    return {role for field in catalog.fields.values() for role in field.roles()}


def properties(catalog: Catalog) -> dict[str, Any]:
    """The mapping of every field, nested."""
    mapped: dict[str, Any] = {}
    for path in sorted({*roles(catalog), *OWN_FIELDS, *OWN_KEYWORDS}):
        _put(mapped, path, _mapping(catalog, path))
    _put(mapped, "postern.params", {"type": "flattened", "ignore_above": LONGEST_PARAM})
    return mapped


def _mapping(catalog: Catalog, path: str) -> dict[str, Any]:
    known = ecs_schema.load().field(path)
    if path == "event.original":
        return {"type": "keyword", "index": False, "doc_values": False}
    if path.startswith("data_stream."):
        return {"type": "constant_keyword"}
    if known is None:
        numeric = any(
            field.role(member) == path and cast in ("int", "list", "duration")
            for field in catalog.fields.values()
            if path in field.roles()
            for member, cast in catalog.members_of(field.type)
        )
        return {"type": "long"} if numeric else {"type": "keyword", "ignore_above": LONGEST_KEYWORD}
    if known.type == "ip":
        return {"type": "ip", "ignore_malformed": True}
    if known.type == "keyword":
        return {"type": "keyword", "ignore_above": LONGEST_KEYWORD}
    return {"type": known.type}


def _put(mapped: dict[str, Any], path: str, mapping: dict[str, Any]) -> None:
    *parents, leaf = path.split(".")
    for parent in parents:
        mapped = mapped.setdefault(parent, {"properties": {}})["properties"]
    mapped[leaf] = mapping


def component_template(catalog: Catalog) -> dict[str, Any]:
    """The mappings that all data streams share."""
    return {
        "template": {
            "mappings": {"dynamic": False, "date_detection": False, "properties": properties(catalog)},
        },
        "_meta": meta("catalog/fields.yaml"),
    }


def index_template(name: str, dataset: str, pipeline: str, source: str) -> dict[str, Any]:
    """The template of one data set's data streams."""
    return {
        "index_patterns": [f"logs-{dataset}-*"],
        "data_stream": {},
        "priority": PRIORITY,
        "composed_of": ["postern-mappings"],
        "template": {
            "settings": {"index": {"default_pipeline": pipeline, "mapping": {"ignore_malformed": False}}},
            "mappings": {
                "properties": {
                    "data_stream": {
                        "properties": {
                            "type": {"type": "constant_keyword", "value": "logs"},
                            "dataset": {"type": "constant_keyword", "value": dataset},
                        }
                    }
                }
            },
        },
        "_meta": meta(source) | {"description": name},
    }


def product_template(product: Product) -> dict[str, Any]:
    """The template of a product's data streams."""
    return index_template(product.title, product.dataset, f"postern-{product.name}", f"catalog/{product.name}/")


def lookup_index() -> dict[str, Any]:
    """Settings and mappings of the index that LOOKUP JOIN reads."""
    keyword, text = {"type": "keyword"}, {"type": "keyword", "ignore_above": LONGEST_PARAM}
    fields = {"key": keyword, "product": keyword, "title": text, "meaning": text, "recommended_action": text}
    return {
        "settings": {"index": {"mode": "lookup"}},
        "mappings": {
            "dynamic": False,
            "properties": {"postern": {"properties": fields}},
            "_meta": meta("catalog/"),
        },
    }


def lookup_name(language: str) -> str:
    """The lookup index of a language; index names are lower case."""
    return LOOKUP_INDEX if language == ENGLISH else f"{LOOKUP_INDEX}-{language.lower()}"


def lookup_documents(catalog: Catalog, language: str) -> list[dict[str, Any]]:
    """Key and title of every message in a language; meaning and action where it has them."""
    return [
        {"postern": {name: value for name, value in said.items() if value}}
        for message in catalog.messages()
        for words in [message.words(language)]
        for said in [
            {
                "key": message.key,
                "product": message.product,
                "title": words.title,
                "meaning": words.meaning,
                "recommended_action": words.action,
            }
        ]
    ]


def meta(source: str) -> dict[str, str]:
    """What marks a generated object."""
    return {"generated_by": "postern", "source": source}
