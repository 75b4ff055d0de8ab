"""site.yaml: what a site sets, and all that is wrong with it."""

from __future__ import annotations

import difflib
import zoneinfo
from typing import TYPE_CHECKING

from postern import schema, source
from postern.layers import SITE
from postern.model import KEEP, Place, Privacy, Site, Zones

if TYPE_CHECKING:
    from pathlib import Path

    from postern.compile import Compilation
    from postern.schema import SiteFile, ZonesSite


def read(run: Compilation, path: Path | None) -> Site:
    """What the site.yaml at `path`, or the overlay's, says; findings go to the run."""
    if path is None:
        documents = [one for one in run.layers.file(SITE) if one.overlay]
    else:
        documents = [source.read(path, str(path))]
        run.layers.documents += documents
    if not documents:
        return Site()
    (document,) = documents
    file = schema.validate(schema.SiteFile, document, (), document.data)
    if file is None:
        return Site()
    place = Place(document, ())
    _products(run, file, place)
    _zones(run, file.zones, place)
    privacy = _privacy(run, file, place)
    further = {name: tuple(some) for name, some in file.splunk.sourcetypes.items()}
    zones = Zones(file.zones.default, file.zones.devices)
    return Site(tuple(file.targets), file.language, tuple(file.splunk.indexes), further, zones, privacy)


def _products(run: Compilation, file: SiteFile, place: Place) -> None:
    for name in file.splunk.sourcetypes.keys() - run.frames.keys():
        at = ("splunk", "sourcetypes", name)
        run.findings.append(place.finding("P203", f"{name} is not a product", ", ".join(run.frames), *at))


def _zones(run: Compilation, zones: ZonesSite, place: Place) -> None:
    """Abbreviations are no zones: they say nothing of daylight saving, and engines differ in which they know."""
    named = {("devices", device): zone for device, zone in zones.devices.items()} | {("default",): zones.default}
    if set(named.values()) <= {"UTC"}:
        return
    known = {"UTC", *(name for name in zoneinfo.available_timezones() if "/" in name)}
    for at, zone in named.items():
        if zone not in known:
            problem = f"{zone} is not a time zone of IANA's database (Area/Location, or UTC)"
            near = difflib.get_close_matches(zone, sorted(known), n=2, cutoff=0.7)
            run.findings.append(place.finding("P911", problem, ", ".join(near), "zones", *at))


def _privacy(run: Compilation, file: SiteFile, place: Place) -> Privacy:
    said = file.privacy
    privacy = Privacy(said.subjects, said.users, said.addresses, said.raw)
    if privacy.raw == KEEP and not privacy.kept:
        problem = "the lines are kept, and they say in full what is not to be kept"
        run.findings.append(place.finding("P912", problem, "raw: drop", "privacy", "raw"))
    if privacy != Privacy() and "splunk" in file.targets:
        problem = "an app cannot take anything out of the events that Splunk stores"
        run.findings.append(place.finding("P913", problem, "targets: [elastic]", "targets"))
    return privacy
