"""The words of domain.md D.1, written anew for the oracle: slow, plain, and sharing no code with the patterns."""

from datetime import datetime, timedelta

import holidays

from exchange.domain import edtf
from exchange.domain.timeline import Event, Timeline

DAY = timedelta(days=1)
CLAIMS = ("claim_expressed", "claim_registered", "claim_not_taken")
GIVEN = ("geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection")


def sooner(a: Event, b: Event) -> bool:
    if a.when.latest < b.when.earliest:
        return True
    if b.when.latest < a.when.earliest:
        return False
    return a.index < b.index


def surely(a: Event, b: Event) -> bool:
    return a.when.latest < b.when.earliest


def one_day(a: Event, b: Event) -> bool:
    """Whether two events are of one day, or moment, that is certain, so that nobody can tell which came first."""
    return a.when.exact and b.when.exact and not surely(a, b) and not surely(b, a)


def may_answer(asked: Event, answer: Event) -> bool:
    """Whether an answer came after what it answers, as far as can be told: not when it is of an earlier day."""
    return sooner(asked, answer) or (answer.when.exact and not surely(answer, asked))


def in_window(a: Event, b: Event, window: timedelta) -> bool:
    return b.when.earliest - a.when.latest <= window


def surely_in_window(a: Event, b: Event, window: timedelta) -> bool:
    return surely(a, b) and b.when.latest - a.when.earliest <= window and a.when.exact and b.when.exact


def tells_of_claim(e: Event) -> str:
    """Whether somebody must have asked for protection: `yes`, `no`, or `perhaps` where a state asks another to take.

    A decision says so as well as a claim does; temporary protection is given unasked. Asked to take charge or to take
    back: the claim may be another person's.
    """
    if e.kind in ("responsibility_request", "responsibility_reply"):
        return "perhaps" if e.facts.get("request_type") in ("take_charge", "take_back") else "no"
    if e.kind == "merits_decision":
        return "no" if e.facts.get("outcome") == "temporary_protection" else "yes"
    return "yes" if e.kind in (*CLAIMS, "admissibility_decision") else "no"


def tells_of_asylum(e: Event) -> str:
    """The same, of a claim or of protection."""
    return "yes" if e.kind in ("protection_status", "merits_decision") else tells_of_claim(e)


def leg_to(e: Event) -> str | None:
    if e.kind == "removal_executed":
        return e.counterpart
    if e.kind == "entry_refused" and e.facts.get("physically_returned") in ("yes", "not_recorded"):
        return e.counterpart
    return None


def plans_to(e: Event) -> list[str]:
    if e.kind == "removal_planned" and e.facts.get("cancelled") != "yes" and e.counterpart:
        return [e.counterpart]
    if e.kind == "return_decision" and e.facts.get("annulled") != "yes":
        if e.facts.get("destinations"):
            return list(e.facts["destinations"])
        return [e.counterpart] if e.counterpart else []
    return []


def ways(e: Event) -> list[tuple[str, str]]:
    """From where to where an event sends the person, or lets them be sent."""
    found = [(e.state, to) for to in plans_to(e)]
    if leg_to(e):
        found.append((e.state, str(leg_to(e))))
    if closes_the_door(e) and e.counterpart:
        found.append((e.state, e.counterpart))
    if accepts(e):
        found.append((str(e.counterpart), e.state))
    return found


def accepts(e: Event) -> bool:
    """Whether a state has, or may have, agreed to take the person."""
    agreed = e.facts.get("reply") in ("accepted", "tacit", "not_recorded")
    return e.kind == "responsibility_reply" and agreed and bool(e.counterpart)


def closes_the_door(e: Event) -> bool:
    """Whether a claim was, or may have been, found inadmissible."""
    return e.kind == "admissibility_decision" and e.facts.get("outcome") in ("inadmissible", "not_recorded")


def keeps_quiet(e: Event) -> bool:
    """Whether a decision on admissibility or a reply does not tell the answer, so that nothing is certain by it."""
    member = {"admissibility_decision": "outcome", "responsibility_reply": "reply"}.get(e.kind, "")
    return e.facts.get(member) == "not_recorded"


def takes_up(e: Event) -> bool:
    if e.kind == "claim_not_taken":
        return e.author_kind == "asylum_office" and e.author_state == e.state
    return e.kind == "claim_registered"


def third_working_day(e: Event) -> datetime:
    end = max(e.when.latest, e.recorded).replace(hour=23, minute=59, second=59, microsecond=999999)
    free = {} if e.state == "UKR" else holidays.country_holidays(e.state, years=range(end.year, end.year + 2))
    worked = 0
    while worked < 3:
        end += DAY
        if end.strftime("%a") not in ("Sat", "Sun") and end.date() not in free:
            worked += 1
    return end


def answer_due(history: Timeline, asked: Event) -> datetime:
    """By when a hold request is to be answered: as it names, or a day; sooner when the other state plans a removal."""
    due = max(asked.when.latest, asked.recorded) + DAY
    if asked.facts.get("due_at") and edtf.read(str(asked.facts["due_at"])).latest > asked.recorded:
        due = edtf.read(str(asked.facts["due_at"])).latest
    for e in history.events:
        if e.kind != "removal_planned" or e.state != asked.counterpart or not e.facts.get("planned_at"):
            continue
        off = [
            o for o in history.events if o.kind == e.kind and o.facts.get("cancelled") == "yes" and o.index >= e.index
        ]
        if any((o.state, o.counterpart) == (e.state, e.counterpart) for o in off):
            continue
        day = edtf.read(str(e.facts["planned_at"]))
        if day.earliest > asked.recorded:
            due = min(due, day.earliest)
        elif day.latest > asked.recorded:
            due = min(due, day.latest)
    return due


def backdated(e: Event, act: Event, fault: set[str]) -> bool:
    """Whether a notice is the word of a state at fault, told after the act that it is to mend (L23)."""
    return speaks_for(e, fault) and e.index > act.index


def speaks_for(e: Event, fault: set[str]) -> bool:
    """Whether one of these states says it: an office of theirs does, a monitor among them speaks for nobody."""
    return e.author_state in fault and e.author_kind != "monitor"


def merits(history: Timeline, act: Event, fault: set[str]) -> str:
    """Whether a full examination was served certainly before an act (D.1): `yes`, `no`, or `claimed` (L23)."""
    answer = "no"
    for e in history.events:
        effect = None
        if e.kind == "merits_decision" and e.facts.get("merits_scope") == "full":
            if e.facts.get("outcome") in (*GIVEN, "rejected") and e.facts.get("served_at"):
                effect = edtf.read(str(e.facts["served_at"]))
        elif e.kind == "protection_status" and e.facts.get("change") in ("granted", "renewed"):
            effect = edtf.read(str(e.facts["effective_at"])) if e.facts.get("effective_at") else e.when
        if effect is not None and effect.latest < act.when.earliest:
            undone = taken_back(history, e, act)
            if undone == "no" and not backdated(e, act, fault):
                return "yes"
            answer = "claimed" if undone != "yes" else answer
    return answer


def takings_back(history: Timeline, decision: Event) -> list[tuple[Event, bool]]:
    """What takes a decision back, unless it is certainly older, and whether it does so beyond doubt.

    An annulment in the same state; or the end of the status that was given, by the one that gave it.
    """
    found = []
    for e in history.events:
        if e.state != decision.state or surely(e, decision):
            continue
        if (e.kind, decision.kind, e.facts.get("outcome")) == ("merits_decision", "merits_decision", "annulled"):
            found.append((e, surely(decision, e)))
        if status_over(e) and (decision.kind == "protection_status" or decision.facts.get("outcome") in GIVEN):
            same = same_giver(decision, e)
            found += [(e, same == "yes" and surely(decision, e))] if same != "no" else []
    return found


def status_over(e: Event) -> bool:
    return e.kind == "protection_status" and e.facts.get("change") in ("withdrawn", "ended")


def same_giver(given: Event, over: Event) -> str:
    """Whether UNHCR, or the state, gave a status and ended it: `yes`, `no`, or `perhaps`."""
    givers = [e.facts.get("granted_by", "state") if e.kind == "protection_status" else "state" for e in (given, over)]
    return "perhaps" if "not_recorded" in givers else "yes" if givers[0] == givers[1] else "no"


def taken_back(history: Timeline, decision: Event, act: Event) -> str:
    """Whether a decision was taken back before an act: `yes`, `no`, or `perhaps`."""
    before = [(e, sure) for e, sure in takings_back(history, decision) if sooner(e, act)]
    if any(sure and surely(e, act) for e, sure in before):
        return "yes"
    return "perhaps" if before else "no"


# what is told again


def retellings(these: list[Event]) -> set[int]:
    """Of events between the same two states: those that may tell again what another authority had told, by number."""
    first: list[Event] = []
    again: set[int] = set()
    used: set[tuple[int, str, str]] = set()
    for e in sorted(these, key=lambda e: e.index):
        alike = [
            o
            for o in first
            if not surely(o, e)
            and not surely(e, o)
            and (o.author_state, o.author_kind) != (e.author_state, e.author_kind)
            and (o.ref, e.author_state, e.author_kind) not in used
        ]
        if alike:
            again.add(e.ref)
            earliest = min(alike, key=lambda o: (o.when.earliest, o.index))
            used.add((earliest.ref, e.author_state, e.author_kind))
        else:
            first.append(e)
    return again


# who the finding is


def first_said(history: Timeline, by: str, to: str) -> int:
    return min((e.index, e.ref) for e in history.events if (by, to) in ways(e))[1]


def chain_start(history: Timeline, act: Event, by: str, to: str) -> int:
    visited = [act.ref]
    while True:
        into = [e for e in history.events if leg_to(e) == by and e.state != by and sooner(e, act)]
        into.sort(key=lambda e: (e.when.earliest, e.index))
        if not into or into[-1].ref in visited:
            return first_said(history, by, to)
        act = into[-1]
        by, to = act.state, str(leg_to(act))
        visited.append(act.ref)
