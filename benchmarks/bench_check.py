"""Time of a check with so many persons stored: `bench_check.py [persons]`, 2,000 unless told; the target is at 1M.

Measured is what happens between the verified request and the stored answer, both commits durable, without the wait for
the deadline: the record in the ledger, the person as the asker may know it, three judgements, one signature. Beside it
stands the CPU time of this process, which signs the request and checks the answer too. Each check is about another
person, of whom three authorities have told seventeen things; each of the others has two notices. They are put into
PostgreSQL by COPY, as the hub would have stored them.
"""

import hashlib
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import uuid_utils
from measuring import figure, own_cpu

from authorities import Office, enrolled, tokens
from builders import SK_ASYLUM, UA_ASYLUM, UA_BORDER, facts
from exchange import access, checks, clock
from exchange.client.line import JOSE
from exchange.deps import Hub, open_hub
from exchange.embedded.up import Exchange, Plan
from exchange.settings import load
from exchange.wire import httpsig, jws, statements
from exchange.wire.encoding import b64encode, write_json
from exchange.wire.messages import Request

USUAL, MOST_MEASURED, WARM_UP = 2000, 300, 20
TARGET_MS = 100.0
SK, UA, BORDER = SK_ASYLUM.slug, UA_ASYLUM.slug, UA_BORDER.slug
Told = tuple[str, str, str, str | None, dict[str, Any]]
"""slug, kind, day, other state, facts."""
ORDER: Told = (BORDER, "return_decision", "2026-09-01", "AFG", {"destinations": ["AFG"]})
SHORT: tuple[Told, ...] = ((SK, "claim_registered", "2026-10-05", None, {}), ORDER)
LONG: tuple[Told, ...] = (
    *SHORT,
    (SK, "detention", "2026-10-06", None, {}),
    (UA, "claim_registered", "2026-07-01", None, {}),
    (UA, "admissibility_decision", "2026-07-20", "SVK", {"outcome": "inadmissible", "named_country": "SVK"}),
    (BORDER, "encounter", "2026-06-01", None, {}),
    (BORDER, "entry_refused", "2026-06-02", "SVK", {"physically_returned": "yes"}),
    (BORDER, "removal_executed", "2026-06-20", "SVK", {"destination": "SVK"}),
    (SK, "arrival", "2026-06-20", "UKR", {}),
    (SK, "claim_not_taken", "2026-06-21", None, {}),
    (SK, "return_decision", "2026-06-25", "UKR", {"destinations": ["UKR"]}),
    (BORDER, "arrival", "2026-06-28", "SVK", {}),
    (UA, "remedy", "2026-08-01", None, {"step": "lodged"}),
    (UA, "safeguard", "2026-08-02", None, {}),
    (UA, "assurance", "2026-08-03", None, {}),
    (UA, "information_reply", "2026-08-05", "SVK", {}),
    (SK, "responsibility_request", "2026-10-20", "UKR", {}),
)
TABLES = {
    "notice": "no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at, case_ref, seq, leaf_index",
    "part": "notice, name, disclosure",
    "token": "hash, notice, held, person, author, type",
    "agreement": "a, b, types, weights, grade, bits, weight, pattern",
    "neighbourhood": "notice, no",
}
TOGETHER = 2000
"""Persons in one COPY."""


def disclosure(name: str, value: dict[str, Any]) -> str:
    return b64encode(write_json([b64encode(bytes(32)), name, value]))


class Loader:
    """Makes the rows of persons, as the hub would have stored what was told of them."""

    def __init__(self, hub: Hub, offices: list[Office]) -> None:
        self._hub, self._at = hub, clock.now() - timedelta(days=30)
        self._states = {office.who.slug: office.who.state for office in offices}
        self._authors = {office.who.slug: number for number, office in enumerate(offices, 1)}
        self._kids = {o.who.slug: o.enrolment["keys"]["notice"]["kid"] for o in offices}
        self._fixed = {told: self._shared(told) for told in map(json.dumps, LONG)}
        self.next = 1

    def _shared(self, told: str) -> tuple[str, str]:
        slug, kind, day, other, said = json.loads(told)
        event = {"kind": kind, "event_time": day, "state": self._states[slug]}
        event |= {} if other is None else {"counterpart_state": other}
        return disclosure("event", event), disclosure("facts", facts(kind, **said))

    def person(self, name: str, history: tuple[Told, ...], rows: dict[str, list[tuple[Any, ...]]]) -> None:
        """Add the rows of one person."""
        held = tokens(name)
        of = (held["profile"], held["keyset"])
        hashed = [self._hub.token_hash(*of, value) for value in held["values"]]
        types = sorted({value.partition(".")[0] for value in held["values"]})
        decided = (types, "benchmark", "probable", 20.0, 20.0, "{}")
        numbers = list(range(self.next, self.next + len(history)))
        self.next += len(history)
        for no, told in zip(numbers, history, strict=True):
            slug, kind, day, _, _ = told
            case = f"{slug}-{name}"
            hub = {"subject": {"nationality": ["AFG"]}, "tokens": held, "case": case, "aud": [], "seq": no}
            hub |= {"source": "own_act", "purpose": "protection_of_vital_interests", "legal_basis": "national_law"}
            hub |= {"transfer": {"basis": "gdpr_49_1_f_vital_interests", "necessity": ["prevent_refoulement"]}}
            event, facts_told = self._fixed[json.dumps(told)]
            digest = hashlib.sha256(str(no).encode()).digest()
            head = (no, slug, f"019ab000-0000-7000-8000-{no:012d}", digest, "x" * 700, self._kids[slug], kind, day)
            rows["notice"].append((*head, self._at, self._at, case, no, 0))
            parts = (("hub", disclosure("hub", hub)), ("event", event), ("facts", facts_told))
            rows["part"] += [(no, part, text) for part, text in parts]
            rows["token"] += [
                (value, no, 15, numbers[0], self._authors[slug], kind) for kind, value in enumerate(hashed)
            ]
            rows["neighbourhood"].append((no, numbers[0]))
        rows["agreement"] += [(a, b, *decided) for a in numbers for b in numbers if a < b]


def store(url: str, loader: Loader, persons: Iterator[tuple[str, tuple[Told, ...]]]) -> None:
    """Put persons into the database, so many at a time."""
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
            for name, history in (one for _, one in zip(range(TOGETHER), persons, strict=False)):
                loader.person(name, history, rows)
            if not rows["notice"]:
                break
            for table, columns in TABLES.items():
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


def asked(office: Office, name: str) -> tuple[Request, bytes]:
    """Return a signed request with a check of a person."""
    said = {"v": 1, "ex": office.folder.hub["ex"], "id": str(uuid_utils.uuid7()), "iss": office.who.urn}
    said |= {"iat": int(clock.now().timestamp()), "purpose": "implementing_a_return_decision"}
    said |= {"legal_basis": "national_law", "case": f"{SK}-{name}", "tokens": tokens(name)["values"]}
    said |= {"destination": "UKR", "date": (clock.now() + timedelta(days=20)).date().isoformat()}
    body = jws.sign(write_json(said), statements.CHECK, office.folder.key("notice")).encode()
    request = Request("POST", f"{office.folder.hub['base_url']}/v1/checks", (("content-type", JOSE),), body)
    return httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16)), body


def check(hub: Hub, office: Office, name: str) -> float:
    """Return the seconds that a check takes, from the verified request to the stored answer."""
    request, body = asked(office, name)
    caller = access.authenticate(request, hub, clock.now())
    start = time.perf_counter()
    answer = checks.ask(caller, body, hub, clock.now())
    took = time.perf_counter() - start
    told = statements.heard(answer, statements.CHECK_ANSWER, office.folder.hub_key("words"))
    assert told["answer"] == "patterns", told
    return took


def main() -> None:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    measured = [f"measured-{number}" for number in range(min(persons, MOST_MEASURED) + WARM_UP)]
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(only=("postgres", "hub-keys", "migrate"), extra={"ASYLUM_EXCHANGE_QUOTA_QUERIES": "1000000"})
        with Exchange(Path(folder) / "var", plan) as exchange:
            running = exchange.start()
            settings = load(running.environment)
            hub = open_hub(settings, connections=2)
            offices = [Office(Path(folder) / who.slug, who) for who in (SK_ASYLUM, UA_ASYLUM, UA_BORDER)]
            enrolled(hub, *offices)
            loader, start = Loader(hub, offices), time.perf_counter()
            store(settings.database_url, loader, ((f"other-{number}", SHORT) for number in range(persons)))
            store(settings.database_url, loader, ((name, LONG) for name in measured))
            print(f"{persons} persons stored in {time.perf_counter() - start:.0f} s", file=sys.stderr)
            for name in measured[:WARM_UP]:
                check(hub, offices[0], name)
            before = own_cpu()
            took = sorted(check(hub, offices[0], name) for name in measured[WARM_UP:])
            cpu = (own_cpu() - before) / len(took)
            hub.database.close()
    figure(f"check.cpu_with_{persons}_persons", cpu * 1e3, "ms", TARGET_MS)
    for name, place in (("p50", 0.5), ("p99", 0.99)):
        figure(f"check.{name}_with_{persons}_persons", took[int(len(took) * place)] * 1e3, "ms", TARGET_MS)


if __name__ == "__main__":
    main()
