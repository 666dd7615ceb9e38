"""The rules of disclosure, L01 to L26, in one table: each with its home in the code and with the test that shows it.

`python -m exchange.domain.rules > docs/disclosure.md` writes the page; a test compares the two, and demands that each
home is there and that each test is of the rule.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.domain import disclosure
from exchange.domain.kinds import TERMS


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in one line, `module:name` of what it is in the code, and the file of tests that shows it."""

    says: str
    home: str
    shown_by: str


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "L01": Rule(
            "Nothing about a person reaches the states of origin, nationality or persecution.",
            "exchange.domain.disclosure:may_receive",
            "tests/domain/test_addressing.py",
        ),
        "L02": Rule(
            "Silence tells nothing: a withheld state gets the same answer, at the same time, of the same size.",
            "exchange.answering:deadline",
            "tests/api/test_silence.py",
        ),
        "L03": Rule(
            "The state of origin is asked nothing while a claim is unexamined, and later with written consent only.",
            "exchange.domain.stops:origin_asked",
            "tests/domain/test_stops.py",
        ),
        "L04": Rule(
            "Feared states are a set of their own, with their allies; they are shown to monitors alone.",
            "exchange.domain.disclosure:withheld",
            "tests/domain/test_disclosure.py",
        ),
        "L05": Rule(
            "A query has a purpose and an own open case; a hit is a mailbox, and its holder decides.",
            "schemas.messages:Question",
            "tests/api/test_inbox_and_queries.py",
        ),
        "L06": Rule(
            "Grounds and words of a claim are asked for, and told, with the person's written approval only.",
            "exchange.domain.acceptance:approved",
            "tests/domain/test_rules.py",
        ),
        "L07": Rule(
            "From the Union to a third country personal data pass on a recorded basis, with a reason; Eurodac never.",
            "exchange.domain.third_country:is_barred",
            "tests/domain/test_third_country.py",
        ),
        "L08": Rule(
            "Each kind of authority says and sees its own; border guards and return units see a stop, never why.",
            "exchange.domain.disclosure:fact_columns",
            "tests/domain/test_disclosure.py",
        ),
        "L09": Rule(
            "Each class of data is kept for its time, and then erased so that every proof stays.",
            "exchange.domain.retention:due",
            "tests/domain/test_retention.py",
        ),
        "L10": Rule(
            "The person learns who was told what, when and why; corrections reach everybody who got the datum.",
            "exchange.disclosing:make",
            "tests/api/test_disclosure_report.py",
        ),
        "L11": Rule(
            "An alert decides nothing; people close it, with a reason, a critical one by two.",
            "exchange.domain.alertlife:act",
            "tests/domain/test_alertlife.py",
        ),
        "L12": Rule(
            "No unaccompanied child is moved without guardian, best interests and 21 days; disputed age is a child's.",
            "exchange.domain.stops:child_unprepared",
            "tests/domain/test_stops.py",
        ),
        "L13": Rule(
            "Whoever shows a sign of trafficking has 30 days; such codes never go to border guards or return units.",
            "exchange.domain.stops:in_recovery",
            "tests/domain/test_stops.py",
        ),
        "L14": Rule(
            "An interim measure in force stops a removal, on the sender's own side too, but for a stated reason.",
            "exchange.domain.stops:measure_in_force",
            "tests/domain/test_stops.py",
        ),
        "L15": Rule(
            "An alert goes to the office of the state about to act and to a monitor, never only to whom it is about.",
            "exchange.domain.addressing:recipients",
            "tests/domain/test_addressing.py",
        ),
        "L16": Rule(
            "A member can be suspended, for all or for one nationality, and what it was given is hidden.",
            "exchange.domain.members:Standing",
            "tests/domain/test_members.py",
        ),
        "L17": Rule(
            "Links have grades and can be undone; equal tokens make at most a probable one, two persons make none.",
            "exchange.domain.linkage:resolve",
            "tests/domain/test_linkage.py",
        ),
        "L18": Rule(
            "A sender's word is evidence: words that contradict one another stand side by side.",
            "exchange.domain.contradictions:found",
            "tests/domain/test_contradictions.py",
        ),
        "L19": Rule(
            "A list of safe countries is a state's reason, and lowers no finding.",
            "exchange.domain.patterns.suppressing:suppressors",
            "tests/domain/test_rules.py",
        ),
        "L20": Rule(
            "Whatever is read leaves an act with its purpose, and its reader's supervisor can read it.",
            "exchange.access:note_read",
            "tests/api/test_acts.py",
        ),
        "L21": Rule(
            "A withheld state gets nothing that the machinery makes; what it was shown before goes to the monitors.",
            "exchange.domain.exposure:exposed",
            "tests/api/test_shown_before.py",
        ),
        "L22": Rule(
            "All that a member observes is computed on what it may know.",
            "exchange.domain.projection:projections",
            "tests/domain/test_projection.py",
        ),
        "L23": Rule(
            "The word of the state at fault lowers certainty and hides nothing, until somebody else agrees.",
            "exchange.domain.corrections:is_agreed",
            "tests/domain/test_corrections.py",
        ),
        "L24": Rule(
            "Withheld is every state that any tied notice names, with its allies; unknown origin fails closed.",
            "exchange.domain.disclosure:withheld",
            "tests/domain/test_disclosure.py",
        ),
        "L25": Rule(
            "Monitors are reached by office and never in a withheld state, where no disclosure report goes either.",
            "exchange.domain.disclosure_report:is_handed_over",
            "tests/api/test_disclosure_report.py",
        ),
        "L26": Rule(
            "Aggregates leave once a quarter, frozen, rounded to five, with no small count to be worked out.",
            "exchange.domain.aggregates:released",
            "tests/domain/test_aggregates.py",
        ),
    }
)
_INTRODUCTION: Final = """# Disclosure

Made from the code by `python -m exchange.domain.rules > docs/disclosure.md`; a test compares the two.

Whatever a reader observes is computed on its projection: the notices that it may know of, and what evidence among them
ties together. The rules below are asked about a projection and about nothing else.

## The rules

A test that shows a rule carries its id as a mark: `pytest -m rule` runs them all.
"""
_MEMBERS: Final = """## Who sees which member of the facts

The author, addressees that are asylum offices or courts, and monitors see every member of the table. Addressees that
are border guards or return units see those marked `unit`; an authority with a confirmed link, those marked `link`. What
the table does not name is seen by its author alone. A part that a reader may see in part only comes as a view, which
the exchange signs.
"""


def page() -> str:
    """Return the page docs/disclosure.md."""
    rows = [f"| {name} | {one.says} | `{one.home}` | `{one.shown_by}` |" for name, one in RULES.items()]
    rules = ["| id | rule | in the code | shown by |", "|---|---|---|---|", *rows]
    members = ["| kind | members |", "|---|---|", *_members()]
    return "\n".join([_INTRODUCTION, *rules, "", _MEMBERS, *members]) + "\n"


def _members() -> Iterator[str]:
    for kind in TERMS:
        listed = [f"`{member}`{_mark(kind, member)}" for member in disclosure.FACTS[kind].split()]
        yield f"| `{kind}` | {', '.join(listed)} |"


def _mark(kind: str, member: str) -> str:
    seen_by = disclosure.fact_columns(kind, member)
    marks = [word for column, word in ((disclosure.UNIT, "unit"), (disclosure.CONFIRMED, "link")) if column in seen_by]
    return f" ({', '.join(marks)})" if marks else ""


if __name__ == "__main__":
    sys.stdout.write(page())
