"""The keys of others, with two real witnesses: a successor is followed as far as proof goes, an ending at once."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from authorities import Office, secretariat_of
from builders import SK_BORDER, UA_ASYLUM
from conftest import Enrol
from exchange import clock
from exchange.client import writing
from exchange.client.folder import Folder
from exchange.client.speaker import Speaker
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.publishing import Log
from exchange.wire import key_statements, sealing
from exchange.wire.encoding import read_json
from exchange.wire.key_statements import PURPOSES
from exchange.wire.witnesses import Witness, published
from ledger.conftest import log  # noqa: F401 -- a fixture
from ledger.test_cosigner import Party
from steps import keep_all


def fingerprint(folder: Folder) -> str:
    """What the other office reads aloud."""
    return key_statements.read_bundle((folder.path / "bundle.jws").read_text(), "test-exchange").fingerprint


def code(act: Callable[..., object], *given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act(*given)
    return refused.value.code


class Scene:
    """Two authorities, a hub with a signer of its ledger, and two witnesses of two states."""

    def __init__(self, party: Party, office: Office, other: Office) -> None:
        self.party, self.office, self.other = party, office, other
        self.witnesses = (party.real("w1", "EST"), party.real("w2", "POL"))
        self.pin(*self.witnesses)

    def pin(self, *witnesses: Witness) -> None:
        """Have the office know these witnesses, as the introduction of the secretariat names them."""
        self.office.folder.pin({**self.office.folder.hub, "witnesses": published(witnesses)})

    def cosign(self, *witnesses: Witness) -> None:
        self.party.log.sign(clock.now())
        self.party.visit(*(witnesses or self.witnesses))

    def rotate(self, purpose: str) -> str:
        with Speaker(self.other.folder) as speaker:
            return speaker.keys.rotate(purpose)

    def meet(self) -> None:
        self.office.speaker.others.meet(self.other.who.slug, fingerprint(self.other.folder))

    def follow(self) -> list[str]:
        return self.office.speaker.others.follow(self.other.who.slug)

    @property
    def pinned(self) -> dict[str, Any]:
        return self.office.folder.pinned(self.other.who.urn)

    @property
    def file(self) -> bytes:
        return (self.office.folder.path / "others" / f"{self.other.who.slug}.json").read_bytes()

    def sealed_for(self) -> list[str]:
        """The kids for which a text to the other office is sealed."""
        parts = self.office.parts(aud=[self.other.who.urn])
        parts["sealed"] = [{"to": [self.other.who.urn], "narrative": "a text"}]
        (jwe,) = json.loads(writing.write(self.office.folder, parts, 1, None).envelope)["sealed"]
        told: Any = read_json(jwe.encode()) if isinstance(jwe, str) else jwe
        assert sealing.digests(jwe if isinstance(jwe, str) else json.dumps(jwe))
        return [recipient["header"]["kid"] for recipient in told["recipients"]]


@pytest.fixture
def scene(hub: Hub, log: Log, tmp_path: Path, web: str, enrol: Enrol) -> Iterator[Scene]:  # noqa: F811 -- the fixture
    assert web
    with ExitStack() as stack:
        yield Scene(Party(hub, log, tmp_path, stack), enrol(SK_BORDER), enrol(UA_ASYLUM))


def test_an_authority_is_met_by_what_it_read_aloud(scene: Scene) -> None:
    for wrong in (fingerprint(scene.office.folder), "", fingerprint(scene.other.folder).lower()):
        assert code(scene.office.speaker.others.meet, scene.other.who.slug, wrong) == "wrong-fingerprint"
    assert code(scene.office.speaker.others.meet, "nobody", fingerprint(scene.other.folder)) == "wrong-fingerprint"
    assert scene.office.folder.others() == []
    assert code(scene.follow) == "not-pinned"
    scene.meet()
    assert scene.office.folder.others() == [scene.other.who.slug]
    assert {p: scene.pinned[p]["kid"] for p in PURPOSES} == {p: scene.other.folder.kid(p) for p in PURPOSES}
    assert scene.follow() == []


def test_a_successor_is_accepted_when_two_states_have_seen_it(scene: Scene) -> None:
    one, two = scene.witnesses
    scene.meet()
    scene.cosign()
    old, kid = scene.other.folder.kid("seal"), scene.rotate("seal")
    before = scene.file
    scene.pin()
    assert code(scene.follow) == "not-witnessed"  # nobody is pinned
    scene.pin(one, Witness(two.key, one.state))
    assert code(scene.follow) == "not-witnessed"  # two of one state
    scene.pin(one, two)
    assert code(scene.follow) == "not-published"  # nothing is signed yet
    scene.party.log.sign(clock.now())
    assert code(scene.follow) == "not-published"  # nobody has cosigned yet
    scene.cosign(one)
    assert code(scene.follow) == "not-published"  # one has
    assert scene.file == before
    assert scene.sealed_for() == [old]
    scene.cosign(two)
    assert scene.follow() == [
        f"{scene.other.who.slug}: seal key {kid} follows {old}",
        f"{scene.other.who.slug}: seal key {old} is superseded",
    ]
    assert scene.sealed_for() == [kid]
    assert scene.follow() == []


def test_witnesses_that_are_not_pinned_count_for_nothing(scene: Scene) -> None:
    scene.meet()
    scene.rotate("seal")
    scene.cosign()
    before = scene.file
    scene.pin(scene.witnesses[0], scene.party.fake()[1])
    assert code(scene.follow) == "not-witnessed"
    assert scene.file == before


def test_three_rotations_are_followed_and_what_the_earlier_keys_signed_still_opens(hub: Hub, scene: Scene) -> None:
    scene.meet()
    kids = [scene.other.folder.kid("notice")]
    for _ in range(3):
        with Speaker(scene.other.folder) as speaker:
            speaker.post(scene.other.parts("claim_expressed", aud=[SK_BORDER.urn]))
        kids.append(scene.rotate("notice"))
    with Speaker(scene.other.folder) as speaker:
        speaker.post(scene.other.parts("claim_expressed", aud=[SK_BORDER.urn]))
    keep_all(hub)
    items = [item for item in scene.office.speaker.inbox()["items"] if "notice" in item]
    assert len(items) == 4
    assert code(scene.office.speaker.open, items[-1]) == "unknown-key"
    scene.cosign()
    assert [line.split()[3] for line in scene.follow() if "follows" in line] == kids[1:]
    for item in items:
        assert not scene.office.speaker.open(item).flagged
    assert [jwk["kid"] for jwk in scene.pinned["earlier"]["notice"]] == kids[2::-1]


def test_a_chain_is_followed_as_far_as_it_is_proven(scene: Scene) -> None:
    scene.meet()
    first = scene.rotate("notice")
    scene.cosign()
    scene.rotate("notice")
    assert code(scene.follow) == "not-published"
    assert scene.pinned["notice"]["kid"] == first
    scene.cosign()
    scene.follow()
    assert scene.pinned["notice"]["kid"] == scene.other.folder.kid("notice")


def test_an_ending_is_believed_at_once_and_nothing_is_sealed_for_that_key(hub: Hub, scene: Scene) -> None:
    scene.meet()
    with Speaker(scene.other.folder) as speaker:
        speaker.post(scene.other.parts("claim_expressed", aud=[SK_BORDER.urn]))
    keep_all(hub)
    (item,) = [item for item in scene.office.speaker.inbox()["items"] if "notice" in item]
    for purpose in ("seal", "notice"):
        scene.other.speaker.keys.revoke(scene.other.folder.kid(purpose), "compromised", 5)
    scene.pin()  # no witness is needed
    assert len(scene.follow()) == 2
    assert code(scene.sealed_for) == "key-ended"
    assert code(scene.office.speaker.post, _sealed(scene)) == "key-ended"
    assert scene.office.folder.pending() == []
    assert scene.office.speaker.open(item).flagged  # whatever the hub says of it


def test_an_ending_is_believed_also_while_the_successor_is_not_proven(scene: Scene) -> None:
    """A thief's key would be sealed for until two witnesses have come by."""
    scene.meet()
    old = scene.other.folder.kid("seal")
    kid = scene.rotate("seal")
    scene.other.speaker.keys.revoke(old, "compromised", 5)
    scene.party.log.sign(clock.now())
    assert code(scene.follow) == "not-published"
    assert scene.pinned["seal"]["kid"] == old
    assert code(scene.sealed_for) == "key-ended"
    scene.cosign()
    scene.follow()
    assert scene.sealed_for() == [kid]


def _sealed(scene: Scene) -> dict[str, Any]:
    parts = scene.office.parts(aud=[scene.other.who.urn])
    return parts | {"sealed": [{"to": [scene.other.who.urn], "narrative": "a text"}]}


def test_a_history_that_was_set_back_is_refused(hub: Hub, scene: Scene) -> None:
    """Nothing was revoked, so no ending is noted: the record itself is remembered."""
    scene.meet()
    scene.other.speaker.keys.rotate("request")
    scene.cosign()
    assert len(scene.follow()) == 2
    with hub.database.transaction() as tx:
        tx.execute("ALTER TABLE key_event DISABLE TRIGGER only_grows")
        tx.execute("DELETE FROM key_event WHERE leaf_index = (SELECT max(leaf_index) FROM key_event)")
    before = scene.pinned
    assert code(scene.follow) == "bad-history"
    assert scene.pinned == before


def test_an_authority_that_is_enrolled_anew_is_met_anew(hub: Hub, scene: Scene, tmp_path: Path) -> None:
    """Officers that let in a stranger under an old name give it nobody's texts."""
    scene.meet()
    true = scene.pinned
    again = Office(tmp_path / "again", UA_ASYLUM)
    secretariat_of(hub).enrol(again.folder)
    scene.cosign()
    told = scene.follow()
    assert len(told) == 4
    assert all(line.endswith(" is superseded") for line in told)
    assert {p: scene.pinned[p] for p in PURPOSES} == {p: true[p] for p in PURPOSES}
    assert code(scene.sealed_for) == "key-ended"
    assert code(scene.meet) == "wrong-fingerprint"  # the old one, read aloud
    scene.office.speaker.others.meet(UA_ASYLUM.slug, fingerprint(again.folder))
    assert scene.sealed_for() == [again.folder.kid("seal")]
    assert scene.office.folder.notice_key_of(UA_ASYLUM.urn, true["notice"]["kid"]).kid == true["notice"]["kid"]
