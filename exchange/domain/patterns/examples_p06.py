"""Examples of P06."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_MEASURE = "2026-01-05 interim_measure POL step=indicated body=ecthr_rule_39\n"
_SERVED = _MEASURE.replace("01-05", "01-05T17:10:00Z").replace("body", "served_at=2026-01-05T17:10:00Z body")
_SERVED_LATER = _MEASURE.replace("body", "served_at=2026-01-08 body")
_ENDING = _MEASURE.replace("body", "in_force_until=2026-01-06 body")
_FOR_LONG = _MEASURE.replace("body", "in_force_until=2026-06-01 body")
_NATIONAL = _MEASURE.replace("ecthr_rule_39", "national")
_TRAIN = "2026-01-05T15:00:00Z removal_planned POL>BLR planned_at=2026-01-05T17:25:00Z\n"
_LEFT = "2026-01-05T17:25:00Z removal_executed POL>BLR means=land\n"

_ORDER = "2026-01-02 return_decision POL>BLR\n"
_PLAN = "2026-01-07 removal_planned POL>BLR\n"
_LEG = "2026-01-09 removal_executed POL>BLR means=land\n"
_EARLY_LEG = _LEG.replace("01-09", "01-03")
_AGREED = "2026-01-08 responsibility_reply BLR>POL reply=accepted\n"
_INADMISSIBLE = "2026-01-08 admissibility_decision POL>BLR outcome=inadmissible\n"

_LIFTED = "2026-01-06 interim_measure POL step=lifted body=ecthr_rule_39 by=court_liaison\n"
_BY_COURT = _LIFTED.replace("by", "author=UNO by")
_OWN = _LIFTED.replace("ecthr_rule_39", "national")
_BY_OFFICE = _OWN.replace("court_liaison", "asylum_office")
_OLD = _BY_COURT.replace("2026-01-06", "2025-12-01")
_LATE = _BY_COURT.replace("01-06", "01-11")

P06_EXAMPLES: Final[tuple[Example, ...]] = (
    finds(
        "planned",
        "Served at 17:10; the train leaves at 17:25 (D.A.).",
        _TRAIN + _SERVED,
        now="2026-01-05T17:11:00Z",
    ),
    finds("removed", "The train left.", _TRAIN + _SERVED + _LEFT),
    finds("removed", "The train left; the measure was told to the exchange only then.", _TRAIN + _LEFT + _SERVED),
    finds("planned", "A return decision stands when the measure comes.", _ORDER + _MEASURE),
    finds("planned", "Planned after the measure.", _MEASURE + _PLAN),
    finds("planned", "Ordered after the measure.", _MEASURE + _ORDER.replace("01-02", "01-07")),
    finds("planned", "The measure is for long.", _FOR_LONG + _PLAN),
    finds("removed", "Removed after the measure (M.K.).", _MEASURE + _LEG),
    finds("removed", "Flown out after the measure.", _MEASURE + _LEG.replace("land", "air")),
    finds(
        "removed", "Refused entry and returned.", _MEASURE + "2026-01-09 entry_refused POL>BLR physically_returned=yes"
    ),
    finds("removed", "Planned, and done.", _MEASURE + _PLAN + _LEG),
    finds("removed", "Removed the day after it was served.", _SERVED_LATER + _LEG),
    finds("removed", "Lifted only afterwards.", _MEASURE + _LEG + _LATE),
    finds(
        "removed + planned",
        "An older measure was lifted.",
        _OLD + _ORDER + _MEASURE + _LEG.replace("BLR", "UKR") + _PLAN,
    ),
    finds("removed", "Told as lifted by the same state, when the person was gone.", _MEASURE + _LEG + _LIFTED),
    finds("planned", "Told as lifted by the same state, when it had planned.", _MEASURE + _PLAN + _LIFTED),
    finds("planned", "The same; lifted after the plan.", _MEASURE + _PLAN + _LIFTED.replace("01-06", "01-11")),
    finds("planned", "Told as lifted by the same state, while its decision stands.", _ORDER + _MEASURE + _LIFTED),
    finds(
        "removed + planned",
        "Another measure came, and has ended.",
        _ORDER + _MEASURE + _ENDING + _LEG.replace("BLR", "UKR") + _PLAN,
    ),
    finds("planned", "Planned between two measures.", _MEASURE + _PLAN + _MEASURE.replace("01-05", "01-08")),
    finds(
        "planned",
        "Only the order to one of two states was carried out.",
        "2026-01-02 return_decision POL destinations=BLR,UKR\n2026-01-04 removal_executed POL>UKR\n" + _MEASURE,
    ),
    finds(
        "removed + planned",
        "Lifted for another state.",
        _ORDER + _MEASURE + _BY_COURT.replace("POL", "LTU") + _PLAN + _LEG.replace("BLR", "UKR"),
    ),
    silent("A measure alone.", _MEASURE),
    silent("A measure of a court of the state alone.", _NATIONAL),
    silent(
        "Nobody wrote down whether it was indicated; lifted since.",
        _MEASURE.replace("=indicated", "=not_recorded") + _BY_COURT + _PLAN + _LEG,
    ),
    silent(
        "Another authority told in time, of a court of the state.",
        _NATIONAL + _BY_COURT.replace("ecthr_rule_39", "national") + _PLAN,
    ),
    silent("The same; removed.", _NATIONAL + _BY_COURT.replace("ecthr_rule_39", "national") + _LEG),
    silent("Two measures, and each was lifted by its body.", _MEASURE + _NATIONAL + _OWN + _BY_COURT + _PLAN + _LEG),
    silent(
        "A committee's measure, lifted by it.", (_MEASURE + _BY_COURT + _PLAN + _LEG).replace("ecthr_rule_39", "hrc")
    ),
    silent("A refusal, and a lifting of another body.", _MEASURE.replace("indicated", "refused") + _OWN + _PLAN + _LEG),
    silent(
        "Planned, then lifted; a monitor told of the body.",
        _NATIONAL + _PLAN + _LATE.replace("ecthr_rule_39", "national"),
    ),
    silent("A measure of a court of another state.", _NATIONAL.replace("POL", "LTU") + _PLAN + _LEG),
    silent(
        "Nobody wrote down whether it was indicated, and nobody moved.", _MEASURE.replace("=indicated", "=not_recorded")
    ),
    silent("A return decision alone.", _ORDER),
    silent("A removal, and no measure.", _PLAN + _LEG),
    silent("A measure was refused.", (_ORDER + _MEASURE + _PLAN + _LEG).replace("indicated", "refused")),
    silent(
        "A measure was lifted, and nobody told of its beginning.",
        _ORDER + _BY_COURT + _PLAN.replace("BLR", "UKR") + _LEG,
    ),
    silent("The measure binds another state.", _ORDER + _MEASURE.replace("POL", "LTU") + _PLAN + _LEG),
    silent("Removed before the measure.", _EARLY_LEG + _MEASURE),
    silent("Ordered and removed before the measure.", _ORDER + _EARLY_LEG + _MEASURE),
    silent("Removed before it was served.", _SERVED_LATER + _LEG.replace("01-09", "01-07")),
    silent("The train left before it was served.", _TRAIN + _LEFT.replace("17:25", "17:05") + _SERVED),
    silent("Removed after it had ended.", _ENDING + _LEG),
    silent("Planned after it had ended.", _ENDING + _PLAN),
    silent("Planned while it was in force; it has ended.", _ENDING + _PLAN.replace("01-07", "01-05"), now="2026-01-08"),
    silent("A decision stands; the measure has ended.", _ORDER + _ENDING, now="2026-01-08"),
    silent("Lifted, then planned and done.", _MEASURE + _BY_COURT + _PLAN + _LEG),
    silent("Lifted, then planned.", _MEASURE + _BY_COURT + _PLAN),
    finds("planned", "Told as lifted, in time, by the state that then planned.", _MEASURE + _LIFTED + _PLAN),
    finds("removed", "Told as lifted, in time, by the state that then removed.", _MEASURE + _LIFTED + _LEG),
    finds("planned", "So of a committee's.", (_MEASURE + _LIFTED + _PLAN).replace("ecthr_rule_39", "cat")),
    finds("planned", "Its court lifted its own measure, not that of Strasbourg; planned.", _MEASURE + _OWN + _PLAN),
    finds("removed", "The same; removed.", _MEASURE + _OWN + _LEG),
    finds("removed", "A monitor told of the end of another body's.", _NATIONAL + _BY_COURT + _LEG),
    finds("planned", "The same, while a decision stands.", _ORDER + _NATIONAL + _BY_COURT),
    finds("planned", "Its asylum office told that its court had lifted it.", _NATIONAL + _BY_OFFICE + _PLAN),
    finds("removed", "The same; removed.", _NATIONAL + _BY_OFFICE + _LEG),
    finds(
        "planned",
        "Lifted, and nobody wrote down by whom.",
        _MEASURE + _BY_COURT.replace("ecthr_rule_39", "not_recorded") + _PLAN,
    ),
    finds("removed", "The same; removed.", _MEASURE + _BY_COURT.replace("ecthr_rule_39", "not_recorded") + _LEG),
    finds(
        "planned",
        "Nobody wrote down whether it was lifted.",
        _MEASURE + _BY_COURT.replace("=lifted", "=not_recorded") + _PLAN,
    ),
    finds(
        "planned",
        "Nobody wrote down whether it was indicated.",
        _MEASURE.replace("=indicated", "=not_recorded") + _PLAN,
    ),
    finds("removed", "The same; removed.", _MEASURE.replace("=indicated", "=not_recorded") + _LEG),
    finds("removed", "Lifted by its own court, as told when the person was gone.", _NATIONAL + _LEG + _OWN),
    silent("Lifted by its own court, as that told in time; then planned.", _NATIONAL + _OWN + _PLAN),
    silent("Lifted by its own court, as that told in time; then removed.", _NATIONAL + _OWN + _LEG),
    silent(
        "The same, and another authority says so too.",
        _NATIONAL + _OWN + _BY_COURT.replace("ecthr_rule_39", "national") + _LEG,
    ),
    silent("Lifted, as a monitor told afterwards.", _MEASURE + _LEG + _BY_COURT),
    silent("The same, a monitor seated there.", _MEASURE + _LEG + _LIFTED.replace("court_liaison", "monitor")),
    silent("Planned, then lifted.", _MEASURE + _PLAN + _LATE),
    silent("A decision stood, and the measure was lifted.", _ORDER + _MEASURE + _BY_COURT),
    silent("The other state agreed to take over, and nobody moved.", _MEASURE + _AGREED),
    silent("It had agreed before the measure.", _AGREED.replace("01-08", "01-03") + _MEASURE),
    silent("The claim was found inadmissible.", _MEASURE + _INADMISSIBLE),
    silent("It had been found inadmissible before.", _INADMISSIBLE.replace("01-08", "01-03") + _MEASURE),
    silent("The decision was annulled when it was told.", _MEASURE + "2026-01-07 return_decision POL>BLR annulled=yes"),
)
