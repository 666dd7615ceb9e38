import random
from dataclasses import replace

import pytest

from builders import SK_BORDER, UA_ASYLUM, UA_BORDER, notice
from exchange.domain import linkage
from exchange.domain.notice import Corrected

TWO = "probable"
ONE = "possible"


def joined(persons: tuple[linkage.Person, ...]) -> set[frozenset[int]]:
    return {frozenset(n.no for n in p.notices) for p in persons}


def sk(no: int, case: str = "a") -> linkage.Notice:
    return notice(no, author=SK_BORDER, case=case)


def ua(no: int, case: str = "u") -> linkage.Notice:
    return notice(no, author=UA_BORDER, case=case)


def test_one_authoritys_own_case_is_confirmed() -> None:
    (person,) = linkage.resolve([sk(1), sk(2)], {})
    assert person.grade == "confirmed"


@pytest.mark.rule("L17")
def test_equal_tokens_of_two_types_give_probable() -> None:
    (person,) = linkage.resolve([sk(1), ua(2)], {(1, 2): TWO})
    assert person.grade == "probable"


def test_one_equal_token_joins_nothing() -> None:
    assert joined(linkage.resolve([sk(1), ua(2)], {(1, 2): ONE})) == {frozenset({1}), frozenset({2})}


def test_the_same_reference_at_two_authorities_is_no_link() -> None:
    assert joined(linkage.resolve([sk(1, "x"), ua(2, "x")], {})) == {frozenset({1}), frozenset({2})}


@pytest.mark.rule("L17")
def test_a_notice_that_fits_two_persons_joins_neither() -> None:
    persons = linkage.resolve([sk(1, "a"), sk(2, "b"), ua(3)], {(1, 3): TWO, (2, 3): TWO})
    assert joined(persons) == {frozenset({1}), frozenset({2}), frozenset({3})}


def test_a_later_notice_of_a_case_cannot_weld_two_strangers() -> None:
    bridge = {(1, 3): TWO, (2, 4): TWO}
    persons = linkage.resolve([ua(1, "u"), notice(2, author=UA_ASYLUM, case="v"), sk(3), sk(4)], bridge)
    assert joined(persons) == {frozenset({1, 3, 4}), frozenset({2})}


def test_a_case_whose_tokens_come_late_is_still_joined() -> None:
    persons = linkage.resolve([ua(1), sk(2), sk(3)], {(1, 3): TWO})
    assert joined(persons) == {frozenset({1, 2, 3})}


def test_evidence_with_a_hidden_notice_changes_nothing() -> None:
    rng_seed = random.randrange(2**32)
    print("seed", rng_seed)
    rng = random.Random(rng_seed)
    for _ in range(200):
        notices = [rng.choice((sk, ua))(no, rng.choice("abc")) for no in range(1, 9)]
        pairs = [(a, b) for a in range(1, 9) for b in range(a + 1, 9) if rng.random() < 0.3]
        agreements = {pair: rng.choice((ONE, TWO)) for pair in pairs}
        visible = [n for n in notices if rng.random() < 0.6]
        numbers = {n.no for n in visible}
        among = {pair: types for pair, types in agreements.items() if numbers.issuperset(pair)}
        assert joined(linkage.resolve(visible, agreements)) == joined(linkage.resolve(visible, among))


@pytest.mark.rule("L17")
def test_a_confirmed_pair_joins_two_cases_whatever_their_tokens_say() -> None:
    (person,) = linkage.resolve([sk(1), ua(2)], {(1, 2): "confirmed"})
    assert person.grade == "confirmed"
    (mixed,) = linkage.resolve([sk(1), ua(2), notice(3, author=UA_ASYLUM)], {(1, 2): "confirmed", (2, 3): TWO})
    assert mixed.grade == "probable"  # the weakest link inside


@pytest.mark.rule("L17")
def test_what_is_confirmed_decides_where_a_notice_fits_two() -> None:
    fits = {(1, 3): TWO, (2, 3): TWO}
    (person,) = joined(linkage.resolve([sk(1, "a"), sk(2, "b"), ua(3)], fits | {(2, 3): "confirmed"}))
    assert person == {1, 2, 3}  # what is confirmed is one, and one it fits beside that
    assert joined(linkage.resolve([sk(1, "a"), sk(2, "b"), ua(3)], fits | {(1, 3): "refused"})) == {
        frozenset({1}),
        frozenset({2, 3}),
    }


def test_a_refused_pair_keeps_the_notices_to_come_apart_too() -> None:
    refused = {(1, 2): "refused", (1, 3): TWO}
    assert joined(linkage.resolve([sk(1), ua(2), ua(3)], refused)) == {frozenset({1}), frozenset({2, 3})}


def test_of_two_judgements_that_contradict_each_other_a_refusal_is_never_overridden() -> None:
    words = {(1, 2): "confirmed", (2, 3): "confirmed", (1, 3): "refused"}
    for person in joined(linkage.resolve([sk(1), ua(2), notice(3, author=UA_ASYLUM)], words)):
        assert not {1, 3} <= person


def test_doubtful_are_two_persons_with_probable_evidence_between_them_and_nobody_else() -> None:
    notices = [sk(1, "a"), sk(2, "b"), ua(3), notice(4, author=UA_ASYLUM)]
    evidence = {(1, 3): TWO, (2, 3): TWO, (3, 4): ONE}
    found = linkage.doubtful(linkage.resolve(notices, evidence), evidence)
    assert joined(found) == {frozenset({1, 3}), frozenset({2, 3})}
    assert {person.grade for person in found} == {"possible"}
    refused = evidence | {(1, 3): "refused"}
    assert linkage.doubtful(linkage.resolve(notices, refused), refused) == ()


def test_a_judgement_of_a_case_stands_when_its_first_notice_was_about_somebody_else() -> None:
    gone = replace(sk(1), corrected=Corrected(how="withdrawn", agreed=True, astray=True))
    notices = [gone, ua(2), sk(3), notice(4, author=UA_ASYLUM)]
    evidence = {(1, 2): "refused", (3, 4): TWO, (2, 4): TWO}
    for person in joined(linkage.resolve(notices, evidence)):
        assert not {2, 3} <= person
    assert joined(linkage.resolve([gone, ua(2)], {(1, 2): TWO})) == {frozenset({1}), frozenset({2})}
    assert linkage.doubtful(linkage.resolve([gone, ua(2)], {(1, 2): TWO}), {(1, 2): TWO}) == ()


@pytest.mark.rule("L23")
def test_what_was_confirmed_and_is_doubted_is_told_however_many_persons_were_invented_before() -> None:
    """Slovakia tells of five like the one to come, confirms that with Ukraine, then calls its key stolen."""
    notices = [*(sk(no, f"invented-{no}") for no in range(1, 6)), ua(6), sk(7)]
    evidence = {(no, 6): "probable" for no in range(1, 6)} | {(6, 7): linkage.DOUBTED}
    found = linkage.doubtful(linkage.resolve(notices, evidence), evidence)
    assert frozenset({6, 7}) in joined(found)
    assert len(found) == linkage.MOST_DOUBTED
