"""Who must not learn, and what each may see: the withheld set and the table of members (rules L01 to L24).

Which notices these rules are asked about is `exchange.domain.projection`'s to say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain import edtf, members
from exchange.domain.members import Standing, Told
from exchange.domain.notice import Notice, Reader, Subject, Value
from exchange.domain.vocabulary import UNKNOWN_ORIGIN

MOVERS: Final = frozenset({"border_guard", "return_unit", "asylum_office"})
"""Who can move a person out of a state, or have it done."""
REFERRING: Final = frozenset({"border_guard", "return_unit"})
"""Who must hand a claim over to the asylum office."""
INVOLVED_KINDS: Final = frozenset({"asylum_office", "court_liaison"})
SERVED_KINDS: Final = frozenset({"border_guard", "asylum_office", "return_unit", "court_liaison", "monitor"})
"""Kinds that notices are delivered to. The secretariat runs the hub; observers see aggregates and critical alerts."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """The states that must never learn of a person. `unknown` says that no state of origin is known: fail closed."""

    states: frozenset[str]
    unknown: bool


def withheld(told: Iterable[Told], standing: Standing) -> Withheld:
    """Return the withheld set: nationality, origin, former residence, feared states, and their allies (L24)."""
    states: set[str] = set()
    said = tuple(told)
    for one in said:
        s = one.subject
        named = s.nationality | s.origin | s.former_residence | s.feared
        states |= named | standing.allies_of(named, one.received_at)
    return Withheld(frozenset(states), unknown=not members.home(said) - UNKNOWN_ORIGIN)


def danger(subjects: Iterable[Subject]) -> frozenset[str]:
    """Return origin, nationality and feared states (domain.md D.1), without the codes that name no state."""
    return frozenset().union(*(s.nationality | s.origin | s.feared for s in subjects)) - UNKNOWN_ORIGIN


def may_receive(reader: Reader, told: Iterable[Told], standing: Standing) -> bool:
    """Tell whether a reader may be sent anything about a person of whom this was told (L01, L16, L21)."""
    said = tuple(told)
    return is_open_to(reader, withheld(said, standing)) and not standing.hides(reader.state, said)


def is_open_to(reader: Reader, hidden: Withheld) -> bool:
    """Tell whether the withheld set of a person leaves a reader in: few are where the origin is unknown (L21)."""
    if reader.state in hidden.states:
        return False
    return not hidden.unknown or reader.kind == "monitor" or reader.kind in INVOLVED_KINDS


AUTHOR, OFFICE, UNIT, CONFIRMED, PROBABLE, MONITOR = "author", "office", "unit", "confirmed", "probable", "monitor"
NOBODY: Final = "nobody"
"""Columns of the table: the author; an addressee that is an asylum office or a court; an addressee that is a border
guard or a return unit; another authority with a confirmed, or a probable, link; a monitor. `NOBODY` is in none."""


def column(reader: Reader, notice: Notice, grade: str) -> str:
    """Return the column of the table in which a reader stands towards a notice."""
    if reader.urn == notice.author.urn:
        return AUTHOR
    if reader.kind not in SERVED_KINDS:
        return PROBABLE if reader.kind == "observer" else NOBODY
    if reader.kind == "monitor":
        return MONITOR
    if is_addressed(reader, notice):
        return OFFICE if reader.kind in INVOLVED_KINDS else UNIT
    return CONFIRMED if grade == "confirmed" else PROBABLE


def is_addressed(reader: Reader, notice: Notice) -> bool:
    """Tell whether a notice is for a reader: it is named, or the kind of the notice says so.

    A claim that was voiced before somebody who cannot examine it is for the asylum offices of that state (A/58/281
    para 11), an interim measure for every office that can move the person (L14).
    """
    if reader.urn in notice.aud:
        return True
    if notice.kind == "interim_measure":
        return reader.state == notice.event["state"] and reader.kind in MOVERS
    referred = notice.kind == "claim_expressed" and notice.author.kind in REFERRING
    return referred and reader.kind == "asylum_office" and reader.state == notice.author.state


_FULL = frozenset({AUTHOR, OFFICE, MONITOR})
_UNIT = _FULL | {UNIT}
_DECISION = _FULL | {CONFIRMED}
_ALL = _FULL | {UNIT, CONFIRMED, PROBABLE}
_NOBODY: frozenset[str] = frozenset()

EVENT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "kind": _ALL,
        "state": _ALL,
        "counterpart_state": _ALL,
        "event_time": _ALL,  # to the day for `confirmed`, to the month for `probable`
        "in_reply_to": _UNIT,
        "corrects": _UNIT,
        "withdraws": _UNIT,
        "reference": _UNIT,
    }
)
_STAND_STILL = frozenset({"stand_still_until", "hold_until", "in_force_until"})
_SHOWN_TO_UNITS = frozenset({"destination", "destinations", "planned_at", "means", "legal_act"}) | _STAND_STILL
_WHETHER_IT_STANDS = frozenset({("interim_measure", "step"), ("hold_request", "step")})
"""Without its step a unit could not tell a stand-still that is asked for from one that was refused or lifted."""
_SHOWN_OF_DECISIONS = frozenset({"outcome", "merits_scope"})
_DECISIONS = frozenset({"admissibility_decision", "merits_decision"})
FACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claim_expressed": "channel heard_by words_recorded interpreter relayed_interpreting place language"
        " forwarded_to forwarded_at",
        "claim_registered": "previous_applications_known registration_no registered_at",
        "claim_not_taken": "reason",
        "entry_refused": "reason_letter fear_asked interpreter form_signed physically_returned border_point",
        "encounter": "circumstances interview_held fear_asked fear_answer language_understood relayed_interpreting"
        " minor_check place",
        "admissibility_decision": "ground outcome connection access_checked readmission_assured suspensive"
        " named_country decided_at served_at",
        "merits_decision": "outcome instance merits_scope persecutors decided_at served_at",
        "protection_status": "change granted_by effective_at",
        "responsibility_request": "request_type evidence due_at",
        "responsibility_reply": "request_type reply intended_procedure",
        "return_decision": "ground entry_ban suspensive annulled destinations decided_at served_at voluntary_until",
        "removal_planned": "means escort health_form cancelled destination transit planned_at stand_still_until"
        " despite",
        "removal_executed": "means escort documents_handed_over legal_act destination transit act_reference despite",
        "arrival": "outcome procedure_opened",
        "remedy": "step suspensive result due_at",
        "interim_measure": "body step served_at in_force_until",
        "assurance": "step text individual monitored valid_until",
        "detention": "step ground reviewed_by",
        "information_request": "asked approved_in_writing approval_reference due_at",
        "information_reply": "outcome told approval_reference mailbox",
        "safeguard": "guardian_appointed best_interests_assessed",
        "hold_request": "step reason hold_until due_at",
        "correction": "act reason parts replaced_by approved_by",
        "origin_contact": "contacted aim basis claim_state approval_reference",
        "voluntary_return": "informed_by counsel interpreter detained form_signed hours_since_arrest",
    }
)
"""kind -> the members that may be shown at all. What is not listed here is shown to nobody but its author."""


def fact_columns(kind: str, member: str) -> frozenset[str]:
    """Return the columns that may see a member of the facts of a kind; nobody, when the table does not name it."""
    if member not in FACTS.get(kind, "").split():
        return _NOBODY
    if kind in _DECISIONS and member in _SHOWN_OF_DECISIONS:
        return _DECISION
    return _UNIT if member in _SHOWN_TO_UNITS or (kind, member) in _WHETHER_IT_STANDS else _FULL


def shown(notice: Notice, seen_as: str) -> dict[str, object]:
    """Return what a column of the table may see of a notice; an empty dict for a column that the table lacks.

    `event` and `facts` hold the members shown, `safeguards` the codes, `stop` whether there is a safeguard at all
    (L08, L13), `danger` and `source` what monitors see of the hub part, of which authors see `source` too. Nobody is
    shown a sealed part by the hub.
    """
    event = {m: v for m, v in notice.event.items() if seen_as in EVENT.get(m, _NOBODY)}
    if "event_time" in event and seen_as in {CONFIRMED, PROBABLE}:
        event["event_time"] = coarse(event["event_time"], "day" if seen_as == CONFIRMED else "month")
    facts = {m: _plain(v) for m, v in notice.facts.items() if seen_as in fact_columns(notice.kind, m)}
    view: dict[str, object] = {"event": event, "facts": facts}
    if seen_as in _FULL:
        view["safeguards"] = sorted(notice.safeguards)
    if seen_as == UNIT:
        view["stop"] = "yes" if notice.safeguards else "no"
    if seen_as in {AUTHOR, MONITOR}:
        view["source"] = notice.source
    if seen_as == MONITOR:
        view["danger"] = sorted(danger([notice.subject]))
    return {name: value for name, value in view.items() if value}


def _plain(value: Value) -> str | list[str]:
    """Return a value as JSON has it, so that what is shown now compares equal to what was stored."""
    return list(value) if isinstance(value, tuple) else value


def coarse(event_time: str, to: str) -> str:
    """Return an EDTF time no finer than a day or a month, as EDTF."""
    when = edtf.read(event_time)
    first, last = when.earliest.date().isoformat(), when.latest.date().isoformat()
    if to == "month":
        first, last = first[:7], last[:7]
    return first if first == last else f"{first}/{last}"
