"""Examples of P09: several states have closed the case, and nobody examines."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_ENDED = "2026-01-10 merits_decision HUN outcome=discontinued merits_scope=none served_at=2026-01-10\n"
_AGREED = "2026-02-01 responsibility_reply HUN>CZE reply=accepted\n"
_TAKING = _AGREED.strip() + " request_type=take_charge\n"
_HANDED = "2026-02-20 removal_executed CZE>HUN\n"
_REFUSED = "2026-02-01 admissibility_decision CZE>HUN outcome=inadmissible\n"
_NOT_TAKEN = "2026-01-05 claim_not_taken SVN\n"
_MERITS = "2026-03-01 merits_decision CZE outcome=rejected merits_scope=full served_at=2026-03-01\n"
_BACKDATED = _MERITS.replace("03-01", "01-20")

P09_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("closed twice", "Ended by one, passed on by another (Mirza).", _ENDED + _AGREED),
    finds("closed twice", "Found inadmissible by one, not taken by another.", _NOT_TAKEN + _REFUSED),
    finds(
        "closed twice",
        "Inadmissible, and nobody wrote down because of whom.",
        _NOT_TAKEN + _REFUSED.replace(">HUN", ""),
    ),
    finds(
        "closed twice",
        "A decision that leaves out what it says, and such a reply.",
        _REFUSED.replace("=inadmissible", "=not_recorded")
        + _AGREED.replace("accepted", "not_recorded").replace("CZE", "POL"),
    ),
    finds("closed twice", "Handed over, and not taken there (Sharifi).", _HANDED + "2026-02-21 claim_not_taken HUN"),
    finds(
        "closed twice",
        "One agrees with each of two to take charge of a claim.",
        _TAKING + _TAKING.replace("CZE", "POL"),
    ),
    finds(
        "closed twice",
        "Rejected by both, and neither looked.",
        (_ENDED + _ENDED.replace("HUN", "CZE")).replace("discontinued", "rejected"),
    ),
    finds(
        "closed twice",
        "Two and a half years apart.",
        _NOT_TAKEN.replace("2026", "2023").replace("01-05", "08-05") + _AGREED,
    ),
    finds(
        "closed twice",
        "A full decision by one of them, not served.",
        _ENDED + _AGREED + _MERITS.replace(" served_at=2026-03-01", ""),
    ),
    finds(
        "closed twice",
        "A full decision that will be served later.",
        _ENDED + _AGREED + _MERITS.replace("=2026-03-01", "=2026-03-05"),
        now="2026-03-02",
    ),
    finds("closed twice", "Told as examined before by one that closed, after it did.", _ENDED + _AGREED + _BACKDATED),
    finds("closed twice", "Told so by the other.", _ENDED + _AGREED + _BACKDATED.replace("CZE", "HUN")),
    silent(
        "Handed over by two states, and nobody ever spoke of asylum.", _HANDED + _HANDED.replace("CZE>HUN", "HUN>SRB")
    ),
    finds(
        "closed twice",
        "Handed over by two states; a status had been withdrawn.",
        "2026-01-01 protection_status POL change=withdrawn\n" + _HANDED + _HANDED.replace("CZE>HUN", "HUN>SRB"),
    ),
    silent(
        "One agrees with each of two to readmit, and nobody ever spoke of asylum.",
        (_TAKING + _TAKING.replace("CZE", "POL")).replace("take_charge", "readmission"),
    ),
    silent("Told as examined before, by a monitor.", _ENDED + _AGREED + _BACKDATED.strip() + " author=UNO"),
    silent("One of them examines in full at last.", _ENDED + _AGREED + _MERITS),
    silent("The other examines in full at last.", _ENDED + _AGREED + _MERITS.replace("CZE", "HUN")),
    silent("A third state examines.", _ENDED + _AGREED + _MERITS.replace("CZE", "POL")),
    silent(
        "A third state had examined before.", _MERITS.replace("2026", "2025").replace("CZE", "POL") + _ENDED + _AGREED
    ),
    silent("One of them had examined long before.", _MERITS.replace("2026", "2025") + _ENDED + _AGREED),
    silent("The other gave protection.", _ENDED + _AGREED + "2026-03-01 protection_status HUN change=granted"),
    silent("One state alone closed the case.", _ENDED),
    silent("One state closed it twice.", _ENDED + _ENDED.replace("01-10", "02-10")),
    silent("Five years apart.", _NOT_TAKEN.replace("2026", "2021") + _AGREED),
    silent("The other only asked to pass the person on.", _ENDED + "2026-02-01 responsibility_request CZE>HUN"),
    silent("The other refused to take the person.", _ENDED + _AGREED.replace("accepted", "refused")),
    silent("The other ordered return, and has not closed the case.", _ENDED + "2026-02-01 return_decision CZE>HUN"),
    silent("The other only detained.", _ENDED + "2026-02-01 detention CZE step=start"),
    silent("One only detained, the other closed.", "2026-01-01 detention HUN step=start\n" + _AGREED),
    silent("The claim was found admissible.", _ENDED + _REFUSED.replace("=inadmissible", "=admissible")),
    silent(
        "Protected for a time in two states, as everybody from there is.",
        "2026-01-01 merits_decision POL outcome=temporary_protection merits_scope=none\n"
        "2026-02-01 merits_decision CZE outcome=temporary_protection merits_scope=none",
    ),
)
