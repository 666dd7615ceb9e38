"""Look into the queues for the alerts that the truth about a world demands, and for those that it forbids."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from exchange.client.folder import URN
from exchange.client.speaker import Speaker
from exchange.demo.world import TRIES, Expected, Living, Pause, Sandbox
from exchange.domain import references
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.world.dealing import Dealer, World
from exchange.domain.world.noise import STRONG, disturb
from exchange.domain.world.steps import MONITOR as MONITOR_KIND
from exchange.domain.world.steps import OFFICE

MONITOR: Final = "unhcr"
SHIPPED: Final = frozenset(pattern.id for pattern in PATTERNS)
_READERS: Final = frozenset({OFFICE, MONITOR_KIND})
Tell = Callable[[int, int], None]
"""Told how many persons and notices there are so far."""
_GONE: Final = frozenset({"withdrawn", "superseded"})
_GRAVE: Final = frozenset({"high", "critical"})
Seen = tuple[str, int | None]
"""The pattern of an alert, and the person; None where the reader cannot tell."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found: alerts that must be there and are not, and alerts that may not be there and are."""

    missing: tuple[Expected, ...]
    false: tuple[Seen, ...]


@dataclass
class Queues:
    """The queues of a sandbox, without what stood in them before: each alert is read once for each pattern it had."""

    living: Living
    before: dict[str, frozenset[str]] = field(default_factory=dict)
    read: dict[tuple[str, str, str], Seen] = field(default_factory=dict)

    def note(self, slugs: Iterable[str]) -> None:
        """Note what stands in these queues already."""
        for slug in slugs:
            self.before[slug] = frozenset(alert["id"] for alert in self._speaker(slug).alerts())

    def settle(self, expected: list[Expected]) -> Looked:
        """Return what is missing and false when nothing is, or when patience is at its end."""
        looked = self.look(expected)
        for _ in range(TRIES):
            if not (looked.missing or looked.false):
                break
            self.living.pause()
            looked = self.look(expected)
        return looked

    def look(self, expected: list[Expected]) -> Looked:
        """Return what is missing and false now."""
        slugs = sorted({MONITOR, *(slug for one in expected for slug in one.queues)})
        there = {slug: list(self._live(slug)) for slug in slugs}
        missing = _missing(expected, {slug: [seen for _, seen in found] for slug, found in there.items()})
        grave = {seen for alert, seen in there[MONITOR] if alert["severity"] in _GRAVE}
        return Looked(missing, tuple(sorted(self._forbidden() & grave)))

    def _forbidden(self) -> set[Seen]:
        return {
            (pattern, dealt.person)
            for dealt in self.living.dealt.values()
            if not STRONG & set(dealt.noise)
            for pattern in dealt.never
        }

    def _live(self, slug: str) -> Iterable[tuple[Mapping[str, Any], Seen]]:
        speaker = self._speaker(slug)
        for alert in speaker.alerts():
            if alert["status"] in _GONE or alert["id"] in self.before.get(slug, frozenset()):
                continue
            key = slug, alert["id"], alert["pattern"]
            if key not in self.read:
                self.read[key] = alert["pattern"], self._person(speaker.alert(alert["id"]))
            yield alert, self.read[key]

    def _person(self, alert: Mapping[str, Any]) -> int | None:
        """Return whom an alert is about: from the notices that the monitor sees, or from the reader's own cases."""
        for notice in alert["notices"]:
            if "id" in notice:
                return self.living.notices.get(references.urn(notice["author"], notice["id"]))
        cases = [case.rpartition("-") for case in alert.get("your_cases", [])]
        return next((int(number) for run, _, number in cases if run == self.living.prefix), None)

    def _speaker(self, slug: str) -> Speaker:
        return self.living.sandbox.speaker(URN + slug)


def _missing(expected: list[Expected], there: Mapping[str, list[Seen]]) -> tuple[Expected, ...]:
    """Return what is missing, with the queues in which it is.

    An alert whose person its reader cannot tell stands for one that is wanted there.
    """
    known = {slug: frozenset(found) for slug, found in there.items()}
    unknown = {slug: Counter(pattern for pattern, person in found if person is None) for slug, found in there.items()}

    def lacks(one: Expected, slug: str) -> bool:
        if (one.pattern, one.dealt.person) in known[slug]:
            return False
        unknown[slug][one.pattern] -= 1
        return unknown[slug][one.pattern] < 0

    lacking = (replace(one, queues=tuple(slug for slug in one.queues if lacks(one, slug))) for one in expected)
    return tuple(one for one in lacking if one.queues)


def live_through(sandbox: Sandbox, world: World, serials: Iterable[int], pause: Pause, tell: Tell) -> dict[str, Any]:
    """Let persons of a world, by number, live through a sandbox and look into its queues; returns a summary as JSON.

    Only what the shipped patterns can see is looked for. Raises DemoFailed, NotUsable, Refusal.
    """
    living, dealer = Living(sandbox, pause), Dealer(world)
    queues = Queues(living)
    queues.note(one["id"].removeprefix(URN) for one in sandbox.described["authorities"] if one["kind"] in _READERS)
    for serial in serials:
        living.live(disturb(dealer.deal(serial), dealer.dice, world.noise))
        tell(len(living.dealt), len(living.notices))
    expected = [one for one in living.expected() if one.pattern in SHIPPED]
    looked = queues.settle(expected)
    return {
        "persons": len(living.dealt),
        "notices": len(living.notices),
        "linked": living.corrections,
        "refused": dict(living.refused),
        "expected": [one.as_json() for one in expected],
        "missing": [one.as_json() for one in looked.missing],
        "false": [{"person": person, "pattern": pattern} for pattern, person in looked.false],
    }
