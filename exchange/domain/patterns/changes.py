"""States whose situation changed so much that an examination from before says little of today.

This is configuration of this exchange, dated and in one place: public facts, chosen by its officers, from memory until
they check them. It is never law, and is never shown as law; it asks for a fresh look, and decides nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

CHANGED: Final[Mapping[str, datetime]] = MappingProxyType(
    {
        "AFG": datetime(2021, 8, 15, tzinfo=UTC),
        "BLR": datetime(2020, 8, 9, tzinfo=UTC),
        "MMR": datetime(2021, 2, 1, tzinfo=UTC),
        "RUS": datetime(2022, 2, 24, tzinfo=UTC),
        "SDN": datetime(2023, 4, 15, tzinfo=UTC),
        "SYR": datetime(2024, 12, 8, tzinfo=UTC),
        "UKR": datetime(2022, 2, 24, tzinfo=UTC),
    }
)
"""State of origin -> since when."""
