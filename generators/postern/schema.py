"""The shape of the catalog's files: what may be written. Unknown keys are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from postern.findings import Finding
    from postern.source import Document, Loc

SHARED = "_shared"  # the key under which a file says what its entries share
Level = Literal["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"]
Cast = Literal["int", "ip", "time", "duration", "list", "text_list", "python_repr", "pairs"]
SplunkName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_*:.-]+$")]
DeviceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$")]  # as the type device_id
Kind = Literal["none", "subject", "user", "address", "text"]
How = Literal["keep", "hash", "drop"]
Pair = Annotated[str, Field(min_length=2, max_length=2)]


Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Replaceable(_Strict):
    """An entry that may stand in the place of one of the layer below."""

    replaces: bool = False


class TypeFile(Replaceable):
    """One type of types.yaml: exactly one of `shape`, `text`, `any_of`."""

    shape: str | None = None
    text: str | None = None
    any_of: list[str] | None = None
    cast: Cast | None = None
    wrap: list[Pair] = []
    empty: bool = False
    good: list[str]
    bad: list[str]


class FieldFile(Replaceable):
    """One slot name of fields.yaml."""

    type: str
    desc: str
    ecs: str | dict[str, str] | None = None
    cim: str | dict[str, str] | None = None
    case: Literal["lower"] | None = None
    header: bool = False
    trust: Literal["device", "outsider"] = "device"
    privacy: Kind | None = None


class EcsEvent(_Strict):
    """The ECS side of an event."""

    kind: str = "event"
    category: list[str]
    type: list[str]
    action: str
    outcome: str | None = None


class CimEvent(_Strict):
    """The CIM side of an event; `fields` are constants: a value, or one for each product whose lines all mean it."""

    model: str
    tags: list[str]
    action: str | None = None
    fields: dict[str, str | dict[str, str]] = {}


class EventFile(Replaceable):
    """One event of events.yaml."""

    ecs: EcsEvent
    cim: CimEvent | None = None


class HeaderForm(_Strict):
    """A header whose body has a layout of its own, or is closed by a literal at the end of the line."""

    text: str
    body: Literal["native", "bracketed"] = "native"
    closing: str = ""


class ContextGroup(_Strict):
    """Context keys of key-value lines, and the bracket groups in which they count ('' is the top level)."""

    groups: list[str]
    keys: dict[str, str]


class Prefix(_Strict):
    """A text that may stand before the bodies of some ids."""

    ids: list[str]
    text: str


class ProductFile(_Strict):
    """`_product.yaml`: how a line of the device is framed."""

    title: str
    vendor: str
    observer: dict[str, str]
    sourcetypes: list[str]
    dispatch: Literal["id", "words", "key"]
    key: str | None = None
    key_digits: int = 0
    tail: str = " "
    levels: dict[Level, int]
    header: list[str | HeaderForm]
    prefixes: list[Prefix] = []
    hot: list[list[str]] = []
    fallback: list[str] = []
    context: dict[str, ContextGroup] = {}
    common: dict[str, str] = {}


class Sample(_Strict):
    """A line and the values it must give."""

    log: str
    params: dict[str, Any] = {}


class _Wording(_Strict):
    text: str | None = None
    kv: dict[str, str | None] | None = None
    context: list[str] = []
    event: str | dict[str, str] | None = None
    direction: Literal["opener", "wire"] | None = None
    tail: str | None = None
    samples: list[Sample] = []


class VariantFile(_Wording):
    """A further whole wording of a message."""


class EntryFile(_Wording, Replaceable):
    """One message."""

    level: Level | None = None
    title: str
    meaning: str = ""
    action: str = ""
    variants: list[VariantFile] = []
    was: list[str] = []


class SharedFile(_Strict):
    """`_shared`: what all entries of a file share."""

    level: Level | None = None
    event: str | dict[str, str] | None = None
    direction: Literal["opener", "wire"] | None = None
    context: list[str] = []
    tail: str | None = None


class TranslationFile(Replaceable):
    """The words of one message in another language; `of` is the hash of the English ones."""

    of: str
    title: str
    meaning: str = ""
    action: str = ""


class LabelFile(Replaceable):
    """Title and description of a search or dashboard in another language, and its panels' titles by id."""

    title: str
    description: str
    panels: dict[str, str] = {}


class SearchParam(_Strict):
    """A parameter that narrows a search: the clause that uses it."""

    name: str
    optional: bool = True
    where: str
    spl: str


class SearchFile(Replaceable):
    """One saved search."""

    title: str
    description: str
    params: list[SearchParam] = []
    esql: str
    spl: str


class PanelFile(_Strict):
    """One panel of a dashboard; `width` is of 48 columns; `x`, `y`, `by` name columns of its query."""

    id: str
    title: str
    kind: Literal["metric", "table", "line", "bar"]
    width: int
    height: int
    x: str | None = None
    y: str | None = None
    by: str | None = None
    esql: str
    spl: str


class DashboardFile(Replaceable):
    """One dashboard."""

    title: str
    description: str
    panels: list[PanelFile]


class SplunkSite(_Strict):
    """Where a site's events are in Splunk: indexes (`*` stands for anything), and further source types by product."""

    indexes: list[SplunkName] = Field(default=["*"], min_length=1)
    sourcetypes: dict[str, list[SplunkName]] = {}


class ZonesSite(_Strict):
    """The time zones of devices whose lines name no offset: one for all, and those of some by their names."""

    default: str = "UTC"
    devices: dict[DeviceName, str] = {}


class PrivacySite(_Strict):
    """What a site does with the values of each kind, and with the lines themselves."""

    subjects: How = "keep"
    users: How = "keep"
    addresses: How = "keep"
    raw: Literal["keep", "drop"] = "keep"


class SiteFile(_Strict):
    """site.yaml: what a site sets."""

    targets: list[Literal["elastic", "splunk"]] = Field(default=["elastic", "splunk"], min_length=1)
    language: Literal["en", "zh-Hans", "zh-Hant"] = "en"
    splunk: SplunkSite = SplunkSite()
    zones: ZonesSite = ZonesSite()
    privacy: PrivacySite = PrivacySite()


def mapping(data: object) -> Iterator[tuple[str, Any]]:
    """The items of a mapping; nothing of anything else (which is a finding elsewhere)."""
    return iter(data.items()) if isinstance(data, dict) else iter(())


def validate(model: type[Model], document: Document, loc: Loc, data: object) -> Model | None:
    """The data as a model; None, and findings in the document, where it does not fit."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = (_finding(model, document, loc, data, fault) for fault in error.errors())
        document.findings.extend(finding for finding in found if finding is not None)
        return None


_MUST_BE = {
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "list_type": "must be a list",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
}


def _finding(model: type[BaseModel], document: Document, loc: Loc, data: object, fault: ErrorDetails) -> Finding | None:
    here, at = model, loc
    annotation: object = model
    *parents, last = fault["loc"] or ("",)
    for part in parents if fault["type"] in ("missing", "extra_forbidden") else fault["loc"]:
        if part == "[key]":
            break
        if not _has(data, part):  # the tag of a union's member, not a key of ours
            if (part == "str") == isinstance(data, dict | list):
                return None  # the other member tells what is wrong
            continue
        annotation, data, at = _below(annotation, part), data[part], (*at, part)  # type: ignore[index]
    here = next((one for one in _options(annotation) if isinstance(one, type) and issubclass(one, BaseModel)), here)
    if fault["type"] == "extra_forbidden":
        return document.finding("P201", (*at, last), "the key is not known here", ", ".join(sorted(here.model_fields)))
    if fault["type"] == "missing":
        return document.finding("P202", (*at, last), f"the key {last} is missing")
    if fault["type"] == "literal_error":
        return document.finding("P203", at, "is not one of the allowed words", fault["ctx"]["expected"])
    return document.finding("P203", at, _MUST_BE.get(fault["type"], fault["msg"]))


def _has(data: object, part: int | str) -> bool:
    return isinstance(data, dict) and part in data if isinstance(part, str) else isinstance(data, list)


def _options(annotation: object) -> tuple[object, ...]:
    return (annotation, *get_args(annotation))


def _below(annotation: object, part: int | str) -> object:
    """What is said of the value under a key or index."""
    for option in _options(annotation):
        if get_origin(option) is dict or (get_origin(option) is list and isinstance(part, int)):
            return get_args(option)[-1]
        if isinstance(option, type) and issubclass(option, BaseModel) and part in option.model_fields:
            return option.model_fields[str(part)].annotation
    return None
