"""The oracle on who decides: P09 to P11, P14; P18 is in `oracle_stale`."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from domain.patterns import oracle_stale
from domain.patterns.oracle_against import against, called_off, heard
from domain.patterns.oracle_seen import Seen, Timers
from domain.patterns.oracle_stale import takes_effect
from domain.patterns.oracle_words import (
    DAY,
    GIVEN,
    accepts,
    backdated,
    closes_the_door,
    first_said,
    in_window,
    keeps_quiet,
    leg_to,
    may_answer,
    plans_to,
    sooner,
    speaks_for,
    surely,
    surely_in_window,
    takings_back,
    tells_of_asylum,
    tells_of_claim,
)
from exchange.domain.timeline import Event, Timeline


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    yield from nine(history, now)
    yield from ten(history)
    yield from eleven(history)
    yield from fourteen(history, now, timers)
    yield from oracle_stale.seen(history)


# P09


def nine(history: Timeline, now: datetime) -> Iterator[Seen]:
    closing = [(e, by) for e in history.events for by in closes(e)]
    for first, one in closing:
        for then, other in closing:
            known = examined_by_now(history, now, then, {one, other})
            if one == other or not sooner(first, then) or not in_window(first, then, 1096 * DAY) or known == "yes":
                continue
            sure = surely_in_window(first, then, 1096 * DAY) and known == "no"
            sure = sure and not (keeps_quiet(first) or keeps_quiet(then))
            anchor = min((e.index, e.ref) for e, _ in closing)[1]
            for claim in [e for e in history.events if tells_of_asylum(e) != "no"]:
                both = sure and tells_of_asylum(claim) == "yes"
                yield Seen("p09", "P09", "high", "risk", anchor, [claim, first, then], both, [], other)


def closes(e: Event) -> list[str]:
    """Who closes the case by an event without a look at the merits."""
    if accepts(e):
        return [str(e.counterpart)]
    without = e.kind == "claim_not_taken" or leg_to(e) is not None
    if e.kind == "admissibility_decision":
        without = closes_the_door(e)
    if e.kind == "merits_decision":
        none = e.facts.get("merits_scope") == "none" and e.facts.get("outcome") not in GIVEN
        without = none or e.facts.get("outcome") == "discontinued"
    return [e.state] if without else []


def examined_by_now(history: Timeline, now: datetime, done: Event, fault: set[str]) -> str:
    """Whether a full examination has been served; the word of a state at fault that dates it back is a claim only."""
    answer = "no"
    for e in history.events:
        effect = takes_effect(e)
        back = [sure for b, sure in takings_back(history, e) if b.when.latest <= now]
        if effect is not None and effect.latest <= now and back:
            answer = answer if any(back) else "claimed"
        elif effect is not None and effect.latest <= now:
            if surely(done, e) or not backdated(e, done, fault):
                return "yes"
            answer = "claimed"
    return answer


# P10


def ten(history: Timeline) -> Iterator[Seen]:
    for before in history.events:
        for act in history.events:
            if sooner(before, act):
                yield from refused(history, before, act)
                yield from not_named(history, before, act)
                yield from changed(history, before, act)


def refused(history: Timeline, no: Event, out: Event) -> Iterator[Seen]:
    if no.kind != "responsibility_reply" or no.facts.get("reply") not in ("refused", "suspended"):
        return
    if (no.counterpart, no.state) != (out.state, leg_to(out)):
        return
    agreed = [e for e in history.events if accepts(e) and (e.state, e.counterpart) == (no.state, no.counterpart)]
    known = told([e for e in agreed if sooner(no, e)], out, [e for e in agreed if keeps_quiet(e)])
    if known != "yes":
        sure = surely(no, out) and known == "no"
        yield Seen("p10", "P10", "critical", "done", ten_anchor(history, out, no.state), [no, out], sure, [], no.state)


def not_named(history: Timeline, decision: Event, out: Event) -> Iterator[Seen]:
    to = leg_to(out)
    if to is None or out.state != decision.state or out_on_form(out):
        return
    vague = [e for e in history.events if closes_the_door(e) and keeps_quiet(e)]
    known = told([e for e in history.events if e.state == out.state and to in decides(e)], out, vague)
    if known == "yes" or not any(other != to for other in decides(decision)):
        return
    severity = "critical" if to in history.danger else "high"
    sure = surely(decision, out) and known == "no" and decision not in vague
    yield Seen("p10", "P10", severity, "done", ten_anchor(history, out, to), [decision, out], sure, [], to)


def changed(history: Timeline, plan: Event, new: Event) -> Iterator[Seen]:
    if plan.state != new.state:
        return
    if new.kind == "return_decision" and new.facts.get("suspensive") in ("automatic", "granted"):
        return
    sent = {leg_to(e) for e in history.events if e.state == plan.state and sooner(plan, e)}
    waiting = [to for to in plans_to(plan) if to not in sent]
    for to in plans_to(new):
        known = told([e for e in history.events if e.state == new.state and to in plans_to(e)], new)
        if known != "yes" and any(other != to for other in waiting):
            severity = "critical" if to in history.danger else "high"
            no = against({new.state}, *called_off(history, new, to))
            sure = surely(plan, new) and known == "no"
            yield Seen("p10", "P10", severity, "imminent", ten_anchor(history, new, to), [plan, new], sure, no, to)


def ten_anchor(history: Timeline, act: Event, to: str) -> int:
    return first_said(history, act.state, to)


def decides(e: Event) -> list[str]:
    """The states that a decision names: the one because of which a claim is inadmissible, or those of a return."""
    if closes_the_door(e) and e.counterpart:
        return [e.counterpart]
    return plans_to(e) if e.kind == "return_decision" else []


def told(these: list[Event], act: Event, vague: Sequence[Event] = ()) -> str:
    """Whether one of these came before an act of the state whose word cannot mend it: `yes`, `no`, or `claimed`.

    Of those that are vague it is only claimed: they may be something else.
    """
    earlier = [e for e in these if sooner(e, act)]
    if any(not backdated(e, act, {act.state}) for e in earlier if e not in vague):
        return "yes"
    return "claimed" if earlier else "no"


def out_on_form(e: Event) -> bool:
    """Whether entry was refused on the form: it was signed, or it gives a reason."""
    if e.kind != "entry_refused":
        return False
    return e.facts.get("form_signed") == "yes" or e.facts.get("reason_letter", "not_recorded") != "not_recorded"


# P11


def eleven(history: Timeline) -> Iterator[Seen]:
    for out in history.events:
        to = leg_to(out)
        if to is None:
            continue
        asked = asylum_known(history, out) if to in history.danger else "no"
        vague = [e for e in history.events if closes_the_door(e) and keeps_quiet(e)]
        known = told([e for e in history.events if (out.state, to) in procedure(e)], out, vague)
        if "yes" in (known, asked):
            continue
        clear = (known, asked) == ("no", "no")
        no = against({out.state}, *heard(history, out.state))
        anchor = first_said(history, out.state, to)
        if without_act(out):
            sure = clear and not act_left_out(out)
            yield Seen("p11", "P11", "high", "done", anchor, [out], sure, no, to)
        for met in history.events:
            near = met.kind == "encounter" and met.state == out.state and sooner(met, out)
            if near and in_window(met, out, timedelta(hours=72)) and not out_on_form(out):
                sure = surely_in_window(met, out, timedelta(hours=72)) and clear
                yield Seen("p11", "P11", "high", "done", anchor, [met, out], sure, no, to)


def procedure(e: Event) -> list[tuple[str | None, str | None]]:
    """From where to where some step of a procedure is to send the person."""
    if e.kind == "responsibility_reply":
        return [(e.counterpart, e.state)]
    if e.kind == "responsibility_request":
        return [(e.state, e.counterpart)]
    return [(e.state, to) for to in [*plans_to(e), *decides(e)]]


def asylum_known(history: Timeline, out: Event) -> str:
    """Whether a claim or protection is known, at any time; of the word of who hands over, as told before that."""
    words = [e for e in history.events if tells_of_asylum(e) != "no"]
    heard = [e for e in words if not speaks_for(e, {out.state}) or (sooner(e, out) and e.index < out.index)]
    if any(tells_of_asylum(e) == "yes" for e in heard):
        return "yes"
    return "claimed" if words else "no"


def act_left_out(e: Event) -> bool:
    left_out = "not_recorded"
    if e.kind == "removal_executed":
        return e.facts.get("legal_act") == left_out
    return e.facts.get("form_signed") == left_out


def without_act(e: Event) -> bool:
    if e.kind == "removal_executed":
        return e.facts.get("legal_act") in ("none", "not_recorded")
    return e.facts.get("reason_letter") == "not_recorded" and e.facts.get("form_signed") != "yes"


# P14


def fourteen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    for claim in history.events:
        for came in history.events:
            place = leg_to(came)
            places = [place] if place else []
            if came.kind == "arrival" and came.facts.get("outcome") == "arrived":
                places.append(came.state)
            for there in places:
                if tells_of_claim(claim) != "no" and there not in history.danger:
                    yield from no_procedure(history, now, timers, [claim, came], there)


def no_procedure(history: Timeline, now: datetime, timers: Timers, before: list[Event], there: str) -> Iterator[Seen]:
    came = before[1]
    if any(e.kind == "claim_registered" and e.state == there and may_answer(came, e) for e in history.events):
        return
    due = tenth_working_day(came, there)
    if now < due:
        timers.add(("P14", due))
        return
    away = [e for e in history.events if e.state == there and turns_away(e)]
    for e in away:
        known = examined_by_now(history, now, e, {there})
        if sooner(came, e) and known != "yes":
            anchor = min((o.index, o.ref) for o in away)[1]
            begun = not keeps_quiet(e) and (e.kind != "detention" or e.facts.get("step") != "not_recorded")
            sure = came.when.exact and surely(came, e) and known == "no" and begun
            sure = sure and tells_of_claim(before[0]) == "yes"
            yield Seen("p14", "P14", "high", "risk", anchor, [*before, e], sure, [], there)


def turns_away(e: Event) -> bool:
    if e.kind == "detention":
        return e.facts.get("step") != "end"
    if e.kind == "merits_decision" and e.facts.get("outcome") == "rejected":
        return e.facts.get("merits_scope") != "full"
    if plans_to(e):
        return True
    return leg_to(e) is None and not accepts(e) and bool(closes(e))


@cache
def holidays_of(state: str, year: int) -> frozenset[date]:
    """The holidays of a state in a year and the next."""
    return frozenset() if state == "UKR" else frozenset(holidays.country_holidays(state, years=range(year, year + 2)))


def tenth_working_day(e: Event, state: str) -> datetime:
    end = max(e.when.latest, e.recorded).replace(hour=23, minute=59, second=59, microsecond=999999)
    free = holidays_of(state, end.year)
    worked = 0
    while worked < 10:
        end += DAY
        if end.strftime("%a") not in ("Sat", "Sun") and end.date() not in free:
            worked += 1
    return end
