"""The Splunk back end: an app with extractions, lookups, event types, searches and dashboards."""

from postern.splunk.emit import emit

__all__ = ["emit"]
