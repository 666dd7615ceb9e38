"""P14: handed over or arrived, and no procedure followed."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Act, Among, First, Not, Pattern, Silent, Unexamined, Variant
from exchange.domain.patterns.examples_p14 import P14_EXAMPLES

_CLAIM = First("claim", "The person has asked for protection, or a decision shows that they have.", Act("claim shown"))
_CONDITIONS = (
    Not(
        "elsewhere",
        "{B} is not a state where the person fears harm.",
        Among("danger", "{B} is a state where the person fears harm.", "B", of="danger"),
    ),
    Silent(
        "no_claim",
        "{B} has registered no claim since, within ten working days.",
        Act("claim registered", "B"),
        after="arrival",
        within="p14.registration",
        counted="working days",
    ),
    First(
        "turned_away",
        "{B} then detained the person, ended or refused the claim without a full look, or ordered return.",
        Act("turned away", "B"),
        after="arrival",
    ),
    Unexamined(
        "unexamined",
        "No full decision on the merits has been served up to now, by any state.",
        before=None,
        own_word=("B",),
        since="turned_away",
    ),
)
_HANDED_OVER = Variant(
    name="handed over",
    severity="high",
    stage="risk",
    clauses=(_CLAIM, First("arrival", "{A} handed the person over to {B}.", Act("leg", "A", "B")), *_CONDITIONS),
    acting=("B", "A"),
    complained_of=("B",),
    destination="B",
    main="turned_away",
    anchor="turned_away",
    anchored="act",
)

P14: Final = Pattern(
    id="P14",
    version=1,
    family="p14",
    title="No procedure after return",
    meaning=(
        "A person who has asked for protection, and whom nobody has examined, came to a state that should look. It has "
        "registered no claim; it locked the person up, closed the case or ordered return instead."
    ),
    ground="ECtHR, M.S.S. v. Belgium and Greece, H.T. v. Germany and Greece, Sharifi v. Italy and Greece; CJEU, Mirza",
    false_alarms=(
        "The state goes on with a claim registered before, and sends no new notice; the registration is told late; "
        "the detention has nothing to do with the claim."
    ),
    question="Ask the state: is a claim registered, and who examines it? Tell the state that sent the person.",
    variants=(
        _HANDED_OVER,
        replace(
            _HANDED_OVER,
            name="arrived",
            clauses=(_CLAIM, First("arrival", "The person arrived in {B}.", Act("arrived", "B")), *_CONDITIONS),
            acting=("B",),
        ),
    ),
    suppressors=(),
    examples=P14_EXAMPLES,
)
