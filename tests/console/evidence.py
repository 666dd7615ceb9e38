"""What alerts hold, as `exchange.domain.addressing.seen` makes it."""

from typing import Any

import builders
from exchange.domain import disclosure
from exchange.domain.notice import Notice


def seen(number: int, notice: Notice, seen_as: str) -> dict[str, Any]:
    """Return a notice as a column of the disclosure table shows it."""
    view = disclosure.shown(notice, seen_as)
    if seen_as in {"monitor", "author"}:
        view |= {"author": notice.author.urn, "id": notice.id}
    return {"number": number, "seen_as": seen_as, **view}


def notices() -> list[dict[str, Any]]:
    own = builders.notice(
        2, "encounter", author=builders.SK_ASYLUM, event_time="2010-09-23T17:10:00Z", safeguards=["age_disputed"],
        facts={"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no", "relayed_interpreting": "yes"},
    )  # fmt: skip
    leg = builders.notice(
        3, "removal_executed", counterpart="UKR", event_time="2010-09-24~", aud=[builders.SK_ASYLUM.urn],
        facts={"destination": "UKR", "means": "land", "legal_act": "none"},
    )  # fmt: skip
    claim = builders.notice(4, "claim_expressed", author=builders.UA_BORDER, event_time="2010-10-04")
    closed = builders.notice(
        5, "merits_decision", author=builders.UA_ASYLUM, event_time="2010-12", facts={"merits_scope": "none"}
    )
    onward = builders.notice(
        6, "removal_executed", author=builders.UA_BORDER, counterpart="AFG", event_time="2011-03-01"
    )
    return [
        seen(1, own, "author"), seen(2, leg, "office"), seen(3, claim, "probable"), seen(4, closed, "probable"),
        seen(5, onward, "probable"),
    ]  # fmt: skip


def body(**said: Any) -> dict[str, Any]:
    """Return the evidence of an alert: the completed chain of M.S. v. Slovakia and Ukraine, unless said otherwise."""
    return {
        "pattern": "P04",
        "title": "Chain completed",
        "meaning": "A state removed the person to a second state, and that state removed the person to a third, while"
        " nobody had examined whether the person is in danger there.",
        "severity": "critical",
        "certainty": "likely",
        "stage": "done",
        "link": "probable",
        "question": "Ask Ukraine whether it examined the merits of the claim before the second removal.",
        "clauses": [
            {"clause": "first_leg", "words": "Slovakia removed the person to Ukraine.", "notices": [2]},
            {"clause": "second_leg", "words": "Ukraine removed the person to Afghanistan.", "notices": [5]},
            {"clause": "no_merits", "words": "No state examined the merits before that.", "notices": []},
        ],
        "notices": notices(),
        "suppressors": ["S2"],
        "your_cases": ["SK-AO-2010-77"],
    } | said
