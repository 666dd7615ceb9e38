"""Examples of P08: whose word ends a protection, and the host of a refugee under UNHCR's mandate who sends them on."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_MANDATE = "2025-01-01 protection_status TUR change=granted granted_by=unhcr_mandate author=UNO by=monitor\n"
_ENDED = _MANDATE.replace("2025-01-01", "2025-06-01").replace("granted gr", "ended gr")
_BY_HOST = _ENDED.replace("author=UNO by=monitor", "by=asylum_office")
_SEATED_THERE = _ENDED.replace("author=UNO ", "")
_BY_STATE = _ENDED.replace("=unhcr_mandate author=UNO by=monitor", "=state by=asylum_office")
_ASKED = "2026-01-02 information_request TUR>UNO\n"
_PLAN = "2026-01-05 return_decision TUR>IRQ\n"
_LEG = "2026-01-06 removal_executed TUR>IRQ means=land\n"
_BOTH = _PLAN + _LEG
_HOST = "by the host, plan + by the host"

_STATUS = "2025-01-01 protection_status ITA change=granted granted_by=state\n"
_SAID_ENDED = "2025-06-01 protection_status ITA change=ended granted_by=state author=DEU\n"
_ON = "2026-01-05 return_decision DEU>TUR\n2026-01-06 removal_executed DEU>TUR\n"
_BACK = "2026-01-06 removal_executed DEU>ITA\n"

P08_BY_THE_HOST: Final[tuple[Example, ...]] = (
    finds("by the host, plan", "The host state orders a mandate refugee on to a third state.", _MANDATE + _PLAN, "SYR"),
    finds("by the host", "The host state sends a mandate refugee on to a third state.", _MANDATE + _LEG, "SYR"),
    finds("by the host", "The same, by air.", _MANDATE + _LEG.replace("land", "air"), "SYR"),
    finds(
        "by the host",
        "Agreed, and sent.",
        _MANDATE + "2026-01-05 responsibility_reply IRQ>TUR reply=tacit\n" + _LEG,
        "SYR",
    ),
    finds(
        _HOST,
        "Nobody wrote down under whose mandate.",
        (_MANDATE + _BOTH).replace("unhcr_mandate", "not_recorded"),
        "SYR",
    ),
    finds(_HOST, "The host state says that UNHCR ended it.", _MANDATE + _BY_HOST + _BOTH, "SYR"),
    finds(_HOST, "The same, afterwards.", _MANDATE + _BOTH + _BY_HOST, "SYR"),
    finds(_HOST, "The host state ended a status of its own.", _MANDATE + _BY_STATE + _BOTH, "SYR"),
    finds(
        _HOST, "The same, as another authority tells.", _MANDATE + _BY_STATE.strip() + " author=IRQ\n" + _BOTH, "SYR"
    ),
    finds(_HOST, "Ended in another state.", _MANDATE + _ENDED.replace("TUR", "LBN") + _BOTH, "SYR"),
    finds(_HOST, "Ended before, and given anew.", _ENDED.replace("2025", "2024") + _MANDATE + _BOTH, "SYR"),
    finds(_HOST, "Ended only afterwards.", _MANDATE + _BOTH + _ENDED.replace("2025", "2027"), "SYR"),
    finds(_HOST, "Another state asked UNHCR.", _MANDATE + _ASKED.replace("TUR", "IRQ") + _BOTH, "SYR"),
    finds(_HOST, "Another state was asked.", _MANDATE + _ASKED.replace("UNO", "IRQ") + _BOTH, "SYR"),
    finds(_HOST, "UNHCR asked.", _MANDATE + "2026-01-02 information_request UNO>TUR\n" + _BOTH, "SYR"),
    finds(_HOST, "UNHCR was asked afterwards.", _MANDATE + _BOTH + _ASKED.replace("-02", "-09"), "SYR"),
    finds(_HOST, "Told as asked, afterwards.", _MANDATE + _BOTH + _ASKED, "SYR"),
    finds(
        "into danger, plan + into danger",
        "The state that removes said in time that another's protection had ended.",
        _STATUS + _SAID_ENDED + _ON,
        "TUR",
    ),
    finds("elsewhere, plan + elsewhere", "The same, elsewhere.", _STATUS + _SAID_ENDED + _ON, "SYR"),
    finds("back", "The same, back.", _STATUS + _SAID_ENDED + _BACK, "SYR"),
    finds("into danger, plan + into danger", "Sent on to a state that is feared.", _MANDATE + _BOTH, "IRQ"),
    silent("The same, once UNHCR had ended it.", _MANDATE + _ENDED + _BOTH, "IRQ"),
    silent("Planned, once UNHCR had ended it.", _MANDATE + _ENDED + _PLAN, "SYR"),
    silent("Planned, once UNHCR was asked.", _MANDATE + _ASKED + _PLAN, "SYR"),
    silent("UNHCR ended it before.", _MANDATE + _ENDED + _BOTH, "SYR"),
    silent("UNHCR told afterwards that it had ended.", _MANDATE + _BOTH + _ENDED, "SYR"),
    silent("A monitor seated there says that UNHCR ended it.", _MANDATE + _SEATED_THERE + _BOTH, "SYR"),
    silent("The same, afterwards.", _MANDATE + _BOTH + _SEATED_THERE, "SYR"),
    silent("UNHCR was asked before.", _MANDATE + _ASKED + _BOTH, "SYR"),
    silent("UNHCR was asked before it gave the status.", _ASKED.replace("2026", "2024") + _MANDATE + _BOTH, "SYR"),
    silent("A monitor tells that UNHCR was asked.", _MANDATE + _BOTH + _ASKED.strip() + " author=UNO", "SYR"),
    silent("The host state protects by itself.", (_MANDATE + _BOTH).replace("unhcr_mandate", "state"), "SYR"),
    silent("Recognised, and sent nowhere.", _MANDATE, "SYR"),
    silent("Sent on before it was recognised.", _BOTH + _MANDATE.replace("2025", "2027"), "SYR"),
    silent("Sent on, and nobody recognised the person.", _BOTH, "SYR"),
    silent("UNHCR ended it, and never began.", _ENDED + _BOTH, "SYR"),
    silent("Agreed, and nobody moved.", _MANDATE + "2026-01-05 responsibility_reply IRQ>TUR reply=tacit\n", "SYR"),
    silent("Inadmissible.", _MANDATE + "2026-01-05 admissibility_decision TUR>IRQ outcome=inadmissible\n", "SYR"),
    silent("Annulled when it was told.", _MANDATE + _PLAN.strip() + " annulled=yes\n", "SYR"),
    silent("The state that protects tells that it ended.", _STATUS + _SAID_ENDED.replace("DEU", "ITA") + _ON, "TUR"),
    silent("The same, elsewhere.", _STATUS + _SAID_ENDED.replace("DEU", "ITA") + _ON, "SYR"),
    silent("The same, as a third state tells.", _STATUS + _SAID_ENDED.replace("DEU", "FRA") + _ON, "TUR"),
    silent("The same, back.", _STATUS + _SAID_ENDED.replace("DEU", "ITA") + _BACK, "SYR"),
    silent(
        "Refused entry, and nobody was moved.",
        _MANDATE + "2026-01-06 entry_refused TUR>IRQ physically_returned=no",
        "SYR",
    ),
)
