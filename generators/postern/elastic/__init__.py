"""The Elastic back end: ingest pipelines, templates, grok patterns, lookup, searches and a dashboard."""

from postern.elastic.emit import emit

__all__ = ["emit"]
