"""Timelines from judged-case files: public judgments as neutral events, to measure the patterns against.

An event there is named after the court's words; it becomes a kind of notice by the last column of domain.md B.3.
The file says no more than the judgment does, so a fact that the mapping does not give is not recorded.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Final

from exchange.domain import codes, edtf
from exchange.domain.codes import NOT_RECORDED
from exchange.domain.edtf import Interval
from exchange.domain.members import STATES
from exchange.domain.timeline import Event, Timeline, build

_Told = tuple[str, Mapping[str, str]]

_EVENTS: Final[Mapping[str, _Told]] = MappingProxyType(
    {
        "claim_expressed": ("claim_expressed", {}),
        "claim_registered": ("claim_registered", {}),
        "claim_not_accepted": ("claim_not_taken", {}),
        "entry_refused": ("entry_refused", {"physically_returned": "yes"}),
        "dublin_transfer_request": ("responsibility_request", {}),
        "dublin_transfer_accept": ("responsibility_reply", {"reply": "accepted"}),
        "rejected_on_merits": ("merits_decision", {"outcome": "rejected", "merits_scope": "full"}),
        "rejected_on_merits merits_partial": ("merits_decision", {"outcome": "rejected", "merits_scope": "partial"}),
        "protection_granted": ("merits_decision", {"outcome": "geneva_convention", "merits_scope": "full"}),
        "protection_granted mandate_status": (
            "protection_status",
            {"change": "granted", "granted_by": "unhcr_mandate"},
        ),
        "protection_granted temporary_protection": (
            "merits_decision",
            {"outcome": "temporary_protection", "merits_scope": "none"},
        ),
        "appeal_lodged": ("remedy", {"step": "lodged", "suspensive": "not_recorded"}),
        "suspensive_effect_granted": ("remedy", {"step": "lodged", "suspensive": "granted"}),
        "return_decision": ("return_decision", {}),
        "return_decision destination_changed": ("return_decision", {}),
        "removal_planned": ("removal_planned", {}),
        "onward_removal_planned": ("removal_planned", {}),
        "removal_executed": ("removal_executed", {"legal_act": NOT_RECORDED}),
        "onward_removal_executed": ("removal_executed", {"legal_act": NOT_RECORDED}),
        "readmitted": ("arrival", {"outcome": "arrived"}),
        "arrival_confirmed": ("arrival", {"outcome": "arrived"}),
        "interim_measure": ("interim_measure", {"step": "indicated"}),
        "assurance_given": ("assurance", {"step": "given"}),
        "assurance_breached": ("assurance", {"step": "breached"}),
        "detention": ("detention", {"step": "start"}),
        "other irregular_entry": ("encounter", {"circumstances": "irregular_entry"}),
        "other interview_no_claim_recorded": (
            "encounter",
            {"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"},
        ),
        "other interception_at_sea": ("encounter", {"circumstances": "rescue"}),
        "other readmission_refused": ("responsibility_reply", {"request_type": "readmission", "reply": "refused"}),
        "other readmission_suspended": ("responsibility_reply", {"request_type": "readmission", "reply": "suspended"}),
        "other discontinued": ("merits_decision", {"outcome": "discontinued", "merits_scope": "none"}),
        "other decision_annulled": ("merits_decision", {"outcome": "annulled", "merits_scope": "none"}),
        "other appeal_dismissed": ("remedy", {"step": "decided", "result": "dismissed"}),
        "other interim_measure_refused": ("interim_measure", {"step": "refused"}),
        "other destination_changed": ("return_decision", {}),
        "other released": ("detention", {"step": "end"}),
        "other contact_with_origin": ("origin_contact", {}),
        "other voluntary_return_form": ("voluntary_return", {}),
    }
)
"""Event, and its subtype where that makes another thing of it, -> kind and facts.

The state is the one that acts; of an interim measure it is the one that is bound, whichever body indicates it. On which
decision somebody was removed is not told, unless the decision is an event itself (decision 0037).
"""
_INADMISSIBLE: Final = "inadmissible"
"""Begins every event that found a claim inadmissible; its ground follows (domain.md B.3, `inadmissible_*`)."""
_UNSPECIFIED: Final = "XXX"
"""A state that nobody names (ICAO 9303)."""
_LONG_AGO: Final = datetime(1951, 7, 28, tzinfo=UTC)  # no case is older than the Convention
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_EVER: Final = datetime.max.replace(tzinfo=UTC)
_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {"day": "{}", "about_day": "{}~", "month": "{:.7}", "year": "{:.4}"}
)
PRECISIONS: Final = (*_FORMS, "unknown")
"""How good a date is; an unknown one goes with none."""


def timeline(case: Mapping[str, Any]) -> tuple[Timeline, tuple[str, ...]]:
    """Return the timeline of a judged case, and a warning for each event that no notice can tell.

    `danger` is the first applicant's origin and the feared states; `vulnerability` holds from the first event on.
    Each event is numbered by its `seq`, is the word of the state that acts, and stands in the ledger from its own
    time on. Raises Refusal `bad-time` for a date that is none, KeyError for a member that is missing.
    """
    told, warnings = [], []
    for said, when in zip(case["events"], _times(case), strict=True):
        name = _name(said)
        notice = _EVENTS.get(name) or _inadmissible(name)
        if notice is None:
            warnings.append(f"event {said['seq']} left out: {name} is not known")
        else:
            told.append(_event(said, when, *notice))
    danger = frozenset({case["country_of_origin"], *case["feared_states"]}) - {""}
    return build(tuple(told), danger, frozenset(case["vulnerability"]), STATES), tuple(warnings)


def last_moment(case: Mapping[str, Any]) -> datetime:
    """Return the end of the last event that has a date; where none has, the day of the judgment."""
    dated = [when.latest for when in map(_dated, case["events"]) if when]
    return max(dated, default=edtf.read(case["date"]).latest)


def _name(said: Mapping[str, Any]) -> str:
    """Return the event with its subtype where that makes another thing of it."""
    fine = f"{said['event']} {said.get('subtype', '')}"
    return fine if fine in _EVENTS or said["event"] == "other" else str(said["event"])


def _inadmissible(name: str) -> _Told | None:
    """Return the decision that found a claim inadmissible, on whatever ground; None when it is no such event."""
    if not name.startswith(_INADMISSIBLE):
        return None
    ground = name.removeprefix(_INADMISSIBLE).removeprefix("_") or NOT_RECORDED
    known = ground if ground in codes.INADMISSIBILITY.codes else "other"
    return "admissibility_decision", {"outcome": "inadmissible", "ground": known}


def _event(said: Mapping[str, Any], when: Interval, kind: str, facts: Mapping[str, str]) -> Event:
    """Return one event. A decision is taken to be served when it is dated: the file knows no other day.

    A removal of which nobody says where it led was one, and is doubted: that it is left out must hide nothing (L23).
    """
    served = {"served_at": _text(said)} if kind == "merits_decision" and said["date"] else {}
    unsaid = kind == "removal_executed" and said["counterpart_state"] is None
    return Event(
        ref=said["seq"],
        kind=kind,
        state=said["state"],
        counterpart=_UNSPECIFIED if unsaid else said["counterpart_state"],
        when=when,
        recorded=when.latest,
        index=said["seq"],
        author_state=said["state"],
        author_kind="court_liaison",
        source="court",
        facts={**facts, **served},
        flagged=unsaid,
    )


def _text(said: Mapping[str, Any]) -> str:
    """Return the date as EDTF, no finer than the file knows it."""
    return _FORMS[said["precision"]].format(said["date"])


def _dated(said: Mapping[str, Any]) -> Interval | None:
    return edtf.read(_text(said)) if said["date"] else None


def _times(case: Mapping[str, Any]) -> list[Interval]:
    """Return when each event was; one without a date lies anywhere between those that have one beside it."""
    known = [_dated(said) for said in case["events"]]
    judged = edtf.read(case["date"]).latest
    before = accumulate((when.earliest if when else _NEVER for when in known), max)
    after = accumulate((when.latest if when else _EVER for when in reversed(known)), min)
    around = zip(known, before, reversed(list(after)), strict=True)
    return [when or _between(first, last, judged) for when, first, last in around]


def _between(first: datetime, last: datetime, judged: datetime) -> Interval:
    earliest = _LONG_AGO if first == _NEVER else first
    return Interval(earliest, max(earliest, judged if last == _EVER else last), exact=False)
