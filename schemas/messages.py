"""Bodies of requests: the envelope of a notice and the acts on an alert."""

import re
from typing import Final

from marshmallow import Schema, fields, validate

from exchange.domain.vocabulary import CLOSING_REASONS, LEGAL_BASES, QUERY_PURPOSES
from schemas.fields import REFERENCE, TOKEN, Choice, Text

PSEUDONYM: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")


class Envelope(Schema):
    """What is posted: one notice. Sealed parts are not carried yet, so the list may only be empty or absent."""

    notice = fields.String(required=True)
    sealed = fields.List(fields.String(), validate=validate.Length(max=0))


class Act(Schema):
    """An act of a caseworker on an alert: take or acknowledge."""

    caseworker = Text(PSEUDONYM, required=True)


class Closing(Act):
    """Closing an alert needs a reason of the closed list."""

    reason = Choice(CLOSING_REASONS, required=True)


class Question(Schema):
    """What a query says beside who sends it: purpose, own open case, tokens of the person."""

    purpose = Choice(QUERY_PURPOSES, required=True)
    legal_basis = Choice(LEGAL_BASES, required=True)
    case = Text(REFERENCE, required=True)
    tokens = fields.List(Text(TOKEN), required=True, validate=validate.Length(min=1, max=128))


ENVELOPE: Final = Envelope()
ACT: Final = Act()
CLOSING: Final = Closing()
QUESTION: Final = Question()
