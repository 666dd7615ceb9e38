"""When a link stands as it was shown last, and when it goes as it would with nobody else speaking (L21, L22)."""

import pytest

from builders import ADMITTED, BY_ASYLUM, NOW, SK_BORDER, STANDING, UA_BORDER, notice, subject
from exchange.domain import link_memory
from exchange.domain.members import ALL, SUSPENDED, Change, Standing
from exchange.domain.notice import Notice, Subject
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
