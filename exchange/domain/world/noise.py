"""What goes wrong between an event and its notice: late, twice, missing, about a time, of a person thought to be two.

The truth about the person stays what it is: whoever reads a trace has it when all is in and linked.
"""

from collections.abc import Callable
from typing import Final

from exchange.domain.world.dealing import DAY, MICRO, Dealt, Dice
from exchange.domain.world.plans import by_monitor

RATES: Final = {
    "late": 0.10,
    "duplicate": 0.08,
    "leg_twice": 0.02,
    "approximate": 0.06,
    "missing": 0.03,
    "split": 0.04,
}
"""Share of persons; what is contradictory is dealt with the story (`plans`)."""
STRONG: Final = frozenset({"missing", "split"})
"""Noise with which the truth need not be found."""
_LATE_DAYS, _TWICE_DAYS, _LINK_DAYS = (3, 40), (1, 10), (5, 60)
_ABOUT: Final = 3 * DAY


def disturb(dealt: Dealt, dice: Dice, scale: float) -> Dealt:
    """Disturb some of the persons, in place; `scale` multiplies the rates."""
    for name, rate in RATES.items():
        if dice() < rate * scale and _KINDS[name](dealt, dice):
            dealt.noise.append(name)
    return dealt


def _days(between: tuple[int, int], dice: Dice) -> int:
    least, most = between
    return (least * 86400 + int(dice() * (most - least) * 86400)) * MICRO


def _one(places: list[int], dice: Dice) -> int:
    return places[int(dice() * len(places))]


def _late(dealt: Dealt, dice: Dice) -> bool:
    soft = [place for place, told in enumerate(dealt.told) if told.soft]
    if soft:
        dealt.recorded[_one(soft, dice)] += _days(_LATE_DAYS, dice)
    return bool(soft)


def _twice(dealt: Dealt, dice: Dice) -> bool:
    """Tell one thing again: for each column the same once more, but told later."""
    able = [place for place, told in enumerate(dealt.told) if told.twice]
    if able:
        place = _one(able, dice)
        for column in dealt.columns:
            column.append(column[place])
        dealt.recorded[-1] += _days(_TWICE_DAYS, dice)
    return bool(able)


def _leg_twice(dealt: Dealt, dice: Dice) -> bool:
    """Let the monitor tell of a removal that its state tells of: two notices, one removal."""
    legs = [place for place, told in enumerate(dealt.told) if told.step.kind == "removal_executed"]
    if legs:
        place = _one(legs, dice)
        for column in dealt.columns:
            column.append(column[place])
        dealt.told[-1] = by_monitor(dealt.told[place])
        dealt.recorded[-1] += _days(_TWICE_DAYS, dice)
    return bool(legs)


def _about(dealt: Dealt, dice: Dice) -> bool:
    """Let a day be about that day (EDTF `~`)."""
    soft = [place for place, told in enumerate(dealt.told) if told.soft and dealt.earliest[place] >= _ABOUT]
    if soft:
        place = _one(soft, dice)
        dealt.earliest[place] -= _ABOUT
        dealt.latest[place] += _ABOUT
        dealt.exact[place] = False
        dealt.recorded[place] = max(dealt.recorded[place], dealt.latest[place] + MICRO)
    return bool(soft)


def _missing(dealt: Dealt, dice: Dice) -> bool:
    place = int(dice() * len(dealt.told))
    for column in dealt.columns:
        del column[place]
    return True


def _split(dealt: Dealt, dice: Dice) -> bool:
    """Let the notices of the last authority be of somebody else, until a link is made."""
    tellers = [(told.told_by, told.step.author) for told in dealt.told]
    others = [teller for teller in tellers if teller != tellers[0]]
    if others:
        dealt.alias = [teller == others[-1] for teller in tellers]
        dealt.linked = max(dealt.recorded) + _days(_LINK_DAYS, dice)
    return bool(others)


_KINDS: Final[dict[str, Callable[[Dealt, Dice], bool]]] = {
    "late": _late,
    "duplicate": _twice,
    "leg_twice": _leg_twice,
    "approximate": _about,
    "missing": _missing,
    "split": _split,
}
