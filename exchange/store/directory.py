"""Authorities, their keys, the nonces that they spent and the refusals that they got."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation

from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A key of an authority as it was enrolled. `jwk` is the public key as JSON text."""

    kid: str
    purpose: str
    alg: str
    jwk: str
    active: bool
    authority: Reader


_KEY = """
SELECT k.kid, k.purpose, k.alg, k.jwk, k.active_from <= %s AND (k.revoked_at IS NULL OR k.revoked_at > %s),
       a.slug, a.urn, a.kind, a.state
  FROM authority_key k JOIN authority a USING (slug) WHERE k.kid = %s
"""


def key(tx: Tx, kid: str, now: datetime) -> EnrolledKey | None:
    """Return the enrolled key with this thumbprint (RFC 7638), active now or not."""
    found = row(tx, _KEY, (now, now, kid))
    if found is None:
        return None
    kid_, purpose, alg, jwk, active, *authority = found
    return EnrolledKey(kid_, purpose, alg, jwk, active, Reader(*authority))


def authorities(tx: Tx) -> list[Reader]:
    """Return every enrolled authority, by slug."""
    return [Reader(*found) for found in rows(tx, "SELECT slug, urn, kind, state FROM authority ORDER BY slug")]


def add_authority(tx: Tx, authority: Reader, now: datetime) -> None:
    """Enrol an authority. Raises Refusal `already-enrolled` when the slug is taken."""
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO authority (slug, urn, kind, state, enrolled_at) VALUES (%s, %s, %s, %s, %s)",
                (authority.slug, authority.urn, authority.kind, authority.state, now),
            )
    except UniqueViolation:
        raise Refusal("already-enrolled", f"An authority {authority.slug} is enrolled already.") from None


def add_key(tx: Tx, slug: str, enrolled: dict[str, str], leaf_index: int, now: datetime) -> None:
    """Enrol a key (kid, purpose, alg, jwk) of an authority. Raises Refusal `already-enrolled` for a known key."""
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO authority_key (kid, slug, purpose, alg, jwk, active_from, leaf_index)"
                " VALUES (%(kid)s, %(slug)s, %(purpose)s, %(alg)s, %(jwk)s, %(now)s, %(leaf)s)",
                {**enrolled, "slug": slug, "now": now, "leaf": leaf_index},
            )
    except UniqueViolation:
        raise Refusal("already-enrolled", "This key is enrolled already.") from None


def spend_nonce(tx: Tx, kid: str, nonce: str, expires: datetime) -> None:
    """Note that a nonce was used. Raises Refusal `nonce-replayed` when it was used before."""
    spent = tx.execute(
        "INSERT INTO nonce (kid, nonce, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (kid, nonce, expires)
    )
    if spent.rowcount == 0:
        raise Refusal("nonce-replayed", "This nonce was used before under this key. Sign the request anew.")


def forget_nonces(tx: Tx, now: datetime) -> int:
    """Drop nonces of requests that are stale by now; a replay of those is refused as stale."""
    return tx.execute("DELETE FROM nonce WHERE expires < %s", (now,)).rowcount


def refused(tx: Tx, refusal: dict[str, Any]) -> None:
    """Note the refusal of a known caller's message: at, slug, code, leaf (None for a GET)."""
    tx.execute(
        "INSERT INTO refusal (at, slug, code, leaf_index) VALUES (%(at)s, %(slug)s, %(code)s, %(leaf)s)", refusal
    )


def count_refusal(tx: Tx, code: str, now: datetime) -> None:
    """Count a refusal, whoever called."""
    tx.execute(
        "INSERT INTO refusal_count AS c (day, code, n) VALUES (%s, %s, 1)"
        " ON CONFLICT (day, code) DO UPDATE SET n = c.n + 1",
        (now.date(), code),
    )
