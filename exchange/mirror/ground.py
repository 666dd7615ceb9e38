"""What an audit stands on: a ledger in a folder that holds, its newest checkpoint, and its history of keys, judged.

Every answer comes as statements, each with what proves it, or marked as nothing but the hub's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exchange.domain.errors import Refusal
from exchange.domain.merkle import verify_inclusion
from exchange.domain.merkle_proofs import inclusion_proof
from exchange.mirror import checking, published_keys
from exchange.mirror.folder import Mirror
from exchange.mirror.published_keys import Leaf, Published
from exchange.wire import jws, key_statements, sdjwt
from exchange.wire.encoding import b64encode
from exchange.wire.key_history import SECRETARIAT, Event, History, Life
from exchange.wire.key_statements import OFFICER
from exchange.wire.keys import PublicKey
from exchange.wire.signed_note import NoteKey
from exchange.wire.tlog import Checkpoint


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement, and what proves it; `is_word` says that nothing does but the word of the hub, and why."""

    says: str
    proof: str
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class Trusted:
    """What the reader brings along: keys of the ledger, its witnesses and receipts; hash of the first key event."""

    ledger: NoteKey
    witnesses: Sequence[NoteKey] = ()
    receipt: PublicKey | None = None
    secretariat: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder that was checked; only `opened` makes one that may be believed."""

    mirror: Mirror
    head: Checkpoint
    published: Published
    history: History

    def require(self, leaf: Leaf, what: str) -> None:
        """Return if the ledger has this leaf hash at its index. Raises Refusal `no-mirror`, `not-in-ledger`."""
        if leaf.index >= self.head.size:
            raise Refusal("no-mirror", f"{what} is leaf {leaf.index}, and the folder has {self.head.size} leaves.")
        path = inclusion_proof(leaf.index, self.head.size, self.mirror.tile)
        if not verify_inclusion(leaf.hash, leaf.index, self.head.size, path, self.head.root):
            raise Refusal(
                "not-in-ledger", f"{what}: the ledger has another leaf at {leaf.index} than the openings say."
            )

    def signed(self, said: jws.Unverified, iss: str, leaf: int, at: int) -> list[Stated]:
        """Return who signed a message whose leaf is this one, and that the key was good at that place.

        `at` is the time of receipt, for a key that was superseded and has an end. Raises Refusal `unknown-key`,
        `foreign-key`, `key-not-good`, and as `jws.verify`.
        """
        then = self.published.judge(leaf)
        life = then.lives.get(said.kid)
        if life is None:
            late = self.history.lives.get(said.kid)
            more = "" if late is None else f" It was enrolled at leaf {late.first_leaf}, which is not before {leaf}."
            raise Refusal("unknown-key", f"No key event before leaf {leaf} enrols the key {said.kid}.{more}")
        if life.owner != iss or not isinstance(life.key, PublicKey):
            raise Refusal("foreign-key", f"The key {said.kid} is that of {life.owner}, for {life.purpose}.")
        jws.verify(said, life.key, sdjwt.PURPOSE)
        began = _event(then, life.first_leaf)
        shown = [
            Stated(
                f"{iss} signed it, with its notice key {life.kid}.",
                f"The signature verifies under that key, which the key event {_named(began)} made a key of {iss}.",
            ),
            self._approved(then, life, began),
        ]
        return [*shown, *self._not_ended(life, leaf, at), *self._flagged(life.kid, at)]

    def _approved(self, then: History, life: Life, began: Event) -> Stated:
        enrolled = next(
            e for e in reversed(then.events) if e.of == life.owner and e.act == "enrol" and e.leaf <= began.leaf
        )
        asked, *approved = [
            key_statements.officer_name(key_statements.read(text, OFFICER, then.ex)) for text in enrolled.said[1:]
        ]
        how = f"{life.owner} was enrolled by the officer {asked}, and {' and '.join(approved)} approved it."
        if life.predecessor is not None:
            how += f" The key follows its key {life.predecessor}."
        return Stated(
            how,
            f"The statements in {_named(enrolled)} are signed with their keys, which the records of the secretariat"
            " made known before, and each statement of the authority since with the key that may say it.",
        )

    def _not_ended(self, life: Life, leaf: int, at: int) -> list[Stated]:
        if life.ended_as is not None:
            event = _event(self.history, life.ended_leaf or 0)
            ended = f"The key {life.kid} was {life.ended_as} by {_named(event)} before leaf {leaf}"
            ends_at = life.ends_at or 0
            if ends_at <= event.at or not life.is_good(at):  # the first by the order of leaves, whatever any clock says
                raise Refusal("key-not-good", f"{ended} and it verifies nothing that came then.")
            until = f"{ended} and verified on until {utc(ends_at)}; the hub's clock showed {utc(at)}."
            return [Stated(until, "the time of receipt, held against the end in the key event.", is_word=True)]
        number, _ = self.history.last[life.owner]
        last = next(e for e in self.history.events if (e.of, e.no) == (life.owner, number))
        says = f"The key was enrolled before leaf {leaf}, and no revocation of it stands before leaf {leaf}"
        proof = (
            f"The records of {life.owner} are numbered from 1 to {number}, each names the hash of the one before, and"
            f" none of those before leaf {leaf} ends this key."
        )
        if last.leaf > leaf:
            return [
                Stated(f"{says}.", f"{proof} Number {number} stands at leaf {last.leaf}: none before can be missing.")
            ]
        return [
            Stated(f"{says}, as far as the records go that are published.", proof),
            Stated(
                f"No record of {life.owner} after number {number}, at leaf {last.leaf}, was kept back.",
                f"a later record could stand between leaf {last.leaf} and leaf {leaf} unpublished; the next one that is"
                " published will show it, since its number and hash must follow.",
                is_word=True,
            ),
        ]

    def _flagged(self, kid: str, at: int) -> list[Stated]:
        life = self.history.lives[kid]
        since = life.compromised_since
        if since is None:
            return []
        if at < since:
            says = f"The key was reported compromised since {utc(since)}; this came before, at {utc(at)}: not flagged."
        else:
            says = f"FLAGGED: the key was reported compromised since {utc(since)}, and this came at {utc(at)}."
            says += " Somebody else may have signed it: it may protect, and never suppress."
        proof = (
            f"{_named(_event(self.history, life.ended_leaf or 0))} says since when; the time of receipt is the hub's."
        )
        return [Stated(says, proof)]

    def founded(self, pinned: str | None) -> Stated:
        """Return who the first officers are. Raises Refusal `bad-history`, `wrong-secretariat`."""
        first = next((e for e in self.history.events if e.of == SECRETARIAT), None)
        if first is None:
            raise Refusal("bad-history", "No record says who the officers of the secretariat are.")
        if pinned is not None and first.hash != pinned:
            words = f"The secretariat began with the record {first.hash}, not with the one given."
            raise Refusal("wrong-secretariat", words)
        names = " and ".join(sorted(self.history.officers))
        says = f"The officers who answer for keys are, or were, {names}; each came in as the records before say."
        if pinned is None:
            return Stated(
                says, f"--secretariat was not given; the first record has the hash {first.hash}.", is_word=True
            )
        return Stated(says, f"The first record, at leaf {first.leaf}, has the hash {pinned}, which you brought along.")


def opened(folder: Path, trusted: Trusted) -> tuple[Ground, list[Stated]]:
    """Return what an audit can stand on, and what was checked of it.

    Every file of the folder is checked, as `ledger verify` does. Raises Refusal `no-keys`, `wrong-tiles` for a folder
    that does not hold, with the first fault; as `published_keys.Published.judge`.
    """
    mirror = Mirror(folder)
    published = published_keys.stored(mirror)
    checked = checking.check(folder, trusted.ledger, trusted.witnesses)
    if checked.faults:
        first = checked.faults[0]
        raise Refusal(
            "wrong-tiles",
            f"The ledger in the folder does not hold, in {len(checked.faults)} places. {first.where}: {first.what}"
            " `ledger verify` says them all.",
        )
    history = published.judge()
    ground = Ground(mirror, Checkpoint(checked.origin, checked.size, checked.root), published, history)
    stated = Stated(
        f"The folder holds the ledger {checked.origin} with {checked.size} leaves.",
        f"The ledger's key signed {checked.checkpoints} checkpoints, and the leaf hashes give the root of each; the"
        f" last root is {b64encode(checked.root)}. Cosigned by given witnesses: {checked.cosigned}.",
    )
    keys = Stated(
        f"{len(history.events)} key events of the exchange {history.ex} are published, and each is borne out.",
        "Each record with its salt gives a leaf of this ledger; numbers, hashes and signatures follow one another.",
    )
    return ground, [stated, keys, ground.founded(trusted.secretariat)]


def utc(seconds: int) -> str:
    """Return a time in words."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _event(history: History, leaf: int) -> Event:
    return next(event for event in history.events if event.leaf == leaf)


def _named(event: Event) -> str:
    return f"number {event.no} of {event.of} ({event.act}), at leaf {event.leaf},"
