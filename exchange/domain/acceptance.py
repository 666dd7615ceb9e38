"""Who may say what, and what contradicts itself (decided.md, acceptance; rule L08)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import edtf
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader

_OFFICES = frozenset({"asylum_office", "court_liaison", "monitor"})
_GUARDS = frozenset({"border_guard", "return_unit", "monitor"})
_ANYONE = frozenset({"border_guard", "asylum_office", "return_unit", "court_liaison", "monitor"})

AUTHORS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "claim_expressed": _ANYONE,
        "claim_registered": frozenset({"asylum_office"}),
        "claim_not_taken": frozenset({"border_guard", "asylum_office", "monitor"}),
        "entry_refused": _GUARDS,
        "encounter": _GUARDS,
        "admissibility_decision": _OFFICES,
        "merits_decision": _OFFICES,
        "protection_status": _OFFICES,
        "responsibility_reply": frozenset({"border_guard", "asylum_office", "return_unit"}),
        "return_decision": _GUARDS | {"asylum_office"},
        "removal_planned": _GUARDS,
        "removal_executed": _GUARDS,
        "arrival": frozenset({"border_guard", "asylum_office", "return_unit", "monitor"}),
        "remedy": _OFFICES,
        "detention": _ANYONE,
        "safeguard": _ANYONE,
    }
)
_OF_OTHER_STATES: Final = frozenset({"claim_expressed", "claim_not_taken"})
"""What an asylum office or a court may say about another state's act: the person told it so (domain.md E.3)."""
_READMISSION: Final = frozenset({"readmission", "accelerated_readmission", "transit"})
_LEGS: Final = frozenset({"removal_planned", "removal_executed"})
_NEEDS_COUNTERPART: Final = _LEGS | {"responsibility_reply", "admissibility_decision", "entry_refused"}
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
    if kind == "responsibility_reply" and author.kind != "asylum_office" and facts["request_type"] not in _READMISSION:
        raise Refusal("not-yours-to-say", "Border guards and return units reply to readmission requests only.")


def agree(event: Mapping[str, str], facts: Mapping[str, object], authored_at: datetime, now: datetime) -> None:
    """Raise Refusal `contradictory-times` or `contradictory-states` when a notice contradicts itself."""
    _states_agree(event, facts)
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
