"""Describe the patterns from what runs: `python -m exchange.domain.patterns.describe > docs/patterns.md`."""

import sys

from exchange.domain.patterns.algebra import Pattern, Silent, Variant
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.windows import WINDOWS

INTRODUCTION = """# Patterns

Made from the rules themselves by `python -m exchange.domain.patterns.describe > docs/patterns.md`; a test compares the
two. A, B and C are states. A safeguard of the person raises the severity by one. A window or an order that rests on an
approximate time makes a finding *possible*; a link on equal tokens makes it at most *likely*. What the state at fault
says against a finding is logged and lowers its certainty; it never hides it."""


def page() -> str:
    """Return the page."""
    counted = {c.within: c.counted for p in PATTERNS for v in p.variants for c in v.clauses if isinstance(c, Silent)}
    unit = {
        "working days": "working days of the state",
        "as asked": "days, unless the request or a plan says otherwise",
    }
    windows = [
        f"| {name} | {window.total_seconds() / 86400:g} {unit.get(counted.get(name, ''), 'days')} |"
        for name, window in WINDOWS.items()
    ]
    parts = [INTRODUCTION, *(_pattern(pattern) for pattern in PATTERNS)]
    return "\n\n".join([*parts, "## Windows", "\n".join(["| window | length |", "|---|---|", *windows])]) + "\n"


def _pattern(pattern: Pattern) -> str:
    head = f"## {pattern.id}. {pattern.title}\n\n{pattern.meaning}\n\n**Ask first.** {pattern.question}"
    tail = f"**Ground.** {pattern.ground}\n\n**Known false alarms.** {pattern.false_alarms}"
    return "\n\n".join([head, *(_variant(variant) for variant in pattern.variants), tail])


def _variant(variant: Variant) -> str:
    clauses = "\n".join(f"- {clause.words.format(A='A', B='B', C='C')}" for clause in variant.clauses)
    return f"*{variant.name}*: {variant.severity}, {variant.stage}, told to {', '.join(variant.acting)}\n\n{clauses}"


if __name__ == "__main__":
    sys.stdout.write(page())
