"""P04: passed on twice, examined by nobody."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Apart, First, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_path import P04_EXAMPLES

P04: Final = Pattern(
    id="P04",
    version=1,
    family="path",
    title="Chain completed",
    meaning=(
        "One state sent the person to another, and that one sent them on to a third. Nobody had examined whether they "
        "would be in danger there. The first state stays answerable for where its removal led. Two removals on "
        "one day are taken to be in either order."
    ),
    ground="ECtHR, M.S. v. Slovakia and Ukraine; Slovenian Supreme Court I Up 23/2021; Tribunale di Roma 2021",
    false_alarms="A full decision on the merits was served in time and its notice is missing or late.",
    question="Who has examined the merits? Preserve the evidence, and tell the first state that it stays answerable.",
    variants=(
        Variant(
            name="completed",
            severity="critical",
            stage="done",
            clauses=(
                First("first_leg", "{A} handed the person over to {B}.", Act("leg", "A", "B")),
                First(
                    "second_leg",
                    "{B} then sent the person on to {C}.",
                    Act("leg", "B", "C"),
                    after="first_leg",
                    within="p04.onward",
                    unordered=True,
                ),
                Apart("onward", "{C} is not the state from which the person came.", "C", "A"),
                Unexamined(
                    "unexamined",
                    "No full decision on the merits was served before the second removal, by any state.",
                    before="second_leg",
                    own_word=("A", "B"),
                ),
            ),
            acting=("B", "A"),
            complained_of=("A", "B"),
            destination="C",
            main="second_leg",
            anchor="first_leg",
            anchored="chain",
            chained=True,
        ),
    ),
    suppressors=(),
    examples=P04_EXAMPLES,
)
