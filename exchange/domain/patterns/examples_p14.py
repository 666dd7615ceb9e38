"""Examples of P14: handed over or arrived, and no procedure followed."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_CLAIM = "2026-01-05 claim_registered BEL\n"
_LEG = "2026-03-02 removal_executed BEL>GRC\n"  # a Monday; ten working days end on 16 March
_CAME = "2026-03-02 arrival GRC>BEL outcome=arrived\n"
_LOCKED = "2026-03-03 detention GRC step=start ground=removal\n"
_ORDER = "2026-03-03 return_decision GRC>TUR\n"
_REJECTED = "2026-03-03 merits_decision GRC outcome=rejected merits_scope=partial served_at=2026-03-03\n"
_ENDED = "2026-03-03 merits_decision GRC outcome=discontinued merits_scope=none\n"
_NOT_TAKEN = "2026-03-03 claim_not_taken GRC reason=implicit_withdrawal\n"
_REGISTERED = "2026-03-10 claim_registered GRC\n"
_FULL = "2026-03-20 merits_decision GRC outcome=rejected merits_scope=full served_at=2026-03-20\n"
_BEFORE = _FULL.replace("03-20", "02-20").replace("GRC", "BEL")
_UNSERVED = "2026-02-20 merits_decision BEL outcome=rejected merits_scope=full\n"
_TAKEN_BACK = "2026-02-20 responsibility_request BEL>GRC request_type=take_back\n"
_FOR_A_TIME = "2026-02-20 merits_decision BEL outcome=temporary_protection merits_scope=none\n"
_LATER = "2026-04-01"
_TOLD = _CLAIM + _LEG + _CAME + _LOCKED

P14_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("handed over", "Handed over, and locked up (M.S.S.).", _CLAIM + _LEG + _LOCKED, "AFG", _LATER),
    finds(
        "handed over",
        "Flown there, and locked up.",
        _CLAIM + _LEG.replace("GRC", "GRC means=air") + _LOCKED,
        "AFG",
        _LATER,
    ),
    finds("arrived", "Arrived, and locked up.", _CLAIM + _CAME + _LOCKED, "AFG", _LATER),
    finds(
        "arrived", "Arrived, and nobody says from where.", _CLAIM + _CAME.replace(">BEL", "") + _LOCKED, "AFG", _LATER
    ),
    finds("handed over + arrived", "Both, two weeks later.", _TOLD, "AFG", "2026-03-16"),
    finds("handed over + arrived", "Return ordered (H.T.).", _CLAIM + _LEG + _CAME + _ORDER, "AFG", _LATER),
    finds(
        "handed over + arrived",
        "Rejected after a part was looked at.",
        _CLAIM + _LEG + _CAME + _REJECTED,
        "AFG",
        _LATER,
    ),
    finds("handed over + arrived", "Treated as withdrawn.", _CLAIM + _LEG + _CAME + _NOT_TAKEN, "AFG", _LATER),
    finds("handed over + arrived", "Ended without a decision (Mirza).", _CLAIM + _LEG + _CAME + _ENDED, "AFG", _LATER),
    finds(
        "handed over + arrived",
        "The claim is told only by a third state.",
        _LEG + _CAME + _LOCKED + "2026-03-20 claim_registered DEU",
        "AFG",
        _LATER,
    ),
    finds(
        "handed over + arrived",
        "Registered there only before.",
        _REGISTERED.replace("2026", "2025") + _TOLD,
        "AFG",
        _LATER,
    ),
    finds(
        "handed over + arrived",
        "Told as examined before by that state, afterwards.",
        _TOLD + _FULL.replace("03-20", "02-20"),
        "AFG",
        _LATER,
    ),
    finds(
        "handed over + arrived",
        "The claim was not taken at first.",
        _CLAIM.replace("registered", "not_taken") + _LEG + _CAME + _LOCKED,
        "AFG",
        _LATER,
    ),
    finds(
        "handed over + arrived",
        "The claim was only voiced.",
        _CLAIM.replace("registered", "expressed") + _LEG + _CAME + _LOCKED,
        "AFG",
        _LATER,
    ),
    silent(
        "Told as examined before, by a monitor.",
        _TOLD + _FULL.replace("03-20", "02-20").strip() + " author=UNO",
        "AFG",
        _LATER,
    ),
    silent(
        "The twenty-fifth of March is no working day in Greece.",
        (_CLAIM + _LEG + _CAME + _LOCKED).replace("03-02", "03-16").replace("03-03", "03-17"),
        "AFG",
        "2026-03-30",
    ),
    silent("No word is due yet.", _TOLD, "AFG", "2026-03-13"),
    silent(
        "Told late: no word is due yet.",
        (_CLAIM + _LEG + _CAME)
        .replace("GRC\n", "GRC recorded=2026-03-25\n")
        .replace("arrived\n", "arrived recorded=2026-03-25\n")
        + _LOCKED,
        "AFG",
        _LATER,
    ),
    silent("A claim was registered.", _TOLD + _REGISTERED, "AFG", _LATER),
    silent("A claim was registered late.", _TOLD + _REGISTERED.replace("03-10", "03-30"), "AFG", _LATER),
    silent("Examined there at last.", _TOLD + _FULL, "AFG", _LATER),
    silent("Examined before by the state that sent the person.", _BEFORE + _TOLD, "AFG", _LATER),
    finds(
        "handed over + arrived",
        "A decision shows that they had asked.",
        _UNSERVED + _LEG + _CAME + _LOCKED,
        "AFG",
        _LATER,
    ),
    finds("handed over", "So does a request to take them back.", _TAKEN_BACK + _LEG + _LOCKED, "AFG", _LATER),
    silent(
        "Asked to readmit somebody who never asked for protection.",
        _TAKEN_BACK.replace("take_back", "readmission") + _LEG + _CAME + _LOCKED,
        "AFG",
        _LATER,
    ),
    silent("Temporary protection, for which nobody asks.", _FOR_A_TIME + _LEG + _CAME + _LOCKED, "AFG", _LATER),
    silent("The person never asked for protection.", _LEG + _CAME + _LOCKED, "AFG", _LATER),
    silent(
        "A status ended, and nobody asked for another.",
        "2026-01-05 protection_status BEL change=ended\n" + _LEG + _CAME + _LOCKED,
        "AFG",
        _LATER,
    ),
    silent(
        "The state agreed to take the person, and nobody came.",
        _CLAIM + "2026-03-02 responsibility_reply GRC>BEL reply=accepted\n" + _LOCKED,
        "AFG",
        _LATER,
    ),
    silent("Nobody came.", _CLAIM + _LOCKED, "AFG", _LATER),
    silent("Free, and nothing decided.", _CLAIM + _LEG + _CAME, "AFG", _LATER),
    silent("Locked up only before.", _LOCKED.replace("2026", "2025") + _CLAIM + _LEG + _CAME, "AFG", _LATER),
    silent("Set free.", _CLAIM + _LEG + _CAME + _LOCKED.replace("start", "end"), "AFG", _LATER),
    silent(
        "Locked up by the state that sent the person.",
        _CLAIM + _LEG + _CAME + _LOCKED.replace("GRC", "BEL"),
        "AFG",
        _LATER,
    ),
    silent("The handover was planned only.", _CLAIM + _LEG.replace("executed", "planned") + _LOCKED, "AFG", _LATER),
    silent("The person did not arrive.", _CLAIM + _CAME.replace("=arrived", "=not_arrived") + _LOCKED, "AFG", _LATER),
    silent("Sent to a state that is feared: that is P19.", _TOLD, "GRC", _LATER),
)
