"""The oracle on status elsewhere, assurances, contact with origin, voluntary return (P08, P12, P15, P16)."""

from collections.abc import Iterator
from datetime import datetime

from domain.patterns.oracle_seen import Seen, Timers
from exchange.domain.timeline import Timeline


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    yield from ()
