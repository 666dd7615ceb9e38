"""P20, the collective pattern: many put out at one post on one day, and nobody looked at any one of them.

Judged over places and days, never over a person; it names nobody and no notice, and is told to monitors alone. Hirsi
Jamaa v. Italy, Sharifi v. Italy and Greece, Conka v. Belgium, M.K. v. Poland. Limits: N.D. and N.T. v. Spain, A.A. v.
North Macedonia, Asady v. Slovakia. docs/collective.md tells it in words, docs/decisions/0032 why it is so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from exchange.domain.sightings import ASKED, MET, NO, UNKNOWN_POST, WINDOW, Place, Sighting
from exchange.domain.suppression import LEAST

PATTERN: Final = "P20"
OPEN: Final = timedelta(days=30)
"""A day is judged again for so long after the first word of it came. Later, what was told of it stands."""
KEPT: Final = WINDOW + OPEN
"""So long after its receipt a sighting may be needed: by a day that is open still, and looks back over the window."""
ONE_IN: Final = 4
"""Others' words tell of a claim gap from one person in four on. In the judged cases nearly all had asked; a fleeting
remark of one in twenty is no sign of a practice."""
TIMES: Final = 3
"""`Far below`: the state noted at most a third of the claims that others heard. Half might be interpreters' luck."""
BANDS: Final = (5, 10, 20, 50, 100)
"""Counts are told by where they lie between these. So an alert does not change with each late notice, and one told
before a notice came, beside one told after, does not tell what that notice said."""
BAND_NAMES: Final = (*(f"{low}-{high - 1}" for low, high in pairwise(BANDS)), f"{BANDS[-1]}+")
UNASKED, ALIKE, GAP, BESIDE = SIGNS = ("unasked", "alike", "gap", "beside")
"""Nobody asked them; what is recorded of each is the same; others heard what the state did not note; others met at the
same post that day did ask for protection."""
AGREE, UNTOLD = "agree", "untold"
"""Others' words show no gap; too few of them were asked by anybody else to tell."""


@dataclass(frozen=True, slots=True)
class Group:
    """Persons put out for one reason: its code, the band of their number, and the signs that it is a pattern."""

    code: str
    persons: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collective:
    """P20 at one post on one day."""

    place: Place
    day: date
    groups: tuple[Group, ...]

    @property
    def certainty(self) -> str:
        """`likely` when nobody was asked and others' words show what was missed; a statistic is never `certain`."""
        return "likely" if any({UNASKED, GAP} <= set(group.signs) for group in self.groups) else "possible"


def judge(place: Place, day: date, seen: Iterable[Sighting]) -> Collective | None:
    """Judge one day of a post by its sightings of that day and of the window before; None when there is no pattern.

    Each person counts once, however many notices tell of them; one whose notices are not linked counts as two.
    """
    window = [s for s in seen if s.place == place and timedelta(0) <= day - s.day < WINDOW]
    today = [s for s in window if s.day == day]
    by_code: dict[str, dict[int, Sighting]] = {}
    for one in today:
        if one.code != MET:
            by_code.setdefault(one.code, {})[one.person] = one
    large = {code: list(persons.values()) for code, persons in sorted(by_code.items()) if len(persons) >= LEAST}
    if not large:
        return None
    compared = _compared(window)
    groups = [_group(code, persons, compared, today) for code, persons in large.items()]
    found = tuple(group for group in groups if group is not None)
    return Collective(place, day, found) if found else None


def _compared(window: Sequence[Sighting]) -> str:
    """Return `GAP` when the state noted far fewer claims than others heard of the same persons, `AGREE` or `UNTOLD`.

    Compared are those put out at the post whom somebody but the state asked, or heard: rates over different people
    would tell who was asked, not what was noted.
    """
    asked = {s.person for s in window if s.code != MET and s.elsewhere}
    if len(asked) < LEAST:
        return UNTOLD
    heard = {s.person for s in window if s.heard} & asked
    noted = {s.person for s in window if s.noted} & asked
    wide = len(heard) * ONE_IN >= len(asked) and len(noted) * TIMES <= len(heard)
    return GAP if wide else AGREE


def _group(code: str, persons: Sequence[Sighting], compared: str, today: Sequence[Sighting]) -> Group | None:
    """Return what is to be said of the persons put out for one reason, or None.

    With a gap all of them count, whatever the state says that it asked: its word hides nothing (L23). When others'
    words can be compared and show no gap, nothing is said (domain.md asks for both). When they cannot, it is enough
    that nobody was asked; records that are all alike need others beside them who did ask for protection.
    """
    unasked = [s for s in persons if s.looked_at == NO]
    alike = _most_alike([s for s in persons if s.looked_at == ASKED])
    signs = [UNASKED] if len(unasked) >= LEAST else []
    if compared == GAP:
        signs += [ALIKE] if not signs and alike >= LEAST else []
        return Group(code, band(len(persons)), (*signs, GAP))
    if compared == AGREE:
        return None
    beside = [BESIDE] if _beside(persons, today) else []
    if signs:
        return Group(code, band(len(unasked)), (*signs, *beside))
    return Group(code, band(alike), (ALIKE, BESIDE)) if alike >= LEAST and beside else None


def _most_alike(persons: Sequence[Sighting]) -> int:
    return max(Counter(s.record for s in persons).values(), default=0)


def _beside(persons: Sequence[Sighting], today: Sequence[Sighting]) -> bool:
    """Tell whether of all met at the post that day many asked for protection, and of these persons few (Asady)."""
    met = {s.person for s in today}
    asking = {s.person for s in today if s.noted or s.heard}
    few = len({s.person for s in persons} & asking)
    many = len(asking) >= LEAST and len(asking) * ONE_IN >= len(met)
    return many and few * TIMES * len(met) <= len(asking) * len(persons)


def band(count: int) -> str:
    """Return the band of a count of `LEAST` or more."""
    return next(name for low, name in reversed(list(zip(BANDS, BAND_NAMES, strict=True))) if count >= low)


def about(place: Place, day: date) -> str:
    """Return what an alert of this pattern is known by: state, post and day."""
    return f"{place.state} {place.post} {day.isoformat()}"


def visible(seen: Iterable[Sighting], seat: str, allies: Mapping[int, frozenset[str]]) -> list[Sighting]:
    """Return the sightings that a monitor seated in a state may be told of: of nobody kept from that state (L25).

    `allies` are, by number of a sighting, the allies of the states that it names (L24).
    """
    return [s for s in seen if seat not in s.named and seat not in allies[s.notice]]


def known(open_now: Iterable[Sighting], told: Iterable[Sighting]) -> list[Sighting]:
    """Return what monitors of a seat know: what is open to them, and what they were told before it was kept from them.

    That stays as it was told: what they hold must not show that somebody is kept from their state since (L21).
    """
    return list(({s.notice: s for s in told} | {s.notice: s for s in open_now}).values())


_SAID: Final[Mapping[str, str]] = {
    UNASKED: "Of no fewer than five of them {state} recorded neither a question about fear nor an earlier decision.",
    ALIKE: "What {state} recorded of each is the same, code by code.",
    GAP: "Of those put out there within 30 days whom somebody else asked, at least one in four sought protection by"
    " others' words; {state} noted at most a third as many.",
    BESIDE: "Of all whom {state} met there that day at least one in four sought protection; of these, few or none.",
}
_AGAINST: Final[Mapping[str, str]] = {
    ALIKE: "{state} recorded that it asked each of them. A short interview can be enough (Asady v. Slovakia).",
    "alone": "Too few of them were asked by anybody else to compare what they said.",
}


def body(found: Collective) -> dict[str, Any]:
    """Return the alert as its monitors see it: post, day, reasons, bands; no person, no case, no notice."""
    state = found.place.state
    signs = [sign for sign in SIGNS if any(sign in group.signs for group in found.groups)]
    against = [ALIKE] if ALIKE in signs else []
    against += [] if GAP in signs else ["alone"]
    return {
        "pattern": PATTERN,
        "title": "Collective pattern",
        "meaning": "Many people were put out at one post on one day for the same reason, and the records do not show"
        " that anybody looked at any one of them. This is a statistic, not a finding about a person. It counts what was"
        " told to the exchange: people whose notices are not linked count twice, people of whom nobody told count not"
        " at all. Where people pass by a way in that is open to them, courts have judged otherwise (N.D. and N.T. v."
        " Spain, A.A. v. North Macedonia).",
        "severity": "high",
        "certainty": found.certainty,
        "question": "Was each of them asked, alone and in a language they understand, what they fear?",
        "clauses": [_clause("put_out", _put_out(found, group)) for group in found.groups]
        + [_clause(sign, _SAID[sign].format(state=state)) for sign in signs],
        "notices": [],
        "suppressors": [{"code": code, "words": _AGAINST[code].format(state=state)} for code in against],
        "collective": {
            "state": state,
            "post": found.place.post,
            "day": found.day.isoformat(),
            "groups": [_shown(group) for group in found.groups],
        },
    }


def _clause(name: str, words: str) -> dict[str, Any]:
    return {"clause": name, "words": words, "notices": []}


def _put_out(found: Collective, group: Group) -> str:
    kind, _, code = group.code.partition(" ")
    how = f"refused entry to {group.persons} persons, letter {code}" if kind == "entry_refused" else ""
    how = how or f"removed {group.persons} persons, legal act {code}"
    post = "at no post that it named" if found.place.post == UNKNOWN_POST else f"at {found.place.post}"
    return f"{found.place.state} {how.replace('_', ' ')}, {post}, on {found.day.isoformat()}."


def _shown(group: Group) -> dict[str, Any]:
    kind, _, code = group.code.partition(" ")
    return {"kind": kind, "reason": code, "persons": group.persons, "signs": list(group.signs)}
