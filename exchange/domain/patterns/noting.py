"""What a notion is: the states between which an event is something (see `notions`); and how a person is sent on.

What an event leaves out (`not_recorded`) makes it of a notion only perhaps: it shows what it would show, nothing is
certain by it, and it takes nothing away (decision 0037).
"""

from collections.abc import Callable
from typing import Final

from exchange.domain.timeline import Event

Between = tuple[str, str | None]
"""Who acts, and towards whom."""
Notion = Callable[[Event], tuple[Between, ...]]
Doubt = Callable[[Event], bool]
"""Whether an event that is of a notion is so only perhaps."""
UNSAID: Final = "not_recorded"
CLAIMS: Final = ("claim_expressed", "claim_registered", "claim_not_taken")


def of_kinds(*kinds: str) -> Notion:
    """Return the notion of an event of one of these kinds, by its state."""

    def notion(event: Event) -> tuple[Between, ...]:
        return ((event.state, event.counterpart),) if event.kind in kinds else ()

    return notion


def left_out(member: str) -> Doubt:
    """Return whether an event says that a member was not recorded; one that lacks the member says nothing."""
    return lambda event: event.facts.get(member) == UNSAID


def answer_left_out(event: Event) -> bool:
    """Tell whether a decision on admissibility, or a reply to another state, leaves out what it says."""
    return outcome_left_out(event) or (event.kind == "responsibility_reply" and event.facts.get("reply") == UNSAID)


def outcome_left_out(event: Event) -> bool:
    """Tell whether a decision on admissibility leaves out what it says."""
    return event.kind == "admissibility_decision" and event.facts.get("outcome") == UNSAID


def leg(event: Event) -> tuple[Between, ...]:
    """A removal executed, or entry refused with physical return; one that does not say is doubted (`as_event`)."""
    returned = event.kind == "entry_refused" and event.facts.get("physically_returned") in {"yes", "not_recorded"}
    moved = event.kind == "removal_executed" or returned
    return ((event.state, event.counterpart),) if moved and event.counterpart else ()


def plan(event: Event) -> tuple[Between, ...]:
    """A return decision, a removal planned or an extradition: once for each destination that it names."""
    if event.kind == "removal_planned" and event.facts.get("cancelled") != "yes":
        return ((event.state, event.counterpart),) if event.counterpart else ()
    if event.kind == "return_decision" and event.facts.get("annulled") != "yes":
        named = event.facts.get("destinations", ())
        places = named if isinstance(named, tuple) and named else (event.counterpart,)
        return tuple((event.state, place) for place in places if place)
    return ()


def plan_or_leg(event: Event) -> tuple[Between, ...]:
    """A plan or a leg."""
    return plan(event) or leg(event)


def inadmissible(event: Event) -> tuple[Between, ...]:
    """A claim found inadmissible, or perhaps so, because of the state that the decision names."""
    refused = event.kind == "admissibility_decision" and event.facts.get("outcome") in {"inadmissible", UNSAID}
    return ((event.state, event.counterpart),) if refused and event.counterpart else ()


def passed_on(event: Event) -> tuple[Between, ...]:
    """A leg, or a transfer that the other state has, or may have, accepted: from the asker to the one that accepts."""
    accepted = event.kind == "responsibility_reply" and event.facts.get("reply") in {"accepted", "tacit", UNSAID}
    return ((event.counterpart, event.state),) if accepted and event.counterpart else leg(event)


def path(event: Event) -> tuple[Between, ...]:
    """Whatever sends a person from one state to another: inadmissible, plan, accepted transfer or leg."""
    return inadmissible(event) or plan(event) or passed_on(event)
