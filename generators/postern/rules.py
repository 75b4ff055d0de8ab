"""The rules of the design, each a function that yields findings about a catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from postern import cim_rules, ecs_schema, regex
from postern.engines import quick_match
from postern.kept import same
from postern.matcher import Compiler, Matcher

if TYPE_CHECKING:
    from postern.findings import Finding
    from postern.model import Catalog, Event, Field, Header, Message, Place, Product, Sample, Wording

MAX_FIELDS, OVERLAY_FIELDS = 400, 50  # Splunk stops at 512 in all; an overlay has room for names of its own
MAX_FREE_TEXTS = 2
MAX_TITLE = 80
# Names that Splunk or Elasticsearch use for themselves: a slot of that name would overwrite them.
RESERVED = frozenset(
    [
        "host",
        "source",
        "sourcetype",
        "index",
        "punct",
        "linecount",
        "timestamp",
        "eventtype",
        "tag",
        "splunk_server",
        "time_",
        "_time",
        "_raw",
        "_id",
        "_index",
        "_source",
    ]
)


def static(catalog: Catalog, sound: dict[int, Wording] | None = None) -> Iterator[Finding]:
    """All that can be said without reading a sample; `sound` are wordings in which nothing was found before."""
    known = {} if sound is None else sound
    counts: tuple[_Counts, _Counts, _Counts] = ({}, {}, {})
    yield from _fields(catalog)
    for event in catalog.events.values():
        yield from _event(event)
    yield from cim_rules.static(catalog)
    for product in catalog.products:
        yield from _product(product)
        for message in product.messages:
            yield from _message(message)
            for wording in message.wordings:
                if id(wording) not in known:
                    found = list(_wording(catalog, wording, counts))
                    yield from found
                    if not found:
                        known[id(wording)] = wording
    current = {id(wording) for product in catalog.products for _, wording in product.wordings()}
    for gone in known.keys() - current:
        del known[gone]


def _fields(catalog: Catalog) -> Iterator[Finding]:
    ecs = ecs_schema.load()
    for field in catalog.fields.values():
        if field.name in RESERVED:
            yield field.place.finding("P505", f"{field.name} is reserved")
        for role in field.roles():
            if not role.startswith("postern.") and ecs.field(role) is None:
                yield field.place.finding("P501", f"{role} is not an ECS field", ", ".join(ecs.nearest(role)), "ecs")
        for role in {field.cim} if isinstance(field.cim, str) else {*(field.cim or {}).values()}:
            other = catalog.fields.get(role)
            if other is not None and other.cim is None:
                yield field.place.finding("P512", f"the slot {role} has none, and would write the same", "", "cim")
    yield from _privacy(catalog)
    laid = any(field.place.document.overlay for field in catalog.fields.values())
    most = MAX_FIELDS + (OVERLAY_FIELDS if laid else 0)
    if len(catalog.fields) > most:
        field = list(catalog.fields.values())[-1]
        yield field.place.finding("P506", f"{len(catalog.fields)} slot names; at most {most}")


def _privacy(catalog: Catalog) -> Iterator[Finding]:
    """Privacy goes by the field where a value ends, so all slots that may write there are of one kind."""
    first: dict[str, Field] = {}
    for field in catalog.fields.values():
        for role in field.roles():
            other = first.setdefault(role, field)
            if other.privacy != field.privacy:
                kinds = f"{field.privacy or 'none'} here, {other.privacy or 'none'} in {other.name}"
                yield field.place.finding("P511", f"privacy of {role}: {kinds}", other.privacy or "none", "privacy")


def _event(event: Event) -> Iterator[Finding]:
    ecs = ecs_schema.load()
    for key in ("kind", "category", "type", "outcome"):
        values = event.ecs.get(key, [])
        allowed = ecs.values(f"event.{key}")
        for value in [values] if isinstance(values, str) else values:
            if value not in allowed:
                yield event.place.finding("P502", f"{value} is not a value of event.{key}", ", ".join(sorted(allowed)))
    permitted = {kind for category in event.ecs["category"] for kind in ecs.permitted_types(category)}
    for kind in event.ecs["type"]:
        if kind not in permitted:
            categories = "/".join(event.ecs["category"])
            yield event.place.finding("P502", f"ECS has no type {kind} for {categories}", ", ".join(sorted(permitted)))


def _product(product: Product) -> Iterator[Finding]:
    if not product.headers:
        yield product.place.finding("P701", "no header form could be read")
    if product.dispatch == "key" and not product.key:
        yield from _named_by_header(product)
    for header in product.headers:
        yield from _tree(header.node, product.place, regex.ALL)


def _named_by_header(product: Product) -> Iterator[Finding]:
    """Findings for a product without a key whose headers do not name its one message."""
    named = {word for header in product.headers for word in _ids(header)}
    known = {message.id for message in product.messages} or named  # a message that is broken is a finding elsewhere
    if named != known or len(named) != 1 or None in named:
        problem = "dispatch by key needs the name of the key, or in each header {message_id=…} with its only message"
        yield product.place.finding("P701", problem, "key: id")


def _ids(header: Header) -> Iterator[str | None]:
    """The ids that a header may hold; None for one without."""
    found = [one.node for one in header.captures() if one.name == "message_id"]
    yield from (word for node in found for word in regex.fixed_words(node))
    if not found:
        yield None


def _message(message: Message) -> Iterator[Finding]:
    if len(message.title) > MAX_TITLE or message.title.endswith("."):
        yield message.place.finding("P607", "the title is too long or ends with a dot", "", "title")
    if not message.title.strip():
        yield message.place.finding("P607", "title is empty", "", "title")
    if bool(message.meaning.strip()) != bool(message.action.strip()):
        yield message.place.finding("P607", "meaning and action belong together: both, or a title alone")


def _wording(catalog: Catalog, wording: Wording, counts: tuple[_Counts, _Counts, _Counts]) -> Iterator[Finding]:
    if not wording.samples:
        yield wording.place.finding("P605", "the wording has no sample")
    yield from _event_rule(wording)
    if wording.body is None:
        return
    yield from _tree(wording.body, wording.place, 0)
    body = _skeleton(wording.body)
    by_slot, by_role, by_cim = counts
    for name, count in _on_path(body, lambda capture: capture.name, by_slot).items():
        if count > 1:
            yield wording.place.finding("P304", f"{name} stands {count} times on one path", "", "text")
    for role, count in _on_path(body, catalog.role, by_role).items():
        if role and count > 1:
            yield wording.place.finding("P405", f"{role} is written {count} times on one path", "", "text")
    for name, count in _on_path(body, catalog.cim_role, by_cim).items():
        if count > 1:
            yield wording.place.finding("P406", f"{name} is written {count} times on one path", "", "text")
    if (count := _free_texts(body)) > MAX_FREE_TEXTS:
        yield wording.place.finding("P305", f"{count} free-text slots on one path", "", "text")


def _tree(node: regex.Node, place: Place, follow: int) -> Iterator[Finding]:
    for chars in regex.unbounded_faults(node, follow):
        spelled = regex.spell(chars)
        yield place.finding("P402", f"{spelled}* may be followed by one of its own characters; bound it")


def _event_rule(wording: Wording) -> Iterator[Finding]:
    rule = wording.event
    if rule.slot is None:
        return
    choices: dict[str, set[str]] = {}
    for capture in wording.captures():
        words = choices.setdefault(capture.name, set())
        if capture.member == regex.CHOICE:
            words |= {
                regex.words(branch)
                for branch in (capture.node.branches if isinstance(capture.node, regex.Alt) else (capture.node,))
            }
    if rule.slot not in choices and rule.slot not in wording.slot_names():
        yield wording.place.finding(
            "P504", f"{rule.slot} is not a slot of the text", ", ".join(wording.slot_names()), "event"
        )
        return
    if wording.body is not None and rule.slot not in regex.certain(wording.body, lambda one: one.name, {}):
        # Splunk finds the event in a lookup, which does nothing for a line without this field.
        said = f"{rule.slot} is not in every line of the text; give those without it a variant with its own event"
        yield wording.place.finding("P504", said, "", "event")
    words = choices.get(rule.slot, set())
    if rule.default is None and (missing := sorted(words - rule.by.keys())):
        said = f"no event for {', '.join(missing)}; name them, or give `other`"
        yield wording.place.finding("P504", said, "", "event")


_Name = Callable[[regex.Capture], str | None]
_Counts = dict[regex.Node, dict[str, int]]  # what is counted already: texts share the trees of their slots


@cache
def _skeleton(node: regex.Node) -> regex.Node:
    """The captures of a tree, and the alternatives among them."""
    if isinstance(node, regex.Capture):
        return node
    below = [_skeleton(child) for child in node.below]
    return regex.Alt(tuple(below)) if isinstance(node, regex.Alt) else regex.seq(*below)


def _on_path(node: regex.Node, name: _Name, known: _Counts) -> dict[str, int]:
    """How often each name stands on one path through a skeleton, at most."""
    if node not in known:
        known[node] = _counted(node, name, known)
    return known[node]


def _counted(node: regex.Node, name: _Name, known_counts: _Counts) -> dict[str, int]:
    if isinstance(node, regex.Capture):
        known = name(node)
        return {known: 1} if known else {}
    counts: dict[str, int] = {}
    for child in node.below:
        for known, count in _on_path(child, name, known_counts).items():
            before = counts.get(known, 0)
            counts[known] = max(before, count) if isinstance(node, regex.Alt) else before + count
    return counts


@cache
def _free_texts(node: regex.Node) -> int:
    if isinstance(node, regex.Capture):
        return int(regex.is_free_text(node.node))
    counts = [_free_texts(child) for child in node.below]
    return max(counts, default=0) if isinstance(node, regex.Alt) else sum(counts)


def samples(
    catalog: Catalog, proven: dict[str, tuple[object, ...]] | None = None, compiler: Compiler = quick_match
) -> Iterator[Finding]:
    """Every sample is matched by its own message, by no other, and gives the values said.

    Args:
        catalog: whose samples are read.
        proven: what held before, by message or product, and is not read again while it is the same.
        compiler: makes the regexes of texts.
    """
    known = {} if proven is None else proven
    matcher = Matcher(catalog, compiler)
    for product in catalog.products:
        for name, messages in _rivals(product):
            wordings = [(message, wording) for message in messages for wording in message.wordings]
            of = (product.place.document, *(wording for _, wording in wordings))
            if same(known.get(name, ()), of):
                continue
            found = [
                finding
                for message, wording in wordings
                for sample in wording.samples
                for finding in _sample(matcher, message, wording, sample)
            ]
            yield from found
            known[name] = () if found else of


def _rivals(product: Product) -> Iterator[tuple[str, Sequence[Message]]]:
    """The messages among which a line of theirs is decided: by id each stands alone."""
    if product.dispatch == "id":
        yield from ((message.key, [message]) for message in product.messages)
    else:
        yield product.name, product.messages


def _sample(matcher: Matcher, message: Message, wording: Wording, sample: Sample) -> Iterator[Finding]:
    decoded = matcher.decode(sample.log, matcher.catalog.product(message.product))
    if decoded.wording is None:
        yield sample.place.finding("P601", f"its own text does not match it (status {decoded.status})")
    elif (decoded.wording.key, decoded.wording.number) != (wording.key, wording.number):
        yield sample.place.finding("P602", f"matched by {decoded.wording.key} (wording {decoded.wording.number})")
    elif decoded.params != sample.params:
        yield sample.place.finding("P603", _difference(dict(sample.params), dict(decoded.params)))


def _difference(said: dict[str, object], found: dict[str, object]) -> str:
    parts = [
        f"{name} is {found.get(name)!r}, said {said.get(name)!r}"
        for name in sorted(said | found)
        if said.get(name) != found.get(name)
    ]
    return "; ".join(parts)
