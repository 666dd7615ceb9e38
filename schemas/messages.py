"""Bodies of requests: envelopes of notices, queries, acknowledgements, and the acts on an alert or a link."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.domain.alertlife import COMMENTS, LONGEST_SNOOZE, REOPENING_REASONS
from exchange.domain.judgements import COMPARED
from exchange.domain.vocabulary import ACK_STATES, CLOSING_REASONS, LEGAL_BASES, QUERY_PURPOSES, UNREADABLE_REASONS
from schemas.fields import AUTHORITY_URN, HASH, REFERENCE, TOKEN, Choice, Several, Text, Whole
from schemas.sealed import MOST_BLOBS

PSEUDONYM: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
NOTICE_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""A UUIDv7 in lower case (RFC 9562 section 5.7)."""
OWN_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A reference of the sender's own that can hold no name and no words: a UUID in lower case."""
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
"""A moment as the hub writes it, to the second (RFC 3339)."""
MOST_NOTICES: Final = 500
MOST_SEEN: Final = 500
"""Alerts that one snooze names."""
NEVER: Final[dict[str, Any]] = {"not": {}}
"""JSON Schema of a member that may not stand here."""


class Envelope(Schema):
    """What is posted: one notice, and the sealed blobs that its sealed part lists, in the same order."""

    notice = fields.String(required=True)
    sealed = Several(fields.String(), validate=validate.Length(max=MOST_BLOBS))


class Batch(Schema):
    """Several notices in one request; each is judged for itself."""

    notices = Several(fields.Nested(Envelope), required=True, validate=validate.Length(min=1, max=MOST_NOTICES))


class Shell(Schema):
    """A batch with its entries unread: one that is malformed takes no other with it."""

    notices = Several(fields.Raw(), required=True, validate=validate.Length(min=1, max=MOST_NOTICES))


class Act(Schema):
    """An act of a caseworker on an alert that says no more than who does it: take, acknowledge, unsnooze."""

    caseworker = Text(PSEUDONYM, required=True)


class Closing(Act):
    """Closing an alert needs a reason of the closed list."""

    reason = Choice(CLOSING_REASONS, required=True)


class Reopening(Act):
    """Opening a closed alert again needs a reason of another closed list."""

    reason = Choice(REOPENING_REASONS, required=True)


class Comment(Act):
    """A comment is a code of a closed list; what there is to tell lies in the sender's own file, under `reference`."""

    code = Choice(COMMENTS, required=True)
    reference = Text(OWN_UUID, metadata={"description": "the sender's own reference, a UUID"})


class AsRead(Schema):
    """An alert as it was read: what it says may have changed since."""

    id = Text(OWN_UUID, required=True)
    changed_at = Text(MOMENT, required=True)


class Snooze(Act):
    """Putting aside the alerts of one pattern family about one person, for so many days.

    With `seen`, the alerts of that kind as they were read, it is refused when there is one more or one has changed.
    """

    days = Whole(1, LONGEST_SNOOZE, required=True)
    seen = Several(fields.Nested(AsRead), validate=validate.Length(min=1, max=MOST_SEEN))


class Agreement(Act):
    """A monitor's word that the closing which an authority asks for may be done."""

    authority = Text(AUTHORITY_URN, required=True)


class Disagreement(Act):
    """A word against a closing that is asked for: in one's own queue, or a monitor's, on that of `authority`."""

    authority = Text(AUTHORITY_URN)


class Refusing(Act):
    """A word that two cases are of two persons, and which identifiers were compared and differ."""

    compared = Several(Choice(COMPARED), required=True, validate=validate.Length(min=1, max=len(COMPARED)))


class Confirming(Act):
    """A word that two cases are of one person, and which independent identifiers were compared, two at least (L17)."""

    compared = Several(Choice(COMPARED), required=True, validate=validate.Length(min=2, max=len(COMPARED)))


def tokens(*, required: bool = True) -> Several:
    """Return a field for linkage tokens of the person who is asked about."""
    return Several(Text(TOKEN), required=required, validate=validate.Length(min=1, max=128))


class Inquiry(Schema):
    """What a query and a check say first: why they ask, and in which own open case."""

    purpose = Choice(QUERY_PURPOSES, required=True)
    legal_basis = Choice(LEGAL_BASES, required=True)
    case = Text(REFERENCE, required=True)


class Question(Inquiry):
    """What a query says beside who sends it: purpose, own open case, tokens of the person."""

    tokens = tokens()


class Reference(Schema):
    """Which notice is meant."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)


class Acknowledgement(Schema):
    """What an acknowledgement says beside who sends it: which notice came, and whether it could be opened."""

    notice = fields.Nested(Reference, required=True)
    state = Choice(ACK_STATES, required=True)
    pt_sha256 = Text(HASH)
    reason = Choice(UNREADABLE_REASONS)
    also: ClassVar = {
        "oneOf": [
            {"properties": {"state": {"const": "delivered"}, "pt_sha256": NEVER, "reason": NEVER}},
            {"properties": {"state": {"const": "opened"}, "reason": NEVER}, "required": ["pt_sha256"]},
            {"properties": {"state": {"const": "unreadable"}, "pt_sha256": NEVER}, "required": ["reason"]},
        ]
    }

    @validates_schema
    def _says_all(self, data: Mapping[str, Any], **_: object) -> None:
        """`opened` states the plaintext's hash, `unreadable` a reason; no other state has either."""
        for member, state in (("pt_sha256", "opened"), ("reason", "unreadable")):
            if (member in data) != (data["state"] == state):
                raise ValidationError(f"stands with the state {state}, and with no other", member)


class Claims(Schema):
    """What every signed message of an authority says first."""

    v = Whole(1, 1, required=True)
    ex = Text(re.compile(r".{1,200}"), required=True, metadata={"description": "id of this exchange"})
    id = Text(NOTICE_ID, required=True)
    iss = Text(AUTHORITY_URN, required=True)
    iat = Whole(0, 2**53 - 1, required=True, metadata={"description": "Unix time in seconds"})


class SignedQuestion(Claims, Question):
    """Payload of a JWS asylum-exchange-query+jws."""


class SignedAcknowledgement(Claims, Acknowledgement):
    """Payload of a JWS asylum-exchange-ack+jws. `opened` has pt_sha256, `unreadable` a reason."""


class SignedNotice(Claims):
    """Issuer-signed payload of a notice: the digests of its five parts, in code-point order, beside the claims."""

    _sd_alg = Choice(("sha-256",), required=True)
    _sd = Several(Text(HASH), required=True, validate=validate.Length(equal=5))


ENVELOPE: Final = Envelope()
BATCH: Final = Batch()
SHELL: Final = Shell()
ACT: Final = Act()
CLOSING: Final = Closing()
REOPENING: Final = Reopening()
COMMENT: Final = Comment()
SNOOZE: Final = Snooze()
AGREEMENT: Final = Agreement()
DISAGREEMENT: Final = Disagreement()
CONFIRMING: Final = Confirming()
REFUSING: Final = Refusing()
QUESTION: Final = Question()
ACKNOWLEDGEMENT: Final = Acknowledgement()
