"""The console, put together from the files that hold its pages."""

from exchange.console import due, links, log, neighbours, report
from exchange.console.pages import console

__all__ = ["console"]
MODULES = (due, links, log, neighbours, report)
"""Importing these adds their pages to the blueprint."""
