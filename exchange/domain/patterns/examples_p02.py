"""Examples of P02."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_SAID = "2026-01-01 claim_expressed POL\n"
_DECIDED = "2026-01-01 merits_decision POL outcome=rejected merits_scope=full served_at=2026-01-01\n"
_REFUSED = "2026-01-05 entry_refused POL>BLR physically_returned=yes\n"
_AGAIN = "2026-01-20 entry_refused POL>BLR physically_returned=yes\n"
_LATE = "2026-03-20 entry_refused POL>BLR physically_returned=yes\n"
_TOO_LATE = "2026-05-01 entry_refused POL>BLR physically_returned=yes\n"
_SAID_LATE = "2026-03-25 claim_registered LTU\n"

P02_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("claim before", "Asked, and refused twice.", _SAID + _REFUSED + _AGAIN),
    finds("claim before", "Asked another state.", _SAID.replace("POL", "LTU") + _REFUSED + _AGAIN),
    finds(
        "claim before", "Asked; the claim was not taken.", _SAID.replace("expressed", "not_taken") + _REFUSED + _AGAIN
    ),
    finds("claim before", "A claim was registered.", _SAID.replace("expressed", "registered") + _REFUSED + _AGAIN),
    finds(
        "claim before",
        "Refused, and not taken back across the border.",
        (_SAID + _REFUSED + _AGAIN).replace("yes", "no"),
    ),
    finds(
        "claim before", "Refused ten weeks after asking, and again.", _SAID + _LATE + _LATE.replace("03-20", "03-28")
    ),
    finds("claim before", "Refused again ten weeks later.", _SAID + _REFUSED + _LATE),
    finds("claim after", "Refused, and asked; refused again.", _REFUSED + _SAID.replace("01-01", "01-10") + _AGAIN),
    finds(
        "claim after",
        "Refused twice, not taken back; then asked.",
        (_REFUSED + _AGAIN).replace("yes", "no") + "2026-02-10 claim_expressed POL",
    ),
    finds("claim after", "Refused twice, and then asked.", _REFUSED + _AGAIN + _SAID.replace("01-01", "02-10")),
    finds("claim after", "A claim was registered in the next state, ten weeks later.", _REFUSED + _AGAIN + _SAID_LATE),
    finds("claim after", "A claim was not taken, after both.", _REFUSED + _AGAIN + "2026-02-10 claim_not_taken LVA"),
    finds(
        "claim after",
        "Refused again ten weeks later; asked between.",
        _REFUSED + "2026-01-10 claim_expressed POL\n" + _LATE,
    ),
    finds("three times", "Refused three times (M.A. v. Lithuania).", _REFUSED + _AGAIN + _LATE),
    finds(
        "three times", "Refused three times, and never taken back.", (_REFUSED + _AGAIN + _LATE).replace("yes", "no")
    ),
    finds("three times", "Refused four times.", _REFUSED + _AGAIN + _AGAIN.replace("01-20", "02-20") + _LATE),
    finds(
        "claim before + claim after + three times",
        "Asked each time, refused each time.",
        _SAID + _REFUSED + "2026-01-06 claim_expressed POL\n" + _AGAIN + _LATE,
    ),
    silent("Asked, and refused once.", _SAID + _REFUSED),
    silent(
        "Asked, and refused once, as border guards and a monitor tell.",
        _SAID + _REFUSED + _REFUSED.replace("yes", "yes author=UNO by=monitor"),
    ),
    silent(
        "Refused twice, and counsel told of the first time that it was in that month.",
        _REFUSED + _AGAIN + _AGAIN.replace("01-20", "01").replace("yes", "yes author=UNO by=monitor"),
    ),
    silent("Refused once, and asked.", _REFUSED + _SAID_LATE),
    silent("Refused twice, and never asked.", _REFUSED + _AGAIN),
    silent("Refused twice; a claim had been decided before.", _DECIDED + _REFUSED + _AGAIN),
    silent("Refused twice; a claim was decided after.", _REFUSED + _AGAIN + _DECIDED.replace("01-01", "02-01")),
    silent("Asked, and never refused.", _SAID + _SAID_LATE),
    silent("Asked, refused, and refused again four months later.", _SAID + _REFUSED + _TOO_LATE),
    silent(
        "Refused, asked, and refused again four months later.",
        _REFUSED + "2026-01-10 claim_expressed POL\n" + _TOO_LATE,
    ),
    silent("Asked four months before.", _SAID + _TOO_LATE + _TOO_LATE.replace("05-01", "05-03")),
    silent("Asked four months after the last time.", _REFUSED + _AGAIN + "2026-06-01 claim_registered LTU"),
    silent("Three times in five months.", _REFUSED + _TOO_LATE + _TOO_LATE.replace("05-01", "06-10")),
    silent("Asked; refused by two states.", _SAID + _REFUSED + _AGAIN.replace("POL", "LTU")),
    silent("Refused by two states, and asked.", _REFUSED + _AGAIN.replace("POL", "LTU") + _SAID_LATE),
    silent("Asked; refused at two borders.", _SAID + _REFUSED + _AGAIN.replace("BLR", "UKR")),
    silent("Refused at two borders, and asked.", _REFUSED + _AGAIN.replace("BLR", "UKR") + _SAID_LATE),
    silent("Three refusals at three borders.", _REFUSED + _AGAIN.replace("BLR", "UKR") + _LATE.replace("BLR", "LTU")),
    silent(
        "Asked; removed twice, and not refused.",
        (_SAID + _REFUSED + _AGAIN).replace("entry_refused", "removal_executed"),
    ),
    silent(
        "Removed three times, and not refused.",
        (_REFUSED + _AGAIN + _LATE).replace("entry_refused", "removal_executed"),
    ),
    silent(
        "Refused twice; a status was withdrawn before.",
        "2026-01-01 protection_status DEU change=withdrawn\n" + _REFUSED + _AGAIN,
    ),
    silent(
        "Refused twice; a status was withdrawn after.",
        _REFUSED + _AGAIN + "2026-02-01 protection_status DEU change=withdrawn",
    ),
    silent("Asked; refused once, then removal was planned.", _SAID + _REFUSED + "2026-01-20 removal_planned POL>BLR"),
    silent("Nobody told at which border.", (_REFUSED + _AGAIN + _LATE).replace(">BLR", "")),
)
