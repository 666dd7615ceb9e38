"""Group commit: who waits is served with the next group, whoever is served goes, and a fault reaches its own group."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import pytest

from exchange.store.group_commit import GroupCommit

PATIENCE = 30


class Held:
    """Work whose every group waits until the test lets it go on."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def __call__(self, jobs: Sequence[int]) -> list[int]:
        self.groups.append(list(jobs))
        self.begun.release()
        assert self.go.acquire(timeout=PATIENCE)
        if 13 in jobs:
            raise LookupError("13")
        return [job * 10 for job in jobs]


def waiting(group: GroupCommit[int, int], many: int) -> None:
    while len(group._queue) < many:  # noqa: SLF001 -- the queue is what is awaited
        pass


def begin(pool: ThreadPoolExecutor, group: GroupCommit[int, int], work: Held, jobs: Sequence[int]) -> list[Future[int]]:
    """Send jobs one after another: the first is at work, the others wait in their order."""
    sent = [pool.submit(group.do, jobs[0], 1, work)]
    assert work.begun.acquire(timeout=PATIENCE)
    for number, job in enumerate(jobs[1:], 1):
        sent.append(pool.submit(group.do, job, 1, work))
        waiting(group, number)
    return sent


def test_what_waits_goes_into_the_next_group_together() -> None:
    group, work = GroupCommit[int, int](100), Held()
    with ThreadPoolExecutor(8) as pool:
        sent = begin(pool, group, work, [1, 2, 3, 4, 5])
        work.go.release(2)
        assert [one.result(PATIENCE) for one in sent] == [10, 20, 30, 40, 50]
    assert work.groups == [[1], [2, 3, 4, 5]]


def test_whoever_is_served_is_back_with_more_before_the_next_group_is_over() -> None:
    group, threads, each = GroupCommit[int, int](100), 8, 40
    busy = set(range(threads))

    def work(jobs: Sequence[int]) -> list[int]:
        given_up = monotonic() + PATIENCE
        while len(group._queue) + len(jobs) < len(busy):  # noqa: SLF001 -- the queue is what is awaited
            assert monotonic() < given_up, f"{len(jobs)} at work, {len(group._queue)} wait, {len(busy)} are busy"  # noqa: SLF001
        return [job * 10 for job in jobs]

    def many(thread: int) -> list[int]:
        try:
            return [group.do(job, 1, work) for job in range(each)]
        finally:
            busy.discard(thread)

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(many, range(threads))) == [[job * 10 for job in range(each)]] * threads


def test_a_fault_reaches_every_job_of_its_group_and_no_other() -> None:
    group, work = GroupCommit[int, int](2), Held()
    with ThreadPoolExecutor(8) as pool:
        sent = begin(pool, group, work, [1, 13, 3, 4])
        work.go.release(3)
        faults = [one.exception(PATIENCE) for one in sent]
    assert [type(fault) for fault in faults] == [type(None), LookupError, LookupError, type(None)]


def test_a_heavy_job_makes_a_group_of_its_own() -> None:
    group, work = GroupCommit[int, int](2), Held()
    with ThreadPoolExecutor(8) as pool:
        sent = begin(pool, group, work, [1, 2])
        sent.append(pool.submit(group.do, 3, 9, work))
        waiting(group, 2)
        sent.append(pool.submit(group.do, 4, 1, work))
        waiting(group, 3)
        work.go.release(4)
        assert [one.result(PATIENCE) for one in sent] == [10, 20, 30, 40]
    assert work.groups == [[1], [2], [3], [4]]


def test_work_that_returns_too_little_is_a_fault_of_all() -> None:
    with pytest.raises(ValueError, match="zip"):
        GroupCommit[int, int](2).do(1, 1, lambda _: [])


def test_nobody_is_lost_among_many_threads() -> None:
    group, threads, each = GroupCommit[int, int](7), 16, 300
    sizes: list[int] = []

    def work(jobs: Sequence[int]) -> list[int]:
        sizes.append(len(jobs))
        return [job * 10 for job in jobs]

    def many(first: int) -> list[int]:
        return [group.do(job, 1 + job % 3, work) for job in range(first, first + each)]

    with ThreadPoolExecutor(threads) as pool:
        found = [one for some in pool.map(many, range(0, threads * each, each)) for one in some]
    assert found == [job * 10 for job in range(threads * each)]
    assert sum(sizes) == threads * each
