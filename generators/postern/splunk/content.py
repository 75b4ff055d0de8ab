"""Event types with their tags, macros, and the saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postern.model import Catalog, Event
    from postern.splunk.props import Stanza

EVENTS = "postern_events"


def sourcetypes(catalog: Catalog) -> list[str]:
    """All source types under which events of ours are searched, each once."""
    return list(dict.fromkeys(name for product in catalog.products for name in product.sourcetypes))


def tagged(catalog: Catalog) -> list[Event]:
    """The events that belong to a data model, in the order of the catalog."""
    return [event for event in catalog.events.values() if event.cim is not None]


def eventtype(event: Event) -> str:
    """The event type of an event."""
    return f"postern_{event.name}"


def eventtypes(catalog: Catalog) -> Iterator[Stanza]:
    """One event type for each event of a data model."""
    for event in tagged(catalog):
        yield eventtype(event), (("search", f"postern_event={event.name} `{EVENTS}`"),)


def tags(catalog: Catalog) -> Iterator[Stanza]:
    """The tags of each event type, by which its data model finds it."""
    for event in tagged(catalog):
        found = event.cim.tags if event.cim else ()
        yield f"eventtype={eventtype(event)}", tuple((tag, "enabled") for tag in found)


def macros(catalog: Catalog) -> Iterator[Stanza]:
    """Where events are: what a site overrides in local/macros.conf."""
    yield "postern_index", (("definition", _any_of("index", catalog.site.indexes)),)
    yield "postern_sourcetypes", (("definition", _any_of("sourcetype", sourcetypes(catalog))),)
    yield EVENTS, (("definition", "`postern_index` `postern_sourcetypes`"),)


def _any_of(field: str, values: Sequence[str]) -> str:
    """A search for one of some values."""
    if list(values) == ["*"]:
        return f"{field}=*"
    listed = ", ".join(f'"{value}"' for value in values)
    return f"{field} IN ({listed})"


def savedsearches(catalog: Catalog) -> Iterator[Stanza]:
    """The saved searches; none is scheduled. A parameter is a clause that the reader appends."""
    for search in catalog.searches:
        added = " ".join(f"To narrow it, append: | {param.spl}" for param in search.params)
        yield (
            f"Postern: {search.title}",
            (
                ("description", f"{search.description.strip()} {added}".strip()),
                ("search", search.spl.rstrip("\n")),
                ("dispatch.earliest_time", "-24h@h"),
                ("dispatch.latest_time", "now"),
                ("is_visible", "1"),
            ),
        )
