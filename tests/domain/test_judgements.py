"""What words on a link do: nothing alone, and what stands stands until as much is said against it."""

import random

import pytest

from builders import BY_ASYLUM, NOW, SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR, notice, reader
from exchange.domain import judgements, linkage
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


def stolen(by: Reader, verdict: str) -> Word:
    return Word(by, verdict, TWO, is_doubted=True)


@pytest.mark.rule("L23")
def test_what_was_confirmed_under_a_stolen_key_joins_nobody_and_is_told_to_monitors() -> None:
    said = judgements.judged(SIDES, [stolen(SK_BORDER, CONFIRMED), Word(UA_BORDER, CONFIRMED, TWO)])
    assert (said.stands, said.is_doubted, set(said.words)) == ("", True, {UA_BORDER.slug})
    two = [notice(1, author=SK_BORDER, case="a"), notice(2, author=UA_BORDER, case="u")]
    pair = judgements.pair_of(*two)
    for tokens, joined in ((None, False), ("possible", False), ("probable", True)):
        evidence = judgements.over({} if tokens is None else {(1, 2): tokens}, two, {pair: said})
        persons = linkage.resolve(two, evidence)
        assert (len(persons) == 1) is joined
        assert len(linkage.doubtful(persons, evidence)) == 1 - joined
        assert linkage.components(two, evidence) == (tuple(two),)  # it ties no less for what is withheld (L24)
    again = [stolen(SK_BORDER, CONFIRMED), Word(UA_BORDER, CONFIRMED, TWO), Word(SK_BORDER, CONFIRMED, TWO)]
    assert judgements.judged(SIDES, again) == Judged(CONFIRMED, {}, again[-1])


@pytest.mark.rule("L23")
def test_what_was_refused_under_a_stolen_key_parts_and_hides_nothing_from_monitors() -> None:
    """Calling a key stolen brings nobody together whom two have parted, and a thief cuts no chain unseen."""
    said = judgements.judged(SIDES, [Word(UNHCR, REFUSED, TWO), stolen(SK_BORDER, REFUSED)])
    assert (said.stands, said.is_doubted) == (REFUSED, True)
    two = [notice(1, author=SK_BORDER, case="a"), notice(2, author=UA_BORDER, case="u")]
    evidence = judgements.over({(1, 2): "probable"}, two, {judgements.pair_of(*two): said})
    persons = linkage.resolve(two, evidence)
    assert len(persons) == 2
    assert [p.grade for p in linkage.doubtful(persons, evidence)] == ["possible"]
    judgements.speak(SIDES, said, Word(SK_BORDER, REFUSED, TWO))
    sure = judgements.judged(SIDES, [Word(UNHCR, REFUSED), stolen(SK_BORDER, REFUSED), Word(SK_BORDER, REFUSED)])
    assert (sure.stands, sure.is_doubted) == (REFUSED, False)


def test_a_word_under_a_stolen_key_that_had_no_effect_is_withdrawn_by_its_owner_and_makes_up_no_two() -> None:
    word = stolen(SK_BORDER, REFUSED)
    said = judgements.judged(SIDES, [word])
    judgements.speak(SIDES, said, Word(SK_BORDER, WITHDRAWN))
    assert (said.words, said.pending) == ({}, {SK_BORDER.slug})
    after = judgements.judged(SIDES, [word, Word(SK_BORDER, WITHDRAWN), Word(UA_BORDER, REFUSED)])
    assert (after.stands, after.pending) == ("", {UA_BORDER.slug})
    with pytest.raises(Refusal):
        judgements.speak(SIDES, after, Word(SK_BORDER, WITHDRAWN))


@pytest.mark.rule("L23")
def test_no_word_is_made_more_of_by_calling_its_key_stolen() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(2000):
        said = [Word(rng.choice((*SIDES, UNHCR)), rng.choice(judgements.VERDICTS)) for _ in range(7)]
        thief, since = rng.choice(SIDES), rng.randrange(7)
        late = [
            stolen(word.by, word.verdict) if word.by == thief and place >= since else word
            for place, word in enumerate(said)
        ]
        before, after = judgements.judged(SIDES, said), judgements.judged(SIDES, late)
        rest = judgements.judged(SIDES, [word for word in late if not word.is_doubted])
        assert after.stands != CONFIRMED or rest.stands == CONFIRMED
        assert before.stands != REFUSED or after.stands == REFUSED
        assert before.stands != CONFIRMED or after.grade


@pytest.mark.rule("L23")
def test_what_two_confirmed_after_they_had_refused_is_not_hidden_again_by_calling_a_key_stolen() -> None:
    again = [Word(SK_BORDER, REFUSED), Word(UA_BORDER, REFUSED), Word(UA_BORDER, CONFIRMED, TWO)]
    said = judgements.judged(SIDES, [*again, stolen(SK_BORDER, CONFIRMED)])
    assert (said.stands, said.is_doubted, said.grade) == (REFUSED, True, linkage.PARTED)


@pytest.mark.rule("L21")
def test_a_blind_word_is_made_up_for_by_no_refusal_and_a_blind_refusal_stops_no_confirmation() -> None:
    said = [Word(by, CONFIRMED, TWO, at) for by, at in ((SK_BORDER, NOW), (UA_BORDER, NOW))]
    late = [*said, Word(UNHCR, REFUSED, TWO)]  # nobody is blind any more by the time of the last word
    found = judgements.judged(SIDES, late, lambda one, at: one == SK_BORDER and at == NOW)
    assert (found.stands, found.is_doubted, found.is_contested) == ("", True, True)
    found = judgements.judged(SIDES, [Word(UNHCR, REFUSED, TWO), *said], lambda one, _: one == UNHCR)
    assert (found.stands, found.is_doubted) == (CONFIRMED, False)


@pytest.mark.rule("L22")
def test_what_two_of_one_state_confirm_does_not_depend_on_what_they_may_not_hear() -> None:
    said = [Word(by, CONFIRMED, TWO) for by in (SK_BORDER, SK_ASYLUM)]
    found = judgements.judged((SK_BORDER, SK_ASYLUM), said, lambda one, _: one.state == "SVK")
    assert (found.stands, found.is_doubted) == (CONFIRMED, False)
