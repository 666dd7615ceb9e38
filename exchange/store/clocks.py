"""Clocks: which notice answers which, and when to look at the clocks of a person again."""

from datetime import datetime

from exchange.store.session import Tx, many, rows


def add_reply(tx: Tx, notice: int, answered: int) -> None:
    """Note that a notice answers another. A second call changes nothing."""
    tx.execute("INSERT INTO reply (notice, answered) VALUES (%s, %s) ON CONFLICT DO NOTHING", (notice, answered))


def replies(tx: Tx, notices: list[int]) -> dict[int, list[int]]:
    """Return which notices answer these: number -> numbers, in the order of the ledger."""
    sql = "SELECT answered, array_agg(notice ORDER BY notice) FROM reply WHERE answered = ANY(%s) GROUP BY answered"
    return dict(rows(tx, sql, (notices,)))


def replies_given(tx: Tx, answered: int, slug: str) -> list[tuple[int, str, str]]:
    """Return which notices that answer one were delivered to an authority: number, URN of the author, id."""
    sql = (
        "SELECT n.no, a.urn, n.id::text FROM reply r JOIN notice n ON n.no = r.notice JOIN authority a USING (slug)"
        " WHERE r.answered = %s AND EXISTS (SELECT 1 FROM inbox i WHERE i.slug = %s AND i.notice = n.no) ORDER BY n.no"
    )
    return [(no, urn, notice_id) for no, urn, notice_id in rows(tx, sql, (answered, slug))]


def given_of(tx: Tx, slug: str, kinds: list[str], most: int) -> list[int]:
    """Return the numbers of notices of these kinds that were delivered to an authority, the last ones, so many."""
    sql = (
        "SELECT n.no FROM inbox i JOIN notice n ON n.no = i.notice WHERE i.slug = %s AND n.kind = ANY(%s)"
        " GROUP BY n.no ORDER BY max(i.seq) DESC LIMIT %s"
    )
    return [no for (no,) in rows(tx, sql, (slug, kinds, most))]


def given(tx: Tx, notices: list[int]) -> set[tuple[str, int]]:
    """Return to whom these notices were delivered: (slug, number)."""
    found = rows(tx, "SELECT DISTINCT slug, notice FROM inbox WHERE notice = ANY(%s)", (notices,))
    return {(slug, notice) for slug, notice in found}


def acknowledged(tx: Tx, notices: list[int]) -> set[tuple[str, int]]:
    """Return who acknowledged these notices, as here, opened or unreadable: (slug, number)."""
    found = rows(tx, "SELECT DISTINCT slug, notice FROM acknowledgement WHERE notice = ANY(%s)", (notices,))
    return {(slug, notice) for slug, notice in found}


def set_clocks(tx: Tx, notices: list[int], moments: list[tuple[int, datetime]]) -> None:
    """Store when to look again (notice, due) at a neighbourhood, in place of what stood."""
    tx.execute("DELETE FROM clock WHERE notice = ANY(%s)", (notices,))
    many(tx, "INSERT INTO clock (notice, due_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", list(moments))


def due(tx: Tx, now: datetime) -> list[tuple[datetime, int]]:
    """Take the moments that have come: (due, notice)."""
    sql = "DELETE FROM clock WHERE due_at <= %s RETURNING due_at, notice"
    return [(at, notice) for at, notice in rows(tx, sql, (now,))]
