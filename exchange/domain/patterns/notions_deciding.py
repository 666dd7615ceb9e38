"""What an event is, for the patterns on who decides: P09 to P11, P14, P18 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.endings import PROTECTED
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
    outcome_left_out,
    passed_on,
    plan,
)
from exchange.domain.patterns.notions_protecting import arrest
from exchange.domain.timeline import Event

_WITH_REMEDY: Final = frozenset({"automatic", "granted"})
_UNKNOWN: Final = (None, UNSAID)


def closed(event: Event) -> tuple[Between, ...]:
    """A case that a state closed without a look at the merits: by whom (decided.md).

    A status that is given to a group, unexamined, closes nothing.
    """
    if _refused(event) or _ended(event):
        return ((event.state, None),)
    return tuple((by, None) for by, _ in passed_on(event))


def _refused(event: Event) -> bool:
    return event.kind == "claim_not_taken" or (
        event.kind == "admissibility_decision" and event.facts.get("outcome") in {"inadmissible", UNSAID}
    )


def _ended(event: Event) -> bool:
    unexamined = event.facts.get("merits_scope") == "none" and event.facts.get("outcome") not in PROTECTED
    return event.kind == "merits_decision" and (unexamined or event.facts.get("outcome") == "discontinued")


def reply(*answers: str) -> Notion:
    """Return the notion of one of these replies to a state that asked the other to take the person."""

    def notion(event: Event) -> tuple[Between, ...]:
        fits = event.kind == "responsibility_reply" and event.facts.get("reply") in answers
        return ((event.state, event.counterpart),) if fits else ()

    return notion


def destination_decided(event: Event) -> tuple[Between, ...]:
    """A decision that names a state: inadmissible because of it, or return to it (domain.md B.3, point 3)."""
    return inadmissible(event) or (plan(event) if event.kind == "return_decision" else ())


def plan_without_remedy(event: Event) -> tuple[Between, ...]:
    """A plan, unless it is a return decision against which a remedy suspends the removal."""
    decided = event.kind == "return_decision" and event.facts.get("suspensive") in _WITH_REMEDY
    return () if decided else plan(event)


def handover(event: Event) -> tuple[Between, ...]:
    """A leg, unless it is a refusal of entry on the form: that is a decision, and names where the person goes."""
    return () if event.kind == "entry_refused" and _on_form(event) else leg(event)


def handover_without_act(event: Event) -> tuple[Between, ...]:
    """A leg that no decision carries, or perhaps none: `legal_act` says so, or it is a refusal without the form."""
    if event.kind == "entry_refused":
        said = event.facts.get("reason_letter") == UNSAID and not _on_form(event)
    else:
        said = event.facts.get("legal_act") in {"none", UNSAID}
    return leg(event) if said else ()


def _act_unsaid(event: Event) -> bool:
    return event.facts.get("form_signed" if event.kind == "entry_refused" else "legal_act") == UNSAID


def _on_form(event: Event) -> bool:
    """The form is there when it was signed, or gives one of its reasons."""
    return event.facts.get("form_signed") == "yes" or event.facts.get("reason_letter") not in _UNKNOWN


def way_decided(event: Event) -> tuple[Between, ...]:
    """Any step of a procedure that names where a state sends the person: N06, N09 to N12."""
    if event.kind == "responsibility_reply":
        return ((event.counterpart, event.state),) if event.counterpart else ()
    if event.kind == "responsibility_request":
        return ((event.state, event.counterpart),)
    return inadmissible(event) or plan(event)


def encountered(event: Event) -> tuple[Between, ...]:
    """Met by the authorities of a state."""
    return ((event.state, None),) if event.kind == "encounter" else ()


def arrived(event: Event) -> tuple[Between, ...]:
    """An arrival, as the state says in which the person arrived."""
    there = event.kind == "arrival" and event.facts.get("outcome") == "arrived"
    return ((event.state, event.counterpart),) if there else ()


def claim_shown(event: Event) -> tuple[Between, ...]:
    """A claim, or what there is only where somebody claimed: a decision on it, or a request to be responsible for it.

    Who leaves out the notice of the claim itself must gain nothing by that (L23). Temporary protection is given to a
    group: nobody had to ask.
    """
    asked = event.kind in CLAIMS or event.kind == "admissibility_decision" or _for_responsibility(event)
    decided = event.kind == "merits_decision" and event.facts.get("outcome") != "temporary_protection"
    return ((event.state, event.counterpart),) if asked or decided else ()


def _for_responsibility(event: Event) -> bool:
    """Who asks another state to take charge of a claim may be wrong about whose claim it was."""
    asked = event.kind in {"responsibility_request", "responsibility_reply"}
    return asked and event.facts.get("request_type") in {"take_charge", "take_back"}


def asylum_case(event: Event) -> tuple[Between, ...]:
    """A claim, as above, or protection, whoever gave it and to whomever."""
    given = event.kind in {"merits_decision", "protection_status"}
    return ((event.state, event.counterpart),) if given else claim_shown(event)


def turned_away(event: Event) -> tuple[Between, ...]:
    """What a state does instead of a procedure: detains, rejects without a full look, ends it, or orders return."""
    rejected = event.facts.get("outcome") == "rejected" and event.facts.get("merits_scope") != "full"
    without = _refused(event) or _ended(event) or (event.kind == "merits_decision" and rejected)
    return ((event.state, None),) if without or arrest(event) or plan(event) else ()


def rejected(*scopes: str) -> Notion:
    """Return the notion of a rejection after a look at the merits of one of these scopes."""

    def notion(event: Event) -> tuple[Between, ...]:
        fits = event.facts.get("outcome") == "rejected" and event.facts.get("merits_scope") in scopes
        return ((event.state, None),) if event.kind == "merits_decision" and fits else ()

    return notion


NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType(
    {
        "claim shown": claim_shown,
        "asylum case": asylum_case,
        "closed without merits": closed,
        "taking refused": reply("refused", "suspended"),
        "taking agreed": reply("accepted", "tacit", UNSAID),
        "destination decided": destination_decided,
        "plan without remedy": plan_without_remedy,
        "handover": handover,
        "handover without act": handover_without_act,
        "way decided": way_decided,
        "encountered": encountered,
        "arrived": arrived,
        "turned away": turned_away,
        "rejected in full": rejected("full"),
        "rejected in part": rejected("partial", UNSAID),
    }
)
DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "claim shown": _for_responsibility,
        "asylum case": _for_responsibility,
        "handover without act": _act_unsaid,
        "closed without merits": answer_left_out,
        "taking agreed": left_out("reply"),
        "destination decided": outcome_left_out,
        "way decided": outcome_left_out,
        "turned away": lambda event: outcome_left_out(event) or (event.kind == "detention" and left_out("step")(event)),
        "rejected in part": left_out("merits_scope"),
    }
)
