"""Kill processes in the middle of the demo's case: afterwards every notice is there once, and every alert once."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from authorities import secretariat_of
from exchange.demo import play
from exchange.deps import open_hub
from exchange.embedded.postgres import NOT_DURABLE
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.store.session import rows
from journey import Journey

KILLS = ("worker", "relay", "web", "redis", "worker", "postgres", "relay", "redis", "web")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Exchange]:
    plan = Plan(postgres_settings=NOT_DURABLE, extra={"ASYLUM_EXCHANGE_RELAY_RESEND": "1.0"})
    with Exchange(tmp_path / "var", plan, tell=lambda _: None) as exchange:
        exchange.start()
        yield exchange


@pytest.fixture
def journey(running: Exchange, tmp_path: Path) -> Iterator[Journey]:
    made = Journey(running, open_hub(load(running.running.environment), connections=2), tmp_path)
    yield made
    made.close()


def post_with_kills(journey: Journey, stage: play.Stage) -> None:
    """Post every event from a thread, as an authority would; kill a process here before each."""
    wishes: queue.Queue[str] = queue.Queue()
    problems: list[BaseException] = []

    def post_all() -> None:
        try:
            for place, happened in enumerate(stage.case["events"]):
                wishes.put(KILLS[place % len(KILLS)])
                stage.post(happened)
        except BaseException as problem:  # noqa: BLE001 -- told by the test, not lost in a thread
            problems.append(problem)

    poster = threading.Thread(target=post_all)
    poster.start()
    while poster.is_alive():
        journey.exchange.supervisor.tick()
        if not wishes.empty():
            journey.exchange.kill(wishes.get(), hold=False)
        poster.join(timeout=0.05)
    assert problems == []


def test_nothing_is_lost_and_nothing_is_doubled(journey: Journey, tmp_path: Path) -> None:
    stage = play.set_up(secretariat_of(journey.hub), tmp_path / "offices", lambda _: None)
    post_with_kills(journey, stage)
    journey.awaited(lambda: all(journey.exchange.supervisor.is_ready(name) for name in set(KILLS)), "not all came back")
    journey.hub.database.close()  # its connections were cut with the database
    journey.hub = open_hub(load(journey.exchange.running.environment), connections=1)
    journey.settle()
    with journey.hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*), count(DISTINCT id) FROM notice") == [(len(stage.case["events"]),) * 2]
        assert rows(tx, "SELECT slug, family, count(*) FROM alert WHERE family = 'path' GROUP BY 1, 2 ORDER BY 1") == [
            ("sk-asylum", "path", 1),
            ("ua-asylum", "path", 1),
            ("unhcr", "path", 1),
        ]
        raised = "SELECT count(*) FROM alert_event WHERE act = 'raised' GROUP BY alert"
        assert {n for (n,) in rows(tx, raised)} == {1}
        assert rows(tx, "SELECT max(index) + 1 = count(*) FROM leaf") == [(True,)]
        assert rows(tx, "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL") == [(0,)]
    (alert,) = [a for a in stage.speakers["unhcr"].alerts() if a["pattern"] == "P04"]
    assert alert["severity"] == "critical"
    for slug, speaker in stage.speakers.items():
        assert speaker.folder.pending() == [], slug
    play.close(stage)
