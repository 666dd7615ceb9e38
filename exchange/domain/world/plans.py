"""A story made ready: worked out once, so that each person costs little."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from exchange.domain.kinds import KINDS
from exchange.domain.world.geography import ROLES
from exchange.domain.world.scenes import (
    counsel_claimed,
    detained,
    informed,
    inquired,
    interviewed,
    released,
    stopped,
    vulnerable,
)
from exchange.domain.world.steps import DAY, LEGS, Step, at, hours
from exchange.domain.world.steps import told as told_by_monitor
from exchange.domain.world.story import Story
from exchange.domain.world.telling import Text

MINUTES: Final = 60
NOBODY: Final = -1
KIND: Final = {kind: place for place, kind in enumerate(KINDS)}
_FIRM: Final = LEGS | frozenset(
    {
        "merits_decision",
        "admissibility_decision",
        "protection_status",
        "responsibility_request",
        "responsibility_reply",
        "return_decision",
        "removal_planned",
        "claim_registered",
        "arrival",
        "remedy",
        "interim_measure",
        "hold_request",
        "voluntary_return",
    }
)
"""What a lawful story rests on: that these were told in time."""
_SINGLE: Final = LEGS | {"hold_request", "claim_not_taken", "information_request", "information_reply"}
"""Kinds of which a second notice would be read as a second act, or as the answer to another question."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A step made ready. Roles are places in ROLES, or NOBODY; times are in minutes.

    `least` and `span` say how long after the step before. `soft` says that it may come late, or with an approximate
    time; `twice` that it may come twice.
    """

    step: Step
    kind: int
    by: int
    to: int
    told_by: int
    text: Text
    least: int
    span: int
    to_the_minute: bool
    soft: bool
    twice: bool


_BLOCK: Final = (
    at(stopped("D", "irregular_stay"), 5, 20),
    at(detained("D"), 1, 2),
    at(released("D"), 2, 9),
    at(inquired("D", "A"), 2, 9),
    at(informed("A", "D"), 2, 20),
)
"""A stay in another state before the story: guards meet the person, and one office asks another."""
BLOCK: Final = len(_BLOCK)


def _denied(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Let border guards note that the person fears nothing, and counsel say the opposite."""
    heard = [place for place, step in enumerate(steps) if step.kind == "claim_expressed"]
    first = heard[0] if heard else 0
    by = steps[first].by
    claim = replace(counsel_claimed(by), gap=steps[first].gap)
    return (*steps[:first], hours(interviewed(by), 1, 3), claim, *steps[first + 1 :])


@cache
def plan(story: Story, blocks: int, *, cared: bool, denied: bool) -> tuple[Told, ...]:
    """Return a story with stays before it, perhaps a notice of safeguards, perhaps a denial by border guards."""
    own = _denied(story.steps) if denied else story.steps
    care = (hours(vulnerable(own[0].by), 1, 3),) if cared else ()
    before = tuple(step for _ in range(blocks) for step in _BLOCK)
    first = at(own[0], 21, 60) if before else own[0]
    steps = (*before, first, *care, *own[1:])
    return tuple(_made(step, after, lawful=story.lawful) for step, after in zip(steps, (*steps[1:], None), strict=True))


def _made(step: Step, after: Step | None, *, lawful: bool) -> Told:
    quick = step.gap[0] < DAY or (after is not None and after.gap[0] < DAY)
    firm = lawful and step.kind in _FIRM
    least, most = step.gap
    return Told(
        step=step,
        kind=KIND[step.kind],
        by=ROLES.index(step.by),
        to=ROLES.index(step.to) if step.to else NOBODY,
        told_by=ROLES.index(step.told_by or step.by),
        text=Text(step),
        least=least * MINUTES,
        span=(most - least) * MINUTES,
        to_the_minute=quick,
        soft=not firm and not quick,
        twice=not firm and step.kind not in _SINGLE,
    )


@cache
def by_monitor(one: Told) -> Told:
    """Return a step as the monitor tells it, from what it saw itself."""
    return replace(one, step=told_by_monitor(one.step, "own_act"), told_by=ROLES.index("M"))
