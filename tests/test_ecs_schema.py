"""The ECS table is read, asked and made as its users expect."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from postern import ecs_schema

SCHEMA = ecs_schema.load()
CONVERTER = Path(__file__).parent / "tools" / "convert_ecs.py"


def test_the_table_is_ecs_9_4_0_and_read_once() -> None:
    assert SCHEMA.version == "9.4.0"
    assert len(SCHEMA.fields) == 2605
    assert ecs_schema.load() is SCHEMA


@pytest.mark.parametrize(
    ("name", "field_type", "array"),
    [
        ("@timestamp", "date", False),
        ("source.ip", "ip", False),
        ("event.duration", "long", False),
        ("email.local_id", "keyword", False),
        ("email.message_id", "wildcard", False),
        ("email.to.address", "keyword", True),
        ("event.category", "keyword", True),
    ],
)
def test_a_field_has_its_type_and_whether_it_is_a_list(name: str, field_type: str, array: bool) -> None:
    field = SCHEMA.field(name)
    assert field is not None
    assert (field.type, field.array) == (field_type, array)


def test_an_unknown_field_is_nothing_and_has_suggestions() -> None:
    assert SCHEMA.field("email.localid") is None
    assert SCHEMA.nearest("email.localid")[0] == "email.local_id"
    assert SCHEMA.nearest("zzzz") == []


def test_the_closed_event_fields_have_values_and_others_none() -> None:
    assert SCHEMA.values("event.outcome") == {"failure", "success", "unknown"}
    assert "pipeline_error" in SCHEMA.values("event.kind")
    assert SCHEMA.values("email.subject") == frozenset()
    assert SCHEMA.values("no.such.field") == frozenset()


def test_a_category_permits_its_types_only() -> None:
    assert SCHEMA.permitted_types("email") == {"info"}
    assert SCHEMA.permitted_types("intrusion_detection") == {"allowed", "denied", "info"}
    assert SCHEMA.permitted_types("no_such_category") == frozenset()


def test_every_category_permits_only_known_types() -> None:
    assert set(SCHEMA.pairs) == SCHEMA.values("event.category")
    for category in SCHEMA.pairs:
        assert SCHEMA.permitted_types(category) <= SCHEMA.values("event.type")
        assert SCHEMA.permitted_types(category)


def test_the_converter_keeps_one_sorted_line_a_field() -> None:
    convert = runpy.run_path(str(CONVERTER))["convert"]
    plain: dict[str, Any] = {"type": "keyword", "level": "core", "normalize": [], "description": "left out"}
    email = {"name": "email", "expected_event_types": ["info"]}
    fields = {"tags": plain | {"normalize": ["array"]}, "event.category": plain | {"allowed_values": [email]}}
    assert convert({"version": "1.2.3", "fields": fields}).splitlines() == [
        '{"version": "1.2.3", "fields": {',
        (
            '"event.category": {"type": "keyword", "level": "core", "array": false, '
            '"values": ["email"], "pairs": {"email": ["info"]}},'
        ),
        '"tags": {"type": "keyword", "level": "core", "array": true}',
        "}}",
    ]
