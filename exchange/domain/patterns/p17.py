"""P17: sent back and forth between two states."""

from typing import Final

from exchange.domain.patterns.algebra import Act, First, Pattern, Variant
from exchange.domain.patterns.examples_p17 import P17_EXAMPLES

_OUT = First("out", "{A} sent the person to {B}.", Act("leg", "A", "B"))
_BACK_AND_FORTH = Variant(
    name="back and forth",
    severity="high",
    stage="done",
    clauses=(
        _OUT,
        First(
            "back",
            "Within a year {B} sent the person back to {A}.",
            Act("leg", "B", "A"),
            after="out",
            within="p17.loop",
        ),
    ),
    acting=("B", "A"),
    complained_of=("A", "B"),
    destination="A",
    main="back",
    anchor="out",
    anchored="pair",
)
_TWICE = Variant(
    name="twice",
    severity="high",
    stage="done",
    clauses=(
        _OUT,
        First(
            "again",
            "Within a year {A} sent the person to {B} once more.",
            Act("leg", "A", "B"),
            after="out",
            within="p17.loop",
            anew=True,
        ),
    ),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="again",
    anchor="out",
    anchored="pair",
)

P17: Final = Pattern(
    id="P17",
    version=1,
    family="p17",
    title="Loop",
    meaning=(
        "Two states sent the person to and fro, or one sent them across the same border twice, within a year. Neither "
        "takes the person for its own: the refugee is in orbit. A removal counts also when the person came back by "
        "themselves in between."
    ),
    ground="Ghorbanov; H.T.; ECtHR, M.A. v. Lithuania",
    false_alarms=(
        "Two authorities told of one removal, each of another day. The person has no claim and goes to and fro of "
        "their own will."
    ),
    question="Which of the two states examines the claim? Call both to one table, and name one.",
    variants=(_BACK_AND_FORTH, _TWICE),
    suppressors=(),
    examples=P17_EXAMPLES,
)
