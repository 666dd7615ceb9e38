"""Which variants of a pattern show, each judged on its own; and every small way to get a variant wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from exchange.domain.patterns.algebra import (
    Absent,
    Act,
    Among,
    AnyOf,
    Apart,
    Clause,
    Count,
    First,
    Not,
    Open,
    Silent,
    Unexamined,
    Variant,
    names,
)
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.routing import Route, route
from exchange.domain.patterns.searching import Search
from exchange.domain.patterns.windows import WINDOWS
from exchange.domain.timeline import Timeline

Windows = Mapping[str, timedelta]
_NEIGHBOURS = {
    "leg": "plan | plan or leg | passed on | leg by air | leg not by air",
    "leg by air": "leg | leg not by air",
    "leg not by air": "leg | leg by air",
    "plan": "leg | plan or leg | path",
    "plan or leg": "plan | leg | path",
    "passed on": "leg | path",
    "inadmissible": "path | plan",
    "claim": "claim voiced | claim registered | claim shown",
    "claim voiced": "claim",
    "claim registered": "claim | word of arrival",
    "claim referred": "claim voiced | claim",
    "claim taken up": "claim registered | claim",
    "hold asked": "hold answered | hold lifted",
    "hold answered": "hold asked | hold lifted",
    "hold lifted": "hold asked | hold answered",
    "word of arrival": "claim registered",
    "suspensive remedy": "remedy | suspended by law",
    "remedy": "suspensive remedy",
    "remedy ended": "remedy",
    "suspended by law": "suspensive remedy",
    "protection given": "asylum case | protection ended",
    "protection ended": "protection given",
    "mandate given": "protection given | protection ended",
    "asked about": "passed on",
    "UNHCR asked": "asked about",
    "assurance given": "individual assurance | breach",
    "individual assurance": "assurance given",
    "breach": "plan or leg | assurance given",
    "contact": "contact while open",
    "contact while open": "contact",
    "voluntary return": "doubtful return",
    "doubtful return": "voluntary return",
    "arrest": "word of arrival",
    "entry refused": "leg | plan or leg",
    "interim measure": "measure lifted",
    "measure lifted": "interim measure",
    "claim shown": "claim | asylum case",
    "asylum case": "claim | claim shown",
    "closed without merits": "passed on | inadmissible | turned away",
    "taking refused": "taking agreed",
    "taking agreed": "taking refused",
    "destination decided": "plan | inadmissible | way decided",
    "plan without remedy": "plan | leg",
    "handover": "leg | handover without act",
    "handover without act": "handover | leg",
    "way decided": "plan | destination decided",
    "encountered": "arrest | claim voiced",
    "arrived": "word of arrival | leg",
    "turned away": "closed without merits | arrest | plan",
    "rejected in full": "rejected in part",
    "rejected in part": "rejected in full",
}
"""What is easily taken for what: wider, narrower, or beside it."""
_SWITCHES = {
    "served": "counted from the decision",
    "anew": "told again counted",
    "unordered": "told in the order of one day",
    "ending": "ended by anybody",
}
"""A member that is true or false -> what the clause becomes without it."""
Mutant = tuple[str, tuple[Clause, ...], Windows]


class AnyMatch:
    """The goal of a search that only asks whether there is a match."""

    def __init__(self) -> None:
        self.kept = 0

    def keep(self, _search: Search, _sureness: int) -> None:
        self.kept += 1

    def better(self, _search: Search, among: int, _sureness: int, _main: int | None) -> int:
        return 0 if self.kept else among

    better_anchors = better

    def identity(self, _search: Search) -> None:
        """There is only one finding."""


def shows(known: Known, steps: Route, now: datetime, windows: Windows = WINDOWS) -> bool:
    goal = AnyMatch()
    events, states = [0] * len(steps.layout.events), [""] * len(steps.layout.states)
    steps.run(Search(known, now, windows, steps.layout, goal, explain=False, events=events, states=states))
    return goal.kept > 0


def variants_shown(timeline: Timeline, variants: tuple[Variant, ...], now: datetime) -> set[str]:
    known = Known(timeline)
    return {variant.name for variant in variants if shows(known, route(variant.clauses), now)}


def mutants(variant: Variant) -> Iterator[Mutant]:
    clauses = variant.clauses
    for at, clause in enumerate(clauses):
        yield f"{clause.name} dropped", _whole((*clauses[:at], *clauses[at + 1 :])), WINDOWS
        negated = Not(clause.name, clause.words, clause)
        yield f"{clause.name} negated", _whole((*clauses[:at], negated, *clauses[at + 1 :])), WINDOWS
        for what, other in _variations(clause):
            yield f"{clause.name} {what}", (*clauses[:at], other, *clauses[at + 1 :]), WINDOWS
        for window in filter(None, (getattr(clause, "within", None), getattr(clause, "beyond", None))):
            for what, factor in (("doubled", 2), ("halved", 0.5)):
                yield f"{clause.name} window {what}", clauses, {**WINDOWS, window: WINDOWS[window] * factor}


def _variations(clause: Any) -> Iterator[tuple[str, Clause]]:
    act = getattr(clause, "act", None)
    if isinstance(act, Act):
        yield from _acts(clause, act)
    if isinstance(clause, First) and clause.after:
        yield "order dropped", replace(clause, after=None, within=None, beyond=None)
    for window in ("within", "beyond") if isinstance(clause, First | Count) else ():
        if getattr(clause, window, None):
            yield f"{window} dropped", replace(clause, **{window: None})
    for switch, what in _SWITCHES.items():
        if getattr(clause, switch, False):
            yield what, replace(clause, **{switch: False})
    if isinstance(clause, Silent) and clause.counted != "days":
        yield "counted in days", replace(clause, counted="days")
    yield from _parts(clause)


def _acts(clause: Any, act: Act) -> Iterator[tuple[str, Clause]]:
    for notion in _NEIGHBOURS[act.notion].split(" | "):
        yield f"taken for {notion}", replace(clause, act=replace(act, notion=notion))
    if act.by != act.to:  # any state is any state, swapped or not
        yield "states swapped", replace(clause, act=replace(act, by=act.to, to=act.by))


def _parts(clause: Any) -> Iterator[tuple[str, Clause]]:
    for state in getattr(clause, "own_word", ()):
        yield f"word of {state} believed", replace(clause, own_word=tuple(s for s in clause.own_word if s != state))
    if isinstance(clause, Count):
        yield "one fewer", replace(clause, least=clause.least - 1)
        yield "one more", replace(clause, least=clause.least + 1)
    for at, one in enumerate(clause.clauses) if isinstance(clause, AnyOf) else ():
        yield f"without {one.name}", replace(clause, clauses=(*clause.clauses[:at], *clause.clauses[at + 1 :]))
    if isinstance(clause, Unexamined) and clause.before and clause.since is None:
        yield "asked up to now", replace(clause, before=None, since=clause.before)
    for end in ("since", "until") if isinstance(clause, Absent) else ():
        if getattr(clause, end):
            yield f"{end} dropped", replace(clause, **{end: None})


def _whole(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Leave out what speaks of an event or a state that is no longer found."""
    events: set[str] = set()
    states: set[str | None] = set()
    kept: list[Clause] = []
    for clause in clauses:
        if isinstance(clause, First):
            loose = clause.after is not None and clause.after not in events
            kept.append(replace(clause, after=None, within=None, beyond=None) if loose else clause)
            events.add(clause.name)
            states |= {clause.act.by, clause.act.to}
        elif _stands(clause, events, states):
            kept.append(clause)
    return tuple(kept)


def _stands(clause: Clause, events: set[str], states: set[str | None]) -> bool:  # noqa: PLR0911 -- one line for each kind
    if not names(clause) <= events:
        return False
    match clause:
        case Not(clause=First()):
            return True
        case Not():
            return _stands(clause.clause, events, states)
        case AnyOf():
            return all(_stands(one, events, states) for one in clause.clauses)
        case Open():
            return clause.to in states
        case Apart():
            return {clause.one, clause.other} <= states
        case Among():
            return clause.state in states
        case _:
            return True
