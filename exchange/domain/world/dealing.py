"""Deal a person: a story, the states that play in it, when each thing happens, and when it was told.

A person is decided by the seed and their number alone, so a larger world begins with the same persons. Random numbers
are drawn with `random()` only, which Python keeps the same from version to version.
"""

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from exchange.domain.edtf import Interval
from exchange.domain.members import STATES as MEMBERS
from exchange.domain.patterns.changes import CHANGED
from exchange.domain.timeline import Event, Timeline, build
from exchange.domain.world.geography import CASTINGS, ORIGIN
from exchange.domain.world.plans import BLOCK, NOBODY, Told, plan
from exchange.domain.world.steps import BEGINS, ENDS
from exchange.domain.world.stories import LAWFUL_SHARE, TOGETHER, Mix
from exchange.domain.world.story import Story
from exchange.domain.world.telling import facts

Dice = Callable[[], float]
MICRO: Final = 1_000_000
MINUTE: Final = 60 * MICRO
DAY: Final = 24 * 60 * MINUTE
MINUTES_OF_A_DAY: Final = 24 * 60
MOST: Final = 1 << 32
"""Persons and seeds are below this."""
ROOM: Final = 128
"""References of one person: no person has as many notices."""
GROUP: Final = 8
"""Persons with consecutive numbers who may be refused together."""
_GROUPS: Final = 1 << 80
LEAST_EVENTS, MOST_EVENTS = 12.0, 40.0
_MINUTES: Final = int((ENDS - BEGINS).total_seconds()) // 60
_AFTERWARDS: Final = 120 * MINUTES_OF_A_DAY
"""Minutes between the last event and the end of the world: late notices have come by then."""
_CARE: Final = (
    "torture_survivor",
    "serious_illness",
    "pregnant",
    "children_in_family",
    "disability",
    "sgbv",
    "elderly",
)
_CARED: Final = 0.15
_CONFIRMED: Final = 0.5
_DENIED: Final = 0.3


@dataclass(frozen=True, slots=True)
class World:
    """What decides a world. `noise` scales how often notices are late, twice, missing and so on; 0 is none.

    `events` is the mean number of a person's events, between LEAST_EVENTS and MOST_EVENTS.
    """

    seed: int
    mix: Mix = field(default_factory=lambda: Mix(LAWFUL_SHARE))
    events: float = 17.0
    noise: float = 1.0

    @property
    def stays(self) -> float:
        """Stays in other states before a story, on the average, that bring the mean to `events`."""
        return max(0.0, (self.events - self.mix.steps) / BLOCK)


@dataclass(slots=True)
class Dealt:
    """A person. The lists run in parallel, one entry for each notice; times are microseconds since BEGINS.

    `alias` marks the notices that are of `person + 1` as long as nobody has linked the two; that is at `linked`.
    `group` numbers the persons who were refused together.
    """

    person: int
    story: Story
    states: tuple[str, ...]
    safeguards: tuple[str, ...]
    grade: str
    told: list[Told]
    earliest: list[int]
    latest: list[int]
    exact: list[bool]
    recorded: list[int]
    texts: list[str]
    alias: list[bool]
    noise: list[str] = field(default_factory=list)
    linked: int | None = None
    group: int | None = None

    @property
    def columns(self) -> tuple[list[Any], ...]:
        """All that is said of each notice, list by list."""
        return self.told, self.earliest, self.latest, self.exact, self.recorded, self.texts, self.alias

    @property
    def danger(self) -> str:
        """The state that the person fears: that of their origin."""
        return self.states[ORIGIN]

    @property
    def never(self) -> tuple[str, ...]:
        """Patterns that may not show as high or critical, but for what is right to show all the same.

        P18: much changed in the state of origin while the procedure ran.
        """
        changed = CHANGED.get(self.danger)
        known = {"P18"} if changed and moment(self.earliest[0]) < changed < moment(max(self.latest)) else set()
        return tuple(pattern for pattern in self.story.never if pattern not in known)

    def order(self) -> list[int]:
        """Return the places of the notices in the order of the ledger."""
        return sorted(range(len(self.told)), key=self.recorded.__getitem__)

    def timeline(self) -> Timeline:
        """Return the whole timeline, as it is when all is linked."""
        events = tuple(self._event(place, number) for number, place in enumerate(self.order()))
        return build(events, frozenset({self.danger}), frozenset(self.safeguards), MEMBERS)

    def said(self, place: int) -> dict[str, str | tuple[str, ...]]:
        """Return the facts of a notice."""
        return facts(self.told[place].step, self.states, self.middle_day(place))

    def middle_day(self, place: int) -> int:
        """Return the day of the world on which a notice says that it happened; the middle of an approximate time."""
        return (self.earliest[place] + self.latest[place]) // 2 // DAY

    def _event(self, place: int, number: int) -> Event:
        told = self.told[place]
        return Event(
            ref=self.person * ROOM + number,
            kind=told.step.kind,
            state=self.states[told.by],
            counterpart=None if told.to == NOBODY else self.states[told.to],
            when=Interval(moment(self.earliest[place]), moment(self.latest[place]), self.exact[place]),
            recorded=moment(self.recorded[place]),
            index=self.recorded[place] + number,
            author_state=self.states[told.told_by],
            author_kind=told.step.author,
            source=told.step.source,
            grade=self.grade,
            facts=self.said(place),
        )


def moment(micro: int) -> datetime:
    """Return a moment of the world."""
    return BEGINS + timedelta(microseconds=micro)


class Dealer:
    """Deals persons of one world."""

    def __init__(self, world: World) -> None:
        """Make ready what is the same for all persons."""
        self.world = world
        self._random = random.Random()  # noqa: S311 -- an invented world is no secret
        self.dice: Dice = self._random.random
        self._stays = 2 * world.stays
        self._group = -1
        self._common: _Common | None = None

    def deal(self, serial: int) -> Dealt:
        """Return the person with a number. The notices are in the order of the story; `noise` goes on from there."""
        common = self._of_group(serial // GROUP)
        self._random.seed(self.world.seed * MOST + serial)
        dice, mix = self.dice, self.world.mix
        story = mix.stories[min(bisect_right(mix.sums, dice()), len(mix.stories) - 1)]
        states = _play(story, dice)
        if common is not None:
            story, states = TOGETHER, common.states
        cared = story.vulnerable and dice() < _CARED
        denied = story.deniable and dice() < _DENIED * self.world.noise
        stays = dice() * self._stays
        blocks = int(stays) + (dice() < stays % 1)
        told = plan(story, blocks, cared=cared, denied=denied)
        happened = _happen(told, states, dice, common.minute if common else None)
        safeguards = (_CARE[int(dice() * len(_CARE))],) if cared else ()
        grade = "confirmed" if dice() < _CONFIRMED else "probable"
        dealt = Dealt(2 * serial, story, states, safeguards, grade, list(told), *happened, [False] * len(told))
        if denied:
            dealt.noise.append("contradictory")
        if common is not None:
            dealt.group = serial // GROUP
        return dealt

    def _of_group(self, group: int) -> "_Common | None":
        """Return what the persons of a group share, when all of them were refused together."""
        if group != self._group:
            self._random.seed(_GROUPS + self.world.seed * MOST + group)
            self._group, self._common = group, None
            if self.dice() < self.world.mix.together:
                minute = int((1 + self.dice()) / 2 * (_MINUTES - _AFTERWARDS))
                self._common = _Common(_play(TOGETHER, self.dice), minute)
        return self._common


@dataclass(frozen=True, slots=True)
class _Common:
    """Who plays in a group, and the minute at which the first of them is refused."""

    states: tuple[str, ...]
    minute: int


def _play(story: Story, dice: Dice) -> tuple[str, ...]:
    casting = CASTINGS[story.pairs]
    cast = casting.casts[bisect_right(casting.sums, int(dice() * casting.whole))]
    return cast.states(cast.others[int(dice() * len(cast.others))])


Happened = tuple[list[int], list[int], list[bool], list[int], list[str]]
"""Earliest, latest, exact, recorded, texts."""


def _happen(plan: tuple[Told, ...], states: tuple[str, ...], dice: Dice, end: int | None) -> Happened:
    """Let the steps happen, one after the other, and be told soon after, in the same order.

    `end` is the minute of the last one, where that is given.
    """
    after = list(accumulate([one.least + int(dice() * one.span) for one in plan]))
    begun = int(dice() * (_MINUTES - _AFTERWARDS - after[-1])) if end is None else end - after[-1]
    earliest, latest, recorded, texts = [], [], [], []
    previous = 0
    for one, minutes in zip(plan, after, strict=True):
        at = begun + minutes
        day = at // MINUTES_OF_A_DAY
        if one.to_the_minute:
            first = last = at * MINUTE
            known = first + 2 * MINUTE + int(dice() * 2400) * MICRO
        else:
            first = day * DAY
            last = first + DAY - 1
            known = last + 1 + int(dice() * 86400) * MICRO
        previous = max(known, previous + MICRO)
        earliest.append(first)
        latest.append(last)
        recorded.append(previous)
        texts.append(one.text.of(states, day))
    return earliest, latest, [True] * len(plan), recorded, texts
