"""The step `alert`: address findings to caseworkers, and keep the alerts that stand true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from exchange import alerts, check_alerts, reading
from exchange.deps import Hub
from exchange.domain import alertlife, findings, linkage, superseding, withdrawals
from exchange.domain.addressing import Audience, Shown, Sight
from exchange.domain.judgements import MONITOR
from exchange.domain.members import Standing
from exchange.domain.notice import REPLACED, Reader
from exchange.domain.projection import Projection, Tied, holding
from exchange.domain.superseding import Moved
from exchange.domain.withdrawals import Cause, Gone
from exchange.reading import Around
from exchange.store import directory, links, outbox, queue
from exchange.store.queue import Alert
from exchange.store.session import Tx

Found = Mapping[str, Mapping[queue.Key, dict[str, Any]]]
"""name of a projection -> (family, anchor) -> finding."""
Key = tuple[str, str, int, int]
"""(slug, family, anchor, `exchange.domain.linkage.Person.beside`): what an alert is known by."""
Placed = tuple[tuple[str, int, int], dict[str, Any], Shown]
"""(family, anchor, beside), finding, the person that it is about."""


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

        It is one that was closed, or went before for another reason: these are not withdrawn for anything else.
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
    locked, readers = links.ask_lock(tx, subject), directory.ask_authorities(tx)
    around = reading.around(tx, subject, now)
    locked()
    tied = Tied(around.notices, around.agreements, around.standing)
    known = {reader: tied.known_to(reader) for reader in readers()}
    numbers = [n.no for n in around.notices]
    found, held = queue.ask_findings(tx, numbers), queue.ask_standing(tx, numbers)
    is_waiting = outbox.ask_open(tx, "detect", numbers)
    about_checks = queue.ask_about_checks(tx, numbers)
    try:
        wanted = _wanted(found(), known, around)
    except Stale:
        return
    standing, waiting = _by_key(held()), is_waiting()
    open_to = {r.slug: _open_to(r, theirs, around.standing) for r, theirs in known.items()}
    judged = Reading(around, known, now)
    is_free = {key: open_to[a.slug].issuperset(a.person) for key, a in standing.items()}
    new = {key: content for key, content in wanted.items() if is_free.get(key, True)}
    _make(tx, standing, new, now)
    over = [key for key in sorted(standing.keys() - wanted.keys()) if is_free[key] and not waiting]
    gone = [standing[key] for key in over if standing[key].status in alertlife.LIVE]
    undoes = bool(around.judged) or cause.startswith(withdrawals.WEIGHED)
    ended = ("closed", *alertlife.GONE) if undoes else ("closed",)
    gone += [standing[key] for key in over if standing[key].status in ended and judged.is_recalled(standing[key])]
    if gone:
        _take_away(tx, gone, _successors(gone, standing, new), judged)
    checks = [a for a in about_checks() if open_to[a.slug].issuperset(a.person)]
    check_alerts.keep(tx, checks, known, around, now)


def _by_key(held: Iterable[Alert]) -> dict[Key, Alert]:
    return {(a.slug, a.family, a.anchor, a.beside): a for a in held if a.anchor is not None}


def _open_to(reader: Reader, theirs: Sequence[Projection], standing: Standing) -> frozenset[int]:
    """Return the notices that a reader knows, without those of persons for whom its state is suspended.

    Its alerts about these are hidden, and stay as they were until the suspension is lifted (L16).
    """
    return frozenset().union(*(p.numbers for p in theirs if not standing.hides(reader.state, p.notices)))


def _wanted(found: Found, known: Mapping[Reader, Sequence[Projection]], around: Around) -> dict[Key, Content]:
    """Return what every alert must say. Raises Stale."""

    @cache
    def placed(projection: Projection, *, is_doubtful: bool) -> Sequence[Placed]:
        return tuple(_placed(found, projection, around, is_doubtful=is_doubtful))

    @cache
    def audience(projection: Projection) -> Audience:
        return Audience(projection.notices, known, around.standing)

    wanted = {}
    for reader, theirs in known.items():
        for projection in theirs:
            sights: dict[Shown, Sight] = {}
            for is_doubtful in (False, True) if reader.kind == MONITOR else (False,):
                for key, finding, of in placed(projection, is_doubtful=is_doubtful):
                    if audience(projection).is_told(finding, reader):
                        sight = sights[of] = sights.get(of) or Sight(of, reader)
                        wanted[reader.slug, *key] = _content(sight.of(finding), of, finding)
    return wanted


def _placed(found: Found, projection: Projection, around: Around, *, is_doubtful: bool) -> Iterator[Placed]:
    """Yield the findings on a projection, each with the person that it is about. Raises Stale.

    `is_doubtful`: those about doubtful persons, which are worse than what stands. Monitors are told them beside it and
    never in its place: what is doubtful must hide nothing, also when the monitor closes it (L23).
    """
    name = projection.name
    stored = findings.of_doubtful(found, name) if is_doubtful else [(0, found.get(name, {}))]
    told = {(*key, beside): finding for beside, of in stored for key, finding in of.items()}
    here = {key: finding for key, finding in told.items() if key[1] in projection.numbers}
    if not here:
        return
    persons = linkage.resolve(projection.notices, around.agreements)
    shown = [Shown(person) for person in (linkage.doubtful(persons, around.agreements) if is_doubtful else persons)]
    for key, finding in here.items():
        of_pair = [one for one in shown if one.person.beside(key[1]) == key[2]]
        yield key, finding, _holding(of_pair, key[1], finding)


def _content(body: dict[str, Any], of: Shown, finding: dict[str, Any]) -> Content:
    rests_on = {no for clause in finding["clauses"] for no in clause["events"]}
    replaced = frozenset(n.no for n in of.person.notices if n.corrected.how == REPLACED)
    return Content(body, sorted(of.numbers), sorted(rests_on), replaced)


def _holding(persons: Sequence[Shown], anchor: int, finding: dict[str, Any]) -> Shown:
    """Return the person that a finding is about: the one whose notices hold all that it rests on. Raises Stale."""
    needed = {anchor, *(no for clause in finding["clauses"] for no in clause["events"])}
    for one in persons:
        if needed <= one.numbers:
            return one
    raise Stale


def _make(tx: Tx, standing: Mapping[Key, Alert], wanted: Mapping[Key, Content], now: datetime) -> None:
    """Make alerts say what they must, and rest on what they must; nothing happens to those that do."""
    asleep = any(a.snoozed_until is not None for a in standing.values())
    for key in sorted(wanted):
        stands, content = standing.get(key), wanted[key]
        if stands is None or stands.rests_on != content.rests_on or alerts.is_news(stands, content.body):
            alerts.stand(tx, stands, _alert(key, content, now), now, asleep=asleep)


def _alert(key: Key, content: Content, now: datetime) -> Alert:
    slug, family, anchor, beside = key
    fresh = replace(alerts.fresh((slug, family), content.body, now), anchor=anchor, beside=beside)
    return replace(fresh, person=content.person, rests_on=content.rests_on)


def _successors(gone: Iterable[Alert], before: Mapping[Key, Alert], wanted: Mapping[Key, Content]) -> dict[str, Key]:
    """Return, for each alert whose finding has moved to another of the same queue, the key of that.

    Nothing moves between what is doubtful and what is not, nor from two doubtful persons to another two: the one would
    be gone with the other.
    """
    moved = {}
    for held in gone:
        for key, content in wanted.items():
            stood = before.get(key)
            known = stood.person if stood is not None and stood.status in alertlife.LIVE else ()
            to = Moved(frozenset(content.person), frozenset(content.rests_on), frozenset(known), content.replaced)
            of = (held.family, held.anchor or 0, frozenset(held.rests_on))
            is_alike = key[:2] == (held.slug, held.family) and bool(key[3]) == held.is_doubtful
            if is_alike and held.beside in {0, *content.person} and superseding.has_moved(of, to):
                moved[held.id] = key
    return moved


def _take_away(tx: Tx, gone: Iterable[Alert], successors: Mapping[str, Key], judged: Reading) -> None:
    """Withdraw alerts, or say which other alert has taken their place."""
    ids = {key: a.id for key, a in _by_key(queue.standing(tx, [key[2] for key in successors.values()])).items()}
    for held in gone:
        by = ids.get(successors[held.id]) if held.id in successors else None
        status, said = ("superseded", {"by": by}) if by is not None else ("withdrawn", judged.because(held))
        over = replace(held, status=status, changed_at=judged.now, expires_at=None, closing_by=None, superseded_by=by)
        event = alerts.told(status, held.body, judged.now)
        quiet = replace(over, snoozed_by=None, snoozed_until=None, monitor_disagrees=False)
        parted = said.get("because") == withdrawals.LINK_UNDONE or (by is not None and judged.is_recalled(held))
        if parted:  # what it says of another person is nothing to this reader
            quiet = replace(quiet, body={**quiet.body, **alerts.FORGOTTEN})
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
