"""Whether one line could match two texts: the intersection of two regex trees, walked state by state."""

from __future__ import annotations

from functools import cache, lru_cache

from postern import regex

_EXACT_REPEAT = 8  # a longer repeat is taken as unbounded: two texts may then be told to overlap that do not
_ACCEPT = -1
_Moves = list[tuple[int, int]]  # (mask, next state)


class Automaton:
    """A nondeterministic automaton of a tree, made state by state as far as it is walked; state 0 starts.

    A state is a node, how much of it has been matched, and the state after it.
    """

    def __init__(self, node: regex.Node) -> None:
        self._states: list[tuple[regex.Node, int, int]] = []
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._reached: dict[int, tuple[bool, _Moves]] = {}
        self._state(node, 0, _ACCEPT)
        self._node = node  # whose nodes must live as long as their numbers count

    def _state(self, node: regex.Node, done: int, after: int) -> int:
        known = id(node), done, after
        number = self._numbers.get(known)
        if number is None:
            number = self._numbers[known] = len(self._states)
            self._states.append((node, done, after))
        return number

    def reach(self, state: int) -> tuple[bool, _Moves]:
        """Whether this state accepts, and its moves: its own, and those of all states reached without a character."""
        known = self._reached.get(state)
        if known is None:
            moves: _Moves = []
            seen, todo = {state}, [state]
            while todo:
                here = todo.pop()
                for other in self._jumps(here, moves) if here != _ACCEPT else ():
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
            known = self._reached[state] = _ACCEPT in seen, moves
        return known

    def _jumps(self, state: int, moves: _Moves) -> list[int]:
        """The states that are reached from this one without a character; what takes one is added to `moves`."""
        node, done, after = self._states[state]
        if isinstance(node, regex.Lit):
            if done == len(node.text):
                return [after]
            following = after if done + 1 == len(node.text) else self._state(node, done + 1, after)
            moves.append((1 << min(ord(node.text[done]), 128), following))
            return []
        if isinstance(node, regex.Chars):
            moves.append((node.mask, after))
            return []
        if isinstance(node, regex.Alt):
            return [self._state(branch, 0, after) for branch in node.branches]
        if isinstance(node, regex.Repeat):
            return self._repeat(node, done, after, state)
        below = node.below
        if done == len(below):
            return [after]
        return [self._state(below[done], 0, after if done + 1 == len(below) else self._state(node, done + 1, after))]

    def _repeat(self, node: regex.Repeat, done: int, after: int, state: int) -> list[int]:
        if node.most is None or node.most > _EXACT_REPEAT or node == regex.BLANK:
            if node.least and not done:
                return [self._state(node.node, 0, self._state(node, 1, after))]
            return [after, self._state(node.node, 0, state)]
        ends = [after] if done >= node.least else []
        if done == node.most:
            return ends
        return [*ends, self._state(node.node, 0, self._state(node, done + 1, after))]


@cache
def coarse(node: regex.Node) -> regex.Node:
    """A small tree that matches at least what this one does: a slot is any run of its characters.

    Two texts whose coarse trees have no line in common have none; walking these is cheap.
    """
    if isinstance(node, regex.Capture) and node.member != regex.CHOICE:
        return regex.Repeat(regex.Chars(_characters(node)), 0, None)
    if isinstance(node, regex.Lit | regex.Chars):
        return node
    if isinstance(node, regex.Repeat):
        return regex.Repeat(coarse(node.node), node.least, node.most)
    below = tuple(coarse(child) for child in node.below)
    return regex.Alt(below) if isinstance(node, regex.Alt) else regex.Seq(below)


@cache
def _characters(node: regex.Node) -> int:
    """All characters that a match may hold, as a mask."""
    if isinstance(node, regex.Lit):
        return regex.mask_of(node.text)
    mask = node.mask if isinstance(node, regex.Chars) else 0
    for child in node.below:
        mask |= _characters(child)
    return mask


@lru_cache(maxsize=4096)
def _exact(node: regex.Node) -> Automaton:
    return Automaton(node)


@lru_cache(maxsize=4096)
def _rough(node: regex.Node) -> Automaton:
    return Automaton(coarse(node))


@lru_cache(maxsize=65_536)
def meet(one: regex.Node, other: regex.Node) -> bool:
    """Whether a line could match both trees."""
    return overlap(_rough(one), _rough(other)) and overlap(_exact(one), _exact(other))


def overlap(one: Automaton, other: Automaton) -> bool:
    """Whether some string is accepted by both."""
    seen = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        left, right = todo.pop()
        left_accepts, left_moves = one.reach(left)
        right_accepts, right_moves = other.reach(right)
        if left_accepts and right_accepts:
            return True
        for mask, target in left_moves:
            for right_mask, right_target in right_moves:
                if mask & right_mask and (target, right_target) not in seen:
                    seen.add((target, right_target))
                    todo.append((target, right_target))
    return False
