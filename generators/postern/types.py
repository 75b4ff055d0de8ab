"""Types of values: what `types.yaml` says, turned into regex trees for slots."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from postern import notation, regex
from postern.schema import TypeFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postern.findings import Finding
    from postern.model import Place

_OUTER = regex.Repeat(regex.Chars(regex.BLANKS), 0, 8)  # blanks between a wrap and its value belong to neither
_BLANK_RUN = re.compile(r"([ \t]+)")
_ANY_WORD = TypeFile(shape=r"[^ \t\r\n]{1,64}", good=[], bad=[])


class UnknownTypeError(KeyError):
    """A type that types.yaml does not have."""


class Types:
    """The types of a catalog. Trees are built on demand and kept."""

    def __init__(self, files: Mapping[str, TypeFile], places: Mapping[str, Place]) -> None:
        self._files = dict(files)
        self._places = places
        self._slots: dict[tuple[str, str], regex.Node] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def names(self) -> list[str]:
        """All type names, sorted."""
        return sorted(self._files)

    def file(self, name: str) -> TypeFile:
        """What the catalog says of a type.

        Raises:
            UnknownTypeError: there is no such type.
        """
        try:
            return self._files[name]
        except KeyError:
            raise UnknownTypeError(name) from None

    def slot(self, slot: str, type_name: str) -> regex.Node:
        """The tree of a slot of this type, its values captured (composites: one capture a part)."""
        known = self._slots.get((slot, type_name))
        if known is None:
            known = self._slots[slot, type_name] = self._slot(slot, type_name)
        return known

    def _slot(self, slot: str, type_name: str) -> regex.Node:
        file = self.file(type_name)
        if file.text is not None:
            node = self.text(notation.parse(file.text), {}, prefix=f"{slot}_")
        elif file.any_of:
            node = regex.alt(*(self._leaf(slot, member) for member in file.any_of))
        else:
            node = self._leaf(slot, type_name)
        if file.wrap:
            wrapped = [regex.seq(regex.Lit(pair[0]), _OUTER, node, _OUTER, regex.Lit(pair[1])) for pair in file.wrap]
            node = regex.alt(*wrapped, node)
        return regex.optional(node) if file.empty else node

    def _leaf(self, slot: str, type_name: str) -> regex.Capture:
        file = self.file(type_name)
        return regex.Capture(slot, type_name, file.cast, _shape(file.shape or ""))

    def members(self, type_name: str) -> tuple[tuple[str, str | None], ...]:
        """The member types of a simple type and their casts, in the order in which they are tried."""
        file = self.file(type_name)
        return tuple((name, self.file(name).cast) for name in (file.any_of or [type_name]))

    def words(self, type_name: str) -> tuple[tuple[str, str], ...]:
        """The fixed words of a type with several members, each with the member that is nothing but such words."""
        members = self.file(type_name).any_of or ()
        shapes = [(name, _shape(self.file(name).shape or "")) for name in members]
        return tuple((word, name) for name, shape in shapes for word in regex.fixed_words(shape))

    def brackets(self, type_name: str) -> tuple[str, ...]:
        """The pairs of brackets, not of quotes, that may stand around a value."""
        return tuple(pair for pair in self.file(type_name).wrap if pair[0] != pair[1])

    def text(self, text: notation.Text, defaults: Mapping[str, str], prefix: str = "") -> regex.Node:
        """The tree of a text; `defaults` gives the type of a slot that names none.

        Raises:
            UnknownTypeError: a slot names a type that does not exist.
        """
        return regex.seq(*(self._part(part, defaults, prefix) for part in text))

    def _part(self, part: notation.Part, defaults: Mapping[str, str], prefix: str) -> regex.Node:
        if isinstance(part, notation.Literal):
            return _literal(part.text)
        if isinstance(part, notation.Slot):
            if part.type is None and part.name not in defaults:
                raise UnknownTypeError(f"what {{{part.name}}} names")
            return self.slot(prefix + part.name, part.type or defaults[part.name])
        if isinstance(part, notation.Choice):
            words = regex.alt(*(_literal(word) for word in part.words))
            return regex.Capture(prefix + part.name, regex.CHOICE, None, words)
        if isinstance(part, notation.Optional):
            return regex.optional(self.text(part.body, defaults, prefix))
        return regex.alt(*(self.text(branch, defaults, prefix) for branch in part.branches))

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the types themselves; one that cannot be built is any word from then on."""
        for name, file in self._files.items():
            if found := list(self._unbuilt(name, file)):
                self._files[name] = _ANY_WORD
                self._slots.clear()
                yield from found
            else:
                yield from self._faults(name, file)

    def _unbuilt(self, name: str, file: TypeFile) -> Iterator[Finding]:
        said = [key for key in ("shape", "text", "any_of") if getattr(file, key) is not None]
        if len(said) != 1:
            yield self._places[name].finding("P203", f"says {said or 'nothing'}", "one of shape, text, any_of")
            return
        try:
            self.slot("value", name)
        except regex.RegexError as error:
            yield self._places[name].finding(error.code, str(error), "", "shape")
        except notation.NotationError as error:
            yield self._places[name].finding("P301", str(error), "", "text")
        except UnknownTypeError as error:
            yield self._places[name].finding("P303", f"{error.args[0]} is not a type", ", ".join(self.names()))

    def _faults(self, name: str, file: TypeFile) -> Iterator[Finding]:
        from postern.engines import python_regex

        node = self.slot("value", name)
        if file.shape is not None and (regex.first(node) | regex.last(node)) & regex.BLANKS:
            yield self._places[name].finding("P404", "a value could begin or end with a blank", "", "shape")
        pattern = python_regex(node)
        for key, wanted in (("good", True), ("bad", False)):
            for index, example in enumerate(getattr(file, key)):
                if bool(pattern.match(example)) != wanted:
                    problem = "does not fit the type" if wanted else "fits the type"
                    yield self._places[name].finding("P403", f"{example!r} {problem}", "", key, index)


@cache
def _shape(shape: str) -> regex.Node:
    return regex.parse(shape)


def _literal(text: str) -> regex.Node:
    """Literal characters, in which a run of blanks matches one to eight blanks."""
    chunks = (chunk for chunk in _BLANK_RUN.split(text) if chunk)
    return regex.seq(*(regex.BLANK if chunk.isspace() else regex.Lit(chunk) for chunk in chunks))
