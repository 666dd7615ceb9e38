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


def asked_by(tx: Tx, slug: str, mailbox: str) -> str | None:
    """Return the URN of whoever asked the query of a mailbox, when an authority was told of it."""
    found = row(
        tx,
        "SELECT o.urn FROM query_answer a JOIN inbox i ON i.cause = 'query:' || a.slug || ':' || a.id::text"
        " JOIN authority o ON o.slug = a.slug WHERE a.mailbox = %s AND i.slug = %s LIMIT 1",
        (mailbox, slug),
    )
    return None if found is None else str(found[0])


def has(tx: Tx, slug: str, cause: str) -> bool:
    """Tell whether an inbox has an item because of this."""
    return row(tx, "SELECT 1 FROM inbox WHERE slug = %s AND cause = %s", (slug, cause)) is not None


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
    """Note that a query or a check was asked, as `what` says: slug, id, what, sha256, at, case, purpose, legal_basis.

    Returns the SHA-256 that stands under its id.
    """
    tx.execute(
        "INSERT INTO query (slug, id, what, sha256, received_at, case_ref, purpose, legal_basis)"
        " VALUES (%(slug)s, %(id)s, %(what)s, %(sha256)s, %(at)s, %(case)s, %(purpose)s, %(legal_basis)s)"
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


def add_query_leaf(tx: Tx, slug: str, query_id: str, index: int) -> None:
    """Note with which leaf a query, or an answer to it, stands in the ledger."""
    tx.execute("INSERT INTO query_leaf (slug, id, index) VALUES (%s, %s, %s)", (slug, query_id, index))


def add_answer_leaf(tx: Tx, jws: str, index: int) -> None:
    """Note with which leaf an answer, given as its JWS, stands in the ledger."""
    sql = "INSERT INTO query_leaf (slug, id, index) SELECT slug, id, %s FROM query_answer WHERE jws = %s"
    tx.execute(sql, (index, jws))


def add_answer(tx: Tx, given: dict[str, Any]) -> None:
    """Store the answer to a query or a check: slug, id, mailbox, hit, holders (slugs of those who are told), jws."""
    tx.execute(
        "INSERT INTO query_answer (slug, id, mailbox, hit, holders, jws)"
        " VALUES (%(slug)s, %(id)s, %(mailbox)s, %(hit)s, %(holders)s, %(jws)s)",
        given,
    )


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was answered: what it asked, in which own case, when, and whom it is told to under which mailbox.

    Of a check, the mailbox is empty and nobody is in `holders`. The case is empty once the query is forgotten.
    """

    purpose: str
    legal_basis: str
    case: str
    received_at: datetime
    mailbox: str
    holders: list[str]


def query(tx: Tx, slug: str, query_id: str) -> Query:
    """Return an answered query of an authority. Raises LookupError when there is none."""
    sql = (
        "SELECT purpose, legal_basis, coalesce(case_ref, ''), received_at, coalesce(mailbox::text, ''), holders"
        " FROM query JOIN query_answer USING (slug, id) WHERE slug = %s AND id = %s"
    )
    found = row(tx, sql, (slug, query_id))
    if found is None:
        raise LookupError(f"no answered query {query_id}")
    return Query(*found)


_SAID_AND_TOLD = """
SELECT o.record, a.jws FROM query q JOIN query_answer a USING (slug, id) JOIN query_leaf l USING (slug, id)
  JOIN opening o ON o.index = l.index
 WHERE q.slug = %s AND q.id = %s AND sha256(o.record) = q.sha256 LIMIT 1
"""


def said_and_told(tx: Tx, slug: str, query_id: str) -> tuple[str, str]:
    """Return the signing input of an answered query or check, from the ledger, and the JWS of its answer.

    Raises LookupError when there is none, or it was forgotten.
    """
    found = row(tx, _SAID_AND_TOLD, (slug, query_id))
    if found is None:
        raise LookupError(f"no answered query {query_id}")
    return bytes(found[0]).decode("ascii"), str(found[1])
