"""Rates of the patterns, for the secretariat: how often each fires, what becomes of its alerts, what to look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange.deps import Hub
from exchange.domain import alertlife, collective, rates
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.rates import Counts, Watched
from exchange.queried import PROBING
from exchange.store import ledger
from exchange.store import rates as stored

_POSTS: Final = "days of posts"
WATCHED: Final = (
    *(rates.watched(pattern) for pattern in PATTERNS),
    Watched(collective.PATTERN, "Collective pattern", counted=_POSTS),
    Watched(PROBING, "Repeated probing"),  # that nobody probes is no fault of the rule
)
WHAT: Final = "rates"
"""What an act says of such a read."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates over whole days, `first` to before `until`: a row for each pattern, one for each queue, and warnings."""

    first: datetime
    until: datetime
    patterns: list[dict[str, Any]]
    queues: list[dict[str, Any]]
    warnings: list[dict[str, str]]


def rate(hub: Hub, days: int, now: datetime) -> Rates:
    """Count over the last whole days, one of `rates.WINDOWS`, and note that it was read."""
    start, end = rates.window(now, days)
    with hub.database.transaction() as tx:
        counts = Counts(
            rates=stored.rates(tx, start, end, alertlife.LIVE),
            findings=stored.findings(tx, start, end),
            persons=stored.persons(tx, start, end),
            chances={_POSTS: stored.days_of_posts(tx, start, end)},
            authorities=stored.heard(tx, start, end),
        )
        ledger.act(tx, {"at": now, "what": WHAT, "object": f"{days} days", "purpose": "operation"})
    return Rates(
        first=start,
        until=end,
        patterns=[_pattern(of, counts) for of in WATCHED],
        queues=[rates.shown(one) for one in counts.rates],
        warnings=rates.warnings(WATCHED, counts, start),
    )


def _pattern(of: Watched, counts: Counts) -> dict[str, Any]:
    return {
        "pattern": of.id,
        "title": of.title,
        "findings": rates.count(counts.findings.get(of.id, 0)),
        "could_have_shown": rates.count(rates.chances(of, counts)) if of.counted else None,
        "counted": of.counted,
    }
