"""One product from its folder: its frame, and its messages with their wordings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from postern import i18n, notation, regex, schema
from postern.kept import same
from postern.model import Context, EventRule, Header, Message, Place, Product, Sample, Wording
from postern.order import ranked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postern import source
    from postern.compile import Compilation
    from postern.model import Event

Form = schema.EntryFile | schema.VariantFile


@dataclass(frozen=True)
class Said:
    """What holds for a wording: said by itself, else by its entry, else by its file."""

    event: str | Mapping[str, str] | None
    direction: str | None
    context: tuple[str, ...]
    tail: str | None

    @classmethod
    def of(cls, *levels: Form | schema.SharedFile) -> Said:
        """The nearest word on each key."""

        def nearest(key: str) -> object:
            return next((value for level in levels if (value := getattr(level, key)) not in (None, [])), None)

        return cls(nearest("event"), nearest("direction"), tuple(nearest("context") or ()), nearest("tail"))  # type: ignore[arg-type]


class ProductBuilder:
    """Builds one product from its frame and its folder in each layer."""

    def __init__(self, run: Compilation, document: source.Document, file: schema.ProductFile, name: str) -> None:
        self.run, self.document, self.file, self.name = run, document, file, name
        self.texts = run.texts()

    def product(self) -> Product:
        """The product with its ranked messages."""
        file, place = self.file, Place(self.document, ())
        messages = list(self.messages())
        fallback = [self.fallback(index, text) for index, text in enumerate(file.fallback)]
        messages = i18n.translated(self.run, self.name, ranked(messages, file.dispatch, self.run.findings))
        return Product(
            self.name, file.title, file.vendor, file.observer, tuple(file.sourcetypes), file.dispatch,
            file.key, file.key_digits, {str(word): code for word, code in file.levels.items()}, tuple(self.headers()),
            tuple(wording for wording in fallback if wording), tuple(map(tuple, file.hot)), self.context(),
            self.texts.kv(file.common, Place(self.document, ("common",))), tuple(messages), place,
        )  # fmt: skip

    def context(self) -> dict[str, Context]:
        """The groups of context keys."""
        return {
            name: Context(
                tuple(group.groups), self.texts.kv(group.keys, Place(self.document, ("context", name, "keys")))
            )
            for name, group in self.file.context.items()
        }

    def headers(self) -> Iterator[Header]:
        """The forms of the header whose texts could be read."""
        for index, form in enumerate(self.file.header):
            place = Place(self.document, ("header", index))
            said = schema.HeaderForm(text=form) if isinstance(form, str) else form
            text = self.texts.parse(said.text, place)
            node = self.texts.node(text, place, header=True) if text else None
            if node is not None:
                yield Header(node, bracketed=said.body == "bracketed", closing=said.closing)

    def fallback(self, index: int, said: str) -> Wording | None:
        """A text that only gives ids of lines that no entry knows."""
        place = Place(self.document, ("fallback", index))
        text = self.texts.parse(said, place)
        body = self.body(text, None, place) if text else None
        if body is None or text is None:
            return None
        return Wording(
            f"{self.name}.",
            index,
            body,
            {},
            (),
            EventRule(None),
            opener=False,
            samples=(),
            rank=index,
            place=place,
        )

    def messages(self) -> Iterator[Message]:
        """The messages of all files, in the order of their keys."""
        documents = self.run.layers.folder(self.name)
        shared = {document.path: self.shared(document) for document in documents}
        for ident, entry, place in self.run.layers.entries(documents, schema.EntryFile):
            if (said := shared[place.document.path]) is not None:
                yield self.kept(ident, place, lambda: self.message(ident, entry, said, place))  # noqa: B023 - called now

    def kept(self, ident: str, place: Place, make: Callable[[], Message]) -> Message:
        """A message: an earlier run's if it is made of the same, else made now, and kept if it has no fault."""
        run, kept = self.run, place.document.kept
        of = (self.document, run.types, run.fields, run.events)
        known = kept.get(("message", ident))
        if known is not None and same(known[0], of):
            message: Message = known[1]
            return message
        before, made = len(run.findings) + len(place.document.findings), make()
        if len(run.findings) + len(place.document.findings) == before:
            kept["message", ident] = of, made
        return made

    @staticmethod
    def shared(document: source.Document) -> schema.SharedFile | None:
        """What all entries of a file share."""
        return schema.validate(schema.SharedFile, document, (schema.SHARED,), document.data.get(schema.SHARED, {}))

    def message(self, ident: str, entry: schema.EntryFile, shared: schema.SharedFile, place: Place) -> Message:
        """One message with all its wordings."""
        key = f"{self.name}.{ident}"
        level = entry.level or shared.level or "informational"
        if level not in self.file.levels:
            self.run.findings.append(
                place.finding("P608", f"{level} is not one of the product's", ", ".join(self.file.levels), "level")
            )
        forms: list[tuple[Form, Place]] = [(entry, place)]
        forms += [(variant, Place(place.document, (ident, "variants", n))) for n, variant in enumerate(entry.variants)]
        wordings = [
            replace(wording, key=key, number=number)
            for number, (form, where) in enumerate(forms)
            if (wording := self.wording(ident, form, Said.of(form, entry, shared), where)) is not None
        ]
        return Message(
            key, self.name, ident, level, entry.title, entry.meaning, entry.action, tuple(wordings), place,
        )  # fmt: skip

    def wording(self, ident: str, form: Form, said: Said, place: Place) -> Wording | None:
        """One wording; its key and number are set by its message."""
        self.check_context(said, place)
        samples = tuple(
            Sample(sample.log, sample.params, Place(place.document, (*place.loc, "samples", index)))
            for index, sample in enumerate(form.samples)
        )
        rule = self.event_rule(said.event, place)
        wording = Wording(
            "", 0, None, {}, said.context, rule, said.direction == "opener", samples, 0, place,
        )  # fmt: skip
        if form.kv is not None:
            return replace(wording, kv=self.texts.owned(form.kv, Place(place.document, (*place.loc, "kv"))))
        if form.text is None:
            self.run.findings.append(place.finding("P202", "an entry has a text or a kv"))
            return None
        where = Place(place.document, (*place.loc, "text"))
        text = self.texts.parse(form.text, where)
        body = self.body((*self.prefix(ident), *text), said.tail, where) if text else None
        return None if body is None else replace(wording, body=body)

    def check_context(self, said: Said, place: Place) -> None:
        """Findings for groups of context keys that the product does not have."""
        for name in said.context:
            if name not in self.file.context:
                known = ", ".join(self.file.context)
                self.run.findings.append(place.finding("P203", f"{name} is not a context group", known))

    def prefix(self, ident: str) -> notation.Text:
        """The text that may stand before the bodies of this id."""
        for index, one in enumerate(self.file.prefixes):
            if ident.startswith(tuple(one.ids)):
                return self.texts.parse(one.text, Place(self.document, ("prefixes", index))) or ()
        return ()

    def body(self, text: notation.Text, tail: str | None, place: Place) -> regex.Node | None:
        """The tree of a body with its tolerated tail, the product's unless said otherwise."""
        tail = self.file.tail if tail is None else tail
        node = self.texts.node(notation.cut_tail(text, tail + "\r\n"), place)
        if node is None:
            return None
        mask = regex.mask_of(tail) | regex.BLANKS
        return regex.seq(regex.guard_end(node, mask), regex.Repeat(regex.Chars(mask), 0, 32))

    def event_rule(self, said: str | Mapping[str, str] | None, place: Place) -> EventRule:
        """The event of a wording, or what gives it for each value of a slot."""
        events = self.run.events

        def known(name: str) -> Event | None:
            if name not in events:
                self.run.findings.append(
                    place.finding("P503", f"{name} is not an event", ", ".join(sorted(events)), "event")
                )
            return events.get(name)

        if said is None:
            self.run.findings.append(place.finding("P202", "the key event is missing"))
            return EventRule(None)
        if isinstance(said, str):
            return EventRule(known(said))
        slot = said.get("by")
        if slot is None:
            self.run.findings.append(place.finding("P504", "an event by slot names the slot under `by`", "", "event"))
        by = {word: event for word, name in said.items() if word not in ("by", "other") and (event := known(name))}
        return EventRule(known(said["other"]) if "other" in said else None, slot, by)
