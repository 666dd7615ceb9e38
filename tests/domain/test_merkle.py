"""Roots, frontiers and what verifies proofs, beside the vectors of RFC 6962's reference implementation.

The vectors are those of google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc: kInputs, kSHA256Roots,
kSHA256Paths (where leaves are counted from 1) and kSHA256Proofs.
"""

import random
import secrets
from typing import Any

import pytest

from exchange.domain import merkle

LEAVES = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (3, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        2,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
PROOFS = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
GARBAGE: list[Any] = [None, True, -1, 2**63, 2**64, 1.0, "", "1", b"", b"a" * 31, b"a" * 33, "a" * 32, [], {}, [b"a"]]


def root(size: int) -> bytes:
    return bytes.fromhex(ROOTS[size - 1])


def unhex(nodes: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in nodes]


def test_roots_of_the_reference() -> None:
    assert [merkle.root(LEAVES[:n]).hex() for n in range(1, 9)] == ROOTS
    assert [merkle.root_of_leaves(HASHES[:n]).hex() for n in range(1, 9)] == ROOTS
    assert [merkle.Frontier.of(HASHES[:n]).root().hex() for n in range(1, 9)] == ROOTS


def test_the_root_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]) == merkle.Frontier().root() == merkle.EMPTY


@pytest.mark.parametrize(("number", "size", "nodes"), PATHS)
def test_paths_of_the_reference(number: int, size: int, nodes: list[str]) -> None:
    path = unhex(nodes)
    assert merkle.paths(LEAVES[:size])[number - 1] == path
    assert merkle.root_from_path(LEAVES[number - 1], number - 1, size, path) == root(size)
    assert merkle.verify_inclusion(HASHES[number - 1], number - 1, size, path, root(size))


@pytest.mark.parametrize(("old", "new", "nodes"), PROOFS)
def test_consistency_of_the_reference(old: int, new: int, nodes: list[str]) -> None:
    assert merkle.verify_consistency(old, root(old), new, root(new), unhex(nodes))
    for other in range(9):
        if other != old:
            assert not merkle.verify_consistency(other, root(old), new, root(new), unhex(nodes))


def test_a_frontier_goes_on_where_another_one_stopped() -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(200)]
    for size in range(200):
        begun = merkle.Frontier.of(leaves[:size])
        assert begun.size == size
        assert len(begun.hashes) == size.bit_count()
        again = merkle.Frontier(begun.size, begun.hashes)
        again.append(leaves[size])
        assert again.root() == merkle.root_of_leaves(leaves[: size + 1])
        assert begun.root() == merkle.root_of_leaves(leaves[:size])


@pytest.mark.parametrize(("size", "hashes"), [(1, []), (2, [bytes(32)] * 2), (3, [bytes(32)]), (1, [b"a"]), (-1, [])])
def test_what_is_no_frontier(size: int, hashes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="a frontier has one hash"):
        merkle.Frontier(size, hashes)


def test_the_empty_tree_is_the_beginning_of_every_tree() -> None:
    assert merkle.verify_consistency(0, merkle.EMPTY, 0, merkle.EMPTY, [])
    assert merkle.verify_consistency(0, merkle.EMPTY, 5, root(5), [])
    assert not merkle.verify_consistency(0, root(1), 5, root(5), [])
    assert not merkle.verify_consistency(0, merkle.EMPTY, 5, root(5), [root(1)])
    assert not merkle.verify_consistency(0, merkle.EMPTY, 0, root(1), [])
    assert not merkle.verify_consistency(0, root(1), 0, root(1), [])
    assert not merkle.verify_inclusion(HASHES[0], 0, 0, [], merkle.EMPTY)


def test_a_tree_never_shrinks_and_equal_sizes_have_equal_roots() -> None:
    assert not merkle.verify_consistency(8, root(8), 5, root(5), [])
    assert not merkle.verify_consistency(5, root(5), 5, root(6), [])
    assert not merkle.verify_consistency(5, root(5), 5, root(5), [root(5)])


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_garbage_gives_false(garbage: Any) -> None:
    inclusion = [HASHES[1], 1, 5, unhex(PATHS[4][2]), root(5)]
    consistency = [2, root(2), 5, root(5), unhex(PROOFS[3][2])]
    assert merkle.verify_inclusion(*inclusion)
    assert merkle.verify_consistency(*consistency)
    for place in range(5):
        assert merkle.verify_inclusion(*inclusion[:place], garbage, *inclusion[place + 1 :]) is False
        assert merkle.verify_consistency(*consistency[:place], garbage, *consistency[place + 1 :]) is False
    for nodes in ([garbage], [*inclusion[3][:-1], garbage], [garbage, *inclusion[3][1:]]):
        assert merkle.verify_inclusion(*inclusion[:3], nodes, root(5)) is False
        assert merkle.verify_consistency(*consistency[:4], nodes) is False


def test_sizes_and_nodes_by_dice_never_raise() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(3000):
        size, other = (dice.choice([dice.randrange(9), dice.getrandbits(63), 2**63 - 1]) for _ in range(2))
        nodes = [dice.choice(HASHES) for _ in range(dice.randrange(70))]
        assert not merkle.verify_inclusion(HASHES[0], other, size, nodes, HASHES[1])
        assert not merkle.verify_consistency(other, HASHES[2], size, HASHES[3], nodes)
