"""What a notice's tokens cost: records to match keys, blinded, evaluated by a token service that is a process of its
own on loopback, proofs checked, unblinded and filled up. Batched by 25 records, and one record alone.

    python benchmarks/bench_tokens.py [PERSONS.jsonl.gz]

PERSONS has rows as the evaluation of linkage reads them; without it some are invented. On a machine that is shared the
CPU time of both processes together is the figure to go by: it is an upper bound of the time on an idle core.
"""

import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import cpu_seconds, figure

from exchange.client.folder import Folder
from exchange.client.linkage.keying import chosen, tokens_parts
from exchange.client.linkage.record import Record, of_row
from exchange.client.linkage.service import Pinned, ServiceKeying
from exchange.embedded.ports import free_port
from exchange.token_service import evaluating, keysets, members
from exchange.token_service.quotas import Quota

ROUNDS, TOGETHER, ALONE = 9, 25, 20
PEOPLE = ROUNDS * TOGETHER
TARGET_MS = 40.0
DEV = Path("../shared/linkage/data/persons-dev-a.jsonl.gz")


def people(path: Path | None) -> list[Record]:
    if path is not None and path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for _, line in zip(range(PEOPLE), file, strict=False)]
    else:
        chance = random.Random(7)  # noqa: S311 -- invented persons need no secrets
        parts = ["Arash", "Rahimi", "Mahmud", "Karimov", "Oleksandr", "Shevchenko", "Tesfaye", "Haddad", "Ivanauskas"]
        rows = [
            {"given": chance.choice(parts), "family": chance.choice(parts), "pat": chance.choice(["", *parts]),
             "dob": f"19{chance.randrange(50, 99)}-0{chance.randrange(1, 9)}-1{chance.randrange(9)}",
             "sex": chance.choice("MF"), "nat": "AF"}
            for _ in range(PEOPLE)
        ]  # fmt: skip
    return [of_row(row) for row in rows]


def main() -> None:
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else DEV
    records = people(given)
    with tempfile.TemporaryDirectory() as name:
        path, port = Path(name), free_port()
        origin = f"http://127.0.0.1:{port}"
        evaluating.init(path / "tokens", origin, f"127.0.0.1:{port}", Quota(10**7, 10**8))
        public = keysets.make(path / "tokens", "k1", 0).public_key
        folder = Folder(path / "authority")
        folder.make("bench", "asylum_office", "LTU", "Ed25519")
        members.admit(path / "tokens", json.loads((folder.path / "enrolment.json").read_text()))
        command = [sys.executable, "-m", "exchange.cli.main", "token-service", "--folder", str(path / "tokens")]
        service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert service.stdout is not None
        service.stdout.readline()
        pinned = Pinned(origin, "k1", public, bytes(32), bytes(32))
        with ServiceKeying(pinned, folder.key("request")) as keying:
            measure(keying, records, service.pid)
        service.terminate()
        service.wait()


def measure(keying: ServiceKeying, records: list[Record], pid: int) -> None:
    tokens_parts(records[:1], keying)
    walls, cpus = [], []
    for start in range(0, PEOPLE, TOGETHER):
        batch = records[start : start + TOGETHER]
        wall, cpu = time.perf_counter(), time.process_time() + cpu_seconds([pid])
        tokens_parts(batch, keying)
        walls.append((time.perf_counter() - wall) * 1000 / TOGETHER)
        cpus.append((time.process_time() + cpu_seconds([pid]) - cpu) * 1000 / TOGETHER)
    alone = []
    for record in records[:ALONE]:
        wall = time.perf_counter()
        tokens_parts([record], keying)
        alone.append((time.perf_counter() - wall) * 1000)
    figure("match keys of a record", statistics.mean(len(chosen(record)) for record in records), "keys", 128)
    figure("notice tokenised, batched, wall time, median", statistics.median(walls), "ms", TARGET_MS)
    figure("notice tokenised, batched, wall time, best", min(walls), "ms", TARGET_MS)
    figure("notice tokenised, batched, CPU of both, median", statistics.median(cpus), "ms", TARGET_MS)
    figure("notice tokenised alone, wall time, median", statistics.median(alone), "ms", 2 * TARGET_MS)


if __name__ == "__main__":
    main()
