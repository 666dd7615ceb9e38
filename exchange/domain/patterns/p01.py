"""P01: a claim was voiced and not registered, and the person was put out."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, Among, First, Pattern, Variant
from exchange.domain.patterns.examples_alone import P01_EXAMPLES

_CLAIM = First("claim", "The person said in {A} that they seek protection.", Act("claim voiced", "A"))
_PUT_OUT = First(
    "put_out",
    "{A} then put the person out to {B}, within days.",
    Act("leg", "A", "B"),
    after="claim",
    within="p01.put_out",
)
_UNREGISTERED = Absent(
    "unregistered",
    "{A} registered no claim in between.",
    Act("claim registered", "A"),
    since="claim",
    until="put_out",
    own_word=("A",),
)
_ONCE = Variant(
    name="once",
    severity="high",
    stage="done",
    clauses=(_CLAIM, _PUT_OUT, _UNREGISTERED),
    acting=("A",),
    complained_of=("A",),
    destination="B",
    main="put_out",
    anchor="put_out",
    anchored="way",
)
_DANGER = Among("danger", "{B} is a state where the person fears harm.", "B", of="danger")
_AGAIN = First(
    "again",
    "{A} put the person out to {B} once more, within months.",
    Act("leg", "A", "B"),
    after="put_out",
    within="p01.again",
    anew=True,
)


P01: Final = Pattern(
    id="P01",
    version=1,
    family="p01",
    title="Unheard claim, put out",
    meaning=(
        "Somebody heard the person ask for protection, nobody registered the claim, and within days the same state "
        "sent the person across a border. Whoever receives the person may be the next to send them on."
    ),
    ground="ECtHR, M.A. v. Lithuania, M.K. v. Poland, D.A. v. Poland, Sherov v. Poland, O.M. and D.S. v. Ukraine",
    false_alarms="The claim was registered and the notice of it is late; the person withdrew the claim before counsel.",
    question="Was the claim registered, and where? If it was not taken, why?",
    variants=(
        _ONCE,
        replace(_ONCE, name="into danger", severity="critical", clauses=(*_ONCE.clauses, _DANGER)),
        replace(_ONCE, name="again", severity="critical", clauses=(*_ONCE.clauses, _AGAIN)),
    ),
    suppressors=("S2",),
    examples=P01_EXAMPLES,
)
