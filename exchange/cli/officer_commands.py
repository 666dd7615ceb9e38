"""The commands of an officer, put together from the files that hold them."""

from exchange.cli import officer_directory, officer_keysets, officer_members, officer_rules, officer_weights
from exchange.cli.officer import officer

__all__ = ["officer"]
MODULES = (officer_directory, officer_keysets, officer_members, officer_rules, officer_weights)
"""Importing these adds their commands to the group."""
