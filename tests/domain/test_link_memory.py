"""When a link stands as it was shown last, and when it goes as it would with nobody else speaking (L21, L22)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import ADMITTED, BY_ASYLUM, NOW, SK_BORDER, STANDING, UA_BORDER, notice, subject
from exchange.domain import link_memory
from exchange.domain.judgements import CONFIRMED, Word, pair_of
from exchange.domain.members import ALL, SUSPENDED, Change, Standing
from exchange.domain.notice import Notice, Reader, Subject
from exchange.domain.projection import projections

KAZAKH, AFGHAN = subject(nationality={"KAZ"}), subject()
FEARED = subject(nationality={"KAZ"}, feared={"BLR"})
AGREE = {(1, 2): "probable", (2, 3): "probable"}
FIRST = (2, 1)


def world(own: Subject, hidden: Subject) -> list[Notice]:
    of = ((SK_BORDER, KAZAKH), (BY_ASYLUM, own), (UA_BORDER, hidden))
    return [notice(no, author=author, subject=said) for no, (author, said) in enumerate(of, start=1)]


def suspended(scope: str) -> Standing:
    return Standing(NOW, (*ADMITTED, Change("BLR", SUSPENDED, scope, NOW)))


@pytest.mark.rule("L22")
@pytest.mark.parametrize(
    ("own", "hidden", "standing", "blind", "still"),
    [
        (KAZAKH, KAZAKH, STANDING, False, True),
        (KAZAKH, FEARED, STANDING, True, True),
        (FEARED, KAZAKH, STANDING, True, False),
        (subject(nationality=()), FEARED, STANDING, True, True),
        (KAZAKH, AFGHAN, suspended("AFG"), True, True),
        (AFGHAN, KAZAKH, suspended("AFG"), True, False),
        (KAZAKH, KAZAKH, suspended(ALL), True, False),
    ],
    ids=["nobody", "another", "own", "own without origin", "suspended by another", "suspended by own", "shut out"],
)
def test_a_link_stands_when_others_are_why_it_would_go(
    own: Subject, hidden: Subject, standing: Standing, *, blind: bool, still: bool
) -> None:
    around = world(own, hidden)
    known = projections(BY_ASYLUM, around, AGREE, standing)
    assert link_memory.is_blind(BY_ASYLUM, around, standing) is blind
    assert link_memory.still_has(BY_ASYLUM, FIRST, known, standing) is still


def test_an_own_case_that_was_erased_takes_its_links_with_it() -> None:
    around = [
        notice(1),
        notice(2, author=BY_ASYLUM, case="", subject=subject(nationality=())),
        notice(3, subject=FEARED),
    ]
    known = projections(BY_ASYLUM, around, AGREE, STANDING)
    assert link_memory.remembered(FIRST, around, known, BY_ASYLUM, "probable") is None
    assert not link_memory.still_has(BY_ASYLUM, FIRST, known, STANDING)


@pytest.mark.rule("L21")
@pytest.mark.parametrize(("first", "second"), [(SK_BORDER, BY_ASYLUM), (BY_ASYLUM, SK_BORDER)], ids=["last", "first"])
@pytest.mark.parametrize("told", [None, 1, 3], ids=["never", "between", "afterwards"])
def test_a_word_said_before_its_state_was_withheld_makes_up_no_confirmation_after_it(
    first: Reader, second: Reader, told: int | None
) -> None:
    around = world(KAZAKH, KAZAKH)
    if told is not None:
        around.append(notice(4, author=UA_BORDER, subject=FEARED, received_at=NOW + timedelta(hours=told)))
    words = [Word(by, CONFIRMED, at=NOW + timedelta(hours=2 * place)) for place, by in enumerate((first, second))]
    pair = pair_of(around[0], around[1])
    found = link_memory.judged(around, {pair: words}, replace(STANDING, now=NOW + timedelta(days=1)))[pair]
    counts = told != 1 or first == SK_BORDER  # what a withheld state says later is not heard at all
    assert (found.stands, found.is_doubted) == ((CONFIRMED, False) if counts else ("", True))


@pytest.mark.rule("L16")
def test_a_word_that_a_state_says_while_it_is_suspended_is_doubted() -> None:
    around = world(KAZAKH, KAZAKH)
    pair = pair_of(around[0], around[1])
    for hours, stands in ((-1, CONFIRMED), (1, "")):
        words = [Word(by, CONFIRMED, at=NOW + timedelta(hours=hours)) for by in (BY_ASYLUM, SK_BORDER)]
        assert link_memory.judged(around, {pair: words}, suspended(ALL))[pair].stands == stands
