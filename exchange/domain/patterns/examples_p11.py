"""Examples of P11: handed over, and nobody had decided so."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_MET = "2026-01-06 encounter SVN circumstances=irregular_entry\n"
_OUT = "2026-01-07 removal_executed SVN>HRV legal_act=not_recorded\n"
_NO_ACT = _OUT.replace("not_recorded", "none")
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
    silent("To a state that is feared: that is P19.", _BOTH, "HRV"),
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
