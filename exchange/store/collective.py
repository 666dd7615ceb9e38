"""Sightings, and the days of posts that wait to be judged for the collective pattern (P20)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from exchange.domain.sightings import MET, Place, Sighting
from exchange.store.session import Tx, many, row, rows

_COLLECTING: Final = 4218
"""Advisory lock: one transaction at a time collects."""
Day = tuple[str, str, date]
"""State, post, day."""


def begin(tx: Tx) -> bool:
    """Tell whether this transaction may collect: no other does."""
    found = row(tx, "SELECT pg_try_advisory_xact_lock(%s)", (_COLLECTING,))
    return bool(found and found[0])


_READ = """
WITH batch AS (
    SELECT no FROM notice WHERE no > coalesce((SELECT last FROM collective_mark), 0) AND received_at >= %(since)s
     ORDER BY no LIMIT %(most)s),
waiting AS (INSERT INTO collective_waiting (notice) SELECT no FROM batch ON CONFLICT DO NOTHING)
INSERT INTO collective_mark (last)
VALUES (coalesce((SELECT max(no) FROM batch), (SELECT max(no) FROM notice), 0))
ON CONFLICT (one) DO UPDATE SET last = excluded.last
"""
_COMPROMISED = """
WITH found AS (
    INSERT INTO collective_key (kid) SELECT kid FROM authority_key WHERE compromised_since IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING kid)
INSERT INTO collective_waiting (notice)
SELECT n.no FROM notice n JOIN authority_key k USING (kid)
 WHERE n.kid IN (SELECT kid FROM found) AND n.received_at >= greatest(k.compromised_since, %s)
ON CONFLICT DO NOTHING
"""
_TAKE = """
DELETE FROM collective_waiting WHERE notice = ANY (ARRAY(
    SELECT w.notice FROM collective_waiting w JOIN neighbourhood n USING (notice) ORDER BY w.notice LIMIT %s))
RETURNING notice
"""


def take(tx: Tx, since: datetime, most: int) -> list[int]:
    """Take notices that nobody looked at yet, and that are linked: of those received since a moment, at most so many.

    One that is not linked yet waits. Notices of a key that turns out to have been in other hands are looked at again.
    """
    tx.execute(_COMPROMISED, (since,))
    tx.execute(_READ, {"since": since, "most": most})
    return [no for (no,) in rows(tx, _TAKE, (most,))]


_ONE_OF_EACH = """
SELECT min(mine.notice) FROM neighbourhood mine WHERE mine.notice = ANY(%s) GROUP BY mine.no
HAVING EXISTS (SELECT 1 FROM neighbourhood other JOIN notice n ON n.no = other.notice
                WHERE other.no = mine.no AND n.kind = ANY(%s))
"""


def one_of_each(tx: Tx, numbers: list[int], kinds: Sequence[str]) -> list[int]:
    """Return one notice for each neighbourhood of these that holds a notice of one of these kinds."""
    return [no for (no,) in rows(tx, _ONE_OF_EACH, (numbers, list(kinds)))]


_COLUMNS: Final = (
    "notice, person, state, post, day, code, looked_at, record, noted, elsewhere, heard, named, since, received_at"
)
_ADD = f"INSERT INTO sighting ({_COLUMNS}) VALUES ({', '.join(['%s'] * 14)})"  # noqa: S608 -- names of ours


def replace(tx: Tx, numbers: list[int], found: Iterable[Sighting]) -> list[Sighting]:
    """Store the sightings from these notices in place of those that stood; returns what came and what went."""
    sql = f"SELECT {_COLUMNS} FROM sighting WHERE notice = ANY(%s)"  # noqa: S608 -- names of ours
    before = {_sighting(one) for one in rows(tx, sql, (numbers,))}
    after = set(found)
    gone, fresh = before - after, after - before
    tx.execute("DELETE FROM sighting WHERE notice = ANY(%s)", ([s.notice for s in gone],))
    many(tx, _ADD, [_values(s) for s in sorted(fresh, key=lambda s: s.notice)])
    return [*gone, *fresh]


def _values(s: Sighting) -> tuple[Any, ...]:
    where = (s.notice, s.person, s.place.state, s.place.post, s.day, s.code)
    told = (s.looked_at, s.record, s.noted, s.elsewhere, s.heard)
    return (*where, *told, sorted(s.named), s.since, s.received_at)


def _sighting(found: tuple[Any, ...]) -> Sighting:
    notice, person, state, post, *told, named, since, received = found
    return Sighting(notice, person, Place(state, post), *(*told, frozenset(named), since, received))


_OPEN = """
INSERT INTO collective_day (state, post, day, opened_at, dirty) VALUES (%s, %s, %s, %s, true) ON CONFLICT DO NOTHING
"""
_DIRTY = """
UPDATE collective_day SET dirty = true
 WHERE state = %s AND post = %s AND day BETWEEN %s AND %s AND opened_at > %s AND NOT dirty
"""


def touch(tx: Tx, changed: Iterable[Sighting], window: timedelta, opened: datetime) -> None:
    """Let the days that rest on these sightings be judged again: theirs, and those that look back on them.

    A day is opened by the first word that somebody was put out there, and is left alone once that came before `opened`.
    """
    first: dict[Day, datetime] = {}
    days: set[Day] = set()
    for s in changed:
        day = (s.place.state, s.place.post, s.day)
        days.add(day)
        if s.code != MET:
            first[day] = min(s.received_at, first.get(day, s.received_at))
    many(tx, _OPEN, [(*day, at) for day, at in sorted(first.items())])
    last = window - timedelta(days=1)
    many(tx, _DIRTY, [(state, post, day, day + last, opened) for state, post, day in sorted(days)])


_DIRTY_POSTS = """
SELECT state, post, array_agg(day ORDER BY day) FROM collective_day WHERE dirty
 GROUP BY state, post ORDER BY md5(concat_ws(' ', %s::text, state, post)), state, post LIMIT %s
"""


def dirty(tx: Tx, most: int, now: datetime) -> dict[Place, list[date]]:
    """Return posts with days that wait to be judged, at most so many posts; which come first hangs on the moment.

    In one order for ever, a state that keeps enough posts waiting would put off those behind them (L23).
    """
    return {Place(state, post): days for state, post, days in rows(tx, _DIRTY_POSTS, (now.isoformat(), most))}


def judged(tx: Tx, place: Place, days: list[date]) -> None:
    """Note that these days of a post were judged."""
    sql = "UPDATE collective_day SET dirty = false WHERE state = %s AND post = %s AND day = ANY(%s)"
    tx.execute(sql, (place.state, place.post, days))


def seen(tx: Tx, place: Place, first: date, last: date) -> list[Sighting]:
    """Return the sightings at a post from one day to another, both included."""
    sql = f"SELECT {_COLUMNS} FROM sighting WHERE state = %s AND post = %s AND day BETWEEN %s AND %s"  # noqa: S608 -- ours
    return [_sighting(found) for found in rows(tx, sql, (place.state, place.post, first, last))]


_TELL = f"INSERT INTO sighting_told (seat, {_COLUMNS}) VALUES ({', '.join(['%s'] * 15)})"  # noqa: S608 -- names of ours


def tell(tx: Tx, seat: str, seen: Iterable[Sighting]) -> None:
    """Note that monitors seated in a state are told of sightings, as they are now."""
    told = sorted(seen, key=lambda s: s.notice)
    tx.execute("DELETE FROM sighting_told WHERE seat = %s AND notice = ANY(%s)", (seat, [s.notice for s in told]))
    many(tx, _TELL, [(seat, *_values(s)) for s in told])


_RETELL = """
WITH had AS (DELETE FROM sighting_told WHERE notice = ANY(%s) AND seat <> ALL(%s) RETURNING seat, notice)
INSERT INTO sighting_told SELECT had.seat, s.* FROM had JOIN sighting s USING (notice)
"""


def retell(tx: Tx, numbers: list[int], kept_from: frozenset[str]) -> None:
    """Let what was told from these notices be what it is now, but for seats from which their person is kept."""
    tx.execute(_RETELL, (numbers, sorted(kept_from)))


def told(tx: Tx, seat: str, place: Place, first: date, last: date) -> list[Sighting]:
    """Return the sightings at a post, from one day to another, that monitors of a seat were told of, as they were."""
    where = "seat = %s AND state = %s AND post = %s AND day BETWEEN %s AND %s"
    sql = f"SELECT {_COLUMNS} FROM sighting_told WHERE {where}"  # noqa: S608 -- ours
    return [_sighting(found) for found in rows(tx, sql, (seat, place.state, place.post, first, last))]


_ERASED = """
SELECT notice FROM sighting s
 WHERE EXISTS (SELECT 1 FROM erasure e WHERE e.notice = s.notice AND e.name = 'facts')
"""


def forget(tx: Tx, before: datetime) -> list[Sighting]:
    """Forget sightings of notices received before a moment, and of facts that were erased; returns these latter."""
    tx.execute("DELETE FROM sighting WHERE received_at < %s", (before,))
    tx.execute("DELETE FROM sighting_told WHERE received_at < %s", (before,))
    return replace(tx, [no for (no,) in rows(tx, _ERASED)], [])
