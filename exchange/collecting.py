"""P20 at work: what a pass of the clock makes of the notices that came since the last one.

No step waits for it, and it holds nothing that a step needs: it takes neither the lock of linking nor that of a
person. What it reads while somebody links may be half of it; then the notice that is being linked comes after, and the
person is looked at again. So nothing that a member observes, its time included, depends on what is collected.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from exchange import alerts, reading
from exchange.deps import Hub
from exchange.domain import alertlife, collective, corrections, linkage, sightings
from exchange.domain.collective import Collective
from exchange.domain.members import Standing
from exchange.domain.notice import Notice, Reader
from exchange.domain.sightings import Place
from exchange.domain.vocabulary import PERSON_STATES
from exchange.store import collective as stored
from exchange.store import directory, members, queue
from exchange.store.session import Tx

MOST: Final = 200
"""Notices looked at in one transaction."""
BATCHES: Final = 25
"""Transactions of one pass, at most, and as many posts: a task has an end, and the next pass goes on."""
_DAY: Final = timedelta(days=1)


def collect(hub: Hub, now: datetime) -> int:
    """Look at the notices that came, judge the days of posts that they touch, and let the alerts say so.

    Returns how many days were judged. Twice changes nothing; of two that run at once, one does nothing.
    """
    for _ in range(BATCHES):
        with hub.database.transaction() as tx:
            if not stored.begin(tx) or not _look(tx, now):
                break
    with hub.database.transaction() as tx:
        places = stored.dirty(tx, BATCHES, now) if stored.begin(tx) and _forget(tx, now) else {}
    for place in places:
        with hub.database.transaction() as tx:
            if stored.begin(tx):
                _judge(tx, place, places[place], now)
    return sum(len(days) for days in places.values())


def _look(tx: Tx, now: datetime) -> bool:
    """Renew the sightings of everybody of whom notices came; tells whether there were any."""
    numbers = stored.take(tx, now - collective.KEPT, MOST)
    for number in stored.one_of_each(tx, numbers, sightings.SEEN):
        around = reading.around(tx, number, now)
        known = corrections.corrected(around.notices)
        named, since = _named(known), min(n.received_at for n in known)
        found = [
            one
            for person in linkage.resolve(known, around.agreements)
            for one in sightings.of_person(person, named, since)
            if one.received_at >= now - collective.KEPT
        ]
        numbers_of = [n.no for n in known]
        changed = stored.replace(tx, numbers_of, found)
        stored.retell(tx, numbers_of, named | around.standing.allies_of(named, since))
        stored.touch(tx, changed, sightings.WINDOW, now - collective.OPEN)
    return bool(numbers)


def _named(known: Sequence[Notice]) -> frozenset[str]:
    """Return every state that anybody named of whoever may be this person, possible links included (L24)."""
    subjects = [n.subject for n in known]
    return frozenset().union(*(s.nationality | s.origin | s.former_residence | s.feared for s in subjects))


def _forget(tx: Tx, now: datetime) -> bool:
    gone = stored.forget(tx, now - collective.KEPT)
    standing = members.standing(tx, now)
    for one in gone:
        stored.retell(tx, [one.notice], one.named | standing.allies_of(one.named, one.since))
    stored.touch(tx, gone, sightings.WINDOW, now - collective.OPEN)
    return True


def _judge(tx: Tx, place: Place, days: list[date], now: datetime) -> None:
    """Judge days of a post, for every monitor by what it may be told of, and let its alerts say so."""
    first, last = min(days) - sightings.WINDOW + _DAY, max(days)
    seen, standing = stored.seen(tx, place, first, last), members.standing(tx, now)
    allies = {s.notice: standing.allies_of(s.named, s.since) for s in seen}
    monitors = [one for one in directory.authorities(tx) if one.kind == corrections.MONITOR]
    for seat in sorted({one.state for one in monitors if _is_open_to(one, standing)}):
        open_now = collective.visible(seen, seat, allies)
        kept = stored.told(tx, seat, place, first, last) if seat in PERSON_STATES else []
        known = collective.known(open_now, kept)
        for day in days:
            found = collective.judge(place, day, known)
            if found is not None and seat in PERSON_STATES:
                stored.tell(tx, seat, [s for s in open_now if timedelta(0) <= day - s.day < sightings.WINDOW])
            for monitor in monitors:
                if monitor.state == seat:
                    _settle(tx, monitor, (place, day, found), now)
    stored.judged(tx, place, days)


def _is_open_to(monitor: Reader, standing: Standing) -> bool:
    """Tell whether a monitor may be told of posts: not while its state is suspended, be it for some alone (L16)."""
    return not standing.is_shut(monitor.state) and not standing.closed(monitor.state)


def _settle(tx: Tx, monitor: Reader, judged: tuple[Place, date, Collective | None], now: datetime) -> None:
    """Let the alert of a monitor about a day of a post be what it must be; nothing happens when it is so already."""
    place, day, found = judged
    about = collective.about(place, day)
    held = queue.about(tx, monitor.slug, collective.PATTERN, about)
    if found is not None:
        wanted = alerts.fresh((monitor.slug, collective.PATTERN), collective.body(found), now)
        alerts.stand(tx, held, replace(wanted, about=about), now)
    elif held is not None and held.status in alertlife.LIVE:
        gone = replace(held, status="withdrawn", changed_at=now, expires_at=None, closing_by=None)
        gone = replace(gone, snoozed_by=None, snoozed_until=None)
        queue.put(tx, gone, alerts.told("withdrawn", held.body, now))
