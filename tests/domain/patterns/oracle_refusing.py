"""The oracle on serial refusal, measures defied, loops (P02, P06, P17)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

from domain.patterns.oracle_against import against, called_off
from domain.patterns.oracle_seen import Seen, Timers
from domain.patterns.oracle_words import (
    CLAIMS,
    DAY,
    backdated,
    in_window,
    leg_to,
    plans_to,
    retellings,
    sooner,
    speaks_for,
    surely_in_window,
)
from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.timeline import Event, Timeline

NINETY = 90 * DAY
YEAR = 366 * DAY
TICK = timedelta(microseconds=1)


def seen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    yield from two(history)
    yield from six_done(history)
    yield from six_planned(history, now, timers)
    yield from seventeen(history)


def two(history: Timeline) -> Iterator[Seen]:
    refusals = [e for e in history.events if e.kind == "entry_refused" and e.counterpart is not None]
    claims = [e for e in history.events if e.kind in CLAIMS]
    for first in refusals:
        same = [e for e in refusals if (e.state, e.counterpart) == (first.state, first.counterpart)]
        anchor = min((e.index, e.ref) for e in same)[1]
        more = [e for e in same if e.ref not in retellings(same) and sooner(first, e) and in_window(first, e, NINETY)]
        for one, other in combinations(more, 2):
            sure = surely_in_window(first, one, NINETY) and surely_in_window(first, other, NINETY)
            yield Seen("p02", "P02", "high", "done", anchor, [first, one, other], sure, [], first.counterpart)
        for again in more:
            twice = surely_in_window(first, again, NINETY)
            for claim in claims:
                a, b = (claim, first) if sooner(claim, first) else (first, claim)
                if in_window(a, b, NINETY):
                    sure = twice and surely_in_window(a, b, NINETY)
                    yield Seen("p02", "P02", "high", "done", anchor, [first, again, claim], sure, [], first.counterpart)


def six_done(history: Timeline) -> Iterator[Seen]:
    for measure in _measures(history, "indicated"):
        since, until = _force(measure)
        clear = measure.facts["step"] == "indicated"
        for out in history.events:
            to = leg_to(out)
            if to is None or out.state != measure.state or not _maybe_inside(out.when, since, until):
                continue
            lifted = _lifted(history, measure, out)
            if lifted != "yes":
                sure = _inside(out.when, since, until) and lifted == "no" and clear
                anchor = _named(history, measure)
                yield Seen("p06", "P06", "critical", "done", anchor, [measure, out], sure, [], to)


def six_planned(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    moment = Interval(now, now, exact=True)
    for measure in _measures(history, "indicated"):
        since, until = _force(measure)
        turns = [since.earliest] if until is None else [since.earliest, until.latest + TICK]
        timers |= {("P06", turn) for turn in turns if now < turn}
        if not _maybe_inside(moment, since, until):
            continue
        for plan in history.events:
            if plan.state != measure.state:
                continue
            lifted = [_lifted(history, measure, plan), _lifted(history, measure, None)]
            if "yes" in lifted:
                continue
            sure = since.latest <= now and (until is None or now < until.earliest) and lifted == ["no", "no"]
            sure = sure and measure.facts["step"] == "indicated"
            for to in plans_to(plan):
                if any(e.state == plan.state and leg_to(e) == to and sooner(plan, e) for e in history.events):
                    continue
                no = against({plan.state}, *called_off(history, plan, to), *_held(history, plan))
                anchor = _named(history, measure)
                yield Seen("p06", "P06", "critical", "imminent", anchor, [measure, plan], sure, no, to)


def _measures(history: Timeline, step: str) -> list[Event]:
    """The measures at a step; one that leaves out its step may be at any."""
    return [e for e in history.events if e.kind == "interim_measure" and e.facts.get("step") in (step, "not_recorded")]


def _named(history: Timeline, measure: Event) -> int:
    return min((e.index, e.ref) for e in _measures(history, "indicated") if e.state == measure.state)[1]


def _force(measure: Event) -> tuple[Interval, Interval | None]:
    since, until = measure.facts.get("served_at"), measure.facts.get("in_force_until")
    return edtf.read(str(since)) if since else measure.when, edtf.read(str(until)) if until else None


def _maybe_inside(when: Interval, since: Interval, until: Interval | None) -> bool:
    return when.latest >= since.earliest and (until is None or when.earliest <= until.latest)


def _inside(when: Interval, since: Interval, until: Interval | None) -> bool:
    return since.latest < when.earliest and (until is None or when.latest < until.earliest)


def _lifted(history: Timeline, since: Event, until: Event | None) -> str:
    """Whether the measure was lifted between two events, or up to now: `yes`, `no`, or `claimed`.

    Who told it must say that the very body lifted it. The state that is bound is believed on its own courts alone, when
    its court's office said so before it acted.
    """
    answer = "no"
    for lift in _measures(history, "lifted"):
        if lift.state != since.state or not sooner(since, lift) or (until is not None and not sooner(lift, until)):
            continue
        one, other = since.facts["body"], lift.facts["body"]
        if one != other and "not_recorded" not in (one, other):
            continue
        believed = not speaks_for(lift, {since.state})
        if not believed and until is not None:
            by_court = one == "national" and lift.author_kind == "court_liaison"
            believed = by_court and not backdated(lift, until, {since.state})
        if believed and one == other != "not_recorded" and lift.facts["step"] == "lifted":
            return "yes"
        answer = "claimed"
    return answer


def _held(history: Timeline, plan: Event) -> list[Event]:
    steps = [e for e in history.events if e.kind == "hold_request"]
    held = [e for e in steps if e.facts["step"] == "held" and e.state == plan.state and sooner(plan, e)]
    ended = [e for e in steps if e.facts["step"] == "lifted"]
    return [e for e in held if not any(_ends(end, e) for end in ended)]


def _ends(lifted: Event, held: Event) -> bool:
    return (lifted.state, lifted.counterpart) == (held.counterpart, held.state) and sooner(held, lifted)


def seventeen(history: Timeline) -> Iterator[Seen]:
    legs = [(e, str(leg_to(e))) for e in history.events if leg_to(e)]
    for out, there in legs:
        for then, to in legs:
            back, twice = (then.state, to) == (there, out.state), (then.state, to) == (out.state, there)
            if not (back or twice) or not sooner(out, then) or not in_window(out, then, YEAR):
                continue
            if not back and then.ref in retellings([e for e, b in legs if (e.state, b) == (out.state, there)]):
                continue
            between = [e for e, b in legs if {e.state, b} == {out.state, there}]
            anchor = min((e.index, e.ref) for e in between)[1]
            sure = surely_in_window(out, then, YEAR)
            yield Seen("p17", "P17", "high", "done", anchor, [out, then], sure, [], to)
