"""Group commit: what arrives while a transaction runs goes into the next one, together.

The first to come leads: it takes what waits, its own job included, and works for all. Nobody waits on purpose, so an
idle exchange answers one job at a time, and a busy one pays for a commit once for many.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class _Waiting(Generic[Job, Done]):
    """A job, and what became of it."""

    def __init__(self, job: Job, weight: int) -> None:
        self.job, self.weight = job, weight
        self.done: Done | None = None
        self.problem: Exception | None = None
        self.over = False


class GroupCommit(Generic[Job, Done]):
    """Jobs of many threads, worked on by one of them at a time."""

    def __init__(self, most: int) -> None:
        """`most` is the weight of the jobs of one group; a job that is heavier makes a group of its own."""
        self._most = most
        self._turn = threading.Lock()
        self._queue: deque[_Waiting[Job, Done]] = deque()

    def do(self, job: Job, weight: int, work: Callable[[Sequence[Job]], Sequence[Done]]) -> Done:
        """Return what `work` made of `job`; `work` gets the jobs of a group and returns one result for each.

        When it raises, every job of the group does.
        """
        mine = _Waiting[Job, Done](job, weight)
        self._queue.append(mine)
        while not mine.over:
            with self._turn:
                if not mine.over:
                    _work(self._next(), work)
        if mine.problem is not None:
            raise mine.problem
        return mine.done  # type: ignore[return-value]  # it is over and had no problem

    def _next(self) -> list[_Waiting[Job, Done]]:
        group = [self._queue.popleft()]
        room = self._most - group[0].weight
        while self._queue and self._queue[0].weight <= room:
            group.append(self._queue.popleft())
            room -= group[-1].weight
        return group


def _work(group: list[_Waiting[Job, Done]], work: Callable[[Sequence[Job]], Sequence[Done]]) -> None:
    try:
        for waiting, done in zip(group, work([waiting.job for waiting in group]), strict=True):
            waiting.done = done
    except Exception as problem:  # noqa: BLE001 -- handed to each thread whose job it was
        for waiting in group:
            waiting.problem = problem
    for waiting in group:
        waiting.over = True
