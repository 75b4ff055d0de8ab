"""Values of keys as eval expressions: from the text of a line to what the matcher reads there (`kv` says the same)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postern import kv
from postern.splunk import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from postern.model import Field, KvSlot

_OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"
_ADDRESS = rf"^(?:{_OCTET}[.]){{3}}{_OCTET}$|^[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$"
# What a cast takes: `kv` and `casts` say the same.
_TAKES = {cast: f"^[0-9]{{1,{most}}}$" for cast, most in kv.MAX_DIGITS.items()} | {"ip": _ADDRESS}
_QUOTED = r"""\A(['"])([\s\S]*)\1\z"""
_OUTER = r"\A[ \t\r\n]++|(?<![ \t\r\n])[ \t\r\n]++\z"  # blanks, which only quotes leave at an end
_UNESCAPED = r"(?<!\\)((?:\\\\)*)\\"  # a backslash that no other one escapes


def allowed(text: str, casts: Collection[str | None], value: str) -> str:
    """The value of a key where the only cast takes its text."""
    (cast, *further) = casts
    pattern = None if further else _TAKES.get(cast or "")
    return f'if(match({text}, "{pattern}"), {value}, null())' if pattern else value


def cleaned(name: str) -> str:
    """The value of a CEF key without its quotes and escapes."""
    text = replaced(replaced(name, _QUOTED, r"\2"), _OUTER, "")
    for letter, code in (("n", "%0A"), ("r", "%0D")):
        text = f'replace({text}, "{quoted(_UNESCAPED + letter)}", "{quoted(chr(92))}1".urldecode("{code}"))'
    return replaced(text, r"\\([\\=])", r"\1")


@dataclass(frozen=True)
class Printed:
    """An extracted field of a key-value product, as text of a line.

    Attributes:
        field, name: of the catalog, and extracted.
        slots: whose values it may hold; none of a header's.
        layouts: in which the product prints its keys.
    """

    field: Field
    name: str
    slots: Sequence[KvSlot]
    layouts: Collection[str]

    @property
    def text(self) -> str:
        """The value as tokens have it."""
        return cleaned(self.name) if self.slots and kv.CEF in self.layouts else self.name

    @property
    def _words(self) -> dict[str, str]:
        """Fixed words and the fields that they go to."""
        words = {word: member for slot in self.slots for word, member in slot.words}
        return {word: names.extracted(self.field, member) for word, member in words.items()}

    @property
    def value(self) -> str:
        """The text without the brackets around it; null for a fixed word that goes to another field."""
        value = self.text
        for pair in sorted({pair for slot in self.slots for pair in slot.wrap}):
            value = replaced(value, rf"\A{re.escape(pair[0])}([\s\S]+){re.escape(pair[1])}\z", r"\1")
        elsewhere = [word for word, name in self._words.items() if name != self.name]
        return f"if({self._is_one(elsewhere)}, null(), {value})" if elsewhere else value

    def fields(self) -> Iterator[tuple[str, str]]:
        """What stands in place of the extracted field, where that is more than its text; and fixed words beside it."""
        if self.value != self.name:
            several = self.name if self.text == self.name else f"mvmap({self.name}, {self.text})"
            yield self.name, f"if(mvcount({self.name}) == 1, {self.value}, {several})"
        for other in sorted({name for name in self._words.values() if name != self.name}):
            some = [word for word, name in self._words.items() if name == other]
            yield other, f"if(mvcount({self.name}) == 1 AND {self._is_one(some)}, {self.text}, null())"

    def role(self) -> str:
        """The value under its CIM name: a doubled key maps to no field."""
        casts = {cast for slot in self.slots for _, cast in slot.members} or {None}
        value = self.value
        if "python_repr" in casts:
            value = replaced(value, r"\\(['\"\\])", r"\1")
        value = allowed(self.text, casts, f"lower({value})" if self.field.lower else value)
        return f"if(mvcount({self.name}) == 1, {value}, null())"

    def _is_one(self, words: Collection[str]) -> str:
        pattern = quoted(rf"\A(?:{'|'.join(map(re.escape, words))})\z")
        return f'match({self.text}, "{pattern}")'


def replaced(text: str, pattern: str, new: str) -> str:
    """A call of `replace`."""
    return f'replace({text}, "{quoted(pattern)}", "{quoted(new)}")'


def quoted(text: str) -> str:
    """A text within the quotes of an eval expression."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
