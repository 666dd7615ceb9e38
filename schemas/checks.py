"""Ask before you remove: the signed check, and the signed answer to it."""

import re
from typing import ClassVar, Final

from marshmallow import Schema, fields, validate

from exchange.domain import codes
from exchange.domain.hypothesis import SHOWS
from exchange.domain.patterns.evaluator import STAGES
from schemas.answers import UUID, number, text
from schemas.fields import HASH, NOTICE_URN, Choice, Edtf, Several, Text, Whole, acting_state
from schemas.messages import NEVER, NOTICE_ID, Claims, Inquiry, tokens

MOST_NAMED: Final = 8
"""Notices that one answer names; an answer has a fixed size."""
ANSWERS: Final = ("nothing_to_tell", "stop", "patterns")
PATTERN: Final = re.compile(r"P[0-9]{2}")
"""A pattern in the timeline of a person (docs/patterns.md)."""


class Check(Inquiry):
    """What a check says beside who sends it: purpose, own open case, and the removal, planned or made now."""

    tokens = tokens(required=False)
    destination = acting_state()
    date = Edtf(required=True)
    means = Choice(codes.MEANS.codes, codes.MEANS)


class SignedCheck(Claims, Check):
    """Payload of a JWS asylum-exchange-check+jws."""


class ShownPattern(Schema):
    """A pattern that the removal completes or begins, or that stands; `shows` says when it does.

    `notices` are places in the list of the answer: what it rests on and the asker has already.
    """

    pattern = Text(PATTERN, required=True)
    stage = Choice(STAGES, required=True)
    shows = Choice(SHOWS, required=True)
    notices = Several(Whole(1, MOST_NAMED), required=True, validate=validate.Length(max=MOST_NAMED))


class CheckAnswer(Schema):
    """Payload of a JWS asylum-exchange-check-answer+jws, always of 4096 bytes: the answer to a check.

    `id` and `sha256` (of the signing input) are the check's. The question is to be put before anything else.
    """

    iat = number()
    jti = Text(UUID, required=True)
    id = Text(NOTICE_ID, required=True)
    sha256 = Text(HASH, required=True)
    answer = Choice(ANSWERS, required=True)
    words = text()
    question = text(required=False)
    patterns = Several(fields.Nested(ShownPattern), validate=validate.Length(min=1))
    notices = Several(Text(NOTICE_URN), validate=validate.Length(max=MOST_NAMED))
    pad = text()
    also: ClassVar = {
        "oneOf": [
            {
                "properties": {
                    "answer": {"enum": ["nothing_to_tell", "stop"]},
                    **dict.fromkeys(("question", "patterns", "notices"), NEVER),
                }
            },
            {"properties": {"answer": {"const": "patterns"}}, "required": ["question", "patterns", "notices"]},
        ]
    }


CHECK: Final = Check()
