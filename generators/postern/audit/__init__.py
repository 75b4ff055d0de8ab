"""How much of real log files the catalog reads: files are cut into pieces, a pool of processes counts each piece."""

from postern.audit.report import Report, Shown
from postern.audit.run import WorkerLostError, audit
from postern.audit.sources import Given, Source, sources

__all__ = ["Given", "Report", "Shown", "Source", "WorkerLostError", "audit", "sources"]
