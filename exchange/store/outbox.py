"""Work promised. The row is the truth; a message on Redis is only a wake-up."""

from datetime import datetime, timedelta

from exchange.store.session import Later, Tx, asked, many, rows

Promise = tuple[str, int, str]
"""Step, subject (a notice's number), cause. The same promise for the same cause is made once."""
MOST_ATTEMPTS = 10


def promise(tx: Tx, promises: list[Promise], now: datetime) -> None:
    """Promise work inside the caller's transaction."""
    many(
        tx,
        "INSERT INTO outbox (step, subject, cause, promised_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(*one, now) for one in promises],
    )


_CLAIM = """
UPDATE outbox SET sent_at = %(now)s WHERE no IN (
    SELECT no FROM outbox WHERE done_at IS NULL AND parked_at IS NULL AND (sent_at IS NULL OR sent_at < %(before)s)
     ORDER BY no LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING no, step
"""


def claim(tx: Tx, now: datetime, resend: timedelta, most: int) -> dict[str, list[int]]:
    """Return promises to be sent now, by step: those never sent, or sent longer than `resend` ago and not kept."""
    found = rows(tx, _CLAIM, {"now": now, "before": now - resend, "most": most})
    steps: dict[str, list[int]] = {}
    for no, step in sorted(found):
        steps.setdefault(step, []).append(no)
    return steps


_TAKE = """
UPDATE outbox SET done_at = %s WHERE no IN (
    SELECT no FROM outbox WHERE no = ANY(%s) AND step = %s AND done_at IS NULL AND parked_at IS NULL
     ORDER BY no FOR UPDATE SKIP LOCKED)
RETURNING no, subject, cause
"""


def take(tx: Tx, step: str, numbers: list[int], now: datetime) -> list[tuple[int, int, str]]:
    """Mark promises kept in the transaction that keeps them; returns (number, subject, cause) of those still open.

    A promise that another worker holds at this moment is skipped: it keeps it, or the relay sends it again.
    """
    return sorted((no, subject, cause) for no, subject, cause in rows(tx, _TAKE, (now, numbers, step)))


def failed(tx: Tx, number: int, error: str, now: datetime) -> bool:
    """Count a failed attempt, with the kind of error only; returns whether the promise is parked now."""
    found = rows(
        tx,
        "UPDATE outbox SET attempts = attempts + 1, last_error = %s,"
        " parked_at = CASE WHEN attempts + 1 >= %s THEN %s::timestamptz END"
        " WHERE no = %s AND done_at IS NULL RETURNING parked_at IS NOT NULL",
        (error, MOST_ATTEMPTS, now, number),
    )
    return bool(found and found[0][0])


def ask_open(tx: Tx, step: str, subjects: list[int]) -> Later[bool]:
    """Ask whether a step is promised for one of these subjects, and neither kept nor parked."""
    sql = "SELECT 1 FROM outbox WHERE step = %s AND subject = ANY(%s) AND done_at IS NULL AND parked_at IS NULL LIMIT 1"
    found = asked(tx, sql, (step, subjects))
    return lambda: found() != []


def undone(tx: Tx) -> tuple[int, int]:
    """Return how many promises are open, and how many are parked."""
    found = rows(
        tx,
        "SELECT count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL)"
        " FROM outbox WHERE done_at IS NULL",
    )
    return found[0][0], found[0][1]
