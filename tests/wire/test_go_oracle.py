"""golang.org/x/mod/sumdb/{note,tlog}, which share no code with us, agree about notes, proofs and tiles.

examples/go is the program of a stranger. Where Go and Debian's golang-golang-x-mod-dev are missing these tests are
skipped; in CI they fail.
"""

import base64
import functools
import hashlib
import os
import random
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.domain.merkle_proofs import Edge, Tile, consistency_proof, inclusion_proof
from exchange.wire import signed_note, tlog
from exchange.wire.signed_note import COSIGNATURE, NoteSigner, open_note
from exchange.wire.tlog import Checkpoint, write_hashes, write_proof

SOURCE = Path(__file__).parents[2] / "examples" / "go"
PACKAGES = Path("/usr/share/gocode")
READY = shutil.which("go") is not None and (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir()
pytestmark = pytest.mark.skipif(
    not READY and os.environ.get("CI") != "true",
    reason="Go is missing: apt-get install golang-go golang-golang-x-mod-dev",
)
LOG = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"))
FORGER = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\2"))
WITNESS = NoteSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\3"), COSIGNATURE)
VKEY, WITNESSED = LOG.public.vkey, f"{LOG.public.vkey},{WITNESS.public.vkey}"
MOST = 70
LEAVES = [merkle.leaf_hash(number.to_bytes(4)) for number in range(3000)]


class Go:
    """The program, with a folder for what it reads."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program, self._folder, self._names = program, folder, dict[bytes, str]()

    def file(self, content: str | bytes) -> str:
        data = content.encode() if isinstance(content, str) else content
        if data not in self._names:
            path = self._folder / f"{len(self._names)}"
            path.write_bytes(data)
            self._names[data] = str(path)
        return self._names[data]

    def all(self, commands: Iterable[Sequence[str]]) -> list[str]:
        told = "".join("\t".join(command) + "\n" for command in commands)
        done = subprocess.run([self._program, "batch"], input=told, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def one(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self._program, *command], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    made = folder / "verify"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(folder / "cache")}
    done = subprocess.run(
        ["go", "build", "-o", made, "."], cwd=SOURCE, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def go(program: Path, tmp_path: Path) -> Go:
    return Go(program, tmp_path)


def shelf(leaves: Sequence[bytes]) -> dict[tuple[int, int], Tile]:
    edge = Edge()
    return {(tile.level, tile.index): tile for tile in [*edge.extend(leaves), *edge.partial()]}


TILES = shelf(LEAVES)


def read(level: int, index: int, width: int) -> Sequence[bytes]:
    return TILES[level, index].hashes[:width]


@functools.cache
def note(size: int, signer: NoteSigner = LOG) -> str:
    return Checkpoint(LOG.name, size, merkle.root_of_leaves(LEAVES[:size])).signed(signer)


def cosigned(raw: str) -> str:
    return raw + signed_note.cosign(open_note(raw, [LOG.public]), WITNESS, 1_795_420_114)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_every_checkpoint_and_proof_of_small_trees(go: Go) -> None:
    commands, expected = [], []
    for size in range(MOST + 1):
        root = b64(merkle.root_of_leaves(LEAVES[:size]))
        commands.append(["checkpoint", VKEY, go.file(note(size))])
        commands.append(["leaves", VKEY, go.file(note(size)), go.file(write_hashes(LEAVES[:size]))])
        expected += [f"{size} {root}"] * 2
        for index in range(size):
            proof = write_proof(index, inclusion_proof(index, size, read), note(size), b"x" if index % 2 else None)
            commands.append(["inclusion", VKEY, go.file(proof), "leaf", b64(LEAVES[index])])
            expected.append(f"{index} of {size}")
        for old in range(1, size + 1):
            nodes = go.file(write_hashes(consistency_proof(old, size, read)))
            commands.append(["consistency", VKEY, go.file(note(old)), go.file(note(size)), nodes])
            expected.append(f"{old} to {size}")
    assert go.all(commands) == expected


def test_both_say_the_same_of_proofs_by_dice(go: Go) -> None:
    """Right ones, and ones with a node changed, dropped, added or swapped, or another place, size or leaf."""
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    commands, ours = [], []
    for _ in range(1500):
        size, other = dice.randint(1, len(LEAVES)), dice.choice([None, dice.randint(1, len(LEAVES))])
        first = dice.randint(1, size) if dice.random() < 0.9 else dice.randint(1, len(LEAVES))
        shown = other or size
        root = merkle.root_of_leaves(LEAVES[:shown])
        if dice.random() < 0.5:
            nodes = spoiled(dice, inclusion_proof(min(first, size) - 1, size, read))
            leaf = dice.choice([LEAVES[first - 1], LEAVES[first - 1], LEAVES[first % size]])
            ours.append(merkle.verify_inclusion(leaf, first - 1, shown, nodes, root))
            proof = go.file(write_proof(first - 1, nodes, note(shown)))
            commands.append(["inclusion", VKEY, proof, "leaf", b64(leaf)])
        else:
            nodes = spoiled(dice, consistency_proof(min(first, size), size, read))
            old = merkle.root_of_leaves(LEAVES[:first])
            ours.append(merkle.verify_consistency(first, old, shown, root, nodes))
            files = [go.file(note(first)), go.file(note(shown)), go.file(write_hashes(nodes))]
            commands.append(["consistency", VKEY, *files])
    theirs = [not told.startswith("refused") for told in go.all(commands)]
    assert theirs == ours
    assert 100 < sum(ours) < 1400


def spoiled(dice: random.Random, proof: list[bytes]) -> list[bytes]:
    nodes, way = list(proof), dice.randrange(10)
    at = dice.randrange(len(nodes) + 1)
    if way == 0:
        nodes.insert(at, dice.choice(LEAVES))
    elif way == 1:
        del nodes[at : at + 1]
    elif way == 2:
        nodes[at : at + 1] = [dice.randbytes(32)]
    elif way == 3:
        dice.shuffle(nodes)
    return nodes


def test_a_record_with_its_salt_leads_to_the_checkpoint(go: Go) -> None:
    record, salt = b"the signing input of a notice", secrets.token_bytes(32)
    entry = hashlib.sha256(salt + record).digest()
    leaves = [*LEAVES[:9], merkle.leaf_hash(entry)]
    tiles = shelf(leaves)
    path = inclusion_proof(9, 10, lambda level, index, width: tiles[level, index].hashes[:width])
    raw = cosigned(Checkpoint(LOG.name, 10, merkle.root_of_leaves(leaves)).signed(LOG))
    proof = go.file(write_proof(9, path, raw))
    right = [
        ["record", go.file(record), go.file(salt)],
        ["entry", go.file(entry)],
        ["leaf", b64(merkle.leaf_hash(entry))],
    ]
    wrong = [["record", go.file(record), go.file(salt[:-1] + b"!")], ["entry", go.file(record)], ["leaf", b64(entry)]]
    assert go.all([["inclusion", WITNESSED, proof, *given] for given in right]) == ["9 of 10"] * 3
    assert all("refused" in told for told in go.all([["inclusion", WITNESSED, proof, *given] for given in wrong]))
    done = go.one("inclusion", go.file(f"{VKEY}\n{WITNESS.public.vkey}\n"), proof, *right[0])
    assert (done.returncode, done.stdout) == (0, "9 of 10\n")
    assert go.one("inclusion", WITNESSED, proof, *wrong[0]).returncode == 1


def test_both_say_the_same_of_notes(go: Go) -> None:
    """Cosignatures too. Where Go is more lenient, it is listed here."""
    good, forged = cosigned(note(7)), note(7, FORGER)
    moved = good.replace("\n7\n", "\n8\n")
    for raw, keys, holds in (
        (good, [LOG, WITNESS], True), (note(7), [LOG], True), (note(7), [LOG, WITNESS], False),
        (forged, [LOG], False), (moved, [LOG], False), (forged + note(7).split("\n\n")[1], [LOG], True),
        (good[:-1], [LOG], False), (good.replace("\u2014", "-"), [LOG], False), (good, [FORGER], False),
        (f"{good}{good.splitlines()[-1]}\n", [LOG, WITNESS], True), ("\t" + good, [LOG], False),
        (note(0), [LOG], True),
    ):  # fmt: skip
        told = go.one("checkpoint", ",".join(key.public.vkey for key in keys), go.file(raw))
        assert (told.returncode == 0) == holds, told
        assert opens(raw, keys) == holds
    # the last bits of base64 that mean nothing: Go ignores them, here a note has one spelling
    loose = note(7)[:-4] + "B==\n" if note(7).endswith("A==\n") else note(7)[:-3] + chr(ord(note(7)[-3]) + 1) + "=\n"
    assert go.one("checkpoint", VKEY, go.file(loose)).returncode == 0
    assert not opens(loose, [LOG])


def opens(raw: str, keys: list[NoteSigner]) -> bool:
    try:
        opened = tlog.open_checkpoint(raw, keys[0].public, [key.public for key in keys[1:]])
    except Refusal:
        return False
    return len(opened.note.signatures) == len(keys)


def test_a_note_that_go_signed_opens_here(go: Go) -> None:
    seed = LOG.key.private_bytes_raw()
    skey = f"PRIVATE+KEY+{LOG.name}+{LOG.public.id.hex()}+{b64(bytes([signed_note.PLAIN]) + seed)}"
    done = go.one("sign", skey, go.file(tlog.open_checkpoint(note(7), LOG.public).head.text))
    assert done.stdout == note(7), done.stderr  # Ed25519 has one signature of a text


@pytest.mark.parametrize("size", [0, 1, 70, 255, 256, 257, 600, 1024])
def test_a_mirror_of_tiles_is_what_go_reads(go: Go, tmp_path: Path, size: int) -> None:
    folder = tmp_path / "mirror"
    for tile in shelf(LEAVES[:size]).values():
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tile.data)
    told = go.one("tiles", VKEY, go.file(note(size)), str(folder))
    assert told.stdout == f"{size} leaves\n", told.stderr
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            at = random.randrange(len(data))
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert go.one("tiles", VKEY, go.file(note(size)), str(folder)).returncode == 1, (path, at)
            path.write_bytes(data)
