"""Who is calling: every request of an authority is verified here, and every refusal of one leaves its trace here."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import directory, ledger
from exchange.store.session import Tx
from exchange.wire import httpsig, keys
from exchange.wire.encoding import read_json
from exchange.wire.messages import Request


@dataclass(frozen=True, slots=True)
class Caller:
    """An authority whose request was verified; only `authenticate` makes one."""

    authority: Reader
    request: Request
    verified: httpsig.VerifiedRequest

    @property
    def record(self) -> bytes:
        """What a leaf says of this request when its body is no signed message: method, target and digest."""
        head = (self.request.method, self.request.target_uri, self.request.header("content-digest") or "")
        return "\n".join(("asylum-exchange-request/v1", self.verified.keyid, *head)).encode()


def authenticate(request: Request, hub: Hub, now: datetime) -> Caller:
    """Return the authority that signed this request.

    Raises Refusal: the codes of `exchange.wire.httpsig`, `unknown-key`, `key-not-active`, `wrong-purpose`.
    """
    inspected = httpsig.inspect(request)
    with hub.database.reading() as tx:
        key, authority = enrolled(tx, inspected.keyid, now)
    return Caller(authority, request, httpsig.verify_request(inspected, key, now))


def enrolled(tx: Tx, kid: str, now: datetime) -> tuple[keys.PublicKey, Reader]:
    """Return an enrolled key and its authority. Raises Refusal `unknown-key` or `key-not-active`."""
    found = directory.key(tx, kid, now)
    if found is None:
        raise Refusal("unknown-key", "No authority has enrolled the key that signed this.")
    if not found.active:
        raise Refusal("key-not-active", "The key that signed this is not active now.")
    return _public(found.jwk, found.purpose), found.authority


@lru_cache(maxsize=4096)
def _public(jwk: str, purpose: str) -> keys.PublicKey:
    """Return the key in an enrolled JWK; what a text means never changes, so it is read once."""
    members = read_json(jwk.encode())
    if not isinstance(members, dict):
        raise TypeError("an enrolled JWK is an object")
    return keys.public_from_jwk(members, purpose)


def spend(tx: Tx, caller: Caller) -> None:
    """Spend the nonce of a request in the transaction that it leads to. Raises Refusal `nonce-replayed`."""
    directory.spend_nonce(tx, caller.verified.keyid, caller.verified.nonce, caller.verified.expires)


def note_read(tx: Tx, caller: Caller, what: str, of: str, now: datetime) -> None:
    """Spend the nonce of a GET and note what is read (L20); it enters the ledger with its minute."""
    spend(tx, caller)
    ledger.act(tx, {"at": now, "slug": caller.authority.slug, "what": what, "object": of, "purpose": "own_cases"})


def note_refusal(hub: Hub, caller: Caller | None, refusal: Refusal, answer: bytes, now: datetime) -> None:
    """Note that a message was refused: counted always; of a known caller also stored, and its POST leaves two leaves.

    The nonce of a verified request is spent even so.
    """
    with hub.database.transaction() as tx:
        directory.count_refusal(tx, refusal.code, now)
        if caller is None:
            return
        if refusal.code != "nonce-replayed":
            spend(tx, caller)
        leaf = None
        if caller.request.method == "POST":
            leaf = ledger.append(tx, now, _salted(caller.record, answer))[0].index
        directory.refused(tx, {"at": now, "slug": caller.authority.slug, "code": refusal.code, "leaf": leaf})


def _salted(*records: bytes) -> list[tuple[bytes, bytes]]:
    return [(record, secrets.token_bytes(32)) for record in records]
