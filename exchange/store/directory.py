"""Authorities, their keys, the nonces that they spent and the refusals that they got."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.errors import UniqueViolation

from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import members
from exchange.store.session import Later, Tx, asked, rows

CLOCKS_DIFFER: Final = timedelta(hours=1)
"""So far may the clock of a worker run ahead of that of the web: a nonce that is forgotten too early can come again."""


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A key of an authority as it was enrolled. `jwk` is the public key as JSON text.

    `records` is the number of the last key event of its owner: what was judged of a key holds until there is another.
    """

    kid: str
    purpose: str
    alg: str
    jwk: str
    active: bool
    authority: Reader
    records: int


_KEY = """
SELECT k.kid, k.purpose, k.alg, k.jwk, k.active_from <= %s AND (k.ends_at IS NULL OR k.ends_at > %s),
       a.slug, a.urn, a.kind, a.state, (SELECT coalesce(max(e.no), 0) FROM key_event e WHERE e.owner = a.urn)
  FROM authority_key k JOIN authority a USING (slug)
"""
_OF_OWNER = " WHERE k.slug = (SELECT o.slug FROM authority_key o WHERE o.kid = %s)"


def keys_of_owner(tx: Tx, kid: str, now: datetime) -> dict[str, EnrolledKey]:
    """Return every enrolled key, active now or not, of the authority that owns this one (RFC 7638 thumbprint).

    Empty when nobody has enrolled it.
    """
    return {found[0]: _enrolled(found) for found in rows(tx, _KEY + _OF_OWNER, (now, now, kid))}


def keys(tx: Tx, kids: list[str], now: datetime) -> dict[str, EnrolledKey]:
    """Return those of these keys that are enrolled, active now or not."""
    return {found[0]: _enrolled(found) for found in rows(tx, _KEY + " WHERE k.kid = ANY(%s)", (now, now, kids))}


def _enrolled(found: tuple[Any, ...]) -> EnrolledKey:
    kid, purpose, alg, jwk, active, *authority, records = found
    return EnrolledKey(kid, purpose, alg, jwk, active, Reader(*authority), records)


def key_dates(tx: Tx, slug: str) -> list[tuple[str, str, str, datetime, datetime | None]]:
    """Return kid, purpose, alg, active_from and ends_at of an authority's keys, the oldest first."""
    sql = (
        "SELECT kid, purpose, alg, active_from, ends_at FROM authority_key WHERE slug = %s"
        " ORDER BY active_from, purpose, kid"
    )
    return [(kid, purpose, alg, start, end) for kid, purpose, alg, start, end in rows(tx, sql, (slug,))]


def authorities(tx: Tx) -> list[Reader]:
    """Return every enrolled authority, by slug."""
    return ask_authorities(tx)()


def ask_authorities(tx: Tx) -> Later[list[Reader]]:
    """Ask for what `authorities` returns."""
    found = asked(tx, "SELECT slug, urn, kind, state FROM authority ORDER BY slug")
    return lambda: [Reader(*one) for one in found()]


def add_authority(tx: Tx, authority: Reader, now: datetime) -> None:
    """Enrol an authority; with its first one a state takes part, unless officers said otherwise of it.

    Raises Refusal `already-enrolled` when the slug is taken.
    """
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO authority (slug, urn, kind, state, enrolled_at) VALUES (%s, %s, %s, %s, %s)",
                (authority.slug, authority.urn, authority.kind, authority.state, now),
            )
    except UniqueViolation:
        raise Refusal("already-enrolled", f"An authority {authority.slug} is enrolled already.") from None
    members.begin(tx, authority.state, now)


def add_key(tx: Tx, slug: str, enrolled: dict[str, str | None], leaf_index: int, now: datetime) -> None:
    """Enrol a key (kid, purpose, alg, jwk, predecessor) of an authority.

    Raises Refusal `already-enrolled` for a known key.
    """
    try:
        with tx.transaction():
            tx.execute(
                "INSERT INTO authority_key (kid, slug, purpose, alg, jwk, predecessor, active_from, leaf_index) VALUES"
                " (%(kid)s, %(slug)s, %(purpose)s, %(alg)s, %(jwk)s, %(predecessor)s, %(now)s, %(leaf)s)",
                {"predecessor": None, **enrolled, "slug": slug, "now": now, "leaf": leaf_index},
            )
    except UniqueViolation:
        raise Refusal("already-enrolled", "This key is enrolled already.") from None


def end_key(tx: Tx, kid: str, how: tuple[str, datetime, int | None, datetime | None]) -> None:
    """Let a key end: how (an ending, from when it does not verify, the leaf that said so, compromised since)."""
    tx.execute(
        "UPDATE authority_key SET ended_as = %s, ends_at = %s, ended_leaf = %s, compromised_since = %s WHERE kid = %s",
        (*how, kid),
    )


def spend_nonce(tx: Tx, kid: str, nonce: str, expires: datetime) -> None:
    """Note that a nonce was used. Raises Refusal `nonce-replayed` when it was used before."""
    spent = tx.execute(
        "INSERT INTO nonce (kid, nonce, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (kid, nonce, expires)
    )
    if spent.rowcount == 0:
        raise Refusal("nonce-replayed", "This nonce was used before under this key. Sign the request anew.")


def forget_nonces(tx: Tx, now: datetime) -> int:
    """Drop nonces of requests that are stale by every clock of the exchange; a replay of those is refused as stale."""
    return tx.execute("DELETE FROM nonce WHERE expires < %s", (now - CLOCKS_DIFFER,)).rowcount


def refused(tx: Tx, refusal: dict[str, Any]) -> None:
    """Note the refusal of a known caller's message: at, slug, code, detail, method, path, digest, leaf (of a POST)."""
    tx.execute(
        "INSERT INTO refusal (at, slug, code, detail, method, path, digest, leaf_index)"
        " VALUES (%(at)s, %(slug)s, %(code)s, %(detail)s, %(method)s, %(path)s, %(digest)s, %(leaf)s)",
        refusal,
    )


_QUARANTINE = """
SELECT at, code, detail, method, path, digest, entry FROM refusal WHERE slug = %s ORDER BY no OFFSET %s LIMIT %s
"""


def quarantine(tx: Tx, slug: str, skipped: int, most: int) -> list[tuple[Any, ...]]:
    """Return refusals of an authority's messages after the first `skipped`, the oldest first.

    Each as at, code, detail, method, path, digest, entry. They are counted within the authority's own: a number of
    the whole exchange would tell how much others are refused.
    """
    return rows(tx, _QUARANTINE, (slug, skipped, most))


def count_refusal(tx: Tx, code: str, now: datetime) -> None:
    """Count a refusal, whoever called."""
    tx.execute(
        "INSERT INTO refusal_count AS c (day, code, n) VALUES (%s, %s, 1)"
        " ON CONFLICT (day, code) DO UPDATE SET n = c.n + 1",
        (now.date(), code),
    )
