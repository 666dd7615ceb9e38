"""Clocks: which notice must be answered, by whom, with what, by when, and what follows when nobody does.

A clock is looked at for one reader, on what that reader may know (L21, L22). So an addressee that was not given a
notice hears nothing of it, and the one that asked hears the same whether it was not given or nobody cared. A clock is
never early: it starts at the later of event time and ledger time. The alerts are patterns of their own, P21 and P22.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from exchange.domain import disclosure, due_times, references
from exchange.domain.due_times import started
from exchange.domain.notice import Notice, Reader

SILENCE: Final = "silence_means_acceptance"
"""What the law says of a request that nobody answered. It is told as the law's word, and makes no reply."""

WHAT: Final = ("acknowledge", "register", "answer")
"""What a reminder asks for."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the table.

    `kind` and `step` say of which notices, `owed_by` which kinds of authorities among those whom the notice is for must
    answer; one answer of a state is enough. `answers` are the kinds that answer, by reference, or, if `follows`, also
    by coming after it about the same person. `within` is the time in words, `reminders` when the addressee is reminded,
    as shares of the time. `unanswered` says that the one that asked is told at the end, `alert` which pattern warns
    then.
    """

    name: str
    kind: str
    step: str
    owed_by: frozenset[str]
    answers: frozenset[str]
    follows: bool
    within: str
    reminders: tuple[float, ...]
    what: str
    unanswered: bool
    alert: str
    ground: str


_OFFICES: Final = frozenset({"asylum_office", "court_liaison"})
_MOVERS: Final = disclosure.MOVERS
DUTIES: Final = (
    Duty(
        name="referral",
        kind="claim_expressed",
        step="",
        owed_by=frozenset({"asylum_office"}),
        answers=frozenset({"claim_registered", "claim_not_taken"}),
        follows=True,
        within="acknowledged in 24 hours, registered in 3 working days of the state",
        reminders=(1.0,),
        what="register",
        unanswered=False,
        alert="P21",
        ground="A/58/281 para 11; Directive 2013/32/EU Art 6, Regulation (EU) 2024/1348 Art 27, from memory",
    ),
    Duty(
        name="hold",
        kind="hold_request",
        step="asked",
        owed_by=_OFFICES | {"return_unit"},
        answers=frozenset({"hold_request"}),
        follows=False,
        within="due_at, or 24 hours; never later than a removal that the state asked plans",
        reminders=(0.5, 1.0),
        what="answer",
        unanswered=True,
        alert="P22",
        ground="domain.md B.3 N22: the reply is mandatory; the time is this exchange's",
    ),
    Duty(
        name="information",
        kind="information_request",
        step="",
        owed_by=_OFFICES,
        answers=frozenset({"information_reply"}),
        follows=False,
        within="due_at, or 5 weeks",
        reminders=(0.8,),
        what="answer",
        unanswered=True,
        alert="",
        ground="Regulation (EU) 604/2013 Art 34, from memory",
    ),
    Duty(
        name="responsibility",
        kind="responsibility_request",
        step="",
        owed_by=_MOVERS,
        answers=frozenset({"responsibility_reply"}),
        follows=True,
        within="due_at; else to take charge 1 month, on a hit 2 weeks, to take back 2 weeks; for readmission none",
        reminders=(0.5,),
        what="answer",
        unanswered=True,
        alert="",
        ground="Regulation (EU) 2024/1351 Arts 40 and 41",
    ),
    Duty(
        name="correction",
        kind="correction",
        step="",
        owed_by=disclosure.SERVED_KINDS,
        answers=frozenset(),
        follows=False,
        within="acknowledged in 7 days",
        reminders=(1.0,),
        what="acknowledge",
        unanswered=False,
        alert="",
        ground="domain.md C, L10: who got the datum must acknowledge its correction; the time is this exchange's",
    ),
)
_BY_KIND: Final[Mapping[str, Duty]] = MappingProxyType({duty.kind: duty for duty in DUTIES})


def duty(notice: Notice) -> Duty | None:
    """Return the row for a notice, or None when it needs no answer.

    Who takes a question back needs no answer. A claim, and a request to hold, are gone only once somebody else has
    agreed (L23).
    """
    found = _BY_KIND.get(notice.kind)
    if found is None or found.step not in {"", notice.facts.get("step")}:
        return None
    if found.name == "referral" and notice.author.kind not in disclosure.REFERRING:
        return None
    taken_back = not notice.stands if found.alert else bool(notice.corrected.how)
    return None if taken_back else found


@dataclass(frozen=True, slots=True)
class Scene:
    """What one reader knows around a notice.

    `person` are the notices of the same person on its projection, `replies` those that name the notice in in_reply_to
    and that it wrote, was given, or, of its own state, knows. `directory` is who is enrolled. `given` says that it
    wrote the notice or has it in its inbox, `acknowledged` that it said so.
    """

    person: tuple[Notice, ...]
    replies: tuple[Notice, ...]
    directory: tuple[Reader, ...]
    given: bool
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A word that is due `at` a moment as things stand: `word` and `what` as on the wire, `end` when the time ends.

    `share` tells apart the reminders of one clock.
    """

    at: datetime
    word: str
    what: str
    end: datetime
    law: str = ""
    share: float = 1.0


def words(reader: Reader, notice: Notice, scene: Scene) -> tuple[Said, ...]:
    """Return what a reader is to be told of a notice's clock, now or later, unless somebody answers before."""
    row = duty(notice)
    end = None if row is None else due_times.due(row.name, notice, scene.person)
    if row is None or end is None or not scene.given:
        return ()
    law = SILENCE if notice.facts.get("request_type") in due_times.RESPOND else ""
    if reader.urn == notice.author.urn:
        told = row.unanswered and _is_open(row, notice, scene)
        return (Said(end, "unanswered", "", end, law),) if told else ()
    if not owes(reader, notice, row) or _is_answered(row, notice, reader.state, scene) or _is_off(notice, scene.person):
        return ()
    if row.name == "correction":
        return () if scene.acknowledged else (Said(end, "reminder", row.what, end),)
    start = started(notice)
    begin = start if start < end else notice.received_at
    said = [Said(begin + share * (end - begin), "reminder", row.what, end, law, share) for share in row.reminders]
    if row.name == "referral":
        said.insert(0, Said(notice.received_at, "referral", "", end))
        first = start + due_times.ACKNOWLEDGE
        if not scene.acknowledged and first < end:
            said.insert(1, Said(first, "reminder", "acknowledge", first))
    return tuple(said)


def owes(reader: Reader, notice: Notice, row: Duty) -> bool:
    """Tell whether a reader must answer a notice, if it was given it."""
    if reader.kind not in row.owed_by or reader.urn == notice.author.urn:
        return False
    if row.name == "correction":  # for everybody who got what it corrects
        return True
    asked = notice.event.get("counterpart_state")
    if row.name == "hold" and asked is not None and reader.state != asked:
        return False
    return disclosure.is_addressed(reader, notice)


def _is_open(row: Duty, notice: Notice, scene: Scene) -> bool:
    """Tell whether the one that asked still waits: for any state that must answer, or for whoever it may be."""
    if _is_off(notice, scene.person):
        return False
    states = {r.state for r in scene.directory if owes(r, notice, row)}
    return not states or any(not _is_answered(row, notice, state, scene) for state in states)


def _is_answered(row: Duty, notice: Notice, state: str, scene: Scene) -> bool:
    following = [n for n in scene.person if _follows(n, notice)] if row.follows else []
    return any(_answers(n, row, state) for n in (*scene.replies, *following))


def _answers(one: Notice, row: Duty, state: str) -> bool:
    if one.doubted or not one.stands or one.kind not in row.answers:
        return False
    if one.author.state != state or one.event["state"] != state:
        return False
    if row.name == "referral":  # whoever must hand a claim over cannot say that it need not be taken
        return one.author.kind == "asylum_office"
    return row.name != "hold" or one.facts.get("step") in references.ANSWERS


def _follows(one: Notice, notice: Notice) -> bool:
    return one.no != notice.no and not one.happened.before(notice.happened)


def _is_off(notice: Notice, person: Iterable[Notice]) -> bool:
    """Tell whether the author of a hold request has lifted it."""
    return notice.kind == "hold_request" and any(
        n.author.urn == notice.author.urn and n.facts.get("step") == "lifted" and n.no > notice.no
        for n in person
        if n.kind == "hold_request" and n.stands and not n.doubted
    )
