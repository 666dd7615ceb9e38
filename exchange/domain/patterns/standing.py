"""What stands for each finding so far: of the matches that show it the worst, furthest and surest."""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from exchange.domain.patterns import chains
from exchange.domain.patterns.known import Known
from exchange.domain.patterns.ordering import places
from exchange.domain.patterns.preparing import CERTAINTY, PLACES, WORST, Prepared, level
from exchange.domain.patterns.searching import Search
from exchange.domain.patterns.suppressing import Suppressed, suppressors

Identity = tuple[str, int]
"""The family of a pattern, and the number of the notice by which the finding was first known."""


class Standing(NamedTuple):
    """The match that stands for a finding: its events and states, as the search had them."""

    rank: int
    """How bad, far and sure it is, and the place of the event that may be stopped: of two alike the later stands."""
    rule: Prepared
    severity: int
    certainty: int
    events: tuple[int, ...]
    states: tuple[str, ...]
    many: Mapping[str, int]
    against: tuple[Suppressed, ...]


class Standings(dict[Identity, Standing]):
    """What stands, by the identity of the finding."""


class Standard:
    """The goal of one search: keep what is worse, further or surer than what stands for the same finding."""

    def __init__(self, standings: Standings, known: Known, rule: Prepared) -> None:
        """`rule` is what is searched for."""
        self.kept = 0
        """How many matches there were."""
        self._standings, self._known, self._rule = standings, known, rule
        self._numbers: dict[tuple[int, str, str | None], int] = known.once(rule.numbered, dict)
        self._ranks: dict[int, int] = known.once(rule.ranked, dict)
        self._safeguarded, self._onward = bool(known.timeline.safeguards), known.timeline.onward

    def better(self, search: Search, among: int, sureness: int, main: int | None) -> int:
        """See `searching.Goal`."""
        if self._nothing_stands(search):
            return among
        return self._left(among, self._ranks.get(self._number(search), -1) - self._level(search, sureness), main)

    def better_anchors(self, search: Search, among: int, sureness: int, main: int | None) -> int:
        """See `searching.Goal`."""
        anchored = self._rule.variant.anchored
        if anchored == "event" or self._nothing_stands(search):
            return among
        if anchored != "chain":
            return self.better(search, among, sureness, main)
        level = self._level(search, sureness)
        for number, events in self._chains(search, among).items():
            stands = self._ranks.get(number, -1)
            if stands >= level and events & among:
                among = among & ~events | self._left(among & events, stands - level, main)
        return among

    def _nothing_stands(self, search: Search) -> bool:
        """Tell whether there is nothing to be better than; an explanation must first have seen that it shows."""
        return not self._ranks or (search.explain and not self.kept)

    @staticmethod
    def _left(among: int, beyond: int, main: int | None) -> int:
        """Return those of some events with which a match of a level may be better than what stands.

        That is `beyond` the level, or as much below it as is negative; of the same level, the later is better.
        """
        if beyond < (main or 0):
            return among
        return 0 if main is not None or beyond >= PLACES else among & -(2 << beyond)

    def _chains(self, search: Search, among: int) -> Mapping[int, int]:
        """Return the chains that begin with each of some events, and perhaps others between the same states."""
        rule, events = self._rule, search.events
        way = search.states[rule.led[0]], search.states[rule.led[1] or 0]
        kept: tuple[list[int], dict[int, int]] = self._known.once(("chains", way), lambda: ([0], {}))
        asked, found = kept
        for place in places(among & ~asked[0]):
            events[rule.anchor] = place
            number = self._number(search)
            found[number] = found.get(number, 0) | 1 << place
        asked[0] |= among
        return found

    def identity(self, search: Search) -> Hashable:
        """See `searching.Goal`: a promise in time tells two matches of a finding apart."""
        number = self._number(search)
        if not self._rule.promised:
            return number
        return number, tuple(e.ref for e in self._known.promised(search.state("B"), search.events[self._rule.anchor]))

    def keep(self, search: Search, sureness: int) -> None:
        """Keep the match, unless something as bad, as far and as sure stands for that finding."""
        self.kept += 1
        rule, number = self._rule, self._number(search)
        raised, main = self._raised_by(search), self._main(search)
        rank, stands = rule.levels[raised][sureness] + main, self._ranks.get(number, -1)
        if stands >= rank:
            return  # what speaks against it could only make it less
        severity, certainty = min(rule.severity + raised, WORST), CERTAINTY[sureness]
        against = suppressors(search, rule.pattern.suppressors, rule.variant) if rule.pattern.suppressors else ()
        if against:
            severity, certainty = 0 if any(one.hides for one in against) else severity, 0
            rank = level(severity, rule.stage, certainty) + main
        if stands < rank:
            self._ranks[number] = rank
            events, states, many = tuple(search.events), tuple(search.states), dict(search.many)
            standing = Standing(rank, rule, severity, certainty, events, states, many, against)
            self._standings[rule.pattern.family, number] = standing

    def _level(self, search: Search, sureness: int) -> int:
        return self._rule.levels[self._raised_by(search)][sureness]

    def _raised_by(self, search: Search) -> int:
        """Return by how much severity is raised: for a safeguard (V), for a state that sends people like them on (R).

        As long as nobody knows where it leads, it may be such a state.
        """
        if not self._onward:
            return self._safeguarded
        to = search.states[self._rule.destination]
        return self._safeguarded + (not to or to in self._onward)

    def _main(self, search: Search) -> int:
        """Return the place of the event that may be stopped, or was done; of a clause that counts, of the last one."""
        if self._rule.main is not None:
            return search.events[self._rule.main]
        return search.many[self._rule.variant.main].bit_length() - 1

    def _number(self, search: Search) -> int:
        """Return what identifies the finding; the states say which way, where a decision names several destinations."""
        rule, states = self._rule, search.states
        if rule.variant.anchored == "event":
            return self._known.events[search.events[rule.anchor]].ref
        by, to = states[rule.led[0]], None if rule.led[1] is None else states[rule.led[1]]
        place = search.events[rule.anchor] if rule.by_event else 0
        number = self._numbers.get((place, by, to))
        if number is None:
            act = rule.variant.anchoring.notion, by, to
            number = self._numbers[place, by, to] = chains.anchor(self._known, rule.variant.anchored, place, act)
        return number
