"""P05: the next removal is ordered, and nobody has examined the merits."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Apart, Clause, First, Open, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_path import P05_EXAMPLES

_APART = Apart("onward", "{C} is not the state from which the person came.", "C", "A")
_OPEN = Open("open", "That plan has not been carried out yet.", plan="next_plan", to="C")
_UNEXAMINED = Unexamined(
    "unexamined",
    "No full decision on the merits was served before the plan, by any state.",
    before="next_plan",
    own_word=("A", "B"),
)
_STILL_UNEXAMINED = Unexamined(
    "unexamined",
    "No full decision on the merits was served before the person was to be sent to {B}, by any state.",
    before="first_leg",
    own_word=("A", "B"),
)


def _variant(name: str, clauses: tuple[Clause, ...]) -> Variant:
    return Variant(
        name=name,
        severity="critical",
        stage="imminent",
        clauses=clauses,
        acting=("B", "A"),
        complained_of=("A", "B"),
        destination="C",
        main="next_plan",
        anchor="first_leg",
        anchored="chain",
        chained=True,
    )


P05: Final = Pattern(
    id="P05",
    version=1,
    family="path",
    title="Chain imminent",
    meaning=(
        "The person was passed to a state, or is about to be, that has ordered their removal to a third one. "
        "Nobody has examined the merits. This is the last moment at which the chain can be stopped. "
        "An order that nobody called off stands, however old it is; older than two years, it shows as possible."
    ),
    ground="ECtHR, T.I. v. the United Kingdom, M.S. v. Slovakia and Ukraine, H.T. v. Germany and Greece; CJEU, Mirza",
    false_alarms="The order is old and was called off without a notice; the receiving state examines the merits.",
    question="Ask both states to hold the removal until somebody has examined the merits.",
    variants=(
        _variant(
            "after the first leg",
            (
                First(
                    "first_leg",
                    "{A} passed the person to {B}, or {B} has agreed to take them.",
                    Act("passed on", "A", "B"),
                ),
                First(
                    "next_plan",
                    "{B} then decided or planned to send the person on to {C}.",
                    Act("plan", "B", "C"),
                    after="first_leg",
                    within="p05.onward",
                ),
                _APART,
                _OPEN,
                _UNEXAMINED,
            ),
        ),
        _variant(
            "standing order",
            (
                First("next_plan", "{B} had decided or planned to send the person to {C}.", Act("plan", "B", "C")),
                First(
                    "first_leg",
                    "{A} then planned to send the person to {B}, or did.",
                    Act("plan or leg", "A", "B"),
                    after="next_plan",
                    surely_within="p05.onward",
                ),
                _APART,
                _OPEN,
                _STILL_UNEXAMINED,
            ),
        ),
    ),
    suppressors=("S6", "called_off"),
    examples=P05_EXAMPLES,
)
