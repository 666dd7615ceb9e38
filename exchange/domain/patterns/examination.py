"""Who has examined the merits, who was heard, and which plans are open (domain.md D.1, decided.md, L23)."""

from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.patterns.notions import leg, plan
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Event, Timeline

_EXAMINED = frozenset(
    {"geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection", "rejected"}
)
_MINOR = frozenset({"unaccompanied_minor", "age_disputed"})
_CLAIMS = frozenset({"claim_expressed", "claim_registered", "claim_not_taken"})


def precedes(first: Event, then: Event) -> bool:
    """Tell whether an event comes before another: by time, or by the ledger's order where their times overlap."""
    if first.when.overlaps(then.when):
        return first.index < then.index
    return first.when.before(then.when)


def served(event: Event) -> Interval | None:
    """Return when a full decision on the merits, or a grant of protection, took effect; None for anything else.

    A decision that was never served, as far as is known, has none: it does not count.
    """
    if event.kind == "protection_status" and event.facts.get("change") in {"granted", "renewed"}:
        return _time(event, "effective_at") or event.when
    full = event.kind == "merits_decision" and event.facts.get("merits_scope") == "full"
    return _time(event, "served_at") if full and event.facts.get("outcome") in _EXAMINED else None


def examined(timeline: Timeline, before: Event) -> Event | None:
    """Return a decision on the merits that was served certainly before an event; by any state.

    What the acting state itself says counts only if it stood in the ledger before the event did: nobody mends a
    removal afterwards by a decision of its own (L23).
    """
    return next((event for event, effect in decisions(timeline) if _counts(event, effect, before)), None)


def decisions(timeline: Timeline) -> tuple[tuple[Event, Interval], ...]:
    """Return the full decisions on the merits and grants of protection, each with when it took effect."""
    return tuple((event, effect) for event in timeline.events if (effect := served(event)) is not None)


def unexamined(decided: tuple[tuple[Event, Interval], ...], before: Event) -> bool:
    """Tell whether none of these decisions counts before an event, as in `examined`."""
    return not any(_counts(event, effect, before) for event, effect in decided)


def _counts(event: Event, effect: Interval, before: Event) -> bool:
    mended = event.author_state == before.state and event.index > before.index
    return effect.before(before.when) and not mended


def heard(timeline: Timeline, state: str) -> Event | None:
    """Return the interview in which a state asked about fear, in a language understood, and was told no (Asady).

    Relayed interpreting, a minor or a disputed age, and a claim in another notice within 30 days cancel it (M.S.).
    """
    if timeline.safeguards & _MINOR:
        return None
    for event in timeline.events:
        said_no = event.kind == "encounter" and event.facts.get("fear_answer") == "no"
        if said_no and event.state == state and _asked_well(event) and not _claim_near(timeline, event):
            return event
    return None


def _asked_well(event: Event) -> bool:
    facts = event.facts
    understood = facts.get("language_understood") == "yes" and facts.get("relayed_interpreting") != "yes"
    return facts.get("fear_asked") == "yes" and understood


def _claim_near(timeline: Timeline, interview: Event) -> bool:
    reach = WINDOWS["heard.claim"]
    return any(
        other.kind in _CLAIMS
        and other.when.earliest <= interview.when.latest + reach
        and other.when.latest >= interview.when.earliest - reach
        for other in timeline.events
    )


def carried_out(timeline: Timeline, planned: Event, to: str) -> bool:
    """Tell whether a plan towards a state was carried out."""
    return any(
        (planned.state, to) in leg(event) and precedes(planned, event)
        for event in timeline.events
        if event is not planned
    )


def called_off(timeline: Timeline, planned: Event, to: str) -> Event | None:
    """Return the notice that closes a plan: annulment, cancellation, protection, or a merits procedure opened there.

    A leg is no plan: what was done cannot be called off.
    """
    if not plan(planned):
        return None
    return next((e for e in timeline.events if precedes(planned, e) and _closes(e, planned, to)), None)


def _closes(event: Event, planned: Event, to: str) -> bool:
    if event.state != planned.state:
        return False
    if event.kind in {"return_decision", "removal_planned"}:
        stopped = event.facts.get("annulled") == "yes" or event.facts.get("cancelled") == "yes"
        named = event.facts.get("destinations") or (event.counterpart,)
        return stopped and not plan(event) and to in named
    granted = event.kind == "protection_status" and event.facts.get("change") in {"granted", "renewed"}
    opened = event.kind == "arrival" and event.facts.get("procedure_opened") == "yes"
    admitted = event.kind == "admissibility_decision" and event.facts.get("outcome") == "admissible"
    return granted or opened or admitted


def promised(timeline: Timeline, by: str, before: Event) -> Event | None:
    """Return a fresh reply in which a state promises a full examination, that it has not contradicted since (S6)."""
    return fresh(promises(timeline, by), before)


def promises(timeline: Timeline, by: str) -> tuple[Event, ...]:
    """Return the replies in which a state promises a full examination, that it has not contradicted since."""
    return tuple(
        event
        for event in timeline.events
        if event.kind == "responsibility_reply"
        and event.facts.get("intended_procedure") == "full_merits"
        and event.state == by
        and not _contradicted(timeline, event)
    )


def fresh(kept: tuple[Event, ...], before: Event) -> Event | None:
    """Return the first of these promises that is fresh when an event happens."""
    return next((event for event in kept if _fresh(event, before)), None)


def _fresh(promise: Event, before: Event) -> bool:
    reach = WINDOWS["promise.fresh"]
    return promise.when.earliest - reach <= before.when.latest and before.when.earliest <= promise.when.latest + reach


def _contradicted(timeline: Timeline, promise: Event) -> bool:
    against = {"claim_not_taken", "return_decision", "removal_planned", "removal_executed"}
    return any(e.state == promise.state and e.kind in against and precedes(promise, e) for e in timeline.events)


def _time(event: Event, member: str) -> Interval | None:
    value = event.facts.get(member)
    return edtf.read(value) if isinstance(value, str) else None
