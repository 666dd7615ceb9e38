"""Examples of P10: the person goes to another state than the one that was decided."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_NO = "2026-01-04 responsibility_reply SRB>HUN request_type=readmission reply=refused\n"
_YES = "2026-01-06 responsibility_reply SRB>HUN request_type=readmission reply=accepted\n"
_TO_SRB = "2026-01-05 return_decision HUN>SRB\n"
_TO_AFG = "2026-01-05 return_decision HUN>AFG\n"
_PUT = "2026-01-09 removal_executed HUN>SRB\n"
_FLOWN = "2026-01-09 removal_executed HUN>AFG means=air\n"
_NEW = "2026-01-08 return_decision HUN>AFG\n"
_NEW_PLAN = "2026-01-08 removal_planned HUN>AFG\n"
_SAFE = "2026-01-03 admissibility_decision HUN>SRB outcome=inadmissible\n"

P10_EXAMPLES: Final[tuple[Example, ...]] = (
    finds(
        "refused + not named", "Decided for one state, sent to one that refused (M.D.).", _NO + _TO_AFG + _PUT, "AFG"
    ),
    finds("refused", "Refused, and sent there all the same.", _NO + _TO_SRB + _PUT, "AFG"),
    finds(
        "refused",
        "Suspended, and sent there by air.",
        _NO.replace("refused", "suspended") + _PUT.replace("SRB", "SRB means=air"),
        "AFG",
    ),
    finds("refused", "Agreed long before, and refused since.", _YES.replace("2026", "2025") + _NO + _PUT, "AFG"),
    finds("refused", "Agreed only afterwards.", _NO + _PUT + _YES.replace("01-06", "01-12"), "AFG"),
    finds("refused", "Agreed to take the person from another state.", _NO + _YES.replace("HUN", "BGR") + _PUT, "AFG"),
    finds(
        "refused",
        "Told as agreed afterwards, by the state that sent.",
        _NO + _PUT + _YES.strip() + " author=HUN",
        "AFG",
    ),
    finds("refused", "Refused, then perhaps agreed.", _NO + _YES.replace("accepted", "not_recorded") + _PUT, "AFG"),
    silent("A reply that leaves out what it says.", _NO.replace("refused", "not_recorded") + _PUT, "AFG"),
    silent("Refused, and agreed before the person was sent.", _NO + _YES + _PUT, "AFG"),
    silent("Told as agreed afterwards, by a monitor.", _NO + _PUT + _YES.strip() + " author=UNO", "AFG"),
    silent("Refused, and nobody was sent.", _NO, "AFG"),
    silent("Refused, and only a plan.", _NO + "2026-01-09 removal_planned HUN>SRB", "AFG"),
    silent("Refused only afterwards.", _PUT + _NO.replace("01-04", "01-12"), "AFG"),
    silent("Refused to another state.", _NO.replace("HUN", "BGR") + _PUT, "AFG"),
    silent("Another state refused.", _NO.replace("SRB", "UKR") + _PUT, "AFG"),
    silent("Sent by another state, which was not refused.", _NO + _PUT.replace("HUN", "BGR"), "AFG"),
    silent("Agreed, and sent.", _YES + _PUT, "AFG"),
    finds("not named", "Decided for one state, put out to another.", _TO_AFG + _PUT, "AFG"),
    finds("not named", "Named as safe, and sent to a third one.", _SAFE + _PUT.replace("SRB", "MKD"), "AFG"),
    finds(
        "not named",
        "Two were named, and sent to a third one.",
        "2026-01-05 return_decision HUN destinations=AFG,MKD\n" + _PUT,
        "AFG",
    ),
    finds(
        "not named",
        "Put out at the border, without the form.",
        _TO_AFG + "2026-01-09 entry_refused HUN>SRB physically_returned=yes reason_letter=not_recorded",
        "AFG",
    ),
    finds("not named", "Named only afterwards.", _TO_AFG + _PUT + _SAFE.replace("01-03", "01-12"), "AFG"),
    finds("not named", "Told as named, after the person was sent.", _TO_AFG + _PUT + _SAFE, "AFG"),
    finds("not named", "Another state had named it.", _TO_AFG + _SAFE.replace("HUN", "BGR") + _PUT, "AFG"),
    finds(
        "not named",
        "It only asked the other state.",
        _TO_AFG + "2026-01-06 responsibility_request HUN>SRB\n" + _PUT,
        "AFG",
    ),
    finds(
        "not named + not named, into danger",
        "Named as safe, and flown to the state that is feared.",
        _SAFE + _FLOWN,
        "AFG",
    ),
    finds("not named + not named, into danger", "Told as named, after the flight.", _SAFE + _FLOWN + _TO_AFG, "AFG"),
    finds(
        "not named + not named, into danger",
        "The same, and named only afterwards.",
        _SAFE + _FLOWN + _TO_AFG.replace("01-05", "01-12"),
        "AFG",
    ),
    finds(
        "not named + not named, into danger",
        "Another state had named it.",
        _SAFE + _TO_AFG.replace("HUN", "BGR") + _FLOWN,
        "AFG",
    ),
    silent("Told as named afterwards, by a monitor.", _TO_AFG + _PUT + _SAFE.strip() + " author=UNO", "SRB"),
    silent("Decided and sent there.", _TO_SRB + _PUT, "SRB"),
    silent(
        "Named as safe, and sent there; a decision names another state too.",
        _SAFE
        + _TO_AFG.replace("HUN", "HUN suspensive=automatic").replace(
            "HUN suspensive=automatic>AFG", "HUN>AFG suspensive=automatic"
        )
        + _PUT,
        "SRB",
    ),
    silent(
        "Both were named, and sent to one of them.",
        "2026-01-05 return_decision HUN destinations=AFG,SRB\n" + _PUT,
        "SRB",
    ),
    silent(
        "Put out at the border, on the form, which names the state.",
        _TO_AFG + "2026-01-09 entry_refused HUN>SRB physically_returned=yes reason_letter=I",
        "SRB",
    ),
    silent("Nothing was decided: that is P11.", _PUT, "SRB"),
    silent("Decided only afterwards.", _PUT + _TO_AFG.replace("01-05", "01-12"), "SRB"),
    silent("Decided, and nobody was sent.", _TO_AFG, "AFG"),
    silent("Another state had decided.", _TO_AFG.replace("HUN", "BGR") + _PUT, "SRB"),
    silent("The decision was annulled when it was told.", _TO_AFG.strip() + " annulled=yes\n" + _PUT, "SRB"),
    finds("changed + changed, into danger", "The destination became the feared state (FMS).", _TO_SRB + _NEW, "AFG"),
    finds("changed + changed, into danger", "A plan to the feared state follows.", _TO_SRB + _NEW_PLAN, "AFG"),
    finds("changed", "Changed to a third state.", _TO_SRB + _NEW.replace("AFG", "MKD"), "AFG"),
    finds("changed", "A plan to a third state follows.", _TO_SRB + _NEW_PLAN.replace("AFG", "MKD"), "AFG"),
    finds("changed", "A state was added.", _TO_SRB + "2026-01-08 return_decision HUN destinations=SRB,MKD", "AFG"),
    silent("Decided anew, and a remedy suspends it.", _TO_SRB + _NEW.strip() + " suspensive=automatic", "AFG"),
    silent("Decided again, for the same state.", _TO_SRB + _TO_SRB.replace("01-05", "01-08"), "SRB"),
    silent("Decided once.", _TO_SRB, "SRB"),
    silent("Planned as decided.", _TO_SRB + "2026-01-08 removal_planned HUN>SRB", "SRB"),
    silent("Another state decides for another one.", _TO_SRB + _NEW.replace("HUN", "BGR"), "AFG"),
    silent(
        "The other state was named long before.",
        _NEW.replace("2026", "2025") + _TO_SRB.replace("HUN>SRB", "HUN>SRB suspensive=automatic") + _NEW,
        "AFG",
    ),
    silent("Told as decided after the person was sent, and nothing else was.", _PUT + _TO_SRB, "SRB"),
    finds(
        "not named + not named, into danger", "Decided for one state, flown to the feared one.", _TO_SRB + _FLOWN, "AFG"
    ),
    finds(
        "not named + not named, into danger",
        "The same, and the feared state was only asked.",
        _TO_SRB + "2026-01-06 responsibility_request HUN>AFG\n" + _FLOWN,
        "AFG",
    ),
    silent("A plan named another state, and no decision did.", "2026-01-05 removal_planned HUN>SRB\n" + _FLOWN, "AFG"),
    silent("A decision told late names the same state.", "2026-01-08 removal_planned HUN>SRB\n" + _TO_SRB, "SRB"),
    finds(
        "changed + changed, into danger",
        "Sent there once before, without a plan.",
        _FLOWN.replace("2026", "2025") + _TO_SRB + _NEW,
        "AFG",
    ),
    finds(
        "changed + changed, into danger",
        "Told as planned before, after the change.",
        _TO_SRB.strip() + " suspensive=automatic\n" + _NEW + _NEW_PLAN.replace("01-08", "01-02"),
        "AFG",
    ),
    silent(
        "Sent there as planned; years later planned to another state.",
        _TO_SRB.replace("2026", "2020") + _PUT.replace("2026", "2020") + _NEW,
        "AFG",
    ),
    silent("Sent to the first state only, and planned to go to the other.", _SAFE + _NEW, "AFG"),
)
