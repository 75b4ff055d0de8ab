"""Whether one line could match two texts: the intersection of two regex trees, walked state by state."""

from __future__ import annotations

from postern import regex

_EXACT_REPEAT = 8  # a longer repeat is taken as unbounded: two texts may then be told to overlap that do not


class Automaton:
    """A nondeterministic automaton of a tree; state 0 starts, `accept` accepts."""

    def __init__(self, node: regex.Node) -> None:
        self.moves: list[list[tuple[int, int]]] = []  # state -> (mask, next state)
        self.jumps: list[list[int]] = []  # state -> states reached without a character
        start = self._state()
        self.accept = self._add(node, start)
        self._reached: dict[int, tuple[bool, list[tuple[int, int]]]] = {}

    def _state(self) -> int:
        self.moves.append([])
        self.jumps.append([])
        return len(self.moves) - 1

    def _step(self, start: int, mask: int) -> int:
        end = self._state()
        self.moves[start].append((mask, end))
        return end

    def _add(self, node: regex.Node, start: int) -> int:
        if isinstance(node, regex.Lit):
            for character in node.text:
                start = self._step(start, 1 << min(ord(character), 128))
            return start
        if isinstance(node, regex.Chars):
            return self._step(start, node.mask)
        if isinstance(node, regex.Alt):
            end = self._state()
            for branch in node.branches:
                self.jumps[self._add(branch, self._jump(start))].append(end)
            return end
        if isinstance(node, regex.Repeat):
            return self._repeat(node, start)
        for child in regex.children(node):
            start = self._add(child, start)
        return start

    def _jump(self, start: int) -> int:
        state = self._state()
        self.jumps[start].append(state)
        return state

    def _repeat(self, node: regex.Repeat, start: int) -> int:
        if node.most is None or node.most > _EXACT_REPEAT or node == regex.BLANK:
            if node.least:
                start = self._add(node.node, start)
            loop = self._jump(start)
            self.jumps[self._add(node.node, loop)].append(loop)
            return loop
        for _ in range(node.least):
            start = self._add(node.node, start)
        ends = [start]
        for _ in range(node.most - node.least):
            start = self._add(node.node, start)
            ends.append(start)
        end = self._state()
        for state in ends:
            self.jumps[state].append(end)
        return end

    def reach(self, state: int) -> tuple[bool, list[tuple[int, int]]]:
        """Whether this state accepts, and its moves: its own, and those of all states reached without a character."""
        known = self._reached.get(state)
        if known is None:
            seen, todo = {state}, [state]
            while todo:
                for other in self.jumps[todo.pop()]:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
            moves = [move for one in seen for move in self.moves[one]]
            known = self._reached[state] = self.accept in seen, moves
        return known


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
