"""What corrections make of a person's history: nobody's own word hides what it is complained of (L10, L23, L24)."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from builders import BY_ASYLUM, NOW, SK_ASYLUM, SK_BORDER, STANDING, UA_ASYLUM, UA_BORDER, UNHCR, reader, subject
from builders import notice as build
from domain.test_projection import MEMBERS, knows, random_agreements, random_notice, transcript
from exchange.domain import corrections, disclosure, findings, references
from exchange.domain.corrections import corrected, only_weakens
from exchange.domain.linkage import Person, doubtful, resolve
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import SEVERITIES, evaluate
from exchange.domain.projection import projections
from exchange.domain.timeline import ERASED, Timeline

HUNGARY = reader("hu-asylum", "asylum_office", "HUN")
REJECTED = {"outcome": "rejected", "merits_scope": "full", "served_at": "2010-01-02"}
CANCELLED = {"cancelled": "yes"}
NO_FEAR = {"fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"}


def urn(notice: Notice) -> str:
    return references.urn(notice.author.urn, notice.id)


def correction(no: int, act: str, of: Notice, by: Notice | None = None, **said: Any) -> Notice:
    """A correction of a notice by its own author, or an answer to one by another."""
    facts = {"act": act, "reason": "wrong_facts"}
    if by is not None:
        facts["replaced_by"] = urn(by)
    made = build(no, "correction", author=said.pop("author", of.author), facts=facts | said.pop("facts", {}), **said)
    member = {"agree": "in_reply_to", "disagree": "in_reply_to", "withdraw": "withdraws", "erase": "withdraws"}
    return replace(made, event={**made.event, member.get(act, "corrects"): urn(of)})


def timeline(*notices: Notice) -> Timeline:
    return findings.of_person(Person(corrected(notices), grade="probable"))


def kept(*notices: Notice) -> dict[int, tuple[str, bool]]:
    """Number -> how it was corrected, and whether it may only protect."""
    return {n.no: (n.corrected.how, n.doubted) for n in corrected(notices) if n.kind != corrections.KIND}


CLAIM = build(1, "claim_expressed")
PROTECTIVE = [
    CLAIM,
    build(1, "claim_registered", author=SK_ASYLUM),
    build(1, "claim_not_taken"),
    build(1, "removal_executed", counterpart="UKR"),
    build(1, "entry_refused", counterpart="UKR", facts={"physically_returned": "yes"}),
    build(1, "removal_planned", counterpart="UKR"),
    build(1, "return_decision", facts={"destinations": ("AFG",)}),
    build(1, "interim_measure", author=SK_ASYLUM),
    build(1, "hold_request", author=SK_ASYLUM),
    build(1, "protection_status", author=SK_ASYLUM, facts={"change": "granted"}),
    build(1, "merits_decision", author=SK_ASYLUM, facts={"outcome": "geneva_convention", "merits_scope": "full"}),
    build(1, "remedy", author=SK_ASYLUM, facts={"step": "lodged", "suspensive": "automatic"}),
    build(1, "encounter", facts={"fear_asked": "yes", "fear_answer": "yes"}),
    build(1, "encounter", facts=NO_FEAR),
    build(1, "merits_decision", author=SK_ASYLUM, facts=REJECTED),
]


@pytest.mark.parametrize("word", PROTECTIVE, ids=lambda n: n.kind)
@pytest.mark.rule("L23")
def test_what_protects_goes_only_when_somebody_else_has_agreed(word: Notice) -> None:
    withdrawn = correction(2, "withdraw", word)
    assert kept(word, withdrawn) == {1: ("contested", True)}
    assert [e.ref for e in timeline(word, withdrawn).events if e.kind == word.kind and e.flagged] == [1]
    for friend in (SK_BORDER, SK_ASYLUM, reader("sk-court", "court_liaison", "SVK")):
        assert kept(word, withdrawn, correction(3, "agree", withdrawn, author=friend))[1][0] == "contested"
    assert kept(word, withdrawn, correction(3, "disagree", withdrawn, author=UA_ASYLUM))[1][0] == "contested"
    for other in (HUNGARY, UNHCR):
        agreed = correction(3, "agree", withdrawn, author=other)
        assert kept(word, withdrawn, agreed) == {1: ("withdrawn", False)}
        assert all(e.ref != 1 for e in timeline(word, withdrawn, agreed).events)
        doubted = replace(agreed, flagged=True)
        assert kept(word, withdrawn, doubted)[1][0] == "contested"
        assert kept(word, replace(withdrawn, cautioned=True), agreed)[1][0] == "contested"


@pytest.mark.rule("L23")
def test_two_states_that_are_complained_of_do_not_agree_a_chain_away() -> None:
    first = build(1, "removal_executed", counterpart="UKR")
    second = build(2, "removal_executed", author=UA_BORDER, counterpart="AFG")
    withdrawn = correction(3, "withdraw", first)
    agreed = correction(4, "agree", withdrawn, author=UA_ASYLUM)
    assert kept(first, second, withdrawn, agreed)[1][0] == "contested"
    assert kept(first, second, withdrawn, correction(4, "agree", withdrawn, author=HUNGARY))[1][0] == "withdrawn"


def test_a_state_that_the_person_fears_cannot_agree() -> None:
    word = build(1, "claim_expressed", subject=subject(feared={"UKR"}))
    withdrawn = correction(2, "withdraw", word)
    assert kept(word, withdrawn, correction(3, "agree", withdrawn, author=UA_ASYLUM))[1][0] == "contested"
    assert kept(word, withdrawn, correction(3, "agree", withdrawn, author=HUNGARY))[1][0] == "withdrawn"
    theirs = reader("ua-monitor", "monitor", "UKR")
    assert kept(word, withdrawn, correction(3, "agree", withdrawn, author=theirs))[1][0] == "contested"


def test_a_monitor_corrects_itself_without_asking() -> None:
    word = build(1, "claim_expressed", author=UNHCR, state="SVK")
    assert kept(word, correction(2, "withdraw", word)) == {1: ("withdrawn", False)}


def test_what_only_weakens_goes_at_once_but_not_what_it_says_of_the_person() -> None:
    word = build(1, "removal_planned", counterpart="UKR", facts=CANCELLED)
    word = replace(word, subject=subject(feared={"RUS"}), safeguards=frozenset({"torture_survivor"}))
    withdrawn = correction(2, "withdraw", word)
    assert kept(word, withdrawn) == {1: ("withdrawn", False)}
    seen = timeline(word, withdrawn)
    assert (seen.danger, seen.doubted, seen.safeguards) == ({"AFG", "RUS"}, {"RUS"}, {"torture_survivor"})
    agreed = timeline(word, withdrawn, correction(3, "agree", withdrawn, author=UNHCR))
    assert (agreed.danger, agreed.safeguards) == ({"AFG"}, frozenset())


def test_a_rejection_that_is_withdrawn_hides_no_removal_any_more() -> None:
    claim = build(1, "claim_registered", author=SK_ASYLUM, event_time="2010-01-01")
    rejected = build(2, "merits_decision", author=SK_ASYLUM, event_time="2010-01-02", facts=REJECTED)
    leg = build(3, "removal_executed", counterpart="AFG", event_time="2010-02-01", facts={"destination": "AFG"})
    assert "P19" not in patterns(claim, rejected, leg)
    assert "P19" in patterns(claim, rejected, leg, correction(4, "withdraw", rejected))


@pytest.mark.rule("L23")
def test_what_the_authority_itself_noted_against_a_finding_is_not_withdrawn_when_another_finding_rests_on_it() -> None:
    old = build(1, "merits_decision", author=SK_ASYLUM, event_time="2008-01-02", facts=REJECTED)
    leg = build(2, "removal_executed", counterpart="AFG", event_time="2010-02-01", facts={"destination": "AFG"})
    assert "P18" in patterns(old, leg)
    assert "P18" in patterns(old, leg, correction(3, "withdraw", old))
    met = build(1, "encounter", event_time="2010-02-01", facts={**NO_FEAR, "language_understood": "no"})
    out = build(2, "removal_executed", counterpart="UKR", event_time="2010-02-02", facts={"legal_act": "not_recorded"})
    assert "P11" in patterns(met, out)
    assert "P11" in patterns(met, out, correction(3, "withdraw", met))


def patterns(*notices: Notice) -> set[str]:
    return {f.pattern.id for f in evaluate(timeline(*notices), PATTERNS, NOW).findings}


def test_a_child_that_was_an_adult_is_judged_anew() -> None:
    """Scenario 11: the interview with an adult kept the chain back; the corrected one is of a child."""
    adult = build(1, facts=NO_FEAR, event_time="2010-01-01")
    leg = build(2, "removal_executed", counterpart="UKR", event_time="2010-01-02", facts={"destination": "UKR"})
    claim = build(3, "claim_registered", author=UA_ASYLUM, event_time="2010-06-01")
    child = replace(build(4, facts=NO_FEAR, event_time="2010-01-01"), safeguards=frozenset({"unaccompanied_minor"}))
    replaced = correction(5, "replace", adult, child)
    assert kept(adult, leg, claim, child, replaced)[1] == ("contested", True)
    assert patterns(adult, leg, claim, child, replaced) - patterns(adult, leg, claim) == {"P12"}  # care is needed now
    path = [pattern for pattern in PATTERNS if pattern.id == "P03"]
    (before,) = evaluate(timeline(adult, leg, claim), path, NOW).findings
    (after,) = evaluate(timeline(adult, leg, claim, child, replaced), path, NOW).findings
    assert ([s.code for s in before.suppressors], before.certainty) == (["S2"], "possible")
    assert (after.suppressors, after.certainty) == ((), "likely")


def test_of_two_corrections_the_later_decides_and_what_was_wrong_once_never_suppresses_again() -> None:
    first, second, third = (build(n, "removal_planned", counterpart="UKR", facts=CANCELLED) for n in (1, 2, 3))
    chain = [correction(4, "replace", first, second), correction(5, "replace", second, third)]
    assert kept(first, second, third, *chain) == {1: ("replaced", False), 2: ("replaced", False), 3: ("", False)}
    ring = [*chain, correction(6, "replace", third, first)]
    assert kept(first, second, third, *ring) == {1: ("contested", True), 2: ("replaced", False), 3: ("replaced", False)}
    again = [correction(4, "withdraw", first), correction(5, "replace", second, first)]
    assert kept(first, second, *again) == {1: ("contested", True), 2: ("replaced", False)}


def test_what_is_not_its_authors_or_came_later_or_is_a_correction_is_not_corrected() -> None:
    other = build(1, "merits_decision", author=UA_ASYLUM, facts=REJECTED)
    assert kept(other, correction(2, "withdraw", other, author=SK_ASYLUM))[1] == ("", False)
    late = build(5, "merits_decision", author=SK_ASYLUM, facts=REJECTED)
    assert kept(late, correction(2, "withdraw", late))[5] == ("", False)
    taken_back = correction(2, "withdraw", CLAIM)
    assert kept(CLAIM, taken_back, correction(3, "withdraw", taken_back))[1] == ("contested", True)


@pytest.mark.rule("L24")
def test_only_its_own_author_makes_a_subject_smaller_and_the_danger_stays_until_somebody_agrees() -> None:
    wide = build(1, subject=subject(feared={"UKR", "RUS"}))
    theirs = build(2, author=UA_BORDER, subject=subject(feared={"RUS"}))
    narrow = build(3)
    shrunk = correction(4, "shrink_subject", wide, narrow)

    def states(*notices: Notice) -> frozenset[str]:
        return disclosure.withheld(corrected(notices), STANDING).states

    assert states(wide, theirs, narrow) == {"AFG", "UKR", "RUS", "BLR"}
    assert states(wide, theirs, narrow, shrunk) == {"AFG", "RUS", "BLR"}
    assert states(wide, narrow, shrunk) == {"AFG"}
    assert states(wide, theirs, shrunk) == {"AFG", "UKR", "RUS", "BLR"}  # the smaller one is not known: fail closed
    assert states(wide, narrow, replace(shrunk, flagged=True)) == states(wide)
    assert states(
        wide, narrow, correction(4, "withdraw", wide), correction(5, "agree", shrunk, author=UNHCR)
    ) == states(wide)
    seen = timeline(wide, narrow, shrunk)
    assert (seen.danger, seen.doubted) == ({"AFG", "UKR", "RUS"}, {"UKR", "RUS"})
    assert timeline(wide, narrow, shrunk, correction(5, "agree", shrunk, author=UNHCR)).danger == {"AFG"}
    (known,) = projections(UA_ASYLUM, [wide, narrow, shrunk], {(1, 3): frozenset(), (1, 4): frozenset()}, STANDING)
    assert known.numbers == {1, 3, 4}
    assert projections(UA_ASYLUM, [wide, narrow], {(1, 3): frozenset()}, STANDING) == ()


def test_safeguards_that_an_author_erases_still_count_as_some_until_somebody_agrees() -> None:
    word = build(1, facts=NO_FEAR)  # as the store gives it, once the part is gone
    gone = correction(2, "erase", word, facts={"parts": ("safeguards",)})
    assert timeline(word, gone).safeguards == {ERASED}
    assert timeline(word, gone, correction(3, "agree", gone, author=UNHCR)).safeguards == frozenset()
    assert kept(word, gone) == {1: ("", False)}


def test_a_withheld_state_does_not_see_that_others_agreed() -> None:
    word = build(1, "claim_expressed", author=BY_ASYLUM, subject=subject(nationality={"KAZ"}))
    withdrawn = correction(2, "withdraw", word, subject=subject(nationality={"KAZ"}))
    fear = build(3, "claim_expressed", subject=subject(nationality={"KAZ"}, feared={"BLR"}))
    agreed = correction(4, "agree", withdrawn, author=UNHCR, subject=subject(nationality={"KAZ"}))
    ties = {(1, 2): "tied", (2, 4): "tied", (1, 3): "probable"}
    for member, how in ((BY_ASYLUM, "contested"), (UNHCR, "withdrawn")):
        (known,) = projections(member, [word, withdrawn, fear, agreed], ties, STANDING)
        assert known.notices[0].corrected.how == how


def test_a_notice_of_the_wrong_person_links_nobody_once_somebody_agreed() -> None:
    wrong, other = build(1), build(2, author=UA_ASYLUM, case="other")
    gone = correction(3, "withdraw", wrong, facts={"reason": corrections.WRONG_PERSON})
    agreed = correction(4, "agree", gone, author=UNHCR, case="monitor")

    def joined(*notices: Notice) -> bool:
        return any({1, 2} <= {n.no for n in p.notices} for p in resolve(corrected(notices), {(1, 2): "probable"}))

    assert joined(wrong, other)
    assert joined(wrong, other, gone)
    assert not joined(wrong, other, gone, agreed)
    assert joined(wrong, other, correction(3, "withdraw", wrong), agreed)
    apart = resolve(corrected((wrong, other, gone, agreed)), {(1, 2): "probable"})
    assert doubtful(apart, {(1, 2): "probable"}) == ()


def test_a_supplement_of_the_wrong_person_links_nobody_once_somebody_agreed_and_its_notice_stands() -> None:
    right, other = build(1), build(2, author=UA_ASYLUM, case="other")
    added = correction(3, corrections.SUPPLEMENT, right)
    gone = correction(4, "withdraw", added)
    agreed = correction(5, "agree", gone, author=UNHCR, case="monitor")

    def joined(*notices: Notice) -> bool:
        told = corrected((right, other, added, *notices))
        assert told[0].stands
        assert not told[0].doubted
        return any({1, 2} <= {n.no for n in p.notices} for p in resolve(told, {(2, 3): "probable"}))

    assert joined()
    assert joined(gone)
    assert not joined(gone, agreed)
    assert joined(correction(4, "replace", added, right), agreed)


AUTHORS = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR, HUNGARY)


def random_history(rng: random.Random) -> list[Notice]:
    made = []
    for no in range(1, rng.randint(4, 9)):
        author = rng.choice(AUTHORS)
        kind, facts = rng.choice(
            (
                ("removal_executed", {}),
                ("removal_executed", {}),
                ("removal_planned", {"cancelled": rng.choice(("yes", "no"))}),
                ("claim_expressed", {}),
                ("claim_registered", {}),
                ("encounter", NO_FEAR),
                ("merits_decision", {**REJECTED, "served_at": f"2026-0{rng.randint(1, 9)}-02"}),
                ("merits_decision", {"outcome": "subsidiary_protection", "merits_scope": "full"}),
                ("responsibility_reply", {"reply": "accepted", "intended_procedure": "full_merits"}),
            )
        )
        state = "SVK" if author.state == "UNO" else author.state
        other = rng.choice([s for s in ("SVK", "UKR", "AFG", "HUN") if s != state])
        said = {"author": author, "state": state, "counterpart": other, "event_time": f"2026-0{rng.randint(1, 9)}-01"}
        safeguards = rng.choice(((), (), ("unaccompanied_minor",)))
        feared = {"nationality": {"AFG"}, "feared": set(rng.sample(("RUS", "HUN", "UKR"), rng.randint(0, 1)))}
        made.append(build(no, kind, **said, facts=facts, safeguards=safeguards, subject=subject(**feared)))
    return made


def random_corrections(rng: random.Random, about: Sequence[Notice], authors: Sequence[Reader]) -> list[Notice]:
    """Corrections of all kinds, in any order, that need not make sense; some are doubted."""
    made: list[Notice] = []
    for no in range(100, 100 + rng.randint(1, 6)):
        of = rng.choice([*about, *made])
        act = rng.choice(("withdraw", "replace", "shrink_subject", "erase", "add_tokens", "agree", "disagree"))
        by = rng.choice([*about, *made]) if act in {"replace", "shrink_subject"} else None
        author = rng.choice(authors) if act in {"agree", "disagree"} or rng.random() < 0.1 else of.author
        one = correction(no, act, of, by, author=author, facts={"parts": ("safeguards",)} if act == "erase" else {})
        made.append(replace(one, flagged=rng.random() < 0.1))
    return made


@pytest.mark.rule("L23")
def test_no_own_word_ever_takes_an_alarm_away() -> None:
    """Whatever authors correct of their own, as long as nobody else agrees, what was found is found still."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    found = contested = 0
    for _ in range(150):
        history = [n for n in random_history(rng) if n.author != UNHCR]
        if not history:
            continue
        added = [n for n in random_corrections(rng, history, AUTHORS) if n.facts["act"] != "agree"]
        after = corrected([*history, *added])
        assert all(n.stands or only_weakens(n) for n in after if n.kind != corrections.KIND), seed
        before, then = worst(history), worst([*history, *added])
        assert all(then.get(family, -1) >= severity for family, severity in before.items()), seed
        found += bool(before)
        contested += any(n.doubted for n in after if n.kind != corrections.KIND)
    assert found > 10
    assert contested > 10


def worst(notices: Sequence[Notice]) -> dict[str, int]:
    """Family -> the worst severity that it was found with."""
    found = evaluate(timeline(*notices), PATTERNS, NOW).findings
    return {
        f.pattern.family: SEVERITIES.index(f.severity)
        for f in sorted(found, key=lambda f: SEVERITIES.index(f.severity))
    }


def test_any_corrections_in_any_order_give_one_answer_that_strangers_do_not_change() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    gone = 0
    for _ in range(150):
        history = random_history(rng)
        world = [*history, *random_corrections(rng, history, AUTHORS)]
        answer = {n.no: n for n in corrected(world)}
        shuffled = rng.sample(world, len(world))
        assert {n.no: n for n in corrected(shuffled)} == answer, seed
        strangers = [
            replace(n, no=n.no + 50, id=f"{n.id[:-3]}9{n.id[-2:]}", subject=subject())
            for n in random_history(rng)
            if n.kind not in corrections.DONE  # who put whom out takes the right to agree from its state
        ]
        mixed = {n.no: n for n in corrected([*strangers, *world])}
        assert all(mixed[no] == n for no, n in answer.items()), seed
        assert corrected(corrected(history)) == tuple(history), seed
        for n in answer.values():
            agreed = any(
                corrections.is_agreed(c, world) for c in world if corrections.target(c) == urn(n) and c.no > n.no
            )
            assert n.stands or only_weakens(n) or agreed, seed
            gone += not n.stands
    assert gone > 5


@pytest.mark.rule("L22")
def test_what_a_member_observes_rests_on_no_correction_or_agreement_that_it_may_not_know_of() -> None:
    """Non-interference (L22): its transcript is the same with and without what is hidden from it."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    hidden = corrections_seen = 0
    for _ in range(40):
        count = rng.randint(3, 6)
        history = [random_notice(rng, no) for no in range(1, count + 1)]
        added = random_corrections(rng, history, MEMBERS)
        world = [*history, *added]
        by_urn = {urn(n): n.no for n in world}
        named = [(k.no, by_urn[u]) for k in added for u in corrections.named(k) if by_urn[u] != k.no]
        ties = {(min(pair), max(pair)): "tied" for pair in named}
        agreements = {**ties, **random_agreements(rng, count)}
        for member in MEMBERS:
            theirs = knows(member, world, agreements, STANDING)
            seen = transcript(member, world, agreements, STANDING)
            assert seen == transcript(member, theirs, agreements, STANDING), (member.slug, seed)
            hidden += len(theirs) < len(world)
            corrections_seen += any("'corrected'" in one for one in seen)
    assert hidden > 30
    assert corrections_seen > 0
