"""How the library `http-message-signatures` is given messages and keys; nothing is decided here."""

from dataclasses import dataclass, field

from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver

from exchange.wire.messages import Request


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
