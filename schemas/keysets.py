"""The keysets that officers named, as a schema: the body of `GET /v1/keysets`."""

import re
from typing import Final

from marshmallow import Schema, fields

from schemas.answers import number, seconds
from schemas.fields import HASH, Choice, Several, Text

EXAMPLE: Final = {
    "keyset": "k2026",
    "profile": "N1",
    "mode": "voprf",
    "public_key": "A" * 43,
    "check": "A" * 22,
    "state": "compared",
    "at": 1795420114,
    "command": "A" * 43,
    "leaf": 7,
}


class Keyset(Schema):
    """What two officers said last of a keyset, and the leaf of it.

    `public_key` is the token service's, empty for the sandbox's own; `check` is the check value of the shared key.
    """

    keyset = Text(re.compile(r"[a-z0-9][a-z0-9-]{0,31}"), required=True)
    profile = Text(re.compile(r"[A-Z][A-Z0-9]{0,7}"), required=True)
    mode = Choice(("voprf", "hmac"), required=True)
    public_key = Text(re.compile(r"([A-Za-z0-9_-]{43})?"), required=True)
    check = Text(re.compile(r"[A-Za-z0-9_-]{22}"), required=True)
    state = Choice(("compared", "ended"), required=True)
    at = seconds()
    command = Text(HASH, required=True)
    leaf = number()


class Keysets(Schema):
    """The keysets under which tokens are compared, and those that have ended."""

    keysets = Several(fields.Nested(Keyset), required=True)
