"""The disclosure report: who may have one made, for whom, and into which states it must not go (rules L10 and L25)."""

from collections.abc import Iterable
from typing import Final

from exchange.domain.disclosure import withheld
from exchange.domain.members import Standing, Told
from exchange.domain.notice import Reader
from exchange.domain.vocabulary import PERSON_STATES, UNKNOWN_ORIGIN

MAKERS: Final = frozenset({"asylum_office", "court_liaison", "monitor"})
"""Kinds that hand a report over. Border guards and return units see no more of a case than a stop (L08)."""
FOR: Final = ("person", "counsel")
"""Into whose hands a report is given. Counsel is one whose accreditation a monitor keeps (L25)."""
PURPOSES: Final = ("access_by_the_person", "rectification", "legal_remedy", "supervision")
LEGAL_BASES: Final = (
    "gdpr_15",
    "directive_2016_680_14",
    "convention_108_9",
    "data_protection_policy",
    "national_law",
)
"""On what a report rests: Regulation (EU) 2016/679 Art 15, Directive (EU) 2016/680 Art 14, the modernised Convention
108 of the Council of Europe Art 9, the policy of an organisation that no such law binds, or national law."""
_NO_STATES: Final = UNKNOWN_ORIGIN | {"XXB", "XXC"}


def is_handed_over(maker: Reader, told: Iterable[Told], standing: Standing) -> bool:
    """Tell whether a maker may be given a report about a person of whom its own state told this (L25).

    Only the words of its own state may be asked: a refusal that rested on another's would tell of it (L22).
    """
    said = tuple(told)
    return maker.state not in withheld(said, standing).states and not standing.hides(maker.state, said)


def not_into(told: Iterable[Told], standing: Standing) -> list[str]:
    """Return the states into which a report about a person must not go, by what is told of the person."""
    return sorted(withheld(told, standing).states & PERSON_STATES - _NO_STATES)
