"""P06: removed, or about to be, against an interim measure."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, During, First, Open, Pattern, Variant
from exchange.domain.patterns.examples_p06 import P06_EXAMPLES

_MEASURE = First("measure", "A court or a committee told {A} not to remove the person.", Act("interim measure", "A"))
_LIFTED = Act("measure lifted", "A")
_NOT_LIFTED = Absent(
    "not_lifted",
    "The measure was not lifted before that, by the body that indicated it.",
    _LIFTED,
    since="measure",
    until="leg",
    own_word=("A",),
    ending=True,
)
_REMOVED = Variant(
    name="removed",
    severity="critical",
    stage="done",
    clauses=(
        _MEASURE,
        First("leg", "{A} sent the person to {B}.", Act("leg", "A", "B")),
        _NOT_LIFTED,
        During("in_force", "That was while the measure was in force.", event="leg", period="measure"),
    ),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="leg",
    anchor="measure",
    anchored="act",
)
_PLANNED = replace(
    _REMOVED,
    name="planned",
    stage="imminent",
    clauses=(
        _MEASURE,
        During("in_force", "The measure is in force now.", event=None, period="measure"),
        Absent(
            "stands",
            "The measure has not been lifted up to now.",
            _LIFTED,
            since="measure",
            until=None,
            own_word=("A",),
            ending=True,
        ),
        First("plan", "{A} decided or planned to send the person to {B}.", Act("plan", "A", "B")),
        replace(_NOT_LIFTED, until="plan"),
        Open("open", "That plan has not been carried out yet.", plan="plan", to="B"),
    ),
    main="plan",
)

P06: Final = Pattern(
    id="P06",
    version=1,
    family="p06",
    title="Interim measure defied",
    meaning=(
        "An interim measure binds the state, from the minute at which it was served. A removal of this person is "
        "ordered or planned and was not called off, whether that was before the measure or after it; or the person was "
        "removed in spite of it. While a plan stands, there may be minutes to stop it. A measure whose service nobody "
        "told counts from the time at which it was indicated. Only the body that indicated a measure lifts it. That a "
        "body outside the state did so, the state that it binds says in vain: another authority or a monitor must say "
        "so; of a measure of its own court, the liaison of its court can, in time."
    ),
    ground="European Convention on Human Rights Art 34; ECtHR, M.K. v. Poland, D.A. v. Poland, A.B. v. Poland, "
    "O.M. and D.S. v. Ukraine",
    false_alarms=(
        "The measure was lifted, or has ended, and nobody told; the plan was called off or is held, and nobody told."
    ),
    question="Is the removal stopped, and does everybody who can move the person know of the measure?",
    variants=(_REMOVED, _PLANNED),
    suppressors=("S4",),
    examples=P06_EXAMPLES,
)
