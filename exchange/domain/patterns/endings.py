"""Whether an event ends what another gave: an interim measure that was lifted, protection that was withdrawn.

Only the body that gave it can end it. Of what its own body gave, a state may say that it is over; of what another gave,
its word while it acts or is complained of is no evidence (L23). A monitor's word is its own, wherever it is seated.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from exchange.domain.timeline import Event

Alike = Literal["yes", "no", "perhaps"]

_STATE: Final = "state"
_BODY: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"interim_measure": ("body", "not_recorded"), "protection_status": ("granted_by", _STATE)}
)
"""Kind -> the member of its facts that says which body spoke, and which it was where that member is missing."""
_COURT: Final = "court_liaison"
_MONITOR: Final = "monitor"
PROTECTED: Final = frozenset(
    {"geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection"}
)
"""The outcomes of a decision that give a status."""


def body(event: Event) -> str:
    """Return the body that spoke, as a code of its kind; a decision on the merits is its state's."""
    member, missing = _BODY.get(event.kind, ("", _STATE))
    return str(event.facts.get(member, missing))


def alike(given: Event, end: Event) -> Alike:
    """Tell whether one body gave and ended; `perhaps` where nobody recorded which it was."""
    one, other = body(given), body(end)
    if "not_recorded" in (one, other):
        return "perhaps"
    return "yes" if one == other else "no"


def is_word_of(event: Event, states: frozenset[str]) -> bool:
    """Tell whether an event is the word of one of these states. A monitor is independent of the state it is seated in.

    So it is of corrections (`exchange.domain.corrections`), where a monitor's agreement counts whoever is its host.
    """
    return event.author_kind != _MONITOR and event.author_state in states


def is_vain(given: Event, end: Event, own_word: frozenset[str]) -> bool:
    """Tell whether these states say that something ended which was not theirs to end."""
    return is_word_of(end, own_word) and not is_its_own(given, end)


def is_its_own(given: Event, end: Event) -> bool:
    """Tell whether the state that says that something ended speaks of what its own body gave.

    Of a measure of its own court it speaks by its court's liaison alone: an office that removes people, or decides on
    them, is bound by it.
    """
    if given.kind == "interim_measure":
        return body(given) == "national" and end.author_kind == _COURT
    return body(given) == _STATE and end.author_state == given.state


def withdraws(event: Event) -> bool:
    """Tell whether an event says that a status was withdrawn or ended."""
    return event.kind == "protection_status" and event.facts.get("change") in {"withdrawn", "ended"}


def annuls(event: Event) -> bool:
    """Tell whether an event says that the decisions of a state on the merits, up to then, stand no more."""
    return event.kind == "merits_decision" and event.facts.get("outcome") == "annulled"


def undoes(event: Event, decision: Event) -> Alike:
    """Tell whether, from an event on, a decision examines nobody any more, whichever of them came first.

    A state annuls its decisions on the merits. Its status withdrawn takes the grant with it, and leaves its rejections:
    whether the person would be in danger now, nobody has looked at. A withdrawal that was a full decision counts as one
    by itself.
    """
    if event.state != decision.state:
        return "no"
    if annuls(event):
        return "yes" if decision.kind == "merits_decision" else "no"
    gave = decision.kind == "protection_status" or decision.facts.get("outcome") in PROTECTED
    return alike(decision, event) if gave and withdraws(event) else "no"
