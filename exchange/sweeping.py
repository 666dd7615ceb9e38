"""Judge all of history, bucket by bucket, and keep what was found in files.

DuckDB picks the persons of a bucket in whom a pattern can show, and the rules judge them. What was found in a bucket is
one file of lines in the order of `difference.Found.key`. A bucket that is done twice gives the same bytes.
"""

import gc
import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from exchange import traces
from exchange.domain import difference, edtf
from exchange.domain.difference import Found
from exchange.domain.errors import Refusal
from exchange.domain.manifest import Manifest
from exchange.domain.patterns import necessary
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import Finding, evaluate
from exchange.domain.patterns.windows import WINDOWS
from exchange.store.sweeps import NoRoom, Sweep
from exchange.wire.encoding import read_json

MEMORY: Final = 160
"""MiB that DuckDB may hold for one bucket, unless it is told otherwise."""
A_MIB: Final = 4000
"""Events for which a MiB is enough, as measured: a bucket that is larger is looked at in parts."""
MOST_PARTS: Final = 256
HEAD: Final = "replay.json"
ATTEMPTS: Final = 4
"""How often processes that die are replaced before a replay gives up."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was looked at in a bucket, or in several: persons, events, persons whom the rules judged, findings."""

    persons: int = 0
    events: int = 0
    candidates: int = 0
    findings: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.persons + other.persons,
            self.events + other.events,
            self.candidates + other.candidates,
            self.findings + other.findings,
        )


def rules(patterns: Sequence[Pattern]) -> dict[str, Any]:
    """Return what names a set of rules: the version of each pattern, and the hash of all that they say."""
    versions = {pattern.id: pattern.version for pattern in patterns}
    return {"patterns": versions, "definition": difference.definition(patterns, WINDOWS)}


def as_of(told: Manifest) -> datetime:
    """Return the moment at which a history is judged: that of its export. Raises Refusal `bad-traces`."""
    try:
        return edtf.read(told.about["at"]).latest
    except KeyError:
        raise Refusal("bad-traces", "The manifest does not say as of when (`at`) the history is.") from None


def judge(
    folder: Path, told: Manifest, number: int, patterns: Sequence[Pattern], memory: int = MEMORY
) -> tuple[Counts, list[Found]]:
    """Judge a bucket by these patterns; returns what was looked at, and what was found, in the order of keys.

    Raises Refusal `bad-traces` when a file is not that of the manifest, `bad-replay` when memory is far too small.
    """
    traces.check(folder, told, number)
    persons, events = (told.files[name(number)][0] for name in (traces.persons_file, traces.events_file))
    parts = 1 + events // (memory * A_MIB)
    while parts <= MOST_PARTS:
        try:
            with _settled(), Sweep(memory) as sweep:
                candidates, found = _judged(sweep, (folder, told, number), patterns, parts)
        except NoRoom:
            parts *= 2
        else:
            return Counts(persons, events, candidates, len(found)), found
    raise Refusal("bad-replay", "A bucket needs far more memory than this. Export the history into more buckets.")


def _judged(
    sweep: Sweep, bucket: tuple[Path, Manifest, int], patterns: Sequence[Pattern], parts: int
) -> tuple[int, list[Found]]:
    """Return how many persons of a bucket were judged, looked at in so many parts, and the findings. Raises NoRoom."""
    folder, told, number = bucket
    files = folder / traces.events_file(number), folder / traces.persons_file(number)
    wanted = {pattern.id: necessary.conditions(pattern) for pattern in patterns}
    kinds = list(map(necessary.kinds, patterns))
    ours = lru_cache(maxsize=4096)(lambda bits: [p for place, p in enumerate(patterns) if bits & 1 << place])
    now, candidates, found = as_of(told), 0, list[Found]()
    for part in range(parts):
        sweep.read(files, told.participants, (part, parts))
        candidates += sweep.pick(wanted)
        chosen, said = sweep.picked(), sweep.persons()
        for person, timeline in traces.timelines(sweep.events(kinds), said, told.participants):
            found += map(_found, evaluate(timeline, ours(chosen[person]), now, explain=False).findings)
    return candidates, sorted(found, key=lambda one: one.key)


@contextmanager
def _settled() -> Iterator[None]:
    """Let the collector of garbage look less often: timelines hold no cycles, and there are many of them."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _found(finding: Finding) -> Found:
    says = (finding.pattern.id, finding.severity, finding.stage, finding.certainty)
    return Found(finding.anchor, finding.pattern.family, *says, finding.acting)


def as_line(one: Found) -> str:
    """Return a finding as a line: numbers and codes, between tabs."""
    return "\t".join((str(one.anchor), one.family, *one.says, " ".join(one.acting), " ".join(one.told)))


def of_line(line: str) -> Found:
    """Return the finding that a line says. Raises ValueError."""
    anchor, family, pattern, severity, stage, certainty, acting, told = line.rstrip("\n").split("\t")
    return Found(int(anchor), family, pattern, severity, stage, certainty, tuple(acting.split()), tuple(told.split()))


def write_lines(path: Path, lines: Iterable[str]) -> str:
    """Write lines into a file; it is there whole or not at all. Returns its SHA-256 in hex."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as partly:
        partly.writelines(lines)
    Path(partly.name).replace(path)
    return digest_of(path)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def begin(results: Path, told: Manifest, patterns: Sequence[Pattern]) -> dict[str, Any]:
    """Begin, or go on with, a folder of results: its head says which rules judged which history.

    Raises Refusal `bad-replay` when it holds those of other rules or of another history.
    """
    head = {"input": told.sha256, "rules": rules(patterns)}
    results.mkdir(parents=True, exist_ok=True)
    if (results / HEAD).exists() and head_of(results) != head:
        raise Refusal("bad-replay", "The folder holds results of other rules or another history; name another.")
    (results / HEAD).write_bytes(difference.canonical(head))
    return head


def head_of(results: Path) -> dict[str, Any]:
    """Return which rules judged which history in a folder of results. Raises Refusal `bad-replay`."""
    try:
        head = read_json((results / HEAD).read_bytes())
    except (OSError, Refusal):
        head = None
    if not isinstance(head, dict) or set(head) != {"input", "rules"}:
        raise Refusal("bad-replay", f"There are no results of a replay in {results.name}.")
    return head


def results_file(results: Path, number: int) -> Path:
    """Return where the findings of a bucket are kept."""
    return results / f"found-{number:02}.tsv"


def keep(results: Path, number: int, done: tuple[Counts, Iterable[Found]]) -> None:
    """Write what was found in a bucket; it is there whole or not at all, whoever else does it at the same time."""
    counts, found = done
    head = " ".join(map(str, (counts.persons, counts.events, counts.candidates, counts.findings)))
    write_lines(results_file(results, number), (f"{line}\n" for line in (head, *map(as_line, found))))


def counts_of(results: Path, number: int) -> Counts | None:
    """Return what was looked at in a bucket, or None when it is not done."""
    try:
        with results_file(results, number).open(encoding="utf-8") as file:
            return Counts(*map(int, file.readline().split()))
    except FileNotFoundError:
        return None


def found_in(results: Path, buckets: int) -> Iterator[Found]:
    """Yield all that was found, in the order of keys. Raises Refusal `bad-replay` when a bucket is not done."""
    with ExitStack() as opened:
        files = []
        for number in range(buckets):
            path = results_file(results, number)
            if not path.exists():
                raise Refusal("bad-replay", "The replay is not done: begin it again, and it goes on.")
            file = opened.enter_context(path.open(encoding="utf-8"))
            file.readline()
            files.append(map(of_line, file))
        yield from heapq.merge(*files, key=lambda one: one.key)


def do(folder: Path, results: Path, number: int, patterns: Sequence[Pattern], memory: int = MEMORY) -> Counts:
    """Judge a bucket and keep what was found; returns what was looked at. Raises as `judge`."""
    done = judge(folder, traces.manifest(folder), number, patterns, memory)
    keep(results, number, done)
    return done[0]


def _work(folder: Path, results: Path, number: int, ids: Sequence[str]) -> Counts:
    """Do a bucket in a process of its own, which knows the patterns by their ids."""
    return do(folder, results, number, [pattern for pattern in PATTERNS if pattern.id in ids])


def run(
    folder: Path, results: Path, patterns: Sequence[Pattern], workers: int, progress: Callable[[int, Counts], None]
) -> Counts:
    """Judge the buckets that are not done, in so many processes (0: in this one); returns what was looked at in all.

    `progress` is told after each bucket how many are done, and what was looked at so far. When a process is killed its
    buckets are done again by others. Raises as `judge`, and Refusal `bad-replay` when processes go on dying.
    """
    told = traces.manifest(folder)
    begin(results, told, patterns)
    done = {number: counts for number in range(told.buckets) if (counts := counts_of(results, number)) is not None}
    for _ in range(ATTEMPTS):
        left = [number for number in range(told.buckets) if number not in done]
        for number, counts in _each(folder, results, left, patterns, workers):
            done[number] = counts
            progress(len(done), sum(done.values(), Counts()))
        if len(done) == told.buckets:
            return sum(done.values(), Counts())
    raise Refusal("bad-replay", "Processes of this replay go on dying. Begin it again with fewer: it goes on.")


def _each(
    folder: Path, results: Path, left: Sequence[int], patterns: Sequence[Pattern], workers: int
) -> Iterator[tuple[int, Counts]]:
    """Yield each bucket as it is done; ends early when a process was killed."""
    if not workers:
        yield from ((number, do(folder, results, number, patterns)) for number in left)
        return
    ids = [pattern.id for pattern in patterns]
    context = get_context("forkserver")  # its processes begin with everything imported, and with no thread of ours
    context.set_forkserver_preload([__name__, "holidays.countries"])  # which `workdays` imports when first asked
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        doing = {pool.submit(_work, folder, results, number, ids): number for number in left}
        for one in as_completed(doing):
            try:
                yield doing[one], one.result()
            except BrokenProcessPool:
                return
