"""The oracle on protection: P08, P12, P15, P16."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from domain.patterns.oracle_against import against, called_off
from domain.patterns.oracle_seen import Seen, Timers
from domain.patterns.oracle_words import (
    GIVEN,
    backdated,
    closes_the_door,
    first_said,
    in_window,
    keeps_quiet,
    leg_to,
    merits,
    plans_to,
    same_giver,
    sooner,
    speaks_for,
    status_over,
    surely,
    surely_in_window,
    tells_of_asylum,
    tells_of_claim,
)
from exchange.domain import edtf
from exchange.domain.timeline import Event, Timeline

ONWARD = ("removal_executed", "removal_planned", "return_decision", "entry_refused")
PROMISED = {"no_onward_removal": ONWARD, "access_to_procedure": (*ONWARD, "claim_not_taken", "admissibility_decision")}


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:  # noqa: ARG001 -- every part is called alike
    yield from eight(history)
    yield from broken(history)
    yield from missing(history)
    yield from fifteen(history)
    yield from sixteen(history)


def gives(e: Event) -> str:
    """Whether an event gives protection: `yes`, `no`, or `perhaps` where it does not tell."""
    member, values = {
        "protection_status": ("change", ("granted", "renewed")),
        "merits_decision": ("outcome", GIVEN),
    }.get(e.kind, ("", ()))
    return "yes" if e.facts.get(member) in values else "perhaps" if e.facts.get(member) == "not_recorded" else "no"


def ended(history: Timeline, given: Event, act: Event, fault: str) -> str:
    """Whether protection ended between two events: `yes`, `no`, or `claimed`.

    The state at fault claims it when it says so afterwards, or of what it had not given itself.
    """
    answer = "no"
    for e in history.events:
        same = same_giver(given, e)
        vague = e.kind == "protection_status" and e.facts.get("change") == "not_recorded"
        if (
            (vague or status_over(e))
            and e.state == given.state
            and sooner(given, e)
            and sooner(e, act)
            and same != "no"
        ):
            unheard = backdated(e, act, {fault}) or (speaks_for(e, {fault}) and not _gave_it(fault, given))
            if same == "yes" and not unheard and not vague:
                return "yes"
            answer = "claimed"
    return answer


def _gave_it(state: str, given: Event) -> bool:
    by_unhcr = given.kind == "protection_status" and given.facts.get("granted_by", "state") != "state"
    return given.state == state and not by_unhcr


def told_before(act: Event, fault: str, these: list[Event]) -> str:
    before = [e for e in these if sooner(e, act)]
    if any(not backdated(e, act, {fault}) for e in before):
        return "yes"
    return "claimed" if before else "no"


def eight(history: Timeline) -> Iterator[Seen]:
    for given in history.events:
        for act in history.events:
            if gives(given) != "no" and sooner(given, act):
                over = ended(history, given, act, act.state)
                if over != "yes":
                    sure = surely(given, act) and over == "no" and gives(given) == "yes"
                    yield from _ignored(history, given, act, sure)


def _ignored(history: Timeline, given: Event, act: Event, sure: bool) -> Iterator[Seen]:  # noqa: FBT001 -- as in Seen
    asked = [
        e
        for e in history.events
        if e.kind in ("information_request", "responsibility_request")
        and (e.state, e.counterpart) == (act.state, given.state)
    ]
    known = told_before(act, act.state, asked)
    moves = [(to, "imminent") for to in plans_to(act)]
    if leg_to(act):
        moves.append((str(leg_to(act)), "done"))
    for to, stage in moves:
        off = called_off(history, act, to)
        anchor = first_said(history, act.state, to)
        one = [given, act]
        no = against({act.state}, *off)
        if to in history.danger:
            yield Seen("p08", "P08", "critical", stage, anchor, one, sure, no, to)
        elif given.state not in (to, act.state) and known != "yes":
            yield Seen("p08", "P08", "high", stage, anchor, one, sure and known == "no", no, to)
        if to not in history.danger and given.state == act.state:
            yield from _sent_on(history, given, act, Seen("p08", "P08", "high", stage, anchor, one, sure, no, to))
        if to == given.state:
            no = against({act.state}, *_confirmed(history, given, act.state), *off)
            yield Seen("p08", "P08", "info", "risk", anchor, one, sure, no, to)


def _sent_on(history: Timeline, given: Event, act: Event, seen: Seen) -> Iterator[Seen]:
    """The host of a refugee under UNHCR's mandate sends them on, and has not asked UNHCR."""
    by = given.facts.get("granted_by") if given.kind == "protection_status" else None
    questions = [e for e in history.events if e.kind in ("information_request", "responsibility_request")]
    asked = [e for e in questions if (e.state, e.counterpart) == (act.state, "UNO")]
    known = told_before(act, act.state, asked)
    if by in ("unhcr_mandate", "not_recorded") and known != "yes":
        yield replace(seen, sure=seen.sure and known == "no" and by == "unhcr_mandate")


def _confirmed(history: Timeline, given: Event, asker: str) -> list[Event]:
    found = []
    for e in history.events:
        word = e.kind == "assurance" and e.facts.get("step") == "given" and e.facts.get("individual") == "yes"
        hit = e.kind == "information_reply" and e.facts.get("outcome") == "hit"
        if (word or hit) and e.state == given.state and e.counterpart == asker and sooner(given, e):
            found.append(e)
    return found


def broken(history: Timeline) -> Iterator[Seen]:
    for word in history.events:
        if word.kind != "assurance" or not word.counterpart:
            continue
        if word.facts.get("step") not in ("given", "not_recorded"):
            continue
        for act in history.events:
            rests = _breaks(word, act)
            if act.state != word.state or not rests or act.when.latest < word.when.earliest:
                continue
            sure = rests == "yes" and word.facts["step"] == "given" and word.when.latest < act.when.earliest
            if word.facts.get("valid_until"):
                end = edtf.read(str(word.facts["valid_until"]))
                if act.when.earliest > end.latest:
                    continue
                sure = sure and act.when.latest < end.earliest
            no = against({word.state, word.counterpart}, *(called_off(history, act, word.state)))
            yield Seen("p12", "P12", "critical", "done", word.ref, [word, act], sure, no, word.state)


def _breaks(word: Event, act: Event) -> str:
    if act.kind == "assurance":
        how = {"breached": "yes", "not_recorded": "perhaps"}.get(str(act.facts.get("step")), "")
        return how if act is not word else ""
    if act.facts.get("cancelled") == "yes" or act.facts.get("annulled") == "yes":
        return ""
    if act.kind == "entry_refused" and act.facts.get("physically_returned") != "yes":
        return ""
    if act.kind == "admissibility_decision" and not closes_the_door(act):
        return ""
    text = str(word.facts.get("text", "not_recorded"))
    if text == "not_recorded":
        return "perhaps" if act.kind in PROMISED["access_to_procedure"] else ""
    rests = "perhaps" if keeps_quiet(act) else "yes"
    return rests if act.kind in PROMISED.get(text, ()) else ""


def missing(history: Timeline) -> Iterator[Seen]:
    if not history.safeguards:
        return
    for asked in history.events:
        said = tells_of_asylum(asked)
        if said == "no":
            continue
        for act in history.events:
            steps = plans_to(act) + ([str(leg_to(act))] if leg_to(act) else [])
            for to in steps:
                words = [
                    e
                    for e in history.events
                    if e.kind == "assurance"
                    and e.facts.get("step") in ("given", "not_recorded")
                    and e.facts.get("individual") == "yes"
                    and (e.state, e.counterpart) == (to, act.state)
                ]
                known = told_before(act, act.state, [e for e in words if e.facts["step"] == "given"])
                known = "claimed" if known == "no" and any(sooner(e, act) for e in words) else known
                if to not in history.danger and known != "yes":
                    no = against({act.state}, *called_off(history, act, to))
                    anchor = first_said(history, act.state, to)
                    yield Seen(
                        "p12", "P12", "info", "risk", anchor, [asked, act], (known, said) == ("no", "yes"), no, to
                    )


def fifteen(history: Timeline) -> Iterator[Seen]:
    for contact in history.events:
        if contact.kind != "origin_contact":
            continue
        said = contact.facts.get("claim_state")
        if said in ("open", "rejected_open_remedy", "not_recorded"):
            sure = said != "not_recorded"
            yield Seen("p15", "P15", "critical", "done", contact.ref, [contact], sure, [], contact.state)
        known = merits(history, contact, {contact.state})
        for claim in history.events:
            asked = tells_of_claim(claim)
            if asked != "no" and sooner(claim, contact) and known != "yes":
                sure = surely(claim, contact) and (known, asked) == ("no", "yes")
                yield Seen("p15", "P15", "critical", "done", contact.ref, [claim, contact], sure, [], contact.state)


def sixteen(history: Timeline) -> Iterator[Seen]:
    for form in history.events:
        if form.kind != "voluntary_return":
            continue
        left = [e for e in history.events if leg_to(e) and e.state == form.state and sooner(form, e)]
        for why, sure in _doubts(history, form):
            if not left:
                yield Seen("p16", "P16", "medium", "imminent", form.ref, [*why, form], sure, [], form.state)
            for leg in left:
                if leg_to(leg) in history.danger:
                    both = sure and surely(form, leg)
                    yield Seen("p16", "P16", "high", "done", form.ref, [*why, form, leg], both, [], leg_to(leg))


def _doubts(history: Timeline, form: Event) -> Iterator[tuple[list[Event], bool]]:
    hours, who = form.facts.get("hours_since_arrest"), [form.facts.get(m) for m in ("counsel", "interpreter")]
    if "no" in who or (hours and int(str(hours)) <= 72):
        yield [], True
    elif "not_recorded" in who or (not hours and form.facts.get("detained") in ("yes", "not_recorded")):
        yield [], False
    three_days = timedelta(hours=72)
    for e in history.events:
        arrested = e.kind == "detention" and e.facts.get("step") != "end" and e.state == form.state
        if arrested and sooner(e, form) and in_window(e, form, three_days):
            yield [e], surely_in_window(e, form, three_days) and e.facts.get("step") != "not_recorded"
        if gives(e) != "no" and sooner(e, form):
            over = ended(history, e, form, form.state)
            if over != "yes":
                yield [e], surely(e, form) and over == "no" and gives(e) == "yes"
