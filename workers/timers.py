"""What beat asks for: deadlines that passed, the leaf of the last minute, rows that nobody needs any more."""

import secrets
from datetime import timedelta

from exchange import alerting, clock, collecting, detecting, releasing, reminding, retaining
from exchange.store import accounts, directory, ledger
from workers.app import app
from workers.hub import hub

FAILURES_KEPT = timedelta(days=1)


@app.task(name="wake")  # type: ignore[untyped-decorator]
def wake() -> None:
    """Judge anew whoever has a deadline that passed, let clocks strike, bring back alerts put off till now."""
    now = clock.now()
    with hub().database.transaction() as tx:
        detecting.wake(tx, now)
        reminding.wake(tx, now)
        alerting.run_out(tx, now)


@app.task(name="close_minute")  # type: ignore[untyped-decorator]
def close_minute() -> None:
    """Add the leaf of the last minute's reads and acts."""
    with hub().database.transaction() as tx:
        ledger.close_minute(tx, clock.now(), secrets.token_bytes(32))


@app.task(name="freeze_quarter")  # type: ignore[untyped-decorator]
def freeze_quarter() -> None:
    """Freeze the aggregate report of each quarter that is over and has none yet."""
    releasing.freeze(hub(), clock.now())


@app.task(name="collect")  # type: ignore[untyped-decorator]
def collect() -> None:
    """Judge anew the days of border posts that notices came about (P20)."""
    collecting.collect(hub(), clock.now())


@app.task(name="retain")  # type: ignore[untyped-decorator]
def retain() -> None:
    """Erase what the exchange has kept for its time (L09)."""
    retaining.retain(hub(), clock.now())


@app.task(name="tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Drop spent nonces that are stale, sessions that ended and old failed sign-ins."""
    now = clock.now()
    with hub().database.transaction() as tx:
        directory.forget_nonces(tx, now)
        accounts.drop_stale(tx, now, now - FAILURES_KEPT)
