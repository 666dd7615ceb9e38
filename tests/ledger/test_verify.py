"""A ledger in a folder is checked offline: whatever is changed in it is found, and it is said where."""

import json
import random
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.mirror import checking
from exchange.mirror.checking import Checked
from exchange.wire.signed_note import NoteSigner
from exchange.wire.tlog import Checkpoint
from ledger.kit import LOG, VKEY, files, flip, leaf, note, publish, put, run

LEAVES = [leaf(number) for number in range(70_000)]
SIZES = [0, 1, 255, 256, 257, 300, 600, 1000]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "ledger", LEAVES, SIZES)
    return tmp_path / "ledger"


def check(folder: Path) -> Checked:
    return checking.check(folder, LOG.public)


def faults(folder: Path) -> dict[str, str]:
    return {fault.where: fault.what for fault in check(folder).faults}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000, 65_536, 65_537, 70_000])
def test_a_ledger_of_any_size_holds(tmp_path: Path, size: int) -> None:
    publish(tmp_path, LEAVES, [size])
    checked = check(tmp_path)
    assert (checked.size, checked.faults, checked.remarks) == (size, (), ())
    assert "every checkpoint is of them" in run("ledger", "verify", tmp_path, "--vkey", VKEY)


def test_a_flipped_bit_is_found_in_every_file_wherever_it_is(folder: Path) -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for name, data in files(folder).items():
        places = {0, len(data) - 1, *(dice.randrange(len(data)) for _ in range(10))}
        for at in places:
            flip(folder / name, at, dice.randrange(8))
            found = faults(folder)
            assert found, (name, at)
            assert any(name in where + what for where, what in found.items()), (name, at, found)
            (folder / name).write_bytes(data)
    assert not faults(folder)


def test_a_changed_leaf_is_told_with_its_tile_and_its_range(folder: Path) -> None:
    flip(folder / "tile/0/001", 32 * 100)
    found = faults(folder)
    assert "leaves 256 to 511 are not those that were signed" in found["tile/0/001"]
    assert "one of the leaves 300 to 599" in found["checkpoints/600.note"]
    assert set(found) == {"tile/0/001", "checkpoints/600.note"}


def test_a_changed_node_is_told_and_the_leaves_are_not_blamed(folder: Path) -> None:
    flip(folder / "tile/1/000.p/3", 32)
    assert faults(folder) == {
        "tile/1/000.p/3": "The tile is not what its leaves give: its nodes over the leaves 256 to 511 are wrong."
    }


def test_high_tiles_are_told_apart(tmp_path: Path) -> None:
    publish(tmp_path, LEAVES, [65_536, 70_000])
    flip(tmp_path / "tile/2/000.p/1", 5)
    assert set(faults(tmp_path)) == {"tile/2/000.p/1"}
    flip(tmp_path / "tile/2/000.p/1", 5)
    flip(tmp_path / "tile/0/007", 5)
    assert "leaves 1792 to 2047" in faults(tmp_path)["tile/0/007"]
    assert set(faults(tmp_path)) == {"tile/0/007", "checkpoints/65536.note"}
    flip(tmp_path / "tile/1/000", 32 * 9)
    assert "leaves 2304 to 2559" in faults(tmp_path)["tile/0/009"]  # or the node above: nothing tells


def dropped(folder: Path) -> None:
    (folder / "tile/0/001").unlink()


def dropped_last(folder: Path) -> None:
    (folder / "tile/0/003.p/232").unlink()
    (folder / "tile/0/002").unlink()


def emptied(folder: Path) -> None:
    shutil.rmtree(folder / "tile")


def lengthened(folder: Path) -> None:
    with (folder / "tile/0/001").open("ab") as file:
        file.truncate(5_000_000_000)  # a hole, that nobody has to read


def enormous(folder: Path) -> None:
    put(folder / f"checkpoints/{2**62}.note", Checkpoint(LOG.name, 2**62, bytes(32)).signed(LOG).encode())


def dropped_above(folder: Path) -> None:
    (folder / "tile/1/000.p/3").unlink()


def swapped(folder: Path) -> None:
    one, other = folder / "tile/0/000", folder / "tile/0/001"
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


def shortened(folder: Path) -> None:
    path = folder / "tile/0/002"
    path.write_bytes(path.read_bytes()[:-32])


def edited(folder: Path) -> None:
    path = folder / "checkpoints/600.note"
    path.write_text(path.read_text().replace("\n600\n", "\n601\n"))


def replayed(folder: Path) -> None:
    (folder / "checkpoints/600.note").write_bytes((folder / "checkpoints/300.note").read_bytes())


def forked(folder: Path) -> None:
    put(folder / "checkpoints/700.note", note(700, [leaf(n, b"other") for n in range(700)]).encode())


def other_log(folder: Path) -> None:
    signer = NoteSigner(LOG.name, Ed25519PrivateKey.generate())
    put(folder / "checkpoints/700.note", note(700, LEAVES, signer).encode())


def stray(folder: Path) -> None:
    put(folder / "tile/0/x000", b"")


def beyond(folder: Path) -> None:
    put(folder / "tile/0/004", bytes(8192))


def unreadable(folder: Path) -> None:
    path = folder / "tile/0/001"
    path.unlink()
    path.mkdir()


CHANGES: list[tuple[Callable[[Path], None], str, str]] = [
    (dropped, "tile/0/001", "missing: the leaves 256 to 511"),
    (dropped_last, "tile/0/002", "missing: the leaves 512 to 999"),
    (emptied, "tile/0/000", "missing: the leaves 0 to 999"),
    (lengthened, "tile/0/001", "5000000000 bytes and not 8192"),
    (enormous, "tile/0/004", "missing: the leaves 1024 to 4611686018427387903"),
    (dropped_above, "tile/1/000.p/3", "missing: the nodes over the leaves 0 to 767"),
    (swapped, "tile/0/000", "leaves 0 to 255 are not those"),
    (swapped, "tile/0/001", "leaves 256 to 511 are not those"),
    (shortened, "tile/0/002", "8160 bytes and not 8192"),
    (edited, "checkpoints/600.note", "does not verify"),
    (replayed, "checkpoints/600.note", "it is of 300 leaves"),
    (forked, "checkpoints/700.note", "with that of 1000 leaves it proves a fork"),
    (other_log, "checkpoints/700.note", "does not verify"),
    (stray, "tile/0/x000", "no part of a ledger"),
    (beyond, "tile/0/004", "hold more than the 1000 leaves"),
    (unreadable, "tile/0/001", "cannot be read"),
]


@pytest.mark.parametrize(("change", "where", "what"), CHANGES)
def test_a_change_is_told_where_it_is(folder: Path, change: Callable[[Path], None], where: str, what: str) -> None:
    change(folder)
    assert what in faults(folder)[where]
    told = json.loads(run("ledger", "verify", folder, "--vkey", VKEY, "--json", code=1))
    assert not told["holds"]
    assert where in {fault["where"] for fault in told["faults"]}
    assert where in run("ledger", "verify", folder, "--vkey", VKEY, code=1)


def test_the_newest_checkpoint_of_another_history(folder: Path) -> None:
    put(folder / "checkpoints/1000.note", note(1000, [leaf(n, b"other") for n in range(1000)]).encode())
    found = faults(folder)
    assert set(found) == {"checkpoints/1000.note"}
    assert "right up to 600" in found["checkpoints/1000.note"]
    assert "(a fork)" in found["checkpoints/1000.note"]


def test_when_the_newest_checkpoint_is_spoiled_the_rest_is_still_checked(folder: Path) -> None:
    edited(folder)
    (folder / "checkpoints/1000.note").write_bytes(b"nothing")
    found = faults(folder)
    assert "does not verify" in found["checkpoints/1000.note"]
    assert "hold more than the 300 leaves" in found[min(name for name in found if name.startswith("tile"))]
    assert check(folder).size == 300


def test_no_checkpoint_and_no_folder_is_no_ledger(tmp_path: Path) -> None:
    assert "no checkpoint" in faults(tmp_path)["checkpoints"]


def test_a_narrower_tile_that_was_left_is_compared_too(folder: Path) -> None:
    whole = (folder / "tile/0/001").read_bytes()
    put(folder / "tile/0/001.p/44", whole[: 44 * 32])
    assert faults(folder) == {}
    flip(folder / "tile/0/001.p/44", 33)
    assert faults(folder) == {
        "tile/0/001.p/44": "The tile is not what its leaves give: its nodes over the leaves 257 to 257 are wrong."
    }
