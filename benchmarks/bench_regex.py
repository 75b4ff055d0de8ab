"""The largest number of PCRE2 steps that any regex needs on the attack set of the tests."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from figures import Figure

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the attack set is theirs

from test_regex_cost import MOST_STEPS, OVER, Target, answers, attacks, subject, targets

FLOOR = 100
"""Cheaper regexes than this need not be counted."""


def above(target: Target, steps: int) -> int:
    """The most steps that an attack on this regex needs; `steps` if none needs more."""
    subjects = [subject(attack) for attack in attacks(target.node)]
    said = answers(target.source, subjects, f"match_limit={steps}")
    over = [one for one, answer in zip(subjects, said, strict=True) if answer == OVER]
    counted = re.findall(r"Minimum match limit = (\d+)", "\n".join(answers(target.source, over, "find_limits")))
    return max([steps, *map(int, counted)])


def measure() -> list[Figure]:
    """The figure of the most expensive regex, and which one it is."""
    most, name = FLOOR, "none"
    regexes = list(targets())
    for target in regexes:
        steps = above(target, most)
        if steps > most:
            most, name = steps, target.name
    note = f"{len(regexes)} regexes; the dearest is {name}"
    return [Figure("PCRE2 steps of a regex", most, "steps", MOST_STEPS, at_most=True, note=note)]


if __name__ == "__main__":
    for one in measure():
        print(f"{one.name}: {one.measured:,.0f} {one.unit} ({one.target}; {one.note})")
