"""Stories of people put out or sent straight back: at the border, against a measure, past a remedy or a status."""

from typing import Final

from exchange.domain.world.scenes import (
    appealed,
    arrived,
    asked,
    claimed,
    contacted,
    counsel_claimed,
    decided,
    declined,
    detained,
    granted,
    hold,
    mandate,
    measured,
    ordered,
    planned,
    refused,
    registered,
    removed,
    signed_form,
    stopped,
)
from exchange.domain.world.steps import at, hours
from exchange.domain.world.story import Story, unlawful

_HEARD: Final = (stopped("A"), hours(claimed("A"), 1, 6), registered("A"))
_TO_ORIGIN: Final = (at(planned("A", "O", "air"), 2, 9), at(removed("A", "O", "air"), 5, 6))

BORDER: Final[tuple[Story, ...]] = (
    unlawful(
        "unheard claim, put out",
        6,
        "P01:A P03:A",
        (
            stopped("A"),
            hours(counsel_claimed("A"), 2, 20),
            at(removed("A", "B", act="none"), 1, 3),
            at(arrived("B", "A"), 1, 2),
            registered("B"),
        ),
        "edge",
    ),
    unlawful(
        "claim at the border, nobody takes it up",
        3,
        "P21:A P01:A",
        (
            stopped("A"),
            hours(claimed("A"), 2, 20),
            at(removed("A", "B", act="none"), 1, 3),
            at(arrived("B", "A"), 1, 2),
        ),
        "edge",
    ),
    unlawful(
        "serial refusals",
        3,
        "P02:A P01:A P03:A",
        (
            hours(counsel_claimed("A"), 2, 20),
            at(refused("A", "B"), 1, 2),
            at(refused("A", "B"), 3, 9),
            at(stopped("A", "border_check"), 3, 9),
            at(refused("A", "B"), 3, 9),
        ),
        "edge",
    ),
    unlawful("straight back, unexamined", 4, "P19:A", (*_HEARD, detained("A"), ordered("A", "O"), *_TO_ORIGIN)),
    unlawful(
        "refused back into danger",
        2,
        "P01:A P19:A",
        (stopped("A"), hours(counsel_claimed("A"), 2, 20), at(refused("A", "O"), 1, 3)),
    ),
    unlawful(
        "decision served after the flight",
        2,
        "P19:A",
        (*_HEARD, ordered("A", "O"), decided("A", "rejected"), at(removed("A", "O", "air"), 1, 2)),
    ),
    unlawful(
        "interim measure defied",
        2,
        "P06:A P19:A",
        (*_HEARD, ordered("A", "O"), at(measured("A"), 3, 9), hours(removed("A", "O", "air"), 2, 9)),
    ),
    unlawful(
        "removed with an open remedy",
        3,
        "P07:A",
        (
            *_HEARD,
            decided("A", "rejected"),
            appealed("A"),
            ordered("A", "O"),
            *_TO_ORIGIN,
        ),
    ),
    unlawful(
        "a status elsewhere is ignored",
        3,
        "P08:A",
        (
            registered("B"),
            decided("B", "geneva_convention"),
            at(granted("B"), 5, 9),
            stopped("A", "irregular_stay"),
            ordered("A", "O", "extradition"),
            *_TO_ORIGIN,
        ),
    ),
    unlawful(
        "a mandate refugee is to be extradited",
        1,
        "P08:A",
        (stopped("B"), mandate("B"), stopped("A", "irregular_stay"), ordered("A", "O", "extradition")),
    ),
    unlawful(
        "the embassy is asked while the claim is open",
        2,
        "P15:A",
        (*_HEARD, detained("A"), contacted("A")),
    ),
    unlawful(
        "a doubtful voluntary return",
        2,
        "P16:A P19:A",
        (*_HEARD, detained("A"), hours(signed_form("A", doubtful=True), 5, 9), at(removed("A", "O", "air"), 1, 2)),
    ),
    unlawful(
        "stale merits",
        2,
        "P18:A",
        (
            *_HEARD,
            decided("A", "rejected"),
            at(stopped("A", "irregular_stay"), 450, 600),
            ordered("A", "O"),
            *_TO_ORIGIN,
        ),
    ),
    unlawful(
        "merits examined in part",
        2,
        "P18:A P19:A",
        (*_HEARD, decided("A", "rejected", "partial"), ordered("A", "O"), *_TO_ORIGIN),
    ),
    unlawful(
        "named one state, sent to another",
        2,
        "P10:A",
        (*_HEARD, decided("A", "rejected"), ordered("A", "O"), removed("A", "B"), at(arrived("B", "A"), 1, 2)),
    ),
    unlawful(
        "sent where readmission was refused",
        2,
        "P10:A",
        (
            *_HEARD,
            asked("A", "B"),
            declined("B", "A"),
            ordered("A", "B"),
            removed("A", "B"),
            at(arrived("B", "A"), 1, 2),
        ),
        "edge",
    ),
    unlawful(
        "a hold is not answered",
        2,
        "P22:A",
        (*_HEARD, decided("A", "rejected"), ordered("A", "O"), planned("A", "O", "air"), hours(hold("D", "A"), 2, 8)),
    ),
)
"""A remedy stays open when nothing is told of its end; a claim, when nothing is told of a decision."""
