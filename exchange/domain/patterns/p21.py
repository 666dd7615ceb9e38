"""P21: a claim voiced at the border, and the asylum office has not taken it up."""

from typing import Final

from exchange.domain.patterns.algebra import Act, First, Pattern, Silent, Variant
from exchange.domain.patterns.examples_clocks import P21_EXAMPLES

P21: Final = Pattern(
    id="P21",
    version=1,
    family="p21",
    title="Claim not handed on",
    meaning=(
        "Somebody said to a border guard or a return unit that they seek protection. These must hand the claim over to "
        "the asylum office of their state, and nobody there has registered it or said why not."
    ),
    ground="A/58/281 para 11; the time is this exchange's own",
    false_alarms="The claim was registered and the notice of it is late; the person withdrew the claim before counsel.",
    question="Was the claim handed over, and is it registered? If it was not taken, why?",
    variants=(
        Variant(
            name="not taken up",
            severity="high",
            stage="risk",
            clauses=(
                First(
                    "claim",
                    "The person said to a border authority of {A} that they seek protection.",
                    Act("claim referred", "A"),
                ),
                Silent(
                    "not_taken_up",
                    "The asylum office of {A} has neither registered the claim since, nor said that it is not taken.",
                    Act("claim taken up", "A"),
                    after="claim",
                    within="p21.registration",
                    counted="working days",
                ),
            ),
            acting=("A",),
            complained_of=("A",),
            destination="A",
            main="claim",
            anchor="claim",
            anchored="event",
        ),
    ),
    suppressors=(),
    examples=P21_EXAMPLES,
)
