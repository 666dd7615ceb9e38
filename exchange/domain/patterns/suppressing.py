"""What speaks against a finding: always logged, and never hiding it when it is the word of the state at fault (L23)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.algebra import Match, Variant
from exchange.domain.patterns.known import Known
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


def _called_off(known: Known, variant: Variant, match: Match) -> tuple[Event, ...]:
    main = match.events[variant.main]
    return known.called_off(main, match.states[variant.destination])


_SUPPRESSORS: Final[Mapping[str, tuple[str, Callable[[Known, Variant, Match], tuple[Event, ...]]]]] = MappingProxyType(
    {
        "S2": ("the state asked about fear, in a language understood, and was told no", _heard),
        "S6": ("the receiving state promised a full examination", _promise),
        "called_off": ("the plan was called off", _called_off),
    }
)


def _may_hide(event: Event, at_fault: set[str]) -> bool:
    return event.author_state not in at_fault and not event.flagged


def suppressors(known: Known, codes: Sequence[str], variant: Variant, match: Match) -> tuple[Suppressed, ...]:
    """Return the suppressors of a pattern that speak against this match."""
    at_fault = {match.states[name] for name in (*variant.acting, *variant.complained_of)}
    return tuple(
        Suppressed(code, _SUPPRESSORS[code][0], event.ref, hides=_may_hide(event, at_fault))
        for code in codes
        for event in _SUPPRESSORS[code][1](known, variant, match)
    )
