"""Replay: a changed rule is tried on all history before it counts (docs/replay.md).

History is exported from one snapshot of the database. Its buckets are judged by the workers of the exchange, or by
processes of this machine (`sweeping.run`). The differences to what stands, or to what other rules found on the same
files, are a report, which counts for nothing until two officers have signed it (`rulebook`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from exchange import reading, sweeping, traces
from exchange.deps import Hub
from exchange.domain import alertlife, corrections, difference, findings, linkage
from exchange.domain.difference import Found
from exchange.domain.errors import Refusal
from exchange.domain.manifest import Manifest
from exchange.domain.patterns.algebra import Pattern
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.timeline import Timeline
from exchange.store import replays
from exchange.store.replays import Done, Replay
from exchange.store.session import Tx
from exchange.sweeping import Counts

BUCKETS: Final = 16
STANDING: Final = "standing.tsv"
_ID: Final = 32
"""Hex digits of the id of a replay."""


def export(hub: Hub, folder: Path, buckets: int, now: datetime) -> Manifest:
    """Write the history of every person, as monitors know it, and what stands, from one snapshot of the database.

    The folder is new. Raises Refusal `bad-traces` when it is taken.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hub.database.transaction() as tx:
        replays.snapshot(tx)
        lines = (f"{sweeping.as_line(one)}\n" for one in replays.standing(tx, list(alertlife.LIVE)))
        digest = sweeping.write_lines(folder / STANDING, lines)
        about = {"at": _moment(now), "of": hub.exchange_id, "standing": digest, "waiting": str(replays.waiting(tx))}
        return traces.write(folder, _everybody(tx, now), buckets, about)


def _everybody(tx: Tx, now: datetime) -> Iterator[tuple[int, Timeline]]:
    """Yield each person, by the number of their first notice, as the step `detect` judges them on the whole."""
    for number in replays.neighbourhoods(tx):
        around = reading.around(tx, number, now)
        for person in linkage.resolve(corrections.corrected(around.notices), around.agreements):
            yield person.notices[0].no, findings.of_person(person)


def of_families(patterns: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """Return these patterns, and all others of their families: one finding stands for a family."""
    families = {pattern.family for pattern in patterns}
    return tuple(pattern for pattern in PATTERNS if pattern.family in families)


def begin(hub: Hub, folder: Path, patterns: Sequence[Pattern], now: datetime) -> tuple[Replay, list[int]]:
    """Begin a replay by the workers of the exchange, or go on with it; returns it, and the buckets that are not done.

    The same rules on the same history are the same replay. Raises Refusal `bad-traces`.
    """
    told = traces.manifest(folder)
    rules = sweeping.rules(patterns)
    key = difference.digest({"input": told.sha256, "rules": rules})[:_ID]
    said = (str(folder.resolve()), told.sha256, rules["definition"], list(rules["patterns"]), told.buckets)
    with hub.database.transaction() as tx:
        replays.begin(tx, Replay(key, now, *said))
        return _one(tx, key), replays.left(tx, key)


def do_bucket(hub: Hub, replay: str, number: int, now: datetime) -> bool:
    """Judge a bucket and store what was found; says whether it was the first to do so. Twice changes nothing.

    Raises Refusal `bad-replay` when the rules of this process are not those of the replay, and as `sweeping.judge`.
    """
    with hub.database.reading() as tx:
        one = _one(tx, replay)
        if number not in replays.left(tx, replay):
            return False
    patterns = [pattern for pattern in PATTERNS if pattern.id in one.patterns]
    told = traces.manifest(Path(one.folder))
    if sweeping.rules(patterns)["definition"] != one.definition or told.sha256 != one.input:
        raise Refusal("bad-replay", "This process has other rules than the replay, or its folder another history.")
    counts, found = sweeping.judge(Path(one.folder), told, number, patterns)
    looked = (counts.persons, counts.events, counts.candidates, counts.findings)
    with hub.database.transaction() as tx:
        return replays.keep(tx, (replay, number, now), looked, found)


def progress(hub: Hub, replay: str) -> Done:
    """Return how much of a replay is done."""
    with hub.database.reading() as tx:
        return replays.done(tx, replay)


def left(hub: Hub, replay: str) -> list[int]:
    """Return the buckets of a replay that are not done."""
    with hub.database.reading() as tx:
        return replays.left(tx, replay)


def report_of(hub: Hub, replay: str) -> dict[str, Any]:
    """Return the report of a replay that the workers did, against what stood when the history was exported.

    Raises Refusal `bad-replay` when it is not done, `bad-traces`.
    """
    with hub.database.transaction() as tx:
        replays.snapshot(tx)
        one, done = _one(tx, replay), replays.done(tx, replay)
        if done.buckets < one.buckets:
            raise Refusal("bad-replay", "The replay is not done: begin it again, and it goes on.")
        patterns = [pattern for pattern in PATTERNS if pattern.id in one.patterns]
        folder = Path(one.folder)
        counts = Counts(done.persons, done.events, done.candidates, done.findings)
        tally = difference.compare(_standing(folder, one.patterns), replays.found(tx, replay))
        return _report(tally, traces.manifest(folder), counts, (sweeping.rules(patterns), None))


def report_against_standing(folder: Path, results: Path, counts: Counts) -> dict[str, Any]:
    """Return the report of results against what stood in the database when the history was exported.

    Raises Refusal `bad-replay` when a bucket is not done, `bad-traces` when the history is from no database.
    """
    told, rules = traces.manifest(folder), sweeping.head_of(results)["rules"]
    tally = difference.compare(_standing(folder, rules["patterns"]), sweeping.found_in(results, told.buckets))
    return _report(tally, told, counts, (rules, None))


def report_against_results(folder: Path, results: Path, counts: Counts, others: Path) -> dict[str, Any]:
    """Return the report of results against those of other rules on the same history.

    Raises Refusal `bad-replay` when the others are of another history, or one of the two is not done.
    """
    told, head, other = traces.manifest(folder), sweeping.head_of(results), sweeping.head_of(others)
    if other["input"] != head["input"]:
        raise Refusal("bad-replay", "These are results of another history: nothing follows from the differences.")
    before, after = (sweeping.found_in(path, told.buckets) for path in (others, results))
    return _report(difference.compare(before, after), told, counts, (head["rules"], other["rules"]))


def counted(folder: Path, results: Path, counts: Counts) -> dict[str, Any]:
    """Return what was looked at and found, and by which rules, when there is nothing to compare it with."""
    return _of(traces.manifest(folder), counts, sweeping.head_of(results)["rules"])


def _standing(folder: Path, ids: Iterable[str]) -> Iterator[Found]:
    """Yield what stood when a history was exported, of the families of these patterns. Raises Refusal `bad-traces`."""
    told = traces.manifest(folder)
    families = {pattern.family for pattern in PATTERNS if pattern.id in ids}
    if "standing" not in told.about:
        raise Refusal("bad-traces", "This history was exported from no database: compare with other results.")
    if sweeping.digest_of(folder / STANDING) != told.about["standing"]:
        raise Refusal("bad-traces", f"{STANDING} is not the file that the manifest names. Export the history again.")
    with (folder / STANDING).open(encoding="utf-8") as lines:
        yield from (one for one in map(sweeping.of_line, lines) if one.family in families)


def _report(
    tally: difference.Tally, told: Manifest, counts: Counts, rules: tuple[dict[str, Any], dict[str, Any] | None]
) -> dict[str, Any]:
    """Return a report. `rules` are those that judged, and those that they are compared with; None is what stood."""
    against = "database" if rules[1] is None else rules[1]
    return difference.report(tally, _of(told, counts, rules[0]) | {"against": against})


def _of(told: Manifest, counts: Counts, rules: dict[str, Any]) -> dict[str, Any]:
    return {"rules": rules, "input": told.sha256, "about": dict(told.about), **asdict(counts)}


def _one(tx: Tx, replay: str) -> Replay:
    found = replays.one(tx, replay)
    if found is None:
        raise Refusal("bad-replay", "There is no replay of this id.")
    return found


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
