"""The aggregate report as the hub shows it: frozen quarterly releases."""

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from exchange.domain.aggregates import ALL, MEASURES, ROUNDED_TO, SUPPRESSED
from exchange.domain.vocabulary import ACTING_STATES
from schemas.answers import LARGEST, Leaf, seconds
from schemas.fields import HASH, Choice, Several, Text, Whole

QUARTER: Final = re.compile(r"[1-9][0-9]{3}-Q[1-4]")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_RELEASES: Final = 4000
_SHAPE: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": LARGEST, "multipleOf": ROUNDED_TO},
        {"const": SUPPRESSED},
    ]
}


class Count(fields.Raw):
    """A rounded count, or the word that it is suppressed."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> object:  # noqa: ANN401, ARG002 -- marshmallow's own form
        if value != SUPPRESSED and not (type(value) is int and 0 <= value <= LARGEST and value % ROUNDED_TO == 0):
            raise ValidationError(f"is neither {SUPPRESSED} nor a multiple of {ROUNDED_TO}")
        return value


class Named(Schema):
    """A frozen release: its quarter, the SHA-256 of its bytes, and the leaf of the ledger whose record they are."""

    quarter = Text(QUARTER, required=True)
    sha256 = Text(HASH, required=True)
    frozen_at = seconds()
    leaf = fields.Nested(Leaf, required=True)


class Releases(Schema):
    """The frozen releases, the latest first."""

    releases = Several(fields.Nested(Named), required=True, validate=validate.Length(max=MOST_RELEASES))


class RowBase(Schema):
    """What a release shows of one state, or with ALL of all together: each count rounded to 5, or suppressed."""

    state = Choice(ACTING_STATES | {ALL}, required=True)


Row: Final = RowBase.from_dict({measure: Count(required=True, metadata=_SHAPE) for measure in MEASURES}, name="Row")
Row.__doc__ = RowBase.__doc__


class Release(Schema):
    """The release of a quarter: counts of the notices received, and of the alerts raised, from `from` until `until`."""

    v = Whole(1, 1, required=True)
    typ = Choice(("asylum-exchange-release",), required=True)
    ex = fields.String(required=True)
    quarter = Text(QUARTER, required=True)
    until = Text(DAY, required=True)
    rounded_to = Whole(ROUNDED_TO, ROUNDED_TO, required=True)
    rows = Several(fields.Nested(Row), required=True, validate=validate.Length(min=1, max=len(ACTING_STATES) + 1))

    class Meta:
        """`from` is a word of the language."""

        include = {"from": Text(DAY, required=True)}  # noqa: RUF012 -- marshmallow reads it once
