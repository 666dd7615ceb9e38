"""P18: sent away on an examination that is old, was not whole, or was overtaken."""

from typing import Final

from exchange.domain.patterns.algebra import (
    Act,
    Among,
    AnyOf,
    Apart,
    Clause,
    First,
    Not,
    Pattern,
    Plain,
    Unexamined,
    Variant,
)
from exchange.domain.patterns.examples_p18 import P18_EXAMPLES

_WHERE = AnyOf(
    "where",
    "{B} is a state where the person fears harm, or it is the one that rejected the claim, and will rely on that.",
    (
        Among("danger", "{B} is a state where the person fears harm.", "B", of="danger"),
        Not(
            "relying",
            "{B} is the state that rejected the claim.",
            Apart("apart", "{B} and {D} are two states.", "B", "D"),
        ),
    ),
)
_FULL = First("merits", "{D} had rejected the claim after a full examination.", Act("rejected in full", "D"))
_PART = First("merits", "{D} had rejected the claim, and examined it in part only.", Act("rejected in part", "D"))
_ON_IT = (
    ("plan", "imminent", "plan", "{A} then decided or planned to send the person to {B}."),
    ("leg", "done", "leg", "{A} then sent the person to {B}."),
)


def _variants(name: str, merits: First, since: str | None, more: tuple[Clause, ...]) -> tuple[Variant, ...]:
    """Return the variants for a plan and for a leg."""
    return tuple(
        Variant(
            name=f"{name}, {what}",
            severity="medium",
            stage=stage,
            clauses=(merits, First("path", words, Act(notion, "A", "B"), after="merits", beyond=since), *more, _WHERE),
            acting=("A",),
            complained_of=("A",),
            destination="B",
            main="path",
            anchor="path",
            anchored="way",
        )
        for what, stage, notion, words in _ON_IT
    )


P18: Final = Pattern(
    id="P18",
    version=1,
    family="p18",
    title="Stale or partial merits",
    meaning=(
        "A state sends the person away, or means to, because a claim was once rejected. But that was more than a year "
        "ago, or only a part of the fear was looked at, or much has changed at home since."
    ),
    ground="ECtHR, T.I. v. the United Kingdom; UKHL, Adan; CJEU, C-156/23",
    false_alarms=(
        "The danger was looked at again before the removal, in a procedure that no notice tells of. That much has "
        "changed at home is a setting of this exchange, and says nothing about this person."
    ),
    question="Who looks again, before the removal, at whether the person would be in danger there?",
    variants=(
        *_variants(
            "old",
            _FULL,
            "p18.fresh",
            (Plain("stale", "No full decision from the last year was served before.", "no fresh merits", ("path",)),),
        ),
        *_variants(
            "in part",
            _PART,
            None,
            (
                Unexamined(
                    "unexamined",
                    "No full decision on the merits was served before, by any state.",
                    before="path",
                    own_word=("A",),
                ),
            ),
        ),
        *_variants(
            "changed",
            _FULL,
            None,
            (
                Plain(
                    "changed",
                    "Much has changed since where the person fears harm, and no full decision from after that was "
                    "served before.",
                    "situation changed",
                    ("path",),
                ),
            ),
        ),
    ),
    suppressors=("called_off",),
    examples=P18_EXAMPLES,
)
