"""What was cut out of stored Disclosures, as it is kept: encrypted."""

from exchange.store.session import Tx, row


def cut(tx: Tx, notice: int, name: str) -> tuple[str, int, bytes] | None:
    """Return the rest of a part, the place of what was cut out of it, and that; None for a part that is whole."""
    sql = "SELECT disclosure, cut_at, cut FROM part WHERE notice = %s AND name = %s AND cut IS NOT NULL"
    found = row(tx, sql, (notice, name))
    return None if found is None else (str(found[0]), int(found[1]), bytes(found[2]))
