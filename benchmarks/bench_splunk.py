"""What the app's regexes cost for one event of `cisco:asa`, and how long the vendors' checks take.

Timed by pcre2test (PCRE2 with JIT): the dispatcher on the line, and on what it hands over the transforms that read it;
against one anchored regex that takes the same header and the right message apart. Then the same with the catalog
doubled by clones under unused ids. No Splunk is measured: what it spends beside its regexes is not known.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import pcre2

from figures import Figure, amount, median_of, seconds
from lines import doubled, mixes
from postern import regex
from postern.artifact import write
from postern.compile import compile_catalog
from postern.matcher import Matcher
from postern.paths import catalog_root
from postern.splunk import emit, props
from postern.splunk.buckets import ID_LEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postern.model import Catalog, Message, Product, Wording
    from postern.splunk.transform import Transform

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # how subjects are written, and the vendors' tools

import splunk_emulator
from splunk_vendors import vendors_seconds
from support.corpus import RECEIVED
from test_regex_cost import PCRE2TEST, escaped

ASA = "cisco_asa"
TIMES = 4_000  # matches of one measurement
RUNS = 5
MIX = 60  # lines of the realistic mix: others would only repeat them
EVENTS = 2_000  # of each product, for the emulator
MEDIAN, WORST, GROWTH, VENDORS, EMULATED = 6.0, 40.0, 1.10, 60.0, 2_000
_TIMED = re.compile(r"match time\s+([0-9.]+)", re.IGNORECASE)


class Job(NamedTuple):
    """A regex and a text that it reads."""

    source: str
    text: str


@dataclass(frozen=True)
class Case:
    """A line, the regexes that do work for it in the app, and the one that would do: with and without a header."""

    line: str
    work: tuple[Job, ...]
    alone: Job
    bare: Job


class App:
    """The search-time transforms of the firewall's source type."""

    def __init__(self, catalog: Catalog) -> None:
        self.content = props.Content(catalog, catalog.product(ASA))
        self._compiled = {one.name: pcre2.compile(one.regex, pcre2.A) for one in self.content.transforms}

    def work(self, line: str) -> list[Job]:
        """Every transform whose source is there, in turn; as Splunk, it passes over those whose source is absent."""
        fields = {"_raw": line}
        found = []
        for one in self.content.transforms:
            text = fields.get(one.source_key)
            if text is None:
                continue
            found.append(Job(one.regex, text))
            self._apply(one, text, fields)
        return found

    def _apply(self, one: Transform, text: str, fields: dict[str, str]) -> None:
        match = self._compiled[one.name].match(text)
        for name, number in one.pairs if match else ():
            value = match.group(number)
            if value:
                fields.setdefault(name, value)


def alone(product: Product, message: Message, wording: Wording, line: str) -> str:
    """One anchored regex of a line's message: the header form that it has, its id, its body."""
    for header in product.headers:
        before, _ = header.around_id
        body = regex.spell(wording.body or regex.EMPTY)
        closing = regex.spell(regex.Lit(header.closing))
        source = rf"\A(?:{regex.spell(before)})({message.id}){ID_LEAD}(?:{body}){closing}\z"
        if pcre2.compile(source, pcre2.A).match(line):
            return source
    raise SystemExit(f"no header of {product.title} leads to {message.key} in {line!r}")


def cases(catalog: Catalog, app: App, lines: Sequence[str]) -> Iterator[Case]:
    """The lines whose message is known."""
    matcher, product = Matcher(catalog), catalog.product(ASA)
    for line in lines:
        decoded = matcher.decode(line, product)
        if decoded.message is not None and decoded.wording is not None:
            source = alone(product, decoded.message, decoded.wording, line)
            body = regex.spell(decoded.wording.body or regex.EMPTY)
            yield Case(line, tuple(app.work(line)), Job(source, line), Job(rf"\A(?:{body})\z", decoded.body))


def nanoseconds(jobs: Sequence[Job]) -> list[float]:
    """What each job costs, under JIT, by pcre2test."""
    given = "".join(f"/{job.source.replace('/', chr(92) + '/')}/jit\n    {escaped(job.text)}\n\n" for job in jobs)
    command = [PCRE2TEST, "-q", "-jit", "-tm", str(TIMES)]
    said = subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout
    found = [1000 * float(one) for one in _TIMED.findall(said)]
    if len(found) != len(jobs):
        raise SystemExit(f"pcre2test timed {len(found)} of {len(jobs)} matches:\n{said[-500:]}")
    return found


class Cost(NamedTuple):
    """Nanoseconds of a case: the app's regexes, the one regex of its message, and that regex on the body alone."""

    app: float
    alone: float
    bare: float


def costs(some: Sequence[Case]) -> list[Cost]:
    """What each case costs, measured in one run."""
    spent = iter(nanoseconds([job for case in some for job in (*case.work, case.alone, case.bare)]))
    return [Cost(sum(next(spent) for _ in case.work), next(spent), next(spent)) for case in some]


def ratios(catalog: Catalog) -> list[Figure]:
    """The app against one regex for each message: medians of the runs, then the median and the worst of the samples."""
    product, app = catalog.product(ASA), App(catalog)
    samples = list(cases(catalog, app, [one.log for _, w in product.wordings() for one in w.samples]))
    mix = list(cases(catalog, app, mixes(catalog)[ASA][:MIX]))
    by_sample: list[list[Cost]] = []
    by_line: list[list[Cost]] = []
    for number in range(RUNS):
        by_sample.append(costs(samples))
        by_line.append(costs(mix))
        shown = (f"{median(one.app / one.alone for one in run[-1]):.2f} x" for run in (by_sample, by_line))
        sys.stderr.write(f"Splunk run {number + 1}: samples {next(shown)}, mix {next(shown)}\n")
    typical = [median(run[at].app / run[at].alone for run in by_sample) for at in range(len(samples))]
    worst = max(range(len(samples)), key=typical.__getitem__)
    mixed = [one for run in by_line for one in run]
    bare = median(one.app / one.bare for run in by_sample for one in run)
    note = (
        f"{len(samples)} samples, {RUNS} runs; at most {max(len(case.work) for case in samples)} regexes an event; "
        f"a mix {median(one.app / one.alone for one in mixed):.2f} x, {median(one.app for one in mixed):.0f} ns; "
        f"against a regex of the body alone, without any header, {bare:.2f} x"
    )
    return [
        Figure("Splunk regexes, median", median(typical), "x one regex", MEDIAN, at_most=True, note=note),
        Figure(
            "Splunk regexes, worst", typical[worst], "x one regex", WORST, at_most=True, note=samples[worst].line[:60]
        ),
    ]


def growth(catalog: Catalog) -> Figure:
    """The same lines with a catalog twice as large; line by line in turn, for the machine's speed changes meanwhile."""
    lines = [w.samples[0].log for _, w in catalog.product(ASA).wordings()]
    small, large = (list(cases(one, App(one), lines)) for one in (catalog, doubled(catalog)))
    grown = []
    for number in range(RUNS):
        turns = costs([case for pair in zip(small, large, strict=True) for case in pair])
        before, after = turns[::2], turns[1::2]
        grown.append(sum(one.app for one in after) / sum(one.app for one in before))
        sys.stderr.write(f"Splunk with the catalog doubled, run {number + 1}: {grown[-1]:.3f} x\n")
    note = f"sum over {len(small)} lines; runs " + ", ".join(amount(one) for one in grown)
    return Figure("Splunk regexes, catalog doubled", median(grown), "x", GROWTH, at_most=True, note=note)


def vendors(app: Path) -> Figure:
    """AppInspect in both modes, slim and ksconf on the app as it is generated; their installation is not counted."""
    spent, note = vendors_seconds(app)
    return Figure("vendors' checks", spent, "s", VENDORS, at_most=True, note=note)


def emulated(catalog: Catalog, app: Path) -> Figure:
    """Events that the tests' emulator indexes and searches in a second."""
    emulator = splunk_emulator.Emulator([splunk_emulator.App(app)], RECEIVED)
    given = {catalog.product(name).sourcetypes[0]: mix[:EVENTS] for name, mix in mixes(catalog).items()}
    work = [(sourcetype, "\n".join(mix).encode()) for sourcetype, mix in given.items()]

    def once() -> float:
        events = (emulator.search(one) for sourcetype, data in work for one in emulator.index(data, sourcetype))
        return len(work) * EVENTS / seconds(lambda: deque(events, maxlen=0))

    measured, note = median_of(RUNS, once)
    return Figure("Splunk emulator", measured, "events/s", EMULATED, at_most=False, note=note)


def measure() -> list[Figure]:
    """All figures of the Splunk side."""
    catalog = compile_catalog(catalog_root())
    with tempfile.TemporaryDirectory() as folder:
        write(emit(catalog), Path(folder))
        app = Path(folder) / "splunk" / "postern"
        return [*ratios(catalog), growth(catalog), emulated(catalog, app), vendors(app)]


if __name__ == "__main__":
    for one in measure():
        print(f"{one.name}: {one.measured:,.2f} {one.unit} ({one.target}; {one.note})")
