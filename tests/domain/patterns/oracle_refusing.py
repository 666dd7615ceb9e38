"""The oracle on serial refusal, measures defied, loops (P02, P06, P17)."""

from collections.abc import Iterator
from datetime import datetime

from domain.patterns.oracle_seen import Seen, Timers
from exchange.domain.timeline import Timeline


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    yield from ()
