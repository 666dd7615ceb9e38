"""What a notice of a step says in its facts: as text for a trace, fast, and as values for a timeline or the wire."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

from exchange.domain.codes import NOT_RECORDED
from exchange.domain.kinds import ENUMERATED
from exchange.domain.world.geography import ROLES
from exchange.domain.world.steps import BEGINS, ENDS, Fact, Step

_ROLE: Final = re.compile(r"\{([A-Z])\}")
_DAY: Final = re.compile(r"@(\d+)")
_QUOTED_DAY: Final = re.compile(r'"@(\d+)"')
_LAST_DAY: Final = (ENDS - BEGINS).days + 31
DAYS: Final = tuple((BEGINS + timedelta(days=day)).date().isoformat() for day in range(_LAST_DAY))
"""Every day of the world, and a month more, as a date."""


def facts(step: Step, states: Sequence[str], day: int) -> dict[str, Fact]:
    """Return the facts of a step that happens on a day of the world; `states` are in the order of ROLES."""
    return {member: _fact(value, states, day) for member, value in whole(step).items()}


def whole(step: Step) -> dict[str, Fact]:
    """Return the facts of a step with every member that its kind has, roles and days still to be filled in."""
    return dict.fromkeys(ENUMERATED[step.kind], NOT_RECORDED) | dict(step.facts)


def _fact(value: Fact, states: Sequence[str], day: int) -> Fact:
    if isinstance(value, tuple):
        return tuple(str(_fact(one, states, day)) for one in value)
    number = _DAY.fullmatch(value)
    if number:
        return DAYS[day + int(number[1])]
    return _ROLE.sub(lambda role: states[ROLES.index(role[1])], value)


class Text:
    """The facts of a step as JSON with sorted members, to be filled in with states and days."""

    def __init__(self, step: Step) -> None:
        """Work out all that is the same whoever plays."""
        text = json.dumps(whole(step), sort_keys=True, separators=(",", ":"))
        self._text = _QUOTED_DAY.sub('"%s"', text)
        self._ahead = tuple(int(number) for number in _QUOTED_DAY.findall(text))
        self._roles = tuple(sorted({ROLES.index(role) for role in _ROLE.findall(text)}))
        self._of_states = lru_cache(maxsize=None)(self._with_states)

    def _with_states(self, playing: tuple[str, ...]) -> str:
        text = self._text
        for role, state in zip(self._roles, playing, strict=True):
            text = text.replace(f"{{{ROLES[role]}}}", state)
        return text

    def of(self, states: Sequence[str], day: int) -> str:
        """Return the text for these states, in the order of ROLES, on a day of the world."""
        text = self._of_states(tuple([states[role] for role in self._roles])) if self._roles else self._text
        return text % tuple([DAYS[day + ahead] for ahead in self._ahead]) if self._ahead else text
