"""Alerts as the hub shows them to the authority whose queue they are in."""

import re
from typing import Final

from marshmallow import Schema, fields

from exchange.domain.notice import CONTESTED, REPLACED, WITHDRAWN
from exchange.domain.vocabulary import GRADES
from schemas.answers import LARGEST, MOMENT, UUID, WORD, SeenFacts, SeenParts, flag, number, text
from schemas.fields import AUTHORITY_URN, REFERENCE, Choice, Several, Text, Whole
from schemas.messages import NOTICE_ID, PSEUDONYM

PATTERN: Final = re.compile(r"(P[0-9]{2}|Q01)")
"""A pattern in the timeline of a person, or Q01: an authority that probes, which the secretariat alone is told of."""
SEVERITIES: Final = ("info", "medium", "high", "critical")
CERTAINTIES: Final = ("possible", "likely", "certain")
STATUSES: Final = ("open", "taken", "acknowledged", "closed", "withdrawn")


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


class Happened(Schema):
    """One event in the life of an alert."""

    at = Text(MOMENT, required=True)
    act = Text(WORD, required=True)
    actor = Text(PSEUDONYM, required=True)
    detail = fields.Nested(SeenFacts, required=True)


class Summary(Schema):
    """An alert in the queue: a pattern found in the timeline of a person, with its evidence.

    One about an authority that probes has `probing` in place of `stage` and `link`, and names no notice.
    """

    id = Text(UUID, required=True)
    status = Choice(STATUSES, required=True)
    raised_at = Text(MOMENT, required=True)
    changed_at = Text(MOMENT, required=True)
    taken_by = Text(PSEUDONYM)
    expires_at = Text(MOMENT)
    closing_by = Text(PSEUDONYM)
    pattern = Text(PATTERN, required=True)
    title = text()
    meaning = text()
    severity = Choice(SEVERITIES, required=True)
    certainty = Choice(CERTAINTIES, required=True)
    stage = Choice(("risk", "imminent", "done"))
    link = Choice(GRADES)
    probing = fields.Nested(Probing)
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
    """The caller's alerts, the worst first."""

    alerts = Several(fields.Nested(Summary), required=True)
