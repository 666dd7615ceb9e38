"""Pairs that hold few types in common are scored by m and u, each kind of evidence once."""

import pytest

from exchange import link_weights
from exchange.domain.weighing.evidence import CROWDED, Agreed, Evidence, magnitude
from exchange.domain.weighing.scoring import score

SHIPPED = link_weights.shipped()
THOUSAND, MILLION = magnitude(1000), magnitude(1_000_000)


def grade(agree: str, differ: str = "", *, persons: int = THOUSAND, band: int = 1) -> str:
    agreed = tuple(Agreed(kind, 1, band) for kind in agree.split())
    return score(Evidence(agreed, frozenset(differ.split()), persons), SHIPPED).grade


@pytest.mark.parametrize("agree", ["C2D DOC", "C2D C2Y", "C2D C2Y F2Y X2D", "C2Y DOC"])
def test_a_client_of_few_types_is_linked_by_two_of_them(agree: str) -> None:
    assert grade(agree) == "probable"


@pytest.mark.parametrize("agree", ["C2D", "DOC", "C1D"])
def test_one_type_alone_is_never_more_than_possible(agree: str) -> None:
    assert grade(agree) == "possible"


def test_a_document_alone_joins_nobody_since_children_stand_on_their_parents() -> None:
    assert grade("DOC DOCE") == "possible"


def test_two_types_of_a_name_are_one_kind_of_evidence_among_a_million() -> None:
    assert grade("C2D C2Y", persons=MILLION) == "possible"
    assert grade("C2D DOC", persons=MILLION) == "probable"


def test_what_differs_counts_against() -> None:
    agreed = (Agreed("C2D", 1, 1), Agreed("C2Y", 1, 1))
    less = score(Evidence(agreed, frozenset({"DOC"}), THOUSAND), SHIPPED)
    assert less.bits < score(Evidence(agreed, frozenset(), THOUSAND), SHIPPED).bits
    assert ("DOC", "differs") in {(part.type, part.says) for part in less.parts}


def test_what_differs_counts_once_since_one_name_is_many_types() -> None:
    agreed = (Agreed("W1D", 1, 1),)
    found = score(Evidence(agreed, frozenset({"C1D", "V1D", "X1D", "C1MD", "DOC", "DOCE"}), THOUSAND), SHIPPED)
    assert [(part.type, part.says) for part in found.parts] == [
        ("W1D", "agrees"), ("C1MD", "differs"), ("DOCE", "differs"),
    ]  # fmt: skip


def test_what_is_crowded_is_for_review_and_never_lost() -> None:
    assert grade("C2D DOC", band=CROWDED) == "possible"
    both = (Agreed("C2NS", 1, 1), Agreed("V2NS", 1, 1), Agreed("DOC", 1, CROWDED))
    assert score(Evidence(both, frozenset(), THOUSAND), SHIPPED).grade == "possible"


def test_many_types_in_common_are_weighed() -> None:
    agreed = tuple(Agreed(kind, 1, 1) for kind in ["C2D", "C2MD", "C2Y", "F2Y", "C2NS", "C1D", "C1MD", "V2Y"])
    assert len(list(score(Evidence(agreed, frozenset(), THOUSAND), SHIPPED).parts)) > len(agreed)
