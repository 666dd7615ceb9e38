"""Stories of people passed on from state to state, and examined by none."""

from typing import Final

from exchange.domain.world.scenes import (
    agreed,
    appealed,
    arrived,
    asked,
    assured,
    claimed,
    counsel_claimed,
    detained,
    discontinued,
    dismissed,
    inadmissible,
    inquired,
    not_taken,
    ordered,
    planned,
    refused,
    registered,
    released,
    removed,
    stopped,
)
from exchange.domain.world.steps import at, hours
from exchange.domain.world.story import Story, unlawful

_HEARD: Final = (stopped("A"), hours(claimed("A"), 1, 6), registered("A"))
_READMITTED: Final = (
    asked("A", "B"),
    agreed("B", "A"),
    ordered("A", "B", "readmission"),
    at(planned("A", "B"), 1, 3),
    at(removed("A", "B", act="readmission_agreement"), 5, 6),
    at(arrived("B", "A"), 1, 2),
)

PATH: Final[tuple[Story, ...]] = (
    unlawful(
        "third country, merits never examined",
        6,
        "P03:A",
        (*_HEARD, inadmissible("A", "B"), appealed("A", "none"), dismissed("A", "none"), *_READMITTED, registered("B")),
        "edge",
    ),
    unlawful(
        "third country outside the exchange",
        3,
        "P03:A",
        (*_HEARD, inadmissible("A", "B"), ordered("A", "B"), planned("A", "B"), at(removed("A", "B"), 5, 6)),
        "outer",
    ),
    unlawful(
        "found inadmissible, and waiting", 2, "P03:A", (*_HEARD, inadmissible("A", "B"), detained("A"), released("A"))
    ),
    unlawful(
        "chain completed, into danger",
        5,
        "P04:BA",
        (
            *_HEARD,
            *_READMITTED,
            detained("B"),
            ordered("B", "O"),
            planned("B", "O", "air"),
            at(removed("B", "O", "air"), 5, 6),
        ),
    ),
    unlawful(
        "chain completed, into a third state",
        4,
        "P04:BA",
        (*_HEARD, *_READMITTED, not_taken("B"), ordered("B", "C"), at(removed("B", "C"), 5, 6)),
    ),
    unlawful(
        "chain completed, no claim on record",
        2,
        "P04:BA",
        (
            stopped("A"),
            at(removed("A", "B", act="readmission_agreement"), 1, 2),
            at(arrived("B", "A"), 1, 2),
            detained("B"),
            at(removed("B", "O", "air"), 20, 60),
        ),
        "edge",
    ),
    unlawful(
        "chain imminent",
        4,
        "P05:BA",
        (*_HEARD, *_READMITTED, at(registered("B"), 2, 4), ordered("B", "O"), planned("B", "O", "air")),
    ),
    unlawful(
        "standing order",
        4,
        "P05:BA",
        (
            stopped("B"),
            hours(claimed("B"), 1, 6),
            registered("B"),
            discontinued("B"),
            ordered("B", "O"),
            registered("A"),
            inquired("A", "B"),
            planned("A", "B"),
        ),
    ),
    unlawful(
        "handed over without a decision",
        3,
        "P11:A",
        (stopped("A"), hours(removed("A", "B", act="none"), 4, 20), at(arrived("B", "A"), 1, 2)),
        "edge",
    ),
    unlawful(
        "assurance broken",
        2,
        "P12:A P04:BA",
        (
            *_HEARD,
            asked("A", "B"),
            agreed("B", "A"),
            assured("B", "A"),
            *_READMITTED[2:],
            at(removed("B", "C"), 20, 60),
        ),
    ),
    unlawful(
        "lost after handover",
        4,
        "P13:A",
        (*_HEARD, *_READMITTED[:-1]),
    ),
    unlawful(
        "no procedure after return",
        3,
        "P14:B",
        (*_HEARD, *_READMITTED, at(detained("B"), 1, 3), ordered("B", "O")),
    ),
    unlawful(
        "nobody examines",
        3,
        "P09:AB",
        (*_HEARD, inadmissible("A", "B"), *_READMITTED, not_taken("B"), stopped("D"), at(registered("D"), 3, 9)),
    ),
    unlawful(
        "in orbit",
        3,
        "P17:AB",
        (
            counsel_claimed("A"),
            at(removed("A", "B", act="none"), 1, 3),
            at(arrived("B", "A"), 1, 2),
            at(refused("B", "A"), 9, 30),
            at(stopped("A"), 1, 2),
            at(removed("A", "B", act="none"), 2, 9),
            at(arrived("B", "A"), 1, 2),
        ),
    ),
)
