"""P11: handed over, and nobody had decided so."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, Among, First, Not, Pattern, Variant
from exchange.domain.patterns.examples_p11 import P11_EXAMPLES

_UNDECIDED = Absent(
    "undecided",
    "No decision, plan or request between {A} and {B} came before.",
    Act("way decided", "A", "B"),
    since=None,
    until="leg",
    own_word=("A",),
)
_DANGER = Among("danger", "{B} is a state where the person fears harm.", "B", of="danger")
_ELSEWHERE = (
    Not("elsewhere", "{B} is not the state where the person fears harm, but may pass them on.", _DANGER),
    _UNDECIDED,
)
_TO_DANGER = (
    _DANGER,
    _UNDECIDED,
    Absent(
        "unasked",
        "Nobody has told of a claim or of protection before: else this is P19.",
        Act("asylum case"),
        since=None,
        until="leg",
        own_word=("A",),
    ),
    Absent(
        "unasked_since",
        "Nor has anybody else, up to now.",
        Act("asylum case"),
        since=None,
        until=None,
        own_word=("A",),
    ),
)
_SOON = Variant(
    name="soon",
    severity="high",
    stage="done",
    clauses=(
        First("encounter", "The authorities of {A} met the person.", Act("encountered", "A")),
        First(
            "leg",
            "{A} handed the person over to {B} within three days.",
            Act("handover", "A", "B"),
            after="encounter",
            within="p11.encounter",
        ),
        *_ELSEWHERE,
    ),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="leg",
    anchor="leg",
    anchored="way",
)
_NO_ACT = First(
    "leg",
    "{A} handed the person over to {B}, and no decision carried it.",
    Act("handover without act", "A", "B"),
)

P11: Final = Pattern(
    id="P11",
    version=1,
    family="p11",
    title="Handover without a decision",
    meaning=(
        "The person was handed over to another state, and nobody had decided that they should be. Without a decision "
        "there was no hearing, nothing to appeal against, and no moment to say what they fear. To a state that the "
        "person fears it counts when nobody has told of a claim: with one, P19 asks who examined it. A notice that "
        "leaves out the act shows as possible."
    ),
    ground=(
        "Slovenian Supreme Court I Up 23/2021; Tribunale di Roma 2021 and 2023; ECtHR, Sharifi v. Italy and Greece, "
        "Shahzad v. Hungary"
    ),
    false_alarms="A decision was made and its notice is missing or late; the person was asked and named no fear (S2).",
    question="On which decision was the person handed over? Ask the other state: did they arrive, and where are they?",
    variants=(
        _SOON,
        replace(_SOON, name="no legal act", clauses=(_NO_ACT, *_ELSEWHERE)),
        replace(_SOON, name="soon, into danger", clauses=(*_SOON.clauses[:2], *_TO_DANGER)),
        replace(_SOON, name="no legal act, into danger", clauses=(_NO_ACT, *_TO_DANGER)),
    ),
    suppressors=("S2",),
    examples=P11_EXAMPLES,
)
