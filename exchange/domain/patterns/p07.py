"""P07: removed while a remedy was open."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, First, Pattern, Variant
from exchange.domain.patterns.examples_alone import P07_EXAMPLES

_LEG = First("leg", "{A} then sent the person to {B}.", Act("leg", "A", "B"), after="remedy")
_UNDECIDED = Absent(
    "undecided",
    "It was neither decided against the person nor withdrawn in between.",
    Act("remedy ended", "A"),
    since="remedy",
    until="leg",
    own_word=("A",),
)
_SUSPENSIVE = Variant(
    name="suspensive remedy",
    severity="critical",
    stage="done",
    clauses=(
        First("remedy", "A remedy in {A} suspended the removal.", Act("suspensive remedy", "A")),
        _LEG,
        _UNDECIDED,
    ),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="leg",
    anchor="leg",
    anchored="event",
)

P07: Final = Pattern(
    id="P07",
    version=1,
    family="p07",
    title="Removal with open remedy",
    meaning="The person was removed while a court or an appeal body in the same state had still to decide, or although "
    "it had decided for the person.",
    ground="ECtHR, Gebremedhin v. France, I.M. v. France, M.S.S. v. Belgium and Greece, Conka v. Belgium",
    false_alarms="The remedy was decided or withdrawn and the notice of it is missing.",
    question="Is the remedy still open, and does it suspend the removal? Can the person be brought back?",
    variants=(
        _SUSPENSIVE,
        replace(
            _SUSPENSIVE,
            name="remedy",
            severity="high",
            clauses=(First("remedy", "A remedy in {A} was lodged.", Act("remedy", "A")), _LEG, _UNDECIDED),
        ),
        replace(
            _SUSPENSIVE,
            name="remedy period",
            clauses=(
                First(
                    "remedy",
                    "By law a remedy against a decision of {A} suspends the removal.",
                    Act("suspended by law", "A"),
                ),
                replace(
                    _LEG,
                    within="p07.remedy_period",
                    served=True,
                    words="{A} sent the person to {B} within the remedy period.",
                ),
                _UNDECIDED,
            ),
        ),
    ),
    suppressors=(),
    examples=P07_EXAMPLES,
)
