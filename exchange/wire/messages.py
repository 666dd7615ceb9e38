"""HTTP requests and answers as the wire sees them: bytes and header fields, nothing decoded."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Fields = tuple[tuple[str, str], ...]
"""Header fields as they came, names in any case; a name that came twice is there twice."""


def _by_name(headers: Fields) -> dict[str, str]:
    """Return the fields by lower-case name; one that came twice counts as one that fits no pattern."""
    found: dict[str, str] = {}
    for key, value in headers:
        name = key.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


@dataclass(frozen=True)  # without slots: `fields` is kept once it was asked for
class Request:
    """A request. `target_uri` is the absolute URI as it was signed: the hub's origin and the raw target."""

    method: str
    target_uri: str
    headers: Fields
    body: bytes = field(repr=False)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Header fields by lower-case name."""
        return _by_name(self.headers)

    def header(self, name: str) -> str | None:
        """Return a header field by its lower-case name."""
        return self.fields.get(name)


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int
    headers: Fields
    body: bytes = field(repr=False)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Header fields by lower-case name."""
        return _by_name(self.headers)

    def header(self, name: str) -> str | None:
        """Return a header field by its lower-case name."""
        return self.fields.get(name)


def stands_twice(message: Request | Answer, names: tuple[str, ...]) -> bool:
    """Tell whether any of these fields, named in lower case, comes more than once: then no signature says which."""
    if len(message.fields) == len(message.headers):
        return False
    lower = [key.lower() for key, _ in message.headers]
    return any(lower.count(name) > 1 for name in names)


def digest_of(body: bytes) -> str:
    """Return Content-Digest of a body: one SHA-256, the only form that is accepted (RFC 9530 section 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
