"""The clause algebra: rules as frozen values (detection.md, Rules).

A state is named by a variable (A, B, C); the first clause that uses it binds it, the others must agree. Each clause
has a name and a sentence; `{A}` in it becomes the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from exchange.domain.timeline import Timeline

SEVERITIES: Final = ("info", "medium", "high", "critical")
CERTAINTIES: Final = ("possible", "likely", "certain")
STAGES: Final = ("risk", "imminent", "done")


@dataclass(frozen=True, slots=True)
class Act:
    """What an event must be: a notion of `notions.NOTIONS`, by a state, perhaps towards another. None is any state."""

    notion: str
    by: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class First:
    """There is an event of this kind; `after` names a clause whose event comes before.

    `within` names a window from that event in which it lies, `beyond` one after which it lies. `anew` leaves out what
    may only tell again what another authority told (`Known.told_again`). `served` lets the windows run from the service
    of the decision that came before, where that is known. Outside window `surely_within` it is never certain. With
    `unordered`, what lies on the same day comes after as well as before, whoever was quicker to tell.
    """

    name: str
    words: str
    act: Act
    after: str | None = None
    within: str | None = None
    beyond: str | None = None
    anew: bool = False
    served: bool = False
    surely_within: str | None = None
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """After the event of a clause, perhaps within a window, there are at least so many of this kind.

    What may only tell again what another authority told is not counted (`Known.told_again`).
    """

    name: str
    words: str
    act: Act
    least: int
    after: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """Between the events of two clauses there is none of this kind.

    Without `since` there is none before, without `until` none up to now. What a state of `own_word` says counts only
    if it stood in the ledger before the event of `until` did, and never without such an event: nobody mends
    afterwards, by its own word, what it is complained of; but the word lowers certainty (L23). With `ending`, what is
    missing would end what the event of `since` gave: it counts as `endings` says.
    """

    name: str
    words: str
    act: Act
    since: str | None
    until: str | None
    own_word: tuple[str, ...] = ()
    ending: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """After the event of a clause there is none of this kind, and the deadline has passed.

    `counted` says how the window runs: in `days`, in `working days` of the state that is silent, or, `as asked`, by the
    time that the event names and before any removal that the other state plans (`due_times.hold_due`).
    """

    name: str
    words: str
    act: Act
    after: str
    within: str
    counted: str = "days"


@dataclass(frozen=True, slots=True)
class Unexamined:
    """Nobody's full decision on the merits was served certainly before the event of a clause; None is: up to now.

    `own_word` is as in `Absent`. Up to now, `since` names the event that they are complained of: of their own words
    those count that stood in the ledger before it, and those on a decision that certainly came after it.
    """

    name: str
    words: str
    before: str | None
    own_word: tuple[str, ...] = ()
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The plan of a clause, towards a state, has not been carried out."""

    name: str
    words: str
    plan: str
    to: str


@dataclass(frozen=True, slots=True)
class During:
    """The event of a clause happened while that of another was in force (`examination.in_force`).

    Without `event`: that one is in force at the moment of judging; when it begins and after it ends it is judged again.
    """

    name: str
    words: str
    event: str | None
    period: str


@dataclass(frozen=True, slots=True)
class Safeguarded:
    """The person has a safeguard: a child, an illness, a trace of torture (domain.md B.2)."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A question that the algebra would contort: a function of `plain.QUESTIONS`, about the events of clauses."""

    name: str
    words: str
    question: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Two states are not the same."""

    name: str
    words: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Among:
    """A state is one of a set: `danger` or `participants`."""

    name: str
    words: str
    state: str
    of: str


@dataclass(frozen=True, slots=True)
class Not:
    """A clause does not hold."""

    name: str
    words: str
    clause: "Clause"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these clauses holds; none of them finds an event of its own."""

    name: str
    words: str
    clauses: tuple["Clause", ...]


Clause = (
    First | Count | Absent | Silent | Unexamined | Open | During | Safeguarded | Plain | Apart | Among | Not | AnyOf
)
_NAMING: Final = ("after", "since", "until", "before", "plan", "event", "period")
"""Members of clauses that name a clause whose event is asked about."""


def names(clause: Clause) -> frozenset[str]:
    """Return the names of the clauses whose events a clause asks about."""
    if isinstance(clause, Not):
        return names(clause.clause)
    if isinstance(clause, AnyOf):
        return frozenset().union(*map(names, clause.clauses))
    told = (getattr(clause, member, None) for member in _NAMING)
    return frozenset(name for name in told if name) | frozenset(getattr(clause, "about", ()))


def asked(clauses: Sequence[Clause]) -> tuple[frozenset[str], ...]:
    """Return, for each place in the clauses, the names whose events the clauses from there on ask about."""
    found: list[frozenset[str]] = [frozenset()]
    for clause in reversed(clauses):
        found.append(found[-1] | names(clause))
    return tuple(reversed(found))


@dataclass(frozen=True)
class Variant:
    """One way in which a pattern shows. `acting` are the states that act, in order; `destination` where it leads."""

    name: str
    severity: str
    stage: str
    clauses: tuple[Clause, ...]
    acting: tuple[str, ...]
    complained_of: tuple[str, ...]
    destination: str
    main: str
    """The clause whose event is what may still be stopped, or was done: suppressors are asked about it.

    Of a clause that counts it is the last event; then the variant has no suppressors.
    """
    anchor: str
    """The clause whose event identifies the finding."""
    anchored: str
    """`chain`, `way`, `pair`, `act`, `person` or `event`: see `chains.anchor`."""
    chained: bool = False
    """Whether the legs that led to the anchor are evidence too, of any number, and their states are told."""

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The notions of which there must be an event before anything is found, or a deadline met."""
        firsts = takewhile(lambda clause: not isinstance(clause, Silent | During), self.clauses)
        return tuple(dict.fromkeys(clause.act.notion for clause in firsts if isinstance(clause, First)))

    @cached_property
    def anchoring(self) -> Act:
        """The act of the anchor: the notion, and the variables of the states from which and to which it leads."""
        return next(clause.act for clause in self.clauses if isinstance(clause, First) and clause.name == self.anchor)


@dataclass(frozen=True, slots=True)
class Example:
    """A short history, judged at a moment, and the variants that it must show; none: the pattern must stay silent."""

    words: str
    timeline: Timeline
    now: datetime
    finds: frozenset[str]


@dataclass(frozen=True)
class Pattern:
    """A pattern of refoulement, with all that a caseworker and an engineer need to judge it."""

    id: str
    version: int
    family: str
    title: str
    meaning: str
    ground: str
    false_alarms: str
    question: str
    variants: tuple[Variant, ...]
    suppressors: tuple[str, ...]
    examples: tuple[Example, ...]

    @cached_property
    def prepared(self) -> list[Any]:
        """Room for what is worked out of a pattern once, before anybody is judged by it (`preparing`)."""
        return []
