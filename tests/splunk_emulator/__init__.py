"""How Splunk reads an app's configuration, index time and search time, without a Splunk.

An emulator of the documented order of operations, not of Splunk: it refuses every setting it does not implement
(`Unsupported`), and notes what Splunk would pass over in silence (`Emulator.faults`).
"""

from .conf import App
from .emulator import Emulator
from .event import Event, Fields, Value
from .faults import Fault, FaultLog, SearchFailedError, Unsupported

__all__ = [
    "App",
    "Emulator",
    "Event",
    "Fault",
    "FaultLog",
    "Fields",
    "SearchFailedError",
    "Unsupported",
    "Value",
]
