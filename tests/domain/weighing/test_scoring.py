"""Scores: the sum of what the types say, explained part by part, and what may be joined without anybody looking."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.errors import Refusal
from exchange.domain.weighing import weights
from exchange.domain.weighing.evidence import CROWDED, Agreed, Evidence, as_json, band, magnitude, of_json
from exchange.domain.weighing.scoring import score
from exchange.domain.weighing.signs import together
from exchange.domain.weighing.weights import Weights

SHIPPED = Path(__file__).parents[3] / "exchange" / "data" / "link-weights.json"
ALL = ("C2D", "C2MD", "C2Y", "C2NS", "E2Y", "F2Y", "V2Y", "V2NS", "W2Y", "X2Y", "C1D", "C1DE", "C1MD", "V1D", "V1Y")
WEIGHTS = Weights(
    version="test",
    profile="N1",
    trained_on=15,
    intercept=-10.0,
    agree={"C2D": (9.0, 7.0, 5.0, 0.0), "C1D": (8.0, 6.0, 4.0, 0.0), "X1D": (8.0, 6.0, 4.0, 0.0)},
    differ={"V2Y": -1.0, "DOC": -0.5},
    probable=6.6,
    possible=-6.6,
    shipped=0.0,
    together={"names C2": 1.0, "dates day, both known": 2.0, "C2, day, both known": 0.5},
)


def evidence(*agree: str, differ: str = "", place: int = 1, population: int = 15) -> Evidence:
    return Evidence(tuple(Agreed(kind, 1, place) for kind in agree), frozenset(differ.split()), population)


def shipped() -> Weights:
    return weights.read(json.loads(SHIPPED.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("persons", "place"), [(1, 1), (4, 1), (5, 2), (16, 2), (17, 3), (50, 3), (51, 4), (10**6, 4)])
def test_bands_of_rarity(persons: int, place: int) -> None:
    assert band(persons) == place


def test_population_is_a_binary_order_of_magnitude() -> None:
    assert [magnitude(n) for n in (1, 1023, 1024, 2047, 2048)] == [1, 10, 11, 11, 12]


def test_evidence_is_stored_and_read_again() -> None:
    one = evidence("C2D", "C1D", differ="V2Y DOC", place=2)
    assert of_json(json.loads(json.dumps(as_json(one)))) == one


def test_a_score_is_the_prior_and_the_sum_of_its_parts() -> None:
    found = score(evidence("C2D", "C1D", differ="DOC"), WEIGHTS)
    said = [(part.type, part.says, part.bits) for part in found.parts]
    assert said == [
        ("C2D", "agrees", 9.0),
        ("C1D", "agrees", 8.0),
        ("DOC", "differs", -0.5),
        ("names C2", "together", 1.0),
        ("dates day, both known", "together", 2.0),
        ("C2, day, both known", "together", 0.5),
    ]
    assert found.bits == pytest.approx(-10 + 20)
    assert found.weight == pytest.approx(21)
    assert found.probability == pytest.approx(1 / (1 + 2**-10))
    assert found.grade == "probable"


def test_what_is_missing_says_nothing() -> None:
    both, neither = score(evidence("C2D"), WEIGHTS), score(evidence("C2D", differ="C2NS"), WEIGHTS)
    assert both.bits == neither.bits


def test_twice_the_persons_take_one_bit() -> None:
    assert score(evidence("C2D", population=16), WEIGHTS).bits == score(evidence("C2D"), WEIGHTS).bits - 1


def test_no_bits_are_too_many_for_a_probability() -> None:
    far = replace(WEIGHTS, intercept=-5000.0)
    assert 0 <= score(evidence("C2D"), far).probability < 1e-15


def test_a_crowded_pair_is_for_review_however_likely() -> None:
    sure = replace(WEIGHTS, intercept=30.0)
    assert score(evidence("C2D", place=CROWDED), sure).grade == "possible"
    assert score(evidence("C2D", "C1D"), sure).grade == "probable"


@pytest.mark.parametrize("agree", [("C1D",), ("C1D", "X1D"), ("DOC",), ("DOB",), ("DOC", "DOB", "C1D")])
def test_one_name_part_or_a_document_joins_nobody_silently(agree: tuple[str, ...]) -> None:
    """Brothers and sisters share a family name, twins a date with it, and children stand on a parent's passport."""
    assert score(evidence(*agree), replace(WEIGHTS, intercept=30.0)).grade == "possible"


def test_twins_whose_names_sound_alike_are_for_review() -> None:
    twins = evidence("C2D", "C1D", "C1DE", "X1D", "V1Y", differ="V2Y W2Y X2Y VGD")
    assert score(twins, replace(WEIGHTS, intercept=30.0)).grade == "possible"


def test_who_sounds_alike_and_has_another_day_at_the_other_office_is_no_twin() -> None:
    """Naweed and Navid, day and month exchanged, or 1 January at one office: twins are written down alike."""
    exchanged = evidence("C2D", "C1D", "X1D", "V1Y", differ="V2Y W2Y X2Y VGD C1DE")
    assert score(exchanged, replace(WEIGHTS, intercept=30.0)).grade == "probable"


@pytest.mark.parametrize(
    ("also", "grade"), [("C1D0", "possible"), ("C1D0 DOC", "probable"), ("C1D0 C1D", "probable"), ("C1D", "probable")]
)
def test_who_has_a_name_and_a_year_in_common_is_not_joined_silently(also: str, grade: str) -> None:
    """Twins of whom 1 January was written, Mohammad Reza and Mohammad Ali, agree in all but what nobody compares."""
    near = evidence("C2Y", "V2Y", "X2Y", *also.split())
    assert score(near, replace(WEIGHTS, intercept=30.0)).grade == grade


@pytest.mark.parametrize(("agree", "grade"), [("", "possible"), ("VGD", "probable")])
def test_a_letter_that_differs_joins_silently_only_where_it_is_not_in_the_given_name(agree: str, grade: str) -> None:
    """Amir and Amin Karimi may be twins; Amir Karimi and Amir Karini of one birth date are one person."""
    near = evidence("C2D", "C1D", "C1DE", "X1D", "W2Y", *agree.split(), differ="V2Y X2Y")
    assert score(near, replace(WEIGHTS, intercept=30.0)).grade == grade


def test_two_scripts_whose_letters_cannot_be_compared_are_no_twins() -> None:
    """Arabic writes no vowels: no part is spelled alike, and no pair."""
    assert score(evidence("C2D", "C1D", differ="V2Y W2Y X2Y"), replace(WEIGHTS, intercept=30.0)).grade == "probable"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (evidence("C2D", "V2Y", "C1D"), "V2, day, both known"),
        (evidence("W2Y", differ="C2D C2Y"), "W2, year, one estimated"),
        (evidence("X1D", "C1D0", differ="C2D"), "X1, day, both estimated"),
        (evidence("C2NS"), "C2, era, one unknown"),
        (evidence("DOC", differ="C2Y C1D"), "none, none, both known"),
        (evidence("C1DE", differ="C1D C2Y"), "C1, near, both known"),
        (evidence("C2MD", differ="C1D C2Y"), "C2, birthday, both known"),
    ],
)
def test_what_types_say_together(one: Evidence, said: str) -> None:
    assert list(together(one))[-1] == said


def test_a_hidden_notice_moves_no_score() -> None:
    """L22: with fewer than five holders, one more or less is the same band, so the same evidence."""
    found = {score(evidence("C2D", "C1D", place=band(persons)), WEIGHTS) for persons in (1, 2, 3, 4)}
    assert len(found) == 1


def test_the_shipped_weights_are_read_and_link_what_agrees_in_all() -> None:
    known = shipped()
    assert known.profile == "N1"
    found = score(evidence(*ALL, "X1D", "DOB", population=known.trained_on), known)
    assert found.grade == "probable"
    assert (
        score(evidence("C2NS", differ=" ".join({*ALL, "DOB"} - {"C2NS"}), population=known.trained_on), known).grade
        == "none"
    )


def test_crowded_tokens_alone_never_join_by_the_shipped_weights() -> None:
    known = shipped()
    assert score(evidence(*ALL, place=CROWDED, population=10), known).grade != "probable"


def document(**more: Any) -> dict[str, Any]:
    return {**json.loads(SHIPPED.read_text(encoding="utf-8")), **more}


@pytest.mark.parametrize(
    "broken",
    [
        {"v": 2},
        {"typ": "other"},
        {"agree": {}},
        {"agree": {"C2D": [1, 2, 3]}},
        {"agree": {"C2D": [math.nan, 1, 1, 1]}},
        {"agree": {"C2D": [1000, 1, 1, 1]}},
        {"agree": None},
        {"differ": {"C2D": math.inf}},
        {"differ": []},
        {"together": {"names C2": "much"}},
        {"intercept": math.nan},
        {"thresholds": {}},
        {"thresholds": {"probable": 1, "possible": 2, "shipped": 0}},
        {"trained_on": None},
    ],
    ids=str,
)
def test_weights_that_decide_nonsense_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        weights.read(document(**broken))
    assert refused.value.code == "bad-link-weights"


def test_a_nationality_that_is_not_known_is_a_sign_of_its_own() -> None:
    assert "held no state" in list(together(evidence("C2D", "C2Y")))
    assert "held no state" not in list(together(evidence("C2D", "C2Y", differ="C2NS")))


def test_near_is_what_several_types_may_add() -> None:
    assert WEIGHTS.near == pytest.approx(3.5)
