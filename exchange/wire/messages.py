"""HTTP requests and answers as the wire sees them: bytes and header fields, nothing decoded."""

import base64
import hashlib
from dataclasses import dataclass, field

Fields = tuple[tuple[str, str], ...]
"""Header fields as they came, names in any case; a name that came twice is there twice."""


def _field(headers: Fields, name: str) -> str | None:
    """Return the one field of this name; two of them count as one that fits no pattern."""
    found = [value for key, value in headers if key.lower() == name]
    return None if not found else ", ".join(found)


def stands_twice(headers: Fields, names: tuple[str, ...]) -> bool:
    """Tell whether any of these fields, named in lower case, comes more than once: then no signature says which."""
    lower = [key.lower() for key, _ in headers]
    return any(lower.count(name) > 1 for name in names)


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `target_uri` is the absolute URI as it was signed: the hub's origin and the raw target."""

    method: str
    target_uri: str
    headers: Fields
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Return a header field by its lower-case name."""
        return _field(self.headers, name)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer."""

    status: int
    headers: Fields
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Return a header field by its lower-case name."""
        return _field(self.headers, name)


def digest_of(body: bytes) -> str:
    """Return Content-Digest of a body: one SHA-256, the only form that is accepted (RFC 9530 section 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
