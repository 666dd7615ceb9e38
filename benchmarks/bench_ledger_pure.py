"""What the trees of the ledger cost by themselves, without a database: roots over a million leaves, and proofs.

A root over n leaves is n - 1 hashes of 65 bytes, which is what `hashes_alone` measures.
"""

import hashlib
import random
import resource
import time
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from measuring import figure

from exchange.domain import merkle
from exchange.domain.merkle_proofs import Edge, Tile, consistency_proof, inclusion_proof, root_at
from exchange.wire.signed_note import NoteSigner
from exchange.wire.tlog import Checkpoint, check_inclusion, read_proof, write_proof

SIZE = 1_000_000
TIMES = 2000
ROOT_SECONDS = 10.0
PROOFS = 1000.0
"""A proof is wanted within 2 s at 500 notices a second, each of which has two leaves."""
MEGABYTES = 300.0


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def hashes_alone() -> None:
    data = bytes(65)
    for _ in range(SIZE):
        hashlib.sha256(data).digest()


def a_second(work: Callable[[int, int], object]) -> float:
    dice = random.Random(1)  # noqa: S311 -- the same places each time
    sizes = [dice.randint(SIZE // 2, SIZE) for _ in range(TIMES)]
    pairs = [(dice.randrange(1, size), size) for size in sizes]
    return TIMES / seconds(lambda: [work(*pair) for pair in pairs])


def main() -> None:
    least = seconds(hashes_alone)
    figure("ledger_pure.hashes_alone_1m", least, "s", least)
    leaves = [number.to_bytes(32) for number in range(SIZE)]
    frontier, edge, filled = merkle.Frontier(), Edge(), list[Tile]()
    figure("ledger_pure.root_1m_frontier", seconds(lambda: frontier.extend(leaves)), "s", ROOT_SECONDS)
    figure("ledger_pure.root_1m_tiles", seconds(lambda: filled.extend(edge.extend(leaves))), "s", ROOT_SECONDS)
    assert frontier.root() == edge.root()
    tiles = {(tile.level, tile.index): tile.hashes for tile in [*filled, *edge.partial()]}

    def read(level: int, index: int, width: int) -> Sequence[bytes]:
        return tiles[level, index][:width]

    figure("ledger_pure.root_from_tiles", 1 / a_second(lambda _, size: root_at(size, read)) * 1000, "ms", 5.0)
    inclusion = a_second(lambda index, size: inclusion_proof(index, size, read))
    consistency = a_second(lambda old, size: consistency_proof(old, size, read))
    figure("ledger_pure.inclusion_proofs", inclusion, "1/s", PROOFS, at_most=False)
    figure("ledger_pure.consistency_proofs", consistency, "1/s", PROOFS, at_most=False)
    log = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.generate())
    note, public = Checkpoint(log.name, SIZE, frontier.root()).signed(log), log.public
    proofs = {n: write_proof(n, inclusion_proof(n, SIZE, read), note) for n in range(0, SIZE, SIZE // TIMES)}
    took = seconds(lambda: [check_inclusion(read_proof(text), leaves[n], public) for n, text in proofs.items()])
    figure("ledger_pure.proofs_checked", len(proofs) / took, "1/s", PROOFS, at_most=False)
    figure("ledger_pure.memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", MEGABYTES)


if __name__ == "__main__":
    main()
