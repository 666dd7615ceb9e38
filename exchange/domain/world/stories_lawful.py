"""Stories in which nobody may be alarmed: full procedures, and what only looks like a chain."""

from typing import Final

from exchange.domain.world.scenes import (
    agreed,
    appealed,
    arrived,
    asked,
    cancelled,
    claimed,
    decided,
    detained,
    dismissed,
    granted,
    held,
    hold,
    inadmissible,
    informed,
    inquired,
    interviewed,
    measured,
    ordered,
    planned,
    registered,
    released,
    removed,
    renewed,
    signed_form,
    stopped,
)
from exchange.domain.world.steps import Step, at, hours, told
from exchange.domain.world.story import Story, lawful

_HEARD: Final = (stopped("A"), hours(claimed("A"), 1, 6), registered("A"))
_REJECTED: Final = (*_HEARD, decided("A", "rejected"), appealed("A"), dismissed("A"))
_PROMISED: Final = "full_merits"


def _examined(by: str) -> tuple[Step, ...]:
    """The state that takes the person opens a procedure at once, examines the claim and grants protection."""
    return (
        at(arrived(by, "A", "yes"), 1, 2),
        at(registered(by), 1, 4),
        decided(by, "subsidiary_protection"),
        at(granted(by), 5, 9),
    )


LAWFUL: Final[tuple[Story, ...]] = (
    lawful(
        "full procedure, then return",
        30,
        (
            *_REJECTED,
            ordered("A", "O"),
            detained("A"),
            at(planned("A", "O", "air"), 1, 3),
            at(removed("A", "O", "air"), 5, 6),
        ),
        vulnerable=True,
    ),
    lawful(
        "protection granted",
        28,
        (
            *_HEARD,
            detained("A"),
            released("A"),
            decided("A", "geneva_convention"),
            at(granted("A"), 5, 9),
            renewed("A"),
        ),
        vulnerable=True,
    ),
    lawful(
        "still in procedure",
        14,
        (*_HEARD, inquired("A", "D"), informed("D", "A", "no_hit"), detained("A"), released("A")),
        vulnerable=True,
    ),
    lawful(
        "Dublin transfer, examined in time",
        9,
        (
            stopped("B"),
            registered("A"),
            asked("A", "B", "take_charge"),
            agreed("B", "A", "take_charge", _PROMISED),
            at(inadmissible("A", "B", "dublin"), 1, 3),
            at(planned("A", "B"), 1, 2),
            at(removed("A", "B"), 5, 6),
            *_examined("B"),
        ),
        pairs="union",
    ),
    lawful(
        "readmission, promise kept",
        6,
        (
            *_HEARD,
            asked("A", "B"),
            agreed("B", "A", intended=_PROMISED),
            at(planned("A", "B"), 1, 3),
            at(removed("A", "B", act="readmission_agreement"), 5, 6),
            *_examined("B"),
        ),
        pairs="edge",
    ),
    lawful(
        "asked about fear, said no",
        8,
        (
            interviewed("A"),
            at(asked("A", "B"), 1, 2),
            at(agreed("B", "A"), 1, 2),
            at(ordered("A", "B", "readmission"), 1, 2),
            at(removed("A", "B", act="readmission_agreement"), 3, 5),
            at(arrived("B", "A"), 1, 2),
        ),
        pairs="edge",
    ),
    lawful(
        "examined, then returned to a third country",
        6,
        (
            *_REJECTED,
            asked("A", "B"),
            agreed("B", "A"),
            ordered("A", "B"),
            planned("A", "B"),
            at(removed("A", "B"), 5, 6),
            at(arrived("B", "A"), 1, 2),
        ),
    ),
    lawful(
        "voluntary return with counsel",
        7,
        (*_REJECTED, ordered("A", "O"), signed_form("A", doubtful=False), removed("A", "O", "air")),
    ),
    lawful(
        "back to the state that protects",
        4,
        (
            registered("B"),
            decided("B", "geneva_convention"),
            at(granted("B"), 5, 9),
            stopped("A", "irregular_stay"),
            inquired("A", "B"),
            informed("B", "A"),
            asked("A", "B", "take_back"),
            agreed("B", "A", "take_back"),
            ordered("A", "B", "irregular_stay"),
            planned("A", "B"),
            at(removed("A", "B"), 5, 6),
            at(arrived("B", "A"), 1, 2),
        ),
        pairs="union",
    ),
    lawful(
        "interim measure complied with",
        3,
        (
            *_HEARD,
            detained("A"),
            at(measured("A"), 1, 3),
            released("A"),
            decided("A", "rejected"),
            told(measured("A", "lifted")),
            ordered("A", "O"),
            at(planned("A", "O", "air"), 1, 3),
            at(removed("A", "O", "air"), 5, 6),
        ),
    ),
    lawful(
        "hold asked and kept",
        3,
        (
            *_HEARD,
            decided("A", "rejected"),
            ordered("A", "O"),
            planned("A", "O", "air"),
            hours(hold("D", "A"), 2, 8),
            hours(held("A", "D"), 2, 8),
            at(cancelled("A", "O"), 1, 2),
        ),
    ),
)
