"""The one transaction of acceptance: what waits at the same moment is accepted together, each POST for itself.

Every POST gives the ledger two leaves, request and answer. The leaf of a batch is over the root of its notices, so
that the size of the ledger does not tell how many there were.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from exchange import cold, quotas, sequence
from exchange.access import Caller
from exchange.checking import Checked
from exchange.deps import Hub
from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.held import Members
from exchange.store import accepting, notices
from exchange.store.accepting import Beginning, Name, Rows, b64
from exchange.store.ledger import Entries, Leaf
from exchange.store.session import Tx
from exchange.wire import statements
from exchange.wire.encoding import Json, b64encode

BATCH_ANSWER_RECORD: Final = "asylum-exchange-batch-answer/v1\n"
_SALT: Final = 32


@dataclass(frozen=True, slots=True)
class Known:
    """A notice that would be refused today and was accepted before: its sender gets the stored receipt again."""

    id: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a notice; `again` says that it was accepted before and this is the stored one."""

    jws: str
    again: bool


Entry = Checked | Known | Refusal
Outcome = Receipt | Refusal


@dataclass(frozen=True, slots=True)
class Job:
    """One POST: its entries in the order sent, and how its answer is made of their outcomes.

    `batch` says that entries are refused one by one; a job without it is one notice, and is refused as a whole.
    """

    caller: Caller
    entries: Sequence[Entry]
    now: datetime
    batch: bool
    tell: Callable[[Sequence[Outcome]], bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job: the outcomes, and the body of the answer that the ledger holds."""

    outcomes: Sequence[Outcome]
    body: bytes


def accept(hub: Hub, job: Job) -> Done:
    """Accept the notices of a POST: store them, give them their place in the ledger, promise the work that follows.

    Raises Refusal `nonce-replayed`, `too-many`, and for a job that is no batch whatever its notice is refused for.
    """
    done: Done | Refusal = hub.together.do(job, len(job.entries), lambda jobs: _accept(hub, jobs))
    if isinstance(done, Refusal):
        raise done
    return done


def _accept(hub: Hub, jobs: Sequence[Job]) -> list[Done | Refusal]:
    try:
        with hub.database.transaction() as tx:
            return _Group(tx, hub, jobs).accept()
    except accepting.Raced as raced:
        if not accepting.is_of_a_nonce(raced):
            raise
        if len(jobs) == 1:
            return [_replayed()]
        return [one for job in jobs for one in _accept(hub, [job])]


def _replayed() -> Refusal:
    return Refusal("nonce-replayed", "This nonce was used before under this key. Sign the request anew.")


@dataclass
class _Group:
    """A transaction that accepts: what it found, and what it will write."""

    tx: Tx
    hub: Hub
    jobs: Sequence[Job]
    rows: Rows = field(default_factory=Rows)

    def accept(self) -> list[Done | Refusal]:
        """Accept every job, in order, and write everything once."""
        self.now = max(job.now for job in self.jobs)
        spending = [(job.caller.verified.keyid, job.caller.verified.nonce) for job in self.jobs]
        senders = {job.caller.authority.slug for job in self.jobs}
        names = [n for job in self.jobs for n in _names(job)]
        self.begun: Beginning = accepting.begin(self.tx, spending, names, senders)
        self.tally = quotas.Tally(self.hub.limits, self.begun.quotas, self.now)
        self.seqs = notices.used(
            self.tx, sequence.behind(self.begun.tails, [s for job in self.jobs for s in _seqs(job)])
        )
        self.members = Members(self.tx, self.now)
        self.ledger = Entries(self.begun.next_leaf)
        self.next_notice = self.begun.next_notice
        self.used = set(self.begun.used)
        done = [self._one(job, nonce) for job, nonce in zip(self.jobs, spending, strict=True)]
        self.rows.leaves.extend(
            {"index": index, "entry": b64(entry), "salt": b64(salt), "record": b64(record)}
            for index, entry, salt, record in self.ledger.added
        )
        self.rows.quotas.extend(self.tally.rows())
        accepting.write(self.tx, self.rows, self.now)
        return done

    def _one(self, job: Job, nonce: Name) -> Done | Refusal:
        if nonce in self.used:
            return _replayed()
        if over := self.tally.refusal(job.caller.authority.slug, len(job.entries)):
            return over
        found = [self._look(job, entry) for entry in job.entries]
        if not job.batch and isinstance(found[0], Refusal):
            return found[0]
        self.used.add(nonce)
        self.tally.add(job.caller.authority.slug, len(job.entries))
        expires = job.caller.verified.expires.timestamp()
        self.rows.nonces.append({"kid": nonce[0], "nonce": nonce[1], "expires": expires})
        fresh = [one for one in found if isinstance(one, Checked)]
        leaf = self.ledger.add(_record(job, fresh), secrets.token_bytes(_SALT))
        places = _places(job, fresh)
        outcomes = [self._settle(job, one, leaf, places) for one in found]
        body = job.tell(outcomes)
        self.ledger.add(_answer_record(job, body), secrets.token_bytes(_SALT))
        self._note_refusals(job, outcomes, leaf)
        return Done(outcomes, body)

    def _look(self, job: Job, entry: Entry) -> Entry:
        """Return what is to be done with an entry: store it, say again what was said before, or refuse it."""
        if isinstance(entry, Refusal):
            return entry
        name, sha256 = _identity(job, entry)
        earlier = self.begun.earlier.get(name)
        if earlier is None and isinstance(entry, Checked):
            if refusal := self.members.refusal(job.caller.authority):
                return refusal
            self.begun.earlier[name] = (sha256, "")  # whoever comes later in this group meets it here
            return entry
        if earlier is not None and earlier[0] == sha256:
            return Known(name[1], sha256)
        if isinstance(entry, Checked):
            conflict = {"slug": name[0], "id": name[1], "sha256": b64(sha256), "notice": entry.notice.jws}
            self.rows.conflicts.append(conflict)
        return Refusal("id-conflict", "Another notice of yours was accepted under this id. Both are kept.")

    def _settle(self, job: Job, entry: Entry, leaf: Leaf, places: dict[int, dict[str, Json]]) -> Outcome:
        if isinstance(entry, Known):
            return Receipt(self.begun.earlier[_identity(job, entry)[0]][1], again=True)
        return self._store(job, entry, leaf, places.get(id(entry))) if isinstance(entry, Checked) else entry

    def _store(self, job: Job, checked: Checked, leaf: Leaf, place: dict[str, Json] | None) -> Receipt:
        number, self.next_notice = self.next_notice, self.next_notice + 1
        held = self.members.held(job.caller.authority, checked.hub)
        jws = _receipt(self.hub, checked, leaf, place, (held, self.now))
        name, sha256 = _identity(job, checked)
        self.begun.earlier[name] = (sha256, jws)
        _add_rows(self.rows, number, checked, (name[0], leaf.index, jws))
        self.rows.parts.extend(cold.rows(self.hub, number, checked.notice.disclosures))
        place_in_sequence = sequence.Place(checked.hub["seq"], checked.hub.get("prev"), sha256)
        report = sequence.report(self.begun.tails, name[0], place_in_sequence, self.seqs)
        self.seqs.add((name[0], place_in_sequence.seq))
        if report is not None:
            self.rows.promises.append({"step": "report", "subject": number, "cause": report})
        return Receipt(jws, again=False)

    def _note_refusals(self, job: Job, outcomes: Sequence[Outcome], leaf: Leaf) -> None:
        for entry, outcome in enumerate(outcomes):
            if isinstance(outcome, Refusal):
                told = {"slug": job.caller.authority.slug, "code": outcome.code, "detail": outcome.detail}
                self.rows.refusals.append({**told, **job.caller.where, "entry": entry, "leaf": leaf.index})


def _names(job: Job) -> list[Name]:
    return [_identity(job, entry)[0] for entry in job.entries if not isinstance(entry, Refusal)]


def _seqs(job: Job) -> list[tuple[str, int]]:
    return [(job.caller.authority.slug, one.hub["seq"]) for one in job.entries if isinstance(one, Checked)]


def _identity(job: Job, entry: Checked | Known) -> tuple[Name, bytes]:
    slug = job.caller.authority.slug
    if isinstance(entry, Known):
        return (slug, entry.id), entry.sha256
    return (slug, entry.notice.claims.id), entry.notice.sha256


def _record(job: Job, fresh: Sequence[Checked]) -> bytes:
    """Return what the leaf of the request is over."""
    if not job.batch:
        return fresh[0].notice.signing_input if fresh else job.caller.record
    root = merkle.root([one.notice.signing_input for one in fresh])
    return (statements.BATCH_RECORD + b64encode(root)).encode() if fresh else job.caller.record


def _answer_record(job: Job, body: bytes) -> bytes:
    """Return what the leaf of the answer is over: a receipt itself, and of a batch the hash of its answer."""
    if not job.batch:
        return body
    return (BATCH_ANSWER_RECORD + b64encode(hashlib.sha256(body).digest())).encode()


def _places(job: Job, fresh: Sequence[Checked]) -> dict[int, dict[str, Json]]:
    """Return where each accepted notice of a batch stands in it, with its audit path (RFC 9162 section 2.1.3)."""
    if not job.batch:
        return {}
    paths = merkle.paths([one.notice.signing_input for one in fresh])
    written = {node: b64encode(node) for node in {node for path in paths for node in path}}  # neighbours share nodes
    return {
        id(one): {"position": number, "size": len(fresh), "path": [written[node] for node in path]}
        for number, (one, path) in enumerate(zip(fresh, paths, strict=True))
    }


def _receipt(
    hub: Hub, checked: Checked, leaf: Leaf, place: dict[str, Json] | None, rest: tuple[list[str], datetime]
) -> str:
    held, now = rest
    at: dict[str, Json] = {"index": leaf.index, "hash": b64encode(leaf.hash), "salt": b64encode(leaf.salt)}
    members: dict[str, Json] = {
        "iss": checked.notice.claims.iss,
        "id": checked.notice.claims.id,
        "sha256": b64encode(checked.notice.sha256),
        "state": "accepted",
        "received": int(now.timestamp()),
        "leaf": at if place is None else {**at, "batch": place},
    }
    if held:
        members["held"] = list[Json](held)
    return statements.state(statements.RECEIPT, members, hub.keys["receipt"])


def _add_rows(rows: Rows, number: int, checked: Checked, stored: tuple[str, int, str]) -> None:
    notice = checked.notice
    slug, leaf, receipt = stored
    rows.notices.append(
        {
            "no": number,
            "slug": slug,
            "id": notice.claims.id,
            "sha256": b64(notice.sha256),
            "jws": notice.jws,
            "kid": notice.kid,
            "kind": checked.event["kind"],
            "event_time": checked.event["event_time"],
            "iat": notice.claims.iat,
            "case_ref": checked.hub["case"],
            "seq": checked.hub["seq"],
            "prev": checked.hub.get("prev"),
            "leaf": leaf,
            "receipt": receipt,
        }
    )
    rows.sealed.extend(
        {"notice": number, "n": n, "jwe": blob.jwe, "recipients": list(blob.recipients)}
        for n, blob in enumerate(checked.blobs)
    )
    rows.promises.append({"step": "link", "subject": number, "cause": "accepted"})
