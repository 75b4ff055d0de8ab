"""The frozen model: what may be read. Back ends and the matcher see this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from postern import ecs_schema, regex
from postern.order import leads_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.findings import Finding
    from postern.source import Document, Loc


@dataclass(frozen=True)
class Place:
    """Where in the catalog a thing was said."""

    document: Document
    loc: Loc

    @property
    def where(self) -> str:
        """The place as `path:line`."""
        return f"{self.document.path}:{self.document.line(self.loc)}"

    def finding(self, code: str, problem: str, known: str = "", *more: str | int) -> Finding:
        """A finding about this place, or about the key `more` below it."""
        return self.document.finding(code, (*self.loc, *more), problem, known)


@dataclass(frozen=True)
class Field:
    """A slot name. `ecs` is a path, or a path for each member type; None keeps the value in `postern.params`.

    `cim` likewise; None has no place in CIM. `privacy` is the kind of what it says of people; None says nothing.
    """

    name: str
    type: str
    desc: str
    ecs: str | Mapping[str, str] | None
    cim: str | Mapping[str, str] | None
    lower: bool
    header: bool
    outsider: bool
    privacy: str | None
    place: Place = field(compare=False, repr=False)

    def role(self, member: str) -> str | None:
        """The ECS path of a value of this member type, or None."""
        if self.ecs is None or isinstance(self.ecs, str):
            return self.ecs
        return self.ecs.get(member)

    def cim_role(self, member: str) -> str | None:
        """The CIM field of a value of this member type, or None."""
        if self.cim is None or isinstance(self.cim, str):
            return self.cim
        return self.cim.get(member)

    def roles(self) -> tuple[str, ...]:
        """All ECS paths that the field may write."""
        if self.ecs is None:
            return ()
        return (self.ecs,) if isinstance(self.ecs, str) else tuple(self.ecs.values())

    @property
    def param(self) -> str:
        """Where a value without a role is kept."""
        return f"postern.params.{self.name}"


@dataclass(frozen=True)
class Cim:
    """CIM side of an event: data model, tags, action, and constants (a value, or a value for each product)."""

    model: str
    tags: tuple[str, ...]
    action: str | None
    fields: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)

    def constants(self, product: str) -> dict[str, str]:
        """The fields that each such event of a product has, unless a slot gives them."""
        return {
            name: value if isinstance(value, str) else value[product]
            for name, value in self.fields.items()
            if isinstance(value, str) or product in value
        }


@dataclass(frozen=True)
class Event:
    """What happened. `ecs` holds kind, category, type, action and, where known, outcome."""

    name: str
    ecs: Mapping[str, Any]
    cim: Cim | None
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class EventRule:
    """The event of a wording: `default`, or what `by` gives for the value of `slot`."""

    default: Event | None
    slot: str | None = None
    by: Mapping[str, Event] = field(default_factory=dict)

    def of(self, params: Mapping[str, Any]) -> Event | None:
        """The event of a line with these params."""
        if self.slot is None:
            return self.default
        return self.by.get(str(params.get(self.slot)), self.default)

    def events(self) -> Iterator[Event]:
        """All events that the rule may give."""
        if self.default is not None:
            yield self.default
        yield from self.by.values()


@dataclass(frozen=True)
class Sample:
    """A line and the values of its body's slots."""

    log: str
    params: Mapping[str, Any]
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class KvSlot:
    """Where the value of a wire key goes: the slot, and the member types it may have with their casts, in order."""

    name: str
    members: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Wording:
    """One whole wire form of a message.

    `body` is its regex tree, tail included; None for a key-value body, whose keys are in `kv`. A key that the message
    owns and that fills no field has no slot there.
    """

    key: str
    number: int
    body: regex.Node | None
    kv: Mapping[str, KvSlot | None]
    context: tuple[str, ...]
    event: EventRule
    opener: bool
    samples: tuple[Sample, ...]
    rank: int
    place: Place = field(compare=False, repr=False)

    def captures(self) -> Iterator[regex.Capture]:
        """The captures of the body, in the order of their groups."""
        return iter(self._captures)

    @property
    def leads(self) -> tuple[tuple[str, ...], ...]:
        """The ways in which a line of it can begin, as words; none of a key-value body."""
        return () if self.body is None else leads_of(self.body)

    @cached_property
    def _captures(self) -> tuple[regex.Capture, ...]:
        return () if self.body is None else tuple(regex.captures(self.body))

    def slot_names(self) -> tuple[str, ...]:
        """Names of all slots, each once, in the order of the text."""
        named = [capture.name for capture in self.captures()] or [slot.name for slot in self.kv.values() if slot]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Words:
    """What we say of a message, in one language; meaning and action are empty where there is a title alone."""

    title: str
    meaning: str
    action: str


@dataclass(frozen=True)
class Label:
    """Title and description of a search or dashboard, and its panels' titles by id, in one language."""

    title: str
    description: str
    panels: Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """One message of a device: severity, texts of ours, and its wordings."""

    key: str
    product: str
    id: str
    level: str
    title: str
    meaning: str
    action: str
    wordings: tuple[Wording, ...]
    place: Place = field(compare=False, repr=False)
    translations: Mapping[str, Words] = field(default_factory=dict)

    def words(self, language: str) -> Words:
        """Our words in a language; the English ones where there are none."""
        return self.translations.get(language) or Words(self.title, self.meaning, self.action)


@dataclass(frozen=True)
class Header:
    """One form of a product's header: its regex tree, and how the body after it is laid out and closed."""

    node: regex.Node
    bracketed: bool
    closing: str

    def captures(self) -> Iterator[regex.Capture]:
        """The captures of the header, in the order of their groups."""
        return regex.captures(self.node)

    @property
    def around_id(self) -> tuple[regex.Node, regex.Node | None]:
        """The tree before the message id, and from it on; the whole tree and None where the header has no id."""
        items = self.node.items if isinstance(self.node, regex.Seq) else (self.node,)
        for index, item in enumerate(items):
            if isinstance(item, regex.Capture) and item.name == "message_id":
                return regex.seq(*items[:index]), regex.seq(*items[index:])
        return self.node, None


@dataclass(frozen=True)
class Context:
    """A group of context keys: the bracket groups it counts in, and its keys."""

    groups: tuple[str, ...]
    keys: Mapping[str, KvSlot]


@dataclass(frozen=True)
class Product:
    """How the lines of one device are framed, and its messages in the order of their ids."""

    name: str
    title: str
    vendor: str
    observer: Mapping[str, str]
    sourcetypes: tuple[str, ...]
    dispatch: str
    key: str | None
    key_digits: int
    levels: Mapping[str, int]
    headers: tuple[Header, ...]
    fallback: tuple[Wording, ...]
    hot: tuple[tuple[str, ...], ...]
    context: Mapping[str, Context]
    common: Mapping[str, KvSlot]
    messages: tuple[Message, ...]
    place: Place = field(compare=False, repr=False)

    @property
    def dataset(self) -> str:
        """The data set of its events."""
        return f"postern.{self.name}"

    def wordings(self) -> Iterator[tuple[Message, Wording]]:
        """All wordings with their messages."""
        return ((message, wording) for message in self.messages for wording in message.wordings)


class Param(NamedTuple):
    """What a caller of a saved search may ask for, and the clause that asks it in each query language."""

    name: str
    esql: str
    spl: str


@dataclass(frozen=True)
class Search:
    """A saved search in each query language."""

    name: str
    title: str
    description: str
    params: tuple[Param, ...]
    esql: str
    spl: str


@dataclass(frozen=True)
class Panel:
    """One panel of a dashboard; sizes in 48ths of the width and in rows; `x`, `y`, `by` are columns of the query."""

    id: str
    title: str
    kind: str
    width: int
    height: int
    x: str | None
    y: str | None
    by: str | None
    esql: str
    spl: str


@dataclass(frozen=True)
class Dashboard:
    """One dashboard."""

    name: str
    title: str
    description: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Zones:
    """Time zones of clocks whose stamps name no offset, by the name of the device or relay that wrote them."""

    default: str = "UTC"
    devices: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != Zones()

    def of(self, writer: str | None) -> str:
        """The zone of the clock of a device or relay; `writer` is None where the line does not name it."""
        return self.default if writer is None else self.devices.get(writer, self.default)


KEEP, HASH, DROP = "keep", "hash", "drop"


@dataclass(frozen=True)
class Privacy:
    """How values of a kind are treated, and whether the lines themselves are kept."""

    subject: str = KEEP
    user: str = KEEP
    address: str = KEEP
    raw: str = KEEP

    @property
    def kept(self) -> bool:
        """Whether the values of every kind are kept."""
        return self.subject == self.user == self.address == KEEP

    def of(self, kind: str | None) -> str:
        """How values of a kind are treated: free text may quote any of the others, and goes with the first of them."""
        if kind is None or self.kept:
            return KEEP
        return DROP if kind == "text" else str(getattr(self, kind))

    @property
    def hashes(self) -> bool:
        """Whether values of some kind are hashed."""
        return HASH in (self.subject, self.user, self.address)


@dataclass(frozen=True)
class Site:
    """What a site sets.

    Attributes:
        targets: the back ends that it uses.
        language: what explanations, and the dashboard that Splunk opens, are written in.
        indexes: the Splunk indexes that hold its events.
        sourcetypes: further source types by product.
        zones: of clocks that do not tell their own.
        privacy: what is kept of what lines say of people.
    """

    targets: tuple[str, ...] = ("elastic", "splunk")
    language: str = "en"
    indexes: tuple[str, ...] = ("*",)
    sourcetypes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zones: Zones = field(default_factory=Zones)
    privacy: Privacy = field(default_factory=Privacy)


def _related_kind(role: str) -> str | None:
    if role.startswith("postern."):
        return None
    known = ecs_schema.load().field(role)
    if known is not None and known.type == "ip":
        return "ip"
    if role.endswith("user.name"):
        return "user"
    return "hosts" if role in ("source.domain", "destination.domain") else None


@dataclass(frozen=True)
class Catalog:
    """Everything a back end needs."""

    fields: Mapping[str, Field]
    events: Mapping[str, Event]
    products: tuple[Product, ...]
    searches: tuple[Search, ...]
    dashboards: tuple[Dashboard, ...]
    members: Mapping[str, tuple[tuple[str, str | None], ...]]
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)
    site: Site = field(default_factory=Site)

    def product(self, name: str) -> Product:
        """The product of this name; KeyError if there is none."""
        return next(product for product in self.products if product.name == name)

    def messages(self) -> Iterator[Message]:
        """All messages of all products."""
        return (message for product in self.products for message in product.messages)

    def spelled(self, how: str) -> dict[regex.Node, str]:
        """Trees that a back end has spelled in a way of its own: texts share the trees of their slots."""
        return self._spelled.setdefault(how, {})

    @cached_property
    def _spelled(self) -> dict[str, dict[regex.Node, str]]:
        return {}

    @property
    def overlaid(self) -> bool:
        """Whether an overlay adds or replaces messages, or a site sets anything."""
        return self.site != Site() or any(message.place.document.overlay for message in self.messages())

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """All ECS paths that slots may write, sorted."""
        return tuple(sorted({role for field in self.fields.values() for role in field.roles()}))

    @cached_property
    def related(self) -> dict[str, list[str]]:
        """Paths whose values are gathered under `related.*`, by its key."""
        gathered: dict[str, list[str]] = {"hosts": [], "ip": [], "user": []}
        for role in self.roles:
            if (kind := _related_kind(role)) is not None:
                gathered[kind].append(role)
        return gathered

    @cached_property
    def used_members(self) -> dict[str, dict[str, str | None]]:
        """By slot the member types that its values may have, and their casts; fixed words are a member of their own."""
        found: dict[str, dict[str, str | None]] = {
            name: dict(self.members_of(field.type)) or {field.type: None} for name, field in self.fields.items()
        }
        for product in self.products:
            captures = [one for header in product.headers for one in header.captures()]
            captures += [one for _, wording in product.wordings() for one in wording.captures()]
            for capture in captures:
                found[capture.name][capture.member] = capture.cast
        return {name: dict(sorted(some.items())) for name, some in found.items()}

    def members_of(self, type_name: str) -> tuple[tuple[str, str | None], ...]:
        """The member types of a type and their casts; of a composite none."""
        return self.members.get(type_name, ())

    def role(self, capture: regex.Capture) -> str | None:
        """The ECS path that a capture writes, or None for `postern.params`."""
        return self.fields[capture.name].role(capture.member)

    def cim_role(self, capture: regex.Capture) -> str | None:
        """The CIM field that a capture writes, or None."""
        return self.fields[capture.name].cim_role(capture.member)
