"""One dossier for each person, and which alert covers which."""

import random
from typing import Any

from exchange.domain import dossiers
from exchange.domain.dossiers import Work


def work(name: str, stage: str, rests_on: set[int], **said: Any) -> Work:
    given: dict[str, Any] = {
        "person": frozenset(range(9)), "severity": "high", "status": "open", "is_snoozed": False, **said
    }  # fmt: skip
    return Work(id=name, stage=stage, rests_on=frozenset(rests_on), **given)


def test_alerts_that_share_a_notice_share_a_dossier_named_by_the_first_of_them() -> None:
    found = dossiers.grouped([("c", [3, 4]), ("a", [1, 2]), ("d", [9]), ("b", [2, 3]), ("e", [])])
    assert found == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_the_order_in_which_alerts_come_makes_no_difference() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(200):
        alerts = [(f"{n:02}", rng.sample(range(12), rng.randint(1, 3))) for n in range(8)]
        found = dossiers.grouped(alerts)
        mixed = rng.sample(alerts, len(alerts))
        assert dossiers.grouped(mixed) == found, seed
        for one, person in alerts:
            alike = {other for other, notices in alerts if set(notices) & set(person)}
            assert {found[other] for other in alike} == {found[one]}, seed


def test_what_is_said_of_a_doubtful_person_covers_nothing_that_is_sure() -> None:
    done = work("chain", "done", {1, 2}, severity="critical", is_doubtful=True)
    assert dossiers.inhibited([work("lost", "risk", {2}), done]) == {}
    assert dossiers.inhibited([work("lost", "risk", {2}, is_doubtful=True), done]) == {"lost": "chain"}
    other = work("chain", "done", {1, 2}, person={1, 2, 5}, severity="critical", is_doubtful=True)
    assert dossiers.inhibited([work("lost", "risk", {2}, is_doubtful=True), other]) == {}


def test_a_chain_that_is_done_covers_the_risk_that_rests_on_the_same_removals() -> None:
    done = work("chain", "done", {1, 2}, severity="critical")
    assert dossiers.inhibited([work("lost", "risk", {2}), done]) == {"lost": "chain"}


def test_what_it_does_not_cover_stays_open_work() -> None:
    lost = work("lost", "risk", {2}, severity="high")
    others = [
        work("other removals", "done", {1, 3}),
        work("another person", "done", {1, 2}, person=frozenset({40})),
        work("milder", "done", {1, 2}, severity="medium"),
        work("not done", "imminent", {1, 2}),
        *(work(status, "done", {1, 2}, status=status) for status in ("closed", "withdrawn", "superseded")),
        work("put aside", "done", {1, 2}, is_snoozed=True),
    ]
    assert dossiers.inhibited([lost, *others]) == {}
    done = work("done", "done", {1, 2})
    for spared in (
        work("lost", "imminent", {2}),
        work("lost", "risk", set()),
        work("lost", "risk", {2}, status="closed"),
    ):
        assert dossiers.inhibited([spared, done]) == {}
