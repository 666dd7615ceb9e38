"""An authority's tokens: how it makes them, which notices it told without any, and the supplements that add them.

A notice never waits for tokens: protection comes first. What was told without them is completed later by a correction
`add_tokens`, and a new keyset is taken up the same way. The names stay here.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from exchange import clock
from exchange.client import token_keys
from exchange.client.folder import Folder
from exchange.client.line import LONGEST_WAIT, Refused
from exchange.client.linkage.keying import Keying, tokens_part, tokens_parts
from exchange.client.linkage.record import Record
from exchange.client.speaker import Speaker
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, b64decode, read_json

TOGETHER: Final = 25
"""Records whose tokens are made together."""
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
    def is_correction(self) -> bool:
        """Whether this notice is about another one, and no event."""
        return str(self.event["kind"]) == "correction"

    @property
    def adds_tokens_to(self) -> str:
        """The URN of the notice that this one supplements, or ""."""
        return str(self.event["corrects"]) if self.facts.get("act") == "add_tokens" else ""

    @property
    def takes_back(self) -> str:
        """The URN of the notice that this one withdraws or replaces, or ""."""
        named = self.event.get("withdraws") or self.event.get("corrects") or ""
        return "" if self.adds_tokens_to else str(named)


def post(speaker: Speaker, parts: Mapping[str, Any], record: Record) -> tuple[dict[str, Json], Refusal | None]:
    """Tell a notice with the tokens of a record; without them, and why, when they cannot be made now.

    Raises as `Speaker.post`.
    """
    try:
        token_keys.confirm(speaker)
        with token_keys.keying(speaker.folder) as by:
            tokens = tokens_part(record, by)
    except Refusal as refusal:
        return speaker.post(parts), refusal
    return speaker.post({**parts, "hub": {**parts["hub"], "tokens": tokens}}), None


def told(folder: Folder) -> list[Told]:
    """Return the notices of this authority that have receipts, the oldest first, as they are kept in its folder."""
    return [_read(folder, path.stem, path.read_bytes()) for path in sorted((folder.path / "sent").glob("*.json"))]


def without_tokens(folder: Folder) -> list[Told]:
    """Return the notices that have no tokens, neither of their own nor by a supplement, and were not taken back."""
    standing = _standing(told(folder))
    added = {one.adds_tokens_to for one in standing}
    return [one for one in standing if not one.is_correction and not one.keyset and one.urn not in added]


def under_other_keysets(folder: Folder, keyset: str) -> list[Told]:
    """Return the newest standing notice of each case that has tokens, and none under this keyset."""
    standing = _standing(told(folder))
    urns, held = {one.urn for one in standing if not one.is_correction}, dict[str, set[str]]()
    for one in standing:
        if urns & {one.urn, one.adds_tokens_to}:  # tokens go with the notice that is taken back
            held.setdefault(one.case, set()).add(one.keyset)
    newest = {one.case: one for one in standing if one.urn in urns and held[one.case] - {""}}
    return [one for case, one in newest.items() if keyset not in held[case]]


def refused(folder: Folder, keyset: str) -> set[str]:
    """Return the URNs of notices to which the exchange will never take a supplement under this keyset: it refused one.

    What was refused for good is kept in the folder; made anew it would be refused again, and cost evaluations.
    """
    kept = sorted((folder.path / "refused").glob("*.json"))
    found = [_read(folder, path.stem, path.read_bytes()) for path in kept if not path.stem.endswith(".problem")]
    return {one.adds_tokens_to for one in found if one.keyset == keyset} - {""}


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


def withdrawal(one: Told, to: Sequence[str] = ()) -> dict[str, Any]:
    """Return the parts of a correction that withdraws a supplement whose tokens are another person's.

    `to` are URNs of who is asked to agree: until then the tokens count on. The notice itself stands.
    """
    hub = {name: value for name, value in one.hub.items() if name not in _LEFT_OUT}
    event = {name: one.event[name] for name in ("event_time", "state")}
    return {
        "hub": {**hub, "aud": sorted(to)},
        "event": {"kind": "correction", **event, "withdraws": one.urn},
        "facts": {"act": "withdraw", "reason": "wrong_person"},
    }


def add(speaker: Speaker, wanted: Sequence[Told], records: Mapping[str, Record]) -> Iterator[dict[str, Json] | Refused]:
    """Post a supplement for each of these notices whose case has a record; gives what became of each.

    What was given is done, so whoever is stopped by a refusal goes on where it was. Raises Refusal as `Keying.tokens`
    and `Speaker.post_batch`; a quota is waited for as long as a minute, again and again.
    """
    found = [one for one in wanted if one.case in records]
    cases = list(dict.fromkeys(one.case for one in found))
    token_keys.confirm(speaker)
    with token_keys.keying(speaker.folder) as by:
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
    """Return what was not taken back: notices, and supplements."""
    taken_back = {one.takes_back for one in all_of_them}
    return [one for one in all_of_them if one.urn not in taken_back]


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
