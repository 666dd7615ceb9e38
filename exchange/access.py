"""Who is calling: every request of an authority is verified here, and every refusal of one leaves its trace here."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from exchange import key_book, quotas, targets
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.logs import log
from exchange.store import directory, ledger, session
from exchange.store.directory import EnrolledKey
from exchange.store.session import Tx
from exchange.wire import httpsig, jws, key_statements, keys, sdjwt
from exchange.wire.encoding import b64encode, read_json
from exchange.wire.messages import Request
from exchange.wire.signature_base import request_base

ANSWER_RECORD: Final = "asylum-exchange-answer-record/v1\n"


def record_of(answer: bytes) -> bytes:
    """Return what a leaf says of an answer about a person: its hash, since records are kept when the person goes."""
    return (ANSWER_RECORD + b64encode(hashlib.sha256(answer).digest())).encode()


@dataclass(frozen=True, slots=True)
class Caller:
    """An authority whose request was verified; only `authenticate` makes one.

    `keys` are all that it enrolled, `limits` what it may ask for.
    """

    authority: Reader
    request: Request
    verified: httpsig.VerifiedRequest
    keys: Mapping[str, EnrolledKey]
    limits: quotas.Limits

    @property
    def record(self) -> bytes:
        """What a leaf says of this request when its body is no signed message: method, target and digest."""
        head = (self.request.method, self.request.target_uri, self.request.header("content-digest") or "")
        return "\n".join(("asylum-exchange-request/v1", self.verified.keyid, *head)).encode()

    @property
    def where(self) -> dict[str, str]:
        """What the quarantine says of this request: its method, its path, and Content-Digest of its body."""
        path = urlsplit(self.request.target_uri).path
        return {
            "method": self.request.method,
            "path": path,
            "digest": self.request.header("content-digest") or "",
        }


def authenticate(request: Request, hub: Hub, now: datetime) -> Caller:
    """Return the authority that signed this request.

    Raises Refusal: the codes of `exchange.wire.httpsig`, `unknown-key`, `key-not-active`, `wrong-purpose`,
    `wrong-target`.
    """
    inspected = httpsig.inspect(request)
    with hub.database.reading() as tx:
        owned = directory.keys_of_owner(tx, inspected.keyid, now)
    found = _active(owned.get(inspected.keyid))
    _require_record(hub, found, now)
    try:
        verified = httpsig.verify_request(inspected, public(found), now)
    except Refusal as refusal:
        raise (_aimed_elsewhere(refusal, inspected, public(found), (hub, now)) or refusal) from None
    return Caller(found.authority, request, verified, owned, hub.limits)


def _aimed_elsewhere(
    refusal: Refusal, inspected: httpsig.Inspected, key: keys.PublicKey, of: tuple[Hub, datetime]
) -> Refusal | None:
    """Return the refusal `wrong-target` when the signature is good for a target that a sender may have had in mind.

    It is refused either way; the sender is told which of two mistakes it made.
    """
    hub, now = of
    if refusal.code != "bad-signature" or not hub.guessing.allows(now):
        return None
    for target in targets.likely(inspected.request, hub.origin):
        if _fits(inspected, replace(inspected.request, target_uri=target), key):
            return Refusal("wrong-target", "The signature is good, for another target than this one.", refusal.more)
    return None


def _fits(inspected: httpsig.Inspected, request: Request, key: keys.PublicKey) -> bool:
    try:
        base = request_base(request, inspected.parameters)
        key.verify(inspected.signature, base.encode("ascii"))
    except Refusal:
        return False
    return True


def signing_key(caller: Caller, message: jws.Unverified, hub: Hub, now: datetime) -> keys.PublicKey:
    """Return the caller's own key that a message in its request says it is signed with.

    Raises Refusal `bad-notice-key` (nobody's, not active, of another purpose, or of another alg), `foreign-key`
    (another authority's).
    """
    found = caller.keys.get(message.kid)
    if found is None:
        with hub.database.reading() as tx:
            other = directory.keys(tx, [message.kid], now).get(message.kid)
        if other is not None:
            raise Refusal("foreign-key", "The message is signed with a key of another authority than the request.")
        raise Refusal("bad-notice-key", "Nobody has enrolled the key that kid of the message names.")
    if not found.active:
        raise Refusal("bad-notice-key", "The key that kid of the message names is not active now.")
    _require_record(hub, found, now)
    if (found.purpose, found.alg) != (sdjwt.PURPOSE, message.alg):
        raise Refusal("bad-notice-key", "The key that kid of the message names has another purpose or alg.")
    return public(found)


def _require_record(hub: Hub, found: EnrolledKey, now: datetime) -> None:
    """Return if the judged history has this very key, and has it verify now: no row of the table does so by itself.

    It is looked up once for each key of a process, and again when its owner has a new record. Raises Refusal
    `unknown-key`, `key-not-active`.
    """
    row = (found.kid, found.purpose, found.jwk, found.records)
    if row in hub.judged:
        return
    with hub.database.reading() as tx:
        life = key_book.load(tx, hub.exchange_id, found.authority.urn).lives.get(found.kid)
    said = None if life is None else (life.owner, life.purpose, key_statements.jwk_of(life.key))
    if said != (found.authority.urn, found.purpose, read_json(found.jwk.encode())):
        log().error("a key stands in the table and in no record")
        raise Refusal("unknown-key", "No record of the ledger bears out the key that signed this.")
    if life is None or not life.is_good(int(now.timestamp())):
        log().error("a key is active in the table and has ended in the records")
        raise Refusal("key-not-active", "The records of the ledger say that the key has ended.")
    hub.judged.add(row)


def _active(found: EnrolledKey | None) -> EnrolledKey:
    if found is None:
        raise Refusal("unknown-key", "No authority has enrolled the key that signed this.")
    if not found.active:
        raise Refusal("key-not-active", "The key that signed this is not active now.")
    return found


def public(found: EnrolledKey) -> keys.PublicKey:
    """Return an enrolled key for verifying. Raises Refusal `wrong-purpose` for a key that verifies nothing."""
    if found.purpose not in keys.PURPOSES:
        raise Refusal("wrong-purpose", "The key that is named signs nothing: it is for sealing.")
    return _public(found.jwk, found.purpose)


@lru_cache(maxsize=4096)
def _public(jwk: str, purpose: str) -> keys.PublicKey:
    """Return the key in an enrolled JWK; what a text means never changes, so it is read once."""
    members = read_json(jwk.encode())
    if not isinstance(members, dict):
        raise TypeError("an enrolled JWK is an object")
    return keys.public_from_jwk(members, purpose)


def begin(tx: Tx, caller: Caller, now: datetime) -> ledger.Book:
    """Take hold of the end of the ledger and spend the nonce of a request, in the transaction that it leads to.

    Always in this order: whoever holds a nonce, a quota, or the counter of a refusal, waits for nobody who waits for
    the ledger. Raises Refusal `nonce-replayed`, `too-many`.
    """
    book = ledger.Book(tx, now)
    _spend(tx, caller)
    _count(tx, caller, now)
    return book


def _spend(tx: Tx, caller: Caller) -> None:
    directory.spend_nonce(tx, caller.verified.keyid, caller.verified.nonce, caller.verified.expires)


def _count(tx: Tx, caller: Caller, now: datetime) -> None:
    name = quotas.class_of(caller.request.method, urlsplit(caller.request.target_uri).path)
    quotas.take(tx, caller.authority.slug, name, caller.limits, now)


def note_read(tx: Tx, caller: Caller, what: str, of: str, now: datetime) -> None:
    """Spend the nonce of a GET and note what is read (L20); it enters the ledger with its minute.

    Raises Refusal `nonce-replayed`, `too-many`.
    """
    _spend(tx, caller)
    _count(tx, caller, now)
    ledger.act(tx, {"at": now, "slug": caller.authority.slug, "what": what, "object": of, "purpose": "own_cases"})


def note_shown(tx: Tx, caller: Caller, numbers: Sequence[int], now: datetime, what: str = "shown") -> None:
    """Note which numbers of its inbox, ascending, a caller was shown (L20), or had `listed` by the notices' names.

    There is an act for each run without a gap: what is hidden between them was not shown.
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    done = {"at": now, "slug": caller.authority.slug, "what": what, "purpose": "own_cases"}
    ledger.acts(tx, [{**done, "object": f"{first} {last}"} for first, last in runs])


def note_refusal(hub: Hub, caller: Caller | None, refusal: Refusal, answer: bytes, now: datetime) -> None:
    """Note that a message was refused: counted always; of a known caller also stored, and its POST leaves two leaves.

    The nonce of a verified request is spent even so.
    """
    with hub.database.transaction() as tx:
        if caller is not None:
            book = ledger.Book(tx, now)
            if refusal.code != "nonce-replayed":
                _spend(tx, caller)
            leaf = None
            if caller.request.method == "POST":
                leaf, _ = [book.add(record, secrets.token_bytes(32)).index for record in (caller.record, answer)]
                book.close()
            told = {"at": now, "slug": caller.authority.slug, "code": refusal.code, "detail": refusal.detail}
            directory.refused(tx, {**told, **caller.where, "leaf": leaf})
        else:
            session.need_not_last(tx)
        directory.count_refusal(tx, refusal.code, now)
