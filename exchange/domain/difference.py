"""What a changed rule changes: findings that are new, gone or changed, by pattern and by authority.

Both sides are read in the order of their keys, so that no more than a few findings are held at once. A report names
notices by their numbers and nobody by name; all differences go into one hash, a few of each kind stand as examples.
"""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from exchange.domain.patterns.algebra import Pattern

TYP: Final = "asylum-exchange-replay"
EXAMPLES: Final = 5
"""Examples of each kind of difference in each pattern."""
KINDS: Final = ("new", "gone", "changed")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as a replay compares it. (anchor, family) is its identity; `acting` are the states that act.

    `told` are the slugs of the authorities that have a live alert about it; of a finding of a replay nobody knows that.
    """

    anchor: int
    family: str
    pattern: str
    severity: str
    stage: str
    certainty: str
    acting: tuple[str, ...]
    told: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """What both sides are ordered by."""
        return self.anchor, self.family

    @property
    def says(self) -> tuple[str, ...]:
        """What is compared: pattern, severity, stage and certainty."""
        return self.pattern, self.severity, self.stage, self.certainty


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding that is `new`, `gone` or `changed`; `before` and `after` are None where there is none."""

    kind: str
    before: Found | None
    after: Found | None

    @property
    def sides(self) -> tuple[Found, ...]:
        """The findings of which it is made, the later one first."""
        return tuple(one for one in (self.after, self.before) if one is not None)


@dataclass(slots=True)
class Tally:
    """Differences counted so far; `changes` is the hash over all of them, in their order."""

    same: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    patterns: dict[str, Counter[str]] = field(default_factory=dict)
    states: dict[str, Counter[str]] = field(default_factory=dict)
    recipients: dict[str, Counter[str]] = field(default_factory=dict)
    examples: list[Difference] = field(default_factory=list)
    changes: Any = field(default_factory=hashlib.sha256)

    def add(self, one: Difference) -> None:
        """Count a difference. One whose pattern became another counts under both patterns."""
        self.kinds[one.kind] += 1
        for name in dict.fromkeys(side.pattern for side in one.sides):
            counts = self.patterns.setdefault(name, Counter())
            counts[one.kind] += 1
            if counts[one.kind] <= EXAMPLES and one not in self.examples[-2:]:
                self.examples.append(one)
        for state in sorted({state for side in one.sides for state in side.acting}):
            self.states.setdefault(state, Counter())[one.kind] += 1
        for slug in sorted({slug for side in one.sides for slug in side.told}):
            self.recipients.setdefault(slug, Counter())[one.kind] += 1
        self.changes.update(canonical(_told(one)) + b"\n")


def compare(before: Iterable[Found], after: Iterable[Found]) -> Tally:
    """Count how the findings of two sides differ; both come in the order of their keys.

    Raises ValueError when they do not, or a key comes twice.
    """
    tally = Tally()
    old, new = _ordered(before), _ordered(after)
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.key < right.key):
            tally.add(Difference("gone", left, None))
            left = next(old, None)
        elif left is None or right.key < left.key:
            tally.add(Difference("new", None, right))
            right = next(new, None)
        else:
            if left.says == right.says:
                tally.same += 1
            else:
                tally.add(Difference("changed", left, right))
            left, right = next(old, None), next(new, None)
    return tally


def _ordered(found: Iterable[Found]) -> Iterator[Found]:
    latest: tuple[int, str] | None = None
    for one in found:
        if latest is not None and one.key <= latest:
            raise ValueError("Findings are compared in the order of their keys, each key once.")
        latest = one.key
        yield one


def report(tally: Tally, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of a comparison. `of` says what was compared: rules, input, counts (see docs/replay.md)."""
    return {
        "v": 1,
        "typ": TYP,
        **of,
        "same": tally.same,
        **{kind: tally.kinds[kind] for kind in KINDS},
        "patterns": _counted(tally.patterns),
        "states": _counted(tally.states),
        "recipients": _counted(tally.recipients),
        "examples": [_told(one) for one in tally.examples],
        "changes": tally.changes.hexdigest(),
    }


def canonical(value: object) -> bytes:
    """Return JSON in the one spelling that is hashed: members sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a report in hex, by which officers sign it."""
    return hashlib.sha256(canonical(told)).hexdigest()


def definition(patterns: Sequence[Pattern], windows: Mapping[str, timedelta]) -> str:
    """Return the SHA-256, in hex, of what a set of patterns says: clauses, severities, suppressors, windows, words.

    Examples are no part of it: they show what the rules say already.
    """
    said = [_said(dataclasses.replace(pattern, examples=())) for pattern in patterns]
    seconds = {name: window.total_seconds() for name, window in windows.items()}
    return hashlib.sha256(canonical([said, seconds])).hexdigest()


def _said(value: Any) -> Any:  # noqa: ANN401 -- a rule, or a part of one
    """Return a frozen value as JSON, with the names of the types: two kinds of clauses may have the same members."""
    if dataclasses.is_dataclass(value):
        members = {one.name: _said(getattr(value, one.name)) for one in dataclasses.fields(value)}
        return {"is": type(value).__name__, **members}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_said(one) for one in value] if isinstance(value, tuple) else value


def _told(one: Difference) -> dict[str, Any]:
    first = one.sides[0]
    told: dict[str, Any] = {"difference": one.kind, "anchor": first.anchor, "family": first.family}
    sides = (("before", one.before), ("after", one.after))
    return told | {name: [*side.says, *side.acting] for name, side in sides if side is not None}


def _counted(by: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: {kind: by[name][kind] for kind in KINDS} for name in sorted(by)}
