"""P16: a voluntary return that may not have been voluntary."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, Among, Clause, First, Not, Pattern, Variant
from exchange.domain.patterns.examples_p16 import P16_EXAMPLES

_FORM = "{A} recorded that the person returns of their own will{}."
_DOUBTFUL = First(
    "form",
    _FORM.replace("{}", ", without counsel or interpreter, or soon after arrest"),
    Act("doubtful return", "A"),
)
_ARREST = First("arrest", "{A} had detained the person.", Act("arrest", "A"))
_SOON = First(
    "form",
    _FORM.replace("{}", ", soon after that"),
    Act("voluntary return", "A"),
    after="arrest",
    within="p16.arrest",
)
_PROTECTION = First("protection", "{S} had given the person protection.", Act("protection given", "S"))
_PROTECTED = (
    _PROTECTION,
    First("form", _FORM.replace("{}", ""), Act("voluntary return", "A"), after="protection"),
    Absent(
        "stands",
        "That protection was not withdrawn in between.",
        Act("protection ended", "S"),
        since="protection",
        until="form",
        own_word=("A",),
        ending=True,
    ),
)
_GONE = (
    First("leg", "{A} then sent the person to {C}.", Act("leg", "A", "C"), after="form"),
    Among("danger", "{C} is a state where the person fears harm.", "C", of="danger"),
)
_STILL_HERE = Not(
    "still_here", "{A} has not sent the person away since.", First("leg", "", Act("leg", "A"), after="form")
)


def _variants(name: str, *clauses: Clause) -> tuple[Variant, Variant]:
    soon = Variant(
        name=name,
        severity="medium",
        stage="imminent",
        clauses=(*clauses, _STILL_HERE),
        acting=("A",),
        complained_of=("A",),
        destination="A",
        main="form",
        anchor="form",
        anchored="event",
    )
    gone = replace(
        soon,
        name=f"{name}, gone",
        severity="high",
        stage="done",
        clauses=(*clauses, *_GONE),
        destination="C",
        main="leg",
    )
    return soon, gone


P16: Final = Pattern(
    id="P16",
    version=1,
    family="p16",
    title="Doubtful voluntary return",
    meaning=(
        "The person is said to return of their own will, but signed soon after arrest, without counsel or interpreter, "
        "or although they had protection. Such a form may hide a removal that nobody examined. A form that leaves out "
        "who was there, or how long after arrest it was signed, shows as possible."
    ),
    ground="ECtHR, Akkad v. Turkey, M.A. v. Belgium",
    false_alarms="Counsel or an interpreter was there and not recorded; the person had asked to return long before.",
    question="Let another authority ask the person again, with counsel and an interpreter, before they leave.",
    variants=(
        *_variants("doubtful", _DOUBTFUL),
        *_variants("after arrest", _ARREST, _SOON),
        *_variants("protected", *_PROTECTED),
    ),
    suppressors=(),
    examples=P16_EXAMPLES,
)
