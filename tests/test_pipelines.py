"""How a line of a product with ids reaches its pipeline: by few conditions, and no other pipeline."""

from __future__ import annotations

import re
from typing import Any

import pytest

from postern.elastic import pipelines as elastic
from postern.elastic.pipelines import MAX_CALLS, MAX_CAPTURES, MAX_RARE, Pipeline
from support.real import catalog

NAME = "postern-cisco_asa"
_CONDITION = re.compile(r"ctx\._group (==|>=) (\d+)(?: && ctx\._group <= (\d+))?")


@pytest.fixture(scope="module")
def made() -> dict[str, Pipeline]:
    return {
        one.name: one for one in elastic.pipelines(catalog()) if one.name == NAME or one.name.startswith(NAME + "-")
    }


def calls(pipeline: Pipeline) -> list[dict[str, Any]]:
    return [one["pipeline"] for one in pipeline.processors if "pipeline" in one]


def holds(condition: str, group: int) -> bool:
    found = _CONDITION.fullmatch(condition)
    assert found, condition
    kind, first, last = found.groups()
    return group == int(first) if kind == "==" else int(first) <= group <= int(last or group)


def reached(made: dict[str, Pipeline], name: str, group: int) -> tuple[list[str], int]:
    """The pipelines with texts that a group leads to, and how many conditions are asked on the way."""
    own = calls(made[name])
    if not own:
        return [name], 0
    found: list[str] = []
    asked = len(own)
    for one in own:
        if holds(one["if"], group):
            below, more = reached(made, one["name"], group)
            found += below
            asked += more
    return found, asked


def tree(made: dict[str, Pipeline]) -> dict[str, int]:
    scripts = [one["script"]["params"] for one in made[NAME].processors if "script" in one]
    found: dict[str, int] = scripts[0]["tree"]
    return found


def test_every_id_leads_to_the_one_pipeline_with_its_texts(made: dict[str, Pipeline]) -> None:
    product = catalog().product("cisco_asa")
    groups = tree(made)
    assert set(groups) == {message.id for message in product.messages}
    for ident, group in groups.items():
        (name,), _ = reached(made, NAME, group)
        grok = made[name].processors[0]["grok"]
        assert any(pattern.startswith(rf"\A{ident} ") for pattern in grok["patterns"]), ident


def test_an_unknown_id_leads_nowhere(made: dict[str, Pipeline]) -> None:
    assert reached(made, NAME, -1)[0] == []


def test_a_frequent_id_is_reached_by_few_conditions(made: dict[str, Pipeline]) -> None:
    groups = tree(made)
    hot = {ident for group in catalog().product("cisco_asa").hot for ident in group}
    asked = {ident: reached(made, NAME, group)[1] for ident, group in groups.items()}
    direct = len(calls(made[NAME]))
    assert {asked[ident] for ident in hot} == {direct}
    assert direct <= len(hot) + 1
    assert max(asked.values()) <= direct + 3 * MAX_CALLS


def test_a_pipeline_with_rare_ids_has_none_of_the_frequent(made: dict[str, Pipeline]) -> None:
    product = catalog().product("cisco_asa")
    groups = tree(made)
    captures: dict[int, list[tuple[str, int]]] = {}
    for message in product.messages:
        size = sum(len(list(wording.captures())) for wording in message.wordings)
        captures.setdefault(groups[message.id], []).append((message.id, size))
    hot = {ident for group in product.hot for ident in group}
    for own in captures.values():
        frequent = [ident in hot for ident, _ in own]
        assert all(frequent) or not any(frequent)
        most = MAX_CAPTURES if all(frequent) else MAX_RARE
        assert len(own) == 1 or sum(size for _, size in own) <= most
