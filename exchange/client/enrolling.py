"""An authority that is enrolled: it answers the invitation of the secretariat, and shows that it holds its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uuid_utils

from exchange import clock
from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.wire import key_statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64decode, b64encode
from exchange.wire.key_statements import SEAL, SIGNING
from exchange.wire.sealing_keys import SealPrivateKey

BUNDLE = "bundle.jws"


@dataclass(frozen=True, slots=True)
class Answered:
    """The bundle that was made: its file, and its fingerprint, which is compared over a second channel."""

    path: Path
    fingerprint: str


def answer(folder: Folder, invitation: Mapping[str, Any]) -> Answered:
    """Sign the bundle over the nonce of an invitation. Raises Refusal `bad-invitation`, `decryption-failed`."""
    if set(invitation) != {"ex", "nonce", "sealed"}:
        raise Refusal("bad-invitation", "An invitation has ex, nonce and sealed.")
    who = folder.who
    given = {"nonce": invitation["nonce"], "opened": opened(folder.seal_key(), invitation["sealed"])}
    held: dict[str, Any] = {purpose: folder.key(purpose) for purpose in SIGNING}
    held[SEAL] = folder.seal_key()
    claims = Claims(invitation["ex"], str(uuid_utils.uuid7()), folder.urn, int(clock.now().timestamp()))
    text = key_statements.bundle(who, claims, given, held)
    path = folder.keep("", BUNDLE, text.encode())
    return Answered(path, key_statements.read_bundle(text, claims.ex).fingerprint)


def opened(key: SealPrivateKey, sealed: Mapping[str, Any]) -> str:
    """Return the secret that the hub sealed for a seal key, in base64url. Raises Refusal `decryption-failed`."""
    return b64encode(key.unwrap(b64decode(str(sealed["ek"])), b64decode(str(sealed["encrypted_key"]))))
