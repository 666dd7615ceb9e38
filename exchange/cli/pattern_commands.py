"""The commands about patterns, put together from the files that hold them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.cli.lazily import Commands

_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "list": "patterns:list_command",
        "show": "patterns:show",
        "judge": "judging:judge",
        "why": "explaining:why",
        "rates": "rates:rates",
        "export": "replaying:export",
        "replay": "replaying:replay",
    }
)
"""Command -> where it is in exchange.cli: those that read a file or the rules alone start without the database."""

patterns = Commands(_COMMANDS, name="patterns", help="Show the patterns, judge cases by them, and say why.")
