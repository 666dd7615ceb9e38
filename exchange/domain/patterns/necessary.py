"""What must be in a timeline before a pattern can show in it, worked out from the clauses of the pattern.

A replay picks persons by this before the rules judge them. It may pick too many and never too few: an event that a
clause asks for must be there, between states that agree and in an order that is possible. What a clause says is missing
counts as missing unless it is there for certain; and every clause that is not known here counts as true.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain.kinds import TERMS
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
    Pattern,
    Plain,
    Safeguarded,
    Silent,
    Unexamined,
    Variant,
)
from exchange.domain.patterns.shapes import SHAPES
from exchange.domain.patterns.windows import WINDOWS

REJECTED: Final = "rejected in full"
"""The notion of a decision that may be overtaken by what changes at home."""
_ALWAYS: Final = frozenset(
    {
        "admissibility_decision",
        "arrival",
        "entry_refused",
        "merits_decision",
        "protection_status",
        "removal_executed",
        "removal_planned",
        "responsibility_reply",
        "return_decision",
    }
)
"""The kinds of events that say where a chain began, who examined the merits, and which plans were called off."""
_CLAIMS: Final = frozenset({"claim_expressed", "claim_registered", "claim_not_taken"})
_OF_SUPPRESSOR: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "S2": _CLAIMS | {"encounter"},
        "S3": frozenset({"information_reply", "assurance"}),
        "S4": frozenset({"hold_request"}),
        "S6": _CLAIMS,
        "called_off": frozenset(),
    }
)
"""Suppressor -> the other kinds of events that it looks at."""


@dataclass(frozen=True, slots=True)
class Need:
    """An event that must be there: of a notion, by and towards states named by variables.

    `after` is the place of an earlier need; `within` and `beyond` are windows from its event, from its service when
    `served`. `unexamined` says that no full decision on the merits may certainly count before it; `unordered`, that on
    one day it may come first as well.
    """

    notion: str
    by: str | None
    to: str | None
    after: int | None = None
    within: timedelta | None = None
    beyond: timedelta | None = None
    unexamined: bool = False
    served: bool = False
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """An event that must not be there for certain: after that of need `since`, and before that of need `until`.

    It is of the notion whoever looks, no key in other hands signed it, and it was told before that of `until`.
    """

    notion: str
    by: str | None
    to: str | None
    since: int | None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What one variant needs. `apart` are pairs of states that differ; `among` and `outside` (state, set) hold.

    `overtaken` are needs before which much changed at home, after a full rejection (`plain.situation_changed`).
    """

    needs: tuple[Need, ...] = ()
    lacks: frozenset[Lack] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()
    among: frozenset[tuple[str, str]] = frozenset()
    outside: frozenset[tuple[str, str]] = frozenset()
    safeguarded: bool = False
    overtaken: frozenset[int] = frozenset()

    def is_met_where(self, other: "Condition") -> bool:
        """Tell whether this holds of everybody of whom the other holds, as far as can be seen from its parts."""
        return (
            len(self.needs) <= len(other.needs)
            and all(
                replace(more, unexamined=more.unexamined and less.unexamined) == less
                for less, more in zip(self.needs, other.needs, strict=False)
            )
            and self.lacks <= other.lacks
            and self.apart <= other.apart
            and self.among <= other.among
            and self.outside <= other.outside
            and self.safeguarded <= other.safeguarded
            and self.overtaken <= other.overtaken
        )


@dataclass(slots=True)
class _Making:
    """The condition so far: where each clause's event is among the needs, and the states that they bind."""

    needs: list[Need] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    bound: set[str | None] = field(default_factory=set)
    lacks: set[Lack] = field(default_factory=set)
    apart: set[tuple[str, str]] = field(default_factory=set)
    among: set[tuple[str, str]] = field(default_factory=set)
    outside: set[tuple[str, str]] = field(default_factory=set)
    safeguarded: bool = False
    overtaken: set[int] = field(default_factory=set)

    def named(self, variable: str | None, *, bind: bool) -> str | None:
        """Return the name of a state in the condition: by the order in which needs name them."""
        if variable is None or (not bind and variable not in self.states):
            return None
        return self.states.setdefault(variable, f"s{len(self.states)}")


def conditions(pattern: Pattern) -> tuple[Condition, ...]:
    """Return the conditions of which one must be met before a pattern can show; none that follows from another."""
    found: list[Condition] = []
    for made in sorted(map(_of_variant, pattern.variants), key=lambda one: len(one.needs)):
        if not any(other.is_met_where(made) for other in found):
            found = [other for other in found if not made.is_met_where(other)] + [made]
    return tuple(found)


def notions(of: Sequence[Condition]) -> tuple[str, ...]:
    """Return the notions that conditions ask about, each once."""
    asked = (need.notion for condition in of for need in condition.needs)
    return tuple(dict.fromkeys((*asked, *(REJECTED for condition in of if condition.overtaken))))


def lacking(of: Sequence[Condition]) -> tuple[str, ...]:
    """Return the notions of which conditions ask that something is missing, each once."""
    return tuple(sorted({lack.notion for condition in of for lack in condition.lacks}))


def kinds(pattern: Pattern) -> frozenset[str]:
    """Return the kinds of events that can make a difference to what a pattern finds; all, where that is not known."""
    acts = (act for variant in pattern.variants for clause in variant.clauses for act in _acts(clause))
    found = [{shape.kind for shape in SHAPES[act.notion]} if act.notion in SHAPES else TERMS for act in acts]
    return _ALWAYS.union(*found, *(_OF_SUPPRESSOR.get(code, TERMS) for code in pattern.suppressors))


def _acts(clause: Clause) -> Iterator[Act]:
    match clause:
        case Not():
            yield from _acts(clause.clause)
        case AnyOf():
            yield from (act for inner in clause.clauses for act in _acts(inner))
        case First() | Count() | Absent() | Silent():
            yield clause.act
        case _:
            pass


def _of_variant(variant: Variant) -> Condition:
    making = _Making()
    for clause in variant.clauses:
        if isinstance(clause, First | Count):
            _need(making, clause)
        else:
            _narrow(making, clause)
    return Condition(
        tuple(making.needs),
        frozenset(making.lacks),
        frozenset(making.apart),
        frozenset(making.among),
        frozenset(making.outside),
        making.safeguarded,
        frozenset(making.overtaken),
    )


def _need(making: _Making, clause: First | Count) -> None:
    """Add the event of a clause. One that counts binds no states: its events may be of several."""
    act: Act = clause.act
    making.bound |= {act.by, act.to} if isinstance(clause, First) else set()
    if act.notion not in SHAPES or (isinstance(clause, Count) and clause.least < 1):
        return
    bind = isinstance(clause, First)
    after = making.places.get(clause.after or "")
    beyond = clause.beyond if isinstance(clause, First) else None
    making.needs.append(
        Need(
            act.notion,
            making.named(act.by, bind=bind),
            making.named(act.to, bind=bind),
            after,
            None if after is None else WINDOWS.get(clause.within or ""),
            None if after is None else WINDOWS.get(beyond or ""),
            served=isinstance(clause, First) and clause.served,
            unordered=isinstance(clause, First) and clause.unordered,
        )
    )
    if bind:
        making.places[clause.name] = len(making.needs) - 1


def _narrow(making: _Making, clause: Clause) -> None:
    """Add what a clause says of states and events that are bound; anything else counts as true."""
    match clause:
        case Unexamined(before=str(name), since=None) if name in making.places:
            place = making.places[name]
            making.needs[place] = replace(making.needs[place], unexamined=True)
        case Apart():
            one, other = (making.named(state, bind=False) for state in (clause.one, clause.other))
            if one is not None and other is not None:
                making.apart.add((min(one, other), max(one, other)))
        case Among() if (state := making.named(clause.state, bind=False)) is not None:
            making.among.add((state, clause.of))
        case Not(clause=Among() as inner) if (state := making.named(inner.state, bind=False)) is not None:
            making.outside.add((state, inner.of))
        case Safeguarded():
            making.safeguarded = True
        case Plain(question="situation changed", about=(str(name),)) if name in making.places:
            making.overtaken.add(making.places[name])
        case _:
            _lack(making, clause)


def _lack(making: _Making, clause: Clause) -> None:
    """Add what a clause says is missing, as far as its place can be told."""
    match clause:
        case Silent():
            _add_lack(making, clause.act, clause.after, None)
        case Absent(until=str(until), ending=False):
            _add_lack(making, clause.act, clause.since, until)
        case Not(clause=First(after=str(after), within=None, beyond=None) as inner):
            _add_lack(making, inner.act, after, None)
        case Open() if clause.plan in making.places:
            need = making.needs[making.places[clause.plan]]
            planner = next((name for name, state in making.states.items() if state == need.by), None)
            if planner is not None:
                _add_lack(making, Act("leg", planner, clause.to), clause.plan, None)
        case _:
            pass


def _add_lack(making: _Making, act: Act, since: str | None, until: str | None) -> None:
    """A state that a clause binds which is not among the needs is not known: then nothing can be said."""
    known = {*making.states, None}
    if act.notion in SHAPES and {since, until} <= {*making.places, None} and {act.by, act.to} & making.bound <= known:
        by, to = (making.named(state, bind=False) for state in (act.by, act.to))
        places = (making.places[name] if name else None for name in (since, until))
        making.lacks.add(Lack(act.notion, by, to, *places))
