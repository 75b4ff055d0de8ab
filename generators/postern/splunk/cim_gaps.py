"""What the devices cannot give of CIM: for each tagged event, the required fields that a line may lack, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from postern import cim_schema, regex
from postern.cim_rules import kv_slots
from postern.kept import remembered
from postern.render import render

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from postern.cim_schema import CimModel
    from postern.model import Catalog, Event, Message, Product, Wording

# What the app adds to every parsed event, whatever its line holds.
CONSTANTS = frozenset(["vendor_product", "signature", "signature_id", "severity", "tag"])
# Why a required field is not in each line, by data model and field. A gap without a reason stops the build.
REASONS = {
    ("Alerts", "app"): "the line names no application",
    ("Alerts", "body"): "the text is the event itself; no second copy of it is kept",
    ("Alerts", "dest"): "what passed a rate may be an attack, a port, a host or a user; it is in `object`",
    ("Alerts", "id"): "the device does not number its alerts",
    ("Authentication", "app"): "the firewall does not say to what the user logged in",
    ("Authentication", "dest"): "the line names the client at most; the server is the device itself, in `dvc`",
    ("Authentication", "user"): "the device may hide the name (`*****`) or have none; some lines are about none",
    ("Change", "command"): "the line tells what changed, not by which command",
    ("Change", "dest"): "what changed is the device itself, in `dvc`",
    ("Change", "object"): "the line names no object apart from the command, the interface or the user",
    ("Change", "object_attrs"): "the line lists no attributes",
    ("Change", "object_id"): "the device does not number what it configures",
    ("Change", "object_path"): "a configuration has no path",
    ("Change", "user"): "a notice of the Email Proxy names no user, and a user's name may be hidden (`*****`)",
    ("Email", "action"): "a bounce, or an end for which the model has no word",
    ("Email", "dest"): "the line does not say which host took the message",
    ("Email", "internal_message_id"): "a message that is refused early, or a line that is cut, has no MID",
    ("Email", "message_id"): "a message may have no such header, and a line may be cut",
    ("Email", "recipient"): "a message that ends before its first recipient has none, and a line may be cut",
    ("Email", "recipient_count"): "recipients stand in one text; they are not counted",
    ("Email", "return_addr"): "the envelope sender is in `src_user`",
    ("Email", "src"): "a message that the gateway made itself has no client, and a line may be cut",
    ("Email", "src_user"): "a bounce has no envelope sender, and a line may be cut",
    ("Email", "user"): "the line names no account",
    ("Network_Sessions", "dest_ip"): "only the line that assigns an address to a VPN client tells it",
    ("Network_Sessions", "dest_mac"): "no line about a session holds a MAC address",
    ("Network_Sessions", "src_ip"): "the client is in `src`, where a device may also print a name",
    ("Network_Sessions", "user"): "a line about a mail session names none, and a user's name may be hidden (`*****`)",
    ("Network_Traffic", "action"): "a connection that failed was neither allowed nor blocked",
    ("Network_Traffic", "app"): "a firewall prints ports; NetDefend's module is in `alg_module`",
    ("Network_Traffic", "dest"): "the line has one end or none; of a connection that is known it gives only the number",
    ("Network_Traffic", "src"): "the line has one end or none; of a connection that is known it gives only the number",
    ("Network_Traffic", "transport"): "the line does not say, or gives an IP protocol by its number",
}
# Why a device prints other words than the model expects. They stay: a wrong word is worse than a new one.
FOREIGN_REASONS = {
    ("Network_Traffic", "tcp_flag"): "the device prints all flags of a packet in one string, or that they are invalid",
    ("Network_Traffic", "transport"): "IPsec, ICMPv6 and the like are none of the model's three",
}
OF_OVERLAY = "entries of an overlay lack it"  # whose author need not argue with us


@dataclass(frozen=True)
class Gap:
    """What one wording lacks, as one of its events, of what the event's data model requires; both may be empty.

    Attributes:
        model, event, product, message: names; `message` is a key.
        wording: its number in the message.
        never: fields that no slot and no constant gives.
        sometimes: fields that a slot gives in some lines.
        foreign: fields, each with a value beyond those that the model expects.
        overlay: whether an overlay says the message or the event.
    """

    model: str
    event: str
    product: str
    message: str
    wording: int
    never: frozenset[str]
    sometimes: frozenset[str]
    foreign: frozenset[tuple[str, str]]
    overlay: bool = False

    @property
    def missing(self) -> frozenset[str]:
        """Fields that a line of this wording may lack."""
        return self.never | self.sometimes


def gaps(catalog: Catalog) -> list[Gap]:
    """One for each tagged event of each wording, in the order of the catalog."""
    sure: _Sure = {}
    framed = {product.name: header_fields(catalog, product) for product in catalog.products}
    return [
        gap
        for product in catalog.products
        for message, wording in product.wordings()
        for gap in remembered(
            (gaps, wording.key, wording.number),
            (catalog.fields, framed[product.name], wording),
            partial(_of_wording, catalog, product, message, wording, framed[product.name], sure),
        )
    ]


def _of_wording(  # noqa: PLR0913, PLR0917 - what gaps are about, and what is known of all
    catalog: Catalog, product: Product, message: Message, wording: Wording, framed: frozenset[str], known: _Sure
) -> list[Gap]:
    events = {event.name: event for event in wording.event.events() if event.cim is not None}
    return [_gap(catalog, product, message, wording, event, framed, known) for event in events.values()]


_Sure = dict[regex.Node, frozenset[str]]  # what is known of trees already: texts share those of their slots


def _gap(  # noqa: PLR0913, PLR0917 - what a gap is about, and what is known of all
    catalog: Catalog,
    product: Product,
    message: Message,
    wording: Wording,
    event: Event,
    framed: frozenset[str],
    known: _Sure,
) -> Gap:
    cim = event.cim
    model = cim_schema.load().model(cim.model) if cim else None
    if cim is None or model is None:
        raise ValueError(f"{event.name} is of no data model")
    sure = CONSTANTS | framed | cim.constants(product.name).keys()
    if cim.action:
        sure |= {"action"}
    if wording.body is not None:
        sure |= regex.certain(wording.body, catalog.cim_role, known)
    lacking = model.required(cim.tags) - sure
    never = lacking - _possible(catalog, product, wording)
    foreign = frozenset(_foreign(catalog, product, wording, model, cim.tags))
    overlay = message.place.document.overlay or event.place.document.overlay
    return Gap(
        cim.model, event.name, product.name, message.key, wording.number, never, lacking - never, foreign, overlay,
    )  # fmt: skip


def header_fields(catalog: Catalog, product: Product) -> frozenset[str]:
    """The fields that a header of the product may give: `dvc` where it names the device."""
    found = (catalog.cim_role(capture) for header in product.headers for capture in header.captures())
    return frozenset(name for name in found if name)


def _possible(catalog: Catalog, product: Product, wording: Wording) -> frozenset[str]:
    """The fields that a line of the wording may give."""
    found = (catalog.fields[slot].cim_role(member) for slot, member in _slots(product, wording))
    return frozenset(name for name in found if name)


def _slots(product: Product, wording: Wording) -> set[tuple[str, str]]:
    """The slots of a wording with the member types that their values may have."""
    if wording.body is not None:
        return {(capture.name, capture.member) for capture in wording.captures()}
    return {(slot.name, member) for slot in kv_slots(product, wording) for member, _ in slot.members}


def _foreign(
    catalog: Catalog, product: Product, wording: Wording, model: CimModel, tags: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Words of the text's choices, and of its samples, that the model does not expect in the field they go to."""
    fields = model.fields(tags)
    for slot, member, word in _words(product, wording):
        field = catalog.fields[slot]
        name = field.cim_role(member) or ""
        value = word.lower() if field.lower else word
        if name in fields and (known := fields[name].values) and value not in known:
            yield name, value


def _words(product: Product, wording: Wording) -> Iterator[tuple[str, str, str]]:
    """Slot, member type and value: all words of a choice, and what the samples hold."""
    for name, member in _slots(product, wording):
        for sample in wording.samples:
            if isinstance(value := sample.params.get(name), str):
                yield name, member, value
    for capture in wording.captures():
        if capture.member == regex.CHOICE:
            branches = capture.node.branches if isinstance(capture.node, regex.Alt) else (capture.node,)
            yield from ((capture.name, capture.member, regex.words(branch)) for branch in branches)


class Row(NamedTuple):
    """One event of one product in the list: how many wordings, and how many of them lack which fields."""

    event: str
    product: str
    wordings: int
    never: dict[str, int]
    sometimes: dict[str, int]


class Foreign(NamedTuple):
    """A field, the words that it may hold beyond those that the model expects, and why they stay."""

    field: str
    words: list[str]
    reason: str


class Section(NamedTuple):
    """One data model in the list: its rows, the reason for each field, and words that the model does not expect."""

    model: str
    rows: list[Row]
    reasons: dict[str, str]
    foreign: list[Foreign]


def artifact_text(catalog: Catalog) -> str:
    """The list for people, as Markdown.

    Raises:
        KeyError: a gap has no reason; a list that grows by itself would soon not be read.
    """
    schema = cim_schema.load()
    later = [(model, field, sorted(values)) for (model, field), values in cim_schema.LATER_VALUES.items()]
    return render(
        "postern.splunk", "cim.md.j2",
        version=schema.version, sections=sections(catalog), constants=sorted(CONSTANTS), later=later,
    )  # fmt: skip


def sections(catalog: Catalog) -> list[Section]:
    """The list by data model.

    Raises:
        KeyError: a gap has no reason.
    """
    titles = {product.name: product.title for product in catalog.products}
    found = sorted(gaps(catalog), key=lambda gap: (gap.model, gap.event, gap.product))
    return [
        Section(model, _rows(of_model, titles), _reasons(of_model), _foreign_words(of_model))
        for model, of_model in ((model, list(some)) for model, some in groupby(found, key=lambda gap: gap.model))
    ]


def _rows(of_model: list[Gap], titles: Mapping[str, str]) -> list[Row]:
    rows = []
    for (event, product), some in groupby(of_model, key=lambda gap: (gap.event, gap.product)):
        these = list(some)
        never, sometimes = _counts(gap.never for gap in these), _counts(gap.sometimes for gap in these)
        rows.append(Row(event, titles[product], len(these), never, sometimes))
    return rows


def _counts(of_each: Iterable[frozenset[str]]) -> dict[str, int]:
    return dict(sorted(Counter(name for names in of_each for name in names).items()))


def _reasons(of_model: list[Gap]) -> dict[str, str]:
    own = {(gap.model, field) for gap in of_model if not gap.overlay for field in gap.missing}
    fields = sorted({(gap.model, field) for gap in of_model for field in gap.missing})
    return {at[1]: REASONS[at] if at in own else REASONS.get(at, OF_OVERLAY) for at in fields}


def _foreign_words(of_model: list[Gap]) -> list[Foreign]:
    words: dict[tuple[str, str], set[str]] = {}
    for gap in of_model:
        for field, word in gap.foreign:
            words.setdefault((gap.model, field), set()).add(word)
    own = {(gap.model, field) for gap in of_model if not gap.overlay for field, _ in gap.foreign}
    reasons = {at: FOREIGN_REASONS[at] if at in own else FOREIGN_REASONS.get(at, OF_OVERLAY) for at in words}
    return [Foreign(at[1], sorted(found), reasons[at]) for at, found in sorted(words.items())]
