"""The nodes of a regex tree, and sets of characters as bit masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

CLASS_SPECIAL = frozenset("[]\\^-&|~")  # must be escaped in a class
ASCII = 128
NON_ASCII = 1 << ASCII  # one bit stands for every character outside ASCII
ALL = 2 * NON_ASCII - 1


def mask_of(characters: str) -> int:
    """The set of these characters as a bit mask."""
    mask = 0
    for character in characters:
        mask |= 1 << min(ord(character), ASCII)
    return mask


BLANKS = mask_of(" \t\r\n")


class _Hashed:
    """A node remembers its hash: trees share their shapes, and what is known of a shape is looked up by it."""

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            made = hash((self.__class__, *[getattr(self, name) for name in self.__slots__]))
            object.__setattr__(self, "_hash", made)
            return made


@dataclass(frozen=True, slots=True)
class Lit(_Hashed):
    """Characters that stand for themselves."""

    text: str

    __hash__ = _Hashed.__hash__
    below: ClassVar[tuple[Node, ...]] = ()


@dataclass(frozen=True, slots=True)
class Chars(_Hashed):
    """One character out of a set (a bit mask over ASCII and one bit for the rest)."""

    mask: int

    __hash__ = _Hashed.__hash__
    below: ClassVar[tuple[Node, ...]] = ()


@dataclass(frozen=True, slots=True)
class Seq(_Hashed):
    """One after the other."""

    items: tuple[Node, ...]

    __hash__ = _Hashed.__hash__

    @property
    def below(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return self.items


@dataclass(frozen=True, slots=True)
class Alt(_Hashed):
    """The first branch that leads to a match."""

    branches: tuple[Node, ...]

    __hash__ = _Hashed.__hash__

    @property
    def below(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return self.branches


@dataclass(frozen=True, slots=True)
class Repeat(_Hashed):
    """Greedy repetition; `most` None means unbounded."""

    node: Node
    least: int
    most: int | None

    __hash__ = _Hashed.__hash__

    @property
    def below(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class Atomic(_Hashed):
    """A group that is not tried again once it has matched."""

    node: Node

    __hash__ = _Hashed.__hash__

    @property
    def below(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class Capture(_Hashed):
    """A captured slot; `member` is the type that its value has (of an `any_of` type: the one that matched)."""

    name: str
    member: str
    cast: str | None
    node: Node

    __hash__ = _Hashed.__hash__

    @property
    def below(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return (self.node,)


Node = Lit | Chars | Seq | Alt | Repeat | Atomic | Capture
EMPTY = Seq(())
BLANK = Repeat(Chars(BLANKS), 1, 8)
CHOICE = "choice"  # the member of a captured choice of fixed words


class RegexError(ValueError):
    """A shape leaves the dialect. `code` is the finding's."""

    def __init__(self, problem: str, code: str = "P401") -> None:
        super().__init__(problem)
        self.code = code


def seq(*items: Node) -> Node:
    """A sequence without needless nesting."""
    flat: list[Node] = []
    for item in items:
        parts = item.items if isinstance(item, Seq) else (item,)
        for part in parts:
            if isinstance(part, Lit) and flat and isinstance(flat[-1], Lit):
                flat[-1] = Lit(flat[-1].text + part.text)
            elif not (isinstance(part, Lit) and not part.text):
                flat.append(part)
    return flat[0] if len(flat) == 1 else Seq(tuple(flat))


def alt(*branches: Node) -> Node:
    """Alternatives; one branch is itself."""
    return branches[0] if len(branches) == 1 else Alt(branches)


def optional(node: Node) -> Node:
    """Zero or one."""
    return Repeat(node, 0, 1)
