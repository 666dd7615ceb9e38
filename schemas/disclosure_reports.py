"""The disclosure report: what is asked for, and what the hub signs: who was told what, when, and for which purpose."""

import re
from typing import Final

from marshmallow import Schema, fields, validate

from exchange.domain import disclosure_report, vocabulary
from exchange.domain.codes import NOT_RECORDED
from exchange.domain.kinds import KINDS
from exchange.domain.vocabulary import ACTING_STATES
from schemas.alerts import PATTERN, SEVERITIES
from schemas.answers import UUID, Leaf, seconds, text
from schemas.fields import AUTHORITY_URN, REFERENCE, Choice, Edtf, Several, Text, Whole
from schemas.messages import NOTICE_ID

PARTS: Final = ("event", "facts", "safeguards", "sealed", "stop", "danger", "source")
MEMBER: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_COMPACT: Final = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"


class Asked(Schema):
    """Having a disclosure report made of an own case: why, on what basis, and into whose hands it is given."""

    case = Text(REFERENCE, required=True)
    purpose = Choice(disclosure_report.PURPOSES, required=True)
    legal_basis = Choice(disclosure_report.LEGAL_BASES, required=True)

    class Meta:
        """`for` is a word of the language."""

        include = {"for": Choice(disclosure_report.FOR, required=True)}  # noqa: RUF012 -- marshmallow reads it once


class Part(Schema):
    """A part of a notice that somebody was given: whole or not, and the members of it where they can be named."""

    part = Choice(PARTS, required=True)
    whole = Choice(("yes", "no"), required=True)
    members = Several(Text(MEMBER), validate=validate.Length(min=1))


class Acknowledged(Schema):
    """What an addressee acknowledged."""

    state = Choice(vocabulary.ACK_STATES, required=True)
    at = seconds()


class Recipient(Schema):
    """An authority that was told something, and when."""

    to = Text(AUTHORITY_URN, required=True)
    state = Choice(ACTING_STATES, required=True)
    kind = Choice(vocabulary.AUTHORITY_KINDS, required=True)
    at = seconds()


class Delivery(Recipient):
    """A delivery of the notice; `shown` is when its addressee first saw it, absent while it has not."""

    parts = Several(fields.Nested(Part), required=True)
    shown = seconds(required=False)
    acknowledged = Several(fields.Nested(Acknowledged), validate=validate.Length(min=1))


class Warned(Recipient):
    """An alert that rests on the notice, in the queue of an authority."""

    pattern = Text(PATTERN, required=True)
    title = text()
    severity = Choice(SEVERITIES, required=True)


class Told(Schema):
    """One notice, why it was sent, and to whom it went. `case` is there on the maker's own notices alone."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    kind = Choice(KINDS, required=True)
    event_time = Edtf(required=True)
    state = Choice(ACTING_STATES, required=True)
    counterpart_state = Choice(ACTING_STATES)
    received = seconds()
    case = Text(REFERENCE)
    reference = Text(REFERENCE)
    source = Choice(vocabulary.SOURCES, required=True)
    purpose = Choice((*vocabulary.PURPOSES, NOT_RECORDED), required=True)
    legal_basis = Choice((*vocabulary.LEGAL_BASES, NOT_RECORDED), required=True)
    told = Several(fields.Nested(Delivery), required=True)
    alerts = Several(fields.Nested(Warned), required=True)


class Queried(Schema):
    """A query, or a check, about the person that the maker was told of."""

    asked_by = Text(AUTHORITY_URN, required=True)
    purpose = Choice(vocabulary.QUERY_PURPOSES, required=True)
    legal_basis = Choice(vocabulary.LEGAL_BASES, required=True)
    at = seconds()


class Earlier(Schema):
    """A report that the maker had made of the case before."""

    purpose = Choice(disclosure_report.PURPOSES, required=True)
    legal_basis = Choice(disclosure_report.LEGAL_BASES, required=True)
    at = seconds()

    class Meta:
        """As in `Asked`."""

        include = {"for": Choice(disclosure_report.FOR, required=True)}  # noqa: RUF012 -- as above


class Report(Asked):
    """Payload of a JWS asylum-exchange-disclosure-report+jws: who was told what of the person of a case.

    `not_into` are the states into which it must not go, by what the maker itself knows.
    """

    v = Whole(1, 1, required=True)
    ex = fields.String(required=True)
    id = Text(UUID, required=True)
    iat = seconds()
    to = Text(AUTHORITY_URN, required=True)
    not_into = Several(Choice(vocabulary.PERSON_STATES), required=True)
    notices = Several(fields.Nested(Told), required=True, validate=validate.Length(min=1))
    queries = Several(fields.Nested(Queried), required=True)
    reports = Several(fields.Nested(Earlier), required=True)


class Made(Schema):
    """A disclosure report as it is handed out, and the leaf of the ledger whose record its JWS is."""

    report = fields.String(
        required=True,
        metadata={"description": "a JWS, see the schema disclosure-report", "pattern": _COMPACT},
    )
    leaf = fields.Nested(Leaf, required=True)


ASKED: Final = Asked()
REPORT: Final = Report()
