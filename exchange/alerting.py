"""The step `alert`: address findings to caseworkers, and keep the alerts that stand true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from exchange import alerts, reading
from exchange.deps import Hub
from exchange.domain import addressing, alertlife, linkage
from exchange.domain.linkage import Person
from exchange.domain.members import Standing
from exchange.domain.notice import Reader
from exchange.domain.projection import Projection, projections
from exchange.reading import Around
from exchange.store import directory, links, outbox, queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

Found = Mapping[str, Mapping[queue.Key, dict[str, Any]]]
"""name of a projection -> (family, anchor) -> finding."""
Key = tuple[str, str, int]
"""(slug, family, anchor): what an alert is known by."""


class Stale(Exception):  # noqa: N818 -- it says that there is nothing to do, not that something failed
    """What was found is older than the links: `detect` is promised for the new ones, and `alert` after it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an alert must say: the body for its reader, and the notices of the person as the reader knows it."""

    body: dict[str, Any]
    person: list[int]


def alert(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- every step is called alike
    """Raise, change and withdraw alerts so that they are what the stored findings say.

    An alert that was made from notices which its reader may not know of any more stays as it is: a state that has
    become withheld, or is suspended, is told nothing, not even by a withdrawal (L16, L21). Nothing is withdrawn while
    somebody among these notices waits to be judged: a projection that nobody judged yet has no findings, and an alert
    that went and came back would tell its reader of the notice between.
    """
    links.lock_neighbourhood(tx, subject)
    around = reading.around(tx, subject, now)
    readers = directory.authorities(tx)
    of = (around.notices, around.agreements, around.standing)
    known = {reader: projections(reader, *of) for reader in readers}
    numbers = [n.no for n in around.notices]
    try:
        wanted = _wanted(queue.findings(tx, numbers), known, around)
    except Stale:
        return
    standing = {(a.slug, a.family, a.anchor): a for a in queue.standing(tx, numbers) if a.anchor is not None}
    waiting = outbox.is_open(tx, "detect", numbers)
    open_to = {r.slug: _open_to(r, theirs, around.standing) for r, theirs in known.items()}
    for key in wanted.keys() | standing.keys():
        held = standing.get(key)
        if waiting and key not in wanted:
            continue
        if held is None or open_to[held.slug].issuperset(held.person):
            _settle(tx, held, key, wanted.get(key), now)


def _open_to(reader: Reader, theirs: Sequence[Projection], standing: Standing) -> frozenset[int]:
    """Return the notices that a reader knows, without those of persons for whom its state is suspended.

    Its alerts about these are hidden, and stay as they were until the suspension is lifted (L16).
    """
    return frozenset().union(*(p.numbers for p in theirs if not standing.hides(reader.state, p.notices)))


def _wanted(found: Found, known: Mapping[Reader, Sequence[Projection]], around: Around) -> dict[Key, Content]:
    """Return what every alert must say. Raises Stale."""
    persons = {p: linkage.resolve(p.notices, around.agreements) for theirs in known.values() for p in theirs}
    wanted = {}
    for reader, theirs in known.items():
        for projection in theirs:
            for (family, anchor), finding in found.get(projection.name, {}).items():
                if anchor in projection.numbers:
                    person = _person(persons[projection], anchor, finding)
                    if addressing.recipients(finding, [reader], projection.notices, known, around.standing):
                        body = addressing.seen(finding, person, reader)
                        wanted[reader.slug, family, anchor] = Content(body, sorted(n.no for n in person.notices))
    return wanted


def _person(persons: Sequence[Person], anchor: int, finding: dict[str, Any]) -> Person:
    """Return the person that a finding is about: the one whose notices hold all that it rests on. Raises Stale."""
    needed = {anchor, *(no for clause in finding["clauses"] for no in clause["events"])}
    for person in persons:
        if needed <= {n.no for n in person.notices}:
            return person
    raise Stale


def _settle(tx: Tx, held: Alert | None, key: Key, content: Content | None, now: datetime) -> None:
    """Make one alert stand with this content, or withdraw it; nothing happens when it is so already."""
    if content is not None:
        slug, family, anchor = key
        wanted = replace(alerts.fresh((slug, family), content.body, now), anchor=anchor, person=content.person)
        alerts.stand(tx, held, wanted, now)
    elif held is not None and held.status in alertlife.LIVE:
        gone = replace(held, status="withdrawn", changed_at=now, expires_at=None, closing_by=None)
        queue.put(tx, gone, alerts.told("withdrawn", held.body, now))


def run_out(tx: Tx, now: datetime) -> int:
    """Put acknowledged alerts back into their queues when the acknowledgement has run out; returns how many."""
    over = queue.expired(tx, now)
    for held in over:
        again = replace(held, status="taken" if held.taken_by else "open", changed_at=now, expires_at=None)
        queue.put(tx, again, alerts.told("run_out", held.body, now))
    return len(over)
