"""The commands about linkage, put together from the files that hold them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.cli.lazily import Commands

_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "names": "linkage_names:names",
        "evaluate": "linkage_evaluate:evaluate",
    }
)
"""Command -> where it is in exchange.cli."""

linkage = Commands(
    _COMMANDS, name="linkage", help="Measure how well names and records are linked, on files of your own."
)
"""A group whose commands are imported when they are asked for."""
