"""The seven patterns once more, as plain nested loops from the text of the rules; slow, and shares no code with them.

Run `python tests/domain/patterns/oracle.py N` for N random histories.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exchange.domain import edtf
from exchange.domain.timeline import Event, Timeline

DAY = timedelta(days=1)
TWO_YEARS = 731 * DAY
SEVERITIES = ["info", "medium", "high", "critical"]
STAGES = ["risk", "imminent", "done"]
CERTAINTIES = ["possible", "likely", "certain"]
CLAIMS = ("claim_expressed", "claim_registered", "claim_not_taken")
GIVEN = ("geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection")


@dataclass
class Seen:
    """One way in which a pattern shows. `sure` says whether orders and windows are beyond doubt."""

    family: str
    pattern: str
    severity: str
    stage: str
    anchor: int
    events: list[Event]
    sure: bool
    against: list[tuple[Event, bool]]


def judge(history: Timeline, now: datetime) -> tuple[dict[tuple[str, int], tuple[str, ...]], set[tuple[str, datetime]]]:
    """Return (family, anchor) -> (pattern, severity, stage, certainty), and the timers."""
    timers: set[tuple[str, datetime]] = set()
    best: dict[tuple[str, int], tuple[Any, ...]] = {}
    for seen in [*one(history), *three(history), *four(history), *five(history), *seven(history)]:
        _keep(history, seen, best)
    for seen in [*thirteen(history, now, timers), *nineteen(history)]:
        _keep(history, seen, best)
    return {key: value[1] for key, value in best.items()}, timers


def _keep(history: Timeline, seen: Seen, best: dict[tuple[str, int], tuple[Any, ...]]) -> None:
    severity = SEVERITIES.index(seen.severity)
    if history.safeguards:
        severity = min(severity + 1, 3)
    if any(hides for _, hides in seen.against):
        severity = 0
    certainty = 2
    if any(e.grade != "confirmed" for e in seen.events):
        certainty = 1
    if not seen.sure or seen.against:
        certainty = 0
    rank = (severity, STAGES.index(seen.stage), certainty)
    key = (seen.family, seen.anchor)
    if key not in best or rank > best[key][0]:
        best[key] = (rank, (seen.pattern, SEVERITIES[severity], seen.stage, CERTAINTIES[certainty]))


# what events are


def sooner(a: Event, b: Event) -> bool:
    if a.when.latest < b.when.earliest:
        return True
    if b.when.latest < a.when.earliest:
        return False
    return a.index < b.index


def surely(a: Event, b: Event) -> bool:
    return a.when.latest < b.when.earliest


def in_window(a: Event, b: Event, window: timedelta) -> bool:
    return b.when.earliest - a.when.latest <= window


def surely_in_window(a: Event, b: Event, window: timedelta) -> bool:
    return surely(a, b) and b.when.latest - a.when.earliest <= window and a.when.exact and b.when.exact


def leg_to(e: Event) -> str | None:
    if e.kind == "removal_executed":
        return e.counterpart
    if e.kind == "entry_refused" and e.facts.get("physically_returned") == "yes":
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
    if e.kind == "admissibility_decision" and e.facts.get("outcome") == "inadmissible" and e.counterpart:
        found.append((e.state, e.counterpart))
    if accepts(e):
        found.append((str(e.counterpart), e.state))
    return found


def accepts(e: Event) -> bool:
    return e.kind == "responsibility_reply" and e.facts.get("reply") in ("accepted", "tacit") and bool(e.counterpart)


def merits(history: Timeline, act: Event) -> bool:
    """Whether anybody's full examination was served certainly before an act (D.1; L23 for the actor's own word)."""
    for e in history.events:
        effect = None
        if e.kind == "merits_decision" and e.facts.get("merits_scope") == "full":
            if e.facts.get("outcome") in (*GIVEN, "rejected") and e.facts.get("served_at"):
                effect = edtf.read(str(e.facts["served_at"]))
        elif e.kind == "protection_status" and e.facts.get("change") in ("granted", "renewed"):
            effect = edtf.read(str(e.facts["effective_at"])) if e.facts.get("effective_at") else e.when
        if effect is not None and effect.latest < act.when.earliest:
            if e.author_state == act.state and e.index > act.index:
                continue
            return True
    return False


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


# what speaks against it


def heard(history: Timeline, state: str) -> Event | None:
    if {"unaccompanied_minor", "age_disputed"} & history.safeguards:
        return None
    for e in history.events:
        if e.kind != "encounter" or e.state != state:
            continue
        if e.facts.get("fear_asked") != "yes" or e.facts.get("fear_answer") != "no":
            continue
        if e.facts.get("language_understood") != "yes" or e.facts.get("relayed_interpreting") == "yes":
            continue
        low, high = e.when.earliest - 30 * DAY, e.when.latest + 30 * DAY
        if not any(c.kind in CLAIMS and c.when.latest >= low and c.when.earliest <= high for c in history.events):
            return e
    return None


def promise(history: Timeline, by: str, act: Event) -> Event | None:
    contrary = ("claim_not_taken", "return_decision", "removal_planned", "removal_executed")
    for e in history.events:
        if e.kind != "responsibility_reply" or e.state != by or e.facts.get("intended_procedure") != "full_merits":
            continue
        low, high = e.when.earliest - 14 * DAY, e.when.latest + 14 * DAY
        fresh = act.when.latest >= low and act.when.earliest <= high
        if fresh and not any(c.state == by and c.kind in contrary and sooner(e, c) for c in history.events):
            return e
    return None


def called_off(history: Timeline, act: Event, to: str) -> Event | None:
    if not plans_to(act):
        return None
    for e in history.events:
        if e.state != act.state or not sooner(act, e):
            continue
        stopped = (e.kind == "removal_planned" and e.facts.get("cancelled") == "yes") or (
            e.kind == "return_decision" and e.facts.get("annulled") == "yes"
        )
        if stopped and to in (e.facts.get("destinations") or (e.counterpart,)):
            return e
        if e.kind == "protection_status" and e.facts.get("change") in ("granted", "renewed"):
            return e
        if e.kind == "arrival" and e.facts.get("procedure_opened") == "yes":
            return e
        if e.kind == "admissibility_decision" and e.facts.get("outcome") == "admissible":
            return e
    return None


def against(fault: set[str], *events: Event | None) -> list[tuple[Event, bool]]:
    return [(e, e.author_state not in fault) for e in events if e is not None]


# the rules


def one(history: Timeline) -> Iterator[Seen]:
    for claim in history.events:
        for out in history.events:
            to = leg_to(out)
            if claim.kind != "claim_expressed" or to is None or out.state != claim.state:
                continue
            if not sooner(claim, out) or not in_window(claim, out, 7 * DAY):
                continue
            registered = [e for e in history.events if e.kind == "claim_registered" and e.state == claim.state]
            if any(sooner(claim, e) and sooner(e, out) for e in registered):
                continue
            sure = surely_in_window(claim, out, 7 * DAY)
            no = against({out.state}, heard(history, out.state))
            anchor = first_said(history, out.state, to)
            severity = "critical" if to in history.danger else "high"
            yield Seen("p01", "P01", severity, "done", anchor, [claim, out], sure, no)
            for again in history.events:
                if leg_to(again) == to and again.state == out.state and sooner(out, again):
                    if in_window(out, again, 90 * DAY):
                        both = sure and surely_in_window(out, again, 90 * DAY)
                        yield Seen("p01", "P01", "critical", "done", anchor, [claim, out, again], both, no)


def three(history: Timeline) -> Iterator[Seen]:
    for claim in history.events:
        for act in history.events:
            if claim.kind not in CLAIMS or merits(history, act):
                continue
            steps = [(to, "high") for to in plans_to(act)]
            if act.kind == "admissibility_decision" and act.facts.get("outcome") == "inadmissible" and act.counterpart:
                steps.append((act.counterpart, "medium"))
            if leg_to(act):
                steps.append((str(leg_to(act)), "critical"))
            for to, severity in steps:
                if to not in history.danger:
                    off = called_off(history, act, to)
                    no = against({act.state}, heard(history, act.state), promise(history, to, act), off)
                    anchor = chain_start(history, act, act.state, to)
                    yield Seen("path", "P03", severity, "risk", anchor, [claim, act], True, no)


def four(history: Timeline) -> Iterator[Seen]:
    for first in history.events:
        for second in history.events:
            middle, end = leg_to(first), leg_to(second)
            if middle is None or end is None or second.state != middle or end == first.state:
                continue
            if sooner(first, second) and in_window(first, second, TWO_YEARS) and not merits(history, second):
                sure = surely_in_window(first, second, TWO_YEARS)
                anchor = chain_start(history, first, first.state, middle)
                yield Seen("path", "P04", "critical", "done", anchor, [first, second], sure, [])


def five(history: Timeline) -> Iterator[Seen]:
    for plan in history.events:
        for end in plans_to(plan):
            done = [e for e in history.events if e.state == plan.state and leg_to(e) == end and sooner(plan, e)]
            if done or merits(history, plan):
                continue
            for step in history.events:
                for start, middle in ways(step):
                    if middle != plan.state or end == start:
                        continue
                    no = against({start, middle}, promise(history, middle, step), called_off(history, plan, end))
                    order = _five_order(plan, step)
                    for sure in order:
                        anchor = chain_start(history, step, start, middle)
                        yield Seen("path", "P05", "critical", "imminent", anchor, [step, plan], sure, no)


def _five_order(plan: Event, step: Event) -> list[bool]:
    """(a) leg or accepted transfer, then the plan; (b) the plan stands, then a plan or a leg."""
    found = []
    if (leg_to(step) or accepts(step)) and sooner(step, plan) and in_window(step, plan, TWO_YEARS):
        found.append(surely_in_window(step, plan, TWO_YEARS))
    if (leg_to(step) or plans_to(step)) and sooner(plan, step) and in_window(plan, step, TWO_YEARS):
        found.append(surely_in_window(plan, step, TWO_YEARS))
    return found


def seven(history: Timeline) -> Iterator[Seen]:
    for open_ in history.events:
        for out in history.events:
            if leg_to(out) is None or out.state != open_.state or not sooner(open_, out):
                continue
            ended = [
                e for e in history.events if e.kind == "remedy" and e.facts.get("step") in ("decided", "withdrawn")
            ]
            if any(e.state == out.state and sooner(open_, e) and sooner(e, out) for e in ended):
                continue
            effect = open_.facts.get("suspensive")
            if open_.kind == "remedy" and open_.facts.get("step") == "lodged":
                severity = "critical" if effect in ("automatic", "granted") else "high"
                yield Seen("p07", "P07", severity, "done", out.ref, [open_, out], surely(open_, out), [])
            if open_.kind in ("admissibility_decision", "return_decision") and effect == "automatic":
                if in_window(open_, out, 14 * DAY):
                    sure = surely_in_window(open_, out, 14 * DAY)
                    yield Seen("p07", "P07", "critical", "done", out.ref, [open_, out], sure, [])


def thirteen(history: Timeline, now: datetime, timers: set[tuple[str, datetime]]) -> Iterator[Seen]:
    for out in history.events:
        to = leg_to(out)
        if to is None or to not in history.participants:
            continue
        words = [e for e in history.events if e.kind in ("arrival", "claim_registered", "detention") and e.state == to]
        if any(sooner(out, e) for e in words):
            continue
        first = max(out.when.latest, out.recorded) + (3 * DAY if out.facts.get("means") == "air" else 7 * DAY)
        for due, severity in ((first, "medium"), (first + 14 * DAY, "high")):
            if now < due:
                timers.add(("P13", due))
            else:
                yield Seen("p13", "P13", severity, "risk", out.ref, [out], out.when.exact, [])


def nineteen(history: Timeline) -> Iterator[Seen]:
    for asked in history.events:
        protected = asked.kind == "merits_decision" and asked.facts.get("outcome") in GIVEN
        if asked.kind not in (*CLAIMS, "protection_status") and not protected:
            continue
        for act in history.events:
            steps = [(to, "high", "imminent") for to in plans_to(act)]
            if leg_to(act):
                steps.append((str(leg_to(act)), "critical", "done"))
            for to, severity, stage in steps:
                if to in history.danger and not merits(history, act):
                    no = against({act.state}, called_off(history, act, to))
                    anchor = first_said(history, act.state, to)
                    yield Seen("p19", "P19", severity, stage, anchor, [asked, act], True, no)


if __name__ == "__main__":
    from histories import compare

    compare(int(sys.argv[1]))
