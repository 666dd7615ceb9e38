"""Bar charts as numbers: where each bar of a released measure begins and ends. The template draws them as SVG.

A suppressed count has no bar: a hatched mark says that there is one to hide, not how large it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.domain.aggregates import SUPPRESSED

WIDTH: Final = 440
"""Of a chart, in units of its view box; it grows and shrinks with the page."""
LABELS: Final = 96
"""Kept free at the left for the names of the states; a longer one than fits gives way to its code."""
LONGEST: Final = 12
"""Letters of a name that fits."""
VALUES: Final = 90
"""Kept free at the right for what a bar says."""
BAR: Final = 16
STEP: Final = 22
HIDDEN: Final = 12
"""Width of the mark of a suppressed count."""
TOP: Final = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its state, what it says, its top and its width. `is_hidden` when the count is suppressed."""

    state: str
    says: str
    top: int
    width: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of one measure, the longest as wide as there is room, and the height of the whole."""

    measure: str
    bars: tuple[Bar, ...]
    height: int


def chart(measure: str, rows: Sequence[Mapping[str, str | int]]) -> Chart:
    """Return the chart of a measure over rows with `state` and the measure, in their order."""
    longest = max((int(row[measure]) for row in rows if row[measure] != SUPPRESSED), default=0)
    bars = tuple(_bar(measure, row, TOP + STEP * place, longest) for place, row in enumerate(rows))
    return Chart(measure, bars, 2 * TOP + STEP * len(rows))


def _bar(measure: str, row: Mapping[str, str | int], top: int, longest: int) -> Bar:
    count = row[measure]
    if count == SUPPRESSED:
        return Bar(str(row["state"]), SUPPRESSED, top, HIDDEN, is_hidden=True)
    room = WIDTH - LABELS - VALUES
    return Bar(
        str(row["state"]), str(count), top, round(room * int(count) / longest) if longest else 0, is_hidden=False
    )
