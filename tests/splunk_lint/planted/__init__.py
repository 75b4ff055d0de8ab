"""Faults planted in the sample app, to see which tool finds them."""

from .caught import CAUGHT
from .fault import Fault
from .further import FURTHER
from .missed import MISSED

FAULTS = (*CAUGHT, *MISSED, *FURTHER)

__all__ = ["CAUGHT", "FAULTS", "FURTHER", "MISSED", "Fault"]
