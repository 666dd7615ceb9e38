"""An authority's tokens: how it makes them, which notices it told without any, and the supplements that add them.

A notice never waits for tokens: protection comes first. What was told without them is completed later by a correction
`add_tokens`, and a new keyset is taken up the same way. The names stay here.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from exchange import clock, sandbox
from exchange.client.folder import URN, Folder
from exchange.client.line import LONGEST_WAIT, Refused
from exchange.client.linkage.keying import HmacKeying, Keying, tokens_part, tokens_parts
from exchange.client.linkage.record import Record
from exchange.client.linkage.service import Pinned, ServiceKeying
from exchange.client.speaker import Speaker
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, b64decode, b64encode, read_json

FILE: Final = "tokens.json"
SERVICE, HMAC = "service", "hmac"
KEY_BYTES: Final = 32
TOGETHER: Final = 25
"""Records whose tokens are made together."""
_KEYSET: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_MEMBERS: Final = frozenset({"mode", "origin", "keyset", "public_key", "shared", "fill"})
_LEFT_OUT: Final = frozenset({"seq", "prev", "aud", "tokens"})
"""Members of a notice's hub part that its supplement does not repeat."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that this authority told: its URN, its case, its hub part and event, the keyset of its tokens or ""."""

    urn: str
    case: str
    keyset: str
    hub: Mapping[str, Any] = field(repr=False)
    event: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)

    @property
    def adds_tokens_to(self) -> str:
        """The URN of the notice that this one supplements, or ""."""
        return str(self.event["corrects"]) if self.facts.get("act") == "add_tokens" else ""

    @property
    def takes_back(self) -> str:
        """The URN of the notice that this one withdraws or replaces, or ""."""
        named = self.event.get("withdraws") or self.event.get("corrects") or ""
        return "" if self.adds_tokens_to else str(named)


def pin(folder: Folder, shared: bytes, introduction: object, keyset: str = "") -> str:
    """Keep how tokens are made from now on: by the key that authorities share and the service; returns the keyset.

    `introduction` is what the service's operator printed, compared over a second channel. Raises Refusal `bad-keying`.
    """
    told = introduction if isinstance(introduction, Mapping) else {}
    known = told.get("keysets")
    if not isinstance(told.get("origin"), str) or not isinstance(known, Mapping):
        raise Refusal("bad-keying", "The introduction of a token service has origin and keysets.")
    named = keyset or (next(iter(known)) if len(known) == 1 else "")
    if named not in known or len(shared) != KEY_BYTES:
        raise Refusal("bad-keying", "Name one of the keysets of the introduction; the shared key has 32 bytes.")
    if named == sandbox.KEYSET or not _KEYSET.fullmatch(named):
        raise Refusal("bad-keying", "The id of a keyset has a-z, 0-9 and -, and is not `sandbox`.")
    pinned = Pinned(str(told["origin"]), named, str(known[named]), shared, _fill(folder))
    _require_same_keys(folder, pinned)
    ServiceKeying(pinned, folder.key("request")).close()
    _keep(folder, SERVICE, pinned)
    return named


def pin_hmac(folder: Folder, shared: bytes = b"") -> str:
    """Keep that tokens are made by HMAC alone, in a sandbox; returns the keyset. Without a key: the sandbox's own.

    Raises Refusal `sandbox-tokens` for a real exchange, which refuses such tokens.
    """
    if not sandbox.is_one(str(folder.hub["ex"])):
        raise Refusal("sandbox-tokens", "A real exchange takes no tokens by HMAC alone: pin a token service.")
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
    """Give what makes this authority's tokens. Raises Refusal `bad-keying`, `sandbox-tokens`."""
    told = _kept(folder)
    secret = [b64decode(str(told[name]), "bad-keying") for name in ("shared", "fill")]
    if any(len(one) != KEY_BYTES for one in secret):
        raise Refusal("bad-keying", f"The keys in {FILE} have {KEY_BYTES} bytes.")
    if told["mode"] == HMAC:
        if not sandbox.is_one(str(folder.hub["ex"])):
            raise Refusal("sandbox-tokens", "A real exchange takes no tokens by HMAC alone: pin a token service.")
        yield HmacKeying(secret[0], sandbox.KEYSET, folder.urn.removeprefix(URN))
        return
    pinned = Pinned(str(told["origin"]), str(told["keyset"]), str(told["public_key"]), *secret)
    with ServiceKeying(pinned, folder.key("request")) as made:
        yield made


def post(speaker: Speaker, parts: Mapping[str, Any], record: Record) -> tuple[dict[str, Json], Refusal | None]:
    """Tell a notice with the tokens of a record; without them, and why, when they cannot be made now.

    Raises as `Speaker.post`.
    """
    try:
        with keying(speaker.folder) as by:
            tokens = tokens_part(record, by)
    except Refusal as refusal:
        return speaker.post(parts), refusal
    return speaker.post({**parts, "hub": {**parts["hub"], "tokens": tokens}}), None


def told(folder: Folder) -> list[Told]:
    """Return the notices of this authority that have receipts, the oldest first, as they are kept in its folder."""
    return [_read(folder, path.stem, path.read_bytes()) for path in sorted((folder.path / "sent").glob("*.json"))]


def without_tokens(folder: Folder) -> list[Told]:
    """Return the notices that have no tokens, neither of their own nor by a supplement, and were not taken back."""
    all_of_them = told(folder)
    added = {one.adds_tokens_to for one in all_of_them}
    return [one for one in _standing(all_of_them) if not one.keyset and one.urn not in added]


def under_other_keysets(folder: Folder, keyset: str) -> list[Told]:
    """Return the newest standing notice of each case that has tokens, and none under this keyset."""
    all_of_them = told(folder)
    standing = _standing(all_of_them)
    urns, held = {one.urn for one in standing}, dict[str, set[str]]()
    for one in all_of_them:
        if urns & {one.urn, one.adds_tokens_to}:  # tokens go with the notice that is taken back
            held.setdefault(one.case, set()).add(one.keyset)
    newest = {one.case: one for one in standing if held[one.case] - {""} and keyset not in held[one.case]}
    return list(newest.values())


@contextmanager
def adding(folder: Folder) -> Iterator[None]:
    """Let one process at a time look for what lacks tokens and add them; others wait, and find it done."""
    lock = os.open(folder.path / "tokens.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def supplement(one: Told, tokens: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a correction that adds tokens to a notice."""
    hub = {name: value for name, value in one.hub.items() if name not in _LEFT_OUT}
    event = {name: one.event[name] for name in ("event_time", "state")}
    return {
        "hub": {**hub, "aud": [], "tokens": dict(tokens)},
        "event": {"kind": "correction", **event, "corrects": one.urn},
        "facts": {"act": "add_tokens", "reason": "tokens_made_later"},
    }


def add(speaker: Speaker, wanted: Sequence[Told], records: Mapping[str, Record]) -> Iterator[dict[str, Json] | Refused]:
    """Post a supplement for each of these notices whose case has a record; gives what became of each.

    What was given is done, so whoever is stopped by a refusal goes on where it was. Raises Refusal as `Keying.tokens`
    and `Speaker.post_batch`; a quota is waited for as long as a minute, again and again.
    """
    found = [one for one in wanted if one.case in records]
    cases = list(dict.fromkeys(one.case for one in found))
    with keying(speaker.folder) as by:
        for start in range(0, len(cases), TOGETHER):
            together = cases[start : start + TOGETHER]
            made = dict(zip(together, _made([records[case] for case in together], by), strict=True))
            yield from _posted(speaker, [supplement(one, made[one.case]) for one in found if one.case in made])


def _posted(speaker: Speaker, parts: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Json] | Refused]:
    for start in range(0, len(parts), TOGETHER):
        yield from speaker.post_batch(parts[start : start + TOGETHER])


def _made(records: Sequence[Record], by: Keying) -> list[dict[str, Any]]:
    """Return the tokens of records that are made together; when a quota must be waited for, by halves from then on.

    What a service evaluated before it refused the rest is lost: by halves even a small quota is got along with.
    """
    try:
        return tokens_parts(records, by)
    except Refused as refused:
        wait, half = refused.more.get("retry_after"), len(records) // 2
        if refused.code != "too-many" or not isinstance(wait, int) or not 0 < wait <= LONGEST_WAIT:
            raise
    clock.pause(wait)
    return [*_made(records[:half], by), *_made(records[half:], by)] if half else tokens_parts(records, by)


def _standing(all_of_them: Sequence[Told]) -> list[Told]:
    taken_back = {one.takes_back for one in all_of_them}
    return [one for one in all_of_them if one.event["kind"] != "correction" and one.urn not in taken_back]


def _read(folder: Folder, notice_id: str, envelope: bytes) -> Told:
    _, *disclosures = cast("dict[str, str]", read_json(envelope))["notice"].split("~")
    parts = {}
    for disclosed in (read_json(b64decode(one)) for one in disclosures if one):
        if isinstance(disclosed, list):
            parts[str(disclosed[1])] = cast("dict[str, Any]", disclosed[2])
    hub = parts["hub"]
    keyset = str(hub.get("tokens", {}).get("keyset", ""))
    urn = references.urn(folder.urn, notice_id)
    return Told(urn, str(hub["case"]), keyset, hub, parts["event"], parts["facts"])


def _keep(folder: Folder, mode: str, pinned: Pinned) -> None:
    kept = {
        "mode": mode,
        "origin": pinned.origin,
        "keyset": pinned.keyset,
        "public_key": pinned.public_key,
        "shared": b64encode(pinned.shared),
        "fill": b64encode(pinned.fill),
    }
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
    if not isinstance(found, dict) or found.keys() != _MEMBERS:
        raise Refusal("bad-keying", f"{FILE} has {', '.join(sorted(_MEMBERS))}.")
    return found
