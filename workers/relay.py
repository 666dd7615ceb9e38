"""The relay: sends what the outbox promises to the workers, and sends it again until it is done.

It commits before it publishes. A crash in between costs a delay of `resend`, never the work.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from kombu.exceptions import OperationalError

from exchange import clock
from exchange.deps import UNREACHABLE
from exchange.logs import log
from exchange.store import outbox
from exchange.store.session import Database

PAUSE: Final = 0.05
"""Seconds between two looks when there was nothing to send."""
PAUSE_AFTER_FAULT: Final = 0.5
MOST: Final = 500
LIST: Final = 50
"""Promises in one message at most: a worker that dies with it delays no more than these."""

Publish = Callable[[str, list[int]], None]
"""(step, numbers of promises): wakes a worker."""


def send(database: Database, publish: Publish, resend: timedelta) -> int:
    """Send what is due once; returns how many promises. Raises when the database or Redis cannot be reached."""
    with database.transaction() as tx:
        steps = outbox.claim(tx, clock.now(), resend, MOST)
    for step, numbers in steps.items():
        for start in range(0, len(numbers), LIST):
            publish(step, numbers[start : start + LIST])
    return sum(len(numbers) for numbers in steps.values())


def run(database: Database, publish: Publish, resend: timedelta, stop: threading.Event) -> None:
    """Send until `stop` is set, through outages of the database and of Redis."""
    while not stop.is_set():
        try:
            sent = send(database, publish, resend)
        except (*UNREACHABLE, OperationalError, OSError) as error:
            log().warning("relay waits", error=error)
            stop.wait(PAUSE_AFTER_FAULT)
        else:
            stop.wait(0 if sent else PAUSE)
