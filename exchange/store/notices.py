"""Notices as they were accepted: the signed part byte for byte, each Disclosure on its own, the receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json

from exchange.domain.notice import Reader
from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is stored of a notice. `disclosures` maps the name of a part to its Disclosure."""

    author: Reader
    id: str
    sha256: bytes
    jws: str
    kid: str
    kind: str
    event_time: str
    authored_at: datetime
    received_at: datetime
    case: str
    seq: int
    prev: str | None
    leaf: int
    disclosures: dict[str, str]


def earlier(tx: Tx, slug: str, notice_id: str) -> tuple[bytes, str] | None:
    """Return SHA-256 of the signing input, and the receipt, of the notice accepted under this id."""
    found = row(
        tx,
        "SELECT n.sha256, r.jws FROM notice n JOIN receipt r ON r.notice = n.no WHERE n.slug = %s AND n.id = %s",
        (slug, notice_id),
    )
    return None if found is None else (found[0], found[1])


_ADD = """
WITH added AS (
    INSERT INTO notice (slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at, case_ref, seq, prev,
                        leaf_index)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING no),
parts AS (
    INSERT INTO part (notice, name, disclosure)
    SELECT added.no, p.name, p.disclosure FROM added, json_each_text(%s) AS p (name, disclosure)),
receipts AS (INSERT INTO receipt (notice, jws) SELECT no, %s FROM added)
SELECT no FROM added
"""


def add(tx: Tx, notice: Accepted, receipt: str) -> int:
    """Store a notice with its parts and its receipt; returns its number."""
    n = notice
    values = (n.author.slug, n.id, n.sha256, n.jws, n.kid, n.kind, n.event_time, n.authored_at, n.received_at)
    found = row(tx, _ADD, (*values, n.case, n.seq, n.prev, n.leaf, Json(n.disclosures), receipt))
    return int(found[0]) if found else 0


def keep_conflict(tx: Tx, conflict: dict[str, Any]) -> None:
    """Keep a second notice under a used id: slug, id, sha256, notice (as it was sent), at."""
    tx.execute(
        "INSERT INTO notice_conflict (slug, id, sha256, notice, at)"
        " VALUES (%(slug)s, %(id)s, %(sha256)s, %(notice)s, %(at)s) ON CONFLICT DO NOTHING",
        conflict,
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """A notice read back: its number, id, leaf, author, time of receipt, signed part and Disclosures."""

    no: int
    id: str
    leaf: int
    author: Reader
    received_at: datetime
    jws: str
    disclosures: dict[str, str]


_NEIGHBOURS = """
SELECT n.no, n.id::text, n.leaf_index, a.slug, a.urn, a.kind, a.state, n.received_at, n.jws,
       (SELECT json_object_agg(p.name, p.disclosure) FROM part p WHERE p.notice = n.no)
  FROM notice n JOIN authority a USING (slug)
"""
_AROUND = """
 WHERE n.no IN (SELECT m.notice FROM neighbourhood m JOIN neighbourhood mine ON mine.no = m.no WHERE mine.notice = %s)
 ORDER BY n.leaf_index
"""


def _stored(found: tuple[Any, ...]) -> Stored:
    no, notice_id, leaf, slug, urn, kind, state, received_at, jws, disclosures = found
    return Stored(no, notice_id, leaf, Reader(slug, urn, kind, state), received_at, jws, disclosures)


def around(tx: Tx, number: int) -> list[Stored]:
    """Return every notice that any evidence ties to this one, itself included, in the order of the ledger."""
    return [_stored(found) for found in rows(tx, _NEIGHBOURS + _AROUND, (number,))]


def one(tx: Tx, number: int) -> Stored:
    """Return one notice. Raises LookupError when there is none of this number."""
    found = row(tx, _NEIGHBOURS + " WHERE n.no = %s", (number,))
    if found is None:
        raise LookupError(f"no notice {number}")
    return _stored(found)


def of_case(tx: Tx, slug: str, case: str) -> list[int]:
    """Return the numbers of an authority's notices under one of its case references."""
    found = rows(tx, "SELECT no FROM notice WHERE slug = %s AND case_ref = %s ORDER BY no", (slug, case))
    return [no for (no,) in found]
