"""Every check of a signed message that needs no transaction, in the order of docs/notice-journey.md."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from exchange import access, referring, sandbox
from exchange.access import Caller
from exchange.deps import Hub
from exchange.domain import acceptance, third_country
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import directory, members
from exchange.wire import jws, sdjwt, sealing, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json
from schemas.messages import ENVELOPE
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.reading import read
from schemas.sealed import SEALED

LARGEST: Final = 256 * 1024
"""Bytes of one notice with its sealed parts, also within a batch."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A sealed part whose digest is signed: the JWE, and the slugs of the authorities that can open it."""

    jwe: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A notice that passed every check short of the transaction; only `check` makes one."""

    notice: sdjwt.Notice
    hub: Mapping[str, Any]
    event: Mapping[str, str]
    blobs: tuple[Blob, ...]


def check(caller: Caller, envelope: object, hub: Hub, now: datetime) -> Checked:
    """Return the notice in an envelope that was parsed and not read yet.

    Raises Refusal with the code of the first check that fails.
    """
    said = read(ENVELOPE, envelope, "envelope")
    text, sealed = said["notice"], said.get("sealed", [])
    if len(text) + sum(map(len, sealed)) > LARGEST:
        raise Refusal("too-large", f"A notice with its sealed parts has at most {LARGEST} bytes.")
    unverified = sdjwt.read(text)
    notice = sdjwt.verify(unverified, access.signing_key(caller, unverified.signed, hub, now), hub.exchange_id)
    if notice.claims.iss != caller.authority.urn:
        raise Refusal("foreign-iss", "iss is not the authority whose key signed the notice.")
    hub_part, event, facts = understand(caller.authority, notice, hub.exchange_id, now)
    referring.check(caller.authority, event, facts, hub_part, hub)
    blobs = _blobs(caller, notice, sealed, (hub, now)) if sealed or "sealed" in notice.parts else ()
    return Checked(notice, hub_part, event, blobs)


def understand(
    author: Reader, notice: sdjwt.Notice, exchange_id: str, now: datetime
) -> tuple[Mapping[str, Any], Mapping[str, str], Mapping[str, Any]]:
    """Return the hub part, the event and the facts of a notice that its author may send and that fits itself.

    Raises Refusal `bad-schema`, `sandbox-tokens`, and those of `exchange.domain.acceptance`.
    """
    hub_part = read(HUB, notice.parts["hub"], "hub part")
    if hub_part.get("tokens", {}).get("keyset") == sandbox.KEYSET and not sandbox.is_one(exchange_id):
        raise Refusal("sandbox-tokens", "Tokens of a sandbox link nobody here: everybody knows their key.")
    event = read(EVENT, notice.parts["event"], "event part")
    facts = read(FACTS[event["kind"]], notice.parts["facts"], f"facts of {event['kind']}")
    if "safeguards" in notice.parts:
        read(SAFEGUARD_CODES, notice.parts["safeguards"], "safeguards part")
    acceptance.accept(author, event, facts)
    acceptance.speaks_for(author, hub_part)
    acceptance.agree(event, facts, moment(notice.claims.iat), now)
    if facts.get("act") == "add_tokens" and "tokens" not in hub_part:
        raise Refusal("contradictory-references", "A correction that adds tokens has tokens in its hub part.")
    return hub_part, event, facts


def _blobs(caller: Caller, notice: sdjwt.Notice, sealed: Sequence[str], of: tuple[Hub, datetime]) -> tuple[Blob, ...]:
    """Return the sealed parts of a notice; the hub opens none.

    Raises Refusal `sealed-mismatch`, `bad-sealed`, `classical-recipient`, `unknown-recipient`, `recipient-outside-aud`,
    `no-transfer-basis`.
    """
    hub, now = of
    if "sealed" not in notice.parts:
        raise Refusal("sealed-mismatch", "The envelope has sealed parts, and the notice signs none.")
    signed = cast("list[dict[str, Any]]", read(SEALED, notice.parts["sealed"], "sealed part"))
    slug = notice.claims.iss.rpartition(":")[2]
    found = sealing.check(signed, sealed, f"urn:asylum-exchange:notice:{slug}:{notice.claims.id}")
    kids = [kid for blob in found for kid in blob.kids]
    with hub.database.reading() as tx:
        known = directory.keys(tx, kids, now)
        standing = members.standing(tx, now)
    owners = {k: v.authority for k, v in known.items() if v.purpose == "seal" and v.active}
    for kid in kids:
        if kid not in owners or standing.is_shut(owners[kid].state):
            raise Refusal("unknown-recipient", "A sealed part names a key that is no active seal key of a member.")
        _require_may_open(caller.authority, owners[kid], notice, now)
    return tuple(
        Blob(jwe, tuple(owners[kid].slug for kid in blob.kids)) for jwe, blob in zip(sealed, found, strict=True)
    )


def _require_may_open(author: Reader, recipient: Reader, notice: sdjwt.Notice, now: datetime) -> None:
    part = cast("dict[str, Any]", notice.parts["hub"])
    if recipient.urn not in part["aud"]:
        raise Refusal("recipient-outside-aud", "A sealed part can be opened by somebody who is no addressee.")
    if third_country.is_barred(author, recipient, now, transfer="transfer" in part):
        raise Refusal(
            "no-transfer-basis", "A sealed part would leave the European Union, and the notice gives no basis for that."
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A query or an acknowledgement whose signature was checked; its members are for a schema. Made by `check_jws`."""

    claims: Claims
    members: Mapping[str, Json]
    text: str
    signing_input: bytes
    sha256: bytes


def check_jws(caller: Caller, body: bytes, typ: str, hub: Hub, now: datetime) -> Said:
    """Return what a compact JWS of the caller says, signed with its notice key for this exchange.

    Raises Refusal: those of `exchange.wire.jws`, `bad-query`, `bad-json`, `wrong-exchange`, `foreign-key`,
    `bad-notice-key`, `foreign-iss`.
    """
    unverified = jws.parse(body.decode("ascii", errors="replace"), typ)
    verified = jws.verify(unverified, access.signing_key(caller, unverified, hub, now), sdjwt.PURPOSE)
    claims, members = statements.said(verified.payload, hub.exchange_id)
    if claims.iss != caller.authority.urn:
        raise Refusal("foreign-iss", "iss is not the authority whose key signed the message.")
    sha256 = hashlib.sha256(verified.signing_input).digest()
    return Said(claims, members, verified.text, verified.signing_input, sha256)


def moment(seconds: int) -> datetime:
    """Return `iat` as a moment. Raises Refusal `contradictory-times` for one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("contradictory-times", "iat is no moment between the years 1 and 9999.") from None
