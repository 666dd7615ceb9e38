"""What words on a link do: nothing alone, and what stands stands until as much is said against it."""

import random

import pytest

from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR, notice, reader
from exchange.domain import judgements
from exchange.domain.errors import Refusal
from exchange.domain.judgements import CONFIRMED, REFUSED, WITHDRAWN, Judged, Word
from exchange.domain.notice import Reader

SIDES = (SK_BORDER, UA_BORDER)
OMBUDSMAN = reader("sk-ombudsman", "monitor", "SVK")
TWO = ("document", "photograph")


def stands(*said: tuple[Reader, str], sides: tuple[Reader, Reader] = SIDES) -> str:
    return judgements.judged(sides, [Word(by, verdict, TWO) for by, verdict in said]).stands


@pytest.mark.rule("L17")
def test_both_authorities_confirm_and_nobody_in_their_place() -> None:
    assert stands((SK_BORDER, CONFIRMED)) == ""
    assert stands((SK_BORDER, CONFIRMED), (UNHCR, CONFIRMED)) == ""
    assert stands((SK_BORDER, CONFIRMED), (SK_ASYLUM, CONFIRMED)) == ""
    assert stands((SK_BORDER, CONFIRMED), (SK_BORDER, CONFIRMED)) == ""
    assert stands((SK_BORDER, CONFIRMED), (UA_BORDER, CONFIRMED)) == CONFIRMED
    assert stands((SK_BORDER, CONFIRMED), sides=(SK_BORDER, SK_BORDER)) == ""


@pytest.mark.rule("L23")
def test_a_link_is_refused_by_two_states_or_by_one_and_a_monitor() -> None:
    assert stands((SK_BORDER, REFUSED)) == stands((UNHCR, REFUSED)) == ""
    assert stands((UNHCR, REFUSED), (OMBUDSMAN, REFUSED)) == ""  # two monitors, and neither authority
    assert stands((SK_BORDER, REFUSED), (BY_ASYLUM, REFUSED)) == ""  # somebody who has nothing to do with it
    assert stands((SK_BORDER, REFUSED), (UNHCR, REFUSED)) == REFUSED
    assert stands((SK_BORDER, REFUSED), (UA_BORDER, REFUSED)) == REFUSED
    same = (SK_BORDER, SK_ASYLUM)
    assert stands((SK_BORDER, REFUSED), (SK_ASYLUM, REFUSED), sides=same) == ""  # one state is one word
    assert stands((SK_BORDER, REFUSED), (SK_ASYLUM, REFUSED), (UNHCR, REFUSED), sides=same) == REFUSED


@pytest.mark.rule("L23")
def test_a_monitor_of_the_state_itself_is_no_second_to_its_authority() -> None:
    ombudsman = reader("ua-ombudsman", "monitor", "UKR")
    assert stands((UA_BORDER, REFUSED), (ombudsman, REFUSED)) == ""
    assert stands((UA_BORDER, REFUSED), (ombudsman, REFUSED), (UNHCR, REFUSED)) == REFUSED
    assert stands((SK_BORDER, REFUSED), (ombudsman, REFUSED)) == REFUSED


@pytest.mark.rule("L23")
def test_what_stands_is_undone_by_no_word_alone() -> None:
    confirmed = [(SK_BORDER, CONFIRMED), (UA_BORDER, CONFIRMED)]
    assert stands(*confirmed, (UA_BORDER, REFUSED)) == CONFIRMED
    assert stands(*confirmed, (UA_BORDER, REFUSED), (UNHCR, REFUSED)) == REFUSED
    refused = [(SK_BORDER, REFUSED), (UNHCR, REFUSED)]
    assert stands(*refused, (SK_BORDER, CONFIRMED)) == REFUSED
    assert stands(*refused, (SK_BORDER, WITHDRAWN)) == REFUSED
    assert stands(*refused, (SK_BORDER, CONFIRMED), (UA_BORDER, CONFIRMED)) == CONFIRMED


def test_a_word_that_had_its_effect_is_used_up() -> None:
    """Else an old word of a monitor, and a new one of the state, would undo what both authorities have confirmed."""
    first = [(SK_BORDER, REFUSED), (UNHCR, REFUSED), (SK_BORDER, CONFIRMED), (UA_BORDER, CONFIRMED)]
    assert stands(*first, (UA_BORDER, REFUSED)) == CONFIRMED
    assert stands((UA_BORDER, CONFIRMED), (SK_BORDER, REFUSED), (UNHCR, REFUSED), (SK_BORDER, CONFIRMED)) == REFUSED


def test_a_later_word_of_an_authority_takes_the_place_of_its_earlier_one() -> None:
    assert stands((SK_BORDER, REFUSED), (SK_BORDER, CONFIRMED), (UA_BORDER, REFUSED)) == ""
    assert stands((SK_BORDER, REFUSED), (SK_BORDER, WITHDRAWN), (UA_BORDER, REFUSED)) == ""


def test_nothing_but_two_independent_words_ever_does_anything() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(2000):
        said = [(rng.choice((*SIDES, UNHCR)), rng.choice(judgements.VERDICTS)) for _ in range(8)]
        alone = rng.choice((SK_BORDER, UA_BORDER, UNHCR))
        before = judgements.judged(SIDES, [Word(by, v) for by, v in said])
        fresh = Judged(before.stands)
        after = stands(*said)
        own = [(alone, rng.choice(judgements.VERDICTS)) for _ in range(4)]
        if before.words == fresh.words:
            assert stands(*said, *own) == after


def refusal(by: Reader, verdict: str, so_far: Judged, compared: tuple[str, ...] = TWO) -> str:
    with pytest.raises(Refusal) as raised:
        judgements.speak(SIDES, so_far, Word(by, verdict, compared))
    return raised.value.code


def test_who_may_say_what() -> None:
    nothing = Judged()
    judgements.speak(SIDES, nothing, Word(SK_BORDER, CONFIRMED, TWO))
    judgements.speak(SIDES, nothing, Word(UNHCR, REFUSED, ("name",)))
    assert refusal(UNHCR, CONFIRMED, nothing) == refusal(SK_ASYLUM, REFUSED, nothing) == "not-yours-to-judge"
    assert refusal(SK_BORDER, CONFIRMED, nothing, ("name",)) == "bad-parameter"
    assert refusal(SK_BORDER, REFUSED, nothing, ()) == "bad-parameter"
    assert refusal(SK_BORDER, WITHDRAWN, nothing) == refusal(SK_BORDER, CONFIRMED, Judged(CONFIRMED)) == "wrong-status"
    with pytest.raises(Refusal):
        judgements.speak((SK_BORDER, SK_BORDER), nothing, Word(SK_BORDER, CONFIRMED, TWO))


def test_a_judgement_of_two_cases_is_over_whatever_their_tokens_say() -> None:
    notices = [notice(1, author=SK_BORDER, case="a"), notice(2, author=UA_BORDER, case="u")]
    notices += [notice(3, author=UA_BORDER, case="u"), notice(4, author=UA_BORDER, case="v")]
    pair = judgements.pair_of(notices[0], notices[1])
    evidence = {(1, 3): "probable", (1, 4): "probable", (1, 2): "tied"}
    for said in (REFUSED, CONFIRMED):
        found = judgements.over(evidence, notices, {pair: Judged(said)})
        assert found == {(1, 2): said, (1, 3): said, (1, 4): "probable"}
    assert judgements.over(evidence, notices, {pair: Judged()}) == evidence
    assert judgements.all_judged(notices[:1], {pair: [Word(SK_BORDER, REFUSED)]}) == {}
