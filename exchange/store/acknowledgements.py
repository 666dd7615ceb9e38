"""Acknowledgements as they were signed: an addressee has a notice, has opened it, or cannot."""

from datetime import datetime
from typing import Any

from exchange.store.session import Tx, row, rows


def earlier(tx: Tx, slug: str, ack_id: str) -> tuple[bytes, str] | None:
    """Return SHA-256 of the signing input, and the receipt, of the acknowledgement under this id."""
    found = row(tx, "SELECT sha256, receipt FROM acknowledgement WHERE slug = %s AND id = %s", (slug, ack_id))
    return None if found is None else (found[0], found[1])


def alike(tx: Tx, slug: str, said: tuple[int, str]) -> str | None:
    """Return the receipt of an acknowledgement that says the same of a notice, given as number and what it says."""
    sql = "SELECT receipt FROM acknowledgement WHERE slug = %s AND notice = %s AND says = %s"
    found = row(tx, sql, (slug, *said))
    return None if found is None else str(found[0])


def add(tx: Tx, given: dict[str, Any], now: datetime) -> int:
    """Store an acknowledgement (slug, id, sha256, notice, says, jws, receipt, leaf); returns its number."""
    found = row(
        tx,
        "INSERT INTO acknowledgement (slug, id, sha256, notice, says, jws, receipt, leaf_index, received_at)"
        " VALUES (%(slug)s, %(id)s, %(sha256)s, %(notice)s, %(says)s, %(jws)s, %(receipt)s, %(leaf)s, %(now)s)"
        " RETURNING no",
        {**given, "now": now},
    )
    return int(found[0]) if found else 0


def of_number(tx: Tx, number: int) -> tuple[str, str]:
    """Return the slug of the author of the notice, and the JWS. Raises LookupError when there is none."""
    sql = "SELECT n.slug, a.jws FROM acknowledgement a JOIN notice n ON n.no = a.notice WHERE a.no = %s"
    found = row(tx, sql, (number,))
    if found is None:
        raise LookupError(f"no acknowledgement {number}")
    return found[0], found[1]


def of_notice(tx: Tx, number: int) -> list[str]:
    """Return the acknowledgements of a notice, in the order in which they came."""
    return [jws for (jws,) in rows(tx, "SELECT jws FROM acknowledgement WHERE notice = %s ORDER BY no", (number,))]
