"""Examples of the patterns of one chain: P03, P04, P05."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_CLAIM = "2026-01-01 claim_registered SVK\n"
_PLAN = "2026-01-05 return_decision SVK>UKR\n"
_LEG = "2026-01-06 removal_executed SVK>UKR\n"
_INADMISSIBLE = "2026-01-05 admissibility_decision SVK>UKR outcome=inadmissible\n"
_TAKING = "2026-01-02 responsibility_request SVK>UKR request_type=take_charge\n"
_VOICED = "2026-01-01 claim_expressed SVK\n"
_NOT_TAKEN = "2026-01-01 claim_not_taken SVK\n"
_ENDED = "2026-01-01 protection_status SVK change=withdrawn\n"
_AGREED = "2026-01-06 responsibility_reply UKR>SVK reply=accepted\n"
_MERITS = "2026-01-04 merits_decision SVK outcome=rejected merits_scope=full served_at=2026-01-04\n"
_LOOKED_AT_LAST = "2026-05-04 merits_decision UKR outcome=rejected merits_scope=full served_at=2026-05-04\n"

P03_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("inadmissible", "Found inadmissible because of a third country.", _CLAIM + _INADMISSIBLE, "AFG"),
    finds("plan", "Sent to a third country by decision.", _CLAIM + _PLAN, "AFG"),
    finds("plan + leg", "Decided, and done.", _CLAIM + _PLAN + _LEG, "AFG"),
    finds(
        "leg", "Refused entry and returned.", _CLAIM + "2026-01-06 entry_refused SVK>UKR physically_returned=yes", "AFG"
    ),
    finds("plan", "The claim is told only by the next state.", _PLAN + "2026-02-01 claim_registered UKR", "AFG"),
    finds(
        "plan",
        "One of two named states is not feared.",
        _CLAIM + "2026-01-05 return_decision SVK destinations=AFG,UKR",
        "AFG",
    ),
    finds(
        "leg",
        "Rejected, but only in part examined (T.I.).",
        _CLAIM + _MERITS.replace("full", "partial") + _LEG,
        "AFG",
    ),
    finds("inadmissible", "Told as examined by the same state, afterwards.", _CLAIM + _INADMISSIBLE + _MERITS, "AFG"),
    finds("plan", "The same, after the decision.", _CLAIM + _PLAN + _MERITS, "AFG"),
    finds("leg", "The same, after the leg.", _CLAIM + _LEG + _MERITS, "AFG"),
    finds(
        "inadmissible + plan + leg",
        "Examined afterwards, by the next state.",
        _CLAIM + _INADMISSIBLE + _PLAN + _LEG + _LOOKED_AT_LAST,
        "AFG",
    ),
    silent("Told as examined afterwards, by a monitor.", _CLAIM + _LEG + _MERITS.strip() + " author=UNO", "AFG"),
    finds("inadmissible + plan + leg", "Asked, and was not registered.", _VOICED + _INADMISSIBLE + _PLAN + _LEG, "AFG"),
    finds("inadmissible + plan + leg", "Not taken.", _NOT_TAKEN + _INADMISSIBLE + _PLAN + _LEG, "AFG"),
    finds("leg", "Flown to a third country.", _CLAIM + _LEG.replace("UKR", "UKR means=air"), "AFG"),
    silent("A status ended, and nobody asked for another.", _ENDED + _PLAN + _LEG, "AFG"),
    silent("Taking over was agreed, and nobody moved.", _CLAIM + _AGREED, "AFG"),
    silent("Nobody asked for protection: a decision.", _PLAN, "AFG"),
    silent("Nobody asked for protection: a leg.", _LEG, "AFG"),
    finds("inadmissible + plan + leg", "The decision shows that they asked.", _INADMISSIBLE + _PLAN + _LEG, "AFG"),
    finds("plan", "So does one by another state.", _INADMISSIBLE.replace("SVK>UKR", "POL") + _PLAN, "AFG"),
    finds("leg", "So does one that was not served.", _MERITS.replace(" served_at=2026-01-04", "") + _LEG, "AFG"),
    finds("plan", "Perhaps so does a request to take charge.", _TAKING + _PLAN, "AFG"),
    silent("Taking back was agreed, and nobody moved.", _AGREED.strip() + " request_type=take_back", "AFG"),
    silent("Asked to readmit somebody who never asked.", _TAKING.replace("take_charge", "readmission") + _PLAN, "AFG"),
    silent(
        "Temporary protection, for which nobody asks.",
        _MERITS.replace("rejected merits_scope=full", "temporary_protection merits_scope=none") + _PLAN + _LEG,
        "AFG",
    ),
    silent("A claim alone.", _CLAIM, "AFG"),
    silent("A feared state: that is P19, by decision.", _CLAIM + _PLAN, "UKR"),
    silent("A feared state: that is P19, by leg.", _CLAIM + _LEG, "UKR"),
    silent("A feared state, and the claim is inadmissible.", _CLAIM + _INADMISSIBLE, "UKR"),
    silent("Examined in full and served before the decision.", _CLAIM + _MERITS + _PLAN, "AFG"),
    silent("Examined in full and served before the leg.", _CLAIM + _MERITS + _LEG, "AFG"),
    silent("Examined in full and served before inadmissibility.", _CLAIM + _MERITS + _INADMISSIBLE, "AFG"),
    silent(
        "Refused entry, and nobody was moved.",
        _CLAIM + "2026-01-06 entry_refused SVK>UKR physically_returned=no",
        "AFG",
    ),
    finds(
        "inadmissible",
        "The decision leaves out what it says.",
        _INADMISSIBLE.replace("=inadmissible", "=not_recorded"),
        "AFG",
    ),
    silent(
        "A decision without a word on that, as in a file.", _INADMISSIBLE.replace(" outcome=inadmissible", ""), "AFG"
    ),
    silent("Found admissible.", _CLAIM + _INADMISSIBLE.replace("=inadmissible", "=admissible"), "AFG"),
    silent(
        "The decision was annulled when it was told.", _CLAIM + "2026-01-05 return_decision SVK>UKR annulled=yes", "AFG"
    ),
)

_FIRST = "2026-01-06 removal_executed SVK>UKR\n"
_SECOND = "2026-03-01 removal_executed UKR>AFG\n"
_THIRD = "2026-03-01 responsibility_reply MDA>UKR reply=accepted"
_GRANT = "2026-02-01 protection_status UKR change=granted\n"

P04_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("completed", "Handed over and sent on (M.S. v. Slovakia and Ukraine).", _FIRST + _SECOND),
    finds("completed", "Sent on twenty months later.", _FIRST + "2027-09-01 removal_executed UKR>AFG"),
    finds(
        "completed",
        "Rejected without a full examination.",
        _FIRST + "2026-02-01 merits_decision UKR outcome=rejected merits_scope=none served_at=2026-02-01\n" + _SECOND,
    ),
    finds(
        "completed",
        "The examination was served after the second removal.",
        _FIRST + _SECOND + "2026-03-02 merits_decision UKR outcome=rejected merits_scope=full served_at=2026-03-02",
    ),
    finds("completed", "On one day: the ledger tells the order.", _FIRST + "2026-01-06 removal_executed UKR>AFG"),
    finds(
        "completed",
        "On one day, and the second removal was told first.",
        "2026-01-06 removal_executed UKR>AFG\n" + _FIRST,
    ),
    silent("In one month, and the second removal was told first.", "2026-01 removal_executed UKR>AFG\n" + _FIRST),
    finds("completed", "Told as examined by the first state, after both removals.", _FIRST + _SECOND + _MERITS),
    finds("completed", "Told so by the second state.", _FIRST + _SECOND + _MERITS.replace("SVK", "UKR")),
    silent("Told as examined afterwards, by a monitor.", _FIRST + _SECOND + _MERITS.strip() + " author=UNO"),
    finds("completed", "Flown, and flown on.", (_FIRST + _SECOND).replace("\n", " means=air\n")),
    silent("Taking over was agreed, and the person was not handed over.", _AGREED + _SECOND),
    silent("The first removal was ordered, and not done.", _PLAN + _SECOND),
    silent("The second removal was ordered, and not done: that is P05.", _FIRST + "2026-03-01 return_decision UKR>AFG"),
    silent("A third state agreed to take over, and nobody moved.", _FIRST + _THIRD),
    silent("The first leg alone.", _FIRST),
    silent("Sent back to where the person came from.", _FIRST + "2026-03-01 removal_executed UKR>SVK"),
    silent("Sent back, and then on from another state.", _FIRST + "2026-03-01 removal_executed POL>AFG"),
    silent("Two legs that do not join.", "2026-01-06 removal_executed SVK>UKR\n2026-03-01 removal_executed SVK>AFG"),
    silent("The second leg came first.", _SECOND + "2026-04-01 removal_executed SVK>UKR"),
    silent("Sent on three years later.", _FIRST + "2029-02-01 removal_executed UKR>AFG"),
    silent("The second state gave protection before.", _FIRST + _GRANT + _SECOND),
)

_ONWARD = "2026-02-01 return_decision UKR>AFG\n"
_BACK = "2026-02-01 return_decision UKR>SVK\n"
_EXAMINED = "2026-01-04 merits_decision UKR outcome=rejected merits_scope=full served_at=2026-01-04\n"
_ORDER = "2026-01-05 return_decision GRC>TUR\n"
_BY_DEU = "2026-02-01 merits_decision DEU outcome=rejected merits_scope=full served_at=2026-02-01\n"
_INADMISSIBLE_THERE = "2026-03-01 admissibility_decision DEU>GRC outcome=inadmissible"
_SENT = "2026-03-01 removal_executed DEU>GRC\n"

P05_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("after the first leg", "Handed over, and removal to a third state ordered (T.I.).", _FIRST + _ONWARD),
    finds(
        "after the first leg",
        "Transfer accepted, and removal to a third state ordered (Mirza).",
        "2026-01-06 responsibility_reply UKR>SVK reply=accepted\n" + _ONWARD,
    ),
    finds("after the first leg", "Ordered twenty months later.", _FIRST + "2027-09-01 return_decision UKR>AFG"),
    finds(
        "after the first leg",
        "The order came before an earlier removal was carried out.",
        "2025-01-05 removal_executed UKR>AFG\n" + _FIRST + _ONWARD,
    ),
    finds("standing order", "An order stands, and another state sends the person there (H.T.).", _ORDER + _SENT),
    finds(
        "standing order",
        "An order stands, and another state means to send the person there.",
        _ORDER + "2026-03-01 removal_planned DEU>GRC",
    ),
    finds("standing order", "An order twenty months old.", "2024-07-01 return_decision GRC>TUR\n" + _SENT),
    finds("after the first leg", "Told as examined by the first state, afterwards.", _FIRST + _ONWARD + _MERITS),
    finds("after the first leg", "Told so by the second state.", _FIRST + _ONWARD + _EXAMINED),
    finds(
        "after the first leg + standing order",
        "Examined since, by a fourth state.",
        _FIRST + _ONWARD + _ORDER + _SENT + _LOOKED_AT_LAST.replace("UKR", "POL").replace("2026", "2028"),
    ),
    finds("standing order", "Told as examined by the sender, afterwards.", _ORDER + _SENT + _BY_DEU),
    finds("standing order", "Told so by the state that ordered.", _ORDER + _SENT + _MERITS.strip() + " author=GRC"),
    silent("Told as examined afterwards, by a monitor.", _FIRST + _ONWARD + _MERITS.strip() + " author=UNO"),
    silent("The sender examined the case while the order stood.", _ORDER + _BY_DEU + _SENT),
    silent("Sent on after examination by another; ordered later.", _FIRST + _EXAMINED.replace("UKR", "POL") + _ONWARD),
    silent("Told as examined afterwards, by a monitor: an order.", _ORDER + _SENT + _BY_DEU.strip() + " author=UNO"),
    silent("The first state only meant to; the order came later.", _PLAN + _ONWARD),
    silent("An order stands; another state found the claim inadmissible.", _ORDER + _INADMISSIBLE_THERE),
    silent("Handed over; nothing is ordered.", _FIRST),
    silent("Ordered; nobody sent the person there.", _ONWARD),
    finds(
        "after the first leg",
        "The reply leaves out whether the transfer was accepted.",
        "2026-01-06 responsibility_reply UKR>SVK reply=not_recorded\n" + _ONWARD,
    ),
    silent("A reply without a word on that.", "2026-01-06 responsibility_reply UKR>SVK\n" + _ONWARD),
    silent("Transfer refused.", "2026-01-06 responsibility_reply UKR>SVK reply=refused\n" + _ONWARD),
    silent("Ordered back to where the person came from.", _FIRST + _BACK),
    silent("An order back stands, and that state sends the person.", "2026-01-05 return_decision GRC>DEU\n" + _SENT),
    silent("The order was carried out: that is P04.", _FIRST + _ONWARD + "2026-02-03 removal_executed UKR>AFG"),
    silent("The standing order was carried out before.", _ORDER + "2026-01-20 removal_executed GRC>TUR\n" + _SENT),
    silent("Examined before the order.", _EXAMINED + _FIRST + _ONWARD),
    silent("Examined before the standing order.", _EXAMINED + _ORDER + _SENT),
    silent("Ordered three years after the handover.", _FIRST + "2029-02-01 return_decision UKR>AFG"),
    finds(
        "standing order",
        "An order three years old, which nobody called off.",
        "2023-01-05 return_decision GRC>TUR\n" + _SENT,
    ),
    silent(
        "An order three years old, carried out.",
        "2023-01-05 return_decision GRC>TUR\n2023-01-20 removal_executed GRC>TUR\n" + _SENT,
    ),
    silent("An order of another state.", _FIRST + "2026-02-01 return_decision POL>AFG"),
    silent("An order of another state stands.", "2026-01-05 return_decision POL>TUR\n" + _SENT),
)
