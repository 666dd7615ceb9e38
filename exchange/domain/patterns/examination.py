"""Who has examined the merits, who was heard, and which plans are open (domain.md D.1, decided.md, L23)."""

from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.patterns import endings
from exchange.domain.patterns.noting import Between, leg, plan
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import ERASED, Event, Timeline

_EXAMINED = frozenset(
    {"geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection", "rejected"}
)
_MINOR = frozenset({"unaccompanied_minor", "age_disputed", ERASED})
_REFUSING = frozenset({"refused", "suspended", "error"})
_NO_FULL_LOOK = frozenset({"inadmissible_stc", "subsequent", "return"})
_SENDING_AWAY = frozenset(
    {"claim_not_taken", "entry_refused", "return_decision", "removal_planned", "removal_executed"}
)
_CLAIMS = frozenset({"claim_expressed", "claim_registered", "claim_not_taken"})
CALLING_OFF = (
    "return_decision",
    "removal_planned",
    "protection_status",
    "merits_decision",
    "arrival",
    "admissibility_decision",
)
"""The kinds of events that can close a plan (`calls_off`)."""


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


def examined(timeline: Timeline, before: Event, own_word: frozenset[str] = frozenset()) -> Event | None:
    """Return a decision on the merits that was served certainly before an event; by any state.

    What a state of `own_word` says counts only if it stood in the ledger before the event did: nobody mends a removal
    afterwards by a decision of its own (L23).
    """
    counts = (event for event, effect in decisions(timeline) if effect.before(before.when))
    standing = (e for e in counts if not any(precedes(one, before) for one in undoings(timeline, e)))
    return next((event for event in standing if not mends(event, before, own_word)), None)


def decisions(timeline: Timeline) -> tuple[tuple[Event, Interval], ...]:
    """Return the full decisions on the merits and grants of protection, each with when it took effect."""
    return tuple((event, effect) for event in timeline.events if (effect := served(event)) is not None)


def undoings(timeline: Timeline, decision: Event) -> tuple[Event, ...]:
    """Return what annuls a decision, or withdraws what it gave (`endings.undoes`), and is not certainly earlier."""
    every = (event for event in timeline.events if endings.undoes(event, decision) != "no")
    return tuple(event for event in every if not event.when.before(decision.when))


def mends(event: Event, before: Event, own_word: frozenset[str]) -> bool:
    """Tell whether an event does not count before another: a key in other hands signed it, or it was told afterwards.

    The second only of the word of these states.
    """
    return event.flagged or (endings.is_word_of(event, own_word) and event.index > before.index)


def heard(timeline: Timeline, state: str) -> tuple[Event, ...]:
    """Return the interviews in which a state asked about fear, in a language understood, and was told no (Asady).

    Relayed interpreting, a minor or a disputed age, and a claim in another notice within 30 days cancel it (M.S.).
    """
    if timeline.safeguards & _MINOR:
        return ()
    asked = (event for event in timeline.events if event.kind == "encounter" and event.state == state)
    return tuple(event for event in asked if _asked_well(event) and not _claim_near(timeline, event))


def _asked_well(event: Event) -> bool:
    facts = event.facts
    if facts.get("fear_answer") != "no":
        return False
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


def called_off(timeline: Timeline, planned: Event, to: str) -> tuple[Event, ...]:
    """Return the notices that close a plan: annulment, cancellation, protection, or a merits procedure opened there.

    A leg is no plan: what was done cannot be called off.
    """
    if not plan(planned):
        return ()
    closing = {(planned.state, to), (planned.state, None)}
    return tuple(e for e in timeline.events if closing & set(calls_off(e)) and precedes(planned, e))


def calls_off(event: Event) -> tuple[Between, ...]:
    """Return whose plans an event closes, and towards which states; None is towards any."""
    if event.kind in {"return_decision", "removal_planned"}:
        stopped = event.facts.get("annulled") == "yes" or event.facts.get("cancelled") == "yes"
        named = event.facts.get("destinations") or (event.counterpart,)
        return tuple((event.state, to) for to in named if to) if stopped and not plan(event) else ()
    granted = event.kind == "protection_status" and event.facts.get("change") in {"granted", "renewed"}
    decided = event.kind == "merits_decision" and event.facts.get("merits_scope") == "full"
    examined_there = decided and event.facts.get("outcome") in _EXAMINED
    opened = event.kind == "arrival" and event.facts.get("procedure_opened") == "yes"
    admitted = event.kind == "admissibility_decision" and event.facts.get("outcome") == "admissible"
    return ((event.state, None),) if granted or examined_there or opened or admitted else ()


def confirmed(timeline: Timeline, protection: Event, to: str) -> tuple[Event, ...]:
    """Return what the state that gave protection told another since: that it knows the person, or a word for them (S3).

    A hit in reply to a question about the person, or an assurance for this very person.
    """
    return tuple(
        event
        for event in timeline.events
        if (event.state, event.counterpart) == (protection.state, to)
        and _confirms(event)
        and precedes(protection, event)
    )


def _confirms(event: Event) -> bool:
    if event.kind == "information_reply":
        return event.facts.get("outcome") == "hit"
    given = event.kind == "assurance" and event.facts.get("step") == "given"
    return given and event.facts.get("individual") == "yes"


def known_to_the_person(event: Event) -> Interval:
    """Return when the person knew of a decision: at its service, or when it was made where no service was told."""
    return _time(event, "served_at") or event.when


def in_force(event: Event) -> tuple[Interval, Interval | None]:
    """Return from when an event binds, and until when; None is without end.

    An interim measure binds from its service, to the minute, not from the day on which it was indicated (L14).
    """
    return _time(event, "served_at") or event.when, _time(event, "in_force_until") or _time(event, "valid_until")


def promised(timeline: Timeline, by: str, before: Event) -> tuple[Event, ...]:
    """Return the fresh replies in which a state promises a full examination, and has not contradicted it since (S6)."""
    return fresh(promises(timeline, by), before)


def promises(timeline: Timeline, by: str) -> tuple[Event, ...]:
    """Return the replies in which a state promises a full examination, that it has not contradicted since."""
    return tuple(
        event
        for event in timeline.events
        if event.kind == "responsibility_reply"
        and event.facts.get("intended_procedure") == "full_merits"
        and event.facts.get("reply") in {"accepted", "tacit"}
        and event.state == by
        and not _contradicted(timeline, event)
    )


def fresh(kept: tuple[Event, ...], before: Event) -> tuple[Event, ...]:
    """Return those of these promises that are fresh when an event happens."""
    return tuple(event for event in kept if _fresh(event, before))


def _fresh(promise: Event, before: Event) -> bool:
    """A promise counts from the later of its time and the ledger's (L23): one told late and dated back is not fresh."""
    reach = WINDOWS["promise.fresh"]
    since, until = max(promise.when.earliest, promise.recorded), max(promise.when.latest, promise.recorded)
    return since - reach <= before.when.latest and before.when.earliest <= until + reach


def _contradicted(timeline: Timeline, promise: Event) -> bool:
    return any(e.state == promise.state and _contradicts(e) and precedes(promise, e) for e in timeline.events)


def _contradicts(event: Event) -> bool:
    """Tell whether an event shows that its state sends the person away, or closes the case without a full look."""
    facts = event.facts
    match event.kind:
        case "admissibility_decision":
            return facts.get("outcome") == "inadmissible"
        case "merits_decision":
            given = facts.get("outcome") in _EXAMINED - {"rejected"}
            return (facts.get("merits_scope") == "none" and not given) or facts.get("outcome") == "discontinued"
        case "responsibility_reply":
            return facts.get("reply") in _REFUSING or facts.get("intended_procedure") in _NO_FULL_LOOK
        case "arrival":
            return facts.get("outcome") == "refused"
        case _:
            return event.kind in _SENDING_AWAY


def _time(event: Event, member: str) -> Interval | None:
    value = event.facts.get(member)
    return edtf.read(value) if isinstance(value, str) else None
