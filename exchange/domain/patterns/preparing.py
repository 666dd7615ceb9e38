"""A pattern made ready for judging, once: the steps of each variant, and what of its matches a finding rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from exchange.domain.patterns.algebra import (
    CERTAINTIES,
    SEVERITIES,
    STAGES,
    Absent,
    Clause,
    Count,
    Open,
    Pattern,
    Silent,
    Unexamined,
    Variant,
)
from exchange.domain.patterns.routing import Kept, Route, route
from exchange.domain.patterns.searching import CERTAIN, SUREST
from exchange.domain.patterns.sorting import NEEDED

_BY_EVENT: Final = frozenset({"event", "chain"})
"""Ways in which a finding is identified that rest on the event of its anchor, and not on the states alone."""
CERTAINTY: Final = tuple(2 if sure == SUREST else 1 if sure == CERTAIN else 0 for sure in range(SUREST + 1))
"""How sure a match is (`searching.SUREST`) -> its place in `algebra.CERTAINTIES`.

Certain, unless an order or a window rests on an approximate time, an event is flagged, or a link rests on equal tokens
alone.
"""
WORST: Final = len(SEVERITIES) - 1
PLACES: Final = 1 << 32
"""More than there are places in a timeline."""


def level(severity: int, stage: int, certainty: int) -> int:
    """Return how bad, far and sure a finding is, as one number, in steps of `PLACES`."""
    return ((severity * len(STAGES) + stage) * len(CERTAINTIES) + certainty) * PLACES


class RestsOn(NamedTuple):
    """What a clause of a finding rests on: which events of a search; or the window between two that was empty."""

    clause: str
    events: tuple[int, ...]
    counts: bool
    window: tuple[int | None, int | None] | None

    @property
    def says_more(self) -> bool:
        """Whether it rests on more than the states."""
        return bool(self.events or self.counts or self.window)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A variant of a pattern, made ready."""

    pattern: Pattern
    variant: Variant
    route: Route
    explaining: Route
    """The same, with each clause asked in its turn, to tell which failed."""
    needed: tuple[str, ...]
    """The notions of which there must be an event."""
    kinds: tuple[int, ...]
    """For each of them the kinds that can be of it, as a set of bits (`sorting`)."""
    numbered: tuple[str, str, str]
    """Under which question the numbers of its findings are kept (`Known.once`), as they are identified in one way."""
    ranked: tuple[str, str]
    """The same for what stands of its family."""
    severity: int
    stage: int
    levels: tuple[tuple[int, ...], ...]
    """By how much severity is raised, and how sure a match is (`searching.SUREST`) -> its `level`."""
    anchor: int
    """Which event of a search is the anchor."""
    led: tuple[int, int | None]
    """Which states of a search say from where and to where the anchor leads."""
    by_event: bool
    destination: int
    main: int | None
    """Which event of a search may be stopped, or was done; None where the clause counts."""
    rests_on: tuple[RestsOn, ...]
    promised: bool
    """Whether promises are asked about (S6), and tell matches apart."""


def prepared(pattern: Pattern) -> list[Prepared]:
    """Return the variants of a pattern, made ready."""
    if not pattern.prepared:
        pattern.prepared.extend(_prepare(pattern, variant) for variant in pattern.variants)
    return pattern.prepared


def _prepare(pattern: Pattern, variant: Variant) -> Prepared:
    act = variant.anchoring
    severity, stage = SEVERITIES.index(variant.severity), STAGES.index(variant.stage)
    kept = {variant.main} if pattern.suppressors else set()
    if "S3" in pattern.suppressors:
        kept.add("protection")  # of two, one may have been confirmed since, and the other not
    steps, explaining = (
        route(variant.clauses, Kept(frozenset(kept), variant.anchor, variant.main, explain=explain))
        for explain in (False, True)
    )
    states = steps.layout.states
    return Prepared(
        pattern=pattern,
        variant=variant,
        route=steps,
        explaining=explaining,
        needed=variant.needed,
        kinds=tuple(NEEDED[notion] for notion in variant.needed),
        numbered=("numbers", variant.anchored, act.notion),
        ranked=("ranks", pattern.family),
        severity=severity,
        stage=stage,
        levels=tuple(
            tuple(level(min(severity + raised, WORST), stage, certainty) for certainty in CERTAINTY)
            for raised in range(3)
        ),
        anchor=steps.layout.events[variant.anchor],
        led=(states[str(act.by)], None if act.to is None else states[act.to]),
        by_event=variant.anchored in _BY_EVENT,
        destination=states[variant.destination],
        main=steps.layout.events.get(variant.main),
        rests_on=tuple(_rests_on(clause, steps.layout.events) for clause in variant.clauses),
        promised="S6" in pattern.suppressors,
    )


def _rests_on(clause: Clause, events: Mapping[str, int]) -> RestsOn:
    found = (events[clause.name],) if clause.name in events else ()
    window = _window(clause)
    placed = None if window is None else (events.get(window[0] or ""), events.get(window[1] or ""))
    return RestsOn(clause.name, found, isinstance(clause, Count), placed)


def _window(clause: Clause) -> tuple[str | None, str | None] | None:
    """Return between which clauses something is missing; None for a clause that is about something else."""
    match clause:
        case Absent():
            return clause.since, clause.until
        case Silent():
            return clause.after, None
        case Unexamined():
            return None, clause.before
        case Open():
            return clause.plan, None
        case _:
            return None
