"""The keys by which an authority makes its tokens: pinned in its folder, and held against what the officers named.

An authority that holds another shared key than the rest makes tokens that agree with nobody's, and nothing would show
it. So officers name a keyset with the check value of that key (`keying.check_value`), which says nothing of any token.
It is kept and compared each time tokens are made; the exchange is asked each time, too, since a keyset may end.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from exchange import sandbox
from exchange.client.folder import URN, Folder
from exchange.client.linkage.keying import PROFILE, HmacKeying, Keying, check_value
from exchange.client.linkage.service import Pinned, ServiceKeying
from exchange.client.speaker import Speaker
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64decode, b64encode, read_json

FILE: Final = "tokens.json"
SERVICE, HMAC = "service", "hmac"
ENDED: Final = "ended"
"""State of a keyset that is compared no more (docs/wire-format.md, Keysets)."""
KEY_BYTES: Final = 32
_KEYSET: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_MEMBERS: Final = frozenset({"mode", "origin", "keyset", "public_key", "shared", "fill", "check"})


def pin(
    folder: Folder, shared: bytes, introduction: object, keyset: str = "", named: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Keep how tokens are made from now on: by the key that authorities share and the service; returns the keyset.

    `introduction` is what the service's operator printed, compared over a second channel; `named` are the keysets that
    officers named (`Speaker.keysets`). Raises Refusal `bad-keying`, `wrong-token-key`, `keyset-ended`.
    """
    told = introduction if isinstance(introduction, Mapping) else {}
    known = told.get("keysets")
    if not isinstance(told.get("origin"), str) or not isinstance(known, Mapping):
        raise Refusal("bad-keying", "The introduction of a token service has origin and keysets.")
    chosen = keyset or (next(iter(known)) if len(known) == 1 else "")
    if chosen not in known or len(shared) != KEY_BYTES:
        raise Refusal("bad-keying", "Name one of the keysets of the introduction; the shared key has 32 bytes.")
    if chosen == sandbox.KEYSET or not _KEYSET.fullmatch(chosen):
        raise Refusal("bad-keying", "The id of a keyset has a-z, 0-9 and -, and is not `sandbox`.")
    pinned = Pinned(str(told["origin"]), chosen, str(known[chosen]), shared, _fill(folder))
    _require_same_keys(folder, pinned)
    ServiceKeying(pinned, folder.key("request")).close()
    _keep(folder, SERVICE, pinned, _checked(named, pinned.keyset, pinned.public_key, shared))
    return chosen


def pin_hmac(folder: Folder, shared: bytes = b"") -> str:
    """Keep that tokens are made by HMAC alone, in a sandbox; returns the keyset. Without a key: the sandbox's own.

    Raises Refusal `sandbox-tokens` for a real exchange, which refuses such tokens.
    """
    _require_sandbox(folder)
    key = shared or sandbox.token_key()
    if len(key) != KEY_BYTES:
        raise Refusal("bad-keying", "The shared key has 32 bytes.")
    _keep(folder, HMAC, Pinned("", sandbox.KEYSET, "", key, _fill(folder)))
    return sandbox.KEYSET


def is_hmac(folder: Folder) -> bool:
    """Tell whether tokens are made by HMAC alone; whether they can be made at all is for `keying` to say."""
    try:
        return str(_kept(folder)["mode"]) == HMAC
    except Refusal:
        return False


@contextmanager
def keying(folder: Folder) -> Iterator[Keying]:
    """Give what makes this authority's tokens. Raises Refusal `bad-keying`, `sandbox-tokens`, `wrong-token-key`."""
    told = _kept(folder)
    shared, fill = (b64decode(str(told[name]), "bad-keying") for name in ("shared", "fill"))
    if {len(shared), len(fill)} != {KEY_BYTES}:
        raise Refusal("bad-keying", f"The keys in {FILE} have {KEY_BYTES} bytes.")
    if told["mode"] == HMAC:
        _require_sandbox(folder)
        yield HmacKeying(shared, sandbox.KEYSET, folder.urn.removeprefix(URN))
        return
    pinned = Pinned(str(told["origin"]), str(told["keyset"]), str(told["public_key"]), shared, fill)
    if told["check"] not in {"", check_value(shared, pinned.keyset)}:
        raise _wrong()
    with ServiceKeying(pinned, folder.key("request")) as made:
        yield made


def entry(folder: Folder) -> dict[str, str]:
    """Return what officers name the pinned keyset by: keyset, profile, mode, public_key, check. None of it is secret.

    Raises Refusal `bad-keying`.
    """
    told = _kept(folder)
    if told["mode"] != SERVICE:
        raise Refusal("bad-keying", "The keyset of a sandbox needs no name: pin a token service.")
    check = check_value(b64decode(str(told["shared"]), "bad-keying"), str(told["keyset"]))
    return {
        "keyset": str(told["keyset"]),
        "profile": PROFILE,
        "mode": "voprf",
        "public_key": str(told["public_key"]),
        "check": check,
    }


def confirm(speaker: Speaker) -> bool:
    """Hold the pinned keys against what the officers say of the keyset now; returns whether they have named it.

    An exchange that gives no answer stops nothing. Raises Refusal `wrong-token-key`, `keyset-ended`, `bad-keying`.
    """
    told = _kept(speaker.folder)
    if told["mode"] != SERVICE:
        return True
    try:
        named = speaker.keysets()
    except Refusal:
        return bool(told["check"])
    shared = b64decode(str(told["shared"]), "bad-keying")
    check = _checked(named, str(told["keyset"]), str(told["public_key"]), shared)
    if check and check != told["check"]:
        _write(speaker.folder, {**told, "check": check})
    return bool(check)


def _checked(named: Sequence[Mapping[str, Any]], keyset: str, public_key: str, shared: bytes) -> str:
    """Return the check value under which officers named a keyset, "" when they did not.

    Raises Refusal `wrong-token-key` when they named it with other keys than these, `keyset-ended` when they ended it.
    """
    found = next((one for one in named if (one["keyset"], one["profile"]) == (keyset, PROFILE)), None)
    if found is None:
        return ""
    check = check_value(shared, keyset)
    if (found["public_key"], found["check"]) != (public_key, check):
        raise _wrong()
    if found["state"] == ENDED:
        raise Refusal("keyset-ended", f"The officers ended keyset {keyset}: its tokens are compared with nobody's.")
    return check


def _wrong() -> Refusal:
    return Refusal(
        "wrong-token-key",
        "The officers named this keyset with other keys than are held here: its tokens would agree with nobody's. "
        "Compare the shared key with another authority, and the public key with the service's operator.",
    )


def _require_sandbox(folder: Folder) -> None:
    if not sandbox.is_one(str(folder.hub["ex"])):
        raise Refusal("sandbox-tokens", "A real exchange takes no tokens by HMAC alone: pin a token service.")


def _keep(folder: Folder, mode: str, pinned: Pinned, check: str = "") -> None:
    _write(
        folder,
        {
            "mode": mode,
            "origin": pinned.origin,
            "keyset": pinned.keyset,
            "public_key": pinned.public_key,
            "shared": b64encode(pinned.shared),
            "fill": b64encode(pinned.fill),
            "check": check,
        },
    )


def _write(folder: Folder, kept: Mapping[str, Any]) -> None:
    folder.keep("", FILE, json.dumps(kept, indent=1).encode())


def _require_same_keys(folder: Folder, pinned: Pinned) -> None:
    """Return if a keyset that is pinned already keeps its keys: by others its tokens would agree with nobody's."""
    before = _kept(folder) if (folder.path / FILE).exists() else {}
    now = {"mode": SERVICE, "keyset": pinned.keyset}
    keys = {"public_key": pinned.public_key, "shared": b64encode(pinned.shared)}
    if now.items() <= before.items() and not keys.items() <= before.items():
        raise Refusal(
            "bad-keying",
            "That keyset is pinned here with other keys, and never changes them: ask the service's operator for a new "
            f"one. If no token was made by it yet, take {FILE} out of the folder and pin again.",
        )


def _fill(folder: Folder) -> bytes:
    """Return the authority's own key for filling up, the same for ever: else notices of a case would show the fill."""
    if (folder.path / FILE).exists():
        return b64decode(str(_kept(folder)["fill"]), "bad-keying")
    return secrets.token_bytes(KEY_BYTES)


def _kept(folder: Folder) -> dict[str, Any]:
    try:
        found = read_json((folder.path / FILE).read_bytes())
    except FileNotFoundError:
        raise Refusal("bad-keying", "Nothing says how tokens are made here: `authority keying` pins it.") from None
    except OSError:
        raise Refusal("bad-keying", f"{FILE} cannot be read.") from None
    found = {"check": "", **found} if isinstance(found, dict) else {}
    if found.keys() != _MEMBERS:
        raise Refusal("bad-keying", f"{FILE} has {', '.join(sorted(_MEMBERS))}.")
    return found
