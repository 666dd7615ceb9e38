"""What a sealed blob holds, and the signed list that binds the blobs to their notice.

The person block (domain.md B.2) and any narrative exist only inside a sealed blob: the hub never sees one. These
schemas are for the authorities at both ends.
"""

import re
from typing import Any, Final

from marshmallow import Schema, fields, validate

from exchange.domain import codes
from exchange.domain.vocabulary import ISO_3166_1, PERSON_STATES
from schemas.fields import HASH, REFERENCE, Choice, Edtf, Several, Text, Whole, person_states

MOST_BLOBS: Final = 8
LARGEST_BLOB: Final = 256 * 1024
"""Bytes of one blob; a single notice with all its blobs must fit into the body of one request."""
LONGEST_NARRATIVE: Final = 64 * 1024
NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}")
"""ISO 15924."""
MACHINE_READABLE: Final = re.compile(r"[A-Z<]{1,39}")
"""An identifier as ICAO Doc 9303 writes it in the machine readable zone."""
LANGUAGE: Final = re.compile(r"[a-z]{3}")
"""ISO 639-3."""
DOCUMENT_CODE: Final = re.compile(r"[PIACV][A-Z<]?")
"""The document code of ICAO Doc 9303, its first letter and perhaps a second."""
DOCUMENT_NUMBER: Final = re.compile(r"[A-Za-z0-9<][A-Za-z0-9< /.-]{0,31}")


class SealedBlob(Schema):
    """One sealed blob: SHA-256 and length of the JWE as it is sent, and SHA-256 of the padded plaintext in it."""

    sha256 = Text(HASH, required=True)
    pt_sha256 = Text(HASH, required=True)
    bytes = Whole(1, LARGEST_BLOB, required=True)


class SealedList(SealedBlob):
    """The sealed part of a notice: one entry for each blob of the envelope, in the same order."""

    def load(self, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as marshmallow has it
        """Return the list. Raises ValidationError when it holds no entry, or more than MOST_BLOBS."""
        validate.Length(min=1, max=MOST_BLOBS)(data if isinstance(data, list) else [])
        return super().load(data, **kwargs)


class Name(Schema):
    """A name as it is written somewhere, in one script."""

    written = Text(NAME, required=True)
    script = Text(SCRIPT, required=True)
    romanisation = Choice(codes.ROMANISATIONS.codes, codes.ROMANISATIONS)
    primary_identifier = Text(MACHINE_READABLE)
    secondary_identifier = Text(MACHINE_READABLE)
    given = Text(NAME)
    family = Text(NAME)
    patronymic = Text(NAME)
    fathers_name = Text(NAME)


class BirthDate(Schema):
    """A date of birth as a source has it: `date` in the Gregorian calendar, `calendar` the one that the source used."""

    date = Edtf(required=True)
    calendar = Choice(codes.CALENDARS.codes, codes.CALENDARS, required=True)
    source = Choice(codes.BIRTH_SOURCES.codes, codes.BIRTH_SOURCES, required=True)
    disputed = Choice(codes.YES_NO.codes, codes.YES_NO, required=True)


class Nationalities(Schema):
    """Nationalities as claimed, as established, and those that the person had before."""

    claimed = person_states()
    established = person_states()
    former = person_states()


class Document(Schema):
    """An identity or travel document."""

    code = Text(DOCUMENT_CODE, required=True)
    issuer = Choice(PERSON_STATES, required=True)
    number = Text(DOCUMENT_NUMBER, required=True)
    issued_at = Edtf()
    expires_at = Edtf()


class FamilyLink(Schema):
    """A member of the family, by the author's own case reference of that person."""

    relation = Choice(codes.RELATIONS.codes, codes.RELATIONS, required=True)
    case = Text(REFERENCE, required=True)


def _languages() -> Several:
    return Several(Text(LANGUAGE), validate=validate.Length(min=1, max=8))


class Person(Schema):
    """Who the notice is about."""

    names = Several(fields.Nested(Name), required=True, validate=validate.Length(min=1, max=16))
    aliases = Several(fields.Nested(Name), validate=validate.Length(min=1, max=16))
    birth_date = Several(fields.Nested(BirthDate), validate=validate.Length(min=1, max=8))
    sex = Choice(codes.SEXES.codes, codes.SEXES)
    nationalities = fields.Nested(Nationalities)
    stateless = Choice(codes.YES_NO.codes, codes.YES_NO)
    habitual_residence = Choice(ISO_3166_1)
    languages = _languages()
    interpreted_in = _languages()
    documents = Several(fields.Nested(Document), validate=validate.Length(min=1, max=16))
    family = Several(fields.Nested(FamilyLink), validate=validate.Length(min=1, max=32))


class PersonBlock(Schema):
    """The plaintext of a sealed blob, before it is padded with spaces. Absent members are left out, never null."""

    v = Whole(1, 1, required=True)
    salt = Text(HASH, required=True)
    person = fields.Nested(Person)
    narrative = fields.String(validate=validate.Length(min=1, max=LONGEST_NARRATIVE))


SEALED: Final = SealedList(many=True)
"""Reads the sealed part: `read(SEALED, part, "sealed part")` returns the list."""
PERSON_BLOCK: Final = PersonBlock()
