"""A replay over the real workers, one of which is killed: every bucket is done, each once."""

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.patterns import histories
from exchange import replaying, sweeping, traces
from exchange.clock import now
from exchange.deps import Hub, open_hub
from exchange.domain.patterns.p04 import P04
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from journey import Journey
from workers.app import connected
from workers.replays import send

BUCKETS = 6


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    plan = Plan(only=("postgres", "redis", "hub-keys", "migrate", "worker"), postgres_settings=NOT_DURABLE)
    with Exchange(tmp_path / "var", plan, tell=lambda _: None) as exchange:
        running = exchange.start()
        made = Journey(exchange, open_hub(load(running.environment), connections=2), tmp_path)
        yield made
        made.close()


def written(folder: Path) -> None:
    rng = random.Random(7)
    told = ((person, histories.history(rng)[0]) for person in range(60))
    unlike = (
        (person, dataclasses.replace(t, events=tuple(
            dataclasses.replace(e, ref=person * 100 + n) for n, e in enumerate(t.events))))
        for person, t in told
    )  # fmt: skip
    traces.write(folder, unlike, BUCKETS, {"at": "2026-12-01T00:00:00Z"})


def test_a_killed_workers_bucket_is_done_again(journey: Journey, tmp_path: Path) -> None:
    written(tmp_path / "history")
    hub: Hub = journey.hub
    rules = replaying.of_families([P04])
    begun, left = replaying.begin(hub, tmp_path / "history", rules, now())
    app = connected(load(journey.exchange.running.environment))
    send(app, begun.id, left)
    journey.awaited(lambda: len(replaying.left(hub, begun.id)) < BUCKETS, "no bucket was done")
    journey.exchange.kill("worker", hold=False)
    send(app, begun.id, replaying.left(hub, begun.id))
    journey.awaited(lambda: not replaying.left(hub, begun.id), "not all buckets were done")
    done = replaying.progress(hub, begun.id)
    here = sweeping.run(tmp_path / "history", tmp_path / "results", rules, 0, lambda *_: None)
    assert (done.buckets, done.persons, done.events) == (BUCKETS, here.persons, here.events)
    assert (done.candidates, done.findings) == (here.candidates, here.findings)
    with hub.database.transaction() as tx:
        found = list(replaying.replays.found(tx, begun.id))
    assert found == list(sweeping.found_in(tmp_path / "results", BUCKETS))
    assert replaying.begin(hub, tmp_path / "history", rules, now()) == (begun, [])
