"""What an event is, for the patterns on acts repeated or defiant: P02, P06, P17 (see `notions`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain.patterns.noting import UNSAID, Between, Doubt, Notion, left_out, of_kinds
from exchange.domain.timeline import Event


def measure(step: str) -> Notion:
    """Return the notion of an interim measure at a step, or perhaps at it; its state is the one that is bound."""

    def notion(event: Event) -> tuple[Between, ...]:
        fits = event.kind == "interim_measure" and event.facts.get("step") in {step, UNSAID}
        return ((event.state, event.counterpart),) if fits else ()

    return notion


NOTIONS: Final[Mapping[str, Notion]] = MappingProxyType(
    {
        "entry refused": of_kinds("entry_refused"),
        "interim measure": measure("indicated"),
        "measure lifted": measure("lifted"),
    }
)
DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {"interim measure": left_out("step"), "measure lifted": left_out("step")}
)
