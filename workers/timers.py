"""What beat asks for: deadlines that passed, the leaf of the last minute, rows that nobody needs any more."""

import secrets
from datetime import timedelta

from exchange import alerting, clock, detecting
from exchange.store import accounts, directory, ledger
from workers.app import app
from workers.hub import hub

FAILURES_KEPT = timedelta(days=1)


@app.task(name="wake")  # type: ignore[untyped-decorator]
def wake() -> None:
    """Judge anew whoever has a deadline that passed, and bring back alerts whose acknowledgement ran out."""
    now = clock.now()
    with hub().database.transaction() as tx:
        detecting.wake(tx, now)
        alerting.run_out(tx, now)


@app.task(name="close_minute")  # type: ignore[untyped-decorator]
def close_minute() -> None:
    """Add the leaf of the last minute's reads and acts."""
    with hub().database.transaction() as tx:
        ledger.close_minute(tx, clock.now(), secrets.token_bytes(32))


@app.task(name="tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Drop spent nonces that are stale, sessions that ended and old failed sign-ins."""
    now = clock.now()
    with hub().database.transaction() as tx:
        directory.forget_nonces(tx, now)
        accounts.drop_stale(tx, now, now - FAILURES_KEPT)
