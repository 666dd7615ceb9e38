"""What speaks against a finding: always logged, and never hiding it when it is the word of the state at fault (L23)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns import endings, examination
from exchange.domain.patterns.algebra import Match, Variant
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.noting import plan
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A suppressor that was seen, in words; `hides` is false for the word of a state that acts or is complained of."""

    code: str
    words: str
    event: int
    hides: bool


def _heard(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    return known.heard(match.states[variant.acting[-1]])


def _promise(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    return known.promised(match.states["B"], match.events[variant.anchor])


def _confirmed(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    if variant.destination != "S":
        return ()
    return examination.confirmed(known.timeline, match.events["protection"], match.states["A"])


def _called_off(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    main = match.events[variant.main]
    return known.called_off(main, match.states[variant.destination])


def _complied_with(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    """Return what says that a measure is complied with: the plan was called off, or is held; a leg was done."""
    main = match.events[variant.main]
    held = known.held(main.state) & known.order.after(main) if plan(main) else 0
    return *_called_off(known, variant, match), *(known.order.events[place] for place in places(held))


_SUPPRESSORS: Final[Mapping[str, tuple[str, Callable[[Known, Variant, Match], tuple[Event, ...]]]]] = MappingProxyType(
    {
        "S2": ("the state asked about fear, in a language understood, and was told no", _heard),
        "S3": ("the state that protects the person confirms it", _confirmed),
        "S4": ("the plan was called off, or the removal is held", _complied_with),
        "S6": ("the receiving state promised a full examination", _promise),
        "called_off": ("the plan was called off", _called_off),
    }
)


def words(code: str) -> str:
    """Return what a suppressor says, in words."""
    return _SUPPRESSORS[code][0]


def _may_hide(event: Event, at_fault: frozenset[str]) -> bool:
    return not endings.is_word_of(event, at_fault) and not event.flagged


def suppressors(known: Known, codes: Sequence[str], variant: Variant, match: Match) -> tuple[Suppressed, ...]:
    """Return the suppressors of a pattern that speak against this match."""
    at_fault = frozenset(match.states[name] for name in (*variant.acting, *variant.complained_of))
    return tuple(
        Suppressed(code, _SUPPRESSORS[code][0], event.ref, hides=_may_hide(event, at_fault))
        for code in codes
        for event in _SUPPRESSORS[code][1](known, variant, match)
    )
