"""What can be wrong with a catalog: stable codes, one finding a fault, three audiences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postern.model import Catalog

CODES: dict[str, str] = {
    "P101": "The file is not YAML. Mend the syntax at the line given.",
    "P102": "A key stands twice in one mapping; the second would silently win. Keep one.",
    "P103": "Texts and logs must be single-quoted or block scalars: plain YAML cuts at ` #`, misreads `: `, `[`, `%`.",
    "P104": "An id must be quoted: a bare 00200150 would be read as an octal number.",
    "P105": "The value would be read as another number (octal, hexadecimal, sexagesimal). Quote it.",
    "P106": "A file of the catalog is missing or cannot be read.",
    "P201": "The key is not known here. Keys are listed in CONTRIBUTING.md.",
    "P202": "A required key is missing.",
    "P203": "The value has the wrong type or is not one of the allowed ones.",
    "P301": "The notation of a text is broken: see the table in CONTRIBUTING.md.",
    "P302": "The slot is not in catalog/fields.yaml. Use the name that exists for this thing, or add it there.",
    "P303": "The type is not in catalog/types.yaml.",
    "P304": "A slot stands twice on one path through the text; its value would be overwritten.",
    "P305": "More than two free-text slots: where one ends cannot be told any more.",
    "P306": "A header slot is used in a body (or the other way round).",
    "P401": "The shape uses an operator that the three regex engines do not share.",
    "P402": "A repeat is unbounded or too large. Bound it, or exclude the following characters from its class.",
    "P403": "A good example does not fit the type, or a bad one does.",
    "P404": "A value of this type could begin or end with a blank.",
    "P405": "Two slots write the same field on one path.",
    "P406": "Two slots have the same CIM name, and one line can hold both: Splunk would keep one value only.",
    "P501": "The field is not in ECS (and not under `postern.`).",
    "P502": "ECS does not permit this value, or this type with this category.",
    "P503": "The event is not in catalog/events.yaml.",
    "P504": "A slot that decides the event is not in every line of the text, or a value of its choice has no event.",
    "P505": "The name is reserved by Splunk or Elasticsearch.",
    "P506": "Too many slot names: Splunk stops at 512 fields.",
    "P507": "The data model is not one of CIM's, as far as they are in generators/postern/data/cim-*.json.",
    "P508": "The tags put the event into no object of its data model, or one of them says nothing to that model.",
    "P509": "The data model does not expect this action.",
    "P510": "The constant is not a field of the data model, or its value is not one that the model expects.",
    "P511": "Slots that write one ECS field differ in `privacy`: what a site drops cannot be told from what it keeps.",
    "P512": "A CIM name is the name of a slot that has none: both would write one field of Splunk. Take another name.",
    "P601": "The sample is not matched by its own message.",
    "P602": "The sample is matched by another message.",
    "P603": "The sample's values are not what the text yields.",
    "P604": "A line could match both texts and no literal text decides. Make one of them more specific.",
    "P605": "A wording has no sample.",
    "P606": "A key stands in two places.",
    "P607": "The title is empty, over 80 characters, or ends with a dot; or only one of meaning and action is given.",
    "P608": "The level is not one of the product's.",
    "P701": "The product is not complete.",
    "P801": "A translation of a message that the product does not have. Its key was renamed, or is misspelt.",
    "P802": "A translation renders an English text that has changed since. Read both again, then set `of` anew.",
    "P901": "An overlay's entry has the name of a bundled one. Rename it, or say `replaces: true` in it to mean it.",
    "P902": "`replaces: true` with nothing to replace: the bundled entry was renamed, or the name is misspelt.",
    "P903": "A file of an overlay would not be read: its name or folder is none of the catalog's. See CONTRIBUTING.md.",
    "P911": "The time zone is not in IANA's database. Zones are named Area/Location, as Europe/Berlin, or UTC.",
    "P912": "site.yaml hashes or drops values and keeps the lines that hold them. Say `raw: drop`, or keep the values.",
    "P913": "Splunk stores lines whole, whatever an app says of them. Leave it out of `targets`, or keep everything.",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of the catalog.

    Attributes:
        path: file, relative to the catalog's parent where it lies below it.
        line: 1-based; 0 where the fault is of the whole file.
        code: a key of `CODES`.
        key: the entry or key the fault is about.
        problem: what is wrong, in one sentence.
        known: what would be right, where a list of it helps.
    """

    path: str
    line: int
    code: str
    key: str
    problem: str
    known: str = ""

    def text(self) -> str:
        """The finding as one line for people."""
        known = f"; known: {self.known}" if self.known else ""
        return f"{self.path}:{self.line}: {self.code} {self.key}: {self.problem}{known}"

    def annotation(self) -> str:
        """The finding as a CI annotation (GitHub's workflow command form)."""
        message = f"{self.key}: {self.problem}" + (f"; known: {self.known}" if self.known else "")
        return f"::error file={self.path},line={self.line},title={self.code}::{message}"

    def data(self) -> dict[str, str | int]:
        """The finding as an object for programs."""
        return {
            "path": self.path, "line": self.line, "code": self.code,
            "key": self.key, "problem": self.problem, "known": self.known,
        }  # fmt: skip


class CatalogError(Exception):
    """The catalog has findings; nothing was built.

    Attributes:
        findings: all of them, sorted.
        catalog: what could be compiled of it; None if nothing could.
    """

    def __init__(self, findings: Iterable[Finding], catalog: Catalog | None = None) -> None:
        self.findings = sorted(set(findings))
        self.catalog = catalog
        super().__init__(f"{len(self.findings)} findings")


def render(findings: Iterable[Finding], form: str) -> Iterator[str]:
    """Lines of the findings in one of the forms `text`, `json` (one array), `ci`."""
    if form == "json":
        yield json.dumps([finding.data() for finding in findings], ensure_ascii=False, indent=1)
        return
    for finding in findings:
        yield finding.annotation() if form == "ci" else finding.text()
