"""What an event is, for the patterns on acts repeated or defiant: P02, P06, P17 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.noting import Notion

NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType({})
