"""Make an exchange a sandbox: enrol the authorities that everybody knows, and write down how to speak as them."""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from exchange import key_room, sandbox
from exchange.client.folder import Folder
from exchange.demo.ceremony import Secretariat
from exchange.domain.errors import Refusal
from exchange.wire import key_statements, keys, sealing_keys
from exchange.wire.encoding import b64encode

FILE: Final = "sandbox.json"


class NotASandbox(Exception):  # noqa: N818 -- it says what stands in the way
    """This exchange cannot be made a sandbox; the message says why."""


def set_up(office: Secretariat, folder: Path) -> Path:
    """Enrol the sandbox's authorities, those that are not enrolled yet, and write `sandbox.json` into a folder.

    Raises NotASandbox when authorities of the same names are enrolled with keys of their own.
    """
    hub = office.hub
    if not sandbox.is_one(hub.exchange_id):
        raise NotASandbox("The id of this exchange does not say that it is a sandbox.")
    told = [_authority(office, who.slug) for who in sandbox.authorities()]
    described = {
        "base_url": hub.origin,
        "ex": hub.exchange_id,
        "token_key": b64encode(sandbox.token_key()),
        "hub_keys": {purpose: keys.public_to_jwk(key.public) for purpose, key in hub.keys.items()},
        "ledger_vkey": hub.ledger_vkey,
        "authorities": told,
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, new = folder / FILE, folder / (FILE + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(described, indent=1), encoding="utf-8")
    return new.replace(path)


def _authority(office: Secretariat, slug: str) -> dict[str, Any]:
    who = next(one for one in sandbox.authorities() if one.slug == slug)
    signing = {purpose: sandbox.signing_key(slug, purpose) for purpose in key_statements.SIGNING}
    seal = sandbox.seal_key(slug)
    if not key_room.has_key(office.hub, slug, seal.kid):
        try:
            with tempfile.TemporaryDirectory() as folder:
                own = Folder(Path(folder))
                own.put({"slug": slug, "kind": who.kind, "state": who.state}, signing, seal)
                office.enrol(own)
        except Refusal as refusal:
            raise NotASandbox(f"{slug} is enrolled with keys of its own. Start anew with --fresh.") from refusal
    private = {purpose: keys.private_to_jwk(signing[purpose]) for purpose in ("request", "notice")}
    return {
        "id": who.urn,
        "kind": who.kind,
        "state": who.state,
        "keys": {**private, key_statements.SEAL: sealing_keys.private_to_jwk(seal)},
    }
