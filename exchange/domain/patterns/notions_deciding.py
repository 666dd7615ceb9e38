"""What an event is, for the patterns on who decides: P09 to P11, P14, P18 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.noting import Notion

NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType({})
