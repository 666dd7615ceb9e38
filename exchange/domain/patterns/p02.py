"""P02: refused at the same border again and again."""

from typing import Final

from exchange.domain.patterns.algebra import Act, Clause, Count, First, Pattern, Variant
from exchange.domain.patterns.examples_p02 import P02_EXAMPLES

_REFUSED: Final = Act("entry refused", "A", "B")
_FIRST = First("refused", "{A} refused the person entry at the border with {B}.", _REFUSED)


def _again(times: int, words: str) -> Count:
    return Count("again", words, _REFUSED, least=times, after="refused", within="p02.series")


_ONCE_MORE = _again(1, "{A} refused the person there again, within three months.")


def _variant(name: str, clauses: tuple[Clause, ...]) -> Variant:
    return Variant(
        name=name,
        severity="high",
        stage="done",
        clauses=clauses,
        acting=("A",),
        complained_of=("A",),
        destination="B",
        main="again",
        anchor="refused",
        anchored="act",
    )


P02: Final = Pattern(
    id="P02",
    version=1,
    family="p02",
    title="Serial refusal",
    meaning=(
        "The same state refused the same person entry at the same border several times within three months. Either "
        "the person had asked somebody for protection in that time, or it happened three times and nobody noted a "
        "claim. Who comes back again and again may be afraid of going back. A refusal counts whether or not the person "
        "was taken back across the border."
    ),
    ground="ECtHR, M.K. v. Poland, Sherov v. Poland, M.A. v. Lithuania",
    false_alarms=(
        "Two authorities told of one refusal, each of another day. The person has no fear, and lacks a visa or a "
        "document each time."
    ),
    question="Did anybody ask why the person comes back, and whether they are afraid? Who can take the claim?",
    variants=(
        _variant(
            "claim before",
            (
                First("claim", "The person asked for protection, in this state or another.", Act("claim")),
                First(
                    "refused",
                    "Within three months {A} refused the person entry at the border with {B}.",
                    _REFUSED,
                    after="claim",
                    within="p02.series",
                ),
                _ONCE_MORE,
            ),
        ),
        _variant(
            "claim after",
            (
                _FIRST,
                First(
                    "claim",
                    "Within three months the person asked for protection, in this state or another.",
                    Act("claim"),
                    after="refused",
                    within="p02.series",
                ),
                _ONCE_MORE,
            ),
        ),
        _variant(
            "three times",
            (_FIRST, _again(2, "{A} refused the person there twice more or oftener, within three months.")),
        ),
    ),
    suppressors=(),
    examples=P02_EXAMPLES,
)
