"""The forms in which an event can be of a notion, as plain data: what a replay asks DuckDB for (see `necessary`).

A notion that is missing here is true of every event: patterns about it are judged for more persons than they need be.
A test holds this table against the notions themselves, and names those that are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from exchange.domain.disclosure import REFERRING
from exchange.domain.patterns.noting import UNSAID

NOBODY: Final = "nobody"
PERHAPS: Final = "perhaps"
DESTINATIONS: Final = "destinations"
Said = tuple[str, tuple[str, ...]]
"""A member of the facts, and values of it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A form in which an event is of a notion: its kind, between which states, and what its facts say.

    `by` is `state` or `counterpart`. `to` is one of them, which must be there; `perhaps`, the counterpart if there is
    one; `destinations`, those that a decision names or the counterpart; or `nobody`. Each member of `says` has one of
    its values, none of `never` has. `offices` are the kinds of authorities, of the state that acts, whose word it is;
    none is anybody's. `exact` says that every event of this form is of the notion, not only some.
    """

    kind: str
    by: str = "state"
    to: str = PERHAPS
    says: tuple[Said, ...] = ()
    never: tuple[Said, ...] = ()
    offices: tuple[str, ...] = ()
    exact: bool = True


def _of(*kinds: str) -> tuple[Shape, ...]:
    return tuple(Shape(kind) for kind in kinds)


def _step(kind: str, *steps: str) -> tuple[Shape, ...]:
    return (Shape(kind, says=(("step", steps),)),)


def _perhaps(of: Sequence[Shape], member: str = "step") -> tuple[Shape, ...]:
    """Return the same forms where the member is left out: then an event is of the notion only perhaps."""
    return tuple(
        replace(shape, says=(*(said for said in shape.says if said[0] != member), (member, (UNSAID,))), exact=False)
        for shape in of
    )


def _or_perhaps(of: Sequence[Shape], member: str = "step") -> tuple[Shape, ...]:
    return (*of, *_perhaps(of, member))


_ACTUALLY: Final = (("physically_returned", ("yes",)),)
_PERHAPS: Final = (("physically_returned", ("yes", "not_recorded")),)
_AIR: Final = (("means", ("air",)),)
_LEG: Final = (
    Shape("removal_executed", to="counterpart"),
    Shape("entry_refused", to="counterpart", says=_PERHAPS),
)
_HANDOVER: Final = (_LEG[0], replace(_LEG[1], exact=False))
_PLANNED: Final = Shape("removal_planned", to="counterpart", never=(("cancelled", ("yes",)),))
_ORDER: Final = Shape("return_decision", to=DESTINATIONS, never=(("annulled", ("yes",)),), exact=False)
_PLAN: Final = (_PLANNED, _ORDER)
_REFUSED: Final = _or_perhaps((Shape("admissibility_decision", says=(("outcome", ("inadmissible",)),)),), "outcome")
_INADMISSIBLE: Final = tuple(replace(shape, to="counterpart") for shape in _REFUSED)
_AGREED: Final = (("reply", ("accepted", "tacit")),)
_ACCEPTED: Final = _or_perhaps((Shape("responsibility_reply", "counterpart", "state", says=_AGREED),), "reply")
_BY_REPLY: Final = tuple(replace(shape, to=NOBODY) for shape in _ACCEPTED)
_CLOSED: Final = (
    Shape("claim_not_taken", to=NOBODY),
    *(replace(shape, to=NOBODY) for shape in _REFUSED),
    Shape("merits_decision", to=NOBODY, says=(("merits_scope", ("none",)),), exact=False),
    Shape("merits_decision", to=NOBODY, says=(("outcome", ("discontinued",)),)),
)
_CLAIM: Final = _of("claim_expressed", "claim_registered", "claim_not_taken")
_TAKING: Final = (("request_type", ("take_charge", "take_back")),)
_SHOWN: Final = (
    *_CLAIM,
    Shape("admissibility_decision"),
    Shape("responsibility_request", says=_TAKING, exact=False),
    Shape("responsibility_reply", says=_TAKING, exact=False),
)
_PROTECTION: Final = ("geneva_convention", "subsidiary_protection", "humanitarian_status", "temporary_protection")
_GRANT: Final = _or_perhaps((Shape("merits_decision", says=(("outcome", _PROTECTION),)),), "outcome")
_STATUS: Final = _or_perhaps((Shape("protection_status", says=(("change", ("granted", "renewed")),)),), "change")
_LAW: Final = (("suspensive", ("automatic",)),)
_ASSURED: Final = _or_perhaps((Shape("assurance", to="counterpart", says=(("step", ("given",)),)),))
_FOR_ONE: Final = ("individual", ("yes",))
_BY_UNHCR: Final = ("granted_by", ("unhcr_mandate",))


def _remedy(steps: tuple[str, ...], suspensive: tuple[str, ...]) -> tuple[Shape, ...]:
    return _or_perhaps((Shape("remedy", to=NOBODY, says=(("step", steps), ("suspensive", suspensive))),))


_ENDED: Final = (
    (("decided",), ("allowed", "pending", UNSAID), True),
    (("decided",), ("allowed",), False),
    (("withdrawn",), ("allowed",), True),
)
"""Steps that end a remedy, results with which they do not, and whether they do so for certain."""


def _rejected(scope: str) -> Shape:
    return Shape("merits_decision", to=NOBODY, says=(("outcome", ("rejected",)), ("merits_scope", (scope,))))


SHAPES: Final[Mapping[str, tuple[Shape, ...]]] = MappingProxyType(
    {
        "leg": _LEG,
        "leg by air": (
            Shape("removal_executed", to="counterpart", says=_AIR),
            Shape("entry_refused", to="counterpart", says=(*_PERHAPS, *_AIR)),
        ),
        "leg not by air": (
            Shape("removal_executed", to="counterpart", never=_AIR),
            Shape("entry_refused", to="counterpart", says=_PERHAPS, never=_AIR),
        ),
        "plan": _PLAN,
        "plan or leg": (*_PLAN, *_LEG),
        "inadmissible": _INADMISSIBLE,
        "passed on": (*_ACCEPTED, *_LEG),
        "path": (*_INADMISSIBLE, *_PLAN, *_ACCEPTED, *_LEG),
        "claim voiced": _of("claim_expressed"),
        "claim": _CLAIM,
        "claim registered": _of("claim_registered"),
        "claim referred": (Shape("claim_expressed", to=NOBODY, offices=tuple(sorted(REFERRING))),),
        "claim taken up": (
            Shape("claim_registered", to=NOBODY),
            Shape("claim_not_taken", to=NOBODY, offices=("asylum_office",)),
        ),
        "hold asked": _or_perhaps(_step("hold_request", "asked")),
        "hold answered": _step("hold_request", "held", "refused"),
        "hold lifted": _step("hold_request", "lifted"),
        "removal held": _step("hold_request", "held"),
        "word of arrival": _of("arrival", "claim_registered", "detention"),
        "suspensive remedy": _remedy(("lodged",), ("automatic", "granted")),
        "remedy": _remedy(("lodged",), ("none", "not_recorded")),
        "remedy ended": tuple(
            replace(shape, never=(("result", never),), exact=exact and shape.exact)
            for steps, never, exact in _ENDED
            for shape in _remedy(steps, ("automatic", "granted", "none", UNSAID))
        ),
        "suspended by law": (
            Shape("admissibility_decision", to=NOBODY, says=_LAW),
            Shape("return_decision", to=NOBODY, says=_LAW),
        ),
        "entry refused": _of("entry_refused"),
        "interim measure": _or_perhaps(_step("interim_measure", "indicated")),
        "measure lifted": _or_perhaps(_step("interim_measure", "lifted")),
        "protection given": (*_STATUS, *_GRANT),
        "mandate given": _or_perhaps(
            tuple(replace(shape, says=(*shape.says, _BY_UNHCR)) for shape in _STATUS), "granted_by"
        ),
        "protection ended": _or_perhaps(
            (Shape("protection_status", says=(("change", ("withdrawn", "ended")),)),), "change"
        ),
        "asked about": (
            Shape("information_request", to="counterpart"),
            Shape("responsibility_request", to="counterpart"),
        ),
        "UNHCR asked": (
            Shape("information_request", to=NOBODY, exact=False),
            Shape("responsibility_request", to=NOBODY, exact=False),
        ),
        "assurance given": _ASSURED,
        "individual assurance": tuple(replace(shape, says=(*shape.says, _FOR_ONE)) for shape in _ASSURED),
        "breach": (
            *_or_perhaps(_step("assurance", "breached")),
            *(Shape(kind, exact=False) for kind in ("removal_executed", "removal_planned", "return_decision")),
            Shape("claim_not_taken", exact=False),
            *_REFUSED,
            Shape("entry_refused", says=_ACTUALLY),
        ),
        "contact": _of("origin_contact"),
        "contact while open": _or_perhaps(
            (Shape("origin_contact", says=(("claim_state", ("open", "rejected_open_remedy")),)),), "claim_state"
        ),
        "voluntary return": _of("voluntary_return"),
        "doubtful return": (Shape("voluntary_return", exact=False),),
        "arrest": (Shape("detention", never=(("step", ("end",)),), exact=False),),
        "claim shown": (*_SHOWN, Shape("merits_decision", never=(("outcome", ("temporary_protection",)),))),
        "asylum case": (*_SHOWN, *_of("merits_decision", "protection_status")),
        "closed without merits": (*_CLOSED, *_BY_REPLY, *(replace(shape, to=NOBODY, exact=False) for shape in _LEG)),
        "taking refused": (Shape("responsibility_reply", says=(("reply", ("refused", "suspended")),)),),
        "taking agreed": _or_perhaps((Shape("responsibility_reply", says=_AGREED),), "reply"),
        "destination decided": (*_INADMISSIBLE, _ORDER),
        "plan without remedy": (
            _PLANNED,
            replace(_ORDER, never=(*_ORDER.never, ("suspensive", ("automatic", "granted")))),
        ),
        "handover": _HANDOVER,
        "handover without act": (
            *_or_perhaps((replace(_LEG[0], says=(("legal_act", ("none",)),)),), "legal_act"),
            _HANDOVER[1],
        ),
        "way decided": (
            *_INADMISSIBLE,
            *_PLAN,
            Shape("responsibility_reply", "counterpart", "state"),
            *_of("responsibility_request"),
        ),
        "encountered": (Shape("encounter", to=NOBODY),),
        "arrived": (Shape("arrival", says=(("outcome", ("arrived",)),)),),
        "turned away": (
            *_CLOSED,
            Shape("merits_decision", to=NOBODY, says=(("outcome", ("rejected",)),), exact=False),
            Shape("detention", to=NOBODY, exact=False),
            *(replace(shape, to=NOBODY, exact=False) for shape in _PLAN),
        ),
        "rejected in full": (_rejected("full"),),
        "rejected in part": _or_perhaps((_rejected("partial"),), "merits_scope"),
    }
)
"""Notion -> the forms in which an event can be of it."""
