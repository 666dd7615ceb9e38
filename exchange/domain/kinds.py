"""The 25 kinds of notices and the enumerated members of their facts (domain.md B.3)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.domain import codes
from exchange.domain.codes import YES_NO, CodeList

TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claim_expressed": "Claim expressed (making an application for international protection)",
        "claim_registered": "Claim registered or lodged",
        "claim_not_taken": "Claim not taken",
        "entry_refused": "Entry refused (refusal of entry)",
        "encounter": "Encounter or apprehension",
        "admissibility_decision": "Admissibility decision",
        "merits_decision": "Merits decision",
        "protection_status": "Change of a protection status",
        "responsibility_request": "Responsibility or readmission request",
        "responsibility_reply": "Reply to a responsibility or readmission request",
        "return_decision": "Return decision",
        "removal_planned": "Removal planned",
        "removal_executed": "Removal executed",
        "arrival": "Arrival or non-arrival",
        "remedy": "Remedy",
        "interim_measure": "Interim measure",
        "assurance": "Assurance",
        "detention": "Detention",
        "information_request": "Information request",
        "information_reply": "Information reply",
        "safeguard": "Safeguard (vulnerable person)",
        "hold_request": "Hold request (please do not remove until ...)",
        "correction": "Correction, withdrawal or erasure",
        "origin_contact": "Contact with the country of origin",
        "voluntary_return": "Voluntary return",
    }
)
"""kind -> its name, after the EMN glossary and the law of the Union."""
LISTED: Final[Mapping[str, Mapping[str, CodeList]]] = MappingProxyType(
    {
        "claim_expressed": {
            "channel": codes.CHANNELS,
            "heard_by": codes.HEARERS,
            "words_recorded": YES_NO,
            "interpreter": YES_NO,
            "relayed_interpreting": YES_NO,
        },
        "claim_registered": {"previous_applications_known": YES_NO},
        "claim_not_taken": {"reason": codes.NOT_TAKEN},
        "entry_refused": {
            "reason_letter": codes.REFUSAL_LETTERS,
            "fear_asked": YES_NO,
            "interpreter": YES_NO,
            "form_signed": YES_NO,
            "physically_returned": YES_NO,
        },
        "encounter": {
            "circumstances": codes.CIRCUMSTANCES,
            "interview_held": YES_NO,
            "fear_asked": YES_NO,
            "fear_answer": codes.FEAR_ANSWERS,
            "language_understood": YES_NO,
            "relayed_interpreting": YES_NO,
            "minor_check": YES_NO,
        },
        "admissibility_decision": {
            "ground": codes.INADMISSIBILITY,
            "outcome": codes.ADMISSIBILITY,
            "connection": YES_NO,
            "access_checked": YES_NO,
            "readmission_assured": YES_NO,
            "suspensive": codes.SUSPENSIVE,
        },
        "merits_decision": {
            "outcome": codes.MERITS_OUTCOMES,
            "instance": codes.INSTANCES,
            "merits_scope": codes.SCOPES,
        },
        "protection_status": {"change": codes.STATUS_CHANGES, "granted_by": codes.GRANTORS},
        "responsibility_request": {"request_type": codes.REQUEST_TYPES},
        "responsibility_reply": {
            "request_type": codes.REQUEST_TYPES,
            "reply": codes.REPLIES,
            "intended_procedure": codes.INTENDED,
        },
        "return_decision": {
            "ground": codes.RETURN_GROUNDS,
            "entry_ban": YES_NO,
            "suspensive": codes.SUSPENSIVE,
            "annulled": YES_NO,
        },
        "removal_planned": {"means": codes.MEANS, "escort": YES_NO, "health_form": YES_NO, "cancelled": YES_NO},
        "removal_executed": {
            "means": codes.MEANS,
            "escort": YES_NO,
            "documents_handed_over": YES_NO,
            "legal_act": codes.LEGAL_ACTS,
        },
        "arrival": {"outcome": codes.ARRIVALS, "procedure_opened": YES_NO},
        "remedy": {"step": codes.REMEDY_STEPS, "suspensive": codes.SUSPENSIVE, "result": codes.REMEDY_RESULTS},
        "interim_measure": {"body": codes.MEASURE_BODIES, "step": codes.MEASURE_STEPS},
        "assurance": {
            "step": codes.ASSURANCE_STEPS,
            "text": codes.ASSURANCE_TEXTS,
            "individual": YES_NO,
            "monitored": YES_NO,
        },
        "detention": {
            "step": codes.DETENTION_STEPS,
            "ground": codes.DETENTION_GROUNDS,
            "reviewed_by": codes.REVIEWERS,
        },
        "information_request": {"approved_in_writing": YES_NO},
        "information_reply": {"outcome": codes.INFORMATION},
        "safeguard": {"guardian_appointed": YES_NO, "best_interests_assessed": YES_NO},
        "hold_request": {"step": codes.HOLD_STEPS, "reason": codes.HOLD_REASONS},
        "correction": {"act": codes.CORRECTIONS, "reason": codes.CORRECTION_REASONS},
        "origin_contact": {
            "contacted": codes.ORIGIN_AUTHORITIES,
            "aim": codes.CONTACT_AIMS,
            "basis": codes.CONTACT_BASES,
            "claim_state": codes.CLAIM_STATES,
        },
        "voluntary_return": {
            "informed_by": codes.INFORMERS,
            "counsel": YES_NO,
            "interpreter": YES_NO,
            "detained": YES_NO,
            "form_signed": YES_NO,
        },
    }
)
"""kind -> member of its facts -> the list that its value is of. Every member must be said."""
SEVERAL: Final[Mapping[str, Mapping[str, CodeList]]] = MappingProxyType(
    {
        "merits_decision": {"persecutors": codes.PERSECUTORS},
        "responsibility_request": {"evidence": codes.EVIDENCE},
        "information_request": {"asked": codes.ASKED_FIELDS},
        "information_reply": {"told": codes.ASKED_FIELDS},
        "correction": {"parts": codes.ERASABLE},
        "removal_planned": {"despite": codes.DESPITE},
        "removal_executed": {"despite": codes.DESPITE},
    }
)
"""kind -> member of its facts that holds several codes -> the list that they are of. `not_recorded` is none of them:
there the member is left out."""
ENUMERATED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {kind: {member: listed.codes for member, listed in members.items()} for kind, members in LISTED.items()}
)
KINDS: Final = tuple(LISTED)
