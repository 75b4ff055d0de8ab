"""A catalog of any size for measuring: clones of the firewall's messages under ids that no message has.

`python benchmarks/synthetic.py FOLDER [MESSAGES]` writes an overlay: `postern check --overlay FOLDER` then reads that
many messages. Each clone has a word of its own at the front of its texts and samples: no two regexes are alike, as in a
catalog that somebody wrote. Messages before whose text the product's prefixes may stand are not cloned.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from postern import source
from postern.paths import catalog_root

MESSAGES = 3_000
PRODUCT = "cisco_asa"
_FIRST_CLASS = 800  # a class of three digits holds one clone of each message
_USUAL_ARGUMENTS = 1


class _Quoted(yaml.SafeDumper):
    """Writes texts in single quotes, as the catalog's loader asks; no aliases, which it refuses."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the library's signature
        return True


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'"))


def write(folder: Path, messages: int = MESSAGES) -> int:
    """Writes the overlay, one file a class, for that many messages in all; returns the number of clones."""
    originals = list(_originals())
    wanted = messages - bundled()
    target = folder / PRODUCT
    target.mkdir(parents=True, exist_ok=True)
    made = 0
    for number in range(_FIRST_CLASS, _FIRST_CLASS + wanted // len(originals) + 1):
        entries = dict(_clone(entry, ident, f"{number}{at:03}") for at, (ident, entry) in enumerate(originals))
        some = dict(list(entries.items())[: wanted - made])
        made += len(some)
        text = yaml.dump(some, Dumper=_Quoted, allow_unicode=True, sort_keys=False, width=10_000)
        (target / f"{number}-clones.yaml").write_text(text, encoding="utf-8")
    return made


def _originals() -> list[tuple[str, dict[str, Any]]]:
    """The messages that can be cloned, each with what its file shares."""
    folder = catalog_root() / PRODUCT
    frame = source.read(folder / "_product.yaml", "").data
    prefixed = tuple(ident for prefix in frame["prefixes"] for ident in prefix["ids"])
    found = []
    for path in sorted(folder.glob("[!_]*.yaml")):
        data = source.read(path, "").data
        shared = data.pop("_shared", {})
        found += [(ident, shared | entry) for ident, entry in data.items() if _fit(ident, entry, prefixed)]
    return found


def _fit(ident: str, entry: dict[str, Any], prefixed: tuple[str, ...]) -> bool:
    logs = [sample["log"] for form in (entry, *entry.get("variants", ())) for sample in form.get("samples", ())]
    return not ident.startswith(prefixed) and all(log.isprintable() for log in logs)


def bundled() -> int:
    """How many messages the bundled catalog holds."""
    paths = [path for path in catalog_root().glob("*/[!_]*.yaml") if (path.parent / "_product.yaml").is_file()]
    return sum(len(source.read(path, "").data.keys() - {"_shared"}) for path in paths)


def _clone(entry: dict[str, Any], ident: str, new: str) -> tuple[str, dict[str, Any]]:
    def form(said: dict[str, Any]) -> dict[str, Any]:
        changed = dict(said)
        if "text" in said:
            changed["text"] = f"N{new} {said['text']}"
        changed["samples"] = [one | {"log": log(one["log"])} for one in said.get("samples", ())]
        return changed

    def log(text: str) -> str:
        return re.sub(rf"-{ident}(: ?| |:)", lambda found: f"-{new}{found[1]}N{new} ", text, count=1)

    cloned = form(entry)
    if "variants" in entry:
        cloned["variants"] = [form(one) for one in entry["variants"]]
    cloned.pop("was", None)
    return new, cloned


def main(arguments: list[str]) -> int:
    """Write it; 2 where the folder is not named."""
    if not 1 <= len(arguments) <= 1 + _USUAL_ARGUMENTS:
        sys.stderr.write("-> python benchmarks/synthetic.py FOLDER [MESSAGES]\n")
        return 2
    count = write(Path(arguments[0]), int(arguments[1]) if len(arguments) > _USUAL_ARGUMENTS else MESSAGES)
    print(f"{arguments[0]}: {count:,} clones. Now: postern check --overlay {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
