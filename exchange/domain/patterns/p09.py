"""P09: several states have closed the case, and nobody examines."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Apart, First, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_p09 import P09_EXAMPLES

P09: Final = Pattern(
    id="P09",
    version=1,
    family="p09",
    title="Nobody examines",
    meaning=(
        "Two states or more have closed the case without a look at the merits, each because another should look; and "
        "nobody has. The person goes from door to door, and no state knows what would happen to them at home."
    ),
    ground="CJEU, Mirza, FMS; ECtHR, H.T. v. Germany and Greece; Musisi",
    false_alarms=(
        "A procedure is open and will end in a full decision; the person left before anybody could examine, and has "
        "not asked again."
    ),
    question="Agree with the other states which of them examines, and by when.",
    variants=(
        Variant(
            name="closed twice",
            severity="high",
            stage="risk",
            clauses=(
                First("claim", "The person has asked for protection, or has it.", Act("asylum case")),
                First(
                    "closed",
                    "{A} closed the case without a look at the merits, or passed the person on.",
                    Act("closed without merits", "A"),
                ),
                First(
                    "closed_again",
                    "{B} did so too, within three years.",
                    Act("closed without merits", "B"),
                    after="closed",
                    within="p09.closed",
                ),
                Apart("another", "{A} and {B} are two states.", "A", "B"),
                Unexamined(
                    "unexamined",
                    "No full decision on the merits has been served up to now, by any state.",
                    before=None,
                    own_word=("A", "B"),
                    since="closed_again",
                ),
            ),
            acting=("B", "A"),
            complained_of=("A", "B"),
            destination="B",
            main="closed_again",
            anchor="closed",
            anchored="person",
        ),
    ),
    suppressors=(),
    examples=P09_EXAMPLES,
)
