"""Our marshmallow schemas as JSON Schema (draft 2020-12). What the one refuses the other refuses, as far as it can say.

Four things JSON Schema cannot say here: that a time is one of EDTF, that a whole number has no fraction, not even
`.0`, that an object names no member twice, and that a hash or a signature fits. apispec's plugin would need a function
for each of our four fields, as this does, and one more to close the objects: it saves nothing.
"""

import re
from functools import singledispatch
from typing import Any, Final

from marshmallow import Schema, fields, validate

from schemas import messages, sealed
from schemas.fields import AUTHORITY_URN, HASH, NOTICE_URN, REFERENCE, TOKEN, Choice, Edtf, Text, Whole

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
LONGEST_TEXT: Final = 256
Shape = dict[str, Any]
_WORDS: Final = {
    AUTHORITY_URN: "URN of an authority",
    NOTICE_URN: "URN of a notice: the slug of its author and its id",
    HASH: "32 bytes in unpadded base64url, mostly a SHA-256",
    REFERENCE: "the author's own reference",
    TOKEN: "a linkage token",
    messages.NOTICE_ID: "a UUIDv7 in lower case (RFC 9562)",
    sealed.SCRIPT: "a script of ISO 15924",
    sealed.LANGUAGE: "a language of ISO 639-3",
    sealed.MACHINE_READABLE: "as in the machine readable zone (ICAO Doc 9303)",
}


def of_schema(schema: Schema) -> Shape:
    """Return the JSON Schema of what `schema` accepts.

    A schema class may have `also`: what its validators demand beyond its fields, in words of JSON Schema.
    """
    said = (type(schema).__doc__ or "").strip()
    shape: Shape = {
        "type": "object",
        "description": said,
        "properties": {name: of_field(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
        "additionalProperties": False,
        **getattr(schema, "also", {}),
    }
    shape = {name: value for name, value in shape.items() if value not in ("", [])}
    if schema.many:
        return {"type": "array", "description": said, "minItems": 1, "maxItems": sealed.MOST_BLOBS, "items": shape}
    return shape


def of_field(field: fields.Field[Any]) -> Shape:
    """Return the JSON Schema of one member, with the description that its metadata give."""
    shape = _shape(field) | _lengths(field)
    if field.allow_none:
        shape["type"] = [shape["type"], "null"]
    return shape | dict(field.metadata)


@singledispatch
def _shape(field: object) -> Shape:
    raise TypeError(f"no JSON Schema is written for {type(field).__name__}: add it to schemas.jsonschema")


@_shape.register
def _(field: Text) -> Shape:
    shape: Shape = {"type": "string", "pattern": f"^(?:{field.pattern.pattern})$", "maxLength": LONGEST_TEXT}
    return shape | ({"description": _WORDS[field.pattern]} if field.pattern in _WORDS else {})


@_shape.register
def _(field: Choice) -> Shape:
    shape: Shape = {"type": "string", "enum": sorted(field.values)}
    if field.listed is not None:
        shape["description"] = (
            f"list {field.listed.name}, version {field.listed.version}; source: {field.listed.source}"
        )
    return shape


@_shape.register
def _(_: Edtf) -> Shape:
    said = "a time of EDTF (ISO 8601-2), years 1 to 9999"
    return {"type": "string", "format": "edtf", "minLength": 1, "maxLength": 64, "description": said}


@_shape.register
def _(field: Whole) -> Shape:
    return {"type": "integer", "minimum": field.low, "maximum": field.high}


@_shape.register
def _(_: fields.String) -> Shape:
    return {"type": "string"}


@_shape.register
def _(_: fields.Raw) -> Shape:
    return {}  # its metadata say what it holds


@_shape.register
def _(field: fields.List) -> Shape:  # type: ignore[type-arg] # singledispatch takes the bare class
    return {"type": "array", "items": of_field(field.inner)}


@_shape.register
def _(field: fields.Nested) -> Shape:
    shape = of_schema(field.schema)
    return {"type": "array", "items": shape} if field.many else shape


def _lengths(field: fields.Field[Any]) -> Shape:
    kind = "Items" if isinstance(field, fields.List) else "Length"
    found: Shape = {}
    for rule in field.validators:
        if isinstance(rule, validate.Length):
            low, high = (rule.min, rule.max) if rule.equal is None else (rule.equal, rule.equal)
            found |= {f"min{kind}": low, f"max{kind}": high}
    return {name: bound for name, bound in found.items() if bound is not None}


def document(name: str, schema: Schema, example: object) -> Shape:
    """Return the document that is served under a name: the JSON Schema with a valid example."""
    return {"$schema": DIALECT, "$id": f"urn:asylum-exchange:schema:{name}", "title": _title(name)} | (
        of_schema(schema) | {"examples": [example]}
    )


def _title(name: str) -> str:
    return re.sub("[-_]", " ", name).capitalize()
