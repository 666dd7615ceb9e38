"""What an authority owes, as a schema: the body of `GET /v1/due`."""

from typing import Final

from marshmallow import Schema, fields, validate

from exchange.domain.clocks import SILENCE, WHAT
from exchange.domain.kinds import KINDS
from schemas.answers import MOST_ITEMS, seconds
from schemas.fields import AUTHORITY_URN, Choice, Several, Text
from schemas.messages import NOTICE_ID

MOST: Final = MOST_ITEMS


class Owed(Schema):
    """One notice that was given to the caller and that it has not answered yet; `due` may have passed."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    kind = Choice(KINDS, required=True)
    what = Choice(WHAT, required=True)
    due = seconds()
    law = Choice((SILENCE,))


class OwedPage(Schema):
    """What the caller owes, the soonest due first."""

    owed = Several(fields.Nested(Owed), required=True, validate=validate.Length(max=MOST))
