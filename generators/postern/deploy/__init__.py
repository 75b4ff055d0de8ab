"""Putting what was generated onto a running system."""

from postern.deploy.elastic import Installation, install, send

__all__ = ["Installation", "install", "send"]
