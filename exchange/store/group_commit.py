"""Group commit: what arrives while a transaction runs goes into the next one, together.

The first to come leads: it takes what waits, its own job included, and works for all; then the first that waits still
leads the next group. Each of the others waits for its own result alone: on one lock for all, whoever is served already
would stand in the way of those who wait, and come back with its next job too late for their group. Nobody waits on
purpose, so an idle exchange answers one job at a time, and a busy one pays for a commit once for many.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class _Waiting(Generic[Job, Done]):
    """A job, and what became of it. Its thread sleeps on `turn` until it is served, or is to lead."""

    def __init__(self, job: Job, weight: int) -> None:
        self.job, self.weight = job, weight
        self.done: Done | None = None
        self.problem: BaseException | None = None
        self.over = False
        self.turn = threading.Semaphore(0)


class GroupCommit(Generic[Job, Done]):
    """Jobs of many threads, worked on by one of them at a time."""

    def __init__(self, most: int) -> None:
        """`most` is the weight of the jobs of one group; a job that is heavier makes a group of its own."""
        self._most = most
        self._guard = threading.Lock()
        self._led = False
        self._queue: deque[_Waiting[Job, Done]] = deque()

    def do(self, job: Job, weight: int, work: Callable[[Sequence[Job]], Sequence[Done]]) -> Done:
        """Return what `work` made of `job`; `work` gets the jobs of a group and returns one result for each.

        When it raises, every job of the group does.
        """
        mine = _Waiting[Job, Done](job, weight)
        if not self._leads(mine):
            mine.turn.acquire()
        if not mine.over:
            group = self._next()
            try:
                _work(group, work)
            finally:
                self._pass_on(group)
        if mine.problem is not None:
            raise mine.problem
        return mine.done  # type: ignore[return-value]  # it is over and had no problem

    def _leads(self, mine: _Waiting[Job, Done]) -> bool:
        """Queue a job; tells whether its thread is to lead, since nobody does."""
        with self._guard:
            self._queue.append(mine)
            leads, self._led = not self._led, True
        return leads

    def _next(self) -> list[_Waiting[Job, Done]]:
        with self._guard:
            group = [self._queue.popleft()]
            room = self._most - group[0].weight
            while self._queue and self._queue[0].weight <= room:
                group.append(self._queue.popleft())
                room -= group[-1].weight
        return group

    def _pass_on(self, group: list[_Waiting[Job, Done]]) -> None:
        """Let the first that waits lead, then the served ones go."""
        with self._guard:
            after = self._queue[0] if self._queue else None
            self._led = after is not None
        if after is not None:
            after.turn.release()
        for waiting in group:
            waiting.turn.release()


def _work(group: list[_Waiting[Job, Done]], work: Callable[[Sequence[Job]], Sequence[Done]]) -> None:
    try:
        for waiting, done in zip(group, work([waiting.job for waiting in group]), strict=True):
            waiting.done = done
    except BaseException as problem:  # noqa: BLE001 -- handed to each thread whose job it was
        for waiting in group:
            waiting.problem = problem
    for waiting in group:
        waiting.over = True
