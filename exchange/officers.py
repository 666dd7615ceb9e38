"""Acts of the secretariat: enrol an authority with its keys."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.domain.vocabulary import ACTING_STATES, AUTHORITY_KINDS
from exchange.store import directory, ledger
from exchange.wire import keys
from exchange.wire.encoding import write_json

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
URN = "urn:asylum-exchange:authority:"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An authority that asks to be enrolled, with its public keys by purpose."""

    authority: Reader
    keys: Mapping[str, keys.PublicKey]


def read_enrolment(value: Any) -> Enrolment:  # noqa: ANN401 -- JSON as it came
    """Check what an authority hands to the secretariat: slug, kind, state, and a JWK for `request` and `notice`.

    Raises Refusal `bad-enrolment`, `bad-key`, `weak-key`.
    """
    if not isinstance(value, dict) or set(value) != {"slug", "kind", "state", "keys"}:
        raise Refusal("bad-enrolment", "An enrolment has slug, kind, state and keys.")
    slug, kind, state, jwks = value["slug"], value["kind"], value["state"], value["keys"]
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise Refusal("bad-enrolment", "slug is lower-case letters, digits and single hyphens.")
    if kind not in AUTHORITY_KINDS or state not in ACTING_STATES:
        raise Refusal("bad-enrolment", "kind or state is not in the closed list.")
    if not isinstance(jwks, dict) or set(jwks) != {"request", "notice"}:
        raise Refusal("bad-enrolment", "keys has request and notice.")
    return Enrolment(Reader(slug, URN + slug, kind, state), {p: keys.public_from_jwk(jwks[p], p) for p in jwks})


def enrol(hub: Hub, enrolment: Enrolment, now: datetime) -> None:
    """Enrol an authority and its keys; each key is an open record in the ledger.

    Raises Refusal `already-enrolled`.
    """
    with hub.database.transaction() as tx:
        directory.add_authority(tx, enrolment.authority, now)
        book = ledger.Book(tx, now)
        for purpose, key in enrolment.keys.items():
            jwk = write_json(keys.public_to_jwk(key))
            slug = enrolment.authority.slug
            record = f"asylum-exchange-key/v1\n{slug}\n{purpose}\n{key.kid}\n".encode() + jwk
            leaf = book.add(record, secrets.token_bytes(32))
            enrolled = {"kid": key.kid, "purpose": purpose, "alg": key.alg, "jwk": jwk.decode()}
            directory.add_key(tx, slug, enrolled, leaf.index, now)
        book.close()


def introduction(hub: Hub) -> dict[str, Any]:
    """Return what an enrolled authority must know of the hub: where it is, what it is called, and its keys to pin."""
    return {
        "base_url": hub.origin,
        "ex": hub.exchange_id,
        "hub_keys": {purpose: keys.public_to_jwk(key.public) for purpose, key in hub.keys.items()},
    }
