"""Describe the patterns from what runs: `python -m exchange.domain.patterns.describe > docs/patterns.md`."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final

from exchange.domain.patterns import retelling, suppressing
from exchange.domain.patterns.algebra import Clause, Example, Pattern, Variant
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import SEVERITIES, STAGES
from exchange.domain.patterns.windows import WINDOWS

INTRODUCTION = """# Patterns

Made from the rules themselves by `python -m exchange.domain.patterns.describe > docs/patterns.md`; a test compares the
two. A, B and C are states. A safeguard of the person raises the severity by one (V), and so does a destination that is
known to have sent persons of the same origin on within a year (R). A window or an order that rests on an approximate
time makes a finding *possible*; a link on equal tokens makes it at most *likely*. What the state at fault says against
a finding is logged and lowers its certainty; it never hides it.

`asylum-exchange patterns show P04` prints one of them with its examples, `patterns judge FILE` judges a file of cases,
and `patterns why` says of a person why a pattern shows or does not. [judged-cases.md](judged-cases.md) holds what the
patterns say of cases that courts have judged."""
_UNIT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "days": "days",
        "working days": "working days of the state",
        "as asked": "days, unless the request or a plan says otherwise",
    }
)
_OF_SUPPRESSORS: Final[Mapping[str, str]] = MappingProxyType({"S2": "heard.claim", "S6": "promise.fresh"})
"""Suppressor -> the window in which it counts, where it has one."""


def page() -> str:
    """Return the page."""
    windows = [f"| {name} | {length(name)} |" for name in WINDOWS]
    parts = [INTRODUCTION, *(_pattern(pattern) for pattern in PATTERNS)]
    return "\n\n".join([*parts, "## Windows", "\n".join(["| window | length |", "|---|---|", *windows])]) + "\n"


def _pattern(pattern: Pattern) -> str:
    head = f"## {pattern.id}. {pattern.title}\n\n{pattern.meaning}\n\n**Ask first.** {pattern.question}"
    tail = f"**Ground.** {pattern.ground}\n\n**Known false alarms.** {pattern.false_alarms}"
    return "\n\n".join([head, *(_variant(variant) for variant in pattern.variants), tail])


def _variant(variant: Variant) -> str:
    clauses = "\n".join(f"- {_words(clause)}" for clause in variant.clauses)
    return f"*{variant.name}*: {variant.severity}, {variant.stage}, told to {', '.join(variant.acting)}\n\n{clauses}"


def _words(clause: Clause) -> str:
    return clause.words.format_map(_Names())


class _Names(dict[str, str]):
    """Every state is called by its variable."""

    def __missing__(self, key: str) -> str:
        return key


def length(window: str) -> str:
    """Return how long a window is, in the days that it is counted in."""
    counted = {value["within"]: value["counted"] for value in _parts(PATTERNS) if {"within", "counted"} <= set(value)}
    return f"{WINDOWS[window].total_seconds() / 86400:g} {_UNIT[counted.get(window, 'days')]}"


def severities(pattern: Pattern) -> tuple[str, str]:
    """Return the least and the worst severity of the variants, before anything about a person raises it."""
    found = sorted((variant.severity for variant in pattern.variants), key=SEVERITIES.index)
    return found[0], found[-1]


def stages(pattern: Pattern) -> tuple[str, ...]:
    """Return the stages of the variants, in their order."""
    return tuple(sorted({variant.stage for variant in pattern.variants}, key=STAGES.index))


def row(pattern: Pattern) -> dict[str, Any]:
    """Return what a list of patterns says of one, as JSON."""
    return {
        "id": pattern.id,
        "version": pattern.version,
        "title": pattern.title,
        "severity": list(severities(pattern)),
        "stages": list(stages(pattern)),
        "family": pattern.family,
        "variants": len(pattern.variants),
    }


def told(pattern: Pattern) -> dict[str, Any]:
    """Return everything about a pattern, as JSON."""
    return {
        **row(pattern),
        "meaning": pattern.meaning,
        "ground": pattern.ground,
        "false_alarms": pattern.false_alarms,
        "question": pattern.question,
        "variants": [_told_variant(variant) for variant in pattern.variants],
        "windows": {name: length(name) for name in _windows(pattern)},
        "suppressors": {code: suppressing.words(code) for code in pattern.suppressors},
        "examples": [_told_example(example) for example in pattern.examples],
    }


def _told_variant(variant: Variant) -> dict[str, Any]:
    head = {"name": variant.name, "severity": variant.severity, "stage": variant.stage}
    states = {"acting": list(variant.acting), "complained_of": list(variant.complained_of)}
    clauses = [{**_plain(clause), "words": _words(clause)} for clause in variant.clauses]
    return {**head, **states, "destination": variant.destination, "clauses": clauses}


def _told_example(example: Example) -> dict[str, Any]:
    history = example.timeline
    said = {"words": example.words, "finds": sorted(example.finds), "judged": retelling.moment(example.now)}
    sets = {name: sorted(getattr(history, name)) for name in ("danger", "safeguards", "doubted", "onward")}
    lines = [retelling.line(event) for event in sorted(history.events, key=lambda event: event.index)]
    return {**said, **{name: found for name, found in sets.items() if found}, "events": lines}


def _windows(pattern: Pattern) -> list[str]:
    """Return the names of the windows that a pattern, or a suppressor of it, asks for."""
    named = {text for value in _parts(pattern.variants) for text in value.values() if isinstance(text, str)}
    named |= {_OF_SUPPRESSORS.get(code, "") for code in pattern.suppressors}
    own = f"{pattern.id.lower()}."
    return [name for name in WINDOWS if name in named or name.startswith(own)]


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Yield the members of every rule that a value is made of, itself included; no histories."""
    if isinstance(value, tuple):
        for one in value:
            yield from _parts(one)
    elif is_dataclass(value) and not isinstance(value, Example | type):
        members = {field.name: getattr(value, field.name) for field in fields(value)}
        yield members
        for member in members.values():
            yield from _parts(member)


def _plain(value: object) -> Any:  # noqa: ANN401 -- JSON
    """Return a clause as JSON, with the name of its class; what is not said is left out."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    members = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {"is": type(value).__name__, **{name: one for name, one in members.items() if one not in (None, [])}}


if __name__ == "__main__":
    sys.stdout.write(page())
