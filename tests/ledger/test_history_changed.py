"""The tables of the ledger are changed under the exchange: who notices it, and by what.

For each change: the signer that runs, a signer that starts, a mirror that follows, an authority that looks, its proof
of a notice, and `ledger verify` of what the secretariat exports. What nobody can see is told too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builders import SK_BORDER
from conftest import Enrol
from exchange.client.speaker import Speaker
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.publishing import LedgerChanged, Log
from exchange.wire import tlog
from exchange.wire.signed_note import read_vkey
from ledger.kit import MOMENT, grow, run, tamper

FINE = "fine"


@dataclass(frozen=True)
class Noticed:
    """What each said; `FINE` when nothing. A refusal is its code, a signer says the words of LedgerChanged."""

    running: str = FINE
    start: str = FINE
    mirror: str = FINE
    client: str = FINE
    proof: str = FINE
    verify: str = FINE


def said(act: Callable[[], object]) -> str:
    try:
        act()
    except (Refusal, LedgerChanged) as problem:
        return problem.code if isinstance(problem, Refusal) else str(problem)
    return FINE


class Scene:
    """A ledger of 305 leaves that was signed, mirrored and looked at; the notice of an office stands at 302."""

    def __init__(self, hub: Hub, enrol: Enrol, log: Log, folder: Path) -> None:
        self.hub, self.log, self.folder = hub, log, folder
        self.office = enrol(SK_BORDER)
        log.sign(MOMENT)
        grow(hub, log, 302 - log.size)
        self.notice = str(self.office.post()["id"])
        grow(hub, log, 1)
        assert log.size == 305
        self.mirror()
        with Speaker(self.office.folder, tries=1) as speaker:
            speaker.checkpoint()

    def mirror(self) -> None:
        run("ledger", "mirror", self.hub.origin, self.folder / "mirror", "--vkey", self.hub.ledger_vkey)

    def verify(self) -> None:
        target = self.folder / "exported"
        try:
            run("ledger", "export", target)
        except AssertionError:
            raise Refusal("not-whole", "tiles are missing") from None
        try:
            run("ledger", "verify", target, "--vkey", self.hub.ledger_vkey)
        except AssertionError:
            raise Refusal("faults", "they are told one by one") from None

    def noticed(self) -> Noticed:
        """Ask everybody, in an order in which no one helps another."""
        start = said(lambda: Log(self.hub.database, self.log._signer))  # noqa: SLF001 -- the same key, as after a restart
        running = said(lambda: grow(self.hub, self.log, 2, b"later"))
        with Speaker(self.office.folder, tries=1) as speaker:
            client, proof = said(speaker.checkpoint), said(lambda: speaker.prove(self.notice))
        return Noticed(running, start, said(self.mirror), client, proof, said(self.verify))


@pytest.fixture
def scene(hub: Hub, enrol: Enrol, log: Log, tmp_path: Path) -> Scene:
    return Scene(hub, enrol, log, tmp_path)


pytestmark = pytest.mark.usefixtures("web", "told")
ZERO = "decode(repeat('00', 32), 'hex')"


def swap(one: int, other: int) -> str:
    """Exchange two leaves: the entries that they hold."""
    sql = (
        "UPDATE leaf SET entry = (SELECT entry FROM leaf o WHERE o.index = BOTH - leaf.index) WHERE index IN (ONE, TWO)"
    )
    return sql.replace("BOTH", str(one + other)).replace("ONE", str(one)).replace("TWO", str(other))


ROOT = "The root over 305 leaves is not the one that was signed at 305."
SHOWN = Noticed(start=ROOT, mirror="wrong-tiles", client="ledger-forked", proof="ledger-forked", verify="faults")
"""A leaf in the tile that is not full: it is served to everybody, and so everybody sees it but the running signer."""
UNSHOWN = Noticed(mirror="no-answer", client="no-answer", proof="no-answer", verify="not-whole")
CHANGES: dict[str, tuple[str, Noticed]] = {
    "nothing": ("SELECT 1", Noticed()),
    # in a full tile: what is served are the hashes kept beside the leaves, which are right
    "leaf edited, its tile full": ("UPDATE leaf SET entry = ZERO WHERE index = 7", Noticed(start=ROOT)),
    "leaf deleted, its tile full": ("DELETE FROM leaf WHERE index = 7", Noticed(start="The leaf 7 is missing.")),
    "leaf edited": ("UPDATE leaf SET entry = ZERO WHERE index = 300", SHOWN),
    "leaves swapped": (swap(299, 300), SHOWN),
    "leaf deleted": ("DELETE FROM leaf WHERE index = 303", replace(UNSHOWN, start="The leaf 303 is missing.")),
    # the next leaf takes its index; the running signer signs what it saw there, and goes on with the one after
    "last leaf deleted": (
        "DELETE FROM leaf WHERE index = 304; DELETE FROM opening WHERE index = 304",
        replace(SHOWN, start="The root over 304 leaves is not the one that was signed at 305."),
    ),
    "tile edited": (
        "UPDATE tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)", Noticed(verify="faults")
    ),
    "root of a tile edited": ("UPDATE tile SET root = ZERO", replace(SHOWN, start=FINE)),
    "tile deleted": ("DELETE FROM tile", Noticed()),  # a signer that starts makes it again
    "root of the checkpoint edited": (
        "UPDATE checkpoint SET root = ZERO WHERE size = 305",
        Noticed(running="The root that was signed at 305 is not the one that stands there now.", start=ROOT),
    ),
    "note of the checkpoint edited": (
        "UPDATE checkpoint SET note = regexp_replace(note, E'\\n305\\n..', E'\\n305\\nAB') WHERE size = 305",
        Noticed(verify="faults"),
    ),
    "checkpoint deleted": (
        "DELETE FROM checkpoint WHERE size = 305",
        Noticed(
            running="The checkpoint of 305 leaves is gone: the last one is of 302.",
            mirror="older-checkpoint", client="older-checkpoint", proof="not-published",
        ),
    ),
    # nobody needs it but whoever kept it, and they have it: it is under every later one
    "older checkpoint deleted": ("DELETE FROM checkpoint WHERE size = 302", Noticed()),
    "checkpoint made up": (
        "INSERT INTO checkpoint SELECT 306, root, note, at FROM checkpoint WHERE size = 305",
        Noticed(
            running="Another signer has signed since; there must be one.",
            start="The root over 305 leaves is not the one that was signed at 306.",
            proof="bad-proof", verify="faults",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_under_the_last_checkpoint(scene: Scene, database_url: str, name: str) -> None:
    change, expected = CHANGES[name]
    tamper(database_url, change.replace("ZERO", ZERO))
    assert scene.noticed() == expected
    forked = scene.folder / "mirror" / "forked"
    assert not forked.exists()  # only one history was ever signed: nobody is accused of two


@pytest.mark.parametrize(
    ("change", "running"),
    [
        ("UPDATE leaf SET entry = ZERO WHERE index = 305", FINE),
        (swap(305, 306), FINE),
        ("DELETE FROM leaf WHERE index > 304; DELETE FROM opening WHERE index > 304", FINE),  # and its place is taken
        ("DELETE FROM leaf WHERE index = 305", "The leaf 305 is missing."),
    ],
)
def test_a_change_above_the_last_checkpoint(scene: Scene, database_url: str, change: str, running: str) -> None:
    """The tree cannot show it, for it was signed so. But the party holds a receipt, which then proves nothing more."""
    notice = str(scene.office.post()["id"])
    tamper(database_url, change.replace("ZERO", ZERO))
    if "leaf WHERE index >" in change:
        scene.office.post()
    assert said(lambda: scene.log.sign(MOMENT)) == running
    if running != FINE:
        return
    assert scene.noticed() == Noticed()
    with pytest.raises(Refusal) as refused:
        scene.office.speaker.prove(notice)
    assert refused.value.code == "bad-proof"
    kept = scene.office.folder.path / "proofs" / f"{notice}.broken-proof"
    proof, key = tlog.read_proof(kept.read_bytes()), read_vkey(scene.hub.ledger_vkey)
    assert (proof.index, tlog.open_checkpoint(proof.checkpoint, key).head.size > 305) == (305, True)
