"""What an event is, for the patterns on protection: P08, P12, P15, P16 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.noting import Notion

NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType({})
