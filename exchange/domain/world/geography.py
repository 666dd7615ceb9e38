"""Who passes whom to whom: the ten states, their neighbours, and where people flee from.

Weights are engineering choices: the pairs are real borders, the figures are nobody's statistics.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType
from typing import Final

from exchange.domain.members import STATES as MEMBERS
from exchange.domain.members import in_union
from exchange.domain.world.steps import ENDS

MONITOR_STATE: Final = "UNO"
ROLES: Final = "ABCDOMP"
"""A passes on to B, B on to C; D is another member; O the person is from; M is the state of the monitor; P is no state,
but a post of A."""
ORIGIN, POST = ROLES.index("O"), ROLES.index("P")
_POSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BLR": "BYBQT",
        "EST": "EENRV",
        "HUN": "HUZAH",
        "LTU": "LTMED",
        "LVA": "LVTHV",
        "MDA": "MDPAL",
        "POL": "PLTER",
        "ROU": "ROSIR",
        "SVK": "SKVNE",
        "UKR": "UACHO",
    }
)
"""State -> a border post, in the form of UN/LOCODE."""
_PAIRS: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType(
    {
        "SVK": {"UKR": 9, "HUN": 3, "POL": 2},
        "POL": {"BLR": 9, "UKR": 7, "LTU": 3, "SVK": 2},
        "HUN": {"UKR": 5, "ROU": 5, "SVK": 2},
        "ROU": {"UKR": 4, "MDA": 5, "HUN": 3},
        "LTU": {"BLR": 8, "POL": 4, "LVA": 3},
        "LVA": {"BLR": 6, "LTU": 3, "EST": 2},
        "EST": {"LVA": 3},
        "UKR": {"MDA": 2, "ROU": 1, "BLR": 1},
        "MDA": {"UKR": 4, "ROU": 1},
        "BLR": {"UKR": 2, "LTU": 1},
    }
)
"""State -> neighbours among the members, and how often somebody is passed that way."""
_OUTER: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType(
    {
        "HUN": {"SRB": 9, "AUT": 2, "HRV": 2, "SVN": 1},
        "ROU": {"SRB": 4, "BGR": 3, "TUR": 2},
        "SVK": {"AUT": 2, "CZE": 2},
        "POL": {"DEU": 4, "CZE": 2},
        "LTU": {"DEU": 2, "TUR": 1},
        "LVA": {"RUS": 3, "TUR": 1},
        "EST": {"RUS": 3, "FIN": 1},
        "UKR": {"TUR": 3, "RUS": 1},
        "MDA": {"TUR": 3},
        "BLR": {"RUS": 5, "TUR": 1},
    }
)
"""State -> states outside the exchange to which it passes people."""
_ORIGINS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "AFG": 16,
        "SYR": 14,
        "IRQ": 10,
        "IRN": 6,
        "RUS": 6,
        "TUR": 5,
        "SOM": 4,
        "YEM": 3,
        "PAK": 3,
        "BGD": 2,
        "ERI": 2,
        "COD": 2,
        "TJK": 2,
        "BLR": 2,
        "UKR": 1,
    }
)
GROUPS: Final = ("any", "union", "edge", "outer")
"""How A and B stand to each other: any two members; both in the Union; the Union's edge; B outside the exchange."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Which states play the roles A, B, C and O of a story; `others` are the members that may play D."""

    a: str
    b: str
    c: str
    o: str
    others: tuple[str, ...]

    def states(self, other: str) -> tuple[str, ...]:
        """Return who plays, in the order of ROLES, with D as given."""
        return (self.a, self.b, self.c, other, self.o, MONITOR_STATE, _POSTS[self.a])


@dataclass(frozen=True, slots=True)
class Casting:
    """Casts of a group, each with the running sum of weights: a number below `whole` names one."""

    casts: tuple[Cast, ...]
    sums: tuple[int, ...]

    @property
    def whole(self) -> int:
        """The sum of all weights."""
        return self.sums[-1]


def _union(state: str) -> bool:
    return in_union(state, ENDS)


def _pairs(group: str) -> Iterator[tuple[str, str, int]]:
    table = _OUTER if group == "outer" else _PAIRS
    for a, towards in table.items():
        for b, weight in towards.items():
            inside = (_union(a), _union(b))
            if group in {"any", "outer"} or inside == {"union": (True, True), "edge": (True, False)}[group]:
                yield a, b, weight


def _casting(group: str) -> Casting:
    found: list[tuple[Cast, int]] = []
    for a, b, often in _pairs(group):
        onward = {**_PAIRS.get(b, {}), **_OUTER.get(b, {"TUR": 1, "SRB": 1})}
        for c, next_often in onward.items():
            for o, from_there in _ORIGINS.items():
                if len({a, b, c, o}) == 4:  # noqa: PLR2004 -- four roles, four states
                    others = tuple(sorted(MEMBERS - {a, b, c, o}))
                    found.append((Cast(a, b, c, o, others), often * next_often * from_there))
    return Casting(tuple(cast for cast, _ in found), tuple(accumulate(weight for _, weight in found)))


CASTINGS: Final[Mapping[str, Casting]] = MappingProxyType({group: _casting(group) for group in GROUPS})
WORDS: Final = tuple(sorted({*MEMBERS, MONITOR_STATE, *_ORIGINS, *(s for to in _OUTER.values() for s in to), "SRB"}))
"""Every state that a trace can name."""
PLACE: Final[Mapping[str, int]] = MappingProxyType({state: place for place, state in enumerate(WORDS)})
