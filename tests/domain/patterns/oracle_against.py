"""What speaks against a finding, written anew for the oracle: who was heard, what was promised, called off."""

from domain.patterns.oracle_words import CLAIMS, DAY, GIVEN, plans_to, sooner, speaks_for
from exchange.domain.timeline import Event, Timeline


def heard(history: Timeline, state: str) -> list[Event]:
    found: list[Event] = []
    if {"unaccompanied_minor", "age_disputed"} & history.safeguards:
        return found
    for e in history.events:
        if e.kind != "encounter" or e.state != state:
            continue
        if e.facts.get("fear_asked") != "yes" or e.facts.get("fear_answer") != "no":
            continue
        if e.facts.get("language_understood") != "yes" or e.facts.get("relayed_interpreting") == "yes":
            continue
        low, high = e.when.earliest - 30 * DAY, e.when.latest + 30 * DAY
        if not any(c.kind in CLAIMS and c.when.latest >= low and c.when.earliest <= high for c in history.events):
            found.append(e)
    return found


def promise(history: Timeline, by: str, act: Event) -> list[Event]:
    found: list[Event] = []
    for e in history.events:
        if e.kind != "responsibility_reply" or e.state != by or e.facts.get("intended_procedure") != "full_merits":
            continue
        if e.facts.get("reply") not in ("accepted", "tacit"):
            continue
        low, high = max(e.when.earliest, e.recorded) - 14 * DAY, max(e.when.latest, e.recorded) + 14 * DAY
        fresh = act.when.latest >= low and act.when.earliest <= high
        if fresh and not any(c.state == by and breaks_promise(c) and sooner(e, c) for c in history.events):
            found.append(e)
    return found


def breaks_promise(e: Event) -> bool:
    if e.kind in ("claim_not_taken", "entry_refused", "return_decision", "removal_planned", "removal_executed"):
        return True
    if e.kind == "responsibility_reply" and e.facts.get("reply") in ("refused", "suspended", "error"):
        return True
    said = {
        "admissibility_decision": ("outcome", ("inadmissible",)),
        "arrival": ("outcome", ("refused",)),
        "responsibility_reply": ("intended_procedure", ("inadmissible_stc", "subsequent", "return")),
        "merits_decision": ("outcome", ("discontinued",)),
    }
    member, values = said.get(e.kind, ("", ()))
    unseen = e.facts.get("merits_scope") == "none" and e.facts.get("outcome") not in GIVEN
    return e.facts.get(member) in values or (e.kind == "merits_decision" and unseen)


def called_off(history: Timeline, act: Event, to: str) -> list[Event]:
    if not plans_to(act):
        return []
    return [e for e in history.events if e.state == act.state and sooner(act, e) and _ends(e, to)]


def _ends(e: Event, to: str) -> bool:
    if e.kind in ("removal_planned", "return_decision") and to in (e.facts.get("destinations") or (e.counterpart,)):
        return e.facts.get("cancelled" if e.kind == "removal_planned" else "annulled") == "yes"
    if e.kind == "merits_decision" and e.facts.get("merits_scope") == "full":
        return e.facts.get("outcome") in (*GIVEN, "rejected")
    return (
        (e.kind == "protection_status" and e.facts.get("change") in ("granted", "renewed"))
        or (e.kind == "arrival" and e.facts.get("procedure_opened") == "yes")
        or (e.kind == "admissibility_decision" and e.facts.get("outcome") == "admissible")
    )


def against(fault: set[str], *events: Event) -> list[tuple[Event, bool]]:
    return [(e, not speaks_for(e, fault)) for e in events]
