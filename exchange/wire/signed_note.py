"""Signed notes (C2SP signed-note), their verifier keys, and cosignatures (C2SP tlog-cosignature, cosignature/v1).

    text, ending in a newline
    (an empty line)
    — <key name> <base64 of the key's id, 4 bytes, and the signature>

What `open_note` checks: 1. the form, character by character; 2. every line of a key that it was given verifies,
3. and there is at least one. Lines of other keys are no evidence and are left aside. Two signature types are known:
plain Ed25519, and the timestamped Ed25519 of a cosigner. Base64 is canonical here, so that a note has one spelling.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exchange.domain.errors import Refusal
from exchange.wire.checked import Mark
from exchange.wire.ed25519_points import refuse_weak_point

PLAIN: Final = 0x01
"""The signature type of an Ed25519 signature over the text."""
COSIGNATURE: Final = 0x04
"""The signature type of an Ed25519 signature over a time and the text."""
MAX_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
MAX_TIME: Final = 2**63 - 1
_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = {PLAIN: 64, COSIGNATURE: _TIME_BYTES + 64}
_DASH: Final = "\u2014 "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY: Final = re.compile(r"([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_MARK: Final = Mark("signed_note.open_note")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key: who signs, with which type of signature, and the Ed25519 key."""

    name: str
    kind: int
    key: Ed25519PublicKey = field(repr=False)

    def __post_init__(self) -> None:
        if self.kind not in _SIGNATURE_BYTES:
            raise ValueError("a note's key is of type 1 (Ed25519) or 4 (cosignature)")
        if not _is_name(self.name):
            raise ValueError("the name of a note's key is not empty and has no space, plus or control character")

    @property
    def id(self) -> bytes:
        """Return SHA-256(name, newline, type, key)[:4]. With the name it says which key; it proves nothing."""
        encoded = self.key.public_bytes_raw()
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + encoded).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """Return the key as text: name+hash+base64, as golang.org/x/mod/sumdb/note writes it."""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.key.public_bytes_raw())}"


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A signing key of a log (`PLAIN`) or a witness (`COSIGNATURE`). It never shows itself in a repr."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)
    kind: int = PLAIN

    @property
    def public(self) -> NoteKey:
        """Return the verifier key. Raises ValueError for a name or a type that cannot be."""
        return NoteKey(self.name, self.kind, self.key.public_key())


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that verified: by which key, for a cosignature when (seconds since 1970), and its line."""

    key: NoteKey
    time: int | None
    line: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A note of which at least one signature was checked; only `open_note` makes one.

    `signatures` has each known key that signed once, in the order of the lines; `raw` is the note as it came.
    """

    text: str
    signatures: tuple[Signature, ...]
    raw: str = field(repr=False)
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _MARK.demand(mark)

    def signed_by(self, key: NoteKey) -> Signature | None:
        """Return the signature of a key, or None."""
        return next((one for one in self.signatures if one.key == key), None)


def read_vkey(text: str) -> NoteKey:
    """Return the verifier key that a text spells.

    Raises:
        Refusal: `bad-key` when it is malformed, its hash is of another key, or its type is not known; `weak-key`.
    """
    found = _VKEY.fullmatch(text)
    data = decode(found[3]) if found else None
    if found is None or data is None or len(data) != 1 + _KEY_BYTES or not _is_name(found[1]):
        raise Refusal("bad-key", "a verifier key is name+hash+base64, of an Ed25519 key behind the byte of its type")
    if data[0] not in _SIGNATURE_BYTES:
        raise Refusal("bad-key", "the verifier key's type is neither 1 (Ed25519) nor 4 (cosignature)")
    refuse_weak_point(data[1:])
    key = NoteKey(found[1], data[0], Ed25519PublicKey.from_public_bytes(data[1:]))
    if key.id.hex() != found[2]:
        raise Refusal("bad-key", "the verifier key's hash is not that of its name and key")
    return key


def sign(text: str, *signers: NoteSigner) -> str:
    """Return the note over `text` by the plain keys of `signers`.

    Raises:
        ValueError: the text is none that a note can have, or a signer is a cosigner: a fault of the caller.
    """
    if not text.endswith("\n") or not _is_clean(text) or not signers or any(s.kind != PLAIN for s in signers):
        raise ValueError("a note is UTF-8 that ends in a newline, without control characters, signed by a plain key")
    return f"{text}\n" + "".join(_line(signer, signer.key.sign(text.encode())) for signer in signers)


def cosign(note: Note, signer: NoteSigner, time: int) -> str:
    """Return the signature line, newline included, of a witness for a note that it has opened and found consistent.

    `time` is in seconds since 1970.

    Raises:
        ValueError: the signer is no cosigner, or the time cannot be: a fault of the caller.
    """
    if signer.kind != COSIGNATURE or not 0 <= time <= MAX_TIME:
        raise ValueError("a cosignature is by a key of type 4, at a time that is not negative")
    return _line(signer, time.to_bytes(_TIME_BYTES) + signer.key.sign(_timed(time, note.text)))


def with_lines(note: Note, lines: str, keys: Iterable[NoteKey]) -> Note:
    """Return the note with the signature lines that a witness answered, as far as they are by `keys`.

    Lines of keys that are not known are dropped; of a key that has signed already, the new line takes the place.

    Raises:
        Refusal: those of `open_note`; `bad-note` when the lines would make it another text.
    """
    answered = open_note(f"{note.text}\n{lines}", keys)
    if answered.text != note.text:
        raise Refusal("bad-note", "signature lines have no empty line between them")
    merged = {(one.key.name, one.key.id): one for one in (*note.signatures, *answered.signatures)}
    raw = f"{note.text}\n" + "".join(one.line for one in merged.values())
    return Note(note.text, tuple(merged.values()), raw, _MARK)


def open_note(raw: str | bytes, keys: Iterable[NoteKey]) -> Note:
    """Return the note if keys that the caller trusts signed it. Without keys, every note is refused.

    Raises:
        Refusal: `bad-note` when it is malformed, `bad-note-signature-line` when a line names one of the keys and does
            not verify under it, `unknown-note-key` when no line is of one of the keys.
        ValueError: two different keys of one name and hash were given.
    """
    known = _by_name(keys)
    whole = read_text(raw, "bad-note")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Refusal("bad-note", "a note is text, an empty line, and signature lines, each ending in a newline")
    text += "\n"
    told = lines[:-1].split("\n")
    if len(told) > MAX_SIGNATURES:
        raise Refusal("bad-note", f"a note has at most {MAX_SIGNATURES} signatures")
    found: dict[tuple[str, bytes], Signature] = {}
    for line in told:
        name, key_id, signature = _parse(line)
        if key := known.get((name, key_id)):
            found.setdefault((name, key_id), Signature(key, _verify(key, text, signature), f"{line}\n"))
    if not found:
        raise Refusal("unknown-note-key", "the note is not signed by a key that is known here")
    return Note(text, tuple(found.values()), whole, _MARK)


def read_text(raw: str | bytes, code: str) -> str:
    """Return text that a note may be part of: UTF-8, of a bearable size, no control character but the newline.

    Raises:
        Refusal: with `code`.
    """
    if len(raw) > MAX_BYTES:
        raise Refusal(code, f"more than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise Refusal(code, "not UTF-8") from None
    if not _is_clean(text):
        raise Refusal(code, "a control character, or no UTF-8")
    return text


def encode(data: bytes) -> str:
    """Return padded base64 (RFC 4648 section 4), as everything about notes has it."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode(text: str) -> bytes | None:
    """Return the bytes of canonical padded base64, or None."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return data if encode(data) == text else None


def _by_name(keys: Iterable[NoteKey]) -> dict[tuple[str, bytes], NoteKey]:
    known: dict[tuple[str, bytes], NoteKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.id), key) != key:
            raise ValueError("two verifier keys have one name and one hash")
    return known


def _parse(line: str) -> tuple[str, bytes, bytes]:
    name, space, told = line.removeprefix(_DASH).partition(" ")
    data = decode(told) if space and line.startswith(_DASH) and _is_name(name) else None
    if data is None or len(data) <= _ID_BYTES:
        raise Refusal("bad-note", "a signature line is an em dash, a space, a name, a space and base64")
    return name, data[:_ID_BYTES], data[_ID_BYTES:]


def _verify(key: NoteKey, text: str, signature: bytes) -> int | None:
    """Return the time of a cosignature; refuses what does not verify."""
    if len(signature) != _SIGNATURE_BYTES[key.kind]:
        raise Refusal("bad-note-signature-line", "a signature of a known key has another length than its type")
    time, signed = None, text.encode()
    if key.kind == COSIGNATURE:
        time, signature = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
        signed = _timed(time, text)
    try:
        key.key.verify(signature, signed)
    except InvalidSignature:
        raise Refusal("bad-note-signature-line", "a signature of a known key does not verify") from None
    if time is not None and time > MAX_TIME:
        raise Refusal("bad-note-signature-line", "the time of a cosignature is beyond 2^63 - 1")
    return time


def _timed(time: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _line(signer: NoteSigner, signature: bytes) -> str:
    return f"{_DASH}{signer.name} {encode(signer.public.id + signature)}\n"


def _is_name(name: str) -> bool:
    spaced = any(character.isspace() for character in name)
    return bool(name) and not spaced and "+" not in name and _is_clean(name)


def _is_clean(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return _CONTROL.search(text) is None
