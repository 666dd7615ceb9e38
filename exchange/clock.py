"""The only reader of the clock. Everything else is given the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def wait_until(moment: datetime) -> None:
    """Sleep until a moment, or not at all when it is past. An answer made at a fixed time tells nothing by its time."""
    time.sleep(max(0.0, (moment - now()).total_seconds()))


def pause(seconds: float) -> None:
    """Sleep."""
    time.sleep(seconds)
