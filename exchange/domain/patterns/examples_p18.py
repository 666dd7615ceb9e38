"""Examples of P18: sent away on an examination that is old, was not whole, or was overtaken."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_FULL = "2024-01-10 merits_decision DEU outcome=rejected merits_scope=full served_at=2024-01-12\n"
_YOUNG = _FULL.replace("2024-01", "2025-08")
_PART = "2025-11-10 merits_decision DEU outcome=rejected merits_scope=partial served_at=2025-11-12\n"
_AGAIN = "2025-10-10 merits_decision GBR outcome=rejected merits_scope=full served_at=2025-10-12\n"
_PLAN = "2026-01-05 removal_planned GBR>IRN\n"
_LEG = "2026-01-06 removal_executed GBR>IRN\n"
_BOTH = _PLAN + _LEG
_BACK = (_PLAN + _LEG).replace("IRN", "DEU")
_OLD = "old, plan + old, leg"
_IN_PART = "in part, plan + in part, leg"
_CHANGED = "changed, plan + changed, leg"
_EVE = _FULL.replace("2024-01", "2024-11")  # in Syria much changed in December 2024
_PLANNED_HOME = "2025-03-05 removal_planned GBR>SYR\n"
_SENT_HOME = "2025-03-06 removal_executed GBR>SYR\n"
_HOME = _PLANNED_HOME + _SENT_HOME
_BACK_THEN = _HOME.replace("SYR", "DEU")
_LOOKED_AGAIN = _AGAIN.replace("2025-10", "2025-02")

P18_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("old, plan", "Rejected two years ago, and removal planned.", _FULL + _PLAN, "IRN"),
    finds("old, leg", "Rejected two years ago, and sent home.", _FULL + _LEG, "IRN"),
    finds(_OLD, "Rejected two years ago, planned and done.", _FULL + _BOTH, "IRN"),
    finds(_OLD, "Sent back to the state that rejected the claim two years ago.", _FULL + _BACK, "IRN"),
    finds(_OLD, "Rejected fourteen months ago.", _FULL.replace("2024-01", "2024-11") + _BOTH, "IRN"),
    finds(_OLD, "By air.", _FULL + _BOTH.replace("IRN", "IRN means=air"), "IRN"),
    finds(
        _OLD,
        "Rejected again, and that was never served.",
        _FULL + _AGAIN.replace(" served_at=2025-10-12", "") + _BOTH,
        "IRN",
    ),
    finds(
        _OLD,
        "Rejected again, and that was served after the flight (Ozdil).",
        _FULL + _AGAIN.replace("=2025-10-12", "=2026-01-08") + _BOTH,
        "IRN",
    ),
    finds(_OLD, "Told as examined again, after the removal.", _FULL + _BOTH + _AGAIN, "IRN"),
    finds(_OLD, "Rejected again without a look.", _FULL + _AGAIN.replace("full", "none") + _BOTH, "IRN"),
    finds(_IN_PART, "How much was looked at is left out.", _PART.replace("partial", "not_recorded") + _BOTH, "IRN"),
    silent("Nothing was looked at: that is P19.", _PART.replace("partial", "none") + _BOTH, "IRN"),
    silent("Told as examined again, by a monitor.", _FULL + _BOTH + _AGAIN.strip() + " author=UNO", "IRN"),
    silent("Examined again three months ago.", _FULL + _AGAIN + _BOTH, "IRN"),
    silent(
        "Protection was renewed three months ago.",
        _FULL + "2025-10-10 protection_status DEU change=renewed\n" + _BOTH,
        "IRN",
    ),
    silent("Rejected five months ago.", _YOUNG + _BOTH, "IRN"),
    silent(
        "Rejected eight months ago, and never served: nobody has examined.",
        _FULL.replace("2024-01-10", "2025-05-10").replace(" served_at=2024-01-12", "") + _BOTH,
        "IRN",
    ),
    silent("Rejected, and nothing planned.", _FULL, "IRN"),
    silent("Rejected two years ago, sent to a third state.", _FULL + _BOTH.replace("IRN", "TUR"), "IRN"),
    silent("Sent away, and rejected afterwards.", _BOTH + _FULL.replace("2024", "2026"), "IRN"),
    silent("Protected two years ago: that is P08.", _FULL.replace("rejected", "geneva_convention") + _BOTH, "IRN"),
    silent("Never asked, and sent home.", _BOTH, "IRN"),
    silent(
        "Taking back was agreed, and nobody moved.",
        _FULL + "2026-01-05 responsibility_reply DEU>GBR reply=accepted",
        "IRN",
    ),
    silent(
        "Found inadmissible because of the state that rejected.",
        _FULL + "2026-01-05 admissibility_decision GBR>DEU outcome=inadmissible",
        "IRN",
    ),
    finds("in part, plan", "Examined in part, and removal planned.", _PART + _PLAN, "IRN"),
    finds("in part, leg", "Examined in part, and sent home (Agiza).", _PART + _LEG, "IRN"),
    finds(_IN_PART, "Sent back to the state that examined in part (T.I., Adan).", _PART + _BACK, "IRN"),
    finds(_IN_PART, "By air.", _PART + _BOTH.replace("IRN", "IRN means=air"), "IRN"),
    finds(_IN_PART, "Told as examined in full, after the removal.", _PART + _BOTH + _AGAIN, "IRN"),
    finds(
        _IN_PART,
        "Examined in full only then, elsewhere.",
        _PART + _BOTH + _FULL.replace("2024", "2026"),
        "IRN",
        now="2026-02-01",
    ),
    silent("Told as examined in full, by a monitor.", _PART + _BOTH + _AGAIN.strip() + " author=UNO", "IRN"),
    silent("In part, and in full before.", _YOUNG + _PART + _BOTH, "IRN"),
    silent("In part, and in full since.", _PART + _AGAIN.replace("2025-10", "2025-12") + _BOTH, "IRN"),
    silent("Examined in part, sent to a third state.", _PART + _BOTH.replace("IRN", "TUR"), "IRN"),
    silent("Examined in part, and nothing planned.", _PART, "IRN"),
    silent("Sent away, and examined in part afterwards.", _BOTH + _PART.replace("2025-11", "2026-11"), "IRN"),
    silent(
        "Taking back agreed on an examination in part, and nobody moved.",
        _PART + "2026-01-05 responsibility_reply DEU>GBR reply=accepted",
        "IRN",
    ),
    finds("changed, plan", "Much changed since, and removal planned.", _EVE + _PLANNED_HOME, "SYR"),
    finds("changed, leg", "Much changed since, and sent home.", _EVE + _SENT_HOME, "SYR"),
    finds(_CHANGED, "Sent back to the state that rejected before much changed.", _EVE + _BACK_THEN, "SYR"),
    finds(_CHANGED, "By air.", _EVE + _HOME.replace("SYR", "SYR means=air"), "SYR"),
    finds(_CHANGED, "Examined again, but before much changed.", _EVE.replace("11-10", "10-10") + _EVE + _HOME, "SYR"),
    finds(
        _CHANGED,
        "Rejected again, and that was never served.",
        _EVE + _LOOKED_AGAIN.replace(" served_at=2025-02-12", "") + _HOME,
        "SYR",
    ),
    finds(_CHANGED, "Told as examined again, after the removal.", _EVE + _HOME + _LOOKED_AGAIN, "SYR"),
    finds(_OLD + " + " + _CHANGED, "Old, and overtaken.", _FULL + _BOTH.replace("IRN", "SYR"), "SYR"),
    silent("Told as examined again, by a monitor.", _EVE + _HOME + _LOOKED_AGAIN.strip() + " author=UNO", "SYR"),
    silent("Examined again since much changed.", _EVE + _LOOKED_AGAIN + _HOME, "SYR"),
    silent("Rejected only after much changed.", _LOOKED_AGAIN + _HOME, "SYR"),
    silent(
        "Sent home before much changed.",
        _FULL.replace("2024-01", "2024-10") + _HOME.replace("2025-03", "2024-11"),
        "SYR",
    ),
    silent("Nothing on record has changed where the person fears harm.", _EVE + _HOME, "IRN"),
    silent("Nothing on record has changed there, and sent home.", _EVE + _HOME.replace("SYR", "IRN"), "IRN"),
    silent("Rejected, and nothing planned since much changed.", _EVE, "SYR"),
    silent("Sent to a third state.", _EVE + _HOME.replace("SYR", "TUR"), "SYR"),
    silent(
        "Sent to a state that rejects only afterwards; another one had before.",
        _EVE.replace("DEU", "FRA") + _BACK_THEN + _FULL.replace("2024-01", "2025-05"),
        "SYR",
    ),
    silent("Never examined in full.", _HOME, "SYR"),
    silent("Taking back was agreed.", _EVE + "2025-03-05 responsibility_reply DEU>GBR reply=accepted", "SYR"),
    silent(
        "Inadmissible because of the state that rejected.",
        _EVE + "2025-03-05 admissibility_decision GBR>DEU outcome=inadmissible",
        "SYR",
    ),
)
