"""Examples of P12: an assurance was broken, or is missing where it is needed."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, of, silent

_ASSURED = "2026-01-01 assurance SRB>HUN step=given text={} individual=no\n"
_ONWARD = _ASSURED.format("no_onward_removal")
_ACCESS = _ASSURED.format("access_to_procedure")
_UNKNOWN = _ASSURED.format("not_recorded")
_HEALTH = _ASSURED.format("medical_care")
_SENT_ON = "2026-02-01 removal_executed SRB>MKD\n"
_BREACHED = "2026-02-01 assurance SRB>HUN step=breached\n"

_CLAIM = "2026-01-01 claim_registered HUN\n"
_PLAN = "2026-01-05 removal_planned HUN>SRB\n"
_LEG = "2026-01-06 removal_executed HUN>SRB\n"
_FOR_THEM = "2026-01-03 assurance SRB>HUN step=given text=reception individual=yes\n"
_CHILD = "unaccompanied_minor"

P12_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("broken", "Assured that nobody is sent on, and sent on.", _ONWARD + _SENT_ON),
    finds("broken", "Ordered only.", _ONWARD + "2026-02-01 return_decision SRB>MKD"),
    finds(
        "broken", "Turned back at another border.", _ONWARD + "2026-02-01 entry_refused SRB>MKD physically_returned=yes"
    ),
    finds("broken", "Assured a procedure, and the claim was not taken.", _ACCESS + "2026-02-01 claim_not_taken SRB"),
    finds(
        "broken",
        "Assured a procedure, and found inadmissible.",
        _ACCESS + "2026-02-01 admissibility_decision SRB>MKD outcome=inadmissible",
    ),
    finds("broken", "A breach on record (Agiza).", _HEALTH + _BREACHED),
    finds("broken", "Perhaps a breach on record.", _HEALTH + _BREACHED.replace("=breached", "=not_recorded")),
    finds("broken", "Perhaps assured, and sent on.", _ONWARD.replace("given", "not_recorded") + _SENT_ON),
    finds(
        "broken",
        "Assured a procedure, and a decision that leaves out what it says.",
        _ACCESS + "2026-02-01 admissibility_decision SRB>MKD outcome=not_recorded",
    ),
    silent("One word, given or broken, nobody recorded.", _ONWARD.replace("given", "not_recorded")),
    silent("Assured again.", _HEALTH + _BREACHED.replace("=breached", "=given")),
    finds("broken", "What was assured nobody recorded.", _UNKNOWN + _SENT_ON),
    finds("broken", "While it was in force.", _ONWARD.strip() + " valid_until=2026-06-01\n" + _SENT_ON),
    silent("Not said to whom it was given.", (_ONWARD + _SENT_ON).replace(">HUN", "")),
    silent("It had expired.", _ONWARD.strip() + " valid_until=2026-01-15\n" + _SENT_ON),
    silent("Sent on before it was given.", _SENT_ON.replace("2026", "2025") + _ONWARD),
    silent("A breach before it was given, of an older one.", _BREACHED.replace("2026", "2025") + _HEALTH),
    silent("Asked for, and not given.", _ONWARD.replace("given", "requested") + _SENT_ON),
    silent("Refused.", _ONWARD.replace("given", "refused") + _BREACHED),
    silent("A breach on record, of nothing.", _BREACHED),
    silent("Sent on, and nothing was assured.", _SENT_ON),
    silent("Kept.", _ONWARD),
    silent("Assured medical care, and sent on.", _HEALTH + _SENT_ON),
    silent("Nobody is sent on, but the claim was not taken.", _ONWARD + "2026-02-01 claim_not_taken SRB"),
    silent("Another state sent the person on.", _ONWARD + _SENT_ON.replace("SRB", "BGR")),
    silent("The state that was assured sent the person back.", _ONWARD + "2026-02-01 removal_executed HUN>MKD"),
    silent(
        "A removal that was called off when it was told.", _ONWARD + "2026-02-01 removal_planned SRB>MKD cancelled=yes"
    ),
    silent("An order that was annulled when it was told.", _ONWARD + "2026-02-01 return_decision SRB>MKD annulled=yes"),
    silent(
        "Assured a procedure, and found admissible.",
        _ACCESS + "2026-02-01 admissibility_decision SRB>MKD outcome=admissible",
    ),
    silent("Refused, and nobody was moved.", _ONWARD + "2026-02-01 entry_refused SRB>MKD physically_returned=no"),
    silent("Another assurance is given.", _ONWARD + _FOR_THEM),
    of(_CHILD, finds("missing", "A child is to be handed over.", _CLAIM + _PLAN, "AFG")),
    of("children_in_family", finds("missing", "A child was handed over (Tarakhel).", _CLAIM + _LEG, "AFG")),
    of(
        _CHILD,
        finds(
            "missing",
            "Flown there, and there is a status.",
            "2026-01-01 protection_status HUN change=granted\n" + _LEG.replace("SRB", "SRB means=air"),
            "AFG",
        ),
    ),
    of(_CHILD, finds("missing", "An assurance for everybody is none for this child.", _CLAIM + _ONWARD + _PLAN, "AFG")),
    of(
        _CHILD,
        finds("missing", "An assurance of another state.", _CLAIM + _FOR_THEM.replace("SRB", "BGR") + _PLAN, "AFG"),
    ),
    of(
        _CHILD,
        finds("missing", "An assurance to another state.", _CLAIM + _FOR_THEM.replace("HUN", "AUT") + _PLAN, "AFG"),
    ),
    of(
        _CHILD,
        finds(
            "missing",
            "An assurance the other way round.",
            _CLAIM + _FOR_THEM.replace("SRB>HUN", "HUN>SRB") + _PLAN,
            "AFG",
        ),
    ),
    of(_CHILD, finds("missing", "Given only afterwards.", _CLAIM + _LEG + _FOR_THEM.replace("01-03", "02-03"), "AFG")),
    of(
        _CHILD,
        finds(
            "missing",
            "Told afterwards, by the state that removes.",
            _CLAIM + _LEG + _FOR_THEM.strip() + " author=HUN",
            "AFG",
        ),
    ),
    of(_CHILD, silent("Told afterwards, by the state that gave it.", _CLAIM + _LEG + _FOR_THEM, "AFG")),
    of(_CHILD, silent("An assurance for this child.", _CLAIM + _FOR_THEM + _PLAN + _LEG, "AFG")),
    silent("Nobody needs special care.", _CLAIM + _PLAN + _LEG, "AFG"),
    of(_CHILD, silent("To a feared state: that is P19.", _CLAIM + _PLAN + _LEG, "SRB")),
    of(_CHILD, silent("Nobody asked for protection.", _PLAN + _LEG, "AFG")),
    of(_CHILD, silent("Nobody is sent anywhere.", _CLAIM, "AFG")),
    of(
        _CHILD,
        silent(
            "Inadmissible because of that state, and not sent.",
            _CLAIM + "2026-01-05 admissibility_decision HUN>SRB outcome=inadmissible",
            "AFG",
        ),
    ),
)
