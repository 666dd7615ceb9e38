"""What an authority writes: a notice with its sealed texts, and the check of the receipt that it gets for it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import uuid_utils

from exchange import clock
from exchange.client.folder import URN, Folder
from exchange.domain.errors import Refusal
from exchange.wire import leaves, sdjwt, sealing, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64decode, b64encode, read_json, write_json
from exchange.wire.sealing import Sealed
from schemas.reading import read
from schemas.sealed import PERSON_BLOCK


@dataclass(frozen=True, slots=True)
class Written:
    """A notice that was signed: its id, its envelope as it is sent, and the SHA-256 of its signing input."""

    id: str
    envelope: bytes
    sha256: str


def write(folder: Folder, parts: Mapping[str, Any], seq: int, prev: str | None) -> Written:
    """Sign a notice at a place in the sequence. Raises Refusal `not-pinned` or `bad-schema` for a text to seal."""
    notice_id = str(uuid_utils.uuid7())
    claims = Claims(folder.hub["ex"], notice_id, folder.urn, int(clock.now().timestamp()))
    place: dict[str, Json] = {"seq": seq} if prev is None else {"seq": seq, "prev": prev}
    texts = [_seal(folder, text, notice_id) for text in parts.get("sealed", [])]
    signed: dict[str, Any] = {name: value for name, value in parts.items() if name != "sealed"}
    signed["hub"] = {**parts["hub"], **place}
    if texts:
        signed["sealed"] = [text.entry() for text in texts]
    text = sdjwt.issue(claims, signed, folder.key("notice"), secrets.token_bytes)
    envelope: dict[str, Json] = {"notice": text}
    if texts:
        envelope["sealed"] = [sealed.jwe for sealed in texts]
    return Written(notice_id, write_json(envelope), b64encode(sdjwt.identity(text.partition("~")[0])))


def _seal(folder: Folder, text: Mapping[str, Any], notice_id: str) -> Sealed:
    """Seal `person` and `narrative` for the authorities in `to`."""
    said = {name: text[name] for name in ("person", "narrative") if name in text}
    if not said or not text.keys() <= {"to", "person", "narrative"}:
        raise Refusal("bad-schema", "A text to seal has to, and person or narrative or both.")
    read(PERSON_BLOCK, {"v": 1, "salt": b64encode(bytes(32)), **said}, "text to seal")
    urn = f"urn:asylum-exchange:notice:{folder.urn.removeprefix(URN)}:{notice_id}"
    recipients = [folder.seal_key_of(to) for to in text["to"]]
    return sealing.seal(said.get("person"), said.get("narrative"), urn, recipients, secrets.token_bytes)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signed notice stands in the sequence of its author, and the SHA-256 of its signing input."""

    seq: int
    sha256: str


def place_of(envelope: bytes) -> Place:
    """Return the place of a notice that this authority signed. Raises Refusal for what is no notice."""
    issued, *disclosures = _notice(envelope).split("~")
    parts = [read_json(b64decode(one)) for one in disclosures if one]
    hub = next(part[2] for part in parts if isinstance(part, list) and part[1] == "hub")
    return Place(cast("dict[str, int]", hub)["seq"], b64encode(sdjwt.identity(issued)))


def receipt(folder: Folder, envelope: bytes, jws: str, notice_id: str) -> dict[str, Json]:
    """Return what the receipt of the notice in an envelope says.

    Raises Refusal `wrong-receipt` for one of another notice, or with a leaf that is not over this one; those of
    `statements.heard`.
    """
    issued = _notice(envelope).partition("~")[0]
    told = folder.heard(jws, statements.RECEIPT)
    if [told.get(name) for name in ("iss", "id", "sha256")] != [
        folder.urn,
        notice_id,
        b64encode(sdjwt.identity(issued)),
    ]:
        raise Refusal("wrong-receipt", "The receipt is for another notice.")
    if not leaves.is_over(cast("dict[str, Any]", told["leaf"]), issued.rpartition(".")[0].encode("ascii")):
        raise Refusal("wrong-receipt", "The leaf in the receipt is not over the notice.")
    return told


def _notice(envelope: bytes) -> str:
    return cast("dict[str, str]", read_json(envelope))["notice"]
