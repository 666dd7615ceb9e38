"""P03: sent to a third country, and nobody has examined the merits."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Among, Clause, First, Not, Pattern, Unexamined, Variant
from exchange.domain.patterns.examples_path import P03_EXAMPLES

_CLAIM = First("claim", "The person has asked for protection, or a decision shows that they have.", Act("claim shown"))
_ELSEWHERE = Not(
    "elsewhere",
    "{B} is not the state where the person fears harm, but may pass them on.",
    Among("danger", "{B} is a state where the person fears harm.", "B", of="danger"),
)
_UNEXAMINED = Unexamined(
    "unexamined", "No full decision on the merits was served before, by any state.", before="path", own_word=("A",)
)


def _variant(name: str, notion: str, words: str, severity: str, asked: tuple[Clause, ...] = (_CLAIM,)) -> Variant:
    """Return a variant. `asked` is empty where the event itself shows that there was a claim."""
    path = First("path", words, Act(notion, "A", "B"))
    return Variant(
        name=name,
        severity=severity,
        stage="risk",
        clauses=(*asked, path, _ELSEWHERE, _UNEXAMINED),
        acting=("A",),
        complained_of=("A",),
        destination="B",
        main="path",
        anchor="path",
        anchored="chain",
    )


_PLAN = _variant("plan", "plan", "{A} has decided or planned to send the person to {B}.", "high")

P03: Final = Pattern(
    id="P03",
    version=1,
    family="path",
    title="Third-country path, merits never examined",
    meaning=(
        "A state sends the person, or means to, to another state because that one should examine the claim; and nobody "
        "has examined it. The duty to look falls on the first state, before the first leg."
    ),
    ground="ECtHR, Ilias and Ahmed v. Hungary, M.S.S. v. Belgium and Greece, Hirsi Jamaa v. Italy, H.T. v. Germany",
    false_alarms="The receiving state has promised a full examination and keeps its word (S6).",
    question="Ask the receiving state: will you open a procedure on the merits?",
    variants=(
        _variant("inadmissible", "inadmissible", "{A} found the claim inadmissible because of {B}.", "medium", ()),
        _PLAN,
        _variant("leg", "leg", "{A} handed the person over to {B}.", "critical"),
    ),
    suppressors=("S2", "S6", "called_off"),
    examples=P03_EXAMPLES,
)
