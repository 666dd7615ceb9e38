"""Let persons of an invented world live through a running sandbox: every notice signed and posted by its authority.

What the truth says of them is then looked for in the queues, where only a detector that works can have put it.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from exchange.client.doctor.identity import of_sandbox
from exchange.client.folder import URN, Folder
from exchange.client.linkage.keying import HmacKeying
from exchange.client.linkage.keys import ORDER, MatchKey
from exchange.client.speaker import Refused, Speaker
from exchange.demo.play import DemoFailed
from exchange.domain import references
from exchange.domain.members import ALLIES
from exchange.domain.world import wire
from exchange.domain.world.dealing import Dealt
from exchange.domain.world.steps import MONITOR, OFFICE
from exchange.wire import sealing_keys
from exchange.wire.encoding import b64decode
from exchange.wire.keys import PrivateKey

TRIES: Final = 1200
"""How often what should come is looked for, with a pause between."""
Pause = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Expected:
    """An alert that must come: of whom, by which pattern, into whose queues."""

    dealt: Dealt
    pattern: str
    queues: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "person": self.dealt.person,
            "story": self.dealt.story.name,
            "noise": self.dealt.noise,
            "pattern": self.pattern,
            "queues": list(self.queues),
        }


@dataclass
class Sandbox:
    """The authorities of a running sandbox, each with a folder inside `path`; they are opened when they first speak."""

    described: Mapping[str, Any]
    path: Path
    speakers: dict[str, Speaker] = field(default_factory=dict)
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._opened.close()

    def urn_of(self, state: str, kind: str) -> str:
        """Return the URN of the authority of a kind in a state. Raises DemoFailed."""
        for one in self.described["authorities"]:
            if (one["state"], one["kind"]) == (state, kind):
                return str(one["id"])
        raise DemoFailed(f"This sandbox has no authority of the kind {kind} in {state}.")

    def speaker(self, urn: str) -> Speaker:
        """Return who speaks for an authority, at its place in its sequence. Raises NotUsable, Refusal."""
        slug = urn.removeprefix(URN)
        if slug not in self.speakers:
            mine = of_sandbox(self.described, slug)
            one = next(one for one in self.described["authorities"] if one["id"] == urn)
            folder = Folder(self.path / slug)
            seal = sealing_keys.private_from_jwk(one["keys"]["seal"])
            signing = {purpose: key for purpose, key in mine.signing.items() if isinstance(key, PrivateKey)}
            folder.put({"slug": slug, "kind": one["kind"], "state": one["state"]}, signing, seal)
            folder.pin({name: self.described[name] for name in ("base_url", "ex", "hub_keys", "ledger_vkey")})
            speaker = self._opened.enter_context(Speaker(folder))
            place = speaker.own_state()["sequence"]
            if "prev" in place:
                folder.sent(place["seq"], place["prev"])
            self.speakers[slug] = speaker
        return self.speakers[slug]

    def tokens(self, person: str) -> dict[str, Any]:
        """Return tokens of an invented person who has no name: one of each type, under the sandbox's key."""
        keying = HmacKeying(b64decode(self.described["token_key"]), "sandbox")
        keys = [MatchKey(kind, person) for kind in ORDER]
        return {"profile": keying.profile, "keyset": keying.keyset, "values": keying.tokens(keys)}


@dataclass
class Living:
    """Persons while they live through the sandbox. `run` tells them from those of other runs with the same seed."""

    sandbox: Sandbox
    pause: Pause
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    dealt: dict[int, Dealt] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    """URN of a notice -> the person."""
    refused: Counter[str] = field(default_factory=Counter)
    corrections: int = 0

    def live(self, dealt: Dealt) -> None:
        """Post all notices about a person, in the order of the ledger; then link who was taken for two."""
        self.dealt[dealt.person] = dealt
        sent: dict[int, str] = {}
        first_apart: tuple[int, dict[str, Any]] | None = None
        for place in dealt.order():
            apart = dealt.alias[place]
            parts = wire.parts(dealt, place, self._case(dealt), self.sandbox.urn_of)
            if not apart or first_apart is None:
                parts["hub"]["tokens"] = self.sandbox.tokens(f"{self._case(dealt)}{'-other' * apart}")
            urn = self._post(dealt, place, parts, sent)
            if urn is not None:
                sent[place] = urn
                first_apart = first_apart or ((place, parts) if apart else None)
        if first_apart is not None:
            self._link(dealt, first_apart[1], sent[first_apart[0]])

    @property
    def prefix(self) -> str:
        """What the case references of this run begin with."""
        return f"W-{self.run}"

    def _case(self, dealt: Dealt) -> str:
        return f"{self.prefix}-{dealt.person}"

    def _post(self, dealt: Dealt, place: int, parts: dict[str, Any], sent: Mapping[int, str]) -> str | None:
        """Post a notice, or leave it out when what it answers is missing; returns its URN when it was accepted."""
        told = dealt.told[place]
        author = self.sandbox.urn_of(dealt.states[told.told_by], told.step.author)
        speaker = self.sandbox.speaker(author)
        if wire.is_answer(dealt, place):
            to = wire.answered(dealt, place)
            if to is None or to not in sent:
                return None
            self._await_delivery(speaker, sent[to])
            parts["event"]["in_reply_to"] = sent[to]
        try:
            receipt = speaker.post(parts)
        except Refused as refused:
            self.refused[refused.code] += 1
            return None
        urn = references.urn(author, str(receipt["id"]))
        self.notices[urn] = dealt.person
        return urn

    def _await_delivery(self, speaker: Speaker, urn: str) -> None:
        iss, notice_id = references.name(urn)
        for _ in range(TRIES):
            try:
                speaker.notice(iss, notice_id)
            except Refused:
                self.pause()
            else:
                return
        raise DemoFailed(f"A notice did not reach {speaker.folder.urn}, to whom it was addressed.")

    def _link(self, dealt: Dealt, parts: Mapping[str, Any], urn: str) -> None:
        """Let the authority that knew somebody else add the tokens by which both are one."""
        hub = {**parts["hub"], "aud": [], "tokens": self.sandbox.tokens(self._case(dealt))}
        event = {"kind": "correction", "event_time": parts["event"]["event_time"], "state": parts["event"]["state"]}
        facts = {"act": "add_tokens", "reason": "tokens_made_later"}
        self.sandbox.speaker(references.name(urn)[0]).post(
            {"hub": hub, "event": {**event, "corrects": urn}, "facts": facts}
        )
        self.corrections += 1

    def expected(self) -> list[Expected]:
        """Return the alerts that must be in the queues: the monitor's, and those of asylum offices that may know."""
        return [
            Expected(dealt, pattern, self._queues(dealt, acting))
            for dealt in self.dealt.values()
            if "missing" not in dealt.noise
            for pattern, acting in dealt.story.must.items()
        ]

    def _queues(self, dealt: Dealt, acting: str) -> tuple[str, ...]:
        withheld = {dealt.danger, *(ally.state for ally in ALLIES if ally.of == dealt.danger)}
        states = [dealt.states["ABCD".index(role)] for role in acting]
        offices = [self.sandbox.urn_of(state, OFFICE) for state in states if state not in withheld]
        return tuple(urn.removeprefix(URN) for urn in [self.sandbox.urn_of("UNO", MONITOR), *offices])
