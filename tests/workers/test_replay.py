"""Replays of all history: the same findings as the steps made, once, whoever does the buckets and however often."""

import dataclasses
import multiprocessing
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from authorities import Office
from builders import READERS, UA_ASYLUM
from conftest import Enrol
from domain.patterns import histories
from exchange import replaying, sweeping, traces
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.difference import Found
from exchange.domain.errors import Refusal
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.patterns.p04 import P04
from exchange.store.session import rows
from exchange.sweeping import Counts
from steps import dump, keep_all

PATH = replaying.of_families([P04])


def lives(enrol: Enrol) -> dict[str, Office]:
    """A chain, a removal without a decision, and somebody of whom there is nothing to say."""
    offices = {who.slug: enrol(who) for who in READERS}
    offices["sk-border"].leg("UKR", person="one", event_time="2026-09-01", aud=[UA_ASYLUM.urn])
    offices["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    bare = {"destination": "UKR", "legal_act": "none"}
    offices["sk-border"].post(
        "removal_executed", person="two", case="two", event_time="2026-08-01", counterpart="UKR", facts=bare
    )
    offices["sk-asylum"].post("claim_registered", person="three")
    return offices


@pytest.fixture
def folder(hub: Hub, web: str, enrol: Enrol, tmp_path: Path) -> Path:
    """The history of these, exported."""
    assert web
    lives(enrol)
    keep_all(hub)
    told = replaying.export(hub, tmp_path / "history", 2, now())
    assert (told.persons, told.events) == (3, 4)
    assert (tmp_path / "history").stat().st_mode & 0o077 == 0
    return tmp_path / "history"


def against_standing(folder: Path, results: Path, patterns: Sequence[Pattern]) -> dict[str, Any]:
    counts = sweeping.run(folder, results, patterns, 0, lambda *_: None)
    return replaying.report_against_standing(folder, results, counts)


def test_the_same_rules_find_what_stands(hub: Hub, folder: Path) -> None:
    begun, left = replaying.begin(hub, folder, PATTERNS, now())
    assert left == [0, 1]
    with pytest.raises(Refusal, match="not done"):
        replaying.report_of(hub, begun.id)
    assert all(replaying.do_bucket(hub, begun.id, number, now()) for number in left)
    report = replaying.report_of(hub, begun.id)
    with hub.database.reading() as tx:
        ((standing,),) = rows(tx, "SELECT count(*) FROM finding WHERE projection = 'whole'")
    assert standing >= 2
    assert (report["same"], report["new"], report["gone"], report["changed"]) == (standing, 0, 0, 0)
    assert report == against_standing(folder, folder / "results", PATTERNS)
    assert report["about"]["waiting"] == "0"


def test_a_changed_rule_shows_by_pattern_by_state_and_by_who_was_told(folder: Path) -> None:
    gentle = [dataclasses.replace(variant, severity="medium") for variant in P04.variants]
    rules = [dataclasses.replace(one, variants=tuple(gentle)) if one.id == "P04" else one for one in PATH]
    report = against_standing(folder, folder / "gentle", rules)
    assert (report["changed"], report["new"], report["gone"]) == (1, 0, 0)
    assert report["patterns"]["P04"]["changed"] == 1
    assert report["states"].keys() == {"SVK", "UKR"}
    assert {"sk-asylum", "unhcr"} <= report["recipients"].keys()
    (example,) = report["examples"]
    assert example["before"][:2] == ["P04", "critical"]
    assert example["after"][:2] == ["P04", "medium"]
    without = against_standing(folder, folder / "without", [one for one in PATH if one.id != "P04"])
    assert (without["gone"], without["patterns"]["P04"]["gone"]) == (1, 1)


def test_a_bucket_done_twice_or_begun_again_changes_nothing(hub: Hub, folder: Path) -> None:
    begun, left = replaying.begin(hub, folder, PATH, now())
    for number in left:
        replaying.do_bucket(hub, begun.id, number, now())
    before = dump(hub)
    assert not any(replaying.do_bucket(hub, begun.id, number, now()) for number in left)
    assert replaying.begin(hub, folder, PATH, now()) == (begun, [])
    assert dump(hub) == before
    done = replaying.progress(hub, begun.id)
    assert (done.buckets, done.persons, done.events) == (2, 3, 4)


def test_a_worker_with_other_rules_or_another_history_does_nothing(hub: Hub, folder: Path) -> None:
    others, _ = replaying.begin(hub, folder, [dataclasses.replace(P04, version=99)], now())
    before = dump(hub)
    with pytest.raises(Refusal, match="other rules"):
        replaying.do_bucket(hub, others.id, 0, now())
    with pytest.raises(Refusal, match="no replay"):
        replaying.do_bucket(hub, "nothing", 0, now())
    begun, _ = replaying.begin(hub, folder, PATH, now())
    path = folder / traces.events_file(0)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refusal, match="bad-traces"):
        replaying.do_bucket(hub, begun.id, 0, now())
    assert dump(hub)["replay_bucket"] == before["replay_bucket"] == []


def made_up(folder: Path, count: int, buckets: int) -> tuple[dict[int, Any], str]:
    """Random histories in a folder, and the seed."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    told = {}
    for person in range(count):
        timeline, _ = histories.history(rng, 9)
        events = (dataclasses.replace(e, ref=person * 100 + n) for n, e in enumerate(timeline.events))
        told[person] = dataclasses.replace(timeline, events=tuple(events))
    traces.write(folder, told.items(), buckets, {"at": "2026-12-01T00:00:00Z"})
    return told, f"seed {seed}"


def test_a_sweep_finds_exactly_what_judging_everybody_finds(tmp_path: Path) -> None:
    told, seed = made_up(tmp_path / "history", 600, 2)
    counts = sweeping.run(tmp_path / "history", tmp_path / "results", PATTERNS, 0, lambda *_: None)
    moment = sweeping.as_of(traces.manifest(tmp_path / "history"))
    wanted = [
        Found(f.anchor, f.pattern.family, f.pattern.id, f.severity, f.stage, f.certainty, f.acting)
        for timeline in told.values()
        for f in evaluate(timeline, PATTERNS, moment).findings
    ]
    assert list(sweeping.found_in(tmp_path / "results", 2)) == sorted(wanted, key=lambda one: one.key), seed
    assert 0 < counts.candidates < counts.persons == len(told)
    assert counts.findings == len(wanted)


def test_where_memory_is_far_too_small_words_say_so(tmp_path: Path) -> None:
    made_up(tmp_path, 60, 1)
    with pytest.raises(Refusal, match="into more buckets"):
        sweeping.judge(tmp_path, traces.manifest(tmp_path), 0, PATH, memory=1)


def test_when_a_process_is_killed_its_buckets_are_done_again(tmp_path: Path) -> None:
    made_up(tmp_path / "history", 60, 6)
    shown: list[int] = []

    def kill_once(done: int, _: Counts) -> None:
        if not shown:
            for child in multiprocessing.active_children():
                child.kill()
        shown.append(done)

    sweeping.run(tmp_path / "history", tmp_path / "killed", PATH, 2, kill_once)
    assert shown[-1] == 6
    sweeping.run(tmp_path / "history", tmp_path / "whole", PATH, 0, lambda *_: None)
    for number in range(6):
        one, other = (sweeping.results_file(tmp_path / name, number) for name in ("killed", "whole"))
        assert one.read_bytes() == other.read_bytes()


def test_results_of_other_rules_or_of_another_history_are_not_mixed(tmp_path: Path) -> None:
    for name in ("history", "another"):
        made_up(tmp_path / name, 20, 1)
        sweeping.run(tmp_path / name, tmp_path / f"of-{name}", PATH, 0, lambda *_: None)
    with pytest.raises(Refusal, match="other rules or another history"):
        sweeping.run(tmp_path / "history", tmp_path / "of-another", PATH, 0, lambda *_: None)
    with pytest.raises(Refusal, match="another history"):
        replaying.report_against_results(
            tmp_path / "history", tmp_path / "of-history", Counts(), tmp_path / "of-another"
        )
    with pytest.raises(Refusal, match="no results"):
        replaying.report_against_results(tmp_path / "history", tmp_path / "of-history", Counts(), tmp_path)
    with pytest.raises(Refusal, match="no database"):
        replaying.report_against_standing(tmp_path / "history", tmp_path / "of-history", Counts())
