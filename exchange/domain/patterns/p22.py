"""P22: a state was asked to hold a removal, and has not answered."""

from typing import Final

from exchange.domain.patterns.algebra import Act, First, Not, Pattern, Silent, Variant
from exchange.domain.patterns.examples_clocks import P22_EXAMPLES

P22: Final = Pattern(
    id="P22",
    version=1,
    family="p22",
    title="Hold not answered",
    meaning=(
        "One state asked another not to remove the person until something is known, and the time to answer is over. "
        "Nobody knows whether the removal waits."
    ),
    ground="domain.md B.3, N22: the reply is mandatory; the time is this exchange's own",
    false_alarms="The state answered by another way; the request named the wrong state.",
    question="Ask the state directly: is the removal held?",
    variants=(
        Variant(
            name="unanswered",
            severity="high",
            stage="imminent",
            clauses=(
                First("asked", "{A} asked {B} to hold the removal.", Act("hold asked", "A", "B")),
                Not(
                    "not_lifted",
                    "{A} has not lifted that.",
                    First("lifted", "", Act("hold lifted", "A"), after="asked"),
                ),
                Silent(
                    "unanswered",
                    "{B} has neither held it nor refused to in time.",
                    Act("hold answered", "B"),
                    after="asked",
                    within="p22.hold",
                    counted="as asked",
                ),
            ),
            acting=("B", "A"),
            complained_of=("B",),
            destination="B",
            main="asked",
            anchor="asked",
            anchored="event",
        ),
    ),
    suppressors=(),
    examples=P22_EXAMPLES,
)
