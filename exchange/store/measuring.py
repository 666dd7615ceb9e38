"""What a measurement on a database of its own asks of PostgreSQL."""

from exchange.store.session import Tx


def settle(tx: Tx) -> None:
    """Let PostgreSQL count what was written, as it does by itself in a hub that has run for a while."""
    tx.execute("ANALYZE token")
