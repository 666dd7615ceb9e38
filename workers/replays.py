"""The buckets of a replay, as tasks over any number of workers.

A bucket that is done twice changes nothing, and one whose worker is killed is delivered to another. What counts is the
table of buckets that are done: whoever waits for a replay sends again those that are not.
"""

from collections.abc import Sequence
from typing import Any

from celery import group

from exchange import clock, replaying
from workers.app import app
from workers.hub import hub


@app.task(name="replay_bucket")  # type: ignore[untyped-decorator]
def replay_bucket(replay: str, number: int) -> None:
    """Judge one bucket of a replay and store what was found."""
    replaying.do_bucket(hub(), replay, number, clock.now())


def send(connected: Any, replay: str, numbers: Sequence[int]) -> None:  # noqa: ANN401 -- celery ships no types
    """Send buckets of a replay to the workers, as one group."""
    group(connected.signature("replay_bucket", args=[replay, number]) for number in numbers).apply_async()
