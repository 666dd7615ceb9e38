"""An authority that speaks with the exchange: it signs what it sends and verifies what it gets."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self, cast

from exchange import clock
from exchange.client import opening, stopping, writing
from exchange.client.asking import Asker
from exchange.client.disclosures import Disclosures
from exchange.client.knowing import Others
from exchange.client.line import BATCH, ENVELOPE, JOSE, JSON, Refused
from exchange.client.links import Links
from exchange.client.opening import Opened
from exchange.client.proving import Watched
from exchange.client.releases import Releases
from exchange.client.succession import Keys
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.wire import statements
from exchange.wire.encoding import Json, read_json, write_json
from exchange.wire.tlog import Included, SignedCheckpoint

__all__ = ["ENVELOPE", "JOSE", "JSON", "Refused", "Speaker"]
MOST_TOGETHER: Final = 500


class Speaker(Asker):
    """Speaks for the authority whose keys are in a folder. Close it, or use it in a `with` block."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def post(self, parts: Mapping[str, Any]) -> dict[str, Json]:
        """Sign a notice, send it, and return what its receipt says.

        `parts` has `hub` (without `seq` and `prev`, which are added), `event`, `facts`, perhaps `safeguards`, and
        perhaps `sealed`: a list of texts to seal, each with `to` (URNs of authorities whose keys are pinned here),
        `person` and `narrative`. Notices that still wait for a receipt are sent first; whatever happens to them,
        this one is signed and kept. Raises Refusal as the hub refused it, or when the answer or the receipt does not
        verify; `stop-in-force` for a removal that the hub told us to stop, when it does not say why it is sent.
        """
        with self.folder.alone():
            (written,) = self._write([parts])
            outcome = self._send_pending()[written.id]
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def reply(self, to: str, parts: Mapping[str, Any]) -> dict[str, Json]:
        """Answer a notice, given by URN: as `post`, with in_reply_to, and its author among the addressees.

        An answer to a mailbox names it in its facts instead, and has the one that asked alone in `aud`: `post` it.
        """
        event, part = {**parts["event"], "in_reply_to": to}, parts["hub"]
        aud = sorted({references.name(to)[0], *part.get("aud", ())})
        return self.post({**parts, "hub": {**part, "aud": aud}, "event": event})

    def post_batch(self, notices: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | Refused]:
        """Sign up to 500 notices and send them as one batch; returns a receipt's members or the refusal of each.

        Notices that still wait for a receipt are sent first. Raises Refusal when the batch as a whole was refused, or
        when the answer or a receipt does not verify.
        """
        if not 1 <= len(notices) <= MOST_TOGETHER:
            raise ValueError(f"A batch has 1 to {MOST_TOGETHER} notices.")
        with self.folder.alone():
            before = len(self.folder.pending())
            batch = self._write(notices)
            self._send_pending(before)
            body = b'{"notices":[' + b",".join(written.envelope for written in batch) + b"]}"
            try:
                answer = cast("dict[str, Any]", read_json(self._line.call("POST", "/v1/notices/batch", body, BATCH)))
            except Refused as refused:
                for written in batch if refused.final else ():
                    self.folder.drop_pending(written.id)
                raise
            outcomes = answer.get("outcomes", [])
            if len(outcomes) != len(batch):
                raise Refusal("wrong-receipt", "The answer has not one outcome for each notice of the batch.")
            return [self._outcome(*one) for one in zip(batch, outcomes, strict=True)]

    def _write(self, notices: Sequence[Mapping[str, Any]]) -> list[writing.Written]:
        """Sign notices at the next places, behind those that wait, and keep them until their receipts are here."""
        for parts in notices:
            stopping.require_none(self.folder, parts, int(clock.now().timestamp()))
        waiting = self.folder.pending()
        seq, prev = self.folder.place()
        if waiting:
            last = writing.place_of(waiting[-1].read_bytes())
            seq, prev = last.seq + 1, last.sha256
        written = []
        for number, parts in enumerate(notices):
            written.append(writing.write(self.folder, parts, seq + number, prev))
            prev = written[-1].sha256
        for one in written:
            self.folder.keep_pending(one.id, one.envelope)
        return written

    def _outcome(self, written: writing.Written, outcome: dict[str, Any]) -> dict[str, Json] | Refused:
        if "receipt" in outcome:
            return self._keep(written.id, written.envelope, str(outcome["receipt"]))
        refused = Refused.of(outcome["problem"], int(outcome["status"]))
        if refused.final:
            self.folder.keep_refused(written.id, written.envelope, refused.more)
        return refused

    def send_pending(self) -> int:
        """Send again the notices that have no receipt, the same bytes; returns how many were accepted.

        One that will never be taken is put aside, into `refused` of the folder, with the reason.
        """
        with self.folder.alone():
            return sum(not isinstance(one, Refused) for one in self._send_pending().values())

    def _send_pending(self, most: int | None = None) -> dict[str, dict[str, Json] | Refused]:
        """Send what waits, the oldest first, at most so many; returns what became of each. Raises when one must wait.

        A notice that is refused for good stops no other: it is put aside with the reason.
        """
        outcomes: dict[str, dict[str, Json] | Refused] = {}
        for path in self.folder.pending()[:most]:
            body = path.read_bytes()
            try:
                receipt = self._line.jws("/v1/notices", body, ENVELOPE)
            except Refused as refused:
                if not refused.final:
                    raise
                self.folder.keep_refused(path.stem, body, refused.more)
                outcomes[path.stem] = refused
            else:
                outcomes[path.stem] = self._keep(path.stem, body, receipt)
        return outcomes

    def inbox(self, after: int = 0, wait: int = 0) -> dict[str, Any]:
        """Return a page of the inbox: `items`, and `next` to go on from. Wait up to `wait` seconds for the first.

        What its words say of stops is kept, and asked before a removal is sent (L14).
        """
        page = self._read(f"/v1/inbox?after={after}&wait={wait}")
        stopping.note(self.folder, page["items"])
        return page

    def open(self, item: Mapping[str, Any]) -> Opened:
        """Return what an item of the inbox, or a notice read back, holds, verified and opened as far as it is for us.

        Raises Refusal when a signature, a digest or a sealed text is not what it should be.
        """
        return opening.opened(self.folder, item)

    def acknowledge(self, notice: Mapping[str, str], state: str, **more: str) -> dict[str, Json]:
        """Acknowledge a notice, given as iss and id: `delivered`, `opened` or `unreadable`; returns the receipt.

        `opened` needs `pt_sha256`, `unreadable` a `reason`.
        """
        members: dict[str, Json] = {"notice": {"iss": notice["iss"], "id": notice["id"]}, "state": state, **more}
        body = self._said(members, statements.ACKNOWLEDGEMENT)
        answer = self._line.jws("/v1/acknowledgements", body, JOSE)
        return self.folder.heard(answer, statements.RECEIPT)

    def receive(self, item: Mapping[str, Any]) -> Opened:
        """Open a notice of the inbox and acknowledge it: each sealed text `opened`, or one of them `unreadable`.

        Raises Refusal as `open` does, after the author was told.
        """
        head = opening.head(item)
        try:
            found = self.open(item)
        except Refusal as refusal:
            if refusal.code in opening.REASONS:
                self.acknowledge(head, "unreadable", reason=opening.REASONS[refusal.code])
            raise
        for text in found.sealed:
            self.acknowledge(head, "opened", pt_sha256=text.pt_sha256)
        if not found.sealed:
            self.acknowledge(head, "delivered")
        return found

    def checkpoint(self) -> SignedCheckpoint:
        """Return the ledger's last checkpoint, and keep it when it continues the one seen before.

        Raises Refusal `ledger-forked` when it does not.
        """
        return Watched(self.folder, self._line).look()

    def compare(self, checkpoint: bytes) -> SignedCheckpoint:
        """Return our checkpoint, once another's is proven to be of the same history. Raises as `Watched.compare`."""
        return Watched(self.folder, self._line).compare(checkpoint)

    def prove(self, notice_id: str, cosigned: int = 0) -> Included:
        """Return the proof, verified and kept, that a notice of ours stands in the ledger where its receipt says.

        With `cosigned`, under a checkpoint that so many pinned witnesses cosigned. Raises Refusal `not-published`
        within the second after acceptance, `not-witnessed`, `bad-proof`, `ledger-forked`.
        """
        return Watched(self.folder, self._line).prove(notice_id, cosigned)

    def notices(self, which: str = "own", after: str = "") -> dict[str, Any]:
        """Return which notices were accepted of us (`own`), or delivered to us (`addressed`), a page at a time."""
        return self._read(f"/v1/notices?which={which}" + (f"&after={after}" if after else ""))

    def notice(self, iss: str, notice_id: str) -> dict[str, Any]:
        """Return one notice with the parts of it that we may have."""
        return self._read(f"/v1/notices/{iss}/{notice_id}")

    def due(self) -> list[dict[str, Any]]:
        """Return what we owe an answer, the soonest due first: iss, id, kind, what, due in Unix seconds."""
        return cast("list[dict[str, Any]]", self._read("/v1/due")["owed"])

    def quarantine(self, after: int = 0) -> dict[str, Any]:
        """Return why messages of ours were refused."""
        return self._read(f"/v1/quarantine?after={after}")

    def acts(self, after: int = 0) -> dict[str, Any]:
        """Return what we read and did ourselves, the oldest first."""
        return self._read(f"/v1/acts?after={after}")

    def own_state(self) -> dict[str, Any]:
        """Return who we are to the exchange: keys, sequence, its time."""
        return self._read("/v1/self")

    def keysets(self) -> list[dict[str, Any]]:
        """Return the keysets that officers named: keyset, profile, mode, public_key, check, state and its leaf."""
        return cast("list[dict[str, Any]]", self._read("/v1/keysets")["keysets"])

    def alerts(self) -> list[dict[str, Any]]:
        """Return the queue, the worst first."""
        return cast("list[dict[str, Any]]", self._read("/v1/alerts")["alerts"])

    def closed_alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that were closed last, the last one first."""
        return cast("list[dict[str, Any]]", self._read("/v1/alerts?which=closed")["alerts"])

    def open_work(self) -> int:
        """Return how many alerts of the queue wait for somebody: neither put aside nor covered by another."""
        return cast("int", self._read("/v1/alerts")["open_work"])

    def alert(self, alert_id: str) -> dict[str, Any]:
        """Return one alert with its history."""
        return self._read(f"/v1/alerts/{alert_id}")

    def act(self, alert_id: str, name: str, said: dict[str, Json]) -> dict[str, Any]:
        """Do an act on an alert: `said` has `caseworker`, and what the schema of the act has beside it."""
        body = self._line.call("POST", f"/v1/alerts/{alert_id}/{name}", write_json(said), JSON)
        return cast("dict[str, Any]", read_json(body))

    def directory(self, state: str = "", version: int = 0) -> dict[str, Any]:
        """Return the directory of neighbours, or the entry of a state: the version in force, or the one asked for."""
        return self._read("/v1/directory" + (f"/{state}" if state else "") + (f"?version={version}" if version else ""))

    @property
    def keys(self) -> Keys:
        """Our own keys: one follows another, one is revoked. A new request key is used by the next Speaker."""
        return Keys(self.folder, self._line)

    @property
    def others(self) -> Others:
        """The keys of others: pinned by a fingerprint, followed as far as proof goes."""
        return Others(self.folder, self._line)

    @property
    def links(self) -> Links:
        """The links between our cases and those of others."""
        return Links(self._line)

    @property
    def disclosures(self) -> Disclosures:
        """Disclosure reports of own cases: who was told what, when, and for which purpose."""
        return Disclosures(self.folder, self._line)

    @property
    def releases(self) -> Releases:
        """The aggregate report, for those who may read it."""
        return Releases(self._line)

    def _keep(self, notice_id: str, body: bytes, receipt: str) -> dict[str, Json]:
        """Keep a receipt that is good for the notice in an envelope, and move on in the sequence."""
        told = writing.receipt(self.folder, body, receipt, notice_id)
        place = writing.place_of(body)
        self.folder.sent(place.seq, place.sha256)
        self.folder.keep_receipt(notice_id, receipt)
        return told

    def _read(self, target: str) -> dict[str, Any]:
        return cast("dict[str, Any]", read_json(self._line.call("GET", target, b"", "")))
