"""Codes of links and of what caseworkers say of them, in plain words."""

from typing import Final

GRADE: Final = {
    "confirmed": "Confirmed: caseworkers of both authorities say that this is one person",
    "probable": "Probable: tokens alone say that this is one person",
    "possible": "Possible: for review; nobody else is shown it",
    "refused": "Refused: taken to be two persons",
}
COMPARED: Final = {
    "name": "Name, in the original script",
    "birth_date": "Date of birth",
    "document": "Document",
    "photograph": "Photograph",
    "biometric": "Fingerprints or other biometrics",
    "family": "Family members",
    "place_of_origin": "Place of origin",
    "language": "Language or dialect",
    "physical_mark": "Mark on the body",
    "route": "Route taken",
    "contact_details": "Contact details",
}
VERDICT: Final = {"confirmed": "one person", "refused": "two persons"}
BY: Final = {"you": "Your authority", "other": "The other authority", "monitor": "A monitor"}
SIDE: Final = {
    "yours": "your case",
    "other": "the other authority's case",
    "first": "the first case",
    "second": "the second case",
}
LINK_ACT: Final = {
    "confirm": "Confirm that this is one person",
    "refuse": "Refuse: these are two persons",
    "withdraw": "Take your word back",
}
