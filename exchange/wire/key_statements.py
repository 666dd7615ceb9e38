"""What is said about keys, in JWS: by an authority of its own keys, by officers of the secretariat.

    asylum-exchange-possession+jws  I hold this key: signed with it, over a nonce of the hub
    asylum-exchange-enrolment+jws   these are my keys: signed with the recovery key that it names (the bundle)
    asylum-exchange-key+jws         this key follows that one; that key is revoked
    asylum-exchange-officer+jws     a command of an officer, or the approval of one
    asylum-exchange-hub-key+jws     a key of the hub follows another: see exchange.wire.hub_keys

Source: shared wire format, section "Keys of an authority". docs/wire-format.md has the members.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from exchange.domain.errors import Refusal
from exchange.wire import jws, keys, sealing_keys
from exchange.wire.claims import Claims, read_claims, require_exchange
from exchange.wire.encoding import Json, b64encode, is_hash, read_json, write_json
from exchange.wire.keys import PublicKey, Signer
from exchange.wire.sealing_keys import SealPublicKey

POSSESSION: Final = "asylum-exchange-possession+jws"
ENROLMENT: Final = "asylum-exchange-enrolment+jws"
KEY: Final = "asylum-exchange-key+jws"
OFFICER: Final = "asylum-exchange-officer+jws"
HUB_KEY: Final = "asylum-exchange-hub-key+jws"
SEAL: Final = "seal"
SIGNING: Final = ("request", "notice", "recovery")
PURPOSES: Final = (*SIGNING, SEAL)
"""The keys of an authority. The recovery key is kept offline."""
ENDINGS: Final = ("superseded", "compromised")
OFFICER_URN: Final = "urn:asylum-exchange:officer:"
HUB_URN: Final = "urn:asylum-exchange:hub"
_OTHERS: Final = {
    OFFICER: re.compile(r"urn:asylum-exchange:officer:(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*"),
    HUB_KEY: re.compile(HUB_URN),
}
"""Who says what no authority says: the form of iss by typ."""
_CLAIMS: Final = frozenset({"v", "ex", "id", "iss", "iat"})
_BUNDLE: Final = frozenset({"nonce", "kind", "state", "keys", "possession"})

AnyKey = PublicKey | SealPublicKey


@dataclass(frozen=True, slots=True)
class Statement:
    """A JWS taken apart whose signature nobody has checked: its claims and its other members."""

    unverified: jws.Unverified
    claims: Claims
    members: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """SHA-256 of the signing input, in base64url: what an approval names, and a fingerprint to compare."""
        return b64encode(hashlib.sha256(self.unverified.signing_input).digest())

    def verify(self, key: PublicKey) -> None:
        """Return if `key` signed it. Raises Refusal as `jws.verify` does."""
        jws.verify(self.unverified, key, key.purpose)

    def text(self, name: str) -> str:
        """Return a member that is text. Raises Refusal `bad-key-statement`."""
        value = self.members.get(name)
        if not isinstance(value, str):
            raise Refusal("bad-key-statement", f"{name} is missing, or is no text.")
        return value

    def need(self, *names: str) -> None:
        """Return if there are exactly these members besides the claims. Raises Refusal `bad-key-statement`."""
        if set(self.members) != set(names):
            raise Refusal("bad-key-statement", f"Besides v, ex, id, iss and iat there are {', '.join(sorted(names))}.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What an authority says when it is enrolled: who it is, its keys, and that it holds them.

    Self-signed with its recovery key; only `read_bundle` makes one. That `possession[seal]` is what was sealed for the
    seal key, and `nonce` one that the hub gave, only the hub can check.
    """

    statement: Statement
    kind: str
    state: str
    keys: Mapping[str, AnyKey]
    nonce: str
    opened: str

    @property
    def fingerprint(self) -> str:
        """What is read aloud over a second channel: it covers every key."""
        return self.statement.digest


def sign(members: Mapping[str, Json], claims: Claims, typ: str, key: Signer) -> str:
    """Return a statement about keys."""
    return jws.sign(write_json({**claims.members(), **members}), typ, key)


def read(text: str, typ: str, ex: str) -> Statement:
    """Return a statement of the exchange `ex`, its signature not checked yet.

    Raises Refusal: those of `jws.parse`, `bad-json`, `bad-key-statement`, `wrong-exchange`.
    """
    unverified = jws.parse(text, typ)
    members = read_json(unverified.payload)
    if not isinstance(members, dict):
        raise Refusal("bad-key-statement", "A statement about keys is a JSON object.")
    claims = _of_others(members, typ) if typ in _OTHERS else read_claims(members, "bad-key-statement")
    require_exchange(claims, ex)
    return Statement(unverified, claims, {k: v for k, v in members.items() if k not in _CLAIMS})


def _of_others(members: Mapping[str, Json], typ: str) -> Claims:
    iss = members.get("iss")
    if not isinstance(iss, str) or not _OTHERS[typ].fullmatch(iss):
        raise Refusal("bad-key-statement", f"iss of a {typ} has not the form {_OTHERS[typ].pattern}.")
    claims = _claims_of_any(members, "bad-key-statement")
    return Claims(claims.ex, claims.id, iss, claims.iat)


def _claims_of_any(members: Mapping[str, Json], code: str) -> Claims:
    """Return the claims of somebody whose iss the caller checks."""
    return read_claims({**members, "iss": "urn:asylum-exchange:authority:x"}, code)


def officer_name(statement: Statement) -> str:
    """Return the name of the officer who signed a command."""
    return statement.claims.iss.removeprefix(OFFICER_URN)


def prove_possession(claims: Claims, nonce: str, key: Signer) -> str:
    """Return the proof that its signer holds a key. Its purpose is in it: a proof for one purpose serves no other."""
    return sign({"nonce": nonce, "purpose": key.purpose}, claims, POSSESSION, key)


def check_possession(text: Json, of: tuple[str, str], nonce: str, key: PublicKey) -> None:
    """Return if whoever is `of` (exchange, iss) shows that it holds `key`, over this nonce.

    Raises Refusal `no-possession` for whatever else it shows.
    """
    ex, iss = of
    try:
        shown = jws.parse(text if isinstance(text, str) else "", POSSESSION)
        members = read_json(jws.verify(shown, key, key.purpose).payload)
    except Refusal as refusal:
        raise Refusal("no-possession", f"The {key.purpose} key is not shown to be held: {refusal.detail}") from None
    expected = {"ex": ex, "iss": iss, "nonce": nonce, "purpose": key.purpose}
    if not isinstance(members, dict) or set(members) - _CLAIMS != {"nonce", "purpose"}:
        raise Refusal("no-possession", f"The proof of the {key.purpose} key has nonce and purpose besides the claims.")
    _claims_of_any(members, "no-possession")  # the proof is published for ever: it carries nothing of free form
    if not expected.items() <= members.items():
        raise Refusal("no-possession", f"The proof of the {key.purpose} key is over another nonce, or of another.")


def public_key(jwk: Json, purpose: str) -> AnyKey:
    """Return a public key from its JWK. Raises Refusal `bad-key`, `weak-key`."""
    if not isinstance(jwk, dict):
        raise Refusal("bad-key", "A key is a JWK.")
    return sealing_keys.public_from_jwk(jwk) if purpose == SEAL else keys.public_from_jwk(jwk, purpose)


def jwk_of(key: AnyKey) -> dict[str, Json]:
    """Return the public JWK of a key."""
    return keys.public_to_jwk(key) if isinstance(key, PublicKey) else sealing_keys.public_to_jwk(key)


def read_keys(value: Json) -> dict[str, AnyKey]:
    """Return the keys of an authority from their JWKs by purpose: all four, no two of them alike.

    Raises Refusal `bad-key`, `weak-key`.
    """
    if not isinstance(value, dict) or set(value) != set(PURPOSES):
        raise Refusal("bad-key", f"keys has {', '.join(PURPOSES)}.")
    found = {purpose: public_key(value[purpose], purpose) for purpose in PURPOSES}
    if len({key.kid for key in found.values()}) != len(found):
        raise Refusal("bad-key", "Each purpose has a key of its own.")
    return found


def read_bundle(text: str, ex: str) -> Bundle:
    """Return the bundle of an authority, self-signed, with possession shown of every key that can sign.

    Raises Refusal: those of `read`, `bad-key`, `weak-key`, `no-possession`, `bad-notice-signature`.
    """
    statement = read(text, ENROLMENT, ex)
    statement.need(*_BUNDLE)
    found = read_keys(statement.members["keys"])
    recovery = cast("PublicKey", found["recovery"])
    if statement.unverified.kid != recovery.kid:
        raise Refusal("bad-key-statement", "A bundle is signed with the recovery key that it names.")
    statement.verify(recovery)
    nonce, shown = statement.text("nonce"), statement.members["possession"]
    if not isinstance(shown, dict) or set(shown) != {"request", "notice", SEAL} or not is_hash(nonce):
        raise Refusal("bad-key-statement", "possession has request, notice and seal; nonce is the hub's.")
    for purpose in ("request", "notice"):
        check_possession(shown[purpose], (ex, statement.claims.iss), nonce, cast("PublicKey", found[purpose]))
    return Bundle(statement, statement.text("kind"), statement.text("state"), found, nonce, str(shown[SEAL]))


def bundle(who: Mapping[str, str], claims: Claims, given: Mapping[str, str], held: Mapping[str, Any]) -> str:
    """Return the bundle of an authority: `who` has kind and state, `given` has nonce and opened, `held` its keys."""
    public = {purpose: key.public for purpose, key in held.items()}
    possession: dict[str, Json] = {
        purpose: prove_possession(claims, given["nonce"], held[purpose]) for purpose in ("request", "notice")
    }
    members: dict[str, Json] = {
        "nonce": given["nonce"],
        "kind": who["kind"],
        "state": who["state"],
        "keys": {purpose: jwk_of(public[purpose]) for purpose in PURPOSES},
        "possession": {**possession, SEAL: given["opened"]},
    }
    return sign(members, claims, ENROLMENT, held["recovery"])
