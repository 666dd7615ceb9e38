"""The oracle on merits that are stale or partial: P18."""

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.patterns.oracle_against import against, called_off
from domain.patterns.oracle_seen import Seen
from domain.patterns.oracle_words import (
    DAY,
    GIVEN,
    backdated,
    first_said,
    leg_to,
    merits,
    plans_to,
    sooner,
    surely,
    taken_back,
)
from exchange.domain import edtf
from exchange.domain.edtf import Interval
from exchange.domain.timeline import Event, Timeline

YEAR = 366 * DAY
CHANGED = {
    "BLR": (2020, 8, 9),
    "MMR": (2021, 2, 1),
    "AFG": (2021, 8, 15),
    "UKR": (2022, 2, 24),
    "RUS": (2022, 2, 24),
    "SDN": (2023, 4, 15),
    "SYR": (2024, 12, 8),
}
RANK = ["yes", "perhaps", "no"]
"""From what protects the person most to what protects them least."""


def takes_effect(e: Event) -> Interval | None:
    """When a full decision was served, or protection took effect; None for anything else, or when nobody served it."""
    if e.kind == "protection_status" and e.facts.get("change") in ("granted", "renewed"):
        return edtf.read(str(e.facts["effective_at"])) if e.facts.get("effective_at") else e.when
    if e.kind != "merits_decision" or e.facts.get("merits_scope") != "full":
        return None
    looked = e.facts.get("outcome") in (*GIVEN, "rejected") and e.facts.get("served_at")
    return edtf.read(str(e.facts["served_at"])) if looked else None


def seen(history: Timeline) -> Iterator[Seen]:
    for rejection in history.events:
        scope = rejection.facts.get("merits_scope")
        if rejection.kind != "merits_decision" or rejection.facts.get("outcome") != "rejected":
            continue
        for act in history.events:
            if not sooner(rejection, act) or scope not in ("full", "partial", "not_recorded"):
                continue
            steps = [(to, "imminent") for to in plans_to(act)] + [(to, "done") for to in [leg_to(act)] if to]
            for to, stage in steps:
                if to not in history.danger and to != rejection.state:
                    continue
                no = against({act.state}, *called_off(history, act, to))
                anchor = first_said(history, act.state, to)
                for sure in relied_on(history, rejection, act):
                    yield Seen("p18", "P18", "medium", stage, anchor, [rejection, act], sure, no, to)


def relied_on(history: Timeline, rejection: Event, act: Event) -> list[bool]:
    """The ways in which an act relies on a rejection that is not good enough, and whether each is beyond doubt."""
    in_order = surely(rejection, act)
    if rejection.facts.get("merits_scope") != "full":
        known = merits(history, act, {act.state})
        said = rejection.facts.get("merits_scope") == "partial"
        return [] if known == "yes" else [in_order and known == "no" and said]
    found = []
    if act.when.latest > rejection.when.earliest + YEAR:
        surely_old = act.when.earliest > rejection.when.latest + YEAR
        surely_old = surely_old and rejection.when.exact and act.when.exact
        fresh = looked_after(history, act, act.when.latest - YEAR, act.when.earliest - YEAR)
        found += [in_order and surely_old and fresh == "no"] if fresh != "yes" else []
    overtaken = min(
        (
            since_changed(history, act, datetime(*CHANGED[home], tzinfo=UTC))
            for home in history.danger
            if home in CHANGED
        ),
        key=RANK.index,
        default="no",
    )
    return found + ([in_order and overtaken == "yes"] if overtaken != "no" else [])


def looked_after(history: Timeline, act: Event, certainly: datetime, perhaps: datetime) -> str:
    """Whether a full decision that was served before an act was made after a moment: `yes`, `no`, or `claimed`."""
    answer = "no"
    for e in history.events:
        effect = takes_effect(e)
        if effect is None or effect.latest >= act.when.earliest or e.when.latest <= perhaps:
            continue
        good = taken_back(history, e, act) == "no" and not backdated(e, act, {act.state})
        if e.when.earliest > certainly and good:
            return "yes"
        answer = "claimed"
    return answer


def since_changed(history: Timeline, act: Event, since: datetime) -> str:
    """Whether a full rejection came before a moment and the act after it, with no look at the merits in between."""
    full = [
        e
        for e in history.events
        if (e.kind, e.facts.get("outcome"), e.facts.get("merits_scope")) == ("merits_decision", "rejected", "full")
    ]
    before = [e for e in full if sooner(e, act) and e.when.earliest <= since]
    again = looked_after(history, act, since, since)
    if not before or act.when.latest < since or again == "yes":
        return "no"
    sure = act.when.earliest >= since and any(e.when.latest <= since for e in before) and again == "no"
    return "yes" if sure else "perhaps"
