"""What an event is, for the patterns: a leg, a plan, a claim (domain.md D.1, decided.md).

A notion gives the states between which an event is that: (who acts, towards whom), once for each destination. An
event that is not of the notion gives nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.disclosure import REFERRING
from exchange.domain.patterns import notions_deciding, notions_protecting, notions_refusing
from exchange.domain.patterns.noting import (
    CLAIMS,
    UNSAID,
    Between,
    Doubt,
    Notion,
    answer_left_out,
    inadmissible,
    left_out,
    leg,
    of_kinds,
    passed_on,
    path,
    plan,
    plan_or_leg,
)
from exchange.domain.timeline import Event


def leg_by_air(event: Event) -> tuple[Between, ...]:
    """A leg by air."""
    return leg(event) if event.facts.get("means") == "air" else ()


def leg_not_by_air(event: Event) -> tuple[Between, ...]:
    """A leg by land, by sea, or by means that nobody recorded."""
    return leg(event) if event.facts.get("means") != "air" else ()


def claim_referred(event: Event) -> tuple[Between, ...]:
    """A claim voiced before somebody of the state who must hand it over to the asylum office (A/58/281 para 11)."""
    heard = event.kind == "claim_expressed" and event.author_kind in REFERRING and event.author_state == event.state
    return ((event.state, None),) if heard else ()


def claim_taken_up(event: Event) -> tuple[Between, ...]:
    """A claim registered, or not taken by the asylum office itself: who must hand it over cannot say so."""
    office = event.author_kind == "asylum_office" and event.author_state == event.state
    taken = event.kind == "claim_registered" or (event.kind == "claim_not_taken" and office)
    return ((event.state, None),) if taken else ()


def hold(*steps: str) -> Notion:
    """Return the notion of a hold request at one of these steps."""

    def notion(event: Event) -> tuple[Between, ...]:
        fits = event.kind == "hold_request" and event.facts.get("step") in steps
        return ((event.state, event.counterpart),) if fits else ()

    return notion


def remedy(steps: frozenset[str], suspensive: frozenset[str]) -> Notion:
    """Return the notion of a remedy at one of these steps, or perhaps, that suspends the removal as said."""

    def notion(event: Event) -> tuple[Between, ...]:
        fits = (
            event.kind == "remedy"
            and event.facts.get("step") in {*steps, UNSAID}
            and event.facts.get("suspensive") in suspensive
        )
        return ((event.state, None),) if fits else ()

    return notion


def suspended_by_law(event: Event) -> tuple[Between, ...]:
    """A decision whose remedy suspends the removal by law."""
    kinds = {"admissibility_decision", "return_decision"}
    fits = event.kind in kinds and event.facts.get("suspensive") == "automatic"
    return ((event.state, None),) if fits else ()


def remedy_ended(event: Event) -> tuple[Between, ...]:
    """A remedy decided or withdrawn. One that was allowed ended in the person's favour: no removal may follow it."""
    return remedy(_ENDED, _ANY)(event) if event.facts.get("result") != "allowed" else ()


def _perhaps_ended(event: Event) -> bool:
    """One of which nobody says whether it ended; or in whose favour, and that may be the person's."""
    decided = event.facts.get("step") == "decided" and event.facts.get("result") in {UNSAID, "pending"}
    return decided or event.facts.get("step") == UNSAID


_LODGED: Final = frozenset({"lodged"})
_ENDED: Final = frozenset({"decided", "withdrawn"})
_EFFECTIVE: Final = frozenset({"automatic", "granted"})
_ANY: Final = _EFFECTIVE | {"none", "not_recorded"}

NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType(
    {
        "leg": leg,
        "leg by air": leg_by_air,
        "leg not by air": leg_not_by_air,
        "plan": plan,
        "plan or leg": plan_or_leg,
        "inadmissible": inadmissible,
        "passed on": passed_on,
        "path": path,
        "claim voiced": of_kinds("claim_expressed"),
        "claim": of_kinds(*CLAIMS),
        "claim registered": of_kinds("claim_registered"),
        "claim referred": claim_referred,
        "claim taken up": claim_taken_up,
        "hold asked": hold("asked", UNSAID),
        "hold answered": hold("held", "refused"),
        "hold lifted": hold("lifted"),
        "removal held": hold("held"),
        "word of arrival": of_kinds("arrival", "claim_registered", "detention"),
        "suspensive remedy": remedy(_LODGED, _EFFECTIVE),
        "remedy": remedy(_LODGED, _ANY - _EFFECTIVE),
        "remedy ended": remedy_ended,
        "suspended by law": suspended_by_law,
        **notions_refusing.NOTIONS,
        **notions_protecting.NOTIONS,
        **notions_deciding.NOTIONS,
    }
)
DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "inadmissible": answer_left_out,
        "passed on": answer_left_out,
        "path": answer_left_out,
        "hold asked": left_out("step"),
        "suspensive remedy": left_out("step"),
        "remedy": left_out("step"),
        "remedy ended": _perhaps_ended,
        **notions_refusing.DOUBTS,
        **notions_protecting.DOUBTS,
        **notions_deciding.DOUBTS,
    }
)
"""Notion -> whether an event that is of it is so only perhaps. Of the others every event is so for certain."""
