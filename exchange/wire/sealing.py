"""Sealed texts, profile `sealed/1`: what only the addressees may read, and the hub never can.

A sealed text is a JWE in general JSON serialisation (RFC 7516 section 7.2.1): one content key, A256GCM, and for each
addressee that key encrypted with `HPKE-9-KE` (`sealing_keys`). It is bound three times: its additional data is the URN
of its notice, and the signed notice holds the hash of the JWE and the hash of the plaintext.

The hub calls `check`; an addressee calls `read` and `open_sealed`.
"""

import hashlib
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.domain.errors import Refusal
from exchange.wire.checked import Mark
from exchange.wire.encoding import Json, b64decode, b64encode, read_json, write_json
from exchange.wire.sealing_keys import (
    ALG,
    CONTENT_KEY_BYTES,
    ENCAPSULATED_BYTES,
    ENCRYPTED_KEY_BYTES,
    SealPrivateKey,
    SealPublicKey,
)

TYP: Final = "asylum-exchange-sealed+json"
ENC: Final = "A256GCM"
VERSION: Final = 1
SALT_BYTES: Final = 32
LEAST_BYTES: Final = 1024
"""The shortest padded plaintext."""
MOST_RECIPIENTS: Final = 64
MEMBERS: Final = frozenset({"protected", "recipients", "iv", "ciphertext", "tag", "aad"})
_KID_BYTES: Final = 32
_IV_BYTES: Final = 12
_TAG_BYTES: Final = 16
_ENTRY: Final = frozenset({"header", "encrypted_key"})
_HEADER: Final = frozenset({"alg", "kid", "ek"})
_REQUIRED: Final = frozenset({"v", "salt"})
_ALLOWED: Final = _REQUIRED | {"person", "narrative"}
_PROTECTED_HEADER: Final[dict[str, Json]] = {"enc": ENC, "typ": TYP}
_PROTECTED: Final = b64encode(write_json(_PROTECTED_HEADER))
_ALPHABET: Final = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"
_MARK: Final = Mark("sealing.read")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text as it is sent, and what the signed notice says of it. `bytes` counts the UTF-8 of `jwe`."""

    jwe: str = field(repr=False)
    sha256: str
    pt_sha256: str
    bytes: int

    def entry(self) -> dict[str, Json]:
        """Return the entry of the signed part `sealed`."""
        return {"sha256": self.sha256, "pt_sha256": self.pt_sha256, "bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class UnopenedBlob:
    """A sealed text that is well formed; only `read` makes one. `kids` are the seal keys that it says it is for.

    `recipients` holds ek and encrypted_key of each as they stand in the JWE: an addressee decodes its own alone.
    """

    kids: tuple[str, ...]
    recipients: Mapping[str, tuple[str, str]] = field(repr=False)
    iv: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    aad: bytes = field(repr=False)
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _MARK.demand(mark)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a sealed text said. It shows nothing of it in a repr."""

    person: Json = field(repr=False)
    narrative: str | None = field(repr=False)


def seal(
    person: Json, narrative: str | None, urn: str, recipients: Sequence[SealPublicKey], random: Callable[[int], bytes]
) -> Sealed:
    """Return the text sealed for these keys and bound to the notice `urn`. None means absent.

    `random(n)` gives n bytes that nobody can guess.

    Raises:
        ValueError: no recipient, more than 64, or one twice.
        Refusal: `bad-json`: the text has values that no reader would take.
    """
    if not 1 <= len({recipient.kid for recipient in recipients}) == len(recipients) <= MOST_RECIPIENTS:
        raise ValueError(f"A text is sealed for 1 to {MOST_RECIPIENTS} different keys.")
    text = _plaintext(person, narrative, random(SALT_BYTES))
    read_json(text)  # what no reader would take must fail here, not in the hands of the addressee
    plaintext = _pad(text)
    content_key, iv, aad = random(CONTENT_KEY_BYTES), random(_IV_BYTES), b64encode(urn.encode("utf-8"))
    encrypted = AESGCM(content_key).encrypt(iv, plaintext, f"{_PROTECTED}.{aad}".encode("ascii"))
    # Written by hand: every value is base64url, and a JSON writer would look at each character again.
    entries = ",".join([_entry(recipient, content_key) for recipient in recipients])
    jwe = (
        f'{{"protected":"{_PROTECTED}","recipients":[{entries}],"iv":"{b64encode(iv)}",'
        f'"ciphertext":"{b64encode(encrypted[:-_TAG_BYTES])}","tag":"{b64encode(encrypted[-_TAG_BYTES:])}",'
        f'"aad":"{aad}"}}'
    )
    sha256, size = digests(jwe)
    return Sealed(jwe, sha256, _hash(plaintext), size)


def read(jwe: str, urn: str) -> UnopenedBlob:
    """Return a sealed text taken apart, as the hub reads it: strictly, and with no key.

    Raises:
        Refusal: `classical-recipient` when anybody in it is served by another algorithm than `HPKE-9-KE`: whoever
            records now and breaks that one later has the content key of all; `bad-sealed` for every other fault, also
            when it is bound to another notice than `urn`.
    """
    members = _json(_utf8(jwe))
    if not isinstance(members, dict) or members.keys() != MEMBERS:
        _refuse(f"A sealed text is a JWE with exactly the members {', '.join(sorted(MEMBERS))}.")
    protected, aad = _text(members["protected"]), _text(members["aad"])
    if protected != _PROTECTED and _json(b64decode(protected, "bad-sealed")) != _PROTECTED_HEADER:
        _refuse(f"The protected header is enc {ENC} and typ {TYP}.")
    if aad != b64encode(urn.encode("utf-8")):
        _refuse("aad must be the URN of the notice in base64url.")
    recipients = _recipients(members["recipients"])
    iv, tag = _sized(members["iv"], "iv", _IV_BYTES), _sized(members["tag"], "tag", _TAG_BYTES)
    ciphertext = b64decode(_text(members["ciphertext"]), "bad-sealed")
    if len(ciphertext) < LEAST_BYTES or len(ciphertext).bit_count() > 1:
        _refuse(f"The ciphertext has a power of two of bytes, at least {LEAST_BYTES}.")
    bound = f"{protected}.{aad}".encode("ascii")
    return UnopenedBlob(tuple(recipients), MappingProxyType(recipients), iv, ciphertext + tag, bound, _MARK)


def digests(jwe: str) -> tuple[str, int]:
    """Return the SHA-256 of a JWE string in base64url, and its length in bytes of UTF-8.

    Raises:
        Refusal: `bad-sealed` when it is no Unicode text.
    """
    data = _utf8(jwe)
    return _hash(data), len(data)


def check(parts: Sequence[Json], blobs: Sequence[str], urn: str) -> list[UnopenedBlob]:
    """Return the sealed texts of an envelope, if they are those that the notice `urn` signed, in its order.

    `parts` is the value of the signed part `sealed`, and empty where the notice has none.

    Raises:
        Refusal: `sealed-mismatch`, and those of `read`.
    """
    if len(parts) != len(blobs):
        raise Refusal("sealed-mismatch", "The envelope has as many sealed texts as the notice signed, in its order.")
    for number, (part, blob) in enumerate(zip(parts, blobs, strict=True), start=1):
        sha256, size = digests(blob)
        if not isinstance(part, dict) or (part.get("sha256"), part.get("bytes")) != (sha256, size):
            raise Refusal("sealed-mismatch", f"Sealed text {number} has not the sha256 and bytes that were signed.")
    return [read(blob, urn) for blob in blobs]


def open_sealed(blob: UnopenedBlob, key: SealPrivateKey, pt_sha256: str) -> Opened:
    """Return what a sealed text says, if it is the one that the notice signed with `pt_sha256`.

    Raises:
        Refusal: `not-a-recipient` (it is not sealed for this key), `decryption-failed` (it is not what was encrypted,
            or not for this key or notice), `plaintext-mismatch` (its author signed the hash of another text),
            `bad-sealed` (the text inside is malformed).
    """
    if key.kid not in blob.recipients:
        raise Refusal("not-a-recipient", "The text is not sealed for this key.")
    encapsulated, encrypted_key = map(b64decode, blob.recipients[key.kid])
    content_key = key.unwrap(encapsulated, encrypted_key)
    try:
        plaintext = AESGCM(content_key).decrypt(blob.iv, blob.ciphertext, blob.aad)
    except InvalidTag:
        raise Refusal("decryption-failed", "The sealed text is not what its author encrypted.") from None
    if _hash(plaintext) != pt_sha256:
        raise Refusal("plaintext-mismatch", "The notice signed the hash of another text.")
    return _read_plaintext(plaintext)


def _plaintext(person: Json, narrative: str | None, salt: bytes) -> bytes:
    said: dict[str, Json] = {"person": person, "narrative": narrative}
    told = {name: value for name, value in said.items() if value is not None}
    return write_json({"v": VERSION, "salt": b64encode(salt), **told})


def _pad(text: bytes) -> bytes:
    return text.ljust(max(LEAST_BYTES, 1 << (len(text) - 1).bit_length()))


def _read_plaintext(plaintext: bytes) -> Opened:
    text = plaintext.rstrip(b" ")
    if not text.endswith(b"}"):
        _refuse("The text is one JSON object, padded with spaces.")
    members = _json(text)
    if not isinstance(members, dict) or not _REQUIRED <= members.keys() <= _ALLOWED:
        _refuse("The text has v and salt, perhaps person and narrative, and nothing else.")
    if isinstance(members["v"], bool | float) or members["v"] != VERSION:
        _refuse(f"v must be {VERSION}.")
    _spelled(members["salt"], "salt", SALT_BYTES)
    person, narrative = members.get("person"), members.get("narrative")
    if None in (members.get("person", ""), members.get("narrative", "")):
        _refuse("An absent member is left out, never null.")
    if narrative is not None and not isinstance(narrative, str):
        _refuse("narrative is a string.")
    return Opened(person, narrative)


def _entry(recipient: SealPublicKey, content_key: bytes) -> str:
    encapsulated, encrypted_key = recipient.wrap(content_key)
    return (
        f'{{"header":{{"alg":"{ALG}","kid":"{recipient.kid}","ek":"{b64encode(encapsulated)}"}},'
        f'"encrypted_key":"{b64encode(encrypted_key)}"}}'
    )


def _recipients(value: Json) -> dict[str, tuple[str, str]]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_RECIPIENTS:
        _refuse(f"A text is sealed for 1 to {MOST_RECIPIENTS} recipients.")
    recipients = dict(map(_recipient, value))
    if len(recipients) != len(value):
        _refuse("A recipient stands twice.")
    return recipients


def _recipient(entry: Json) -> tuple[str, tuple[str, str]]:
    header = entry.get("header") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(header, dict) or "alg" not in header:
        _refuse("A recipient has a header with alg, kid and ek, and an encrypted_key.")
    if header["alg"] != ALG:
        raise Refusal("classical-recipient", f"Every recipient of a sealed text is served by {ALG}.")
    if entry.keys() != _ENTRY or header.keys() != _HEADER:
        _refuse("A recipient has exactly header and encrypted_key, its header exactly alg, kid and ek.")
    kid = _spelled(header["kid"], "kid", _KID_BYTES)
    encapsulated = _spelled(header["ek"], "ek", ENCAPSULATED_BYTES)
    return kid, (encapsulated, _spelled(entry["encrypted_key"], "encrypted_key", ENCRYPTED_KEY_BYTES))


def _json(data: bytes) -> Json:
    try:
        return read_json(data)
    except Refusal as refused:
        raise Refusal("bad-sealed", f"JSON: {refused.detail}.") from None


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refusal("bad-sealed", "A sealed text is Unicode text.") from None


def _text(value: Json) -> str:
    if not isinstance(value, str):
        _refuse("The members of a sealed text, but for recipients, are strings.")
    return value


@cache
def _spelling(size: int) -> re.Pattern[str]:
    # Canonical base64url of so many bytes: in its last character, the bits that stand for no byte are zero.
    whole, bits = divmod(size * 8, 6)
    last = f"[{_ALPHABET[:: 1 << (6 - bits)]}]" if bits else ""
    return re.compile(f"[A-Za-z0-9_-]{{{whole}}}{last}")


def _spelled(value: Json, name: str, size: int) -> str:
    if not isinstance(value, str) or not _spelling(size).fullmatch(value):
        _refuse(f"{name} must be {size} bytes in canonical unpadded base64url.")
    return value


def _sized(value: Json, name: str, size: int) -> bytes:
    return b64decode(_spelled(value, name, size), "bad-sealed")


def _hash(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest())


def _refuse(detail: str) -> NoReturn:
    raise Refusal("bad-sealed", detail)
