"""Examples of the patterns that a clock ends in: P21, P22."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_TO_GUARD = "2026-03-02 claim_expressed POL by=border_guard\n"  # a Monday
_BEFORE = "2026-02-20 claim_registered POL\n"
_OFFICE = "2026-03-04 claim_not_taken POL by=asylum_office"

P21_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("not taken up", "Voiced on a Monday, and nothing by Thursday night.", _TO_GUARD, now="2026-03-05"),
    finds("not taken up", "Nothing a month later.", _TO_GUARD, now="2026-04-02"),
    finds(
        "not taken up", "Voiced to a return unit.", _TO_GUARD.replace("border_guard", "return_unit"), now="2026-03-06"
    ),
    finds("not taken up", "Registered only for an earlier claim.", _BEFORE + _TO_GUARD, now="2026-03-06"),
    finds(
        "not taken up", "Registered by another state.", _TO_GUARD + "2026-03-03 claim_registered LTU", now="2026-03-06"
    ),
    finds(
        "not taken up",
        "The guard itself says that it is not taken.",
        _TO_GUARD + _OFFICE.replace("asylum_office", "border_guard"),
        now="2026-03-06",
    ),
    finds(
        "not taken up", "The office of another state says so.", _TO_GUARD + _OFFICE + " author=LTU", now="2026-03-06"
    ),
    finds(
        "not taken up",
        "Voiced once more, to a monitor.",
        _TO_GUARD + "2026-03-03 claim_expressed POL by=monitor",
        now="2026-03-06",
    ),
    silent("No word is due yet.", _TO_GUARD, now="2026-03-04"),
    silent("Voiced on a Friday: by Monday no word is due.", _TO_GUARD.replace("03-02", "02-27"), now="2026-03-03"),
    silent(
        "Voiced on the Thursday before Easter: Monday does not count.",
        _TO_GUARD.replace("03-02", "04-02"),
        now="2026-04-07",
    ),
    silent("Told late: no word is due yet.", _TO_GUARD.strip() + " recorded=2026-03-04", now="2026-03-06"),
    silent("Registered in time.", _TO_GUARD + "2026-03-04 claim_registered POL", now="2026-04-02"),
    silent("Registered late, and told.", _TO_GUARD + "2026-03-20 claim_registered POL", now="2026-04-02"),
    silent("The asylum office says that it is not taken.", _TO_GUARD + _OFFICE, now="2026-04-02"),
    silent("Voiced to the asylum office itself.", _TO_GUARD.replace("border_guard", "asylum_office"), now="2026-04-02"),
    silent("Voiced to a monitor.", _TO_GUARD.replace("border_guard", "monitor"), now="2026-04-02"),
    silent("Told by the border guard of another state.", _TO_GUARD.strip() + " author=BLR", now="2026-04-02"),
    silent("Nobody voiced a claim.", "2026-03-02 encounter POL", now="2026-04-02"),
    silent("Registered, and never voiced.", "2026-03-02 claim_registered POL", now="2026-04-02"),
    silent("Not taken, and never voiced.", "2026-03-02 claim_not_taken POL", now="2026-04-02"),
)

_ASKED = "2026-03-02T10:00:00Z hold_request LTU>POL step=asked\n"
_HELD = "2026-03-02T12:00:00Z hold_request POL>LTU step=held"
_PLAN = "2026-03-01 removal_planned POL>BLR planned_at=2026-03-02T18:00:00Z\n"
_OFF = "2026-03-02T11:00:00Z removal_planned POL>BLR cancelled=yes"
_LIFTED = "2026-03-02T13:00:00Z hold_request LTU>POL step=lifted"

P22_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("unanswered", "Asked, and nothing a day later.", _ASKED, now="2026-03-03T10:00:00Z"),
    finds("unanswered", "Nothing three days later.", _ASKED, now="2026-03-05T10:00:00Z"),
    finds(
        "unanswered",
        "By the time that the request named.",
        _ASKED.strip() + " due_at=2026-03-02T14:00:00Z",
        now="2026-03-02T14:00:00Z",
    ),
    finds("unanswered", "The removal is planned for the evening.", _PLAN + _ASKED, now="2026-03-02T18:00:00Z"),
    finds("unanswered", "Another state answered.", _ASKED + _HELD.replace("POL>", "SVK>"), now="2026-03-04"),
    finds(
        "unanswered",
        "It answered an earlier request.",
        _HELD.replace("03-02", "03-01") + "\n" + _ASKED,
        now="2026-03-04",
    ),
    finds(
        "unanswered",
        "The state asked says that it is lifted.",
        _ASKED + _LIFTED.replace("LTU>POL", "POL>LTU"),
        now="2026-03-04",
    ),
    finds(
        "unanswered",
        "An earlier request was lifted.",
        _LIFTED.replace("03-02", "03-01") + "\n" + _ASKED,
        now="2026-03-04",
    ),
    finds("unanswered", "It leaves out whether it asks.", _ASKED.replace("asked", "not_recorded"), now="2026-03-04"),
    silent("It only says that it is lifted.", _ASKED.replace("asked", "lifted"), now="2026-03-04"),
    finds("unanswered", "Asked again.", _ASKED + _ASKED.replace("T10", "T11"), now="2026-03-04"),
    silent("No word is due yet.", _ASKED, now="2026-03-03T09:59:00Z"),
    silent("The request gives three days.", _ASKED.strip() + " due_at=2026-03-05", now="2026-03-04"),
    silent("The removal is planned for the evening, and it is noon.", _PLAN + _ASKED, now="2026-03-02T12:00:00Z"),
    silent("The removal for the evening was called off.", _PLAN + _ASKED + _OFF, now="2026-03-02T20:00:00Z"),
    silent(
        "The one that asks plans a removal itself.", _PLAN.replace("POL>", "LTU>") + _ASKED, now="2026-03-02T20:00:00Z"
    ),
    silent("Held.", _ASKED + _HELD, now="2026-03-04"),
    silent("Refused.", _ASKED + _HELD.replace("held", "refused"), now="2026-03-04"),
    silent("Lifted.", _ASKED + _LIFTED, now="2026-03-04"),
    silent("Lifted, and held before.", _ASKED + _HELD + "\n" + _LIFTED, now="2026-03-04"),
    silent("It does not say whom it asks.", _ASKED.replace(">POL", ""), now="2026-03-04"),
    silent("Nobody asked.", _PLAN, now="2026-03-04"),
    silent("Held without being asked.", _HELD, now="2026-03-04"),
    silent("Lifted without being asked.", _LIFTED, now="2026-03-04"),
)
