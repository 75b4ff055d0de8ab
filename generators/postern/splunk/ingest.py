"""Index time, on our own source types: the device's time, and the router for mixed syslog.

A header may hold one of many forms of time, and TIME_FORMAT knows one. So an event first has the time of its arrival
(DATETIME_CONFIG = CURRENT); then one transform finds the text of the time and another reads it by the rules of the
design: the device's time before a relay's, an offset where there is one, and of years that the line leaves out the one
that brings the time nearest to its arrival, at most two days ahead. Where a site names time zones, a last step takes
off the offset that the clock of the device or relay had then.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from postern import regex
from postern.splunk import clocks
from postern.splunk.printed import quoted, replaced
from postern.splunk.transform import ANY, TRAILING, Groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postern.model import Catalog, Header, Product, Zones

ROUTER = "postern:syslog"
READ_TIME = "postern_read_time"
AHEAD = 2 * 24 * 3600  # seconds
_TIMES = {"time": "device", "relay_time": "relay_host"}  # slots of times, and of the names of those who wrote them
Settings = tuple[tuple[str, str], ...]


def own_sourcetype(product: Product) -> str:
    """The source type of ours that a product's lines have."""
    return product.sourcetypes[0]


def time_name(product: Product) -> str:
    """The transform that finds the text of a product's time."""
    return f"postern_{product.name}_time"


def route_name(product: Product) -> str:
    """The transform that gives a line the product's source type."""
    return f"postern_{product.name}_route"


def transforms(catalog: Catalog) -> Iterator[tuple[str, Settings]]:
    """Stanzas for index time: name and settings."""
    for product in catalog.products:
        yield time_name(product), tuple(_time(catalog, product))
    reading = _reading(catalog.site.zones)
    yield READ_TIME, (("INGEST_EVAL", ", ".join(f"{name}:={value}" for name, value in reading)),)
    for product in catalog.products:
        yield route_name(product), tuple(_route(product))


def routed(catalog: Catalog) -> list[str]:
    """Transforms of the router in their order: frames with a fixed word come last and win over the others."""
    products = sorted(catalog.products, key=lambda product: product.dispatch != "words")
    return [name for one in products for name in (route_name(one), time_name(one))] + [READ_TIME]


def _route(product: Product) -> Iterator[tuple[str, str]]:
    yield "REGEX", rf"\A(?:{'|'.join(f'(?:{_frame(header)})' for header in product.headers)})"
    yield "DEST_KEY", "MetaData:Sourcetype"
    yield "FORMAT", f"sourcetype::{own_sourcetype(product)}"


def _frame(header: Header) -> str:
    return regex.spell(header.node, regex.uncaptured) + _closed(header)


def _closed(header: Header) -> str:
    if not header.closing:
        return ""
    return rf"{ANY}*{regex.spell(regex.Lit(header.closing))}{TRAILING}\z"


def _time(catalog: Catalog, product: Product) -> Iterator[tuple[str, str]]:
    wanted = (*_TIMES, *_TIMES.values()) if catalog.site.zones else tuple(_TIMES)
    groups = Groups(catalog)
    forms = [groups.spell(header.node, partial(_fields, wanted)) + _closed(header) for header in product.headers]
    yield "REGEX", rf"\A(?:{'|'.join(f'(?:{form})' for form in forms)})"
    numbers = {name: [number for one, number in groups.pairs if one == name] for name in wanted}
    found = {name: "".join(f"${number}" for number in some) for name, some in numbers.items() if some}
    yield "FORMAT", " ".join(f'postern_{name}_text::"{value}"' for name, value in found.items())
    yield "WRITE_META", "true"


def _fields(wanted: tuple[str, ...], capture: regex.Capture) -> tuple[str, ...]:
    return (capture.name,) if capture.name in wanted else ()


def _reading(zones: Zones) -> Iterator[tuple[str, str]]:
    """Fields and their values, one after the other; what only serves to read the time is removed in the end."""
    device, relay = (f"postern_{name}_text" for name in _TIMES)
    writers = [f"postern_{name}_text" for name in _TIMES.values()] if zones else []
    helpers = [f"postern_{name}" for name in ("clock", "fraction", "day", "form", "year")]
    # In the router a line may fit two frames: the last of them gives the source type, and so the time.
    yield from ((name, f"mvindex({name}, -1)") for name in (device, relay, *writers))
    if zones:
        yield from _writing(zones, device)
        helpers += [_ZONE, _LOCAL, *writers]
    yield device, f"coalesce({device}, {relay})"
    clock = replaced(device, r"^.*?([0-9]{2}:[0-9]{2}:[0-9]{2}).*$", r"\1")
    zone = r"^.*:[0-9]{2}(?:[.][0-9]{1,9})?([+-][0-9]{2}):?([0-9]{2})$"
    offset = _found(device, zone, r"\1\2", _UTC)
    yield "postern_clock", f'{clock}." ".{offset}'
    yield "postern_fraction", _found(device, r"^.*:[0-9]{2}[.]([0-9]{1,9}).*$", r"0.\1", '"0"')
    words = r"^(?:[A-Z][a-z]{2} +)?([A-Z][a-z]{2}) +([0-9]{1,2}) .*$"
    iso = r"^[0-9]{4}-([0-9]{2})-([0-9]{2})[T ].*$"
    yield "postern_day", _found(device, iso, r"\1 \2", replaced(device, words, r"\1 \2"))
    yield "postern_form", f'if(match({device}, "{iso}"), "%m %d %Y %H:%M:%S %z", "%b %d %Y %H:%M:%S %z")'
    yield "postern_year", _found(device, r"^(?:.* )?([0-9]{4})(?:[- ].*|Z?)$", r"\1", "null()")
    limit = f"_time + {AHEAD}"
    following, this, last = (_moment(_guessed(step)) for step in (1, 0, -1))
    chosen = (
        f"case(isnotnull(postern_year), {_moment('postern_year')}, {following} <= {limit}, {following}, "
        f"{this} <= {limit}, {this}, true(), {last})"
    )
    if zones:
        said = f'match({device}, "(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})$")'
        yield _LOCAL, chosen
        yield "_time", f"coalesce(if({said}, {_LOCAL}, {_LOCAL} - {_offset(zones)}), _time)"
    else:
        yield "_time", f"coalesce({chosen}, _time)"
    yield from ((name, "null()") for name in (*helpers, device, relay))


_UTC = '"+0000"'
_ZONE, _LOCAL = "postern_clock_zone", "postern_clock_local"


def _writing(zones: Zones, device: str) -> Iterator[tuple[str, str]]:
    """The zone of who wrote the time: the device where it has one, else the relay."""
    writers = [f"postern_{name}_text" for name in _TIMES.values()]
    writer = f"if(isnotnull({device}), {', '.join(writers)})"
    named = "".join(f'{writer} == "{name}", "{zone}", ' for name, zone in zones.devices.items())
    yield _ZONE, f'case({named}true(), "{zones.default}")'


def _offset(zones: Zones) -> str:
    """The offset, in seconds, that the zone had as its clock showed the local time."""
    every = dict.fromkeys((*zones.devices.values(), zones.default))
    cases = (f'{_ZONE} == "{zone}", {clocks.offset(zone, _LOCAL)}' for zone in every)
    return f"case({', '.join(cases)})"


def _moment(year: str) -> str:
    """The time in a year, which stands as an expression."""
    return f'strptime(postern_day." ".{year}." ".postern_clock, postern_form) + tonumber(postern_fraction)'


def _guessed(step: int) -> str:
    """The year of arrival, or the one after or before it."""
    return f'tostring(tonumber(strftime(_time, "%Y")) + {step})'


def _found(field: str, pattern: str, new: str, otherwise: str) -> str:
    """What a pattern finds in a field, or something else where it does not match."""
    return f'if(match({field}, "{quoted(pattern)}"), {replaced(field, pattern, new)}, {otherwise})'
