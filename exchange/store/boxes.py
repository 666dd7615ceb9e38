"""Inboxes, and queries with their answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from exchange.store.session import Tx, row, rows

_INBOX = 4205
"""Advisory lock, one for each authority: the numbers of an inbox have no gap."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something for the inbox of the authority `slug`, because of `cause`; `notice` is the number of one delivered."""

    slug: str
    cause: str
    body: dict[str, Any]
    notice: int | None = None


def put(tx: Tx, item: Item, now: datetime) -> int | None:
    """Add an item to an authority's inbox; returns its number. The same cause adds nothing twice: None."""
    tx.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_INBOX, item.slug))
    found = row(
        tx,
        "INSERT INTO inbox (slug, seq, at, cause, item, notice)"
        " SELECT %(slug)s, coalesce(max(seq), 0) + 1, %(at)s, %(cause)s, %(item)s, %(notice)s FROM inbox"
        " WHERE slug = %(slug)s ON CONFLICT (slug, cause) DO NOTHING RETURNING seq",
        {"slug": item.slug, "at": now, "cause": item.cause, "item": Jsonb(item.body), "notice": item.notice},
    )
    return None if found is None else int(found[0])


def after(tx: Tx, slug: str, seq: int, most: int) -> list[tuple[int, dict[str, Any], int | None]]:
    """Return items of an inbox with numbers above `seq`, in order, at most so many: number, body, notice."""
    sql = "SELECT seq, item, notice FROM inbox WHERE slug = %s AND seq > %s ORDER BY seq LIMIT %s"
    return [(number, body, notice) for number, body, notice in rows(tx, sql, (slug, seq, most))]


def has_more(tx: Tx, slug: str, seq: int) -> bool:
    """Tell whether an inbox has an item above `seq`."""
    return row(tx, "SELECT 1 FROM inbox WHERE slug = %s AND seq > %s LIMIT 1", (slug, seq)) is not None


def delivered(tx: Tx, slug: str, notice: int) -> dict[str, Any] | None:
    """Return how a notice was delivered to an authority the last time, if it ever was."""
    found = row(tx, "SELECT item FROM inbox WHERE slug = %s AND notice = %s ORDER BY seq DESC LIMIT 1", (slug, notice))
    return None if found is None else found[0]


def addressed(tx: Tx, slug: str, after_seq: int, most: int) -> list[tuple[int, str, str, bytes]]:
    """Return notices delivered to an authority above a number of its inbox: number, urn, id, SHA-256."""
    sql = (
        "SELECT i.seq, a.urn, n.id::text, n.sha256 FROM inbox i JOIN notice n ON n.no = i.notice"
        " JOIN authority a ON a.slug = n.slug WHERE i.slug = %s AND i.seq > %s ORDER BY i.seq LIMIT %s"
    )
    return [(seq, urn, notice_id, sha256) for seq, urn, notice_id, sha256 in rows(tx, sql, (slug, after_seq, most))]


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
