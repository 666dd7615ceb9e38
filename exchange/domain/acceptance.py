"""Who may say what, and what contradicts itself (decided.md, acceptance; rule L08)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from exchange.domain import edtf, references
from exchange.domain.codes import NEEDS_APPROVAL
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader

_DECIDERS = frozenset({"asylum_office", "court_liaison"})
_OFFICES = _DECIDERS | {"monitor"}
_GUARDS = frozenset({"border_guard", "return_unit", "monitor"})
_ANYONE = frozenset({"border_guard", "asylum_office", "return_unit", "court_liaison", "monitor"})

AUTHORS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "claim_expressed": _ANYONE,
        "claim_registered": frozenset({"asylum_office"}),
        "claim_not_taken": frozenset({"border_guard", "asylum_office", "monitor"}),
        "entry_refused": _GUARDS,
        "encounter": _GUARDS,
        "admissibility_decision": _DECIDERS,
        "merits_decision": _DECIDERS,
        "protection_status": _OFFICES,
        "responsibility_request": frozenset({"border_guard", "asylum_office", "return_unit"}),
        "responsibility_reply": frozenset({"border_guard", "asylum_office", "return_unit"}),
        "return_decision": _GUARDS | {"asylum_office"},
        "removal_planned": _GUARDS,
        "removal_executed": _GUARDS,
        "arrival": frozenset({"border_guard", "asylum_office", "return_unit", "monitor"}),
        "remedy": _OFFICES,
        "interim_measure": _OFFICES,
        "assurance": _ANYONE - {"border_guard"},
        "detention": _ANYONE,
        "information_request": _OFFICES,
        "information_reply": _OFFICES,
        "safeguard": _ANYONE,
        "hold_request": _OFFICES | {"return_unit"},
        "correction": _ANYONE,
        "origin_contact": _GUARDS | {"asylum_office"},
        "voluntary_return": _GUARDS,
    }
)
_OF_OTHER_STATES: Final = frozenset({"claim_expressed", "claim_not_taken"})
"""What an asylum office or a court may say about another state's act: the person told it so (domain.md E.3)."""
_OF_RESPONSIBILITY: Final = frozenset({"responsibility_request", "responsibility_reply"})


class Only(NamedTuple):
    """Of a kind an authority may send no more than notices whose facts say one of `values` under `member`."""

    member: str
    values: tuple[str, ...]
    words: str


_READMISSION = Only(
    "request_type",
    ("readmission", "accelerated_readmission", "transit"),
    "Border guards and return units deal with readmission only.",
)
ONLY: Final[Mapping[tuple[str, str], Only]] = MappingProxyType(
    {
        ("responsibility_request", "border_guard"): _READMISSION,
        ("responsibility_request", "return_unit"): _READMISSION,
        ("responsibility_reply", "border_guard"): _READMISSION,
        ("responsibility_reply", "return_unit"): _READMISSION,
        ("hold_request", "return_unit"): Only(
            "step", ("held", "refused"), "A return unit answers hold requests, and makes none."
        ),
        ("protection_status", "monitor"): Only(
            "granted_by", ("unhcr_mandate",), "A monitor tells of status under the mandate of UNHCR only."
        ),
    }
)
"""(kind, kind of authority) -> what it is held to. A monitor decides no claim of a state."""
_LEGS: Final = frozenset({"removal_planned", "removal_executed"})
_NEEDS_COUNTERPART: Final = _LEGS | _OF_RESPONSIBILITY | {"admissibility_decision", "entry_refused"}
AHEAD: Final = timedelta(seconds=5)
"""A clock may run ahead by so much."""


def accept(author: Reader, event: Mapping[str, str], facts: Mapping[str, object]) -> None:
    """Raise Refusal `not-yours-to-say` when this authority may not say this."""
    kind = event["kind"]
    if author.kind not in AUTHORS[kind]:
        raise Refusal("not-yours-to-say", f"An authority of the kind {author.kind} may not send {kind}.")
    own = event["state"] == author.state or author.kind == "monitor"
    if not own and not (kind in _OF_OTHER_STATES and author.kind in _OFFICES):
        raise Refusal("not-yours-to-say", "Of another state's acts you may send claims only, as the person told them.")
    only = ONLY.get((kind, author.kind))
    if only is not None and facts[only.member] not in only.values:
        raise Refusal("not-yours-to-say", only.words)


def speaks_for(author: Reader, hub: Mapping[str, Any]) -> None:
    """Return if who sends the word of an NGO or of counsel may do so (L25): a monitor, which says whom it accredits.

    Raises Refusal `accreditation-missing`.
    """
    if author.kind == "monitor" and (hub["source"] == "counsel_or_ngo") != ("accreditation" in hub):
        raise Refusal("accreditation-missing", "A monitor names its accreditation with the word of counsel or an NGO.")
    if author.kind != "monitor" and "accreditation" in hub:
        raise Refusal("accreditation-missing", "Only a monitor accredits counsel and NGOs.")


def agree(event: Mapping[str, str], facts: Mapping[str, object], authored_at: datetime, now: datetime) -> None:
    """Return if a notice does not contradict itself.

    Raises Refusal `contradictory-times`, `contradictory-states`, `contradictory-references`, `approval-missing`.
    """
    _states_agree(event, facts)
    references.agree(event, facts)
    approved(event["kind"], facts)
    if authored_at > now + AHEAD:
        raise Refusal("contradictory-times", "The notice says that it was written later than now.")
    if edtf.read(event["event_time"]).earliest > authored_at + AHEAD:
        raise Refusal("contradictory-times", "event_time lies after iat: a notice says what has happened.")
    decided, served = facts.get("decided_at"), facts.get("served_at")
    if isinstance(decided, str) and isinstance(served, str) and edtf.read(served).before(edtf.read(decided)):
        raise Refusal("contradictory-times", "served_at lies before decided_at.")
    planned = facts.get("planned_at")
    if isinstance(planned, str) and edtf.read(planned).before(edtf.read(event["event_time"])):
        raise Refusal("contradictory-times", "planned_at lies before the plan was made (event_time).")


def approved(kind: str, facts: Mapping[str, object]) -> None:
    """Return if grounds and words of a claim are asked for, or told, with the person's written approval (L06).

    Raises Refusal `approval-missing`. Regulation (EU) 604/2013 Art 34(3).
    """
    named = facts.get("asked" if kind == "information_request" else "told", ())
    if isinstance(named, Sequence) and NEEDS_APPROVAL.intersection(named):
        written = kind == "information_reply" or facts["approved_in_writing"] == "yes"
        if not written or "approval_reference" not in facts:
            raise Refusal("approval-missing", "Grounds and words of a claim need the person's written approval.")


def _states_agree(event: Mapping[str, str], facts: Mapping[str, object]) -> None:
    kind, other = event["kind"], event.get("counterpart_state")
    if kind in _NEEDS_COUNTERPART and other is None:
        raise Refusal("contradictory-states", f"{kind} needs counterpart_state.")
    if other == event["state"]:
        raise Refusal("contradictory-states", "state and counterpart_state are the same.")
    destinations = facts.get("destinations", [])
    if kind == "return_decision" and other is not None and isinstance(destinations, list) and other not in destinations:
        raise Refusal("contradictory-states", "counterpart_state is not among the destinations.")
    named = facts.get("destination", facts.get("named_country", other))
    if named != other:
        raise Refusal("contradictory-states", "counterpart_state and the state that the facts name differ.")
