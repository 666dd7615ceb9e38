"""Proofs out of tiles, beside the definition in RFC 6962 written down as it stands, and beside pymerkle."""

import hashlib
import random
import secrets
from collections.abc import Sequence

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from exchange.domain import merkle, merkle_proofs
from exchange.domain.merkle_proofs import Edge, Tile, consistency_proof, inclusion_proof, root_at, tile_path

MOST = 70
LARGE = 70_000
RECORDS = [f"record {number}".encode() for number in range(3000)]
LEAVES = [merkle.leaf_hash(record) for record in RECORDS]


class Shelf:
    """Tiles in memory, as a log stores them: a partial tile is replaced by a wider one."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.edge, self.tiles, self.reads = Edge(), dict[tuple[int, int], Tile](), 0
        self.add(leaves)

    def add(self, leaves: Sequence[bytes]) -> None:
        for tile in [*self.edge.extend(leaves), *self.edge.partial()]:
            self.tiles[tile.level, tile.index] = tile

    def __call__(self, level: int, index: int, width: int) -> Sequence[bytes]:
        self.reads += 1
        return self.tiles[level, index].hashes[:width]


def split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def mutations(proof: list[bytes], other: bytes) -> list[list[bytes]]:
    """The proof with each node changed, each left out, each doubled, two swapped, one more at each end."""
    flipped = [[*proof[:n], bytes([proof[n][0] ^ 1]) + proof[n][1:], *proof[n + 1 :]] for n in range(len(proof))]
    fewer = [proof[:n] + proof[n + 1 :] for n in range(len(proof))]
    doubled = [proof[: n + 1] + proof[n:] for n in range(len(proof))]
    swapped = [[*proof[:n], proof[n + 1], proof[n], *proof[n + 2 :]] for n in range(len(proof) - 1)]
    return [*flipped, *fewer, *doubled, *swapped, [*proof, other], [other, *proof]]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(LEAVES)


def test_all_roots_and_proofs_of_small_trees(shelf: Shelf) -> None:
    """Also from the tiles of a larger tree: what a reader gives is the beginning of what it has."""
    for size in range(MOST + 1):
        leaves, own = LEAVES[:size], Shelf(LEAVES[:size])
        expected = mth(leaves)
        frontier = merkle.Frontier.of(leaves)
        assert expected == own.edge.root() == frontier.root() == merkle.root_of_leaves(leaves)
        for read in (own, shelf):
            assert root_at(size, read) == expected
            for index in range(size):
                assert inclusion_proof(index, size, read) == path(index, leaves)
            for old in range(1, size + 1):
                assert consistency_proof(old, size, read) == subproof(old, leaves, whole=True)
            assert consistency_proof(0, size, read) == []


def test_every_proof_of_a_small_tree_verifies_and_no_changed_one_does(shelf: Shelf) -> None:
    roots = [mth(LEAVES[:size]) for size in range(MOST + 1)]
    for size in range(1, MOST + 1):
        for index in range(size):
            proof, leaf = inclusion_proof(index, size, shelf), LEAVES[index]
            assert merkle.verify_inclusion(leaf, index, size, proof, roots[size])
            assert merkle.root_from_path(RECORDS[index], index, size, proof) == roots[size]
            for wrong in mutations(proof, leaf):
                assert not merkle.verify_inclusion(leaf, index, size, wrong, roots[size])
            for other in {index - 1, index + 1, index ^ 2, size - 1 - index, size} - {index}:
                assert not merkle.verify_inclusion(leaf, other, size, proof, roots[size])
            for other in {size * 2, size // 2} - {size}:
                assert not merkle.verify_inclusion(leaf, index, other, proof, roots[size])
            assert not merkle.verify_inclusion(LEAVES[index + 1], index, size, proof, roots[size])
            assert not merkle.verify_inclusion(leaf, index, size, proof, roots[size - 1])


def test_every_consistency_of_small_trees_verifies_and_no_changed_one_does(shelf: Shelf) -> None:
    roots = [mth(LEAVES[:size]) for size in range(MOST + 2)]
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, shelf)
            assert merkle.verify_consistency(old, roots[old], new, roots[new], proof)
            for wrong in mutations(proof, roots[1]):
                assert not merkle.verify_consistency(old, roots[old], new, roots[new], wrong)
            assert not merkle.verify_consistency(old, roots[old + 1], new, roots[new], proof)
            if old > 0:  # the empty tree is the beginning of any tree
                assert not merkle.verify_consistency(old, roots[old], new, roots[new + 1], proof)
            if old < new:
                assert not merkle.verify_consistency(old + 1, roots[old], new, roots[new], proof)
                assert not merkle.verify_consistency(new, roots[new], old, roots[old], proof)


def test_a_fork_has_no_proof(shelf: Shelf) -> None:
    """One leaf edited, two swapped, one dropped: the proof of the honest tree joins no checkpoint to another one."""
    for new in range(2, MOST + 1):
        at = new // 2
        edited = [*LEAVES[:at], bytes(32), *LEAVES[at + 1 : new]]
        swapped = [*LEAVES[: at - 1], LEAVES[at], LEAVES[at - 1], *LEAVES[at + 1 : new]]
        dropped = [*LEAVES[:at], *LEAVES[at + 1 : new + 1]]
        for forked in (edited, swapped, dropped):
            other = Shelf(forked)
            for old in range(at + 1, new + 1):
                for reader in (other, shelf):
                    proof = consistency_proof(old, new, reader)
                    assert not merkle.verify_consistency(old, mth(LEAVES[:old]), new, mth(forked), proof)


def test_the_vectors_of_the_draft_on_merkle_tree_certificates() -> None:
    """draft-ietf-plants-merkle-tree-certs, as in transparency-dev/merkle, testonly/vectors_test.go.

    A subtree [start, end) is valid when start is a multiple of the least power of two that is not below its size.
    """
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(130)]
    hashes, proofs = hashlib.sha256(), hashlib.sha256()
    shelves = {start: Shelf(leaves[start:]) for start in range(130)}
    for end in range(1, 131):
        for start in range(end):
            size, read = end - start, shelves[start]
            if start % (1 << (size - 1).bit_length()):
                continue
            hashes.update(f"[{start}, {end}) {root_at(size, read).hex()}\n".encode())
            for index in range(size):
                nodes = "".join(f" {node.hex()}" for node in inclusion_proof(index, size, read))
                proofs.update(f"{start + index} [{start}, {end}){nodes}\n".encode())
    assert hashes.hexdigest() == "94a95384a8c69acea9b50d035a58285b3a777cb7a724005faa5e1f1e1190007f"
    assert proofs.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def test_pymerkle_agrees_on_roots_and_proofs(shelf: Shelf) -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries(RECORDS)
    for _ in range(200):
        size = dice.randint(1, len(RECORDS))
        index, old = dice.randrange(size), dice.randint(1, size)
        assert theirs.get_root(size) == root_at(size, shelf)
        included = theirs.prove_inclusion(index + 1, size)
        verify_inclusion(LEAVES[index], root_at(size, shelf), included)
        assert included.path[1:] == inclusion_proof(index, size, shelf)
        # their nodes go down past an old tree that is a full subtree, and are not those of the RFC
        consistent = theirs.prove_consistency(old, size)
        verify_consistency(root_at(old, shelf), root_at(size, shelf), consistent)


def test_a_large_tree_by_dice() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    leaves = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(LARGE)]
    shelf = Shelf([])
    sizes, heads = [0], {0: merkle.EMPTY}
    while sizes[-1] < LARGE:
        more = dice.choice([1, 2, 255, 256, 257, dice.randrange(1, 9000)])
        shelf.add(leaves[sizes[-1] : sizes[-1] + more])
        sizes.append(shelf.edge.size)
        heads[sizes[-1]] = shelf.edge.root()
    for size in dice.sample(sizes[1:], min(len(sizes) - 1, 12)):
        assert heads[size] == merkle.Frontier.of(leaves[:size]).root() == Edge.at(size, shelf).root()
    for _ in range(500):
        new = dice.choice(sizes[1:])
        old, index = dice.choice([size for size in sizes if size <= new]), dice.randrange(new)
        assert root_at(new, shelf) == heads[new]
        assert merkle.verify_inclusion(leaves[index], index, new, inclusion_proof(index, new, shelf), heads[new])
        assert merkle.verify_consistency(old, heads[old], new, heads[new], consistency_proof(old, new, shelf))


def test_the_largest_trees_need_few_tiles() -> None:
    """A tree of equal leaves of any size: all its nodes of one height are alike."""
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice, alike, reads = random.Random(seed), [LEAVES[0]], 0
    while len(alike) < 64:
        alike.append(merkle.node_hash(alike[-1], alike[-1]))

    def read(level: int, index: int, width: int) -> Sequence[bytes]:
        nonlocal reads
        reads += 1
        assert 1 <= width <= 256
        assert (index * 256 + width) << 8 * level <= size
        return [alike[8 * level]] * width

    for _ in range(300):
        new = dice.choice(
            [dice.getrandbits(63) | 1, 2**63 - 1, 2 ** dice.randrange(63), 2 ** dice.randrange(1, 63) - 1]
        )
        old, index = dice.choice([dice.randint(1, new), 1 << dice.randrange(new.bit_length())]), dice.randrange(new)
        size = new
        head, reads = root_at(new, read), 0
        proof = inclusion_proof(index, new, read)
        assert reads <= 16
        assert merkle.verify_inclusion(alike[0], index, new, proof, head)
        reads = 0
        proof = consistency_proof(old, new, read)
        assert reads <= 16
        size = old
        assert merkle.verify_consistency(old, root_at(old, read), new, head, proof)


def test_an_edge_goes_on_from_what_is_stored() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for size in [0, 1, 255, 256, 257, 511, 512, *(dice.randrange(len(LEAVES)) for _ in range(10))]:
        again, whole = Shelf(LEAVES[:size]), Shelf(LEAVES)
        again.edge = Edge.at(size, again)
        assert again.edge.root() == root_at(size, again)
        again.add(LEAVES[size:])
        assert again.tiles == whole.tiles
        assert again.edge.root() == whole.edge.root()


def test_the_tiles_of_a_size_are_those_that_the_specification_counts() -> None:
    """C2SP tlog-tiles, Partial Tiles: a tree of 70,000, and one of 256."""
    of = list(merkle_proofs.tiles_of(70_000))
    assert len([one for one in of if one[0] == 0 and one[2] == 256]) == 273
    assert [one for one in of if one[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [one for one in of if one[0] == 1] == [(1, 0, 256), (1, 1, 17)]
    assert list(merkle_proofs.tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(merkle_proofs.tiles_of(0)) == []


def test_what_a_grown_tree_has_to_write() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(60):
        new = dice.randrange(len(LEAVES))
        old = dice.randint(max(0, new - dice.choice([3, 300, 3000])), new)
        edge = Edge.at(old, Shelf(LEAVES[:old]))
        told = [(tile.level, tile.index, len(tile.hashes)) for tile in edge.extend(LEAVES[old:new])]
        told += [(tile.level, tile.index, len(tile.hashes)) for tile in edge.partial()]
        had = set(merkle_proofs.tiles_of(old))
        assert sorted(set(told) - had) == sorted(merkle_proofs.tiles_of(new, old))
        assert {(*one[:2], len(Shelf(LEAVES[:new]).tiles[one[:2]].hashes)) for one in told} == set(told)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((0, 273, 112), "tile/0/273.p/112"),
        ((1, 1234067, 8), "tile/1/x001/x234/067.p/8"),
        ((0, 999, 256), "tile/0/999"),
        ((0, 1000, 256), "tile/0/x001/000"),
        ((7, 10**17, 1), "tile/7/x100/x000/x000/x000/x000/000.p/1"),
    ],
)
def test_where_a_tile_is_published(place: tuple[int, int, int], expected: str) -> None:
    assert tile_path(*place) == expected
    assert merkle_proofs.read_tile_path(expected) == place


@pytest.mark.parametrize(
    "wrong",
    ["", "tile/0/0", "tile/00/000", "tile/8/000", "tile/0/x000/000", "tile/0/1000", "tile/0/000.p/0", "tile/0/000.p/08",
     "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000/", "/tile/0/000", "tile/0/000\n", "tile/0/x001",
     "tile/0/\u0660\u0660\u0660", "tile/0/../000", "tile/0/" + "x999/" * 9 + "999", "tile/entries/000"],
)  # fmt: skip
def test_what_is_no_path_of_a_tile(wrong: str) -> None:
    assert merkle_proofs.read_tile_path(wrong) is None


def test_the_bytes_of_a_tile() -> None:
    (tile,) = (tile for tile in Shelf(LEAVES[:300]).edge.partial() if tile.level == 0)
    assert tile.path == "tile/0/001.p/44"
    assert merkle_proofs.hashes_of(tile.data) == tile.hashes == tuple(LEAVES[256:300])
    with pytest.raises(ValueError, match="32 bytes"):
        merkle_proofs.hashes_of(tile.data[:-1])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (0, 2**63)])
def test_no_proof_of_a_leaf_that_is_not_there(index: int, size: int, shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="a leaf of the tree"):
        inclusion_proof(index, size, shelf)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5), (0, 2**63)])
def test_no_proof_that_a_tree_shrank(old: int, new: int, shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="only have grown"):
        consistency_proof(old, new, shelf)


def test_a_tile_that_was_cut_is_noticed(shelf: Shelf) -> None:
    for act in (
        lambda: inclusion_proof(3, 300, lambda *place: shelf(*place)[:-1]),
        lambda: root_at(300, lambda *place: shelf(*place)[:-1]),
        lambda: Edge.at(300, lambda *place: shelf(*place)[:-1]),
    ):
        with pytest.raises(ValueError, match="hashes, not"):
            act()
