"""Examples of P15: the state of origin was asked about somebody whose claim is open or unexamined."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_CLAIM = "2026-01-01 claim_registered BEL\n"
_CONTACT = "2026-01-10 origin_contact BEL>SDN contacted=embassy aim=travel_document\n"
_EXAMINED = "2026-01-05 merits_decision BEL outcome=rejected merits_scope=full served_at=2026-01-06\n"
_INADMISSIBLE = "2026-01-05 admissibility_decision BEL>DEU outcome=inadmissible\n"
_FOR_A_TIME = "2026-01-05 merits_decision BEL outcome=temporary_protection merits_scope=none\n"
_LATE = _EXAMINED.replace("BEL", "DEU").replace("2026-01", "2026-03")
_OPEN = _CONTACT.strip() + " claim_state=open\n"

P15_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("unexamined", "The embassy was asked before anybody examined the claim.", _CLAIM + _CONTACT),
    finds("unexamined", "The claim was voiced only.", _CLAIM.replace("registered", "expressed") + _CONTACT),
    finds("unexamined", "The claim was not taken.", _CLAIM.replace("registered", "not_taken") + _CONTACT),
    finds("unexamined", "Asked in another state.", _CLAIM.replace("BEL", "DEU") + _CONTACT),
    finds("unexamined", "Examined in part (Adan).", _CLAIM + _EXAMINED.replace("full", "partial") + _CONTACT),
    finds("unexamined", "Examined only afterwards.", _CLAIM + _CONTACT + _EXAMINED.replace("2026-01", "2026-03")),
    finds("unexamined", "Examined afterwards in another state.", _CLAIM + _CONTACT + _LATE, now="2026-04-01"),
    finds("unexamined", "Told as examined by the same state, afterwards.", _CLAIM + _CONTACT + _EXAMINED),
    finds("unexamined", "It does not say which state.", _CLAIM + _CONTACT.replace(">SDN", "")),
    finds("unexamined", "A decision shows that they had asked.", _EXAMINED.replace("full", "partial") + _CONTACT),
    finds("unexamined", "So does one that found the claim inadmissible.", _INADMISSIBLE + _CONTACT),
    finds("claim open", "The state says itself that the claim was open (M.A. v. Belgium).", _OPEN),
    finds(
        "claim open",
        "A remedy was open, and a first decision was served.",
        _CLAIM + _EXAMINED + _OPEN.replace("=open", "=rejected_open_remedy"),
    ),
    finds("claim open", "It does not say which state, and that the claim was open.", _OPEN.replace(">SDN", "")),
    finds("claim open", "It leaves out whether the claim was open.", _OPEN.replace("=open", "=not_recorded")),
    finds("unexamined + claim open", "Both.", _CLAIM + _OPEN),
    silent("Told as examined afterwards, by a monitor.", _CLAIM + _CONTACT + _EXAMINED.strip() + " author=UNO"),
    silent("Examined and served before.", _CLAIM + _EXAMINED + _CONTACT),
    silent(
        "Protection elsewhere: it was examined.",
        _CLAIM + "2026-01-02 protection_status DEU change=granted\n" + _CONTACT,
    ),
    silent(
        "Found inadmissible, and examined by the other state.",
        _INADMISSIBLE + _EXAMINED.replace("BEL", "DEU") + _CONTACT,
    ),
    silent("Found inadmissible only after that.", _CONTACT + _INADMISSIBLE.replace("2026", "2027")),
    silent("Temporary protection, for which nobody asks.", _FOR_A_TIME + _CONTACT),
    silent("Nobody asked for protection.", _CONTACT),
    silent("Asked only after that.", _CONTACT + _CLAIM.replace("2026", "2027")),
    silent(
        "A status only, that ended.",
        _CLAIM.replace("claim_registered BEL", "protection_status BEL change=ended") + _CONTACT,
    ),
    silent("No claim, as the state says.", _CONTACT.strip() + " claim_state=none"),
    silent("A claim, and no contact.", _CLAIM),
    silent("A claim, and the other state was asked.", _CLAIM + "2026-01-10 information_request BEL>SDN"),
    silent("Rejected for good, in another state.", _CLAIM + _EXAMINED.replace("BEL", "DEU") + _CONTACT),
    silent("Rejected for good.", _CLAIM + _EXAMINED + _CONTACT.strip() + " claim_state=rejected_final"),
    silent("An answer came without a question.", _CLAIM + "2026-01-10 information_reply SDN>BEL outcome=hit"),
    silent("The claim was registered on the same day, after the contact.", _CONTACT + _CLAIM.replace("01-01", "01-10")),
)
