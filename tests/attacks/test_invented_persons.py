"""Invented persons: a wrong link hides a victim, or shows one person's claim to another's state. Each try fails.

What an authority can invent are notices with tokens: as many as it likes, equal to whatever it likes.
"""

import itertools
import random
from collections.abc import Sequence

import pytest

from builders import NOW, SK_ASYLUM, SK_BORDER, STANDING, UA_ASYLUM, UA_BORDER, UNHCR, notice, reader
from exchange.domain import findings, judgements, linkage, linked
from exchange.domain.judgements import CONFIRMED, REFUSED, Judged, Word
from exchange.domain.linkage import Agreements
from exchange.domain.notice import Notice, Reader
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate
from exchange.domain.projection import projections
from exchange.wire import opaque

LIAR = reader("ru-border", "border_guard", "RUS")
PROBABLE, POSSIBLE = "probable", "possible"


def leg(no: int, author: Reader = SK_BORDER, to: str = "UKR", **said: str) -> Notice:
    return notice(no, "removal_executed", author=author, counterpart=to, facts={"destination": to}, **said)


def victim() -> list[Notice]:
    """Handed over by Slovakia to Ukraine and on to Afghanistan."""
    return [
        leg(1, case="v", event_time="2026-09-01"),
        leg(2, to="AFG", author=UA_BORDER, case="u", event_time="2026-10-01"),
    ]


def invented(first: int, count: int, case: str = "x") -> list[Notice]:
    return [notice(no, author=LIAR, case=f"{case}{no}") for no in range(first, first + count)]


def joined(notices: Sequence[Notice], agreements: Agreements) -> set[frozenset[int]]:
    return {frozenset(n.no for n in p.notices) for p in linkage.resolve(notices, agreements)}


def patterns(persons: Sequence[linkage.Person]) -> set[str]:
    return {f.pattern.id for p in persons for f in evaluate(findings.of_person(p), PATTERNS, NOW).findings}


@pytest.mark.rule("L17")
def test_fifty_one_invented_persons_hide_no_victim_from_the_monitor() -> None:
    """They are all like the second leg; so it fits 52 persons, and is nobody's before a review."""
    lies = invented(10, 51)
    last = leg(99, to="AFG", author=UA_BORDER, case="u", event_time="2026-10-01")
    agreements = {(1, 99): PROBABLE} | {(lie.no, 99): PROBABLE for lie in lies}
    persons = linkage.resolve([victim()[0], *lies, last], agreements)
    assert "P04" not in patterns(persons)
    doubted = linkage.doubtful(persons, agreements)
    assert len(doubted) == linkage.MOST_DOUBTED + 1
    assert {p.grade for p in doubted} == {POSSIBLE}
    assert "P04" in patterns(doubted)


@pytest.mark.rule("L17")
def test_ten_thousands_of_pairs_of_invented_persons_take_no_place_from_a_victim() -> None:
    """Whoever invents persons that all fit one another costs the exchange a few looks, and not one each."""
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    lies = invented(10, 300)
    last = leg(999, to="AFG", author=UA_BORDER, case="u", event_time="2026-10-01")
    moved = {(a.no, b.no): PROBABLE for a in lies for b in lies if a.no < b.no}
    moved |= {(1, 999): PROBABLE} | {(lie.no, 999): PROBABLE for lie in lies}
    shuffled = dict(rng.sample(sorted(moved.items()), len(moved)))
    persons = [linkage.Person((n,)) for n in (victim()[0], *lies, last)]
    doubted = linkage.doubtful(persons, shuffled)
    assert len(doubted) <= linkage.MOST_DOUBTED + linkage.MOST_ALONE + 1
    assert "P04" in patterns(doubted)


@pytest.mark.rule("L17")
def test_one_notice_that_fits_two_persons_welds_them_for_nobody() -> None:
    """The monitor looks at it with each of the two, never at the two as one."""
    two = [leg(1, case="a"), leg(2, author=UA_BORDER, to="AFG", case="b")]
    lie = notice(3, author=LIAR, case="x")
    agreements = {(1, 3): PROBABLE, (2, 3): PROBABLE}
    assert joined([*two, lie], agreements) == {frozenset({1}), frozenset({2}), frozenset({3})}
    persons = linkage.resolve([*two, lie], agreements)
    doubted = linkage.doubtful(persons, agreements)
    assert {frozenset(n.no for n in p.notices) for p in doubted} == {frozenset({1, 3}), frozenset({2, 3})}
    assert "P04" not in patterns([*persons, *doubted])


@pytest.mark.rule("L23")
def test_an_invented_person_who_was_heard_silences_nothing_that_the_victim_shows() -> None:
    """Looked at with one person at a time: an invented decision on the merits speaks for its own pair alone."""
    first = victim()[0]
    second = leg(9, to="AFG", author=UA_BORDER, case="u", event_time="2026-10-01")
    lie = notice(5, "merits_decision", author=reader("ru-asylum", "asylum_office", "RUS"), case="x")
    agreements = {(1, 9): PROBABLE, (5, 9): PROBABLE}
    persons = linkage.resolve([first, lie, second], agreements)
    assert "P04" in patterns(linkage.doubtful(persons, agreements))


@pytest.mark.rule("L17")
def test_a_link_that_its_inventor_alone_confirms_stays_what_it_was() -> None:
    first, second = victim()
    lie = notice(3, author=LIAR, case="x")
    pair = judgements.pair_of(first, lie)
    said = judgements.judged((LIAR, SK_BORDER), [Word(LIAR, CONFIRMED, ("name", "document"))] * 3)
    assert said.stands == ""
    evidence = {(1, 2): PROBABLE, (1, 3): POSSIBLE}
    assert judgements.over(evidence, [first, second, lie], {pair: said}) == evidence
    assert joined([first, second, lie], evidence) == {frozenset({1, 2}), frozenset({3})}


@pytest.mark.rule("L23")
def test_a_state_that_undoes_the_link_alone_before_it_plans_the_removal_hides_nothing() -> None:
    first, second = victim()
    pair = judgements.pair_of(first, second)
    for by in (UA_BORDER, SK_BORDER):
        said = judgements.judged((SK_BORDER, UA_BORDER), [Word(by, REFUSED, ("name",))])
        agreements = judgements.over({(1, 2): PROBABLE}, [first, second], {pair: said})
        assert said.is_contested
        assert "P04" in patterns(linkage.resolve([first, second], agreements))


@pytest.mark.rule("L17")
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_two_authorities_of_one_state_weld_no_two_strangers(order: tuple[int, ...]) -> None:
    """Border guard and asylum office invent a case each, fit one to either victim, and confirm that theirs are one."""
    office = reader("ru-asylum", "asylum_office", "RUS")
    told = [(SK_BORDER, "v1"), (UA_BORDER, "v2"), (LIAR, "x"), (office, "y")]
    no = {case: order.index(place) + 1 for place, (_, case) in enumerate(told)}
    notices = [notice(no[case], author=author, case=case) for author, case in told]
    said = {("v1", "x"): PROBABLE, ("v2", "y"): PROBABLE, ("x", "y"): CONFIRMED}
    lies = {(min(no[a], no[b]), max(no[a], no[b])): grade for (a, b), grade in said.items()}
    assert not any({no["v1"], no["v2"]} <= person for person in joined(notices, lies))
    own = {(min(no["v1"], no["v2"]), max(no["v1"], no["v2"])): CONFIRMED}
    assert any({no["v1"], no["v2"]} <= person for person in joined(notices, lies | own))


def test_no_chain_of_weak_edges_joins_two_strong_persons() -> None:
    """Two persons of two authorities each; invented notices, or a confirmed one, lead from one to the other."""
    one = [leg(1, case="a"), notice(2, author=UA_BORDER, case="u")]
    other = [notice(3, author=SK_ASYLUM, case="b"), notice(4, author=UA_ASYLUM, case="w")]
    strong = {(1, 2): PROBABLE, (3, 4): PROBABLE}
    for between in (1, 3, 9):
        lies = invented(5, between)
        line = [2, *(n.no for n in lies), 4]
        chain = {(min(a, b), max(a, b)): PROBABLE for a, b in itertools.pairwise(line)}
        for person in joined([*one, *other, *lies], strong | chain):
            assert not (person & {1, 2} and person & {3, 4})
    bridge = notice(5, author=LIAR, case="x")
    confirmed = strong | {(2, 5): CONFIRMED, (4, 5): PROBABLE}
    assert joined([*one, *other, bridge], confirmed) == {frozenset({1, 2, 5}), frozenset({3, 4})}


@pytest.mark.rule("L17")
def test_a_supplement_welds_no_two_persons() -> None:
    """A case that agrees with one person gets tokens of another later: it is not moved, nor does it pull."""
    notices = [leg(1, case="a"), notice(2, author=UA_BORDER, case="u"), notice(3, author=LIAR, case="x")]
    supplement = notice(4, "correction", author=LIAR, case="x", facts={"act": "add_tokens"})
    agreements = {(1, 3): PROBABLE, (2, 4): PROBABLE}
    assert joined([*notices, supplement], agreements) == {frozenset({1, 3, 4}), frozenset({2})}


@pytest.mark.rule("L17")
def test_who_was_refused_comes_back_by_no_way_round() -> None:
    """The refused case agrees with a third that belongs to the person: it would join through that one."""
    first, second = victim()
    third = notice(3, author=UA_ASYLUM, case="w")
    pair = judgements.pair_of(first, second)
    for said in (Judged(REFUSED), Judged(REFUSED, {"sk-border": Word(SK_BORDER, CONFIRMED)})):
        evidence = {(1, 2): PROBABLE, (1, 3): PROBABLE, (2, 3): PROBABLE}
        over = judgements.over(evidence, [first, second, third], {pair: said})
        for person in joined([first, second, third], over):
            assert not {1, 2} <= person
        # and a supplement to the refused case, or a confirmation of the third, does not bring it either
        more = [first, second, third, notice(4, author=UA_BORDER, case="u")]
        late = judgements.over(evidence | {(1, 4): PROBABLE, (2, 3): CONFIRMED}, more, {pair: said})
        for person in joined(more, late):
            assert not {1, 2} <= person
            assert not {1, 4} <= person


@pytest.mark.rule("L24")
def test_what_is_refused_ties_no_less_for_what_is_withheld() -> None:
    first, second = victim()
    tied = linkage.components([first, second], {(1, 2): REFUSED})
    assert tied == ((first, second),)


def test_random_worlds_join_nobody_who_was_refused_and_no_two_cases_without_evidence() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    authors = (SK_BORDER, UA_BORDER, SK_ASYLUM, LIAR)
    for _ in range(300):
        notices = [notice(no, author=rng.choice(authors), case=rng.choice("abc")) for no in range(1, 15)]
        pairs = [(a, b) for a in range(1, 15) for b in range(a + 1, 15) if rng.random() < 0.25]
        evidence = {pair: rng.choice((PROBABLE, PROBABLE, POSSIBLE, "tied")) for pair in pairs}
        cases = sorted({judgements.pair_of(a, b) for a in notices for b in notices if a.no < b.no})
        cases = [(x, y) for x, y in cases if x != y]
        said = {pair: Judged(rng.choice((REFUSED, REFUSED, CONFIRMED))) for pair in rng.sample(cases, len(cases) // 5)}
        over = judgements.over(evidence, notices, said)
        refused = {pair for pair, one in said.items() if one.stands == REFUSED}
        persons = linkage.resolve(notices, over)
        assert sorted(n.no for p in persons for n in p.notices) == list(range(1, 15))
        for person in (*persons, *linkage.doubtful(persons, over)):
            among = {judgements.pair_of(a, b) for a in person.notices for b in person.notices}
            assert not among & refused


@pytest.mark.rule("L17")
def test_links_invented_by_one_authority_push_nobody_off_the_list_for_review() -> None:
    """The victim's link is as good as fifty invented ones, and older than none of them."""
    lies = invented(10, 50)
    last = notice(99, author=UA_BORDER, case="u")
    everybody = [victim()[0], *lies, last]
    agreements = {(n.no, 99): POSSIBLE for n in everybody[:-1]} | {(1, lie.no): POSSIBLE for lie in lies}
    known = projections(UNHCR, everybody, agreements, STANDING)
    found = linked.links(UNHCR, known, (agreements, {}), STANDING)
    assert len(found) == 101
    kept = linked.best([(12.0, one) for one in found])
    assert (1, 99) in [one.first for one in kept] or (99, 1) in [one.first for one in kept]
    assert len(kept) <= 2 * linked.REVIEWED


@pytest.mark.rule("L22")
def test_two_readers_cannot_compare_the_ids_of_a_link_and_a_guess_names_nothing() -> None:
    secret = bytes(32)
    names = {opaque.name(secret, slug, (1, 2)) for slug in ("sk-border", "ua-border", "unhcr")}
    assert len(names) == 3
    mine = opaque.name(secret, "sk-border", (1, 2))
    assert opaque.numbers(secret, "sk-border", mine) == (1, 2)
    assert opaque.numbers(secret, "ua-border", mine) != (1, 2)
    for bad in ("", mine[:-1], mine.upper(), "g" * 32, "../" + mine):
        assert opaque.numbers(secret, "sk-border", bad) is None
