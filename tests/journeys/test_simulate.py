"""The world simulator as its users run it: into files, and through the real API of a sandbox."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from authorities import Office
from conftest import Enrol
from exchange import sandbox, traces
from exchange.cli.main import cli
from exchange.demo.looking import live_through
from exchange.demo.world import Sandbox
from exchange.deps import Hub
from exchange.domain.notice import Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.timeline import Timeline, build
from exchange.domain.world.dealing import Dealer, Dealt, World
from exchange.domain.world.geography import ROLES
from exchange.domain.world.noise import disturb
from exchange.domain.world.steps import ENDS
from exchange.domain.world.stories import Mix
from exchange.officers import introduction
from exchange.simulating import TRUTH_FILE
from exchange.wire import keys, sealing_keys
from exchange.wire.encoding import b64encode
from steps import keep_all

SHIPPED = {pattern.id for pattern in PATTERNS}
WORDS = ("events", "persons")


def simulate(*options: object) -> Result:
    return CliRunner().invoke(cli, ["simulate", *map(str, options)])


def read(folder: Path) -> dict[int, Timeline]:
    buckets = traces.manifest(folder).buckets
    return {person: found for number in range(buckets) for person, found in traces.read(folder, number)}


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    first = simulate("--persons", 120, "--seed", 5, "--out", one, "--buckets", 3, "--json")
    assert first.exit_code == 0, first.stderr
    told = json.loads(first.stdout)
    assert "written" in first.stderr
    simulate("--persons", 120, "--seed", 5, "--out", same, "--buckets", 3)
    simulate("--persons", 120, "--seed", 6, "--out", other, "--buckets", 3)
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(
        ["manifest.json", TRUTH_FILE, *(f"{w}-0{n}.parquet" for w in ("events", "persons") for n in range(3))]
    )
    assert [(one / name).read_bytes() for name in names] == [(same / name).read_bytes() for name in names]
    assert (one / TRUTH_FILE).read_bytes() != (other / TRUTH_FILE).read_bytes()
    manifest = traces.manifest(one)
    assert manifest.sha256 == told["sha256"]
    assert (manifest.persons, manifest.events) == (told["persons"] + told["split"], told["events"])


def test_the_truth_beside_the_traces_is_what_the_detector_finds_in_them(tmp_path: Path) -> None:
    assert simulate("--persons", 250, "--out", tmp_path / "w", "--lawful", 0.3, "--noise", 2).exit_code == 0
    timelines, truth = read(tmp_path / "w"), pq.read_table(tmp_path / "w" / TRUTH_FILE).to_pylist()
    assert len(truth) == 250
    assert {row["person"] for row in truth} | {row["other_person"] for row in truth if row["split"]} == set(timelines)
    for row in (row for row in truth if "missing" not in row["noise"]):
        halves = [timelines[person] for person in (row["person"], row["other_person"]) if person is not None]
        whole = build(tuple(e for half in halves for e in half.events), *sets(halves[0]))
        findings = evaluate(whole, PATTERNS, ENDS).findings
        grave = {one.pattern.id for one in findings if one.severity in {"high", "critical"}}
        assert SHIPPED & set(row["must"]) <= {one.pattern.id for one in findings}, row
        assert not grave & set(row["never"]), row
        assert row["split"] == (row["linked"] is not None)


def sets(timeline: Timeline) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return timeline.danger, timeline.safeguards, timeline.participants


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--persons", 0, "--out", "new"], "--persons"),
        (["--persons", -3, "--out", "new"], "--persons"),
        (["--persons", 5, "--out", "full"], "is not empty"),
        (["--persons", 5, "--out", "file"], "cannot be written"),
        (["--persons", 5], "Give --out DIR, or --through SANDBOX"),
        (["--persons", 5, "--out", "new", "--events", 3], "--events"),
        (["--persons", 5, "--through", "nowhere"], "up --sandbox"),
        (["--persons", 5, "--through", "http://127.0.0.1:9"], "up --sandbox"),
        (["--persons", 99999, "--through", "nowhere"], "--persons"),
    ],
)
def test_a_wrong_option_is_explained(tmp_path: Path, options: list[object], said: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    (tmp_path / "file").write_text("kept")
    names = {"new", "full", "file", "nowhere"}
    done = simulate(*(tmp_path / one if isinstance(one, str) and one in names else one for one in options), "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert not (tmp_path / "new").exists()


def few(world: World) -> list[Dealt]:
    """A lawful person about whom one office asks another; a chain of a person taken for two; somebody put out."""
    dealer = Dealer(world)
    dealt = [disturb(dealer.deal(serial), dealer.dice, world.noise) for serial in range(800)]
    short = sorted((one for one in dealt if "missing" not in one.noise), key=lambda one: len(one.told))
    return [
        next(one for one in short if one.story.lawful and any(t.step.kind == "information_reply" for t in one.told)),
        next(one for one in short if "P04" in one.story.must and one.linked),
        next(one for one in short if "P01" in one.story.must and not one.linked),
    ]


def needed(*people: Dealt) -> list[Reader]:
    """The authorities of a sandbox that tell of these people, or read of them."""
    telling = {(one.states[told.told_by], told.step.author) for one in people for told in one.told}
    acting = {one.states[ROLES.index(role)] for one in people for roles in one.story.must.values() for role in roles}
    reading = {(state, "asylum_office") for state in acting} | {("UNO", "monitor")}
    return [one for one in sandbox.authorities() if (one.state, one.kind) in telling | reading]


def described(hub: Hub, offices: list[Office]) -> dict[str, Any]:
    """What `up --sandbox` writes into sandbox.json, of these authorities alone."""
    seals = {one: sealing_keys.private_to_jwk(one.folder.seal_key()) for one in offices}
    authorities = [
        {
            "id": one.who.urn,
            "kind": one.who.kind,
            "state": one.who.state,
            "keys": {
                **{p: keys.private_to_jwk(one.folder.key(p)) for p in ("request", "notice")},
                "seal": seals[one],
            },
        }
        for one in offices
    ]
    return {**introduction(hub), "token_key": b64encode(sandbox.token_key()), "authorities": authorities}


def test_the_alerts_that_must_come_are_in_the_queues_when_persons_live_through_the_api(
    hub: Hub, web: str, enrol: Enrol, tmp_path: Path
) -> None:
    world = World(3, Mix(0.4, live=True), events=12)
    lawful, chain, put_out = few(world)
    object.__setattr__(hub, "exchange_id", "sandbox-test")
    offices = [enrol(one) for one in needed(lawful, chain, put_out)]
    with Sandbox(described(hub, offices), tmp_path / "speakers") as place:
        assert place.described["base_url"] == web
        serials = [one.person // 2 for one in (lawful, chain, put_out)]
        done = live_through(place, world, serials, lambda: kept(hub), lambda *_: None)
    assert (done["refused"], done["missing"], done["false"]) == ({}, [], [])
    assert (done["persons"], done["linked"]) == (3, 1)
    assert done["notices"] == sum(len(one.told) for one in (lawful, chain, put_out))
    wanted = {(one["person"], one["pattern"]) for one in done["expected"]}
    assert wanted == {(one.person, p) for one in (chain, put_out) for p in one.story.must if p in SHIPPED}
    assert all("unhcr" in one["queues"] and len(one["queues"]) > 1 for one in done["expected"])


def kept(hub: Hub) -> None:
    assert keep_all(hub) > 0, "nothing is left to do, and something is missing"
