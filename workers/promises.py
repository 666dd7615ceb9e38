"""Keep promises of the outbox: the one place where a step runs."""

from collections.abc import Callable
from datetime import datetime

from exchange import clock
from exchange.deps import Hub
from exchange.logs import log
from exchange.store import outbox
from exchange.store.session import Tx

Step = Callable[[Tx, Hub, int, str, datetime], None]
"""(transaction, hub, subject, cause, now): what a step does, all of it in the transaction."""


def keep(hub: Hub, name: str, numbers: list[int], step: Step) -> None:
    """Keep these promises of a step that are still open, each in a transaction of its own.

    A promise is marked kept in the transaction that keeps it: a worker that dies in between leaves it open. One that
    fails is counted, sent again by the relay, and parked when it keeps failing; the others go on.
    """
    for number in numbers:
        try:
            _keep_one(hub, name, number, step)
        except Exception as error:  # noqa: BLE001 -- whatever went wrong, the row must say so and the next one go on
            _count(hub, number, error)


def _keep_one(hub: Hub, name: str, number: int, step: Step) -> None:
    now = clock.now()
    with hub.database.pipelined() as tx:
        for _, subject, cause in outbox.take(tx, name, [number], now):
            step(tx, hub, subject, cause, now)


def _count(hub: Hub, number: int, error: Exception) -> None:
    with hub.database.transaction() as tx:
        parked = outbox.failed(tx, number, type(error).__name__, clock.now())
    log().error("promise parked" if parked else "promise failed", promise=number, error=error)
