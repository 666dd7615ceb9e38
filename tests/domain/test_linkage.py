import random

import pytest

from builders import SK_BORDER, UA_ASYLUM, UA_BORDER, notice
from exchange.domain import linkage

TWO = frozenset({"C2D", "DOC"})
ONE = frozenset({"C2D"})


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
