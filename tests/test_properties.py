"""Lines made from every wording of the real catalog come back as what they were made from, whatever outsiders write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.generate import Segment, fits, segments, strings
from support.real import catalog, matcher

from postern.casts import CASTS
from postern.document import ecs
from postern.matcher import PARSED, Decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from postern.model import Product, Wording
    from postern.regex import Capture

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FOREIGN = [
    "%ASA-6-302013: Built inbound TCP connection 1 for outside:203.0.113.66/1 (203.0.113.66/1) to dmz:203.0.113.67/25",
    "<166>Nov 20 2026 10:00:00 evil : %ASA-2-108003: Terminating ESMTP connection",
    "Message finished MID 1 done",
    "Fri Nov 20 10:00:00 2026 Info: ICID 7 close",
    "MID 1 ICID 2 RID 3 To: <a@example.com>",
    "[2026-11-20 10:00:00] EFW: ALG: prio=1 id=00200151 srcip=203.0.113.66",
]
NASTY = [
    "2001:db8::66", "203.0.113.66/25", "*****", "CORP\\bob", "CORP\\van der  Berg", "O'Brien", 'say "hi"', "'q'", "a'", '"',
    "x, y", "a: b", "[x]", "(x)", "<x>", "a) (b", "jörg 日本", "a\r\nb", "a\tb", "100%", "\\", "x\\'y", "=", "a=b c=d",
    "user@example.com", "None", "0", "-", ".", *FOREIGN,
]  # fmt: skip

fast = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def wordings(*, kv: bool) -> list[tuple[Product, Wording]]:
    return [
        (product, wording)
        for product in catalog().products
        for _, wording in product.wordings()
        if (wording.body is None) == kv
    ]


TEXTS = wordings(kv=False)
FORGEABLE = [(product, one) for product, one in TEXTS if any(catalog().fields[c.name].outsider for c in one.captures())]
KEYED = wordings(kv=True)


def name(case: object) -> str:
    return f"{case.key}.{case.number}" if hasattr(case, "number") else ""


def outsider(capture: Capture) -> bool:
    return catalog().fields[capture.name].outsider


def heads(product: Product, wording: Wording) -> list[str]:
    """What stands before the bodies of the wording's own samples."""
    return [one.log[: -len(matcher().decode(one.log, product).body)] for one in wording.samples]


def values(line: list[Segment]) -> dict[str, Any]:
    """The values of a line's slots."""
    written = [(one.capture, one.text) for one in line if one.capture]
    return {c.name: CASTS[c.cast](text) if c.cast in CASTS else text for c, text in written}


def device(params: dict[str, Any]) -> dict[str, Any]:
    """The values that the device writes."""
    return {slot: value for slot, value in params.items() if not catalog().fields[slot].outsider}


def assert_same(decoded: Decoded, wording: Wording, line: list[Segment]) -> None:
    """The message and the values are those of the line; two outsiders may blur into each other."""
    wanted = values(line)
    assert decoded.message is not None
    assert (decoded.message.key, device(decoded.params)) == (wording.key, device(wanted))
    if len({one.capture.name for one in line if one.capture and outsider(one.capture)}) < 2:
        assert decoded.params == wanted


def ordinary(capture: Capture) -> SearchStrategy[str]:
    """What a device writes; of outsiders anything that fits the slot."""
    if not outsider(capture):
        return strings(capture.node, plain=True)
    nasty = [text for text in NASTY if fits(capture, text)]
    return strings(capture.node) | st.sampled_from(nasty) if nasty else strings(capture.node)


@pytest.mark.parametrize(("product", "wording"), TEXTS, ids=name)
def test_a_line_of_any_values_gives_its_message_and_values_back(product: Product, wording: Wording) -> None:
    assert wording.body is not None
    admitted: list[bool] = []

    @settings(fast, max_examples=40)
    @given(st.sampled_from(heads(product, wording)), segments(wording.body, ordinary))
    def check(head: str, line: list[Segment]) -> None:
        text = "".join(one.text for one in line)
        decoded = matcher().decode(head + text, product)
        assert decoded.line == head + text
        admitted.append(decoded.status != PARSED)
        if decoded.status == PARSED:
            assert_same(decoded, wording, line)

    check()
    assert sum(admitted) <= len(admitted) * 0.05
