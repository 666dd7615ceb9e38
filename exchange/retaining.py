"""Retention: erase what is over, with an act each, in small transactions (rule L09). Never early; twice does nothing.

What is over, and why, is `exchange.domain.retention`'s to say.
"""

from datetime import datetime, timedelta
from typing import Final

from exchange import reading
from exchange.deps import Hub
from exchange.domain import alertlife, corrections, linkage, retention
from exchange.domain.retention import KEPT
from exchange.reading import Around
from exchange.store import ledger, links, notices
from exchange.store import retention as stored
from exchange.store.session import Tx

MOST: Final = 500
"""Persons in one run, and queries in one transaction, at most: a task has an end, and the next run goes on."""
AGAIN: Final = timedelta(days=30)
"""A person is looked at again after so long at the latest: what ends a case may come at any time."""
REASON: Final = "retention"


def retain(hub: Hub, now: datetime) -> int:
    """Erase what is over at a moment; returns how many parts and queries went."""
    with hub.database.transaction() as tx:
        stored.meet(tx, retention.SHORTEST)
    with hub.database.transaction() as tx:
        numbers = stored.due(tx, now, MOST)
    gone = 0
    for number in numbers:
        with hub.database.transaction() as tx:
            gone += _look_at(tx, number, now)
    with hub.database.transaction() as tx:
        forgotten = stored.forget_queries(tx, now - KEPT["query"], MOST, now)
        ledger.acts(tx, [_act(now, "forgot query", f"{slug} {query}") for slug, query in forgotten])
    return gone + len(forgotten)


def _look_at(tx: Tx, neighbourhood: int, now: datetime) -> int:
    """Erase what is over of the notices that hang together, and say when to look at them again."""
    member = stored.member(tx, neighbourhood)
    if member is None:
        stored.look_again(tx, neighbourhood, None)
        return 0
    links.lock_neighbourhood(tx, member)
    around = reading.around(tx, member, now)
    evidence, is_open = _evidence(tx, [n.no for n in around.notices])
    persons = linkage.resolve(corrections.corrected(around.notices), around.agreements)
    due = retention.due(persons, evidence, now)
    is_over = due.is_over and not is_open
    if is_over:
        stored.forget_person(tx, [n.no for n in around.notices])
    done = _erase(tx, around, {no: _parts(names, is_over=is_over) for no, names in due.parts.items()}, now)
    stored.look_again(tx, neighbourhood, min(now + AGAIN, due.next or now + AGAIN))
    ledger.acts(tx, done)
    return len(done)


def _parts(names: tuple[str, ...], *, is_over: bool) -> tuple[str, ...]:
    return names if is_over else tuple(name for name in names if name in retention.FIRST)


def _evidence(tx: Tx, numbers: list[int]) -> tuple[dict[int, datetime], bool]:
    """Return what alerts rest on, with when the last of them was raised, and whether one is open still."""
    found: dict[int, datetime] = {}
    is_open = False
    for raised, status, events in stored.rests_on(tx, numbers):
        is_open |= status in alertlife.LIVE
        found |= {no: max(raised, found.get(no, raised)) for no in events}
    return found, is_open


def _erase(tx: Tx, around: Around, over: dict[int, tuple[str, ...]], now: datetime) -> list[dict[str, object]]:
    """Erase these parts of notices, where they are there still; returns the acts to be noted."""
    kept = notices.kept_names(tx, list(over))
    there = [
        (no, name)
        for no, names in over.items()
        for name in names
        if name in around.stored[no].disclosures or (no, name) in kept
    ]
    gone = [(around.stored[no], name) for no, name in there if notices.erase(tx, no, name, REASON, now)]
    return [_act(now, f"erased {name}", f"{of.author.urn} {of.id}") for of, name in gone]


def _act(now: datetime, what: str, of: str) -> dict[str, object]:
    return {"at": now, "what": what, "object": of, "purpose": REASON}
