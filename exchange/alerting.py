"""The step `alert`: address findings to caseworkers, and keep the alerts that stand true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from exchange import alerts, reading
from exchange.deps import Hub
from exchange.domain import addressing, alertlife, findings, linkage, superseding, withdrawals
from exchange.domain.judgements import MONITOR
from exchange.domain.linkage import Person
from exchange.domain.members import Standing
from exchange.domain.notice import REPLACED, Reader
from exchange.domain.projection import Projection, holding, projections
from exchange.domain.superseding import Moved
from exchange.domain.withdrawals import Cause, Gone
from exchange.reading import Around
from exchange.store import directory, links, outbox, queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

FORGOTTEN: Final[Mapping[str, Any]] = {"clauses": [], "notices": [], "suppressors": [], "contradictions": []}
"""What an alert says of persons when it is recalled: the link under it was undone."""
Found = Mapping[str, Mapping[queue.Key, dict[str, Any]]]
"""name of a projection -> (family, anchor) -> finding."""
Key = tuple[str, str, int, bool]
"""(slug, family, anchor, whether it is about a doubtful person): what an alert is known by."""


class Stale(Exception):  # noqa: N818 -- it says that there is nothing to do, not that something failed
    """What was found is older than the links: `detect` is promised for the new ones, and `alert` after it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an alert must say: the body for its reader, the notices of the person as the reader knows it, the evidence.

    `rests_on` are the notices that the finding rests on, `replaced` those of the person that were replaced.
    """

    body: dict[str, Any]
    person: list[int]
    rests_on: list[int]
    replaced: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What alerts are judged by: the neighbourhood, what each reader knows of it, and the moment."""

    around: Around
    known: Mapping[Reader, Sequence[Projection]]
    now: datetime

    causes: dict[tuple[Projection, Gone], Cause] = field(default_factory=dict)

    def because(self, held: Alert) -> dict[str, str]:
        """Return why an alert is withdrawn, as its reader may know it. Readers who know the same share the work."""
        reader, theirs, gone = self._gone(held)
        if theirs is None:
            return {}
        if (theirs, gone) not in self.causes:
            notices = [n for n in self.around.notices if n.no in theirs.numbers]
            self.causes[theirs, gone] = withdrawals.cause(gone, notices, self.around.agreements, self.now)
        return withdrawals.told(self.causes[theirs, gone], reader)

    def is_recalled(self, held: Alert) -> bool:
        """Tell whether an alert is about one person who turned out to be two, and still says what it did.

        It is one that was closed, went before for another reason, or is about a check: these are not withdrawn for
        anything else.
        """
        _, theirs, gone = self._gone(held)
        if theirs is None or not held.body["clauses"]:
            return False
        notices = [n for n in self.around.notices if n.no in theirs.numbers]
        return withdrawals.is_parted(gone, notices, self.around.agreements)

    def _gone(self, held: Alert) -> tuple[Reader, Projection | None, Gone]:
        reader = next(one for one in self.known if one.slug == held.slug)
        anchor = min(held.person) if held.anchor is None else held.anchor
        gone = Gone(held.family, anchor, frozenset(held.person), doubted=held.is_doubtful)
        return reader, holding(self.known[reader], gone.anchor), gone


def alert(tx: Tx, hub: Hub, subject: int, cause: str, now: datetime) -> None:  # noqa: ARG001 -- a step's form
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
    standing = _standing(tx, numbers)
    waiting = outbox.is_open(tx, "detect", numbers)
    open_to = {r.slug: _open_to(r, theirs, around.standing) for r, theirs in known.items()}
    judged = Reading(around, known, now)
    is_free = {key: open_to[a.slug].issuperset(a.person) for key, a in standing.items()}
    for key in sorted(wanted.keys() - {key for key, free in is_free.items() if not free}):
        _make(tx, standing.get(key), key, wanted[key], now)
    over = [key for key in sorted(standing.keys() - wanted.keys()) if is_free[key] and not waiting]
    gone = [standing[key] for key in over if standing[key].status in alertlife.LIVE]
    undoes = bool(around.judged) or cause.startswith(withdrawals.WEIGHED)
    ended = ("closed", *alertlife.GONE) if undoes else ("closed",)
    gone += [standing[key] for key in over if standing[key].status in ended and judged.is_recalled(standing[key])]
    if gone:
        new = {key: wanted[key] for key in wanted if is_free.get(key, True)}
        _take_away(tx, gone, _successors(gone, standing, new), judged)
    if undoes:
        checks = [a for a in queue.about_checks(tx, numbers) if open_to[a.slug].issuperset(a.person)]
        _take_away(tx, [one for one in checks if judged.is_recalled(one)], {}, judged)


def _standing(tx: Tx, numbers: list[int]) -> dict[Key, Alert]:
    held = queue.standing(tx, numbers)
    return {(a.slug, a.family, a.anchor, a.is_doubtful): a for a in held if a.anchor is not None}


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
            of_reader = _findings(found, reader, (projection, persons[projection]), around)
            for (family, anchor, is_doubtful), finding, of in of_reader:
                person = _person(of, anchor, finding)
                if addressing.recipients(finding, [reader], projection.notices, known, around.standing):
                    body = addressing.seen(finding, person, reader)
                    wanted[reader.slug, family, anchor, is_doubtful] = _content(body, person, finding)
    return wanted


def _findings(
    found: Found, reader: Reader, of: tuple[Projection, Sequence[Person]], around: Around
) -> Iterator[tuple[tuple[str, int, bool], dict[str, Any], Sequence[Person]]]:
    """Yield the findings on a projection, each with the persons among whom it was found.

    For a monitor there are those about doubtful persons too, which are worse than what stands. They are told beside
    it and never in its place: what is doubtful must hide nothing, also when the monitor closes it (L23).
    """
    projection, persons = of
    for key, finding in found.get(projection.name, {}).items():
        if key[1] in projection.numbers:
            yield (*key, False), finding, persons
    doubted = found.get(findings.doubted(projection.name), {}) if reader.kind == MONITOR else {}
    for key, finding in doubted.items():
        if key[1] in projection.numbers:
            yield (*key, True), finding, linkage.doubtful(persons, around.agreements)


def _content(body: dict[str, Any], person: Person, finding: dict[str, Any]) -> Content:
    rests_on = {no for clause in finding["clauses"] for no in clause["events"]}
    replaced = frozenset(n.no for n in person.notices if n.corrected.how == REPLACED)
    return Content(body, sorted(n.no for n in person.notices), sorted(rests_on), replaced)


def _person(persons: Sequence[Person], anchor: int, finding: dict[str, Any]) -> Person:
    """Return the person that a finding is about: the one whose notices hold all that it rests on. Raises Stale."""
    needed = {anchor, *(no for clause in finding["clauses"] for no in clause["events"])}
    for person in persons:
        if needed <= {n.no for n in person.notices}:
            return person
    raise Stale


def _make(tx: Tx, held: Alert | None, key: Key, content: Content, now: datetime) -> None:
    """Make one alert stand with this content; nothing happens when it does already."""
    slug, family, anchor, is_doubtful = key
    fresh = replace(alerts.fresh((slug, family), content.body, now), anchor=anchor, is_doubtful=is_doubtful)
    alerts.stand(tx, held, replace(fresh, person=content.person, rests_on=content.rests_on), now)


def _successors(gone: Iterable[Alert], before: Mapping[Key, Alert], wanted: Mapping[Key, Content]) -> dict[str, Key]:
    """Return, for each alert whose finding has moved to another of the same queue, the key of that.

    Nothing moves between what is doubtful and what is not: the one would be gone with the other.
    """
    moved = {}
    for held in gone:
        for key, content in wanted.items():
            stood = before.get(key)
            known = stood.person if stood is not None and stood.status in alertlife.LIVE else ()
            to = Moved(frozenset(content.person), frozenset(content.rests_on), frozenset(known), content.replaced)
            of = (held.family, held.anchor or 0, frozenset(held.rests_on))
            is_alike = (key[0], key[1], key[3]) == (held.slug, held.family, held.is_doubtful)
            if is_alike and superseding.has_moved(of, to):
                moved[held.id] = key
    return moved


def _take_away(tx: Tx, gone: Iterable[Alert], successors: Mapping[str, Key], judged: Reading) -> None:
    """Withdraw alerts, or say which other alert has taken their place."""
    ids = {key: a.id for key, a in _standing(tx, [anchor for _, _, anchor, _ in successors.values()]).items()}
    for held in gone:
        by = ids.get(successors[held.id]) if held.id in successors else None
        status, said = ("superseded", {"by": by}) if by is not None else ("withdrawn", judged.because(held))
        over = replace(held, status=status, changed_at=judged.now, expires_at=None, closing_by=None, superseded_by=by)
        event = alerts.told(status, held.body, judged.now)
        quiet = replace(over, snoozed_by=None, snoozed_until=None, monitor_disagrees=False)
        parted = said.get("because") == withdrawals.LINK_UNDONE or (by is not None and judged.is_recalled(held))
        if parted:  # what it says of another person is nothing to this reader
            quiet = replace(quiet, body={**quiet.body, **FORGOTTEN})
        queue.put(tx, quiet, {**event, "detail": event["detail"] | said})


def run_out(tx: Tx, now: datetime) -> int:
    """Put alerts back into their queues when an acknowledgement or a snooze has run out; returns how many."""
    slept = queue.slept(tx, now)
    for held in slept:
        alerts.rouse(tx, held, "snooze_over", now)
    over = queue.expired(tx, now)
    for held in over:
        again = replace(held, status="taken" if held.taken_by else "open", changed_at=now, expires_at=None)
        queue.put(tx, again, alerts.told("run_out", held.body, now))
    return len(over) + len(slept)
