"""P12: an assurance was broken, or is missing where it is needed."""

from typing import Final

from exchange.domain.patterns.algebra import (
    Absent,
    Act,
    Among,
    During,
    First,
    Not,
    Pattern,
    Plain,
    Safeguarded,
    Variant,
)
from exchange.domain.patterns.examples_p12 import P12_EXAMPLES

P12: Final = Pattern(
    id="P12",
    version=1,
    family="p12",
    title="Assurance broken or missing",
    meaning=(
        "The receiving state gave its word and acted against it; or somebody who needs special care is to be handed "
        "over, and the receiving state gave no word for this very person."
    ),
    ground="ECtHR, Tarakhel v. Switzerland; CAT, Agiza v. Sweden; UKSC, AAA (Rwanda); CJEU, C-392/22",
    false_alarms="The assurance was given by another way and its notice is missing.",
    question="Broken: who looks after the person now, and are others to be sent there? Missing: ask the receiving "
    "state for an assurance for this person, and wait for it.",
    variants=(
        Variant(
            name="broken",
            severity="critical",
            stage="done",
            clauses=(
                First("assurance", "{B} gave {A} an assurance.", Act("assurance given", "B", "A")),
                First("act", "{B} then acted in a way that an assurance may rule out.", Act("breach", "B")),
                During("in_force", "The assurance was in force.", event="act", period="assurance"),
                Plain(
                    "against_it",
                    "What {B} did is against what it had assured.",
                    "against the assurance",
                    about=("assurance", "act"),
                ),
            ),
            acting=("A",),
            complained_of=("B",),
            destination="B",
            main="act",
            anchor="assurance",
            anchored="event",
        ),
        Variant(
            name="missing",
            severity="info",
            stage="risk",
            clauses=(
                Safeguarded("safeguard", "The person needs special care."),
                First("claim", "The person has asked for protection, or has it.", Act("asylum case")),
                First("path", "{A} sent the person to {B}, or planned to.", Act("plan or leg", "A", "B")),
                Not(
                    "elsewhere",
                    "{B} is not the state where the person fears harm.",
                    Among("danger", "{B} is a state where the person fears harm.", "B", of="danger"),
                ),
                Absent(
                    "no_assurance",
                    "{B} had given {A} no assurance for this person.",
                    Act("individual assurance", "B", "A"),
                    since=None,
                    until="path",
                    own_word=("A",),
                ),
            ),
            acting=("A",),
            complained_of=("A",),
            destination="B",
            main="path",
            anchor="path",
            anchored="way",
        ),
    ),
    suppressors=("called_off",),
    examples=P12_EXAMPLES,
)
