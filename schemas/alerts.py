"""Alerts as the hub shows them to the authority whose queue they are in."""

import re
from typing import Final

from marshmallow import Schema, fields

from exchange.domain.collective import BAND_NAMES, SIGNS
from exchange.domain.notice import CONTESTED, REPLACED, WITHDRAWN
from exchange.domain.sightings import PUT_OUT
from exchange.domain.vocabulary import CLOSING_REASONS, GRADES
from schemas.answers import LARGEST, UUID, WORD, SeenFacts, SeenParts, flag, number, text
from schemas.checks import ANSWERS
from schemas.fields import AUTHORITY_URN, REFERENCE, Choice, Edtf, Several, Text, Whole, acting_state
from schemas.messages import MOMENT, NOTICE_ID, PSEUDONYM

PATTERN: Final = re.compile(r"(P[0-9]{2}|Q01)")
"""A pattern in the timeline of a person, or Q01: an authority that probes, which the secretariat alone is told of."""
POST: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}|not_recorded")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
REASON: Final = re.compile(r"[A-I]|[a-z]+(_[a-z]+)*")
SEVERITIES: Final = ("info", "medium", "high", "critical")
CERTAINTIES: Final = ("possible", "likely", "certain")
STATUSES: Final = ("open", "taken", "acknowledged", "closed", "withdrawn", "superseded")


class Clause(Schema):
    """What holds of the person, in words, and the numbers of the notices that it rests on."""

    clause = text()
    words = text()
    notices = Several(number(), required=True)


class Suppressor(Schema):
    """What speaks against the finding; it lowers the certainty and hides nothing."""

    code = text()
    words = text()


class Contradiction(Schema):
    """Where two notices do not fit together, in words; who is right is for caseworkers to find out (L18)."""

    words = text()
    notices = Several(number(), required=True)


class SeenNotice(SeenParts):
    """A notice that an alert rests on, as its reader may see it."""

    id = Text(NOTICE_ID)
    author = Text(AUTHORITY_URN)
    number = Whole(1, LARGEST, required=True)
    seen_as = Text(WORD, required=True)
    corrected = Choice((CONTESTED, WITHDRAWN, REPLACED))
    flag = flag()


class Probing(Schema):
    """Who asked about persons that are kept from its own state, in how many cases of its own, within how many days."""

    asked_by = Text(AUTHORITY_URN, required=True)
    cases = number()
    days = number()


class Check(Schema):
    """Who asked before a removal to which state and when, what it was told, and the patterns that are high or worse.

    `id` is that of the check, by which its leaf in the ledger can be asked for. When the person is forgotten, `told`
    and `patterns` alone stay.
    """

    asked_by = Text(AUTHORITY_URN)
    id = Text(NOTICE_ID)
    destination = acting_state(required=False)
    date = Edtf()
    told = Choice(ANSWERS, required=True)
    patterns = Several(Text(PATTERN), required=True)


class PutOut(Schema):
    """Persons put out for one reason: kind and code of it, the band of their number, what makes it a pattern."""

    kind = Choice(tuple(PUT_OUT), required=True)
    reason = Text(REASON, required=True)
    persons = Choice(BAND_NAMES, required=True)
    signs = Several(Choice(SIGNS), required=True)


class Collective(Schema):
    """At which post (UN/LOCODE, or `not_recorded`), on which day, how many persons were put out, and for what."""

    state = acting_state()
    post = Text(POST, required=True)
    day = Text(DAY, required=True)
    groups = Several(fields.Nested(PutOut), required=True)


class Happened(Schema):
    """One event in the life of an alert."""

    at = Text(MOMENT, required=True)
    act = Text(WORD, required=True)
    actor = Text(PSEUDONYM, required=True)
    detail = fields.Nested(SeenFacts, required=True)


class Snoozed(Schema):
    """Who has put an alert aside, and until when."""

    by = Text(PSEUDONYM, required=True)
    until = Text(MOMENT, required=True)


class Closing(Schema):
    """A closing that another authority asks for of the same finding; the reader is a monitor and may speak on it."""

    authority = Text(AUTHORITY_URN, required=True)
    reason = Choice(CLOSING_REASONS, required=True)
    at = Text(MOMENT, required=True)


class Summary(Schema):
    """An alert in the queue: a pattern found in the timeline of a person, with its evidence.

    Alerts with the same `dossier` are about one person, as the reader knows it. One with `snooze` or `inhibited_by` is
    no open work now: it was put aside, or an alert of the stage `done` covers it.

    One about an authority that probes has `probing` in place of `stage` and `link`, and names no notice. One about a
    removal that somebody asked about has `check`, and is in the queues of monitors alone. So is one
    about a post on a day (P20), which has `collective` and names no notice.
    """

    id = Text(UUID, required=True)
    status = Choice(STATUSES, required=True)
    raised_at = Text(MOMENT, required=True)
    changed_at = Text(MOMENT, required=True)
    taken_by = Text(PSEUDONYM)
    expires_at = Text(MOMENT)
    closing_by = Text(PSEUDONYM)
    monitor_disagrees = Choice(
        ("yes",), metadata={"description": "a monitor has spoken against closing it: only a monitor can agree now"}
    )
    superseded_by = Text(UUID)
    dossier = Text(UUID)
    snooze = fields.Nested(Snoozed)
    inhibited_by = Text(UUID)
    closings = Several(fields.Nested(Closing))
    pattern = Text(PATTERN, required=True)
    title = text()
    meaning = text()
    severity = Choice(SEVERITIES, required=True)
    certainty = Choice(CERTAINTIES, required=True)
    stage = Choice(("risk", "imminent", "done"))
    link = Choice(GRADES)
    probing = fields.Nested(Probing)
    collective = fields.Nested(Collective)
    check = fields.Nested(Check)
    question = text()
    clauses = Several(fields.Nested(Clause), required=True)
    notices = Several(fields.Nested(SeenNotice), required=True)
    suppressors = Several(fields.Nested(Suppressor), required=True)
    contradictions = Several(fields.Nested(Contradiction))
    your_cases = Several(Text(REFERENCE))


class Alert(Summary):
    """One alert with its history."""

    history = Several(fields.Nested(Happened), required=True)


class Queue(Schema):
    """The caller's alerts, the worst first; `open_work` of them wait for somebody."""

    open_work = number()
    alerts = Several(fields.Nested(Summary), required=True)
