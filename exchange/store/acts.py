"""Acts read back by those whose they are."""

from datetime import datetime

from exchange.store.session import Tx, rows

OWN_CASES = "own_cases"
"""Purpose of everything that an authority, or a caseworker of it, reads and does for its own cases."""
Act = tuple[datetime, str | None, str, str, str]
"""When, by which caseworker (None: by the authority's system), what, of what, for which purpose."""


def of_authority(tx: Tx, slug: str, skipped: int, most: int) -> list[Act]:
    """Return what an authority read and did after its first `skipped` acts, the oldest first.

    They are counted within its own: a number of the whole exchange would tell how much others do. What the exchange
    did with it, such as a delivery, is not among them.
    """
    sql = (
        "SELECT at, pseudonym, what, object, purpose FROM act"
        " WHERE slug = %s AND (purpose = %s OR pseudonym IS NOT NULL)"
        " ORDER BY no OFFSET %s LIMIT %s"
    )
    found = rows(tx, sql, (slug, OWN_CASES, skipped, most))
    return [(at, pseudonym, what, of, purpose) for at, pseudonym, what, of, purpose in found]


def count(tx: Tx, slug: str) -> int:
    """Return how many acts `of_authority` would return in all."""
    sql = "SELECT count(*) FROM act WHERE slug = %s AND (purpose = %s OR pseudonym IS NOT NULL)"
    return int(rows(tx, sql, (slug, OWN_CASES))[0][0])
