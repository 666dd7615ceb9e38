"""One way in which a pattern shows, as the oracle sees it."""

from dataclasses import dataclass
from datetime import datetime

from exchange.domain.timeline import Event

Timers = set[tuple[str, datetime]]


@dataclass
class Seen:
    """`sure` says whether orders and windows are beyond doubt; `towards` is the destination, for modifier R."""

    family: str
    pattern: str
    severity: str
    stage: str
    anchor: int
    events: list[Event]
    sure: bool
    against: list[tuple[Event, bool]]
    towards: str | None = None
