"""What speaks against a finding: always logged, and never hiding it when it is the word of the state at fault (L23)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns import endings, examination
from exchange.domain.patterns.algebra import Variant
from exchange.domain.patterns.noting import plan
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.searching import Search
from exchange.domain.timeline import Event


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A suppressor that was seen, in words; `hides` is false for the word of a state that acts or is complained of."""

    code: str
    words: str
    event: int
    hides: bool


def _heard(search: Search, variant: Variant) -> tuple[Event, ...]:
    return search.known.heard(search.state(variant.acting[-1]))


def _promise(search: Search, variant: Variant) -> tuple[Event, ...]:
    return search.known.promised(search.state("B"), search.event(variant.anchor))


def _confirmed(search: Search, variant: Variant) -> tuple[Event, ...]:
    if variant.destination != "S":
        return ()
    known = search.known
    return examination.confirmed(known.timeline, known.events[search.event("protection")], search.state("A"))


def _called_off(search: Search, variant: Variant) -> tuple[Event, ...]:
    return search.known.called_off(search.event(variant.main), search.state(variant.destination))


def _complied_with(search: Search, variant: Variant) -> tuple[Event, ...]:
    """Return what says that a measure is complied with: the plan was called off, or is held; a leg was done."""
    known, main = search.known, search.event(variant.main)
    held = known.held(known.events[main].state) & known.order.after(main) if plan(known.events[main]) else 0
    return *_called_off(search, variant), *(known.events[place] for place in places(held))


_SUPPRESSORS: Final[Mapping[str, tuple[str, Callable[[Search, Variant], tuple[Event, ...]]]]] = MappingProxyType(
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


def suppressors(search: Search, codes: Sequence[str], variant: Variant) -> tuple[Suppressed, ...]:
    """Return the suppressors of a pattern that speak against the match that a search has found."""
    found = [(code, event) for code in codes for event in _SUPPRESSORS[code][1](search, variant)]
    if not found:
        return ()
    at_fault = frozenset(search.state(name) for name in (*variant.acting, *variant.complained_of))
    return tuple(
        Suppressed(code, _SUPPRESSORS[code][0], event.ref, hides=_may_hide(event, at_fault)) for code, event in found
    )
