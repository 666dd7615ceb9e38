"""One dossier for each person in a queue, and what of it is open work.

Everything here is worked out from the alerts that one reader has and from nothing else (L22).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exchange.domain.alertlife import LIVE
from exchange.domain.patterns.evaluator import SEVERITIES


@dataclass(frozen=True, slots=True)
class Work:
    """An alert as far as order in a queue goes.

    `person` are the notices of the person as the reader knew it, `rests_on` those that the finding rests on.
    """

    id: str
    person: frozenset[int]
    rests_on: frozenset[int]
    stage: str
    severity: str
    status: str
    is_snoozed: bool
    is_doubtful: bool = False


def grouped(alerts: Iterable[tuple[str, Iterable[int]]]) -> dict[str, str]:
    """Return the dossier of each alert, given as (id, notices of the person): alerts that share a notice share it.

    A dossier is named by the first of its alerts: ids are made in the order of time (RFC 9562 section 5.7), so the name
    stays when alerts are added or closed. An alert about no person is in none.
    """
    first: dict[str, str] = {}
    owner: dict[int, str] = {}

    def of(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for name, person in alerts:
        for number in person:
            here, there = of(first.setdefault(name, name)), of(owner.setdefault(number, name))
            first[max(here, there)] = min(here, there)
    return {name: of(name) for name in first}


def inhibited(queue: Sequence[Work]) -> Mapping[str, str]:
    """Return, for each alert that another covers, the id of that other.

    An alert of the stage `done` inhibits one of the stage `risk` of the same chain: it is about the same person, rests
    on everything that the other rests on, and is no milder. It must be open work itself: when it is withdrawn, closed
    or put aside, what it covered is open work again. So nothing is ever hidden by something that nobody looks at, and
    nothing by what is said of a doubtful person alone, unless it is about the very same.
    """
    done: dict[int, list[Work]] = {}
    for one in queue:
        if one.stage == "done" and one.status in LIVE and not one.is_snoozed:
            for number in one.rests_on:
                done.setdefault(number, []).append(one)
    covered = {}
    for one in queue:
        if one.stage == "risk" and one.status in LIVE and one.rests_on:
            over = next((other for other in done.get(min(one.rests_on), ()) if _covers(other, one)), None)
            if over is not None:
                covered[one.id] = over.id
    return covered


def _covers(done: Work, risk: Work) -> bool:
    same = not done.person.isdisjoint(risk.person) and done.rests_on >= risk.rests_on
    is_as_sure = not done.is_doubtful or (risk.is_doubtful and done.person == risk.person)
    return same and is_as_sure and SEVERITIES.index(done.severity) >= SEVERITIES.index(risk.severity)
