"""The hub's own words in an inbox: what it says when it speaks for itself, and not for the author of a notice."""

import re
from typing import ClassVar, Final

from marshmallow import Schema, fields, validate

from exchange.domain.clocks import SILENCE, WHAT
from exchange.domain.stops import RULES
from exchange.domain.vocabulary import ACTING_STATES
from schemas.answers import UUID, WORD, number, seconds
from schemas.fields import AUTHORITY_URN, REFERENCE, Choice, Several, Text
from schemas.messages import NOTICE_ID

CLOCK: Final = ("referral", "reminder", "unanswered")
WORDS: Final = (
    "query",
    "sequence_gap",
    "sequence_reused",
    "prev_mismatch",
    "keyset_not_named",
    "subject_shrunk",
    "shown_before",
    "stop",
    *CLOCK,
)


class ShownBefore(Schema):
    """A notice that a state was given before it became one that must not learn of the person (L21)."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    to = Text(AUTHORITY_URN, required=True)
    at = seconds()
    parts = Several(Text(WORD), required=True)


class StopRule(Schema):
    """A rule that stops a removal, and until when; open-ended without `until`."""

    rule = Choice(tuple(RULES), required=True)
    until = seconds(required=False)


class Word(Schema):
    """Payload of a JWS asylum-exchange-word+jws: the hub's own word in an inbox."""

    word = Choice(WORDS, required=True)
    mailbox = Text(UUID)
    asked_by = Text(AUTHORITY_URN)
    purpose = Text(WORD)
    legal_basis = Text(re.compile(r"[a-z0-9_]+"))
    iss = Text(AUTHORITY_URN)
    id = Text(NOTICE_ID)
    seq = number(required=False)
    expected = number(required=False)
    state = Choice(ACTING_STATES)
    notices = Several(fields.Nested(ShownBefore), validate=validate.Length(min=1))
    case = Text(REFERENCE)
    stop = Choice(("yes", "no"))
    rules = Several(fields.Nested(StopRule), validate=validate.Length(min=1))
    due = seconds(required=False)
    what = Choice(WHAT)
    law = Choice((SILENCE,))
    also: ClassVar = {
        "oneOf": [
            {
                "properties": {"word": {"const": "query"}},
                "required": ["mailbox", "asked_by", "purpose", "legal_basis"],
            },
            {"properties": {"word": {"const": "sequence_gap"}}, "required": ["iss", "id", "seq", "expected"]},
            {
                "properties": {"word": {"enum": ["sequence_reused", "prev_mismatch", "keyset_not_named"]}},
                "required": ["iss", "id", "seq"],
            },
            {"properties": {"word": {"const": "subject_shrunk"}}, "required": ["iss", "id"]},
            {"properties": {"word": {"const": "shown_before"}}, "required": ["state", "notices"]},
            {"properties": {"word": {"const": "stop"}}, "required": ["case", "stop"]},
            {"properties": {"word": {"const": "reminder"}}, "required": ["iss", "id", "due", "what"]},
            {"properties": {"word": {"enum": ["referral", "unanswered"]}}, "required": ["iss", "id", "due"]},
        ]
    }
