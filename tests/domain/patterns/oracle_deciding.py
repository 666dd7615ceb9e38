"""The oracle on who decides: P09 to P11, P14, P18."""

from collections.abc import Iterator
from datetime import datetime

from domain.patterns.oracle_seen import Seen, Timers
from exchange.domain.timeline import Timeline


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    yield from ()
