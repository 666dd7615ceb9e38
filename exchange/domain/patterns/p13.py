"""P13: handed over, and not heard of since."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Among, First, Not, Pattern, Silent, Variant
from exchange.domain.patterns.examples_alone import P13_EXAMPLES


def _variant(name: str, notion: str, window: str, severity: str) -> Variant:
    return Variant(
        name=name,
        severity=severity,
        stage="risk",
        clauses=(
            First("leg", "{A} handed the person over to {B}.", Act(notion, "A", "B")),
            Among("participant", "{B} takes part in the exchange.", "B", of="participants"),
            Not(
                "elsewhere",
                "{B} is not a state where the person fears harm: that one is never asked, and never told.",
                Among("danger", "{B} is a state where the person fears harm.", "B", of="danger"),
            ),
            Silent(
                "no_word",
                "{B} has reported no arrival, no claim and no detention since.",
                Act("word of arrival", "B"),
                after="leg",
                within=window,
            ),
        ),
        acting=("A",),
        complained_of=("B",),
        destination="B",
        main="leg",
        anchor="leg",
        anchored="event",
    )


P13: Final = Pattern(
    id="P13",
    version=1,
    family="p13",
    title="Lost after handover",
    meaning=(
        "One state handed the person over and the other has said nothing since. People who vanish between two "
        "authorities have been sent on without any procedure. The state that the person fears is not meant: it knows "
        "of nothing here and is never asked, so its silence says nothing."
    ),
    ground="Regulation (EU) 2024/1351 Art 46, Implementing Regulation (EU) 2025/2055 Arts 22 to 25",
    false_alarms="The receiving authority is slow with its notices; the handover did not take place.",
    question="Ask the receiving state: did the person arrive, and is a procedure open?",
    variants=(
        _variant("by air", "leg by air", "p13.air", "medium"),
        _variant("by land", "leg not by air", "p13.land", "medium"),
        _variant("by air, long", "leg by air", "p13.air_long", "high"),
        _variant("by land, long", "leg not by air", "p13.land_long", "high"),
    ),
    suppressors=(),
    examples=P13_EXAMPLES,
)
