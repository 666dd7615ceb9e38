"""The aggregate report: what is counted, and what of it a quarterly release shows (rule L26).

Each accepted notice of a counted kind counts once, under the state that it says acted. Shown counts are rounded to the
nearest multiple of 5 (no count lies half-way, and as many go up as down); a count from 1 to 4 is `suppressed`, and so
are the counts from which it could be worked out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain import suppression
from exchange.domain.members import STATES
from exchange.domain.suppression import Name

READERS: Final = frozenset({"monitor", "observer", "secretariat"})
"""Kinds of authority that may read releases. Member states may not: theirs would tell of notices hidden from them."""
ROUNDED_TO: Final = 5
SUPPRESSED: Final = "suppressed"
ALL: Final = "ALL"
"""The row of totals."""
SEVERITIES: Final = ("critical", "high", "medium", "info")
TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "claims_expressed": ("claims_referred", "claims_not_referred"),
        "claims_registered": (),
        "entry_refusals": (),
        "removals_executed": (),
        "alerts": tuple(f"alerts_{severity}" for severity in SEVERITIES),
    }
)
"""A measure -> the measures that it is the sum of. Each is a table of its own, and no two count one thing."""
MEASURES: Final = tuple(measure for total, parts in TABLES.items() for measure in (total, *parts))
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claim_expressed": "claims_not_referred",
        "claim_registered": "claims_registered",
        "entry_refused": "entry_refusals",
        "removal_executed": "removals_executed",
    }
)
"""Kind of a notice -> what it counts as, unless it is a referral."""

Shown = dict[str, str | int]
"""One row of a release: `state`, and each measure as a number or `suppressed`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count needs to know of a notice: its kind, the kind of its author, the state that acted, its referral."""

    kind: str
    author_kind: str
    state: str
    is_forwarded: bool


def of_notice(notice: Counted) -> Name:
    """Return state and measure that a notice counts under. A referral is a border guard's: it says to whom it went."""
    is_referral = notice.kind == "claim_expressed" and notice.author_kind == "border_guard" and notice.is_forwarded
    return notice.state, "claims_referred" if is_referral else KINDS[notice.kind]


def of_alert(state: str, severity: str) -> Name:
    """Return state and measure that an alert counts under."""
    return state, f"alerts_{severity}"


def rounded(count: int) -> int:
    """Return the nearest multiple of 5."""
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def released(counts: Mapping[Name, int]) -> list[Shown]:
    """Return the rows of a release from the counts of a quarter, by state and measure.

    The participants have a row each, whatever came of them; other states have one when they have a count. The last
    row holds the totals.
    """
    states = sorted(STATES | {state for (state, _), count in counts.items() if count})
    shown: dict[Name, str | int] = {}
    for total, parts in TABLES.items():
        shown |= _protected(counts, states, total, parts)
    return [{"state": state, **{m: shown[state, m] for m in MEASURES}} for state in [*states, ALL]]


def _protected(
    counts: Mapping[Name, int], states: list[str], total: str, parts: Iterable[str]
) -> dict[Name, str | int]:
    table = suppression.cells(counts, states, tuple(parts), total)
    gone = suppression.hidden(table)
    named = {cell.name: SUPPRESSED if cell.name in gone else rounded(cell.value) for cell in table}
    return {(ALL if state == total else state, measure): value for (state, measure), value in named.items()}
