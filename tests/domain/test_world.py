"""The invented world: it is decided by its seed, says only what may be said, and tells the truth about its persons."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from builders import notice, reader
from exchange import sandbox
from exchange.domain import acceptance, edtf, sightings
from exchange.domain.collective import judge
from exchange.domain.linkage import Person
from exchange.domain.members import STATES as MEMBERS
from exchange.domain.notice import Notice
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.sightings import MET, Sighting
from exchange.domain.world import wire
from exchange.domain.world.dealing import GROUP, MOST_EVENTS, ROOM, Dealer, Dealt, World, moment
from exchange.domain.world.geography import CASTINGS
from exchange.domain.world.noise import RATES, STRONG, disturb
from exchange.domain.world.steps import ENDS
from exchange.domain.world.stories import LAWFUL_SHARE, TOGETHER, Mix
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.reading import read

SHIPPED = {pattern.id for pattern in PATTERNS}
NOW = datetime(2026, 12, 1, tzinfo=UTC)
OFFICES = {(one.state, one.kind): one for one in sandbox.authorities()}


def people(world: World, count: int) -> list[Dealt]:
    dealer = Dealer(world)
    return [disturb(dealer.deal(serial), dealer.dice, world.noise) for serial in range(count)]


def any_world(**said: Any) -> World:
    seed = random.randrange(2**32)
    print("seed", seed)
    return World(seed, **said)


def outline(dealt: Dealt) -> tuple[Any, ...]:
    return dealt.person, dealt.story.name, dealt.states, dealt.recorded, dealt.texts, dealt.noise, dealt.timeline()


def test_a_person_is_decided_by_the_seed_and_the_number_alone() -> None:
    few, many = people(World(7), 20), people(World(7), 60)
    assert [outline(one) for one in few] == [outline(one) for one in many[:20]]
    assert outline(Dealer(World(7, noise=0)).deal(19))[:3] == outline(many[19])[:3]
    assert [outline(one) for one in people(World(8), 20)] != [outline(one) for one in few]


def test_the_mix_is_as_said() -> None:
    dealt = people(any_world(), 2000)
    events = sum(len(one.told) for one in dealt) / len(dealt)
    assert 16 < events < 18.5
    assert abs(sum(one.story.lawful for one in dealt) / len(dealt) - LAWFUL_SHARE) < 0.04
    seen = Counter(name for one in dealt for name in one.noise)
    assert set(seen) == {*RATES, "contradictory"}
    assert all(0.3 * rate < seen[name] / len(dealt) < 1.6 * rate for name, rate in RATES.items())
    assert {state for one in dealt for state in one.states[:3]} >= MEMBERS | {"SRB", "TUR", "DEU"}
    quiet = people(any_world(events=30.0, noise=0), 1000)
    assert 28 < sum(len(one.told) for one in quiet) / len(quiet) < 32
    assert not any(one.noise for one in quiet)


def test_every_story_is_told_and_no_person_outgrows_their_numbers() -> None:
    world = any_world(mix=Mix(0.5), events=MOST_EVENTS)
    dealt = people(world, 2500)
    assert {one.story for one in dealt} - {TOGETHER} == set(world.mix.stories)
    assert max(len(one.told) for one in dealt) < ROOM
    assert all(min(one.earliest) >= 0 for one in dealt)
    assert all(moment(max(one.recorded)) < ENDS for one in dealt)


def test_neighbours_are_real_and_the_four_states_of_a_cast_differ() -> None:
    for casting in CASTINGS.values():
        for cast in casting.casts:
            assert len({cast.a, cast.b, cast.c, cast.o}) == 4
            assert cast.a in MEMBERS
            assert not {cast.a, cast.b, cast.c, cast.o} & {*cast.others}
    assert {cast.b for cast in CASTINGS["edge"].casts} == {"BLR", "MDA", "UKR"}
    assert not MEMBERS & {cast.b for cast in CASTINGS["outer"].casts}


@pytest.mark.parametrize("live", [False, True])
def test_every_notice_is_one_that_its_author_may_send(live: bool) -> None:  # noqa: FBT001 -- a parameter
    for dealt in people(any_world(mix=Mix(0.3, live=live)), 100):
        for place, told in enumerate(dealt.told):
            parts = wire.parts(dealt, place, "W-1-2", lambda state, kind: OFFICES[state, kind].urn)
            author = OFFICES[dealt.states[told.told_by], told.step.author]
            hub = read(HUB, {**parts["hub"], "seq": 1}, "hub part")
            event, facts = read(EVENT, parts["event"], "event"), read(FACTS[told.step.kind], parts["facts"], "facts")
            read(SAFEGUARD_CODES, parts.get("safeguards", {"codes": ["elderly"]}), "safeguards")
            named = {"in_reply_to": "one"} if wire.is_answer(dealt, place) else {}
            acceptance.accept(author, event, facts)
            acceptance.speaks_for(author, hub)
            acceptance.agree({**event, **named}, facts, NOW, NOW)
            when = edtf.read(event["event_time"])
            assert (when.exact, when.earliest) == (dealt.exact[place], moment(dealt.earliest[place]))
            assert json.loads(dealt.texts[place]) == parts["facts"]


def found(dealt: Dealt, *, half: bool | None = None) -> tuple[Finding, ...]:
    """What the detector finds of a person, or of one of the two that they are thought to be."""
    timeline, order = dealt.timeline(), dealt.order()
    kept = [one for one in timeline.events if half in {None, dealt.alias[order[one.ref - dealt.person * ROOM]]}]
    return evaluate(replace(timeline, events=tuple(kept)), PATTERNS, ENDS).findings


def test_the_detector_finds_what_the_truth_demands_and_not_what_it_forbids() -> None:
    """For persons of each story whose notices are all in and linked, of the patterns that there are."""
    told: dict[str, list[Dealt]] = {}
    for dealt in people(any_world(mix=Mix(0.4), noise=2.0), 2500):
        if not STRONG & set(dealt.noise):
            told.setdefault(dealt.story.name, []).append(dealt)
    wrong, shown = [], set()
    for dealt in (one for of_story in told.values() for one in of_story[:8]):
        findings = found(dealt)
        patterns = {one.pattern.id for one in findings}
        grave = {one.pattern.id for one in findings if one.severity in {"high", "critical"}}
        missed, false = (SHIPPED & set(dealt.story.must)) - patterns, grave & set(dealt.never)
        shown |= patterns
        if missed or false:
            wrong.append((dealt.person, dealt.story.name, dealt.noise, missed, false))
    assert wrong == []
    assert shown >= SHIPPED & {pattern for story in Mix(0).stories for pattern in story.must}


def test_a_split_hides_the_chain_until_the_two_are_one() -> None:
    """Each half judged alone shows fewer chains than the whole, where every one shows."""
    world = any_world(mix=Mix(0), noise=5)
    chains = [
        one for one in people(world, 2500) if "P04" in one.story.must and one.linked and "missing" not in one.noise
    ]
    whole = sum("P04" in {finding.pattern.id for finding in found(one)} for one in chains)
    halves = 0
    for one in chains:
        halves += any("P04" in {finding.pattern.id for finding in found(one, half=half)} for half in (False, True))
    assert whole == len(chains) > 5
    assert halves < whole


def notices(dealt: Dealt, first: int) -> list[Notice]:
    """The notices of a person as the exchange has them, numbered in the order of the ledger."""
    made = []
    for number, place in enumerate(dealt.order(), start=first):
        told = dealt.told[place]
        parts = wire.parts(dealt, place, "one", lambda state, kind: f"{state} {kind}")
        author = reader(
            f"{dealt.states[told.told_by]} {told.step.author}", told.step.author, dealt.states[told.told_by]
        )
        said = {"event": parts["event"], "facts": parts["facts"], "received_at": moment(dealt.recorded[place])}
        made.append(replace(notice(number, told.step.kind, author=author), **said))
    return made


def test_a_group_refused_together_is_seen_as_one() -> None:
    """P20 is of no person: it shows on the day and at the post where eight were refused, asked nothing."""
    dealt = [one for one in people(any_world(mix=Mix(0), noise=0), 6000) if one.group is not None]
    groups = {one.group: [other for other in dealt if other.group == one.group] for one in dealt}
    assert {len(group) for group in groups.values()} == {GROUP}
    for group in list(groups.values())[:3]:
        assert {tuple(one.story.must) for one in group} == {("P20",)}
        seen = [s for place, one in enumerate(group) for s in sightings_of(one, place * ROOM)]
        (day,) = {one.day for one in seen if one.code != MET}
        (post,) = {one.place for one in seen if one.code != MET}
        found = judge(post, day, seen)
        assert found is not None
        assert "unasked" in found.groups[0].signs


def sightings_of(dealt: Dealt, first: int) -> list[Sighting]:
    return sightings.of_person(Person(tuple(notices(dealt, first)), grade="confirmed"), frozenset({dealt.danger}), ENDS)
