"""Random histories made to hurt: few states, few days, ties, approximate times, a ledger in any order.

Each history draws a handful of kinds, states and days of its own first, so that rare meetings of them happen.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.patterns import oracle
from exchange.domain import edtf, members, timeline
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Verdict, evaluate
from exchange.domain.timeline import Event, Timeline

STATES = ("SVK", "UKR", "AFG", "DEU")
DAYS = (0, 0, 1, 2, 3, 7, 8, 14, 15, 21, 30, 31, 90, 91, 365, 730, 731, 732)
START = datetime(2024, 1, 1, tzinfo=UTC)
Kind = tuple[str, int, dict[str, tuple[str, ...]]]
KINDS: tuple[Kind, ...] = (
    ("claim_expressed", 3, {}),
    ("claim_registered", 2, {}),
    ("claim_not_taken", 1, {"reason": ("not_heard", "implicit_withdrawal", "out_of_time")}),
    ("hold_request", 3, {"step": ("asked", "asked", "held", "refused", "lifted", "not_recorded")}),
    (
        "entry_refused",
        3,
        {
            "physically_returned": ("yes", "yes", "no", "not_recorded"),
            "reason_letter": ("C", "not_recorded"),
            "form_signed": ("yes", "no", "not_recorded"),
        },
    ),
    (
        "removal_executed",
        9,
        {"means": ("air", "land"), "legal_act": ("none", "return_decision", "readmission_agreement", "not_recorded")},
    ),
    ("removal_planned", 4, {"cancelled": ("no", "not_recorded", "yes")}),
    (
        "return_decision",
        5,
        {
            "annulled": ("no", "no", "yes"),
            "suspensive": ("automatic", "none", "not_recorded"),
            "ground": ("readmission", "rejection", "extradition"),
        },
    ),
    (
        "encounter",
        2,
        {
            "fear_asked": ("yes", "yes", "no"),
            "fear_answer": ("no", "no", "yes"),
            "language_understood": ("yes", "yes", "no"),
            "relayed_interpreting": ("no", "not_recorded", "yes"),
        },
    ),
    (
        "admissibility_decision",
        2,
        {
            "outcome": ("inadmissible", "inadmissible", "admissible", "not_recorded"),
            "suspensive": ("automatic", "none"),
            "ground": ("safe_third_country", "dublin", "subsequent"),
        },
    ),
    (
        "merits_decision",
        2,
        {
            "outcome": (
                "rejected",
                "geneva_convention",
                "temporary_protection",
                "discontinued",
                "annulled",
                "not_recorded",
            ),
            "merits_scope": ("full", "full", "partial", "none", "not_recorded"),
        },
    ),
    (
        "protection_status",
        2,
        {
            "change": ("granted", "renewed", "withdrawn", "ended", "not_recorded"),
            "granted_by": ("state", "state", "unhcr_mandate", "not_recorded"),
        },
    ),
    ("responsibility_request", 1, {"request_type": ("take_back", "readmission")}),
    (
        "responsibility_reply",
        3,
        {
            "request_type": ("take_back", "readmission", "accelerated_readmission"),
            "reply": ("accepted", "tacit", "refused", "suspended", "not_recorded"),
            "intended_procedure": ("full_merits", "return"),
        },
    ),
    ("arrival", 2, {"outcome": ("arrived", "arrived", "not_arrived"), "procedure_opened": ("yes", "no")}),
    ("detention", 1, {"step": ("start", "start", "end", "not_recorded"), "ground": ("removal", "identity")}),
    (
        "remedy",
        3,
        {
            "step": ("lodged", "lodged", "decided", "decided", "withdrawn", "not_recorded"),
            "suspensive": ("automatic", "granted", "none"),
            "result": ("pending", "dismissed", "dismissed", "allowed", "not_recorded"),
        },
    ),
    (
        "interim_measure",
        3,
        {
            "step": ("indicated", "indicated", "indicated", "refused", "lifted", "lifted", "not_recorded"),
            "body": ("ecthr_rule_39", "national", "national", "not_recorded"),
        },
    ),
    (
        "assurance",
        2,
        {
            "step": ("requested", "given", "given", "refused", "expired", "breached", "not_recorded"),
            "text": ("access_to_procedure", "no_onward_removal", "no_ill_treatment", "reception"),
            "individual": ("yes", "yes", "no"),
        },
    ),
    ("information_request", 1, {}),
    ("information_reply", 1, {"outcome": ("hit", "no_hit")}),
    (
        "origin_contact",
        1,
        {
            "contacted": ("embassy", "police"),
            "basis": ("written_consent", "none"),
            "claim_state": ("none", "open", "rejected_final", "not_recorded"),
        },
    ),
    (
        "voluntary_return",
        2,
        {
            "counsel": ("yes", "yes", "yes", "no"),
            "interpreter": ("yes", "yes", "yes", "not_recorded"),
            "detained": ("yes", "no", "not_recorded"),
            "hours_since_arrest": ("", "", "71", "72", "73", "200"),
        },
    ),
)
SERVED = {"merits_decision": 0.8, "return_decision": 0.3, "admissibility_decision": 0.3}
COUNTERPARTS = {
    "claim_expressed": 0.0,
    "remedy": 0.0,
    "merits_decision": 0.0,
    "protection_status": 0.0,
    "interim_measure": 0.3,
}


@dataclass(frozen=True)
class World:
    """What one history is made of."""

    rng: random.Random
    states: tuple[str, ...]
    days: tuple[int, ...]
    kinds: tuple[Kind, ...]
    exact: float

    def moment(self) -> str:
        day = START + timedelta(days=self.rng.choice(self.days))
        form = self.rng.random()
        if form < self.exact:
            return day.date().isoformat()
        if form < self.exact + 0.15:
            return day.date().isoformat() + "~"
        return f"{day:%Y-%m}" if self.rng.random() < 0.5 else f"{day:%Y-%m-%d}T{self.rng.choice((0, 12, 23)):02}:00:00Z"


def world(rng: random.Random) -> World:
    return World(
        rng,
        tuple(rng.sample(STATES, rng.choice((3, 4, 4)))),
        tuple(rng.sample(DAYS, rng.choice((3, 6, len(DAYS))))),
        tuple(rng.sample(KINDS, rng.choice((3, 5, len(KINDS))))),
        rng.choice((0.6, 0.85)),
    )


def event(world: World, ref: int, index: int) -> Event:
    rng = world.rng
    kind, _, members = rng.choices(world.kinds, weights=[weight for _, weight, _ in world.kinds])[0]
    state, other = rng.sample(world.states, 2) if rng.random() < 0.97 else ("SVK", "SVK")
    when = edtf.read(world.moment())
    said = ((name, rng.choice(values)) for name, values in members.items())
    facts: dict[str, Any] = {name: value for name, value in said if value}
    other = "UNO" if kind == "information_request" and rng.random() < 0.4 else other
    if kind == "return_decision" and rng.random() < 0.3:
        facts["destinations"] = tuple(rng.sample([s for s in world.states if s != state], rng.choice((1, 2))))
    if rng.random() < SERVED.get(kind, 0):
        facts["served_at"] = world.moment()
    if kind == "removal_planned" and rng.random() < 0.7:
        facts["planned_at"] = world.moment()
    if kind == "interim_measure":
        facts |= {name: world.moment() for name in ("served_at", "in_force_until") if rng.random() < 0.5}
    if kind == "assurance" and rng.random() < 0.3:
        facts["valid_until"] = world.moment()
    if kind == "hold_request" and rng.random() < 0.4:
        facts["due_at"] = world.moment()
    if kind == "protection_status" and rng.random() < 0.3:
        facts["effective_at"] = world.moment()
    return Event(
        ref=ref,
        kind=kind,
        state=state,
        counterpart=other if rng.random() < COUNTERPARTS.get(kind, 0.95) else None,
        when=when,
        recorded=when.latest + timedelta(days=rng.choice((0, 0, 1, 5, 40))),
        index=index,
        author_state=rng.choice((state, state, "UNO", *STATES)),
        author_kind=rng.choice(
            ("monitor", "border_guard", "border_guard", "return_unit", "asylum_office", "court_liaison")
        ),
        source="own_act",
        grade=rng.choice(("confirmed", "confirmed", "probable")),
        facts=facts,
    )


def history(rng: random.Random, most: int = 9) -> tuple[Timeline, datetime]:
    count = rng.randint(1, most)
    places = rng.sample(range(count * 2), count)
    of = world(rng)
    events = [event(of, ref, place) for ref, place in enumerate(places, start=100)]
    danger = frozenset(rng.choice(((), ("AFG",), ("AFG",), ("AFG", "UKR"))))
    safeguards = frozenset(rng.choice(((), (), ("pregnant",), ("age_disputed",))))
    now = START + timedelta(days=rng.choice(DAYS) + rng.choice((0, 3, 7, 17, 21, 60)))
    onward = frozenset(rng.choice(((), (), ("UKR",))))
    return replace(timeline.build(tuple(events), danger, safeguards, members.STATES), onward=onward), now


def outline(verdict: Verdict) -> tuple[dict[tuple[str, int], tuple[str, ...]], set[tuple[str, datetime]]]:
    found = {(f.pattern.family, f.anchor): (f.pattern.id, f.severity, f.stage, f.certainty) for f in verdict.findings}
    return found, {(timer.pattern, timer.due) for timer in verdict.timers}


def compare(count: int, seed: int | None = None) -> None:
    """Let the oracle and the evaluator judge random histories; stops at the first on which they differ."""
    seed = random.randrange(2**32) if seed is None else seed
    print("seed", seed)
    rng = random.Random(seed)
    shown = 0
    for number in range(count):
        told, now = history(rng, rng.choice((5, 9, 16)))
        ours, theirs = outline(evaluate(told, PATTERNS, now)), oracle.judge(told, now)
        shown += bool(ours[0])
        assert ours == theirs, f"history {number} of seed {seed}: {ours} is not {theirs}"
    print(f"{count} histories agree; {shown} show a pattern")
