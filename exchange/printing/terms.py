"""The words of a printed disclosure report, for a reader who knows neither the exchange nor the law."""

from types import MappingProxyType
from typing import Final

AUTHORITY: Final = MappingProxyType(
    {
        "border_guard": "border guard",
        "asylum_office": "asylum office",
        "return_unit": "unit that carries out returns",
        "court_liaison": "liaison office of a court",
        "monitor": "independent monitor",
        "secretariat": "secretariat of the exchange",
        "observer": "observer",
    }
)
FOR: Final = MappingProxyType({"person": "the person", "counsel": "the person's accredited counsel"})
PURPOSE: Final = MappingProxyType(
    {
        "determining_responsibility": "to find out which state must examine the claim",
        "examining_the_application": "to examine the claim for protection",
        "other_obligations": "to meet other duties of asylum law",
        "implementing_a_return_decision": "to carry out a return decision",
        "readmission": "to have a state take the person back",
        "court_order": "to carry out an order of a court",
        "protection_of_vital_interests": "to protect life and safety",
        "access_by_the_person": "so that the person knows who was told what",
        "rectification": "so that something wrong can be put right",
        "legal_remedy": "for use before a court or another body of appeal",
        "supervision": "for an authority that supervises data protection",
        "not_recorded": "not recorded",
    }
)
BASIS: Final = MappingProxyType(
    {
        "ammr_51": "Regulation (EU) 2024/1351, Article 51",
        "readmission_agreement": "a readmission agreement",
        "court_order": "an order of a court",
        "gdpr_6_1_d": "Regulation (EU) 2016/679 (GDPR), Article 6(1)(d): vital interests",
        "gdpr_49": "Regulation (EU) 2016/679 (GDPR), Article 49",
        "convention_1951_art_35": "Refugee Convention of 1951, Article 35",
        "national_law": "national law",
        "gdpr_15": "Regulation (EU) 2016/679 (GDPR), Article 15",
        "directive_2016_680_14": "Directive (EU) 2016/680, Article 14",
        "convention_108_9": "modernised Convention 108 of the Council of Europe, Article 9",
        "data_protection_policy": "the data protection policy of the organisation",
        "not_recorded": "not recorded",
    }
)
PART: Final = MappingProxyType(
    {
        "event": "what happened, when, and between which states",
        "facts": "the details",
        "safeguards": "special needs, as codes",
        "sealed": "the sealed text with name and account",
        "stop": "only whether there is a reason to stop (yes or no)",
        "danger": "the states that the person may fear",
        "source": "how its author knows",
    }
)
EVENT_MEMBER: Final = MappingProxyType(
    {
        "kind": "what happened",
        "state": "the state that acted",
        "counterpart_state": "the other state",
        "event_time": "when",
        "in_reply_to": "what it answers",
        "corrects": "what it corrects",
        "withdraws": "what it withdraws",
        "reference": "the author's reference",
    }
)
ANSWER: Final = MappingProxyType(
    {
        "delivered": "confirmed that it came",
        "opened": "opened the sealed text",
        "unreadable": "could not open the sealed text",
    }
)
GLOSSARY: Final = (
    ("Authority", "An office of a state, or an independent monitor, that takes part in the exchange."),
    ("Notice", "A signed statement of one authority that something happened in a case."),
    ("Given to", "The exchange put the notice into the box of that authority."),
    ("First seen", "When that authority first fetched it from its box. If it says “not yet”, it has not been fetched."),
    ("In part", "Only the members that are listed were given. Everything else in that part was kept back."),
    ("Sealed text", "Name, birth date, documents and account. Only its addressees can open it; the exchange cannot."),
    ("Warning", "The exchange found a danger, such as a chain of removals, and asked a caseworker to look."),
    ("Query", "An authority asked whether anybody knows something of the person of its own case."),
    ("Monitor", "An independent body, such as UNHCR, which watches over what authorities do."),
    ("Purpose and legal basis", "Why the information was sent, and the rule of law that allows it."),
    ("Ledger", "A public list of fingerprints to which one can only add. What is in it cannot be changed unseen."),
    ("Checkpoint", "A signed statement of how long the ledger is, with one fingerprint of all that is in it."),
)
"""Term, and what it means."""
