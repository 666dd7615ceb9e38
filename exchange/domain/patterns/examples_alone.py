"""Examples of the patterns that stand alone: P01, P07, P13, P19."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_SAID = "2026-01-01 claim_expressed POL\n"
_OUT = "2026-01-03 entry_refused POL>BLR physically_returned=yes\n"

_REGISTERED = "2026-01-02 claim_registered POL"
_LAST = "2026-02-03 entry_refused POL>BLR physically_returned=yes"
_AGREED = "2026-01-03 responsibility_reply BLR>POL reply=accepted\n"
_FLOWN_OUT = "2026-01-03 removal_executed POL>BLR means=air\n"
_FLOWN_OUT_AGAIN = "2026-02-03 removal_executed POL>BLR means=air"
_LATER = _SAID + _OUT.replace("01-03", "01-07") + _OUT.replace("01-03", "02-07")

P01_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("once", "Asked, and put out two days later.", _SAID + _OUT, "RUS"),
    finds("once", "Put out six days later.", _SAID + "2026-01-07 removal_executed POL>BLR", "RUS"),
    finds("once", "On one day: the ledger tells the order.", _SAID + "2026-01-01 removal_executed POL>BLR", "RUS"),
    finds("once", "Registered by another state only.", _SAID + "2026-01-02 claim_registered LTU\n" + _OUT, "RUS"),
    finds(
        "once", "Told as registered by the same state, after the person was gone.", _SAID + _OUT + _REGISTERED, "RUS"
    ),
    finds("once + into danger + again", "The same, and again.", _SAID + _OUT + _REGISTERED + "\n" + _LAST, "BLR"),
    silent("Told as registered afterwards, by a monitor.", _SAID + _OUT + _REGISTERED + " author=UNO", "BLR"),
    finds("once", "Registered only afterwards.", _SAID + _OUT + "2026-01-04 claim_registered POL", "RUS"),
    finds("once", "Registered long before this claim.", "2025-01-04 claim_registered POL\n" + _SAID + _OUT, "RUS"),
    finds(
        "once + into danger + again",
        "The same, to a state that is feared, and again.",
        "2025-01-04 claim_registered POL\n" + _SAID + _OUT + _LAST,
        "BLR",
    ),
    finds("once + into danger + again", "Each time six days after asking, to a state that is feared.", _LATER, "BLR"),
    silent(
        "Put out twelve days later, and again.",
        _SAID + _OUT.replace("01-03", "01-13") + _OUT.replace("01-03", "02-03"),
        "BLR",
    ),
    silent("Registered the same day.", _SAID + "2026-01-01 claim_registered POL\n" + _OUT, "BLR"),
    silent("Not taken is not said.", "2026-01-01 claim_not_taken POL\n" + _OUT, "BLR"),
    silent("Told as returned by the other state.", _SAID + "2026-01-03 arrival BLR>POL outcome=arrived", "BLR"),
    silent("Said to another state.", _SAID.replace("POL", "LTU") + _OUT, "BLR"),
    silent("Returned, and nobody told to where.", _SAID + "2026-01-03 removal_executed POL", "BLR"),
    silent("Removal was planned, and not done.", _SAID + "2026-01-03 removal_planned POL>BLR", "BLR"),
    finds("once + into danger", "Put out to a state that the person fears.", _SAID + _OUT, "BLR"),
    finds(
        "once + again",
        "Put out, and again two months later.",
        _SAID + _OUT + _OUT.replace("2026-01-03", "2026-03-20"),
        "RUS",
    ),
    finds("once + into danger + again", "Flown out, and again.", _SAID + _FLOWN_OUT + _FLOWN_OUT_AGAIN, "BLR"),
    finds(
        "once + into danger + again",
        "In between the person was detained, and the claim was not taken.",
        _SAID + "2026-01-02 detention POL step=start\n2026-01-02 claim_not_taken POL\n" + _OUT + _LAST,
        "BLR",
    ),
    finds(
        "once", "Taking over agreed later, and nobody moved.", _SAID + _OUT + _AGREED.replace("01-03", "02-03"), "RUS"
    ),
    finds("once", "Planned once more, and not done.", _SAID + _OUT + "2026-02-03 removal_planned POL>BLR", "RUS"),
    silent("Taking over was agreed; put out a month later.", _SAID + _AGREED + _LAST, "BLR"),
    silent(
        "Removal was planned; put out a month later.", _SAID + "2026-01-03 removal_planned POL>BLR\n" + _LAST, "BLR"
    ),
    silent("Removal was ordered, and not done.", _SAID + "2026-01-03 return_decision POL>BLR", "BLR"),
    silent("Registered in between, as a monitor says.", _SAID + _REGISTERED + " author=UNO\n" + _OUT + _LAST, "BLR"),
    silent("Asked, and not put out.", _SAID, "BLR"),
    silent(
        "Registered in between; a monitor, too, told of the return.",
        _SAID + _REGISTERED + "\n" + _OUT + _OUT.replace("yes", "yes author=UNO by=monitor"),
        "BLR",
    ),
    silent("Asked twice, and only planned to be put out.", _SAID + _SAID + "2026-01-03 removal_planned POL>BLR", "BLR"),
    silent("Put out without having asked.", _OUT + _OUT.replace("01-03", "02-03"), "BLR"),
    silent(
        "The claim was registered in between.",
        _SAID + "2026-01-02 claim_registered POL\n" + _OUT + _OUT.replace("01-03", "02-03"),
        "BLR",
    ),
    silent("Put out twelve days later, once.", _SAID + _OUT.replace("01-03", "01-13"), "BLR"),
    silent(
        "Asked only after being put out.",
        _OUT.replace("2026", "2025") + _OUT.replace("2026-01-03", "2025-02-03") + _SAID,
        "BLR",
    ),
    silent(
        "Asked one state, put out by another.",
        _SAID + "2026-01-03 removal_executed LTU>BLR\n2026-02-03 removal_executed LTU>BLR",
        "BLR",
    ),
    silent("Refused, and nobody was moved.", _SAID + _OUT.replace("=yes", "=no"), "BLR"),
    finds("once", "Told by a monitor, too.", _SAID + _OUT + _OUT.replace("yes", "yes author=UNO by=monitor"), "RUS"),
    finds("once", "Put out again by another state.", _SAID + _OUT + "2026-02-03 removal_executed LTU>BLR", "RUS"),
    finds("once", "Put out again to another state.", _SAID + _OUT + "2026-02-03 removal_executed POL>UKR", "RUS"),
    finds("once", "Put out again five months later.", _SAID + _OUT + "2026-06-03 removal_executed POL>BLR", "RUS"),
    finds(
        "once",
        "Put out before as well, in a year long past.",
        "2024-01-03 removal_executed POL>BLR\n" + _SAID + _OUT,
        "RUS",
    ),
)

_LODGED = "2026-01-01 remedy FRA step=lodged suspensive=automatic\n"
_PLAIN = "2026-01-01 remedy FRA step=lodged suspensive=none\n"
_BY_LAW = "2026-01-01 return_decision FRA>SDN suspensive=automatic\n"
_GONE = "2026-01-09 removal_executed FRA>SDN\n"
_TAKEN = "2026-01-09 responsibility_reply SDN>FRA reply=accepted"
_ALLOWED = "2026-01-05 remedy FRA step=decided suspensive=automatic result=allowed\n"
_DECIDED = "2026-01-05 remedy FRA step=decided suspensive=automatic result=dismissed\n"

_SERVED = _BY_LAW.strip() + " served_at=2026-01-20\n"

P07_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("remedy period", "Served three weeks after it was made.", _SERVED + _GONE.replace("01-09", "01-28")),
    silent("Served three weeks after, and removed a month after that.", _SERVED + _GONE.replace("01-09", "02-20")),
    finds("suspensive remedy", "The court decided for the person.", _LODGED + _ALLOWED + _GONE),
    silent("The court decided for the person, who stayed.", _LODGED + _ALLOWED),
    finds("suspensive remedy", "Removed while a remedy suspended it (Gebremedhin).", _LODGED + _GONE),
    finds("suspensive remedy", "A court suspended the removal.", _LODGED.replace("automatic", "granted") + _GONE),
    finds("remedy", "Removed while a remedy was open.", _PLAIN + _GONE),
    finds(
        "suspensive remedy",
        "An older remedy was decided, a newer one suspended the removal.",
        _DECIDED.replace("2026", "2025") + _LODGED + _GONE,
    ),
    finds(
        "remedy period", "An older remedy was decided, long before.", _DECIDED.replace("2026", "2025") + _BY_LAW + _GONE
    ),
    finds(
        "remedy",
        "An older remedy was decided, a newer one was not.",
        _DECIDED.replace("01-05", "01-01") + _PLAIN.replace("01-01", "01-02") + _GONE,
    ),
    finds("remedy period", "Removed within the period in which the law suspends it.", _BY_LAW + _GONE),
    finds("suspensive remedy", "Decided only after the removal.", _LODGED + _GONE + _DECIDED.replace("01-05", "01-12")),
    finds(
        "remedy",
        "Decided only after the removal, and it did not suspend.",
        _PLAIN + _GONE + _DECIDED.replace("01-05", "01-12"),
    ),
    finds(
        "remedy period",
        "Decided only after the removal, within the period.",
        _BY_LAW + _GONE + _DECIDED.replace("01-05", "01-12"),
    ),
    finds("suspensive remedy", "Another state's court decided.", _LODGED + _DECIDED.replace("FRA", "ITA") + _GONE),
    finds("suspensive remedy", "Told as decided by the same state, after the removal.", _LODGED + _GONE + _DECIDED),
    finds("remedy", "The same, of a remedy that did not suspend.", _PLAIN + _GONE + _DECIDED),
    finds("remedy period", "The same, within the remedy period.", _BY_LAW + _GONE + _DECIDED),
    silent("Told as decided afterwards, by a monitor.", _LODGED + _GONE + _DECIDED.replace("step", "author=UNO step")),
    finds(
        "suspensive remedy + remedy + remedy period",
        "Flown out, with all that could stand in the way.",
        _LODGED + _PLAIN + _BY_LAW + _GONE.replace("SDN", "SDN means=air"),
    ),
    silent("Taking over was agreed, and nobody moved.", _LODGED + _PLAIN + _BY_LAW + _TAKEN),
    silent("Removal was planned, and not done.", _LODGED + _PLAIN + _BY_LAW + "2026-01-09 removal_planned FRA>SDN"),
    silent("Whether a remedy would suspend it is left out.", _BY_LAW.replace("automatic", "not_recorded") + _GONE),
    silent("A suspensive remedy, and no removal.", _LODGED),
    silent("A remedy, and no removal.", _PLAIN),
    silent("A decision, and no removal.", _BY_LAW),
    silent("A removal, and no remedy.", _GONE),
    silent("Dismissed before the removal.", _LODGED + _DECIDED + _GONE),
    silent("Withdrawn before the removal.", _PLAIN + _DECIDED.replace("decided", "withdrawn") + _GONE),
    silent("The remedy against the decision was dismissed.", _BY_LAW + _DECIDED + _GONE),
    silent("Lodged after the removal.", _LODGED.replace("01-01", "01-12") + _GONE),
    silent("Lodged after the removal, without effect on it.", _PLAIN.replace("01-01", "01-12") + _GONE),
    silent("Decided after the removal.", _BY_LAW.replace("01-01", "01-12") + _GONE),
    silent("Removed by another state.", _LODGED + _PLAIN + _BY_LAW + _GONE.replace("FRA>", "ITA>")),
    silent("Removed after the period.", _BY_LAW + _GONE.replace("01-09", "01-20")),
)

_AIR = "2026-01-01 removal_executed SVK>UKR means=air\n"
_LAND = "2026-01-01 removal_executed SVK>UKR means=land\n"
_ARRIVED = "2026-01-02 arrival UKR outcome=arrived\n"
_BEFORE = "2025-12-30 arrival UKR outcome=arrived\n"
_OWN_WORD = "2026-01-02 detention SVK step=start\n"

P13_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("by air", "Flown out five days ago, and no word.", _AIR, now="2026-01-05"),
    finds("by land", "Handed over at the border nine days ago, and no word.", _LAND, now="2026-01-09"),
    finds("by land", "By means that nobody recorded.", _LAND.replace("land", "not_recorded"), now="2026-01-09"),
    finds("by air", "Flown out twelve days ago.", _AIR, now="2026-01-13"),
    finds("by land", "Handed over two weeks ago.", _LAND, now="2026-01-15"),
    finds("by air + by air, long", "Flown out twenty days ago, and no word.", _AIR, now="2026-01-20"),
    finds("by air + by air, long", "Flown out a month ago, and no word.", _AIR, now="2026-01-30"),
    finds("by land + by land, long", "Handed over a month ago, and no word.", _LAND, now="2026-01-30"),
    finds("by air + by air, long", "The other state spoke only before.", _BEFORE + _AIR, now="2026-01-20"),
    finds("by land + by land, long", "Only the first state spoke.", _LAND + _OWN_WORD, now="2026-01-30"),
    finds("by air + by air, long", "From a state outside the exchange.", _AIR.replace("SVK", "DEU"), now="2026-01-20"),
    finds("by land + by land, long", "From outside, by land.", _LAND.replace("SVK", "DEU"), now="2026-01-30"),
    silent("Flown out yesterday: no word is due yet.", _AIR, now="2026-01-03"),
    silent("Handed over five days ago: no word is due yet.", _LAND, now="2026-01-06"),
    silent("Told late: no word is due yet.", _AIR.replace("air", "air recorded=2026-02-01"), now="2026-02-03"),
    silent("Flown home: nobody asks there.", _AIR, "UKR", now="2026-01-30"),
    silent("Handed over to the own state.", _LAND, "UKR", now="2026-01-30"),
    silent("Arrived by air.", _AIR + _ARRIVED, now="2026-01-30"),
    silent("Arrived by land.", _LAND + _ARRIVED, now="2026-01-30"),
    silent("A claim was registered there.", _AIR + "2026-01-20 claim_registered UKR", now="2026-01-30"),
    silent("Detained there.", _LAND + "2026-01-02 detention UKR step=start", now="2026-01-30"),
    silent("Flown to a state outside the exchange.", _AIR.replace("UKR", "TUR"), now="2026-01-30"),
    silent("Handed over to a state outside the exchange.", _LAND.replace("UKR", "TUR"), now="2026-01-30"),
    silent("Planned, and not flown.", _AIR.replace("executed", "planned"), now="2026-01-30"),
    silent("Refused entry, and nobody was moved.", "2026-01-01 entry_refused POL>BLR", now="2026-01-30"),
    silent("Nobody was handed over.", _ARRIVED, now="2026-01-30"),
)

_ASKED = "2026-01-01 claim_registered BGR\n"
_PLANNED = "2026-01-05 removal_planned BGR>TUR\n"
_FLOWN = "2026-01-06 removal_executed BGR>TUR\n"
_FOR_A_TIME = "2025-01-01 merits_decision BGR outcome=temporary_protection merits_scope=none served_at=2025-01-01\n"
_REJECTED = "2026-01-03 merits_decision BGR outcome=rejected merits_scope=full served_at=2026-01-03"
_LOOKED_AT_LAST = "2026-05-03 merits_decision DEU outcome=rejected merits_scope=full served_at=2026-05-03"

P19_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("plan + leg", "Examined afterwards, elsewhere.", _ASKED + _PLANNED + _FLOWN + _LOOKED_AT_LAST, "TUR"),
    finds("plan", "Removal planned to the state that the person fears.", _ASKED + _PLANNED, "TUR"),
    finds("leg", "Removed to the state that the person fears (D v. Bulgaria).", _ASKED + _FLOWN, "TUR"),
    finds(
        "plan",
        "One of two named states is feared.",
        _ASKED + "2026-01-05 return_decision BGR destinations=SRB,TUR",
        "TUR",
    ),
    finds(
        "leg",
        "The rejection was served after the flight (Ozdil).",
        _ASKED + _FLOWN + "2026-01-05 merits_decision BGR outcome=rejected merits_scope=full served_at=2026-01-08",
        "TUR",
    ),
    finds(
        "leg",
        "Temporary protection, which examines nobody (Akkad).",
        "2025-01-01 merits_decision BGR outcome=temporary_protection merits_scope=none served_at=2025-01-01\n" + _FLOWN,
        "TUR",
    ),
    finds("plan", "Told as examined by the same state, after the plan.", _ASKED + _PLANNED + _REJECTED, "TUR"),
    finds("leg", "Told as examined by the same state, after the flight.", _ASKED + _FLOWN + _REJECTED, "TUR"),
    silent("Told as examined afterwards, by a monitor.", _ASKED + _FLOWN + _REJECTED + " author=UNO", "TUR"),
    finds("plan", "Protected for a time, and removal planned.", _FOR_A_TIME + _PLANNED, "TUR"),
    finds("leg", "Flown there.", _ASKED + _FLOWN.replace("TUR", "TUR means=air"), "TUR"),
    silent(
        "Taking over agreed, and nobody moved.",
        _ASKED + "2026-01-06 responsibility_reply TUR>BGR reply=accepted",
        "TUR",
    ),
    silent("Nobody asked: planned.", _PLANNED, "TUR"),
    silent("Nobody asked: removed.", _FLOWN, "TUR"),
    silent("Asked, and nothing planned.", _ASKED, "TUR"),
    silent("To a state that is not feared: planned; that is P03.", _ASKED + _PLANNED, "SYR"),
    silent("To a state that is not feared: removed; that is P03.", _ASKED + _FLOWN, "SYR"),
    silent("From the state that is feared: planned.", _ASKED + "2026-01-05 removal_planned TUR>BGR", "TUR"),
    silent("From the state that is feared: removed.", _ASKED + "2026-01-05 removal_executed TUR>BGR", "TUR"),
    silent(
        "Examined before the plan.",
        _ASKED + "2026-01-03 merits_decision BGR outcome=rejected merits_scope=full served_at=2026-01-03\n" + _PLANNED,
        "TUR",
    ),
    silent(
        "Examined before the removal.",
        _ASKED + "2026-01-03 merits_decision BGR outcome=rejected merits_scope=full served_at=2026-01-03\n" + _FLOWN,
        "TUR",
    ),
    silent(
        "The plan was cancelled when it was told.", _ASKED + "2026-01-05 removal_planned BGR>TUR cancelled=yes", "TUR"
    ),
)
