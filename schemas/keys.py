"""What is said about keys: the question for a nonce, the statement of an authority, the records, one's own."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS
from schemas.answers import Leaf, number, seconds, text
from schemas.fields import AUTHORITY_URN, HASH, Choice, Several, Text, Whole
from schemas.messages import NEVER, Claims

PURPOSES: Final = ("notice", "recovery", "request", "seal")
PUB: Final = re.compile(r"[A-Za-z0-9_-]{1622}")
SEALED_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{64}")
_ROTATE: Final = ("purpose", "predecessor", "key", "nonce", "possession")
_REVOKE: Final = ("kid", "as")


def _long(form: re.Pattern[str], words: str = "", *, required: bool = False) -> fields.String:
    """A text that is longer than a Text may be."""
    told = {"pattern": f"^{form.pattern}$", **({"description": words} if words else {})}
    return fields.String(required=required, validate=validate.Regexp(f"^(?:{form.pattern})\\Z"), metadata=told)


class Jwk(Schema):
    """A public key: OKP with crv Ed25519 and x, EC with crv P-256, x and y, AKP with pub. No private member."""

    kty = Choice(("OKP", "EC", "AKP"), required=True)
    crv = Choice(("Ed25519", "P-256"))
    x = Text(HASH)
    y = Text(HASH)
    pub = _long(PUB)
    alg = Choice(("Ed25519", "ES256", "HPKE-9-KE"))
    kid = Text(HASH)


class Challenge(Schema):
    """The question for a nonce over which the caller shows that it holds a key."""

    purpose = Choice(PURPOSES, required=True)
    key = fields.Nested(Jwk, required=True)


class SealedSecret(Schema):
    """A secret for the holder of a seal key: HPKE encapsulation, and the 32 bytes encrypted."""

    ek = fields.String(required=True)
    encrypted_key = Text(SEALED_SECRET, required=True)


class Nonce(Schema):
    """A nonce of the hub, good for seven days; of a seal key also a secret, which its holder opens."""

    nonce = Text(HASH, required=True)
    sealed = fields.Nested(SealedSecret)


_Said = Schema.from_dict(
    {
        "act": Choice(("rotate", "revoke"), required=True),
        "purpose": Choice(PURPOSES),
        "predecessor": Text(HASH),
        "key": fields.Nested(Jwk),
        "nonce": Text(HASH),
        "possession": fields.String(
            metadata={"description": "JWS asylum-exchange-possession+jws by the new key; of a seal key what was opened"}
        ),
        "kid": Text(HASH),
        "as": Choice(("superseded", "compromised")),
        "since": Whole(0, 2**53 - 1, metadata={"description": "Unix time in seconds; with compromised alone"}),
    },
    name="Said",
)


def _without(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, NEVER)


class Statement(_Said):  # type: ignore[misc,valid-type]  # from_dict makes the class when it runs
    """What an authority says of its own keys beside who it is: a successor, or that a key is revoked."""

    also: ClassVar = {
        "oneOf": [
            {
                "properties": {"act": {"const": "rotate"}, **_without(*_REVOKE, "since")},
                "required": list(_ROTATE),
            },
            {
                "properties": {
                    "act": {"const": "revoke"},
                    "as": {"const": "superseded"},
                    **_without(*_ROTATE, "since"),
                },
                "required": list(_REVOKE),
            },
            {
                "properties": {"act": {"const": "revoke"}, "as": {"const": "compromised"}, **_without(*_ROTATE)},
                "required": [*_REVOKE, "since"],
            },
        ]
    }

    @validates_schema
    def _says_all(self, data: Mapping[str, Any], **_: object) -> None:
        wanted = set(_ROTATE if data["act"] == "rotate" else _REVOKE)
        if data.get("as") == "compromised":
            wanted.add("since")
        if set(data) - {*Claims().fields, "act"} != wanted:
            raise ValidationError(f"has exactly {', '.join(sorted(wanted))}", "act")


class SignedStatement(Claims, Statement):
    """Payload of a JWS asylum-exchange-key+jws."""


class KeyEvent(Schema):
    """An open record as it stands in the ledger, byte for byte, and its leaf."""

    record = fields.String(required=True)
    leaf = fields.Nested(Leaf, required=True)


class Keys(Schema):
    """The records of key events in the order of the ledger: of one authority and the secretariat, or of all."""

    ex = fields.String(required=True)
    events = Several(fields.Nested(KeyEvent), required=True)


class EnrolledKey(Schema):
    """A key that the caller has enrolled."""

    kid = Text(HASH, required=True)
    purpose = Choice(("request", "notice", "seal", "recovery"), required=True)
    alg = text()
    active_from = seconds()
    ends_at = seconds(required=False)
    status = Choice(("active", "ended", "future"), required=True)


class Sequence(Schema):
    """The caller's last accepted `seq`, and the SHA-256 of that notice's signing input."""

    seq = number()
    prev = Text(HASH)


class Self(Schema):
    """The caller as the hub sees it: who, with which keys, how far, and the hub's time."""

    iss = Text(AUTHORITY_URN, required=True)
    kind = Choice(AUTHORITY_KINDS, required=True)
    state = Choice(ACTING_STATES, required=True)
    time = seconds()
    keys = Several(fields.Nested(EnrolledKey), required=True)
    sequence = fields.Nested(Sequence, required=True)


CHALLENGE: Final = Challenge()
STATEMENT: Final = Statement()
