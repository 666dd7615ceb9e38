"""Examples of P17."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_OUT = "2026-01-05 removal_executed LTU>BLR means=land\n"
_BACK = "2026-02-05 removal_executed BLR>LTU means=land\n"
_AGAIN = "2026-03-05 removal_executed LTU>BLR means=land\n"
_REFUSED = "2026-02-05 entry_refused BLR>LTU physically_returned=yes\n"
_AGREED = "2026-02-05 responsibility_reply LTU>BLR reply=accepted\n"

P17_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("back and forth", "Sent there, and sent back.", _OUT + _BACK),
    finds("back and forth", "Sent there, refused entry and returned.", _OUT + _REFUSED),
    finds("back and forth", "Sent back ten months later.", _OUT + _BACK.replace("02-05", "11-05")),
    finds("back and forth", "On one day: the ledger tells the order.", _OUT + _BACK.replace("02-05", "01-05")),
    finds("back and forth", "Flown both ways.", (_OUT + _BACK).replace("land", "air")),
    finds("twice", "Sent there twice; nobody told how the person came back (M.A. v. Lithuania).", _OUT + _AGAIN),
    finds(
        "twice",
        "Refused entry and returned, twice.",
        (_OUT + _AGAIN).replace("removal_executed", "entry_refused").replace("means=land", "physically_returned=yes"),
    ),
    finds(
        "twice",
        "Told of each time by border guards and a monitor.",
        _OUT + _OUT.replace("land", "land author=UNO") + _AGAIN + _AGAIN.replace("land", "land author=UNO"),
    ),
    finds("twice", "Twice on one day, as border guards tell.", _OUT + _OUT),
    finds("twice", "Sent there again ten months later.", _OUT + _AGAIN.replace("03-05", "11-05")),
    finds("twice", "Flown there twice.", (_OUT + _AGAIN).replace("land", "air")),
    finds("twice", "A claim was registered between.", _OUT + "2026-02-01 claim_registered LTU\n" + _AGAIN),
    finds("back and forth + twice", "There, back, and there again.", _OUT + _BACK + _AGAIN),
    silent("Sent there once.", _OUT),
    silent("Sent there once, as border guards and a monitor tell.", _OUT + _OUT.replace("land", "land author=UNO")),
    silent("Sent there, and on to a third state: that is P04.", _OUT + _BACK.replace(">LTU", ">AFG")),
    silent("Sent there, and on by another state.", _OUT + _BACK.replace("BLR>", "UKR>")),
    silent("Sent back fourteen months later.", _OUT + _BACK.replace("2026-02", "2027-03")),
    silent("Sent there again fourteen months later.", _OUT + _AGAIN.replace("2026-03", "2027-03")),
    silent("Sent there, and to another state.", _OUT + _AGAIN.replace("BLR", "UKR")),
    silent("Sent there by two states.", _OUT + _AGAIN.replace("LTU", "POL")),
    silent("Sent there, and sending back was planned.", _OUT + _BACK.replace("executed", "planned")),
    silent("Sending there was planned, and the person was sent back.", _OUT.replace("executed", "planned") + _BACK),
    silent("Sent there, and planned once more.", _OUT + _AGAIN.replace("executed", "planned")),
    silent("Planned, and sent there.", _OUT.replace("executed", "planned") + _AGAIN),
    silent("Sent there; the first state agreed to take back.", _OUT + _AGREED),
    silent(
        "The other state agreed to take over; it sent back.",
        "2026-01-04 responsibility_reply BLR>LTU reply=accepted\n" + _BACK,
    ),
    silent("It agreed to take over; sent there.", "2026-01-04 responsibility_reply BLR>LTU reply=accepted\n" + _AGAIN),
    silent(
        "Sent there; it agreed to take over once more.", _OUT + "2026-02-04 responsibility_reply BLR>LTU reply=accepted"
    ),
    silent("Refused entry twice, and not moved.", (_OUT + _AGAIN).replace("removal_executed", "entry_refused")),
)
