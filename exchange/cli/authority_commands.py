"""The commands of an authority, put together from the files that hold them."""

from exchange.cli import (
    authority_directory,
    authority_disclosure,
    authority_due,
    authority_keys,
    authority_links,
    authority_report,
    authority_tokens,
)
from exchange.cli.authority import authority

__all__ = ["authority"]
MODULES = (
    authority_directory,
    authority_disclosure,
    authority_due,
    authority_keys,
    authority_links,
    authority_report,
    authority_tokens,
)
"""Importing these adds their commands to the group."""
