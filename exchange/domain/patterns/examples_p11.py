"""Examples of P11: handed over, and nobody had decided so."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_MET = "2026-01-06 encounter SVN circumstances=irregular_entry\n"
_OUT = "2026-01-07 removal_executed SVN>HRV legal_act=readmission_agreement\n"
_NO_ACT = _OUT.replace("readmission_agreement", "none")
_UNSAID = _OUT.replace("readmission_agreement", "not_recorded")
_BOTH = _MET + _NO_ACT
_DECIDED = "2026-01-06 return_decision SVN>HRV\n"
_ASKED = "2026-01-06 responsibility_request SVN>HRV request_type=readmission\n"
_AGREED = "2026-01-06 responsibility_reply HRV>SVN request_type=readmission reply=accepted\n"
_PLANNED = "2026-01-06 removal_planned SVN>HRV\n"
_INADMISSIBLE = "2026-01-06 admissibility_decision SVN>HRV outcome=inadmissible\n"
_BORDER = "2026-01-07 entry_refused SVN>HRV physically_returned=yes"
_NO_FORM = _BORDER + " reason_letter=not_recorded form_signed=no\n"

P11_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("soon", "Met, and handed over the next day.", _MET + _OUT, "AFG"),
    finds("soon", "Met at sea, and handed over the same day (Hirsi).", _MET + _OUT.replace("01-07", "01-06"), "AFG"),
    finds(
        "soon",
        "Handed over two days later, by air.",
        _MET + _OUT.replace("01-07", "01-08").replace("HRV", "HRV means=air"),
        "AFG",
    ),
    finds("soon", "Handed over three days later.", _MET + _OUT.replace("01-07", "01-09"), "AFG"),
    finds("soon", "Refused entry; nobody wrote down whether there was a form.", _MET + _BORDER, "AFG"),
    finds("no legal act", "Handed over without any act (I Up 23/2021).", _NO_ACT, "AFG"),
    finds("no legal act", "Refused entry without the form, and put back.", _NO_FORM, "AFG"),
    finds("no legal act", "Met months before.", _MET.replace("2026", "2025") + _NO_ACT, "AFG"),
    finds("soon + no legal act", "Met, and handed over without any act.", _BOTH, "AFG"),
    finds("soon + no legal act", "A decision names another state.", _DECIDED.replace("HRV", "AFG") + _BOTH, "AFG"),
    finds("soon + no legal act", "Another state had decided.", _DECIDED.replace("SVN", "ITA") + _BOTH, "AFG"),
    finds("soon + no legal act", "Decided afterwards.", _BOTH + _DECIDED.replace("01-06", "01-09"), "AFG"),
    finds("soon + no legal act", "Told as decided, afterwards.", _BOTH + _DECIDED, "AFG"),
    finds(
        "soon + no legal act",
        "The decision was annulled when it was told.",
        _DECIDED.strip() + " annulled=yes\n" + _BOTH,
        "AFG",
    ),
    silent("Told as decided afterwards, by a monitor.", _BOTH + _DECIDED.strip() + " author=UNO", "AFG"),
    silent("Decided before.", _DECIDED + _BOTH, "AFG"),
    silent("The other state was asked before.", _ASKED + _BOTH, "AFG"),
    silent("The other state had agreed to take the person.", _AGREED + _BOTH, "AFG"),
    silent("Planned before.", _PLANNED + _BOTH, "AFG"),
    silent("The claim was found inadmissible because of the other state.", _INADMISSIBLE + _BOTH, "AFG"),
    finds("no legal act", "Nobody wrote down on which act.", _UNSAID, "AFG"),
    finds(
        "no legal act",
        "Refused entry; nobody wrote down whether there was a form.",
        _NO_FORM.replace("=no\n", "=not_recorded\n"),
        "AFG",
    ),
    finds("soon + no legal act", "Nobody wrote down on which act, soon after.", _MET + _UNSAID, "AFG"),
    silent("Nobody wrote down on which act; decided before.", _DECIDED + _MET + _UNSAID, "AFG"),
    finds(
        "soon, into danger + no legal act, into danger",
        "To a state that is feared, and nobody has told of a claim.",
        _BOTH,
        "HRV",
    ),
    finds("soon, into danger + no legal act, into danger", "So by air.", _BOTH.replace("HRV", "HRV means=air"), "HRV"),
    finds("soon, into danger", "On some act.", _MET + _OUT, "HRV"),
    finds("soon, into danger", "The same, by air.", _MET + _OUT.replace("HRV", "HRV means=air"), "HRV"),
    finds("no legal act, into danger", "Nobody met before.", _NO_ACT, "HRV"),
    finds("no legal act, into danger", "Met months before.", _MET.replace("2026", "2025") + _NO_ACT, "HRV"),
    finds("no legal act, into danger", "Met only afterwards.", _NO_ACT + _MET.replace("01-06", "01-09"), "HRV"),
    finds(
        "soon, into danger + no legal act, into danger",
        "A decision names another state.",
        _DECIDED.replace("HRV", "ITA") + _BOTH,
        "HRV",
    ),
    finds(
        "soon, into danger + no legal act, into danger",
        "Another state had decided.",
        _DECIDED.replace("SVN", "ITA") + _BOTH,
        "HRV",
    ),
    finds(
        "soon, into danger + no legal act, into danger",
        "Decided afterwards.",
        _BOTH + _DECIDED.replace("01-06", "01-09"),
        "HRV",
    ),
    finds("soon, into danger + no legal act, into danger", "Told as decided, afterwards.", _BOTH + _DECIDED, "HRV"),
    silent(
        "To a state that is feared, and the person had asked: that is P19.",
        "2026-01-06 claim_expressed SVN\n" + _BOTH,
        "HRV",
    ),
    silent(
        "The claim is told only by the next state: that is P19.", _BOTH + "2026-01-09 claim_registered ITA\n", "HRV"
    ),
    silent("Protected elsewhere: that is P19.", "2025-01-06 protection_status ITA change=granted\n" + _BOTH, "HRV"),
    finds(
        "soon, into danger + no legal act, into danger",
        "The state that handed over tells of a claim, afterwards.",
        _BOTH + "2026-01-06 claim_expressed SVN\n",
        "HRV",
    ),
    finds(
        "soon, into danger + no legal act, into danger",
        "It tells of one that it registered since.",
        _BOTH + "2026-01-09 claim_registered SVN\n",
        "HRV",
    ),
    silent("Protected before, by itself.", "2025-01-06 protection_status SVN change=granted\n" + _BOTH, "HRV"),
    silent("Protected since, elsewhere.", _BOTH + "2026-02-06 protection_status ITA change=granted\n", "HRV"),
    silent("Told as claimed before, by a monitor.", _BOTH + "2026-01-06 claim_expressed SVN author=UNO\n", "HRV"),
    silent("To a state that is feared; decided before.", _DECIDED + _BOTH, "HRV"),
    silent("To a state that is feared; planned before.", _PLANNED + _BOTH, "HRV"),
    silent("To a state that is feared; agreed before.", _AGREED + _BOTH, "HRV"),
    silent("To a state that is feared; the claim was inadmissible.", _INADMISSIBLE + _BOTH, "HRV"),
    silent("To a state that is feared; told as decided by a monitor.", _BOTH + _DECIDED.strip() + " author=UNO", "HRV"),
    silent("To a state that is feared, a week after.", _MET.replace("01-06", "01-01") + _OUT, "HRV"),
    silent("To a state that is feared, five days after.", _MET.replace("01-06", "01-02") + _OUT, "HRV"),
    silent("To a state that is feared; met only afterwards.", _OUT + _MET.replace("01-06", "01-09"), "HRV"),
    silent("To a state that is feared; met by that state.", _MET.replace("SVN", "HRV") + _OUT, "HRV"),
    silent(
        "A state that is feared hands over, on its own decision.",
        _DECIDED.replace("SVN>HRV", "HRV>SVN") + _BOTH.replace("SVN>HRV", "HRV>SVN").replace("SVN", "HRV", 1),
        "HRV",
    ),
    finds(
        "soon, into danger",
        "Handed over three days later to a state that is feared.",
        _MET + _OUT.replace("01-07", "01-09"),
        "HRV",
    ),
    silent("Met, and never handed over to a state that is feared.", _MET, "HRV"),
    silent("To a state that is feared, on the form.", _MET + _BORDER + " reason_letter=I form_signed=no", "HRV"),
    silent("To a state that is feared, after detention.", "2026-01-06 detention SVN step=start\n" + _OUT, "HRV"),
    silent("Met a week before.", _MET.replace("01-06", "01-01") + _OUT, "AFG"),
    silent("Met five days before.", _MET.replace("01-06", "01-02") + _OUT, "AFG"),
    silent("Met only afterwards.", _OUT + _MET.replace("01-06", "01-09"), "AFG"),
    silent("Met by another state.", _MET.replace("SVN", "HRV") + _OUT, "AFG"),
    silent("Met, and never handed over.", _MET, "AFG"),
    silent("Handed over on some act, and nobody met before.", _OUT, "AFG"),
    silent("Refused entry on the form.", _MET + _BORDER + " reason_letter=I form_signed=no", "AFG"),
    silent(
        "Refused entry; the form was signed.", _MET + _BORDER + " reason_letter=not_recorded form_signed=yes", "AFG"
    ),
    silent("Refused entry without the form, and nobody was moved.", _MET + _NO_FORM.replace("=yes", "=no"), "AFG"),
    silent(
        "Detained, asked for protection, and handed over.",
        "2026-01-06 detention SVN step=start\n2026-01-06 claim_expressed SVN\n" + _OUT,
        "AFG",
    ),
)
