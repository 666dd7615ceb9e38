"""The directory of neighbours: what is said of one state, and the pages on which it is read.

Every statement names its source and the day on which somebody compared it with that source, or says `not_verified`;
where nothing is known it says `not_recorded`, and then nothing else.
"""

import re
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.domain import neighbours
from exchange.domain.codes import YES_NO
from exchange.domain.neighbours import NOT_RECORDED, NOT_VERIFIED, UNION
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS, PERSON_STATES, UNKNOWN_ORIGIN
from schemas.answers import Leaf, number, seconds
from schemas.fields import AUTHORITY_URN, HASH, Choice, Edtf, Several, Text, acting_state
from schemas.messages import NEVER

VERIFIED_AT: Final = re.compile(rf"[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|{NOT_VERIFIED}")
EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}")
TELEPHONE: Final = re.compile(r"\+[0-9][0-9 ]{4,22}[0-9]")
MOST: Final = 64
"""Entries of a list."""
_LISTS: Final = ("offices", "safe_country_lists", "readmission")


def _line(most: int, *, required: bool = False, says: str = "") -> fields.String:
    told = {"metadata": {"description": says}} if says else {}
    return fields.String(required=required, validate=validate.Length(min=1, max=most), **told)  # type: ignore[arg-type]


def _source(*, required: bool) -> fields.String:
    return _line(400, required=required, says="where it stands, so that a reader finds it")


def _verified(*, required: bool) -> Text:
    says = "the day on which it was compared with its source, or not_verified"
    return Text(VERIFIED_AT, required=required, metadata={"description": says})


def _list(of: type[Schema]) -> Several:
    return Several(fields.Nested(of), required=True, validate=validate.Length(max=MOST))


class Sourced(Schema):
    """A statement. `not_recorded` stands alone; everything else has a source and says when it was verified."""

    words = _line(1000)
    since = Edtf()
    until = Edtf()
    source = _source(required=False)
    verified_at = _verified(required=False)

    also: ClassVar[dict[str, Any]] = {
        "if": {"properties": {"says": {"const": NOT_RECORDED}}},
        "then": {"properties": dict.fromkeys(("words", "since", "until", "source", "verified_at"), NEVER)},
        "else": {"required": ["source", "verified_at"]},
    }

    @validates_schema
    def _alone_or_sourced(self, data: dict[str, Any], **_: object) -> None:
        if data["says"] == NOT_RECORDED and len(data) > 1:
            raise ValidationError("not_recorded stands alone", "says")
        if data["says"] != NOT_RECORDED and not {"source", "verified_at"} <= data.keys():
            raise ValidationError("a statement has source and verified_at", "source")


class Access(Sourced):
    """Where a claim can be made, by the law of the state."""

    says = Choice(neighbours.ACCESS, required=True)


class Suspensive(Sourced):
    """Whether a remedy stops the removal, by the law of the state."""

    says = Choice(neighbours.SUSPENSIVE, required=True)


class Membership(Sourced):
    """Whether the state is bound; `since` is the day of accession, ratification or succession, as `words` say."""

    says = Choice(neighbours.MEMBERSHIP, required=True)


class Adequacy(Sourced):
    """Whether there is an adequacy decision for the state (GDPR Art 45)."""

    says = Choice(neighbours.ADEQUACY, required=True)


class SafeList(Schema):
    """A list of countries that the state takes to be safe, or the statement that it has none of this kind."""

    kind = Choice(neighbours.SAFE_LISTS, required=True)
    says = Choice(neighbours.LISTED, required=True)
    drawn_up_by = Choice(neighbours.DRAWN_UP_BY, required=True)
    countries = Several(acting_state(required=False), required=True, validate=validate.Length(max=250))
    words = _line(1000)
    since = Edtf()
    until = Edtf()
    source = _source(required=True)
    verified_at = _verified(required=True)


class Agreement(Schema):
    """A readmission agreement; `concluded_by` is EU where the Union's agreement binds the state."""

    partner = Choice(ACTING_STATES | {UNION}, required=True)
    concluded_by = Choice(neighbours.DRAWN_UP_BY, required=True)
    status = Choice(neighbours.AGREEMENT, required=True)
    status_since = Edtf()
    signed = Edtf()
    in_force = Edtf()
    third_country_nationals = Choice(YES_NO.codes, required=True)
    words = _line(1000)
    source = _source(required=True)
    verified_at = _verified(required=True)


class OnwardReturn(Schema):
    """A documented return: this state sent persons of an origin on to another. It says nothing of any person.

    When it was compared with its source, it makes what is found about persons of that origin graver for a year.
    """

    origin = Choice(PERSON_STATES - UNKNOWN_ORIGIN, required=True)
    returned_to = acting_state()
    returned = Edtf(required=True, metadata={"description": "when, as the source tells it"})
    words = _line(1000)
    source = _source(required=True)
    verified_at = _verified(required=True)


class Contact(Schema):
    """A contact point: a function of an office, never a person."""

    function = Choice(neighbours.FUNCTIONS, required=True)
    post = _line(300)
    email = Text(EMAIL)
    telephone = Text(TELEPHONE)

    also: ClassVar[dict[str, Any]] = {"minProperties": 2}

    @validates_schema
    def _reachable(self, data: dict[str, Any], **_: object) -> None:
        if len(data) < 2:  # noqa: PLR2004 -- the function, and a way to it
            raise ValidationError("a contact point has post, email or telephone", "function")


class Office(Schema):
    """An office of the state. `authority` is its URN here, when it is enrolled."""

    name = _line(200, required=True)
    kind = Choice(AUTHORITY_KINDS, required=True)
    authority = Text(AUTHORITY_URN)
    competence = Several(
        Choice(neighbours.COMPETENCES), required=True, validate=validate.Length(min=1, max=len(neighbours.COMPETENCES))
    )
    contacts = Several(fields.Nested(Contact), required=True, validate=validate.Length(max=MOST))
    source = _source(required=True)
    verified_at = _verified(required=True)


class Coverage(Schema):
    """How far each list goes: complete, partial, or not_recorded and then empty."""

    offices = Choice(neighbours.COVERAGE, required=True)
    safe_country_lists = Choice(neighbours.COVERAGE, required=True)
    readmission = Choice(neighbours.COVERAGE, required=True)


class Remedies(Schema):
    """The suspensive effect of a remedy: before the first instance, on appeal, in a border procedure."""

    first_instance = fields.Nested(Suspensive, required=True)
    appeal = fields.Nested(Suspensive, required=True)
    border_procedure = fields.Nested(Suspensive, required=True)


class Law(Schema):
    """What the law of the state says."""

    access_to_procedure = fields.Nested(Access, required=True)
    suspensive_effect = fields.Nested(Remedies, required=True)


class Treaties(Schema):
    """What the state is bound by, of what matters here."""

    convention_1951 = fields.Nested(Membership, required=True)
    protocol_1967 = fields.Nested(Membership, required=True)
    echr = fields.Nested(Membership, required=True)
    convention_108 = fields.Nested(Membership, required=True)
    european_union = fields.Nested(Membership, required=True)


def _covered(name: str) -> dict[str, Any]:
    """Say in JSON Schema that a list is empty exactly when it is not recorded."""
    unrecorded = {"properties": {"coverage": {"properties": {name: {"const": NOT_RECORDED}}}}}
    return {
        "if": unrecorded,
        "then": {"properties": {name: {"maxItems": 0}}},
        "else": {"properties": {name: {"minItems": 1}}},
    }


class Neighbour(Schema):
    """What the directory says of one state, as of a day. Officers sign its digest; two stand behind every version."""

    state = acting_state()
    as_of = Edtf(required=True, metadata={"description": "the day of which the entry as a whole is"})
    coverage = fields.Nested(Coverage, required=True)
    offices = _list(Office)
    law = fields.Nested(Law, required=True)
    safe_country_lists = _list(SafeList)
    readmission = _list(Agreement)
    onward_returns = Several(
        fields.Nested(OnwardReturn),
        validate=validate.Length(min=1, max=MOST),
        metadata={"description": "is left out where nobody documented one"},
    )
    treaties = fields.Nested(Treaties, required=True)
    adequacy_decision = fields.Nested(Adequacy, required=True)

    also: ClassVar[dict[str, Any]] = {"allOf": [_covered(name) for name in _LISTS]}

    @validates_schema
    def _covers_what_it_lists(self, data: dict[str, Any], **_: object) -> None:
        for name in _LISTS:
            if (data["coverage"][name] == NOT_RECORDED) != (not data[name]):
                raise ValidationError("is empty exactly when coverage says not_recorded", name)


NEIGHBOUR: Final = Neighbour()


class Version(Schema):
    """Which version of an entry there is, since when, and its leaf."""

    version = number()
    at = seconds()
    digest = Text(HASH, required=True)
    command = Text(HASH, required=True)
    leaf = number()


class Enrolled(Schema):
    """An authority of this exchange."""

    urn = Text(AUTHORITY_URN, required=True)
    kind = Choice(AUTHORITY_KINDS, required=True)
    state = acting_state()


class EntryInList(Version):
    """The newest version of an entry."""

    state = acting_state()
    entry = fields.Nested(Neighbour, required=True)


class Directory(Schema):
    """The newest version of every entry, and every enrolled authority."""

    authorities = fields.List(fields.Nested(Enrolled), required=True)
    entries = fields.List(fields.Nested(EntryInList), required=True)


class Page(Schema):
    """One version of an entry, and which versions there are.

    The leaf is over `record`, which names the SHA-256 of the entry, the officers' command and the version before.
    """

    state = acting_state()
    version = number()
    at = seconds()
    command = Text(HASH, required=True)
    leaf = fields.Nested(Leaf, required=True)
    record = fields.String(required=True, metadata={"description": "what the leaf is over, with its salt"})
    text = fields.String(required=True, metadata={"description": "the entry as the officers signed it, for its digest"})
    entry = fields.Nested(Neighbour, required=True)
    authorities = fields.List(fields.Nested(Enrolled), required=True)
    versions = fields.List(fields.Nested(Version), required=True)
