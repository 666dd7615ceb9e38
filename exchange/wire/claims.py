"""What every signed message of an authority says first: v, ex, id, iss, iat; and how their forms are checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json

VERSION: Final = 1
MEMBERS: Final = frozenset({"v", "ex", "id", "iss", "iat"})
_UUID7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_AUTHORITY: Final = re.compile(r"urn:asylum-exchange:authority:(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_MAX_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Claims:
    """Which exchange a message is for, its id (UUIDv7), the authority that says it, and when (Unix seconds)."""

    ex: str
    id: str
    iss: str
    iat: int

    def members(self) -> dict[str, Json]:
        """Return the members in the order of the wire format."""
        return {"v": VERSION, "ex": self.ex, "id": self.id, "iss": self.iss, "iat": self.iat}


def read_claims(payload: Mapping[str, Json], code: str) -> Claims:
    """Return the five claims of a payload.

    Raises:
        Refusal: with `code`, when one is absent or has another form.
    """
    version, iat = payload.get("v"), payload.get("iat")
    if type(version) is not int or version != VERSION:
        raise Refusal(code, f"v must be {VERSION}.")
    if not isinstance(iat, int) or isinstance(iat, bool) or iat < 0:
        raise Refusal(code, "iat must be Unix time in whole seconds.")
    message_id, iss = read_identity(payload, code)
    return Claims(_short_text(payload.get("ex"), "ex", code), message_id, iss, iat)


def read_identity(members: Mapping[str, Json], code: str) -> tuple[str, str]:
    """Return (id, iss) of a message.

    Raises:
        Refusal: with `code`, unless id is a lower-case canonical UUIDv7 (RFC 9562) and iss the URN of an authority.
    """
    message_id, iss = members.get("id"), members.get("iss")
    if not isinstance(message_id, str) or not _UUID7.fullmatch(message_id):
        raise Refusal(code, "id must be a UUIDv7 (RFC 9562) in lower case.")
    if not isinstance(iss, str) or not _AUTHORITY.fullmatch(iss):
        raise Refusal(code, "iss must be urn:asylum-exchange:authority: and a slug of a-z, 0-9 and hyphen.")
    return message_id, iss


def require_exchange(claims: Claims, ex: str) -> None:
    """Return if the message is for the exchange `ex`.

    Raises:
        Refusal: `wrong-exchange`.
    """
    if claims.ex != ex:
        raise Refusal("wrong-exchange", "ex names another exchange.")


def _short_text(value: Json, name: str, code: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT or not value.isprintable():
        raise Refusal(code, f"{name} must be printable text of 1 to {_MAX_TEXT} characters.")
    return value
