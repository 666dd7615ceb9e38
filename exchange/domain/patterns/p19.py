"""P19: straight to the state that the person fears, and nobody has examined the merits."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Act, Among, First, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_alone import P19_EXAMPLES

_CLAIM = First("claim", "The person has asked for protection, or has it.", Act("asylum case"))
_DANGER = Among("danger", "{C} is a state where the person fears harm.", "C", of="danger")
_UNEXAMINED = Unexamined(
    "unexamined", "No full decision on the merits was served before, by any state.", before="path", own_word=("A",)
)
_PLAN = Variant(
    name="plan",
    severity="high",
    stage="imminent",
    clauses=(
        _CLAIM,
        First("path", "{A} has decided or planned to send the person to {C}.", Act("plan", "A", "C")),
        _DANGER,
        _UNEXAMINED,
    ),
    acting=("A",),
    complained_of=("A",),
    destination="C",
    main="path",
    anchor="path",
    anchored="way",
)

P19: Final = Pattern(
    id="P19",
    version=1,
    family="p19",
    title="Direct return, unexamined",
    meaning=(
        "A state sends the person, or means to, to their own state or to one that they fear, although they asked for "
        "protection and nobody has examined whether they would be in danger there."
    ),
    ground="ECtHR, D v. Bulgaria, A.R.E. v. Greece, Ozdil v. Moldova, Akkad v. Turkey; IACtHR, Pacheco Tineo",
    false_alarms="A full decision on the merits was served in time and its notice is missing or late.",
    question="Hold the removal. Who has examined the merits, and when was the decision served?",
    variants=(
        _PLAN,
        replace(
            _PLAN,
            name="leg",
            severity="critical",
            stage="done",
            clauses=(_CLAIM, First("path", "{A} sent the person to {C}.", Act("leg", "A", "C")), _DANGER, _UNEXAMINED),
        ),
    ),
    suppressors=("called_off",),
    examples=P19_EXAMPLES,
)
