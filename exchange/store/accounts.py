"""Caseworkers of authorities, their sessions on the console, and failed sign-ins."""

from datetime import datetime

from psycopg.errors import UniqueViolation

from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store.session import Tx, row

_WHO = (
    "SELECT a.slug, a.urn, a.kind, a.state, c.pseudonym, c.role, c.password_hash"
    " FROM caseworker c JOIN authority a USING (slug)"
)


def _caseworker(found: tuple[str, ...] | None) -> Caseworker | None:
    if found is None:
        return None
    slug, urn, kind, state, pseudonym, role, password_hash = found
    return Caseworker(Reader(slug, urn, kind, state), pseudonym, role, password_hash)


def find(tx: Tx, slug: str, pseudonym: str) -> Caseworker | None:
    """Return an enabled caseworker."""
    sql = _WHO + " WHERE c.slug = %s AND c.pseudonym = %s AND c.disabled_at IS NULL"
    return _caseworker(row(tx, sql, (slug, pseudonym)))


def add(tx: Tx, caseworker: Caseworker, now: datetime) -> None:
    """Add a caseworker, disabled until `enable`. Raises Refusal `already-enrolled` when the pseudonym is taken."""
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO caseworker (slug, pseudonym, role, password_hash, disabled_at)"
                " VALUES (%s, %s, %s, %s, %s)",
                (caseworker.authority.slug, caseworker.pseudonym, caseworker.role, caseworker.password_hash, now),
            )
    except UniqueViolation:
        raise Refusal("already-enrolled", "This pseudonym is taken at this authority.") from None


def enable(tx: Tx, slug: str, pseudonym: str) -> None:
    """Let a caseworker sign in."""
    tx.execute("UPDATE caseworker SET disabled_at = NULL WHERE slug = %s AND pseudonym = %s", (slug, pseudonym))


def start_session(tx: Tx, who: Caseworker, token_hash: bytes, start: datetime, end: datetime) -> None:
    """Store a session under the SHA-256 of its token."""
    tx.execute(
        "INSERT INTO console_session (token_hash, slug, pseudonym, started_at, expires_at) VALUES (%s, %s, %s, %s, %s)",
        (token_hash, who.authority.slug, who.pseudonym, start, end),
    )


def in_session(tx: Tx, token_hash: bytes, now: datetime) -> Caseworker | None:
    """Return the enabled caseworker whose session this is, while it lasts."""
    sql = (
        _WHO + " JOIN console_session s USING (slug, pseudonym)"
        " WHERE s.token_hash = %s AND s.expires_at > %s AND c.disabled_at IS NULL"
    )
    return _caseworker(row(tx, sql, (token_hash, now)))


def end_session(tx: Tx, token_hash: bytes) -> None:
    """Drop a session."""
    tx.execute("DELETE FROM console_session WHERE token_hash = %s", (token_hash,))


def drop_stale(tx: Tx, now: datetime, failures_before: datetime) -> None:
    """Drop sessions that ended, and failed sign-ins from before a moment."""
    tx.execute("DELETE FROM console_session WHERE expires_at < %s", (now,))
    tx.execute("DELETE FROM sign_in_failure WHERE at < %s", (failures_before,))


def note_failure(tx: Tx, slug: str, pseudonym: str, now: datetime) -> None:
    """Note a failed sign-in."""
    tx.execute("INSERT INTO sign_in_failure (at, slug, pseudonym) VALUES (%s, %s, %s)", (now, slug, pseudonym))


def failures(tx: Tx, slug: str, pseudonym: str, since: datetime) -> int:
    """Return how many sign-ins failed since a moment."""
    sql = "SELECT count(*) FROM sign_in_failure WHERE slug = %s AND pseudonym = %s AND at >= %s"
    found = row(tx, sql, (slug, pseudonym, since))
    return int(found[0]) if found else 0
