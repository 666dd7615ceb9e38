"""P08: another state protects the person, and it is ignored."""

from dataclasses import replace
from typing import Final

from exchange.domain.patterns.algebra import Absent, Act, Among, Apart, Clause, First, Not, Pattern, Variant
from exchange.domain.patterns.examples_p08 import P08_EXAMPLES
from exchange.domain.patterns.examples_p08_host import P08_BY_THE_HOST

_PROTECTED = First("protection", "{S} gave the person protection, or UNHCR did there.", Act("protection given", "S"))
_STANDS = Absent(
    "stands",
    "That protection was not withdrawn in between.",
    Act("protection ended", "S"),
    since="protection",
    until="path",
    own_word=("A",),
    ending=True,
)
_MANDATE = First(
    "protection",
    "UNHCR recognised the person in {A} as a refugee under its mandate.",
    Act("mandate given", "A"),
)
_MANDATE_STANDS = replace(_STANDS, words="UNHCR has not ended that in between.", act=Act("protection ended", "A"))
_DANGER = Among("danger", "{C} is a state where the person fears harm.", "C", of="danger")
_NOT_DANGER = Not("elsewhere", "{C} is not a state where the person fears harm, but may pass them on.", _DANGER)
_ELSEWHERE = (
    _NOT_DANGER,
    Apart("not_there", "{C} is not the state that protects.", "C", "S"),
    Apart("another", "{A} is not the state that protects.", "A", "S"),
    Absent(
        "not_asked",
        "{A} had not asked {S} before.",
        Act("asked about", "A", "S"),
        since=None,
        until="path",
        own_word=("A",),
    ),
)
_SENT_ON = (
    _NOT_DANGER,
    Absent(
        "not_asked",
        "{A} had not asked UNHCR before.",
        Act("UNHCR asked", "A"),
        since=None,
        until="path",
        own_word=("A",),
    ),
    _MANDATE_STANDS,
)
_PLAN = "{A} then decided or planned to send the person to {C}."
_LEG = "{A} then sent the person to {C}."


def _variant(name: str, path: tuple[str, str], severity: str, stage: str, more: tuple[Clause, ...]) -> Variant:
    towards = First("path", path[1], Act(path[0], "A", "C"), after="protection")
    return Variant(
        name=name,
        severity=severity,
        stage=stage,
        clauses=(_PROTECTED, towards, *more, _STANDS),
        acting=("A",),
        complained_of=("A",),
        destination="C",
        main="path",
        anchor="path",
        anchored="way",
    )


def _by_the_host(name: str, path: tuple[str, str], stage: str) -> Variant:
    """Return a variant for a refugee under UNHCR's mandate whom the host state itself sends on."""
    made = _variant(name, path, "high", stage, ())
    return replace(made, clauses=(_MANDATE, made.clauses[1], *_SENT_ON))


_BACK = _variant("back", ("plan or leg", ""), "info", "risk", ())

P08: Final = Pattern(
    id="P08",
    version=1,
    family="p08",
    title="Status elsewhere ignored",
    meaning=(
        "A state sends the person away, or means to, although another state or UNHCR protects them. To a feared state "
        "it must not; to any other, the state that protects knows best what would happen; or UNHCR does, where the "
        "host state itself sends on somebody whom UNHCR recognised. Only who gave protection ends it; of another's, "
        "the state that sends the person says so in vain."
    ),
    ground="CJEU, C-352/22; IACtHR, Pacheco Tineo; ECtHR, Shiksaitov v. Slovakia, Abdolkhani v. Turkey; on a return to "
    "the protecting state CJEU, Jawo; CAT, Harun v. Switzerland",
    false_alarms="The protection was withdrawn and the notice of it is missing; the state that protects was asked by "
    "another way.",
    question="Ask the state that protects: does the status stand, and what do you know? Hold until it replies.",
    variants=(
        _variant("into danger, plan", ("plan", _PLAN), "critical", "imminent", (_DANGER,)),
        _variant("into danger", ("leg", _LEG), "critical", "done", (_DANGER,)),
        _variant("elsewhere, plan", ("plan", _PLAN), "high", "imminent", _ELSEWHERE),
        _variant("elsewhere", ("leg", _LEG), "high", "done", _ELSEWHERE),
        _by_the_host("by the host, plan", ("plan", _PLAN), "imminent"),
        _by_the_host("by the host", ("leg", _LEG), "done"),
        replace(
            _BACK,
            clauses=(
                _PROTECTED,
                First(
                    "path",
                    "{A} then sent the person back to {S}, or planned to.",
                    Act("plan or leg", "A", "S"),
                    after="protection",
                ),
                _STANDS,
            ),
            destination="S",
        ),
    ),
    suppressors=("S3", "called_off"),
    examples=(*P08_EXAMPLES, *P08_BY_THE_HOST),
)
