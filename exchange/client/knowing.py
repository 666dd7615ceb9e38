"""The keys of others: pinned by a fingerprint that a person compared, followed only as far as proof goes.

The hub's word proves no key. A successor is accepted when the key before it or the recovery key introduced it, and
when its record stands in the ledger under a checkpoint that witnesses of two states cosigned. An ending is believed at
once: it makes us trust less.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from exchange import clock
from exchange.client.folder import URN, Folder, with_earlier
from exchange.client.line import Line
from exchange.client.proving import Watched
from exchange.domain.errors import Refusal
from exchange.domain.merkle import leaf_hash
from exchange.wire import hub_keys, key_judging, key_statements
from exchange.wire.encoding import Json, b64decode, b64encode, read_json
from exchange.wire.key_history import SECRETARIAT, History, Life
from exchange.wire.key_statements import PURPOSES


@dataclass(frozen=True, slots=True)
class Others:
    """What this authority pins of others, and the line on which their history is asked for."""

    folder: Folder
    line: Line

    def meet(self, slug: str, fingerprint: str) -> str:
        """Pin an authority by the fingerprint that it read to us over a second channel; returns its URN.

        Keys that were pinned of it before stay known for what they signed. Raises Refusal `wrong-fingerprint`, and as
        `follow`.
        """
        history, _ = self.history(slug)
        urn = URN + slug
        if history.fingerprints.get(urn) != fingerprint:
            raise Refusal("wrong-fingerprint", "The authority was enrolled with another bundle, or was not at all.")
        said = [event.said[0] for event in history.events if (event.of, event.act) == (urn, "enrol")]
        bundle = key_statements.read_bundle(said[-1], history.ex)
        before = self.folder.pinned(urn) if slug in self.folder.others() else {}
        self.folder.pin_other(slug, {**before, **{p: key_statements.jwk_of(bundle.keys[p]) for p in PURPOSES}})
        for purpose in [name for name in PURPOSES if name in before]:
            if before[purpose]["kid"] != bundle.keys[purpose].kid:
                self.folder.pin_other(slug, with_earlier(self.folder.pinned(urn), purpose, before[purpose]))
        self.follow(slug)
        return urn

    def follow(self, slug: str) -> list[str]:
        """Take in what became of a pinned authority's keys; returns what changed, in words.

        Raises Refusal `not-pinned`; `not-witnessed` and the like when a successor is not proven: nothing of it is
        pinned then; `unknown-key` when the exchange knows no such pinned key; `wrong-secretariat`; `bad-history`.
        """
        history, leaves = self.history(slug)
        pinned = self.folder.pinned(URN + slug)
        last = self._last(slug, history)
        at = int(clock.now().timestamp())
        told = self._end(slug, [life for life in _ended(history, slug) if not life.is_good(at)])
        for purpose in [name for name in PURPOSES if name in pinned]:
            for life in self._successors(history, pinned[purpose]["kid"]):
                Watched(self.folder, self.line).witnessed(life.first_leaf, leaves[life.first_leaf])
                self.folder.pin_successor(slug, purpose, key_statements.jwk_of(life.key))
                told.append(f"{slug}: {purpose} key {life.kid} follows {life.predecessor}")
        told += self._end(slug, _ended(history, slug))
        self.folder.pin_other(slug, {**self.folder.pinned(URN + slug), "last": last})
        return told

    def _last(self, slug: str, history: History) -> str:
        """Return the hash of an authority's last record. Raises Refusal `bad-history` when the kept one is hid."""
        _, newest = history.last.get(URN + slug, (0, ""))
        if self.folder.pinned(URN + slug).get("last", newest) not in {newest, *(one.hash for one in history.events)}:
            raise Refusal("bad-history", "The exchange hides a record that it showed before: tell others.")
        return newest

    def _end(self, slug: str, lives: list[Life]) -> list[str]:
        """Note which keys were ended; what was noted before stays, whatever history is shown now."""
        noted = cast("dict[str, Any]", self.folder.pinned(URN + slug).get("ended", {}))
        fresh = {life.kid: _worse(noted.get(life.kid, {}), _ending(life)) for life in lives}
        self.folder.pin_ended(slug, {**noted, **fresh})
        changed = [life for life in lives if fresh[life.kid] != noted.get(life.kid)]
        return [f"{slug}: {life.purpose} key {life.kid} is {fresh[life.kid]['as']}" for life in changed]

    def follow_hub(self) -> list[str]:
        """Take in the keys that follow those of the hub; returns what changed, in words.

        Raises Refusal: `not-witnessed` and the like when a successor is not proven; `wrong-secretariat`; `bad-history`.
        """
        history, leaves = self.history(self.folder.who["slug"])
        told = []
        for purpose in hub_keys.PURPOSES:
            newest = self.folder.hub_keys(purpose)[-1]
            for life in self._successors(history, newest.kid) if newest.kid in history.lives else []:
                Watched(self.folder, self.line).witnessed(life.first_leaf, leaves[life.first_leaf])
                self.folder.pin_hub_successor(purpose, key_statements.jwk_of(life.key))
                told.append(f"exchange: {purpose} key {life.kid} follows {life.predecessor}")
        return told

    def _successors(self, history: History, kid: str) -> list[Life]:
        if kid not in history.lives:
            raise Refusal("unknown-key", "The exchange knows no such key as is pinned. Ask the authority what it uses.")
        found: list[Life] = []
        while True:
            after = [life for life in history.lives.values() if life.predecessor == kid]
            if not after:
                return found
            found.append(after[0])
            kid = after[0].kid

    def history(self, slug: str) -> tuple[History, dict[int, bytes]]:
        """Return the history of an authority's keys, judged from its records, and the leaf hash of each.

        Raises Refusal `wrong-secretariat`, `bad-history`, and as `key_judging.add`.
        """
        raw = read_json(self.line.call("GET", f"/v1/keys?of={slug}", b"", ""))
        told = cast("dict[str, Any]", raw)
        history, leaves = History(self.folder.hub["ex"]), dict[int, bytes]()
        for one in told["events"]:
            record, leaf = str(one["record"]).encode(), cast("Mapping[str, Any]", one["leaf"])
            entry = hashlib.sha256(b64decode(leaf["salt"]) + record).digest()
            if b64encode(leaf_hash(entry)) != leaf["hash"]:
                raise Refusal("bad-history", "A leaf is not over the record that comes with it.")
            key_judging.add(history, record, leaf["index"])
            leaves[leaf["index"]] = leaf_hash(entry)
        first = next((event.hash for event in history.events if event.of == SECRETARIAT), None)
        if first is None or first != self.folder.hub.get("secretariat"):
            raise Refusal("wrong-secretariat", "The officers did not begin as the introduction says: tell others.")
        return history, leaves


def _ended(history: History, slug: str) -> list[Life]:
    return [life for life in history.lives.values() if life.owner == URN + slug and life.ended_as]


def _worse(noted: Mapping[str, Any], told: dict[str, Json]) -> dict[str, Json]:
    """Return what is told of an ending, unless an earlier theft was noted before."""
    since = told.get("since")
    return dict(noted) if "since" in noted and (since is None or noted["since"] < cast("int", since)) else told


def _ending(life: Life) -> dict[str, Json]:
    told: dict[str, Json] = {"as": str(life.ended_as)}
    return told if life.compromised_since is None else {**told, "since": life.compromised_since}
