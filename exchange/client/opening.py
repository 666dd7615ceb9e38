"""What an authority reads: notices of others, verified under their own pinned keys, and the texts sealed for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, cast

from exchange.client.folder import URN, Folder
from exchange.domain.errors import Refusal
from exchange.wire import sdjwt, sealing, statements
from exchange.wire.encoding import Json, b64encode

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not-a-recipient": "no_key",
        "sealed-mismatch": "digest_mismatch",
        "plaintext-mismatch": "digest_mismatch",
        "decryption-failed": "decryption_failed",
        "bad-sealed": "malformed",
        "classical-recipient": "malformed",
    }
)
"""Code of a refusal to open -> the reason that an `unreadable` acknowledgement gives."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was sealed for us. It shows nothing of it in a repr."""

    pt_sha256: str
    person: Json = field(repr=False)
    narrative: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A notice of another authority: who says it under which id, the parts shown, the hub's view, the texts for us."""

    iss: str
    id: str
    sha256: str
    parts: Mapping[str, Json]
    view: Mapping[str, Json]
    sealed: tuple[Text, ...]
    flagged: bool = False
    """The key that signed it was reported to be in other hands: it may protect, and never speaks for a removal."""


def head(item: Mapping[str, Any]) -> dict[str, str]:
    """Return iss and id of the notice in an item, as it says; nothing is verified."""
    claims = sdjwt.read(item["notice"]).claims
    return {"iss": claims.iss, "id": claims.id}


def opened(folder: Folder, item: Mapping[str, Any]) -> Opened:
    """Return the notice in an item of the inbox or in a notice read back.

    Raises Refusal: those of `sdjwt.verify_shown`, `not-pinned`, `unknown-key` (not under the author's pinned key),
    those of `statements.heard`, `wrong-view`, those of `sealing.open_sealed`, `sealed-mismatch`.
    """
    unverified = sdjwt.read(item["notice"])
    key = folder.notice_key_of(unverified.claims.iss, unverified.kid)
    notice = sdjwt.verify_shown(unverified, key, folder.hub["ex"])
    view: dict[str, Json] = {}
    if "view" in item:
        view = folder.heard(item["view"], statements.VIEW)
        if [view.pop(name, None) for name in ("iss", "id")] != [notice.claims.iss, notice.claims.id]:
            raise Refusal("wrong-view", "The view is of another notice.")
    texts = _texts(folder, notice, item.get("sealed", []))
    flagged = "flag" in item or folder.is_compromised(notice.claims.iss, key.kid)
    return Opened(notice.claims.iss, notice.claims.id, b64encode(notice.sha256), notice.parts, view, texts, flagged)


def _texts(folder: Folder, notice: sdjwt.Notice, blobs: list[str]) -> tuple[Text, ...]:
    """Open the blobs that came: each is one that the notice signed. Those for others come to their author alone."""
    own = folder.seal_keys()
    signed = {entry["sha256"]: entry for entry in cast("list[dict[str, Any]]", notice.parts.get("sealed", []))}
    urn = f"urn:asylum-exchange:notice:{notice.claims.iss.removeprefix(URN)}:{notice.claims.id}"
    texts = []
    for jwe in blobs:
        entry = signed.get(sealing.digests(jwe)[0])
        if entry is None:
            raise Refusal("sealed-mismatch", "A sealed text is none that the notice signed.")
        (blob,) = sealing.check([entry], [jwe], urn)
        mine = next((own[kid] for kid in blob.kids if kid in own), None)
        if notice.claims.iss == folder.urn and mine is None:
            continue
        text = sealing.open_sealed(blob, mine or folder.seal_key(), entry["pt_sha256"])
        texts.append(Text(entry["pt_sha256"], text.person, text.narrative))
    return tuple(texts)
