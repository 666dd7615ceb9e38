"""P10: the person goes to another state than the one that was decided, or to one that had refused to take them."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, Among, Apart, First, Open, Pattern, Variant
from exchange.domain.patterns.examples_p10 import P10_EXAMPLES

_DANGER = Among("danger", "{B} is a state where the person fears harm.", "B", of="danger")
_OTHER = Apart("other", "{B} is not that state.", "B", "C")

_REFUSED = Variant(
    name="refused",
    severity="critical",
    stage="done",
    clauses=(
        First("refused", "{B} refused or suspended taking the person from {A}.", Act("taking refused", "B", "A")),
        First("leg", "{A} then sent the person to {B} all the same.", Act("leg", "A", "B"), after="refused"),
        Absent(
            "not_agreed",
            "{B} did not agree in between.",
            Act("taking agreed", "B", "A"),
            since="refused",
            until="leg",
            own_word=("A",),
        ),
    ),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="leg",
    anchor="leg",
    anchored="way",
)
_NOT_NAMED = replace(
    _REFUSED,
    name="not named",
    severity="high",
    clauses=(
        First(
            "named",
            "{A} had decided on return to {C}, or found the claim inadmissible because of it.",
            Act("destination decided", "A", "C"),
        ),
        First("leg", "{A} then sent the person to {B}.", Act("handover", "A", "B"), after="named"),
        _OTHER,
        Absent(
            "not_named",
            "No decision of {A} had named {B}.",
            Act("destination decided", "A", "B"),
            since=None,
            until="leg",
            own_word=("A",),
        ),
    ),
)
_CHANGED = replace(
    _NOT_NAMED,
    name="changed",
    stage="imminent",
    clauses=(
        First("named", "{A} had decided or planned to send the person to {C}.", Act("plan", "A", "C")),
        Open("open", "{A} has not done so.", plan="named", to="C"),
        First(
            "changed",
            "{A} then decided or planned to send the person to {B}, and no remedy suspends it.",
            Act("plan without remedy", "A", "B"),
            after="named",
        ),
        _OTHER,
        Absent(
            "not_named",
            "No decision or plan of {A} had named {B} before.",
            Act("plan", "A", "B"),
            since=None,
            until="changed",
            own_word=("A",),
        ),
    ),
    main="changed",
    anchor="changed",
)

P10: Final = Pattern(
    id="P10",
    version=1,
    family="p10",
    title="Destination mismatch",
    meaning=(
        "The person is sent, or is to be sent, to another state than the decision names, or to one that had refused to "
        "take them. Whether that state is safe was never decided, and nobody could go to court about it."
    ),
    ground="CJEU, FMS, C-134/23; ECtHR, M.D. v. Hungary",
    false_alarms=(
        "A decision that names the state was made and its notice is missing or late; the state agreed after all; the "
        "claim was examined anew and the first destination given up."
    ),
    question="Is there a decision that names this state, with a remedy? If not, make one before the person is moved.",
    variants=(
        _REFUSED,
        _NOT_NAMED,
        replace(_NOT_NAMED, name="not named, into danger", severity="critical", clauses=(*_NOT_NAMED.clauses, _DANGER)),
        _CHANGED,
        replace(_CHANGED, name="changed, into danger", severity="critical", clauses=(*_CHANGED.clauses, _DANGER)),
    ),
    suppressors=("called_off",),
    examples=P10_EXAMPLES,
)
