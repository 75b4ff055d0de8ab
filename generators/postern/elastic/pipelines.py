"""Ingest pipelines as data: receive, header, dispatch, one grok and one table a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from postern import document, ecs_schema, kv, privacy, regex
from postern.dispatch import Buckets, buckets
from postern.elastic import grok
from postern.elastic.grok import TEMPORARY
from postern.kept import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.model import Catalog, EventRule, KvSlot, Message, Product, Wording

Processor = dict[str, Any]
GROUP = "_group"  # at the top of the document: conditions read it often
MAX_CALLS = 7  # conditions in one chain
MAX_CAPTURES = 80  # of one grok processor: each costs on every line that it sees
MAX_RARE = 200  # of one for ids that are rare: there conditions cost more
LIST_CASTS = ("list", "text_list", "pairs")  # these make an array of one text
TRACE = "_ingest._grok_match_index"
UNKNOWN = "*"  # what the keys of a line mean whose message is not known; no context has such a name
PRIVACY = "postern-privacy"


@dataclass(frozen=True)
class Pipeline:
    """One ingest pipeline: its name, what it does, and its processors."""

    name: str
    description: str
    processors: list[Processor]
    on_failure: list[Processor]


@cache
def script(*names: str) -> str:
    """The named Painless files, one after the other."""
    folder = resources.files("postern.elastic") / "painless"
    return "\n".join((folder / f"{name}.painless").read_text(encoding="utf-8") for name in names)


def pipelines(catalog: Catalog) -> Iterator[Pipeline]:
    """All pipelines; a pipeline comes after those it calls."""
    yield from _privacy(catalog)
    for product in catalog.products:
        yield from _Builder(catalog, product).pipelines()
    yield _router(catalog)


class _Builder:
    def __init__(self, catalog: Catalog, product: Product) -> None:
        self.catalog, self.product = catalog, product
        self.name = f"postern-{product.name}"
        self.buckets = Buckets() if product.dispatch == "key" else buckets(product)

    def pipelines(self) -> Iterator[Pipeline]:
        calls: list[Processor] = []
        if self.product.dispatch == "key":
            extras = ("extras",) if self.catalog.site.privacy.kept else ()
            calls.append(_script(self.name, "keys", ("common", "blank", "repr", "kv", *extras), self.key_params()))
        if self.product.fallback:
            yield self.fallback()
        for number, group in enumerate(self.groups):
            yield self.texts(number, group)
        yield from self.dispatch(calls)
        yield self.main(calls)

    @cached_property
    def groups(self) -> list[range]:
        """Runs of buckets that share a pipeline: a pattern that starts with another number fails at once."""
        groups: list[range] = []
        start = size = 0
        hot = self.buckets.hot
        for number, pool in enumerate(self.buckets.pools):
            captures = sum(len(list(wording.captures())) for _, wording in pool)
            most = MAX_RARE if 0 < hot <= number else MAX_CAPTURES
            if number > start and (size + captures > most or number == hot):
                groups.append(range(start, number))
                start, size = number, 0
            size += captures
        if self.buckets.pools:
            groups.append(range(start, len(self.buckets.pools)))
        return groups

    def dispatch(self, calls: list[Processor]) -> Iterator[Pipeline]:
        """Calls that reach a group: the frequent ones at once, the others by a tree, for each condition costs."""
        hot = sum(group.stop <= self.buckets.hot for group in self.groups)
        calls += [self.call(self.name, number) for number in range(hot)]
        rest = range(hot, len(self.groups))
        if not hot or len(rest) == 1:
            yield from self.branches(self.name, rest, calls)
        elif rest:
            yield from self.branch(self.name, rest, calls)

    def branches(self, caller: str, run: range, calls: list[Processor]) -> Iterator[Pipeline]:
        """Calls that reach a run of groups, with pipelines in between where there are many."""
        if len(run) <= MAX_CALLS:
            calls += [self.call(caller, number) for number in run]
            return
        size = 1
        while size * MAX_CALLS < len(run):
            size *= MAX_CALLS
        parts = -(-len(run) // size)
        for part in range(parts):
            begin, end = (run.start + len(run) * at // parts for at in (part, part + 1))
            yield from self.branch(caller, range(begin, end), calls)

    def branch(self, caller: str, run: range, calls: list[Processor]) -> Iterator[Pipeline]:
        """A call of a pipeline that finds a group of a run."""
        if len(run) == 1:
            calls.append(self.call(caller, run[0]))
            return
        name = f"{self.name}-{run[0]}-to-{run[-1]}"
        own: list[Processor] = []
        yield from self.branches(name, run, own)
        yield Pipeline(name, f"{self.product.title}: finds the group among {run[0]} to {run[-1]}.", own, [])
        last = "" if run.stop == len(self.groups) else f" && ctx.{GROUP} <= {run[-1]}"
        calls.append(_call(caller, name, f"ctx.{GROUP} >= {run[0]}{last}"))

    def call(self, caller: str, number: int) -> Processor:
        return _call(caller, f"{self.name}-{number}", f"ctx.{GROUP} == {number}")

    # -- the whole line

    def main(self, calls: list[Processor]) -> Pipeline:
        by_key = self.product.dispatch == "key"
        headers = [grok.header(self.catalog, header) for header in self.product.headers]
        processors = [
            {
                "set": {
                    "tag": f"{self.name}-original",
                    "field": "event.original",
                    "copy_from": "message",
                    "override": False,
                }
            },
            _grok(self.name, "header", "event.original", headers, trace=by_key),
            *([_trace(self.name)] if by_key else []),
            _script(self.name, "severity", self.header_scripts(), self.header_params()),
            *calls,
            _clean(self.name),
            *_to_privacy(self.catalog, self.name),
        ]
        title = f"{self.product.title}: a line whose device is known."
        return Pipeline(self.name, title, processors, _failure(self.catalog, self.name))

    def header_scripts(self) -> tuple[str, ...]:
        zone = ("zone",) if self.catalog.site.zones else ()
        by_dispatch = {
            "id": ("time", *zone, "body", "header", "bucket_id"),
            "words": ("blank", "time", *zone, "body", "header", "bucket_words"),
            "key": ("time", *zone, "body", "header"),
        }
        return by_dispatch[self.product.dispatch]

    def header_params(self) -> dict[str, Any]:
        words = {code: word for word, code in self.product.levels.items()}
        zones = self.catalog.site.zones
        return {
            **({"zone": zones.default, "zones": dict(zones.devices)} if zones else {}),
            "dataset": self.product.dataset,
            "ecs_version": ecs_schema.load().version,
            "observer": {"vendor": self.product.vendor, **self.product.observer},
            "levels": [words.get(code, str(code)) for code in range(8)],
            "level_words": document.LEVEL_WORDS,
            **self.tree(),
        }

    def tree(self) -> dict[str, Any]:
        """How a line finds its group: by its id, or by its words and the bucket to which they lead."""
        groups = [number for number, group in enumerate(self.groups) for _ in group]
        tree = self.buckets.tree
        if self.product.dispatch == "id":
            return {"tree": {ident: groups[bucket] for ident, bucket in tree.items() if isinstance(bucket, int)}}
        return {"tree": tree, "groups": groups} if self.product.dispatch == "words" else {}

    # -- texts

    def texts(self, number: int, group: range) -> Pipeline:
        name = f"{self.name}-{number}"
        entries = [(bucket, *pair) for bucket in group for pair in self.buckets.pools[bucket]]
        product, fields = self.product, self.catalog.fields
        of = (fields, product.title, product.levels, product.fallback, *entries)
        return remembered((Pipeline, name), of, lambda: self.of_entries(name, entries))

    def of_entries(self, name: str, entries: list[tuple[int, Message, Wording]]) -> Pipeline:
        by_id = self.product.dispatch == "id"
        patterns = [
            grok.body(self.catalog, wording.body, f"{message.id if by_id else bucket} ")
            for bucket, message, wording in entries
            if wording.body is not None
        ]
        params = {"entries": [self.entry(message, wording) for _, message, wording in entries]}
        processors = [
            _grok(name, "text", f"{TEMPORARY}.rest", patterns, trace=True),
            _trace(name),
            _script(name, "meaning", ("common", "repr", "message"), params),
        ]
        ids = ", ".join(dict.fromkeys(message.id for _, message, _ in entries))
        return Pipeline(name, f"{self.product.title}: {ids}.", processors, self.text_failure(name))

    def fallback(self) -> Pipeline:
        name = f"{self.name}-fallback"
        patterns = [grok.body(self.catalog, one.body) for one in self.product.fallback if one.body is not None]
        processors = [_grok(name, "ids", "message", patterns, trace=False)]
        processors[0]["grok"]["ignore_failure"] = True
        return Pipeline(name, f"{self.product.title}: ids of a line that no entry knows.", processors, [])

    def text_failure(self, name: str) -> list[Processor]:
        """A failed script is an error of ours and is passed on. Where no text matched, ids are looked for."""
        failed = f"ctx.{TEMPORARY}.index != null"
        passed_on = {"tag": f"{name}-error", "if": failed, "message": "{{{ _ingest.on_failure_message }}}"}
        handlers: list[Processor] = [{"fail": passed_on}]
        if self.product.fallback:
            handlers.append({"pipeline": {"tag": f"{name}-to-fallback", "name": f"{self.name}-fallback"}})
        return handlers

    def entry(self, message: Message, wording: Wording) -> dict[str, Any]:
        """What the table says of a wording."""
        captures = list(wording.captures())
        paths = {path for capture in captures if (path := self.catalog.role(capture))}
        return {
            "key": message.key,
            "code": message.id,
            "severity": self.product.levels[message.level],
            "level": message.level,
            "event": dict(wording.event.default.ecs) if wording.event.default else None,
            "by": self.by_slot(wording.event, captures),
            "direction": self.direction(wording),
            "steps": list(_steps(self.catalog, captures)),
            "related": _related(self.catalog, paths),
        }

    def direction(self, wording: Wording) -> str | None:
        if not document.has_direction(wording, self.product):
            return None
        return "opener" if wording.opener else "unknown"

    def by_slot(self, rule: EventRule, captures: list[regex.Capture]) -> dict[str, Any] | None:
        if rule.slot is None:
            return None
        path = next((grok.path_of(self.catalog, one) for one in captures if one.name == rule.slot), "")
        events = {word: dict(event.ecs) for word, event in rule.by.items()}
        return {"slot": rule.slot, "path": path.split("."), "events": events}

    # -- key-value bodies

    def key_params(self) -> dict[str, Any]:
        """Tables: slots and events by name, what keys mean by context and layout, and what an entry says by id."""
        product = self.product
        slots: dict[str, KvSlot] = {}

        def named(keys: Mapping[str, KvSlot | None]) -> dict[str, str | None]:
            slots.update((_label(slot), slot) for slot in keys.values() if slot)
            return {key: _label(slot) if slot else None for key, slot in keys.items()}

        entries = {one.id: self.kv_entry(one, named(one.wordings[0].kv)) for one in product.messages}
        events = {event.name: event for _, one in product.wordings() for event in one.event.events()}
        every = {role for field in self.catalog.fields.values() for role in field.roles()}
        return {
            "key": product.key,
            "key_digits": product.key_digits,
            "layouts": [header.body for header in product.headers],
            "unknown": [UNKNOWN],
            "common": named(product.common),
            "native": {name: named(keys) for name, keys in self.contexts(bracketed=False)},
            "export": {name: named(keys) for name, keys in self.contexts(bracketed=True)},
            "slots": {label: self.kv_slot(slot) for label, slot in sorted(slots.items())},
            "events": {name: dict(event.ecs) for name, event in sorted(events.items())},
            "entries": entries,
            "related": _related(self.catalog, every),
        }

    def contexts(self, *, bracketed: bool) -> Iterator[tuple[str, dict[str, KvSlot]]]:
        """The context keys by `bracket|key`; those of a line whose message is not known have no name of their own."""
        for name, context in self.product.context.items():
            groups = context.groups if bracketed else ("",)
            yield name, {f"{group}|{key}": slot for group in groups for key, slot in context.keys.items()}
        unknown = kv.keys_of(self.product, None, bracketed=bracketed)
        yield UNKNOWN, {f"{group}|{key}": slot for (group, key), slot in unknown.slots.items()}

    def kv_entry(self, message: Message, own: dict[str, str | None]) -> dict[str, Any]:
        """What the table says of a message; its event by name."""
        wording = message.wordings[0]
        rule = wording.event
        by = {word: event.name for word, event in rule.by.items()}
        return {
            "key": message.key,
            "code": message.id,
            "severity": self.product.levels[message.level],
            "level": message.level,
            "event": rule.default.name if rule.default else None,
            "by": {"slot": rule.slot, "events": by} if rule.slot else None,
            "direction": self.direction(wording),
            "own": own,
            "context": list(wording.context),
        }

    def kv_slot(self, slot: KvSlot) -> dict[str, Any]:
        field = self.catalog.fields[slot.name]
        members = [_member(field.role(member) or f"postern.params.{slot.name}", cast) for member, cast in slot.members]
        words = {
            word: _member(field.role(member) or f"postern.params.{slot.name}", None) for word, member in slot.words
        }
        made: dict[str, Any] = {"name": slot.name, "lower": field.lower, "members": members}
        return made | ({"words": words} if words else {}) | ({"wrap": list(slot.wrap)} if slot.wrap else {})


def _member(path: str, cast: str | None) -> dict[str, Any]:
    """Where a value goes and how: whole numbers have at most so many digits, and seconds become nanoseconds."""
    known = ecs_schema.load().field(path)
    made: dict[str, Any] = {"cast": cast, "path": path.split("."), "array": known is not None and known.array}
    made |= {"digits": kv.MAX_DIGITS[cast]} if cast in kv.MAX_DIGITS else {}
    return made | ({"times": document.NANOSECONDS} if path == "event.duration" else {})


def _label(slot: KvSlot) -> str:
    """What the tables call a slot: its name, and the types of its values, which an entry may choose."""
    return ":".join([slot.name, *(member for member, _ in slot.members)])


def _steps(catalog: Catalog, captures: list[regex.Capture]) -> Iterator[list[Any]]:
    """Casts that grok cannot do, each once for its path, in the order in which they apply."""
    ecs = ecs_schema.load()
    done: set[tuple[str, str]] = set()
    for capture in captures:
        path = grok.path_of(catalog, capture)
        known = ecs.field(path)
        wanted = ["lower"] if catalog.fields[capture.name].lower else []
        if capture.cast in ("python_repr", *LIST_CASTS):
            wanted.append(capture.cast)
        if capture.cast == "duration":
            wanted.append("duration" if path == "event.duration" else "seconds")
        if known is not None and known.array and capture.cast not in LIST_CASTS:
            wanted.append("array")
        for step in wanted:
            if (step, path) not in done:
                done.add((step, path))
                yield [step, path.split(".")]


def _related(catalog: Catalog, roles: set[str]) -> list[dict[str, Any]]:
    return [
        {"name": kind, "paths": [path.split(".") for path in paths if path in roles]}
        for kind, paths in document.related_paths(catalog).items()
        if roles & set(paths)
    ]


def _router(catalog: Catalog) -> Pipeline:
    """Finds the product of a line by its frame and hands the line to that product's data stream."""
    name = "postern-router"
    products = sorted(catalog.products, key=lambda product: product.dispatch == "words")
    frames = ["|".join(f"(?:{grok.frame(header)})" for header in product.headers) for product in products]
    hand_over: list[Processor] = [
        {
            "reroute": {
                "tag": f"{name}-{product.name}",
                "if": f"ctx.{TEMPORARY}.product == '{index}'",
                "dataset": [product.dataset],
            }
        }
        for index, product in enumerate(products)
    ]
    processors = [
        _grok(name, "frame", "message", [rf"\A(?:{frame})" for frame in frames], trace=True),
        _trace(name, "product"),
        {"remove": {"tag": f"{name}-forget", "field": TRACE}},
        *hand_over,
    ]
    title = "Mixed syslog: each line goes to the data stream of its device."
    return Pipeline(name, title, processors, _failure(catalog, name))


def _privacy(catalog: Catalog) -> Iterator[Pipeline]:
    """What takes out of an event what the site does not keep; a site that keeps everything has none."""
    rules = [{"path": one.path.split("."), "how": one.how, "folds": one.folds} for one in privacy.rules(catalog)]
    if rules:
        salt = {"salt": privacy.SALT, "shortest": privacy.SHORTEST} if catalog.site.privacy.hashes else {}
        step = _script(PRIVACY, "rules", ("privacy",), {**salt, "rules": rules})
        yield Pipeline(PRIVACY, "Hashes or removes what the site does not keep.", [step], [])


def _to_privacy(catalog: Catalog, caller: str, step: str = "") -> Iterator[Processor]:
    """The call of that pipeline; where it fails, the event is refused."""
    if any(privacy.rules(catalog)):
        yield {"pipeline": {"tag": f"{caller}{step}-to-{PRIVACY}", "name": PRIVACY}}


def _grok(name: str, step: str, source: str, patterns: list[str], *, trace: bool) -> Processor:
    """A grok processor; one with `trace` may run once on a line, for it cannot overwrite its own note."""
    return {"grok": {"tag": f"{name}-{step}", "field": source, "trace_match": trace, "patterns": patterns}}


def _trace(name: str, into: str = "index") -> Processor:
    return {"set": {"tag": f"{name}-{into}", "field": f"{TEMPORARY}.{into}", "copy_from": TRACE}}


def _script(name: str, step: str, sources: tuple[str, ...], params: dict[str, Any]) -> Processor:
    return {"script": {"tag": f"{name}-{step}", "lang": "painless", "source": script(*sources), "params": params}}


def _call(caller: str, name: str, condition: str) -> Processor:
    return {"pipeline": {"tag": f"{caller}-to-{name}", "if": condition, "name": name}}


def _clean(name: str) -> Processor:
    return {"remove": {"tag": f"{name}-clean", "field": [TEMPORARY, GROUP], "ignore_missing": True}}


def _failure(catalog: Catalog, name: str) -> list[Processor]:
    """A line without a known frame is `unknown`; anything else that failed is said, and the event kept."""
    return [
        {"set": {"tag": f"{name}-why", "field": "error.message", "copy_from": "_ingest.on_failure_message"}},
        {"set": {"tag": f"{name}-where", "field": "error.code", "copy_from": "_ingest.on_failure_processor_tag"}},
        {
            "script": {
                "tag": f"{name}-status",
                "lang": "painless",
                "source": script("time", "failure"),
                "params": {"ecs_version": ecs_schema.load().version},
            }
        },
        *_to_privacy(catalog, name, "-failed"),
    ]
