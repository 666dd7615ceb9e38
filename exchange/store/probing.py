"""Queries about persons who are kept from the asker's own state, as long as they count."""

from datetime import datetime

from exchange.store.session import Tx, row


def hold(tx: Tx, slug: str) -> None:
    """Let nobody else count the queries of an authority until this transaction ends."""
    tx.execute("SELECT 1 FROM authority WHERE slug = %s FOR NO KEY UPDATE", (slug,))


def note(tx: Tx, query: tuple[str, str], case: str, at: datetime) -> None:
    """Note a query, as (slug, id), in an own case. The same query is noted once."""
    sql = "INSERT INTO probe (slug, id, case_ref, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
    tx.execute(sql, (*query, case, at))


def cases(tx: Tx, slug: str, since: datetime) -> int:
    """Return in how many different own cases an authority asked so after a moment; what is older is forgotten."""
    tx.execute("DELETE FROM probe WHERE slug = %s AND at <= %s", (slug, since))
    found = row(tx, "SELECT count(DISTINCT case_ref) FROM probe WHERE slug = %s", (slug,))
    return 0 if found is None else int(found[0])
