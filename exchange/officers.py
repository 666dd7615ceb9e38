"""Acts of the secretariat: enrol an authority with its keys, erase a part of a notice."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange import sandbox
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS
from exchange.store import directory, ledger, notices
from exchange.wire import keys, sealing_keys
from exchange.wire.encoding import write_json
from exchange.wire.sealing_keys import SealPublicKey

SLUG = re.compile(r"(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*")
URN = "urn:asylum-exchange:authority:"
SEAL = "seal"
ERASABLE = ("safeguards", "sealed")
"""The parts whose loss leaves a notice readable: no rule rests on what only they hold, but for the stop sign."""
ERASURE_REASONS = ("retention_over", "asked_by_the_person", "unlawful", "court_order")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An authority that asks to be enrolled, with its public keys by purpose."""

    authority: Reader
    keys: Mapping[str, keys.PublicKey | SealPublicKey]


def read_enrolment(value: Any) -> Enrolment:  # noqa: ANN401 -- JSON as it came
    """Check what an authority hands to the secretariat: slug, kind, state, and JWKs for `request`, `notice`, `seal`.

    Raises Refusal `bad-enrolment`, `bad-key`, `weak-key`.
    """
    if not isinstance(value, dict) or set(value) != {"slug", "kind", "state", "keys"}:
        raise Refusal("bad-enrolment", "An enrolment has slug, kind, state and keys.")
    slug, kind, state, jwks = value["slug"], value["kind"], value["state"], value["keys"]
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise Refusal("bad-enrolment", "slug is lower-case letters, digits and single hyphens.")
    if kind not in AUTHORITY_KINDS or state not in ACTING_STATES:
        raise Refusal("bad-enrolment", "kind or state is not in the closed list.")
    if not isinstance(jwks, dict) or set(jwks) != {"request", "notice", SEAL}:
        raise Refusal("bad-enrolment", "keys has request, notice and seal.")
    if not all(isinstance(jwk, dict) for jwk in jwks.values()):
        raise Refusal("bad-key", "A key is a JWK.")
    public: dict[str, keys.PublicKey | SealPublicKey] = {
        purpose: keys.public_from_jwk(jwks[purpose], purpose) for purpose in ("request", "notice")
    }
    return Enrolment(Reader(slug, URN + slug, kind, state), {**public, SEAL: sealing_keys.public_from_jwk(jwks[SEAL])})


def enrol(hub: Hub, enrolment: Enrolment, now: datetime) -> None:
    """Enrol an authority and its keys; each key is an open record in the ledger.

    Raises Refusal `already-enrolled`.
    """
    if not sandbox.is_one(hub.exchange_id) and sandbox.has_keys(enrolment.keys):
        raise Refusal("sandbox-key", "Everybody knows this key: it is one of the sandbox. Make keys of your own.")
    with hub.database.transaction() as tx:
        directory.add_authority(tx, enrolment.authority, now)
        book = ledger.Book(tx, now)
        for purpose, key in enrolment.keys.items():
            jwk = _jwk(key)
            slug = enrolment.authority.slug
            record = f"asylum-exchange-key/v1\n{slug}\n{purpose}\n{key.kid}\n".encode() + jwk
            leaf = book.add(record, secrets.token_bytes(32))
            alg = key.alg if isinstance(key, keys.PublicKey) else sealing_keys.ALG
            enrolled = {"kid": key.kid, "purpose": purpose, "alg": alg, "jwk": jwk.decode()}
            directory.add_key(tx, slug, enrolled, leaf.index, now)
        book.close()


def has_key(hub: Hub, slug: str, kid: str) -> bool:
    """Tell whether this very key is enrolled for an authority."""
    with hub.database.reading() as tx:
        return any(known == kid for known, *_ in directory.key_dates(tx, slug))


def _jwk(key: keys.PublicKey | SealPublicKey) -> bytes:
    return write_json(keys.public_to_jwk(key) if isinstance(key, keys.PublicKey) else sealing_keys.public_to_jwk(key))


def erase(hub: Hub, iss: str, notice_id: str, what: tuple[str, str], now: datetime) -> None:
    """Erase a part of a notice, given as (name, reason): the Disclosure here, and every sealed blob.

    Digests, signature, receipt and leaves stay, so all that was proven can be proven on; copies that were delivered
    open while their seal keys live. Raises Refusal `bad-erasure`, `not-found`.
    """
    name, reason = what
    if name not in ERASABLE or reason not in ERASURE_REASONS:
        raise Refusal("bad-erasure", "Only safeguards and sealed can be erased, for a reason of the closed list.")
    with hub.database.transaction() as tx:
        stored = notices.of_id(tx, iss, notice_id)
        if stored is None or not notices.erase(tx, stored.no, name, reason, now):
            raise Refusal("not-found", "There is no such part of such a notice.")
        ledger.act(tx, {"at": now, "what": f"erased {name}", "object": f"{iss} {notice_id}", "purpose": reason})


def introduction(hub: Hub) -> dict[str, Any]:
    """Return what an enrolled authority must know of the hub: where it is, what it is called, and its keys to pin."""
    return {
        "base_url": hub.origin,
        "ex": hub.exchange_id,
        "hub_keys": {purpose: keys.public_to_jwk(key.public) for purpose, key in hub.keys.items()},
        "ledger_vkey": hub.ledger_vkey,
    }
