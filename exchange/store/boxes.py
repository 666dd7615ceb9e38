"""Inboxes, and queries with their answers."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from exchange.store.session import Tx, row, rows

_INBOX = 4205
"""Advisory lock, one for each authority: the numbers of an inbox have no gap."""


def put(tx: Tx, slug: str, cause: str, item: dict[str, Any], now: datetime) -> None:
    """Add an item to an authority's inbox, under its next number. The same cause adds nothing twice."""
    tx.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_INBOX, slug))
    tx.execute(
        "INSERT INTO inbox (slug, seq, at, cause, item)"
        " SELECT %(slug)s, coalesce(max(seq), 0) + 1, %(at)s, %(cause)s, %(item)s FROM inbox WHERE slug = %(slug)s"
        " ON CONFLICT (slug, cause) DO NOTHING",
        {"slug": slug, "at": now, "cause": cause, "item": Jsonb(item)},
    )


def after(tx: Tx, slug: str, seq: int, most: int) -> list[tuple[int, dict[str, Any]]]:
    """Return items of an inbox with numbers above `seq`, in order, at most so many."""
    sql = "SELECT seq, item FROM inbox WHERE slug = %s AND seq > %s ORDER BY seq LIMIT %s"
    return [(number, item) for number, item in rows(tx, sql, (slug, seq, most))]


def add_query(tx: Tx, query: dict[str, Any]) -> bytes:
    """Note that a query was asked (slug, id, sha256, at); returns the SHA-256 that stands under its id."""
    tx.execute(
        "INSERT INTO query (slug, id, sha256, received_at) VALUES (%(slug)s, %(id)s, %(sha256)s, %(at)s)"
        " ON CONFLICT DO NOTHING",
        query,
    )
    found = row(tx, "SELECT sha256 FROM query WHERE slug = %(slug)s AND id = %(id)s", query)
    return bytes(found[0]) if found else b""


def hold_query(tx: Tx, slug: str, query_id: str) -> None:
    """Keep others from answering a query until this transaction ends."""
    tx.execute("SELECT 1 FROM query WHERE slug = %s AND id = %s FOR UPDATE", (slug, query_id))


def answer(tx: Tx, slug: str, query_id: str) -> str | None:
    """Return the answer that was given to a query."""
    found = row(tx, "SELECT jws FROM query_answer WHERE slug = %s AND id = %s", (slug, query_id))
    return None if found is None else str(found[0])


def add_answer(tx: Tx, given: dict[str, Any]) -> None:
    """Store the answer to a query: slug, id, mailbox, hit, jws."""
    tx.execute(
        "INSERT INTO query_answer (slug, id, mailbox, hit, jws)"
        " VALUES (%(slug)s, %(id)s, %(mailbox)s, %(hit)s, %(jws)s)",
        given,
    )
