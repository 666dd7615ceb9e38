"""The page docs/judged-cases.md: what the patterns say of judged cases, beside what the courts said."""

from collections.abc import Sequence
from typing import Final

from exchange.domain.judged_cases import Judged
from exchange.domain.patterns.evaluator import CERTAINTIES, SEVERITIES

COMMAND: Final = "python tests/domain/patterns/test_judged.py"
_FLOOR: Final = frozenset({"violation_found", "risk_found"})
_INTRODUCTION: Final = f"""# Judged cases

Made by `{COMMAND}` from `judged-cases.json` beside it and the patterns as they run; a test compares the two. The same
command writes [patterns.md](patterns.md) and the answer key of the tests, `judged-table.json`: run it after every
change of a pattern, read the difference, and explain it in the commit.

Each case is judged as of its last event. A pattern that is part of a worse one of its family is not listed. *info* is
what something outweighs; it is kept in the log. A question mark says that a finding is no more than *possible*: a
date is vague, or a judgment does not say by which decision somebody was removed. The court's outcome is a floor and
no answer key: a case in which the court found a breach, or a risk, is to be flagged; one that it decided otherwise
may well be.
`asylum-exchange patterns judge FILE` prints what stands behind a row: which events, and why not the others.
"""


def page(cases: Sequence[Judged]) -> str:
    """Return the page for these cases."""
    rows = ["| case | title | the court | patterns | severity |", "|---|---|---|---|---|", *map(_row, cases)]
    return "\n".join([_INTRODUCTION, *rows, "", _sum(cases)]) + "\n"


def worst(one: Judged) -> str:
    """Return the worst severity of what was found in a case; an empty text when nothing was."""
    return max((found.severity for found in one.findings), key=SEVERITIES.index, default="")


def _row(one: Judged) -> str:
    sure = {(f.pattern.id, f.severity) for f in one.findings if f.certainty != CERTAINTIES[0]}
    found = sorted({(f.pattern.id, f.severity) for f in one.findings}, key=_place)
    patterns = ", ".join(f"{name} {severity}{'' if (name, severity) in sure else '?'}" for name, severity in found)
    cells = [one.case.id, one.case.title, one.case.outcome.replace("_", " "), patterns or "none", worst(one) or "none"]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _place(found: tuple[str, str]) -> tuple[str, int]:
    return found[0], -SEVERITIES.index(found[1])


def _sum(cases: Sequence[Judged]) -> str:
    floor = [one for one in cases if one.case.outcome in _FLOOR]
    flagged = sum(1 for one in floor if worst(one) not in {"", "info"})
    silent = sum(1 for one in cases if not one.findings)
    return (
        f"{len(cases)} cases. In {len(floor)} the court found a breach or a risk: {flagged} of them are flagged. "
        f"In {silent} cases no pattern shows."
    )
