"""Shapes of enumeration, on counts and times alone: the service sees nothing else, since what it evaluates is blinded.

An authority that tells of persons asks in bursts that follow its work. Whoever tries names and dates at home asks
without pause, in equal batches, up to the quota, and for more than its notices need. Each shape names one UTC day of
one authority; it is a reason to ask, and no proof.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from exchange.token_service.batchlog import Batch
from exchange.token_service.quotas import DAY, Quota

HOUR: Final = 3600
SURGE_TIMES: Final = 5
"""A day is a surge when it has so many times the authority's own median day."""
SURGE_LEAST: Final = 10_000
"""Elements below which no day is a surge."""
SURGE_KNOWN: Final = 7
"""Days before it that are needed to know what is usual."""
STEADY_HOURS: Final = 16
"""Hours of a day, one after the other, each with at least `STEADY_SHARE` of an even share of the daily quota."""
STEADY_SHARE: Final = 0.2
UNIFORM_BATCHES: Final = 20
UNIFORM_SHARE: Final = 0.8
"""So large a part of a day's batches of one size: records differ in their number of match keys."""
UNIFORM_SIZE: Final = 64
"""Batches of fewer elements may be alike by chance."""
NEAR_QUOTA: Final = 0.9
PER_NOTICE: Final = 128
"""Most match keys that one notice has."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What was seen of one authority on one day (days since 1970, UTC)."""

    of: str
    day: int
    name: str
    words: str


def shapes(batches: Iterable[Batch], quota: Mapping[str, Quota], notices: Mapping[str, int]) -> list[Shape]:
    """Return every shape in these batches, the oldest day first.

    `quota` has the quota of each authority. `notices`: how many notices an authority told in a day at most, by slug,
    as the hub says; `beyond_notices` is looked for where it is known.
    """
    days: dict[tuple[str, int], list[Batch]] = defaultdict(list)
    for batch in batches:
        days[batch.of, batch.at // DAY].append(batch)
    totals = {key: sum(batch.n for batch in found) for key, found in days.items()}
    seen = []
    for (of, day), found in sorted(days.items(), key=lambda one: (one[0][1], one[0][0])):
        told = [
            _surge(totals, of, day),
            _steady(found, quota.get(of)),
            _uniform(found),
            _near_quota(totals[of, day], quota.get(of)),
            _beyond_notices(totals[of, day], notices.get(of)),
        ]
        seen += [Shape(of, day, *one) for one in told if one is not None]
    return seen


def _surge(totals: Mapping[tuple[str, int], int], of: str, day: int) -> tuple[str, str] | None:
    """More than five times its own median day."""
    before = [n for (slug, its), n in totals.items() if slug == of and day - 28 <= its < day]
    n = totals[of, day]
    if len(before) < SURGE_KNOWN or n < SURGE_LEAST or n <= SURGE_TIMES * median(before):
        return None
    return "surge", f"{n} elements; its median day of the four weeks before has {median(before):.0f}"


def _steady(found: list[Batch], quota: Quota | None) -> tuple[str, str] | None:
    """Hour after hour without a night."""
    if quota is None:
        return None
    least = STEADY_SHARE * quota.per_day / 24
    hours: Counter[int] = Counter()
    for batch in found:
        hours[batch.at // HOUR] += batch.n
    run = longest = 0
    for hour in range(min(hours), max(hours) + 1):
        run = run + 1 if hours[hour] >= least else 0
        longest = max(longest, run)
    return None if longest < STEADY_HOURS else ("steady", f"{longest} hours without a pause, none under {least:.0f}")


def _uniform(found: list[Batch]) -> tuple[str, str] | None:
    """Batches all of one size."""
    size, times = Counter(batch.n for batch in found).most_common(1)[0]
    if times < UNIFORM_BATCHES or times < UNIFORM_SHARE * len(found) or size < UNIFORM_SIZE:
        return None
    return "uniform", f"{times} of {len(found)} batches have {size} elements"


def _near_quota(n: int, quota: Quota | None) -> tuple[str, str] | None:
    """As much as it is given."""
    if quota is None or n < NEAR_QUOTA * quota.per_day:
        return None
    return "near_quota", f"{n} elements of the {quota.per_day} of a day"


def _beyond_notices(n: int, notices: int | None) -> tuple[str, str] | None:
    """More than its notices can need."""
    if notices is None or n <= PER_NOTICE * notices:
        return None
    return "beyond_notices", f"{n} elements; {notices} notices need at most {PER_NOTICE * notices}"
