"""L22: a member's transcript is the same with and without the notices that it may not know of (non-interference).

Random worlds of random notices; for each member everything that it can observe is computed twice by the rules that the
steps use: once with all notices, once with those alone that are in its projection.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import ADMITTED, BY_ASYLUM, NOW, READERS, STANDING, reader, subject
from builders import notice as build
from exchange.domain import addressing, disclosure, findings, linkage, third_country
from exchange.domain.linkage import Agreements
from exchange.domain.members import ALL, FULL, SUSPENDED, Change, Standing, home
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.projection import projections

WORLDS = 400
NATIONALITIES = ("AFG", "KAZ", "RUS")
MEMBERS = [*READERS, reader("by-border", "border_guard", "BLR"), reader("af-asylum", "asylum_office", "AFG")]
STATES = ("AFG", "BLR", "RUS", "UKR", "SVK")
SUBJECTS = [
    {"nationality": {"AFG"}},
    {"nationality": {"KAZ"}},
    {"nationality": {"KAZ"}, "feared": {"BLR"}},
    {"nationality": {"RUS"}},
    {"nationality": {"AFG"}, "feared": {"UKR"}},
    {"nationality": {"XXX"}},
    {"nationality": set()},
]


def random_notice(rng: random.Random, no: int) -> Notice:
    author = rng.choice(MEMBERS)
    kind = rng.choice(("removal_executed", "removal_executed", "return_decision", "claim_expressed", "encounter"))
    other = rng.choice([s for s in STATES if s != author.state])
    state = author.state if author.state != "UNO" else "SVK"
    said = {"destinations": (other,)} if kind == "return_decision" else {"destination": other}
    return build(
        no,
        kind,
        author=author,
        state=state,
        counterpart=other,
        facts=said if kind in {"removal_executed", "return_decision"} else {},
        event_time=f"2026-0{rng.randint(1, 9)}-01",
        case=rng.choice(("x", "y")),
        subject=subject(**rng.choice(SUBJECTS)),
        aud=rng.sample([m.urn for m in MEMBERS], 2),
        safeguards=rng.choice(((), (), ("torture_survivor",))),
        received_at=NOW - timedelta(hours=rng.randint(1, 36)),
        transfer=rng.random() < 0.5,
    )


def random_agreements(rng: random.Random, count: int) -> Agreements:
    persons = [rng.randint(1, 3) for _ in range(count + 1)]
    agreements = {}
    for a in range(1, count + 1):
        for b in range(a + 1, count + 1):
            if persons[a] == persons[b] and rng.random() < 0.8:
                agreements[a, b] = "probable"
            elif rng.random() < 0.1:
                agreements[a, b] = "possible"
    return agreements


def random_standing(rng: random.Random, suspended: Sequence[Reader]) -> Standing:
    """Some states suspended, for all or for a nationality, now and then again lifted; some of it before the notices."""
    changes = list(ADMITTED)
    for member in suspended:
        scope = rng.choice((ALL, *NATIONALITIES))
        changes.append(Change(member.state, SUSPENDED, scope, NOW - timedelta(days=rng.randint(-1, 1))))
        if rng.random() < 0.2:
            changes.append(Change(member.state, FULL, scope, NOW))
    return Standing(NOW, tuple(changes))


def transcript(member: Reader, notices: Sequence[Notice], agreements: Agreements, standing: Standing) -> list[str]:
    """Everything that a member observes: alerts with their evidence, deliveries with what they show."""
    seen = []
    notices = [replace(n, cautioned=standing.doubts(n.author.state, n)) for n in notices]
    for around in linkage.components(notices, agreements):
        for known in projections(member, around, agreements, standing):
            for person in linkage.resolve(known.notices, agreements):
                for finding in evaluate(findings.of_person(person), PATTERNS, NOW).findings:
                    body = findings.as_body(finding)
                    if addressing.recipients(body, [member], known.notices, MEMBERS, standing):
                        seen.append(
                            f"{finding.pattern.family} {finding.anchor} {addressing.seen(body, person, member)}"
                        )
            if member.kind in disclosure.SERVED_KINDS and disclosure.may_receive(member, known.notices, standing):
                had = [n for n in known.notices if member.urn in n.aud and third_country.may_hint(member, n)]
                seen += [f"{n.no} {disclosure.shown(n, third_country.column(member, n, 'probable'))}" for n in had]
    return sorted(seen)


def knows(member: Reader, notices: Sequence[Notice], agreements: Agreements, standing: Standing) -> list[Notice]:
    around = linkage.components(notices, agreements)
    known = frozenset().union(*(p.numbers for tied in around for p in projections(member, tied, agreements, standing)))
    return [n for n in notices if n.no in known]


def random_world(rng: random.Random) -> tuple[list[Notice], Agreements]:
    notices = [random_notice(rng, no) for no in range(1, rng.randint(4, 10))]
    return notices, random_agreements(rng, len(notices))


@pytest.mark.rule("L22")
def test_a_members_transcript_does_not_depend_on_what_it_may_not_know() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    hidden = observed = shut = 0
    for _ in range(WORLDS):
        notices, agreements = random_world(rng)
        standing = random_standing(rng, rng.sample(MEMBERS, rng.randint(0, 2)))
        for member in MEMBERS:
            theirs = knows(member, notices, agreements, standing)
            with_all, with_theirs = (transcript(member, some, agreements, standing) for some in (notices, theirs))
            assert with_all == with_theirs, (member.slug, seed)
            hidden += len(theirs) < len(notices)
            observed += bool(with_all)
            shut += len(theirs) < len(knows(member, notices, agreements, STANDING))
    assert hidden > WORLDS
    assert observed > WORLDS
    assert shut > WORLDS / 4


def test_a_suspension_opens_nothing_to_anybody_and_a_suspended_member_keeps_its_own_words_alone() -> None:
    """Whoever is suspended, nobody knows more than before, others know the same, and the suspended what it told."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    closed = kept = 0
    for _ in range(WORLDS // 4):
        notices, agreements = random_world(rng)
        shut = rng.choice([m for m in MEMBERS if m.kind != "monitor"])  # without a monitor fewer are told, rightly
        scope = rng.choice((ALL, *NATIONALITIES))
        standing = Standing(NOW, (*ADMITTED, Change(shut.state, SUSPENDED, scope, NOW)))
        for member in MEMBERS:
            before, after = (knows(member, notices, agreements, s) for s in (STANDING, standing))
            assert {n.no for n in after} <= {n.no for n in before}, (member.slug, seed)
            seen_before, seen = (set(transcript(member, notices, agreements, s)) for s in (STANDING, standing))
            if member.state != shut.state:
                assert (after, seen) == (before, seen_before), (member.slug, seed)
                kept += bool(seen)
            elif scope == ALL:
                assert not seen
                assert all(n.author.state == member.state for n in after), seed
            for around in linkage.components(notices, agreements):
                if member.state == shut.state and scope in home(around):
                    known = {n.no: n for n in after}
                    assert all(known[n.no].author.state == shut.state for n in around if n.no in known), seed
                    closed += any(n.author.state != shut.state for n in around)
    assert closed > WORLDS / 40
    assert kept > WORLDS / 4


def test_the_property_can_fail() -> None:
    """One that looks at the whole to decide what a withheld member gets is caught by the very same comparison."""
    own = build(1, author=BY_ASYLUM, case="x", subject=subject(nationality={"KAZ"}), aud=[BY_ASYLUM.urn])
    other = build(2, subject=subject(nationality={"KAZ"}, feared={"BLR"}))
    (around,) = linkage.components([own, other], {(1, 2): "probable"})
    assert disclosure.may_receive(BY_ASYLUM, [own], STANDING)
    assert not disclosure.may_receive(BY_ASYLUM, around, STANDING)


def test_what_a_state_of_origin_told_of_somebody_of_unknown_origin_stays_as_closed_as_it_was() -> None:
    """A hidden notice that names the state must not open the state's own notices to its other authorities."""
    af_border, af_asylum = reader("af-border", "border_guard", "AFG"), reader("af-asylum", "asylum_office", "AFG")
    told = build(1, author=af_border, subject=subject(nationality=set()))
    other = build(2, subject=subject(nationality={"AFG"}))
    agreements = {(1, 2): "probable"}
    alone = projections(af_asylum, [told], {}, STANDING)
    assert projections(af_asylum, [told, other], agreements, STANDING) == alone == ()
    assert [p.notices for p in projections(af_border, [told, other], agreements, STANDING)] == [(told,)]
