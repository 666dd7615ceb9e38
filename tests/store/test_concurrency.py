"""Many threads, each with a connection of its own, on one database: what must hold whoever comes first."""

import hashlib
import json
import random
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg

from authorities import TYPES, Office
from builders import NOW, SK_BORDER, UA_BORDER
from conftest import Enrol, settings_for
from exchange import clock, deps, linking
from exchange.client.speaker import ENVELOPE
from exchange.deps import Hub
from exchange.domain import merkle
from exchange.publishing import Log
from exchange.store import boxes, ledger, links, outbox
from exchange.store.session import Tx, row, rows
from exchange.wire import httpsig
from exchange.wire.messages import Request
from steps import STEPS, keep_all
from workers.promises import keep

THREADS = 8


def at_once(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """Let threads begin together; returns what each came to, and raises what one of them raised."""
    start, results, failures = threading.Barrier(threads), [], []

    def run(number: int) -> None:
        start.wait()
        try:
            results.append(work(number))
        except BaseException as error:  # noqa: BLE001 -- raised again below, in the thread of the test
            failures.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
    return results


def signed(office: Office, body: bytes) -> Request:
    target = office.folder.hub["base_url"] + "/v1/notices"
    request = Request("POST", target, (("content-type", ENVELOPE),), body)
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))


def post(request: Request) -> tuple[int, bytes]:
    got = httpx.post(request.target_uri, headers=list(request.headers), content=request.body, trust_env=False)
    return got.status_code, got.content


def test_indexes_and_entries_of_the_ledger_have_no_gap_and_no_double(hub: Hub) -> None:
    def append(number: int) -> list[tuple[int, bytes]]:
        added = []
        for turn in range(22):
            with hub.database.transaction() as tx:
                (leaf,) = ledger.append(tx, NOW, [(f"{number}-{turn}".encode(), bytes(32))])
            added.append((leaf.index, leaf.hash))
        return added

    leaves = [leaf for added in at_once(append) for leaf in added]
    assert sorted(index for index, _ in leaves) == list(range(22 * THREADS))
    with hub.database.transaction() as tx:
        stored = rows(tx, "SELECT index, entry FROM leaf ORDER BY index")
    assert [(index, merkle.leaf_hash(bytes(entry))) for index, entry in stored] == sorted(leaves)


def test_an_append_that_is_taken_back_leaves_no_gap(hub: Hub) -> None:
    def append(number: int) -> None:
        for turn in range(6):
            with suppress(ZeroDivisionError), hub.database.transaction() as tx:
                ledger.append(tx, NOW, [(b"x", bytes(32))])
                1 / ((number + turn) % 3)

    at_once(append)
    with hub.database.transaction() as tx:
        count, last = row(tx, "SELECT count(*), max(index) FROM leaf", ()) or (0, 0)
    assert (count, last) == (32, 31)


def test_a_signer_beside_writers_that_fail_and_writers_that_are_cut_off(
    hub: Hub, database_url: str, secrets_folder: Path
) -> None:
    """Whatever is taken back, no checkpoint covers a leaf that goes, or misses one that stays."""
    log = Log(hub.database, deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin)))
    over = threading.Event()

    def sign() -> None:
        while not over.is_set():
            log.sign(NOW)

    def append(number: int) -> list[int]:
        kept = []
        for turn in range(12):
            with suppress(ZeroDivisionError, psycopg.OperationalError), psycopg.connect(database_url) as connection:
                leaves = ledger.append(connection, NOW, [(f"{number}-{turn}-{n}".encode(), bytes(32)) for n in (0, 1)])
                if turn % 3 == 1:
                    connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                1 / (turn % 3)
                connection.commit()
                kept += [leaf.index for leaf in leaves]
        return kept

    signing = threading.Thread(target=sign)
    signing.start()
    kept = sorted(index for indexes in at_once(append, 7) for index in indexes)
    over.set()
    signing.join()
    log.sign(NOW)
    assert kept == list(range(7 * 4 * 2))
    with hub.database.transaction() as tx:
        hashes = [merkle.leaf_hash(entry) for (entry,) in rows(tx, "SELECT entry FROM leaf ORDER BY index")]
        signed = rows(tx, "SELECT size, root FROM checkpoint ORDER BY size")
    assert signed[-1][0] == len(hashes) == len(kept)
    assert [root for _, root in signed] == [merkle.root_of_leaves(hashes[:size]) for size, _ in signed]
    assert all(size % 2 == 0 for size, _ in signed)  # a transaction is signed as a whole


def test_one_notice_posted_by_eight_at_once_is_one_notice_with_one_receipt(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    body = office.sign()
    with hub.database.transaction() as tx:
        before = rows(tx, "SELECT count(*) FROM leaf")[0][0]
    requests = [signed(office, body) for _ in range(THREADS)]
    answers = at_once(lambda number: post(requests[number]))
    assert sorted(status for status, _ in answers) == [200] * (THREADS - 1) + [201]
    assert len({receipt for _, receipt in answers}) == 1
    with hub.database.transaction() as tx:
        for table in ("notice", "receipt"):
            assert row(tx, f"SELECT count(*) FROM {table}", ()) == (1,)  # noqa: S608 -- names above
        assert rows(tx, "SELECT step, count(*) FROM outbox GROUP BY step") == [("link", 1)]
        new = "SELECT count(*), max(index) - min(index) FROM leaf WHERE index >= %s"
        assert row(tx, new, (before,)) == (16, 15)
    assert web


def test_different_notices_under_one_id_at_once_are_one_notice_and_kept_conflicts(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    office = enrol(SK_BORDER)
    number = "01931d3c-0000-7000-8000-000000000001"
    requests = [signed(office, office.sign(id=number)) for _ in range(THREADS)]
    answers = at_once(lambda n: post(requests[n]))
    assert sorted(status for status, _ in answers) == [201] + [409] * (THREADS - 1)
    assert {json.loads(body)["code"] for status, body in answers if status == 409} == {"id-conflict"}
    with hub.database.transaction() as tx:
        counted = {t: row(tx, f"SELECT count(*) FROM {t}", ()) for t in ("notice", "notice_conflict", "refusal")}  # noqa: S608
    assert counted == {"notice": (1,), "notice_conflict": (THREADS - 1,), "refusal": (THREADS - 1,)}
    assert web


def test_a_nonce_that_comes_eight_times_at_once_is_accepted_once(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    request = signed(office, office.sign())
    answers = at_once(lambda _: post(request))
    assert sorted(status for status, _ in answers) == [201] + [401] * (THREADS - 1)
    assert {json.loads(body)["code"] for status, body in answers if status == 401} == {"nonce-replayed"}
    with hub.database.transaction() as tx:
        assert row(tx, "SELECT count(*) FROM nonce", ()) == (1,)
        assert row(tx, "SELECT count(*) FROM notice", ()) == (1,)
    assert web


def test_the_numbers_of_an_inbox_have_no_gap_and_a_cause_stands_once(hub: Hub, web: str, enrol: Enrol) -> None:
    enrol(SK_BORDER)
    enrol(UA_BORDER)

    def put(number: int) -> None:
        for turn in range(10):
            with hub.database.transaction() as tx:
                for slug in ("sk-border", "ua-border"):
                    boxes.put(tx, boxes.Item(slug, f"own:{number}:{turn}", {"n": turn}), NOW)
                    boxes.put(tx, boxes.Item(slug, f"shared:{turn}", {"n": turn}), NOW)

    at_once(put)
    with hub.database.transaction() as tx:
        for slug in ("sk-border", "ua-border"):
            found = boxes.after(tx, slug, 0, 1000)
            assert [seq for seq, _, _ in found] == list(range(1, 10 * THREADS + 10 + 1))
    assert web


def act_entries(tx: Tx) -> dict[int, bytes]:
    """What the tree of a minute is over, by the number of the act, as docs/wire-format.md says."""
    names = ("at", "slug", "pseudonym", "what", "object", "purpose")
    entries = {}
    for no, salt, at, *told in rows(tx, f"SELECT no, salt, {', '.join(names)} FROM act ORDER BY no"):  # noqa: S608 -- names above
        values = [at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), *told]
        members = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        record = json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()
        entries[no] = hashlib.sha256(salt + record).digest()
    return entries


def test_the_leaf_of_a_minute_covers_its_acts_and_those_alone(hub: Hub) -> None:
    salts = [secrets.token_bytes(32) for _ in range(4)]

    def note(what: str, minute: int) -> None:
        with hub.database.transaction() as tx:
            done = {"slug": "sk-asylum", "what": what, "object": '7 "é\\', "purpose": "own_cases"}
            ledger.act(tx, {"at": NOW + timedelta(minutes=minute), **done})

    def close(minute: int) -> int | None:
        with hub.database.transaction() as tx:
            return ledger.close_minute(tx, NOW + timedelta(minutes=minute), salts[minute])

    for what in ("inbox", "alerts", "alert"):
        note(what, 0)
    assert [close(1), close(1), close(2)] == [0, None, 1]
    note("take", 2)
    assert [close(1), close(3)] == [None, 2]
    with hub.database.transaction() as tx:
        leaves = [bytes(e) for (e,) in rows(tx, "SELECT entry FROM leaf ORDER BY index")]
        records = list(act_entries(tx).values())
        closed = rows(tx, "SELECT last_act, leaf_index FROM act_leaf ORDER BY minute")
    assert closed == [(3, 0), (3, 1), (4, 2)]
    covered = [records[:3], [], records[3:]]
    for leaf, salt, of in zip(leaves, salts[1:], covered, strict=True):
        assert leaf == hashlib.sha256(salt + merkle.root(of)).digest()


def test_no_act_is_lost_between_two_minutes_while_minutes_are_closed(hub: Hub) -> None:
    def work(number: int) -> None:
        for turn in range(12):
            with hub.database.transaction() as tx:
                if number == 0:
                    ledger.close_minute(tx, NOW + timedelta(minutes=turn), bytes(32))
                else:
                    ledger.act(tx, {"at": NOW, "slug": None, "what": "x", "object": "", "purpose": ""})

    at_once(work)
    with hub.database.transaction() as tx:
        ledger.close_minute(tx, NOW + timedelta(minutes=99), bytes(32))
        minutes = rows(tx, "SELECT last_act, leaf_index FROM act_leaf ORDER BY minute")
        acts = [no for (no,) in rows(tx, "SELECT no FROM act ORDER BY no")]
        record = act_entries(tx)
        entry = {index: bytes(e) for index, e in rows(tx, "SELECT index, entry FROM leaf")}
    before = 0
    for last, index in minutes:
        of = [record[no] for no in acts if before < no <= last]
        assert entry[index] == hashlib.sha256(bytes(32) + merkle.root(of)).digest()
        before = last
    assert before == acts[-1]


def test_one_promise_is_kept_once_whoever_is_woken_for_it(hub: Hub, web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    for person in ("one", "two", "three"):
        office.post(person=person, case=person)
    ran = []

    def step(tx: Any, hub: Hub, subject: int, cause: str, now: Any) -> None:
        ran.append((subject, cause))
        linking.link(tx, hub, subject, cause, now)

    with hub.database.transaction() as tx:
        (numbers,) = outbox.claim(tx, clock.now(), timedelta(0), 100).values()
    at_once(lambda _: keep(hub, "link", numbers, step))
    assert sorted(ran) == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
    assert web


def test_steps_of_one_person_on_many_workers_come_to_one_result(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua = enrol(SK_BORDER), enrol(UA_BORDER)
    for number in range(4):
        sk.leg("UKR", person="one", case=f"s{number}", event_time=f"2026-0{number + 1}-01")
        ua.leg("AFG", person="one", case=f"u{number}", event_time=f"2026-0{number + 1}-09")
    with hub.database.transaction() as tx:
        numbers = outbox.claim(tx, clock.now(), timedelta(0), 100)["link"]
    shuffled = [random.sample(numbers, len(numbers)) for _ in range(THREADS)]
    at_once(lambda n: keep(hub, "link", shuffled[n], STEPS["link"]))
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert row(tx, "SELECT count(DISTINCT no), min(no), count(*) FROM neighbourhood", ()) == (1, 1, 8)
        assert row(tx, "SELECT count(*) FROM agreement", ()) == (8 * 7 // 2,)
        assert outbox.undone(tx) == (0, 0)
    assert web


def test_evidence_is_symmetric_and_found_once(hub: Hub, web: str, enrol: Enrol) -> None:
    sk, ua = enrol(SK_BORDER), enrol(UA_BORDER)
    sk.post(person="one")
    ua.post(person="one")
    ua.post(person="two", case="other")
    keep_all(hub)
    with hub.database.transaction() as tx:
        before = rows(tx, "SELECT a, b, types, grade FROM agreement")
        assert before == [(1, 2, sorted(TYPES), "probable")]
        assert (links.related(tx, 1), links.related(tx, 2)) == ([(2, "probable")], [(1, "probable")])
        assert links.related(tx, 3) == []
        assert links.agreements_around(tx, 1) == links.agreements_around(tx, 2) == {(1, 2): "probable"}
        assert links.agreements_around(tx, 3) == {}
        linking.link(tx, hub, 1, "again", clock.now())
        assert rows(tx, "SELECT a, b, types, grade FROM agreement") == before
    assert web
