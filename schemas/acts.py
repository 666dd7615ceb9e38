"""The log of what an authority read and did, as it is shown to it."""

from marshmallow import Schema, fields, validate

from schemas.answers import LARGEST, MOST_ITEMS, number, seconds, text
from schemas.fields import Several, Whole


class DoneAct(Schema):
    """One act of the caller, or of a caseworker of it on the console."""

    no = Whole(1, LARGEST, required=True)
    at = seconds()
    what = text()
    object = text()
    purpose = text()
    caseworker = text(required=False)


class ActsPage(Schema):
    """A page of the log of what the caller read and did."""

    items = Several(fields.Nested(DoneAct), required=True, validate=validate.Length(max=MOST_ITEMS))
    next = number()
