"""How long `asylum-exchange ledger verify` takes to find one flipped bit in an exported ledger of a million leaves.

Issue 4 asks for 60 s and 300 MB, wherever the bit is. The ledger is made in a temporary folder, with a checkpoint for
every hundred leaves; bits are flipped in a tile of leaves, in tiles above, and in a checkpoint. Each run is a program
of its own, whose time is wall time and whose memory is its largest resident set.
"""

import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from measuring import figure

from exchange.domain.merkle import Frontier
from exchange.domain.merkle_proofs import Edge
from exchange.wire.signed_note import NoteSigner
from exchange.wire.tlog import Checkpoint

SIZE, EVERY = 1_000_000, 100
SECONDS, MEGABYTES = 60.0, 300.0
KINDS = ("vkey", "tile/0/*/*", "tile/0/*/*.p/*", "tile/1/*", "tile/2/*.p/*", "checkpoints/*.note")


def publish(folder: Path, signer: NoteSigner) -> None:
    edge, frontier = Edge(), Frontier()
    (folder / "checkpoints").mkdir(parents=True)
    for size in range(EVERY, SIZE + 1, EVERY):
        leaves = [secrets.token_bytes(32) for _ in range(EVERY)]
        frontier.extend(leaves)
        for tile in [*edge.extend(leaves), *(edge.partial() if size == SIZE else ())]:
            path = folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tile.data)
        note = Checkpoint(signer.name, size, frontier.root()).signed(signer)
        (folder / f"checkpoints/{size}.note").write_text(note)
    (folder / "vkey").write_text(f"{signer.public.vkey}\n")


def verify(folder: Path, vkey: str) -> tuple[int, float, float, str]:
    """Return status, seconds, megabytes, and what was said."""
    told = folder.parent / "told"
    command = [sys.executable, "-m", "exchange.cli.main", "ledger", "verify", str(folder), "--vkey", vkey]
    before = time.perf_counter()
    with told.open("w") as out:
        started = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - before
    return started.returncode, took, used.ru_maxrss / 1024, told.read_text()


def main() -> None:
    seed = secrets.token_hex(4)
    dice = random.Random(seed)  # noqa: S311 -- the places of bits
    signer = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.generate())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "ledger"
        publish(folder, signer)
        status, took, most, said = verify(folder, signer.public.vkey)
        assert status == 0, said
        figure("ledger_verify.whole", took, "s", SECONDS)
        found, slowest = 0, 0.0
        for kind in KINDS:
            path = dice.choice([path for path in sorted(folder.glob(kind)) if path.is_file()])
            data = bytearray(path.read_bytes())
            at, bit = dice.randrange(len(data)), dice.randrange(8)
            data[at] ^= 1 << bit
            path.write_bytes(data)
            status, took, megabytes, said = verify(folder, signer.public.vkey)
            print(f"seed {seed}: bit {bit} of byte {at} of {path.relative_to(folder)}\n{said}", file=sys.stderr)
            found += status == 1 and path.relative_to(folder).as_posix() in said
            slowest, most = max(slowest, took), max(most, megabytes)
            data[at] ^= 1 << bit
            path.write_bytes(data)
    figure("ledger_verify.flipped_bit", slowest, "s", SECONDS)
    figure("ledger_verify.memory", most, "MB", MEGABYTES)
    figure("ledger_verify.bits_found_and_placed", found / len(KINDS), "ratio", 1.0, at_most=False)


if __name__ == "__main__":
    main()
