"""Examples of P08: another state protects the person, and it is ignored."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_GIVEN = "2025-01-01 protection_status ITA change=granted\n"
_LEFT_OUT = "2025-02-01 protection_status ITA change=not_recorded\n"
_DECIDED = "2025-01-01 merits_decision ITA outcome=geneva_convention merits_scope=full served_at=2025-01-01\n"
_ENDED = "2025-06-01 protection_status ITA change=withdrawn\n"
_ASKED = "2026-01-02 information_request DEU>ITA\n"
_PLAN = "2026-01-05 return_decision DEU>TUR ground=extradition\n"
_LEG = "2026-01-06 removal_executed DEU>TUR\n"
_BACK = "2026-01-06 removal_executed DEU>ITA\n"
_PLANNED_BACK = "2026-01-05 removal_planned DEU>ITA\n"
_AGREED = "2026-01-06 responsibility_reply TUR>DEU reply=accepted\n"

P08_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("into danger, plan", "Extradition to the state that the refugee fled (C-352/22).", _DECIDED + _PLAN, "TUR"),
    finds("into danger", "Sent there.", _GIVEN + _LEG, "TUR"),
    finds("into danger, plan + into danger", "Ordered, and done, by air.", _GIVEN + _PLAN + _LEG, "TUR"),
    finds(
        "into danger, plan + into danger",
        "The state that protects was asked, and went unheard.",
        _GIVEN + _ASKED + _PLAN + _LEG,
        "TUR",
    ),
    finds(
        "into danger, plan + into danger",
        "By the state that hosts a refugee under UNHCR's mandate (Abdolkhani).",
        (_GIVEN + _PLAN + _LEG).replace("DEU", "ITA"),
        "TUR",
    ),
    finds("into danger", "The notice leaves out what happened to the status.", _LEFT_OUT + _LEG, "TUR"),
    finds(
        "into danger, plan",
        "The decision leaves out what it says.",
        _DECIDED.replace("geneva_convention", "not_recorded") + _PLAN,
        "TUR",
    ),
    finds("elsewhere", "Perhaps that status was withdrawn since.", _GIVEN + _LEFT_OUT + _LEG, "SYR"),
    silent("A rejection is no status.", _DECIDED.replace("geneva_convention", "rejected") + _PLAN + _LEG, "TUR"),
    finds("into danger", "Flown there.", _GIVEN + _LEG.replace("TUR", "TUR means=air"), "TUR"),
    finds("elsewhere", "Flown elsewhere.", _GIVEN + _LEG.replace("TUR", "TUR means=air"), "SYR"),
    finds("elsewhere, plan", "Sent elsewhere by decision, and nobody asked.", _GIVEN + _PLAN, "SYR"),
    finds("elsewhere", "Sent elsewhere, and nobody asked.", _GIVEN + _LEG, "SYR"),
    finds("elsewhere", "Refused entry.", _GIVEN + "2026-01-06 entry_refused DEU>TUR physically_returned=yes", "SYR"),
    finds(
        "elsewhere, plan + elsewhere",
        "Another state asked.",
        _GIVEN + _ASKED.replace("DEU", "FRA") + _PLAN + _LEG,
        "SYR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "Another state was asked.",
        _GIVEN + _ASKED.replace("ITA", "GRC") + _PLAN + _LEG,
        "SYR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "The state that protects asked, and was not asked.",
        _GIVEN + _ASKED.replace("DEU>ITA", "ITA>DEU") + _PLAN + _LEG,
        "SYR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "Asked only afterwards.",
        _GIVEN + _PLAN + _LEG + _ASKED.replace("-02", "-09"),
        "SYR",
    ),
    finds("elsewhere, plan + elsewhere", "Told as asked, afterwards.", _GIVEN + _PLAN + _LEG + _ASKED, "SYR"),
    finds(
        "elsewhere", "Not even refused formally: taken over by agreement, then sent.", _GIVEN + _AGREED + _LEG, "SYR"
    ),
    finds(
        "elsewhere, plan",
        "An older status had ended, a newer one stands.",
        _ENDED.replace("2025", "2024") + _GIVEN + _PLAN,
        "SYR",
    ),
    finds("elsewhere", "The same, and sent.", _ENDED.replace("2025", "2024") + _GIVEN + _LEG, "SYR"),
    finds(
        "into danger, plan + into danger",
        "The same, to danger.",
        _ENDED.replace("2025", "2024") + _GIVEN + _PLAN + _LEG,
        "TUR",
    ),
    finds(
        "into danger, plan + into danger",
        "Withdrawn only afterwards.",
        _GIVEN + _PLAN + _LEG + _ENDED.replace("2025", "2027"),
        "TUR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "The same, elsewhere.",
        _GIVEN + _PLAN + _LEG + _ENDED.replace("2025", "2027"),
        "SYR",
    ),
    finds(
        "into danger, plan + into danger",
        "Another state withdrew its own.",
        _GIVEN + _ENDED.replace("ITA", "GRC") + _PLAN + _LEG,
        "TUR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "The same, elsewhere.",
        _GIVEN + _ENDED.replace("ITA", "GRC") + _PLAN + _LEG,
        "SYR",
    ),
    finds(
        "into danger, plan + into danger",
        "The state that removes tells afterwards that it was withdrawn.",
        _GIVEN + _PLAN + _LEG + _ENDED.strip() + " author=DEU",
        "TUR",
    ),
    finds(
        "elsewhere, plan + elsewhere",
        "The same, elsewhere.",
        _GIVEN + _PLAN + _LEG + _ENDED.strip() + " author=DEU",
        "SYR",
    ),
    finds("back", "Sent back to the state that protects.", _GIVEN + _BACK, "SYR"),
    finds("back", "Planned only.", _GIVEN + _PLANNED_BACK, "SYR"),
    finds(
        "back", "An older status had ended, a newer one stands.", _ENDED.replace("2025", "2024") + _GIVEN + _BACK, "SYR"
    ),
    finds("back", "Withdrawn only afterwards.", _GIVEN + _BACK + _ENDED.replace("2025", "2027"), "SYR"),
    finds("back", "Another state withdrew its own.", _GIVEN + _ENDED.replace("ITA", "GRC") + _BACK, "SYR"),
    finds(
        "back",
        "The state that removes tells afterwards that it was withdrawn.",
        _GIVEN + _BACK + _ENDED.strip() + " author=DEU",
        "SYR",
    ),
    silent("Withdrawn before, sent to danger.", _GIVEN + _ENDED + _PLAN + _LEG, "TUR"),
    silent("Withdrawn before, sent elsewhere.", _GIVEN + _ENDED + _PLAN + _LEG, "SYR"),
    silent("Withdrawn before, sent back.", _GIVEN + _ENDED + _BACK, "SYR"),
    silent(
        "Told afterwards by a monitor that it was withdrawn.",
        _GIVEN + _PLAN + _LEG + _ENDED.strip() + " author=UNO",
        "TUR",
    ),
    silent("The state that protects was asked.", _GIVEN + _ASKED + _PLAN + _LEG, "SYR"),
    silent(
        "It was asked to take the person back.",
        _GIVEN + _ASKED.replace("information", "responsibility") + _PLAN + _LEG,
        "SYR",
    ),
    silent("It was asked before it gave protection.", _ASKED.replace("2026", "2024") + _GIVEN + _PLAN + _LEG, "SYR"),
    silent(
        "Told by a monitor, afterwards, that it was asked.",
        _GIVEN + _PLAN + _LEG + _ASKED.strip() + " author=UNO",
        "SYR",
    ),
    silent("Nobody protects.", _PLAN + _LEG, "TUR"),
    silent("Nobody protects, and sent elsewhere.", _PLAN + _LEG, "SYR"),
    silent("Nobody protects, and sent back.", _BACK, "SYR"),
    silent("Protected, and not sent anywhere.", _GIVEN, "TUR"),
    silent("Protected only afterwards, to danger.", _PLAN + _LEG + _GIVEN.replace("2025", "2027"), "TUR"),
    silent("Protected only afterwards, elsewhere.", _PLAN + _LEG + _GIVEN.replace("2025", "2027"), "SYR"),
    silent("Protected only afterwards, back.", _PLANNED_BACK + _BACK + _GIVEN.replace("2025", "2027"), "SYR"),
    silent(
        "The state that protects sends its own refugee to a third one.",
        (_GIVEN + _PLAN + _LEG).replace("DEU", "ITA"),
        "SYR",
    ),
    silent("Rejected there.", _DECIDED.replace("geneva_convention", "rejected") + _PLAN + _LEG, "TUR"),
    silent(
        "Rejected there, and sent elsewhere.", _DECIDED.replace("geneva_convention", "rejected") + _PLAN + _LEG, "SYR"
    ),
    silent("Rejected there, and sent back.", _DECIDED.replace("geneva_convention", "rejected") + _BACK, "SYR"),
    silent("Asked there, and nothing was given.", "2025-01-01 claim_registered ITA\n" + _PLAN + _LEG, "TUR"),
    silent("Asked there, and sent elsewhere.", "2025-01-01 claim_registered ITA\n" + _PLAN + _LEG, "SYR"),
    silent("Asked there, and sent back.", "2025-01-01 claim_registered ITA\n" + _BACK, "SYR"),
    silent("Taking over was agreed, and nobody moved.", _GIVEN + _AGREED, "TUR"),
    silent("Taking over was agreed, elsewhere.", _GIVEN + _AGREED, "SYR"),
    silent(
        "Inadmissible, because the other state protects.",
        _GIVEN + "2026-01-05 admissibility_decision DEU>ITA outcome=inadmissible",
        "SYR",
    ),
    silent(
        "Refused entry, and nobody was moved.",
        _GIVEN + "2026-01-06 entry_refused DEU>TUR physically_returned=no",
        "TUR",
    ),
    silent(
        "The decision was annulled when it was told.", _GIVEN + _PLAN.replace("ground", "annulled=yes ground"), "TUR"
    ),
    silent("The same, elsewhere.", _GIVEN + _PLAN.replace("ground", "annulled=yes ground"), "SYR"),
    silent("The way back was called off when it was told.", _GIVEN + _PLANNED_BACK.strip() + " cancelled=yes", "SYR"),
    silent("The person asked for protection, and was detained.", _GIVEN + "2026-01-05 detention DEU step=start", "TUR"),
    silent("The decision says nothing of where.", _GIVEN + "2026-01-05 return_decision DEU", "SYR"),
    silent("Sent, and nobody told to where.", _GIVEN + "2026-01-05 removal_executed DEU", "TUR"),
)
