"""The notice: an SD-JWT (RFC 9901) of five parts, each a salted Disclosure or a decoy digest.

`verify` checks, in this order:

1. `ex` is this exchange;
2. the key is of purpose `notice`, its alg is that of the header, and it made the signature;
3. each Disclosure is canonical and has a salt of 32 bytes, a known name and a value;
4. each hashes into `_sd`, and none stands twice;
5. hub, event and facts are there (`verify_shown` leaves this out: a reader may be shown less).

Whether the key belongs to `iss` is for the caller to decide.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass
from types import MappingProxyType
from typing import Any, Final

from exchange.domain.errors import Refusal
from exchange.wire import jws
from exchange.wire.checked import Mark
from exchange.wire.claims import MEMBERS, Claims, read_claims, require_exchange
from exchange.wire.encoding import Json, b64decode, b64encode, is_hash, read_again, read_json, write_json
from exchange.wire.keys import PublicKey, Signer

TYP: Final = "asylum-exchange-notice+sd-jwt"
PURPOSE: Final = "notice"
PARTS: Final = ("hub", "event", "facts", "safeguards", "sealed")
REQUIRED: Final = ("hub", "event", "facts")
SALT_BYTES: Final = 32
_MEMBERS: Final = MEMBERS | {"_sd_alg", "_sd"}
_HASH: Final = "sha-256"
_ITEMS: Final = 3
_MARK: Final = Mark("sdjwt.verify")


@dataclass(frozen=True, slots=True)
class UnverifiedNotice:
    """A notice that is well formed. `kid` and `claims.iss` serve to find the key; nothing in it is believed yet."""

    claims: Claims
    digests: tuple[str, ...]
    disclosures: tuple[str, ...]
    signed: jws.Unverified

    @property
    def kid(self) -> str:
        """Return the thumbprint that the header names."""
        return self.signed.kid


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice whose signature and Disclosures were checked; only `verify` and `verify_shown` make one.

    `parts` maps the name of a part to its value and `disclosures` to the string as sent. `sha256` is the 32-byte hash
    of the signing input: with iss and id it is the identity of the notice. `jws` is the issuer-signed part.
    """

    claims: Claims
    parts: Mapping[str, Json]
    disclosures: Mapping[str, str]
    signing_input: bytes
    sha256: bytes
    kid: str
    jws: str
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        _MARK.demand(mark)


def issue(claims: Claims, parts: Mapping[str, Json], key: Signer, random: Callable[[int], bytes]) -> str:
    """Return a signed notice with all its Disclosures.

    `random(n)` gives n bytes that nobody can guess. An absent part gets a decoy digest, so that absence is not seen.

    Raises:
        ValueError: an unknown part, or hub, event or facts missing.
    """
    if not set(REQUIRED) <= parts.keys() <= set(PARTS):
        raise ValueError(f"A notice needs {', '.join(REQUIRED)} and has nothing beyond {', '.join(PARTS)}.")
    disclosures = [_disclose(name, parts[name], random) for name in PARTS if name in parts]
    decoys = [b64encode(hashlib.sha256(random(SALT_BYTES)).digest()) for name in PARTS if name not in parts]
    digests: list[Json] = [*sorted([*map(_digest, disclosures), *decoys])]
    payload: dict[str, Json] = {**claims.members(), "_sd_alg": _HASH, "_sd": digests}
    return present(jws.sign(write_json(payload), TYP, key), disclosures)


def present(issuer_signed: str, disclosures: Iterable[str]) -> str:
    """Return the notice with these Disclosures only; the issuer-signed part stays byte for byte."""
    return "".join(f"{piece}~" for piece in (issuer_signed, *disclosures))


def identity(issuer_signed: str) -> bytes:
    """Return the SHA-256 of the signing input of an issuer-signed part, 32 bytes; signature bytes never count."""
    return hashlib.sha256(issuer_signed.rpartition(".")[0].encode("ascii")).digest()


def disclosed(disclosure: str) -> Any:  # noqa: ANN401 -- the value of a part; its schema has read it
    """Return the value in a Disclosure that was verified before it was stored: only then has it one meaning."""
    return read_again(disclosure)[2]


def read(text: str) -> UnverifiedNotice:
    """Return a notice taken apart, with no word of it believed.

    Raises:
        Refusal: `bad-notice` (separators, payload members or their forms), `bad-json`, and those of `jws.parse`.
    """
    issuer_signed, *disclosures = text.split("~")
    signed = jws.parse(issuer_signed, TYP)
    if not disclosures or disclosures.pop():
        raise Refusal("bad-notice", "A notice ends with ~ and has no key binding.")
    if len(disclosures) > len(PARTS):
        raise Refusal("bad-notice", f"A notice has at most {len(PARTS)} Disclosures.")
    payload = read_json(signed.payload)
    if not isinstance(payload, dict) or payload.keys() != _MEMBERS:
        raise Refusal("bad-notice", f"The payload has exactly the members {', '.join(sorted(_MEMBERS))}.")
    if payload["_sd_alg"] != _HASH:
        raise Refusal("bad-notice", f"_sd_alg must be {_HASH}.")
    claims = read_claims(payload, "bad-notice")
    return UnverifiedNotice(claims, _read_digests(payload["_sd"]), tuple(disclosures), signed)


def verify(unverified: UnverifiedNotice, key: PublicKey, ex: str) -> Notice:
    """Return the whole notice, as a hub must have it. `ex` is the id of this exchange.

    Raises:
        Refusal: `wrong-exchange`, `wrong-purpose`, `wrong-alg`, `bad-notice-signature`, `bad-json`,
            `bad-disclosure`, `foreign-disclosure`, `repeated-disclosure`, `part-missing`.
    """
    notice = verify_shown(unverified, key, ex)
    missing = [name for name in REQUIRED if name not in notice.parts]
    if missing:
        raise Refusal("part-missing", f"A notice needs {', '.join(REQUIRED)}. Missing: {', '.join(missing)}.")
    return notice


def verify_shown(unverified: UnverifiedNotice, key: PublicKey, ex: str) -> Notice:
    """Return what a reader was shown: parts may be withheld, and each that is there is the author's.

    Raises:
        Refusal: as `verify`, without `part-missing`.
    """
    require_exchange(unverified.claims, ex)
    signed = jws.verify(unverified.signed, key, PURPOSE)
    parts: dict[str, Json] = {}
    raw: dict[str, str] = {}
    for disclosure in unverified.disclosures:
        name, value = _open(disclosure)
        if _digest(disclosure) not in unverified.digests:
            raise Refusal("foreign-disclosure", f"The Disclosure {name} is not among the signed digests.")
        if name in parts:
            raise Refusal("repeated-disclosure", f"The Disclosure {name} stands twice.")
        parts[name], raw[name] = value, disclosure
    return Notice(
        claims=unverified.claims,
        parts=MappingProxyType(parts),
        disclosures=MappingProxyType(raw),
        signing_input=signed.signing_input,
        sha256=hashlib.sha256(signed.signing_input).digest(),
        kid=signed.kid,
        jws=signed.text,
        mark=_MARK,
    )


def _disclose(name: str, value: Json, random: Callable[[int], bytes]) -> str:
    return b64encode(write_json([b64encode(random(SALT_BYTES)), name, value]))


def _digest(disclosure: str) -> str:
    # RFC 9901 section 4.2.3: over the base64url text as sent, never over what it decodes to.
    return b64encode(hashlib.sha256(disclosure.encode("ascii")).digest())


def _open(disclosure: str) -> tuple[str, Json]:
    items = read_json(b64decode(disclosure, "bad-disclosure"))
    if not isinstance(items, list) or len(items) != _ITEMS:
        raise Refusal("bad-disclosure", "A Disclosure is an array of salt, name and value.")
    salt, name, value = items
    if not isinstance(salt, str) or not is_hash(salt):
        raise Refusal("bad-disclosure", f"A salt is {SALT_BYTES} bytes in base64url.")
    if not isinstance(name, str) or name not in PARTS:
        raise Refusal("bad-disclosure", f"A Disclosure is named {', '.join(PARTS)}.")
    return name, value


def _read_digests(value: Json) -> tuple[str, ...]:
    digests = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    if digests != value or len(digests) != len(PARTS):
        raise Refusal("bad-notice", f"_sd holds {len(PARTS)} digests, whatever is absent.")
    if not all(map(is_hash, digests)):
        raise Refusal("bad-notice", "A digest in _sd is a SHA-256 in base64url.")
    if digests != sorted(set(digests)):
        raise Refusal("bad-notice", "The digests in _sd stand in code point order, and none twice.")
    return tuple(digests)
