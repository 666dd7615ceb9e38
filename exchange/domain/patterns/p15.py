"""P15: the state of origin was asked about somebody whose claim is open or unexamined."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Clause, First, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_p15 import P15_EXAMPLES


def _variant(name: str, *clauses: Clause) -> Variant:
    return Variant(
        name=name,
        severity="critical",
        stage="done",
        clauses=clauses,
        acting=("A",),
        complained_of=("A",),
        destination="A",
        main="contact",
        anchor="contact",
        anchored="event",
    )


P15: Final = Pattern(
    id="P15",
    version=1,
    family="p15",
    title="Contact with origin",
    meaning=(
        "An authority contacted the person's state of origin, or sent papers there, while the claim was open or before "
        "anybody had examined it. Those whom the person fears may know of the claim now."
    ),
    ground="ECtHR, M.A. v. Belgium; Regulation (EU) 2024/1348 Art 7(2)(b)",
    false_alarms="The contact was about another matter and named nobody; the claim had been examined and its notice is "
    "missing.",
    question="Stop the contact. What was said, and to whom? Tell the data protection officer and the person's counsel.",
    variants=(
        _variant(
            "unexamined",
            First(
                "claim", "The person had asked for protection, or a decision shows that they had.", Act("claim shown")
            ),
            First(
                "contact",
                "{A} then contacted the authorities of the state of origin.",
                Act("contact", "A"),
                after="claim",
            ),
            Unexamined(
                "unexamined",
                "No full decision on the merits was served before, by any state.",
                before="contact",
                own_word=("A",),
            ),
        ),
        _variant(
            "claim open",
            First(
                "contact",
                "{A} contacted the authorities of the state of origin, and says that the claim was open.",
                Act("contact while open", "A"),
            ),
        ),
    ),
    suppressors=(),
    examples=P15_EXAMPLES,
)
