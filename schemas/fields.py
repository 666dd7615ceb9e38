"""Fields that the messages share. Each refuses what is not in its closed list or form."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from exchange.domain import edtf
from exchange.domain.codes import NOT_RECORDED, CodeList
from exchange.domain.errors import Refusal
from exchange.domain.vocabulary import ACTING_STATES, PERSON_STATES

AUTHORITY_URN = re.compile(r"urn:asylum-exchange:authority:(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*")
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
TOKEN = re.compile(r"[A-Z][A-Z0-9]{1,7}\.[A-Za-z0-9_-]{43}")
NOTICE_URN = re.compile(
    r"urn:asylum-exchange:notice:(?=[a-z0-9-]{1,63}:)[a-z0-9]+(-[a-z0-9]+)*:"
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
HASH = re.compile(r"[A-Za-z0-9_-]{43}")


class Text(fields.Field[str]):
    """A string that matches a pattern as a whole; nothing is converted."""

    def __init__(self, pattern: re.Pattern[str], **kwargs: Any) -> None:  # noqa: ANN401 -- marshmallow's own options
        super().__init__(**kwargs)
        self.pattern = pattern

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ANN401, ARG002
        if not isinstance(value, str) or len(value) > 256 or not self.pattern.fullmatch(value):  # noqa: PLR2004
            raise ValidationError(f"has not the form {self.pattern.pattern}")
        return value


class Choice(fields.Field[str]):
    """One word of a closed list."""

    def __init__(
        self,
        values: frozenset[str] | tuple[str, ...],
        listed: CodeList | None = None,
        **kwargs: Any,  # noqa: ANN401 -- as above
    ) -> None:
        super().__init__(**kwargs)
        self.values = frozenset(values)
        self.listed = listed
        self.shown = ", ".join(sorted(values)) if len(values) < 40 else "the states of ISO 3166-1 alpha-3"  # noqa: PLR2004

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ANN401, ARG002
        if not isinstance(value, str) or value not in self.values:
            raise ValidationError(f"is not one of: {self.shown}")
        return value


class Edtf(fields.Field[str]):
    """A time of EDTF (ISO 8601-2), kept as it was written."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ANN401, ARG002
        if not isinstance(value, str):
            raise ValidationError("is no string")
        try:
            edtf.read(value)
        except Refusal as refusal:
            raise ValidationError(refusal.detail) from refusal
        return value


class Whole(fields.Field[int]):
    """A whole number in a range; true and 1.0 are none."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:  # noqa: ANN401 -- as above
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ANN401, ARG002
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValidationError(f"is no whole number from {self.low} to {self.high}")
        return value


class Several(fields.List[Any]):
    """A list whose length is looked at before its entries: a million bad ones must not be a million errors."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:  # noqa: ANN401 -- as above
        if isinstance(value, list):
            self._validate(value)
        return super()._deserialize(value, attr, data, **kwargs)


def person_states() -> Several:
    """Return a field for states that a person has to do with."""
    return Several(Choice(PERSON_STATES), validate=validate.Length(min=1, max=8))


def code(listed: CodeList) -> Choice:
    """Return a field for one code of a list, which must be said."""
    return Choice(listed.codes, listed, required=True)


def several_codes(listed: CodeList, *, required: bool = False) -> Several:
    """Return a field for codes of a list; where nothing was recorded there is no list."""
    said = tuple(one for one in listed.codes if one != NOT_RECORDED)
    return Several(Choice(said, listed), required=required, validate=validate.Length(min=1, max=len(said)))


def acting_state(*, required: bool = True) -> Choice:
    """Return a field for the state that acts, or the other one."""
    return Choice(ACTING_STATES, required=required)


def strict(members: dict[str, fields.Field[Any]], name: str) -> Schema:
    """Return one schema instance that refuses unknown members (building one costs more than using it)."""
    return Schema.from_dict(members, name=name)()
