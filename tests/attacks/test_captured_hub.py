"""A hub that is in other hands: it has its answer key, its log key and its database, and lies about keys."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from authorities import Office
from builders import SK_BORDER, UA_ASYLUM
from client.altering import Asked, Between, instead, serving
from client.test_knowing import Scene, code
from conftest import Enrol, settings_for
from exchange import clock, deps
from exchange.client.speaker import Speaker
from exchange.deps import Hub
from exchange.domain.merkle import leaf_hash
from exchange.domain.merkle_proofs import Edge, inclusion_proof
from exchange.publishing import Log
from exchange.store.session import rows
from exchange.wire import key_statements, keys, sealing_keys, tlog
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64decode, b64encode, write_json
from exchange.wire.key_history import SECRETARIAT, TYP, hash_of
from exchange.wire.key_statements import ENROLMENT, KEY, OFFICER, OFFICER_URN
from exchange.wire.messages import Answer
from exchange.wire.signed_note import NoteSigner
from ledger import keykit
from ledger.conftest import log  # noqa: F401 -- a fixture
from ledger.test_cosigner import Party

Told = dict[str, Any]
VICTIM = UA_ASYLUM.urn


class Captured(Between):
    """The real hub, behind its captor: answers under these paths are rewritten, and signed with the hub's own key."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.rewrites: dict[str, Callable[[bytes], bytes]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.touches = [self._rewritten]
        return super().__call__(environ, start_response)

    def _rewritten(self, asked: Asked) -> Answer:
        answer = asked.answer()
        target = asked.request.target_uri.removeprefix(self.hub.origin)
        for path, rewrite in self.rewrites.items():
            if target.startswith(path):
                changed = Answer(200, answer.headers, rewrite(answer.body))
                return instead(asked, changed, self.hub.keys["answer"])
        return answer

    def lie(self, about: Callable[[Told], None]) -> None:
        """Change what the hub says of keys."""

        def rewrite(body: bytes) -> bytes:
            told: Told = json.loads(body)
            about(told)
            return write_json(told)

        self.rewrites["/v1/keys"] = rewrite


class Lie(Scene):
    """A scene whose hub is captured once the office has met the other."""

    def __init__(self, party: Party, office: Office, other: Office, captured: Captured) -> None:
        super().__init__(party, office, other)
        self.captured = captured
        self.meet()
        self.cosign()
        self.true = other.folder.kid("seal")

    def refused(self) -> str:
        """The code for which a lie is refused: nothing is pinned, and a text is sealed for the true key alone."""
        before = self.file
        found = code(self.follow)
        assert self.file == before
        assert self.sealed_for() == [self.true]
        return found


@pytest.fixture
def lie(hub: Hub, log: Log, tmp_path: Path, enrol: Enrol) -> Iterator[Lie]:  # noqa: F811 -- the fixture
    captured = Captured(hub)
    with ExitStack() as stack:
        stack.enter_context(serving(captured))
        yield Lie(Party(hub, log, tmp_path, stack), enrol(SK_BORDER), enrol(UA_ASYLUM), captured)


# what a captor writes


def claims(iss: str) -> Claims:
    return Claims("test-exchange", "01931d3c-0000-7000-8000-000000000001", iss, int(clock.now().timestamp()))


def with_leaf(record: bytes, index: int) -> Told:
    """A record with a leaf that is over it: the captor has the ledger's key too."""
    salt = secrets.token_bytes(32)
    hashed = b64encode(leaf_hash(hashlib.sha256(salt + record).digest()))
    return {"record": record.decode(), "leaf": {"index": index, "hash": hashed, "salt": b64encode(salt)}}


def records_of(told: Told, of: str) -> list[tuple[int, Told]]:
    found = [(place, json.loads(event["record"])) for place, event in enumerate(told["events"])]
    return [(place, record) for place, record in found if record["of"] == of]


def replaced(told: Told, place: int, record: Told) -> None:
    told["events"][place] = with_leaf(write_json(record), told["events"][place]["leaf"]["index"])


def appended(told: Told, of: str, act: str, said: list[str]) -> None:
    """Add a record that follows the last one as it must: number, hash and leaf are right."""
    place, last = records_of(told, of)[-1]
    prev = hash_of(told["events"][place]["record"].encode())
    record = {"v": 1, "typ": TYP, "ex": "test-exchange", "of": of, "no": last["no"] + 1, "prev": prev}
    record |= {"at": last["at"], "act": act, "said": said}
    told["events"].append(with_leaf(write_json(record), max(one["leaf"]["index"] for one in told["events"]) + 1))


def rotation(told: Told, purpose: str, by: keys.PrivateKey, kid: str = "") -> str:
    """A statement that a seal key of the captor's own follows the victim's; `kid` names whose signature it feigns."""
    _, record = records_of(told, VICTIM)[0]
    bundle = key_statements.read_bundle(record["said"][0], "test-exchange")
    members = {
        "act": "rotate",
        "purpose": purpose,
        "predecessor": bundle.keys[purpose].kid,
        "key": sealing_keys.public_to_jwk(sealing_keys.generate().public),
        "nonce": b64encode(bytes(32)),
        "possession": b64encode(bytes(32)),
    }
    text = key_statements.sign(members, claims(VICTIM), KEY, by)
    return feigned(text, by, kid) if kid else text


def feigned(text: str, by: keys.PrivateKey, kid: str) -> str:
    """The same statement, under a header that names another key."""
    header = b64encode(write_json({"alg": by.alg, "kid": kid, "typ": KEY}))
    signing_input = f"{header}.{text.split('.')[1]}"
    return f"{signing_input}.{b64encode(by.sign(signing_input.encode()))}"


def bundle_of_its_own() -> str:
    held: dict[str, Any] = {purpose: keys.generate(purpose) for purpose in key_statements.SIGNING}
    held["seal"] = sealing_keys.generate()
    given = {"nonce": b64encode(bytes(32)), "opened": b64encode(bytes(32))}
    return key_statements.bundle({"kind": "asylum_office", "state": "UKR"}, claims(VICTIM), given, held)


def command(name: str, key: keys.PrivateKey, act: str, members: dict[str, Any]) -> str:
    return key_statements.sign({"act": act, **members}, claims(OFFICER_URN + name), OFFICER, key)


def approved(act: str, members: dict[str, Any], names: list[str]) -> list[str]:
    """A command and two approvals, by officers of these names whose keys the captor made."""
    made = [keys.generate("officer") for _ in names]
    first = command(names[0], made[0], act, members)
    digest = key_statements.read(first, OFFICER, "test-exchange").digest
    return [first, *(command(n, k, "approve", {"what": digest}) for n, k in zip(names[1:], made[1:], strict=True))]


def other_seal_key(told: Told) -> None:
    """The record of the enrolment names a seal key of the captor's."""
    place, record = records_of(told, VICTIM)[0]
    head, payload, signature = record["said"][0].split(".")
    members = json.loads(keykit.key_statements.read(record["said"][0], ENROLMENT, "test-exchange").unverified.payload)
    members["keys"]["seal"] = sealing_keys.public_to_jwk(sealing_keys.generate().public)
    assert payload
    record["said"][0] = f"{head}.{b64encode(write_json(members))}.{signature}"
    replaced(told, place, record)


def other_bundle(told: Told) -> None:
    place, record = records_of(told, VICTIM)[0]
    record["said"][0] = bundle_of_its_own()
    replaced(told, place, record)


def later_bundle(told: Told) -> None:
    bundle = bundle_of_its_own()
    digest = key_statements.read_bundle(bundle, "test-exchange").fingerprint
    said = approved("enrol", {"bundle": digest}, ["officer-1", "officer-2", "officer-3"])
    appended(told, VICTIM, "enrol", [bundle, *said])


def strangers_bundle(told: Told) -> None:
    bundle = bundle_of_its_own()
    digest = key_statements.read_bundle(bundle, "test-exchange").fingerprint
    appended(told, VICTIM, "enrol", [bundle, *approved("enrol", {"bundle": digest}, ["xenia", "yuri", "zoe"])])


def approvals_of_something_else(told: Told) -> None:
    """The true command and approvals of the first enrolment, for another bundle."""
    _, record = records_of(told, VICTIM)[0]
    appended(told, VICTIM, "enrol", [bundle_of_its_own(), *record["said"][1:]])


def officer_of_its_own(told: Told) -> None:
    key, nonce = keys.generate("officer"), b64encode(bytes(32))
    shown = key_statements.prove_possession(claims(OFFICER_URN + "zoe"), nonce, key)
    members = {"officer": "zoe", "key": keys.public_to_jwk(key.public), "nonce": nonce, "possession": shown}
    said = approved("appoint", members, ["officer-1", "officer-2", "officer-3"])
    appended(told, SECRETARIAT, "appoint", said)


def another_secretariat(told: Told) -> None:
    """A history that is right in itself, from the first officers on, and all of them are the captor's."""
    told["events"] = keykit.Captured().events


def no_history(told: Told) -> None:
    told["events"] = []


def by_a_key_it_made(told: Told) -> None:
    appended(told, VICTIM, "rotate", [rotation(told, "seal", keys.generate("notice"))])


def in_the_name_of_the_victims_key(told: Told) -> None:
    _, record = records_of(told, VICTIM)[0]
    kid = key_statements.read_bundle(record["said"][0], "test-exchange").keys["notice"].kid
    appended(told, VICTIM, "rotate", [rotation(told, "seal", keys.generate("notice"), kid)])


def leaf_of_another_record(told: Told) -> None:
    told["events"][-1]["leaf"]["salt"] = b64encode(bytes(32))


def out_of_order(told: Told) -> None:
    told["events"].reverse()


LIES: dict[Callable[[Told], None], str] = {
    other_seal_key: "bad-notice-signature",
    other_bundle: "bad-history",
    later_bundle: "bad-notice-signature",
    strangers_bundle: "not-an-officer",
    approvals_of_something_else: "bad-history",
    officer_of_its_own: "bad-notice-signature",
    another_secretariat: "wrong-secretariat",
    no_history: "wrong-secretariat",
    by_a_key_it_made: "not-its-key",
    in_the_name_of_the_victims_key: "bad-notice-signature",
    leaf_of_another_record: "bad-history",
    out_of_order: "not-an-officer",
}


def test_a_false_seal_key_in_a_well_signed_answer_is_refused(lie: Lie) -> None:
    for make, expected in LIES.items():
        lie.captured.lie(make)
        assert lie.refused() == expected, make.__name__
    lie.captured.lie(lambda _: None)
    assert lie.follow() == []


def test_nobody_is_met_by_a_false_history(lie: Lie) -> None:
    file = lie.office.folder.path / "others" / f"{UA_ASYLUM.slug}.json"
    file.unlink()
    for make, expected in LIES.items():
        lie.captured.lie(make)
        assert code(lie.meet) in {expected, "wrong-fingerprint"}, make.__name__
        assert not file.exists()


# what is held back


def held_back(of: str, count: int) -> Callable[[Told], None]:
    def lie(told: Told) -> None:
        for place, _ in records_of(told, of)[-count:][::-1]:
            del told["events"][place]

    return lie


def test_a_record_in_between_cannot_be_held_back(lie: Lie) -> None:
    lie.rotate("notice")
    lie.rotate("notice")

    def without_the_first(told: Told) -> None:
        del told["events"][records_of(told, VICTIM)[1][0]]

    lie.captured.lie(without_the_first)
    assert lie.refused() == "bad-history"


def test_the_newest_revocation_can_be_held_back_from_who_has_not_seen_it_and_from_nobody_else(lie: Lie) -> None:
    """Nothing in a history says that it goes on: the client that never saw the ending cannot know of it.

    Seen by whoever saw it once, by the victim, whose receipt names the leaf, and by whoever compares with another.
    """
    lie.other.speaker.keys.revoke(lie.true, "compromised", 5)
    lie.captured.lie(held_back(VICTIM, 1))
    assert lie.follow() == []
    assert lie.sealed_for() == [lie.true]  # this is what the lie gains, while nobody compares
    lie.captured.rewrites.clear()
    (told,) = lie.follow()
    assert told.endswith(f"seal key {lie.true} is compromised")
    assert code(lie.sealed_for) == "key-ended"
    lie.captured.lie(held_back(VICTIM, 1))
    assert code(lie.follow) == "bad-history"  # what was seen once is not unseen
    assert code(lie.sealed_for) == "key-ended"
    assert lie.pinned["ended"][lie.true] == {"as": "compromised", "since": 5}


def test_the_victim_holds_the_proof_that_its_revocation_stands_in_the_ledger(hub: Hub, lie: Lie) -> None:
    lie.other.speaker.keys.revoke(lie.true, "compromised", 5)
    lie.captured.lie(held_back(VICTIM, 1))
    lie.cosign()
    (receipt,) = (lie.other.folder.path / "receipts").glob("key-*.jws")
    leaf: Any = lie.other.folder.heard(receipt.read_text(), "asylum-exchange-receipt+jws")["leaf"]
    line = lie.other.speaker._line  # noqa: SLF001 -- a client has no command for it
    raw = line.call("GET", f"/v1/ledger/proof/{leaf['index']}?cosigned=2", b"", "")
    proof = tlog.read_proof(raw)
    one, two = lie.witnesses
    found = tlog.check_inclusion(proof, _bytes(leaf["hash"]), lie.party.log_key, [one.key, two.key])
    assert {line.key.name for line in found.checkpoint.cosignatures} == {one.key.name, two.key.name}
    shown = json.loads(line.call("GET", f"/v1/keys?of={UA_ASYLUM.slug}", b"", ""))["events"]
    assert leaf not in [one["leaf"] for one in shown]  # and this answer is signed as well
    assert hub


def _bytes(text: str) -> bytes:
    return b64decode(text)


# a ledger for one client alone


class Fork:
    """A ledger that begins as the true one, and whose next leaf is what the captor likes; signed with the log's key."""

    def __init__(self, lie: Lie, signer: NoteSigner, said: str) -> None:
        with lie.party.hub.database.reading() as tx:
            self.leaves = [leaf_hash(bytes(entry)) for (entry,) in rows(tx, "SELECT entry FROM leaf ORDER BY index")]
        self.said, self.signer = said, signer
        self.event: Told = {}

    def keys(self, told: Told) -> None:
        if not self.event:
            appended(told, VICTIM, "rotate", [self.said])
            self.event = told["events"][-1]
            self.event["leaf"]["index"] = len(self.leaves)
            self.leaves.append(_bytes(self.event["leaf"]["hash"]))
        else:
            told["events"].append(self.event)

    def proof(self, lines: str = "") -> bytes:
        edge = Edge()
        tiles = {(t.level, t.index): t.hashes for t in [*edge.extend(self.leaves), *edge.partial()]}
        index = self.event["leaf"]["index"]
        path = inclusion_proof(index, len(self.leaves), lambda level, at, width: tiles[level, at][:width])
        note = tlog.Checkpoint(self.signer.name, len(self.leaves), edge.root()).signed(self.signer)
        return tlog.write_proof(index, path, note + lines).encode()


def test_a_fork_that_is_shown_to_one_client_alone_moves_nothing(
    lie: Lie, secrets_folder: Path, database_url: str
) -> None:
    """The worst case: the captor has the stolen notice key of the victim, so that the history is right in itself."""
    stolen = lie.other.folder.key("notice")
    assert isinstance(stolen, keys.PrivateKey)
    true = json.loads(lie.other.speaker._line.call("GET", f"/v1/keys?of={UA_ASYLUM.slug}", b"", ""))  # noqa: SLF001 -- raw
    signer = deps.ledger_signer(settings_for(database_url, secrets_folder, lie.party.hub.origin))
    fork = Fork(lie, signer, rotation(true, "seal", stolen))
    lie.captured.lie(fork.keys)
    lie.captured.rewrites["/v1/ledger/proof/"] = lambda _: fork.proof()
    assert lie.refused() == "not-witnessed"
    # The lines of the witnesses over the true checkpoint do not verify over this one.
    true_lines = "".join(f"{line}\n" for line in lie.party.shown().decode().splitlines() if line.startswith("— w"))
    assert true_lines.count("— w") == 2
    lie.captured.rewrites["/v1/ledger/proof/"] = lambda _: fork.proof(true_lines)
    assert lie.refused() == "bad-note-signature-line"
    # The client that keeps the fork's checkpoint sees the true ledger no more: that it is two, it can prove.
    lie.captured.rewrites.clear()
    lie.rotate("request")
    for _ in range(3):
        lie.other.post("claim_expressed")
    lie.cosign()
    assert code(lie.office.speaker.checkpoint) == "ledger-forked"
    kept = {path.name for path in (lie.office.folder.path / "proofs").iterdir()}
    assert {"forked-old.note", "forked-new.note"} <= kept


def test_a_checkpoint_that_continues_nothing_is_a_fork_before_it_is_anything_else(
    lie: Lie, secrets_folder: Path, database_url: str
) -> None:
    """A client that has seen the true ledger is shown another one: it keeps both checkpoints, and accepts nothing."""
    for _ in range(2):
        lie.other.post("claim_expressed")
    lie.cosign()
    seen = lie.office.speaker.checkpoint()
    stolen = lie.other.folder.key("notice")
    assert isinstance(stolen, keys.PrivateKey)
    true = json.loads(lie.other.speaker._line.call("GET", f"/v1/keys?of={UA_ASYLUM.slug}", b"", ""))  # noqa: SLF001 -- raw
    signer = deps.ledger_signer(settings_for(database_url, secrets_folder, lie.party.hub.origin))
    fork = Fork(lie, signer, rotation(true, "seal", stolen))
    fork.leaves = fork.leaves[: seen.head.size - 1]  # it replaces a leaf that the client has seen a checkpoint over
    lie.captured.lie(fork.keys)
    lie.captured.rewrites["/v1/ledger/proof/"] = lambda _: fork.proof()
    assert lie.refused() == "ledger-forked"
    with Speaker(lie.office.folder) as speaker:
        lie.captured.rewrites.clear()
        assert speaker.checkpoint().head.size >= seen.head.size
