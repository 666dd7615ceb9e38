"""The patterns once more, as plain nested loops from the text of the rules; slow, and shares no code with them.

Run `python tests/domain/patterns/oracle.py N` for N random histories.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[at]) for at in (2, 3)]  # for the command, which pytest does not prepare

from domain.patterns import oracle_deciding, oracle_protecting, oracle_refusing  # noqa: E402 -- after the path
from domain.patterns.oracle_against import against, called_off, heard, promise  # noqa: E402 -- after the path
from domain.patterns.oracle_seen import Seen, Timers  # noqa: E402 -- after the path
from domain.patterns.oracle_words import (  # noqa: E402 -- after the path
    DAY,
    accepts,
    answer_due,
    backdated,
    chain_start,
    closes_the_door,
    first_said,
    in_window,
    keeps_quiet,
    leg_to,
    may_answer,
    merits,
    one_day,
    plans_to,
    retellings,
    sooner,
    surely,
    surely_in_window,
    takes_up,
    tells_of_asylum,
    tells_of_claim,
    third_working_day,
    ways,
)
from exchange.domain import edtf  # noqa: E402 -- after the path
from exchange.domain.timeline import Event, Timeline  # noqa: E402 -- after the path

TWO_YEARS = 731 * DAY
SEVERITIES = ["info", "medium", "high", "critical"]
STAGES = ["risk", "imminent", "done"]
CERTAINTIES = ["possible", "likely", "certain"]


def judge(history: Timeline, now: datetime) -> tuple[dict[tuple[str, int], tuple[str, ...]], Timers]:
    """Return (family, anchor) -> (pattern, severity, stage, certainty), and the timers."""
    timers: Timers = set()
    best: dict[tuple[str, int], tuple[Any, ...]] = {}
    for seen in [*one(history), *three(history), *four(history), *five(history), *seven(history)]:
        _keep(history, seen, best)
    waiting = [*thirteen(history, now, timers), *twenty_one(history, now, timers), *twenty_two(history, now, timers)]
    others = (part.seen(history, now, timers) for part in (oracle_refusing, oracle_protecting, oracle_deciding))
    for seen in [*waiting, *nineteen(history), *chain.from_iterable(others)]:
        _keep(history, seen, best)
    return {key: value[1] for key, value in best.items()}, timers


def _keep(history: Timeline, seen: Seen, best: dict[tuple[str, int], tuple[Any, ...]]) -> None:
    severity = SEVERITIES.index(seen.severity)
    severity = min(severity + bool(history.safeguards) + (seen.towards in history.onward), 3)
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


def one(history: Timeline) -> Iterator[Seen]:
    for claim in history.events:
        for out in history.events:
            to = leg_to(out)
            if claim.kind != "claim_expressed" or to is None or out.state != claim.state:
                continue
            if (
                not sooner(claim, out)
                or not in_window(claim, out, 7 * DAY)
                or _registered(history, claim, out) == "yes"
            ):
                continue
            sure = surely_in_window(claim, out, 7 * DAY) and _registered(history, claim, out) == "no"
            no = against({out.state}, *heard(history, out.state))
            anchor = first_said(history, out.state, to)
            severity = "critical" if to in history.danger else "high"
            yield Seen("p01", "P01", severity, "done", anchor, [claim, out], sure, no, to)
            same = [e for e in history.events if leg_to(e) == to and e.state == out.state]
            for again in same:
                repeated = again.ref not in retellings(same) and sooner(out, again)
                if repeated and in_window(out, again, 90 * DAY):
                    both = sure and surely_in_window(out, again, 90 * DAY)
                    yield Seen("p01", "P01", "critical", "done", anchor, [claim, out, again], both, no, to)


def _registered(history: Timeline, claim: Event, out: Event) -> str:
    registered = [e for e in history.events if e.kind == "claim_registered" and e.state == claim.state]
    return _between(claim, out, registered)


def _between(since: Event, until: Event, these: list[Event]) -> str:
    """Whether one of these lies between two events: `yes`, `no`, or `claimed`."""
    between = [e for e in these if sooner(since, e) and sooner(e, until)]
    if any(not backdated(e, until, {until.state}) for e in between):
        return "yes"
    return "claimed" if between else "no"


def three(history: Timeline) -> Iterator[Seen]:
    for claim in history.events:
        for act in history.events:
            known = merits(history, act, {act.state})
            asked = tells_of_claim(claim)
            if asked == "no" or known == "yes":
                continue
            steps = [(to, "high") for to in plans_to(act)]
            if closes_the_door(act) and act.counterpart:
                steps.append((act.counterpart, "medium"))
            if leg_to(act):
                steps.append((str(leg_to(act)), "critical"))
            for to, severity in steps:
                if to not in history.danger:
                    off = called_off(history, act, to)
                    no = against({act.state}, *heard(history, act.state), *promise(history, to, act), *off)
                    anchor = chain_start(history, act, act.state, to)
                    sure = (known, asked) == ("no", "yes") and not keeps_quiet(act)
                    yield Seen("path", "P03", severity, "risk", anchor, [claim, act], sure, no, to)


def four(history: Timeline) -> Iterator[Seen]:
    for first in history.events:
        for second in history.events:
            middle, end = leg_to(first), leg_to(second)
            if middle is None or end is None or second.state != middle or end == first.state:
                continue
            known = merits(history, second, {first.state, middle})
            joined = sooner(first, second) or (first is not second and one_day(first, second))
            if joined and in_window(first, second, TWO_YEARS) and known != "yes":
                sure = surely_in_window(first, second, TWO_YEARS) and known == "no"
                anchor = chain_start(history, first, first.state, middle)
                yield Seen("path", "P04", "critical", "done", anchor, [first, second], sure, [], end)


def five(history: Timeline) -> Iterator[Seen]:
    for plan in history.events:
        for end in plans_to(plan):
            done = [e for e in history.events if e.state == plan.state and leg_to(e) == end and sooner(plan, e)]
            if done:
                continue
            for step in history.events:
                for start, middle in ways(step):
                    if middle != plan.state or end == start:
                        continue
                    no = against({start, middle}, *promise(history, middle, step), *called_off(history, plan, end))
                    order = _five_order(history, plan, step, {start, middle})
                    for sure in order:
                        anchor = chain_start(history, step, start, middle)
                        yield Seen("path", "P05", "critical", "imminent", anchor, [step, plan], sure, no, end)


def _five_order(history: Timeline, plan: Event, step: Event, fault: set[str]) -> list[bool]:
    """(a) leg or accepted transfer, then the plan; (b) the plan stands, then a plan or a leg."""
    found = []
    at_plan, at_step = merits(history, plan, fault), merits(history, step, fault)
    if at_plan != "yes" and (leg_to(step) or accepts(step)) and sooner(step, plan) and in_window(step, plan, TWO_YEARS):
        told = not (accepts(step) and keeps_quiet(step))
        found.append(surely_in_window(step, plan, TWO_YEARS) and at_plan == "no" and told)
    if at_step != "yes" and (leg_to(step) or plans_to(step)) and sooner(plan, step):
        found.append(surely_in_window(plan, step, TWO_YEARS) and at_step == "no")
    return found


def seven(history: Timeline) -> Iterator[Seen]:
    for open_ in history.events:
        for out in history.events:
            if leg_to(out) is None or out.state != open_.state or not sooner(open_, out):
                continue
            known = _closed(history, open_, out)
            if known == "yes":
                continue
            effect = open_.facts.get("suspensive")
            if open_.kind == "remedy" and open_.facts.get("step") in ("lodged", "not_recorded"):
                severity = "critical" if effect in ("automatic", "granted") else "high"
                sure = surely(open_, out) and known == "no" and open_.facts["step"] == "lodged"
                yield Seen("p07", "P07", severity, "done", out.ref, [open_, out], sure, [], leg_to(out))
            by_law = open_.kind in ("admissibility_decision", "return_decision") and effect == "automatic"
            served = edtf.read(str(open_.facts.get("served_at"))) if open_.facts.get("served_at") else open_.when
            if by_law and out.when.earliest - served.latest <= 14 * DAY:
                exact = open_.when.exact and served.exact and out.when.exact and surely(open_, out)
                sure = exact and out.when.latest - served.earliest <= 14 * DAY and known == "no"
                yield Seen("p07", "P07", "critical", "done", out.ref, [open_, out], sure, [], leg_to(out))


def _closed(history: Timeline, open_: Event, out: Event) -> str:
    """Whether a remedy ended against the person before a leg: `yes`, `no`, or `claimed` where nobody says how."""
    remedies = [e for e in history.events if e.kind == "remedy" and e.state == out.state]
    remedies = [e for e in remedies if e.facts.get("result") != "allowed"]
    lost = [e for e in remedies if (e.facts["step"], e.facts.get("result")) == ("decided", "dismissed")]
    known = _between(open_, out, [*lost, *(e for e in remedies if e.facts["step"] == "withdrawn")])
    vague = _between(open_, out, [e for e in remedies if e.facts["step"] in ("decided", "not_recorded")])
    return "claimed" if known == "no" and vague != "no" else known


def thirteen(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    for out in history.events:
        to = leg_to(out)
        if to is None or to not in history.participants or to in history.danger:
            continue
        words = [e for e in history.events if e.kind in ("arrival", "claim_registered", "detention") and e.state == to]
        if any(may_answer(out, e) for e in words):
            continue
        first = max(out.when.latest, out.recorded) + (3 * DAY if out.facts.get("means") == "air" else 7 * DAY)
        for due, severity in ((first, "medium"), (first + 14 * DAY, "high")):
            if now < due:
                timers.add(("P13", due))
            else:
                yield Seen("p13", "P13", severity, "risk", out.ref, [out], out.when.exact, [], to)


def twenty_one(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    for said in history.events:
        referred = said.author_kind in ("border_guard", "return_unit") and said.author_state == said.state
        if said.kind != "claim_expressed" or not referred:
            continue
        taken = [e for e in history.events if e.state == said.state and takes_up(e) and may_answer(said, e)]
        due = third_working_day(said)
        if not taken and now < due:
            timers.add(("P21", due))
        elif not taken:
            yield Seen("p21", "P21", "high", "risk", said.ref, [said], said.when.exact, [], said.state)


def twenty_two(history: Timeline, now: datetime, timers: Timers) -> Iterator[Seen]:
    for asked in history.events:
        if asked.kind != "hold_request" or asked.counterpart is None:
            continue
        if asked.facts["step"] not in ("asked", "not_recorded"):
            continue
        sure = asked.when.exact and asked.facts["step"] == "asked"
        holds = [e for e in history.events if e.kind == "hold_request"]
        if any(e.state == asked.state and e.facts["step"] == "lifted" and sooner(asked, e) for e in holds):
            continue
        answers = [e for e in holds if e.state == asked.counterpart and e.facts["step"] in ("held", "refused")]
        if any(may_answer(asked, e) for e in answers):
            continue
        due = answer_due(history, asked)
        if now < due:
            timers.add(("P22", due))
        else:
            yield Seen("p22", "P22", "high", "imminent", asked.ref, [asked], sure, [], asked.counterpart)


def nineteen(history: Timeline) -> Iterator[Seen]:
    for asked in history.events:
        said = tells_of_asylum(asked)
        if said == "no":
            continue
        for act in history.events:
            steps = [(to, "high", "imminent") for to in plans_to(act)]
            if leg_to(act):
                steps.append((str(leg_to(act)), "critical", "done"))
            known = merits(history, act, {act.state})
            for to, severity, stage in steps:
                if to in history.danger and known != "yes":
                    no = against({act.state}, *called_off(history, act, to))
                    anchor = first_said(history, act.state, to)
                    yield Seen(
                        "p19", "P19", severity, stage, anchor, [asked, act], (known, said) == ("no", "yes"), no, to
                    )


if __name__ == "__main__":
    from domain.patterns.histories import compare

    compare(int(sys.argv[1]))
