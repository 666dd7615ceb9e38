"""Every code that a caseworker meets, in plain words. The one table of the console's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.console import alert_words, link_words
from exchange.console.fact_words import MEMBER, SAID_DIFFERENTLY, VALUE
from exchange.console.states import STATES

_KINDS: Final = {
    "claim_expressed": "Claim for protection expressed",
    "claim_registered": "Claim for protection registered",
    "claim_not_taken": "Claim for protection not taken",
    "entry_refused": "Entry refused",
    "encounter": "Encounter or apprehension",
    "admissibility_decision": "Decision on admissibility",
    "merits_decision": "Decision on the merits",
    "protection_status": "Change of a protection status",
    "responsibility_request": "Request on responsibility or readmission",
    "responsibility_reply": "Reply on responsibility or readmission",
    "return_decision": "Return decision",
    "removal_planned": "Removal planned",
    "removal_executed": "Removal carried out",
    "arrival": "Arrival or non-arrival",
    "remedy": "Remedy against a decision",
    "interim_measure": "Interim measure of a court or committee",
    "assurance": "Assurance",
    "detention": "Detention",
    "information_request": "Request for information",
    "information_reply": "Reply to a request for information",
    "safeguard": "Safeguard",
    "hold_request": "Request to hold a removal",
    "correction": "Correction or withdrawal",
    "origin_contact": "Contact with the country of origin",
    "voluntary_return": "Voluntary return",
}
_SEVERITY: Final = {"critical": "Critical", "high": "High", "medium": "Medium", "info": "Information"}
_STAGE: Final = {
    "risk": "Risk: a chain of removals has begun",
    "imminent": "Imminent: the next removal is ordered or planned",
    "done": "Done: the removal has taken place",
}
_CERTAINTY: Final = {
    "certain": "Certain",
    "likely": "Likely",
    "possible": "Possible: a date, a link or a key is in doubt, or something speaks against it",
}
_LINK: Final = {
    "confirmed": "Confirmed link",
    "probable": "Probable link: caseworkers have not confirmed that this is one person",
    "possible": "Possible link",
}
_SEEN_AS: Final = {
    "author": "your own notice",
    "office": "addressed to you",
    "unit": "addressed to you",
    "confirmed": "confirmed link",
    "probable": "probable link",
    "monitor": "seen as monitor",
}
_FLAG: Final = {
    "key_compromised": "Signed when its author's key was in other hands: it counts only where it protects",
}
_CORRECTED: Final = {
    "contested": "Taken back by its author, and nobody else has agreed: it counts only where it protects",
    "withdrawn": "Withdrawn by its author",
    "replaced": "Replaced by its author with another notice",
}
_SUPPRESSOR: Final = {
    "S1": "A full and recent examination of the merits by a state bound by the same law",
    "S2": "The person was heard, in a language understood, and said that they had nothing to fear",
    "S3": "The destination is the state that protects the person, and it confirms the protection",
    "S4": "An interim measure was complied with",
    "S5": "The link was undone, or was a false match",
    "S6": "The receiving state has promised a full examination of the merits",
}
_SOURCE: Final = {
    "own_act": "the author's own act",
    "persons_statement": "the person's own statement",
    "counsel_or_ngo": "counsel or a non-governmental organisation",
    "other_state": "another state",
    "court": "a court",
    "not_recorded": "source not recorded",
}
_SAFEGUARD: Final = {
    "unaccompanied_minor": "unaccompanied child",
    "age_disputed": "age disputed: to be treated as a child until it is resolved",
    "trafficking_indicator": "sign of trafficking",
    "torture_survivor": "survivor of torture",
    "sgbv": "sexual or gender-based violence",
    "serious_illness": "serious illness",
    "disability": "disability",
    "pregnant": "pregnant",
    "children_in_family": "children in the family",
    "elderly": "elderly",
    "stateless": "stateless",
}
_ROLE: Final = {"caseworker": "caseworker", "supervisor": "supervisor"}
_OWED: Final = {
    "acknowledge": "Acknowledge it",
    "register": "Register the claim, or say why it is not taken",
    "answer": "Answer it",
}
_LAW: Final = {"silence_means_acceptance": "By law silence means acceptance; the exchange makes no reply of it"}
TABLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "act": alert_words.ACT,
        "because": alert_words.BECAUSE,
        "certainty": _CERTAINTY,
        "comment": alert_words.COMMENT,
        "kind": _KINDS,
        "link": _LINK,
        "link_act": link_words.LINK_ACT,
        "link_grade": link_words.GRADE,
        "said_by": link_words.BY,
        "side": link_words.SIDE,
        "verdict": link_words.VERDICT,
        "compared": link_words.COMPARED,
        "law": _LAW,
        "member": MEMBER,
        "owed": _OWED,
        "reason": alert_words.REASON,
        "role": _ROLE,
        "safeguard": _SAFEGUARD,
        "seen_as": _SEEN_AS,
        "corrected": _CORRECTED,
        "flag": _FLAG,
        "severity": _SEVERITY,
        "source": _SOURCE,
        "stage": _STAGE,
        "state": STATES,
        "status": alert_words.STATUS,
        "suppressor": _SUPPRESSOR,
    }
)


def said(table: str, code: str) -> str:
    """Return the words for a code of one of `TABLES`; a code that is new reads as itself without underscores."""
    return TABLES[table].get(code) or plain(code)


def short(table: str, code: str) -> str:
    """Return the first words for a code, up to the colon, where a list has no room for the rest."""
    return said(table, code).partition(":")[0]


def value(member: str, code: str) -> str:
    """Return the words for a value of an enumerated member of the facts."""
    return SAID_DIFFERENTLY.get((member, code)) or VALUE.get(code) or plain(code)


def plain(code: str) -> str:
    """Return a code that reads as words once its underscores are spaces."""
    return code.replace("_", " ")


def authority(urn: str) -> str:
    """Return the name of an authority within its URN."""
    return urn.rpartition(":")[2]
