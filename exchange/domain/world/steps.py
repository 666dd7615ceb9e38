"""What happens in a story, step by step: each step becomes one notice, told by an authority that may say so.

States are named by roles (`geography.ROLES`); in facts `{B}` becomes the state that plays B, and `@3` the day three
days after the event. Members that a step does not name are not recorded, as in a real notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

Fact = str | tuple[str, ...]
Gap = tuple[int, int]
"""Least and most hours after the step before."""

BEGINS: Final = datetime(2018, 1, 1, tzinfo=UTC)
ENDS: Final = datetime(2026, 7, 1, tzinfo=UTC)
"""The world runs from here to there; the truth about a person is as of its end."""
DAY: Final = 24
SOON: Final = (DAY, 3 * DAY)
GUARD, OFFICE, UNIT, MONITOR = "border_guard", "asylum_office", "return_unit", "monitor"
LEGS: Final = frozenset({"removal_executed", "entry_refused"})
WEEKS: Final = (7 * DAY, 28 * DAY)
MONTHS: Final = (40 * DAY, 100 * DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: `by` acts, `to` is the other state; `author` is the kind of authority that tells it.

    `told_by` is the role whose authority tells it; empty is the state that acts.
    """

    kind: str
    by: str
    to: str | None = None
    gap: Gap = SOON
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    author: str = GUARD
    told_by: str = ""
    source: str = "own_act"


def at(step: Step, *gap: int) -> Step:
    """Return the step so many days (least, most) after the one before."""
    least, most = gap
    return replace(step, gap=(least * DAY, most * DAY))


def hours(step: Step, least: int, most: int) -> Step:
    """Return the step so many hours after the one before; both are then told to the minute."""
    return replace(step, gap=(least, most))


def told(step: Step, source: str = "counsel_or_ngo") -> Step:
    """Return the step as the monitor tells it, in its own name or for counsel."""
    return replace(step, author=MONITOR, told_by="M", source=source)
