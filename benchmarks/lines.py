"""Lines as devices send them: what is frequent there is frequent here."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from postern.matcher import PARSED, Matcher
from postern.paths import checkout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.model import Catalog, Product

COUNT = 20_000
ASA_HEADER = "<166>Nov 20 2026 10:00:00 fw1 : "
ESA_HEADER = "Fri Nov 20 10:00:00 2026 Info: "
# Connection and deny messages: four fifths of what a firewall logs.
ASA_FREQUENT = ("302013", "302014", "302020", "106023", "106100", "305011")
# The lines of one message that is delivered: four fifths of what a mail gateway logs.
ESA_STORY = ("ICID 9001", "MID 8001", "DCID 7001")
FREQUENT = 0.8
DOUBLED = "cisco_asa"


def mixes(catalog: Catalog) -> dict[str, list[str]]:
    """Twenty thousand lines of the firewall and as many of the mail gateway; the same in every run."""
    return {"cisco_asa": _asa(catalog.product("cisco_asa")), "cisco_esa": _esa(catalog)}


def doubled(catalog: Catalog) -> Catalog:
    """The catalog with a clone of each of the firewall's messages, under an unused id of the same class."""
    product = catalog.product(DOUBLED)
    taken = {message.id for message in product.messages}
    clones = []
    for message in product.messages:
        ident = next(one for one in (f"{message.id[:3]}{n:03}" for n in range(999, -1, -1)) if one not in taken)
        taken.add(ident)
        wordings = tuple(replace(one, key=f"{DOUBLED}.{ident}") for one in message.wordings)
        clones.append(replace(message, id=ident, key=f"{DOUBLED}.{ident}", wordings=wordings))
    both = tuple(sorted([*product.messages, *clones], key=lambda one: one.id))
    products = (replace(one, messages=both) if one.name == DOUBLED else one for one in catalog.products)
    return replace(catalog, products=tuple(products))


def _asa(product: Product) -> list[str]:
    samples = [(message.id, sample.log) for message, wording in product.wordings() for sample in wording.samples]
    framed = [(ident, ASA_HEADER + log[log.index("%") :]) for ident, log in samples]
    return _mixed([line for ident, line in framed if ident in ASA_FREQUENT], [line for _, line in framed])


def _esa(catalog: Catalog) -> list[str]:
    root = checkout()
    if root is None:
        raise SystemExit("The benchmarks need a checkout: they use its fixtures.")
    product, matcher = catalog.product("cisco_esa"), Matcher(catalog)
    samples = [sample.log for _, wording in product.wordings() for sample in wording.samples]
    story = (root / "tests" / "fixtures" / "mail_story.log").read_text(encoding="utf-8").splitlines()

    def framed(lines: list[str]) -> list[str]:
        decoded = [matcher.decode(line, product) for line in lines]
        return [ESA_HEADER + one.body for one in decoded if one.status == PARSED]

    return _mixed(framed([line for line in story if any(mark in line for mark in ESA_STORY)]), framed(samples))


def _mixed(frequent: Sequence[str], every: Sequence[str]) -> list[str]:
    chance = random.Random(1)  # noqa: S311 -- a mix of lines, not a secret
    return [chance.choice(frequent if chance.random() < FREQUENT else every) for _ in range(COUNT)]
