"""What an event is, for the patterns on protection: P08, P12, P15, P16 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.endings import PROTECTED, withdraws
from exchange.domain.patterns.noting import UNSAID, Between, Doubt, Notion, left_out, outcome_left_out
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Event

_BREAKING: Final = frozenset({"removal_executed", "removal_planned", "return_decision", "claim_not_taken"})
_HOUR: Final = 3600
_UNHCR: Final = "unhcr_mandate"
_UNITED_NATIONS: Final = "UNO"
"""The state of UNHCR, among those that an event may name (`vocabulary.ACTING_STATES`)."""


def protection_given(event: Event) -> tuple[Between, ...]:
    """A status granted or renewed, by a state or under UNHCR's mandate, or a decision that gives one; or perhaps so."""
    status = event.kind == "protection_status" and event.facts.get("change") in {"granted", "renewed", UNSAID}
    decided = event.kind == "merits_decision" and event.facts.get("outcome") in {*PROTECTED, UNSAID}
    return ((event.state, event.counterpart),) if status or decided else ()


def protection_ended(event: Event) -> tuple[Between, ...]:
    """A status withdrawn or ended, or perhaps so."""
    unsaid = event.kind == "protection_status" and event.facts.get("change") == UNSAID
    return ((event.state, event.counterpart),) if unsaid or withdraws(event) else ()


def _given_left_out(event: Event) -> bool:
    return event.facts.get("change" if event.kind == "protection_status" else "outcome") == UNSAID


def mandate_given(event: Event) -> tuple[Between, ...]:
    """A status that UNHCR gave under its mandate, or perhaps did, in the state that hosts the person."""
    by_unhcr = event.kind == "protection_status" and event.facts.get("granted_by") in {_UNHCR, UNSAID}
    return protection_given(event) if by_unhcr else ()


def asked_about(event: Event) -> tuple[Between, ...]:
    """A question to another state: for information, or for responsibility."""
    asked = event.kind in {"information_request", "responsibility_request"}
    return ((event.state, event.counterpart),) if asked and event.counterpart else ()


def unhcr_asked(event: Event) -> tuple[Between, ...]:
    """A question to UNHCR."""
    return ((event.state, None),) if asked_about(event) and event.counterpart == _UNITED_NATIONS else ()


def assurance_given(event: Event) -> tuple[Between, ...]:
    """An assurance that a state gave to another, or perhaps did."""
    given = event.kind == "assurance" and event.facts.get("step") in {"given", UNSAID}
    return ((event.state, event.counterpart),) if given and event.counterpart else ()


def individual_assurance(event: Event) -> tuple[Between, ...]:
    """An assurance for this person, not for everybody (Tarakhel)."""
    return assurance_given(event) if event.facts.get("individual") == "yes" else ()


def breach(event: Event) -> tuple[Between, ...]:
    """What a state may do against its assurance: a breach on record, or an act that some assurance rules out.

    Or perhaps so. Whether this one rules it out, `plain.against_the_assurance` says.
    """
    recorded = event.kind == "assurance" and event.facts.get("step") in {"breached", UNSAID}
    refused = event.kind == "admissibility_decision" and event.facts.get("outcome") in {"inadmissible", UNSAID}
    moved = event.kind == "entry_refused" and event.facts.get("physically_returned") == "yes"
    acted = event.kind in _BREAKING and "yes" not in (event.facts.get("cancelled"), event.facts.get("annulled"))
    return ((event.state, event.counterpart),) if recorded or refused or moved or acted else ()


def contact(event: Event) -> tuple[Between, ...]:
    """A contact with the authorities of the state of origin."""
    return ((event.state, event.counterpart),) if event.kind == "origin_contact" else ()


def contact_while_open(event: Event) -> tuple[Between, ...]:
    """The same, while a claim or a remedy was open, as the one says who made it, or perhaps so."""
    return contact(event) if event.facts.get("claim_state") in {"open", "rejected_open_remedy", UNSAID} else ()


def _breach_left_out(event: Event) -> bool:
    return outcome_left_out(event) or (event.kind == "assurance" and event.facts.get("step") == UNSAID)


def voluntary_return(event: Event) -> tuple[Between, ...]:
    """A declaration that the person returns of their own will."""
    return ((event.state, event.counterpart),) if event.kind == "voluntary_return" else ()


def doubtful_return(event: Event) -> tuple[Between, ...]:
    """The same, without counsel or without an interpreter, or soon after arrest; or perhaps so."""
    return voluntary_return(event) if _doubtful(event) or _perhaps_doubtful(event) else ()


def _doubtful(event: Event) -> bool:
    return "no" in (event.facts.get("counsel"), event.facts.get("interpreter")) or _soon(event)


def _perhaps_doubtful(event: Event) -> bool:
    """One that leaves out who was there; or how long after arrest, and does not say that there was no detention."""
    unsaid = UNSAID in (event.facts.get("counsel"), event.facts.get("interpreter"))
    when_unsaid = "hours_since_arrest" not in event.facts and event.facts.get("detained") in {"yes", UNSAID}
    return not _doubtful(event) and (unsaid or when_unsaid)


def _soon(event: Event) -> bool:
    hours = event.facts.get("hours_since_arrest")
    return isinstance(hours, str) and int(hours) * _HOUR <= WINDOWS["p16.arrest"].total_seconds()


def arrest(event: Event) -> tuple[Between, ...]:
    """The beginning of a detention."""
    begun = event.kind == "detention" and event.facts.get("step") != "end"
    return ((event.state, event.counterpart),) if begun else ()


NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType(
    {
        "protection given": protection_given,
        "protection ended": protection_ended,
        "mandate given": mandate_given,
        "asked about": asked_about,
        "UNHCR asked": unhcr_asked,
        "assurance given": assurance_given,
        "individual assurance": individual_assurance,
        "breach": breach,
        "contact": contact,
        "contact while open": contact_while_open,
        "voluntary return": voluntary_return,
        "doubtful return": doubtful_return,
        "arrest": arrest,
    }
)
DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "protection given": _given_left_out,
        "protection ended": left_out("change"),
        "mandate given": lambda event: UNSAID in (event.facts.get("granted_by"), event.facts.get("change")),
        "assurance given": left_out("step"),
        "individual assurance": left_out("step"),
        "breach": _breach_left_out,
        "contact while open": left_out("claim_state"),
        "doubtful return": _perhaps_doubtful,
        "arrest": left_out("step"),
    }
)
