"""How the library `http-message-signatures` is given messages and keys; nothing is decided here.

An authority signs its requests and checks the hub's answers with it. The hub writes the signature base out itself
(`exchange.wire.signature_base`): so each side is checked by code that shares nothing with the other's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.messages import Request

_ALGORITHMS: Final[Mapping[str, Any]] = {keys.ED25519: ED25519, keys.ES256: ECDSA_P256_SHA256}


class OneKey(HTTPSignatureKeyResolver):
    """Gives the library the one key that was looked up, whatever the message asks for."""

    def __init__(self, key: object) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> object:  # noqa: ARG002 -- the library's signature
        """Return the key."""
        return self._key

    def resolve_private_key(self, key_id: str) -> object:  # noqa: ARG002 -- the library's signature
        """Return the key."""
        return self._key


class Verifier(HTTPMessageVerifier):
    """The library's verifier without its own clock: times are checked in `httpsig`, with the time that we are given."""

    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """Leave times to `httpsig`."""


@dataclass(slots=True)
class Message:
    """A request in the form that the library reads."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(slots=True)
class Response:
    """An answer in the form that the library reads."""

    status_code: int
    headers: dict[str, str]
    request: Message
    url: str = field(default="")


def message(request: Request) -> Message:
    """Return a request in the form that the library reads."""
    return Message(request.method, request.target_uri, {name.lower(): value for name, value in request.headers})


def sign(unsigned: Message, key: keys.PrivateKey, covered: tuple[str, ...], parameters: Mapping[str, Any]) -> None:
    """Sign a message in place. `parameters` are `label`, `tag`, `created`, `expires` and `nonce`."""
    signer = HTTPMessageSigner(signature_algorithm=_ALGORITHMS[key.alg], key_resolver=OneKey(key.key))
    signer.sign(
        unsigned,
        key_id=key.kid,
        covered_component_ids=covered,
        use_existing_digest="content-digest" in covered,
        **parameters,
    )


def verify(signed: Message | Response, key: keys.PublicKey, label: str, tag: str) -> None:
    """Return if the signature is good.

    Raises:
        Refusal: `bad-signature`.
    """
    verifier = Verifier(signature_algorithm=_ALGORITHMS[key.alg], key_resolver=OneKey(key.key))
    try:
        verifier.verify(signed, max_age=None, expect_tag=tag, expect_label=label)
    except (InvalidSignature, HTTPMessageSignaturesException):
        raise Refusal("bad-signature", "The signature does not verify under the key that it names.") from None
