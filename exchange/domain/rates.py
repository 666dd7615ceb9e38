"""How often each pattern fires, and what becomes of its alerts: for the officers of the hub, who tend the rules.

A pattern that never fires protects nobody, and one that always fires is not read. Counts are shown as in a release
(rule L26): 1 to 4 as `<5`, others rounded to 5, over whole days and closed windows. Officers get no alerts; a count of
one in an office on a day would be one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Any, Final

from exchange.domain.aggregates import rounded
from exchange.domain.disclosure import SERVED_KINDS
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.suppression import LEAST

WINDOWS: Final = (30, 90, 365)
"""Days; a window of one's own choice, subtracted from another, would tell of one day."""
ENOUGH: Final = 100
"""Persons, or days of posts, before silence means anything: the rarest patterns show in about one file of fifty."""
TOO_MANY: Final = 5
"""A pattern that shows for more than one person in five asks for more than caseworkers read."""
MOST_TOLD: Final = 3
"""Notices of one kind that are told apart: no pattern of persons needs more."""
JUDGED: Final = 20
"""Closings before their reasons mean anything."""
MISTAKEN: Final = frozenset({"wrong_link", "wrong_facts"})
"""Reasons for closing which say that the alert should not have been."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A pattern whose rates are looked at.

    `inputs` are sets as `told` makes them: a person of whom all of one set is told could show the pattern.
    `counted` says what its chances are counted in when they are not persons; empty, silence is no sign of anything.
    """

    id: str
    title: str
    inputs: tuple[frozenset[str], ...] = ()
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """What became, within a window, of the alerts of one pattern in the queue of one authority.

    `raised` counts alerts that showed the pattern for the first time, `closed` closings by reason, `hours` is how long
    each alert that was closed had been open.
    """

    pattern: str
    authority: str
    raised: int
    withdrawn: int
    superseded: int
    open_now: int
    closed: Mapping[str, int] = field(default_factory=dict)
    hours: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """An authority, its kind, since when it is enrolled, and how many notices came from it within a window."""

    slug: str
    kind: str
    enrolled_at: datetime
    notices: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is counted within a window.

    `findings` are those that were raised, by pattern, each once in however many queues. `persons` are those of whom
    notices came, by all that is told of them (`told`). `chances` are other things that a pattern may be found in.
    """

    rates: Sequence[Rate]
    findings: Mapping[str, int]
    persons: Mapping[frozenset[str], int]
    chances: Mapping[str, int]
    authorities: Sequence[Heard]


def window(now: datetime, days: int) -> tuple[datetime, datetime]:
    """Return begin and end of so many whole days (UTC), of which the last is yesterday."""
    end = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    return end - timedelta(days=days), end


def told(kinds: Iterable[str]) -> frozenset[str]:
    """Return which kinds of notices there are, and of which there are two, or three: `encounter`, `encounter 2`."""
    return frozenset(
        kind if nth == 1 else f"{kind} {nth}"
        for kind, number in Counter(kinds).items()
        for nth in range(1, min(number, MOST_TOLD) + 1)
    )


def watched(pattern: Pattern) -> Watched:
    """Return what is looked at of a pattern of persons: its inputs are what its own examples need at least."""
    shown = {told(e.kind for e in one.timeline.events) for one in pattern.examples if one.finds}
    least = sorted((kinds for kinds in shown if not any(other < kinds for other in shown)), key=sorted)
    return Watched(pattern.id, pattern.title, tuple(least), counted="persons")


def chances(of: Watched, counts: Counts) -> int:
    """Return how many persons, or other things, a pattern could have been found in."""
    if not of.inputs:
        return counts.chances.get(of.counted, 0)
    return sum(n for kinds, n in counts.persons.items() if any(needed <= kinds for needed in of.inputs))


def warnings(patterns: Iterable[Watched], counts: Counts, start: datetime) -> list[dict[str, str]]:
    """Return what the officers must look at: `about` a pattern or an authority, the `warning`, and its words."""
    found = [one for pattern in patterns for one in _of_pattern(pattern, counts)]
    return found + [
        _told(one.slug, "unheard", "No notice came from it.") for one in counts.authorities if _mute(one, start)
    ]


def _of_pattern(of: Watched, counts: Counts) -> Iterable[dict[str, str]]:
    fired, could = counts.findings.get(of.id, 0), chances(of, counts)
    closed = _closed(counts, of.id)
    if of.counted and could >= ENOUGH and not fired:
        yield _told(of.id, "silent", f"It never fired, though about {rounded(could)} {of.counted} could have shown it.")
    people = sum(counts.persons.values()) if of.inputs else could
    if of.counted and people >= ENOUGH and fired * TOO_MANY > people:
        yield _told(of.id, "too_often", f"It fired for more than one in {TOO_MANY} of all {of.counted}.")
    if closed.total() >= JUDGED and 2 * sum(closed[reason] for reason in MISTAKEN) > closed.total():
        yield _told(of.id, "mistaken", "More than half of its closings say that the alert was wrong.")
    raised = sum(r.raised for r in counts.rates if r.pattern == of.id)
    withdrawn = sum(r.withdrawn for r in counts.rates if r.pattern == of.id)
    if withdrawn >= JUDGED and 2 * withdrawn > raised:
        yield _told(of.id, "short_lived", "It is withdrawn for more than half as many alerts as it raises.")


def _closed(counts: Counts, pattern: str) -> Counter[str]:
    closed: Counter[str] = Counter()
    for rate in counts.rates:
        if rate.pattern == pattern:
            closed.update(rate.closed)
    return closed


def _mute(one: Heard, start: datetime) -> bool:
    return one.kind in SERVED_KINDS and one.enrolled_at < start and not one.notices


def _told(about: str, warning: str, words: str) -> dict[str, str]:
    return {"about": about, "warning": warning, "words": words}


def shown(rate: Rate) -> dict[str, Any]:
    """Return a rate as officers see it: small counts hidden, others rounded, the time to close from five on."""
    hours = round(median(rate.hours)) if len(rate.hours) >= LEAST else None
    return {
        "pattern": rate.pattern,
        "authority": rate.authority,
        "raised": count(rate.raised),
        "withdrawn": count(rate.withdrawn),
        "superseded": count(rate.superseded),
        "open_now": count(rate.open_now),
        "closed": {reason: count(n) for reason, n in sorted(rate.closed.items())},
        "median_hours_to_close": hours,
    }


def count(number: int) -> int | str:
    """Return a count as it is shown."""
    return f"<{LEAST}" if 0 < number < LEAST else rounded(number)
