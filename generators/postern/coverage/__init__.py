"""What is covered, as a page: `emit` is the back end."""

from postern.coverage.emit import emit

__all__ = ["emit"]
