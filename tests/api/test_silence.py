"""A query costs the same work whether there is nothing, nothing that may be told, or a hit; and its time is quantised.

That no difference is left to be measured from outside is shown by benchmarks/bench_silence.py.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from api.test_quotas import send
from authorities import Office, tokens
from builders import BY_ASYLUM, NOW, SK_ASYLUM, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import answering, clock, queries
from exchange.client.speaker import JOSE
from exchange.deps import Hub
from exchange.store import links
from exchange.store.session import rows
from exchange.wire import jws, statements
from exchange.wire.encoding import write_json
from exchange.wire.keys import PrivateKey
from ledger.kit import planted, served
from recording import Recorded, Said
from steps import keep_all

KINDS = ("hit", "hidden", "nothing")


@dataclass(frozen=True, slots=True)
class Counting(PrivateKey):
    """The hub's key, which says how much it signs."""

    signed: Callable[[int], None]

    def sign(self, data: bytes) -> bytes:
        self.signed(len(data))
        return PrivateKey.sign(self, data)


def counting(key: PrivateKey, sizes: list[int]) -> Counting:
    return Counting(key.kid, key.alg, key.purpose, key.key, sizes.append)


def know(office: Office, prefix: str) -> None:
    """Say of one person what may be told to Belarus, and of another what may not: it fears Belarus's ally."""
    office.post("claim_registered", person=f"{prefix}hit", subject={"nationality": ["KAZ"]}, case=f"{prefix}hit")
    feared = {"nationality": ["KAZ"], "feared": ["RUS"]}
    for _ in range(3):
        office.post("merits_decision", person=f"{prefix}hidden", subject=feared, case=f"{prefix}hidden")


def own_cases(office: Office, prefix: str) -> None:
    for kind in KINDS:
        told = {"person": f"{prefix}{kind}", "case": f"{prefix}{kind}", "subject": {"nationality": ["KAZ"]}}
        office.post("claim_registered", **told)


def answers(office: Office, prefix: str, done: Callable[[], list[Said]]) -> dict[str, tuple[str, list[Said]]]:
    """Ask about each person; return the answer, and what was done for it."""
    done()
    got = {}
    for kind in KINDS:
        answer = office.ask(f"{prefix}{kind}", f"{prefix}{kind}")
        got[kind] = (answer["answer"], done())
    return got


@pytest.mark.rule("L02")
def test_a_hit_a_hidden_hit_and_nothing_are_the_same_work(hub: Hub, database_url: str, enrol: Enrol) -> None:
    by, sk, _ = enrol(BY_ASYLUM), enrol(SK_ASYLUM), enrol(UNHCR)
    recorded, sizes = Recorded(hub, database_url), list[int]()
    recorded.hub.keys["words"] = counting(recorded.hub.keys["words"], sizes)
    with served(recorded.hub):
        for prefix, linked in (("linked-", True), ("fresh-", False)):  # linked by a step, or by the query itself
            know(sk, prefix)
            if linked:
                own_cases(by, prefix)
            keep_all(hub)
            if not linked:
                own_cases(by, prefix)
            sizes.clear()
            got = answers(by, prefix, recorded.take)
            assert {kind: said for kind, (said, _) in got.items()} == {
                "hit": "mailbox",
                "hidden": "nothing_to_tell",
                "nothing": "nothing_to_tell",
            }
            assert got["hit"][1] == got["hidden"][1] == got["nothing"][1]
            assert len(got["hit"][1]) > 15
            assert len(sizes) == len(KINDS)
            assert len(set(sizes)) == 1
    recorded.hub.database.close()
    with hub.database.transaction() as tx:
        promised = rows(tx, "SELECT count(*) FROM outbox WHERE step = 'queried'")
    assert promised == [(6,)]


def test_a_statement_more_for_a_hit_is_seen(hub: Hub, database_url: str, enrol: Enrol) -> None:
    by, sk, _ = enrol(BY_ASYLUM), enrol(SK_ASYLUM), enrol(UNHCR)
    recorded, good = Recorded(hub, database_url), queries._holders  # noqa: SLF001 -- what the fault is put into

    def leaking(tx: Any, *given: Any) -> Any:
        found = good(tx, *given)
        if found:
            links.hold_for_judging(tx)
        return found

    with served(recorded.hub), planted(queries, "_holders", leaking):
        know(sk, "")
        own_cases(by, "")
        keep_all(hub)
        got = answers(by, "", recorded.take)
    recorded.hub.database.close()
    assert got["hit"][1] != got["hidden"][1] == got["nothing"][1]


def test_what_is_ready_late_goes_out_at_the_next_deadline(hub: Hub) -> None:
    one = timedelta(seconds=hub.query_deadline)
    cases = ((0, 1), (0.5, 1), (1, 1), (1.01, 2), (2, 2), (2.5, 3))
    for ready, expected in cases:
        assert answering.deadline(hub, NOW, NOW + ready * one) == NOW + expected * one


def query(office: Office, person: str) -> bytes:
    asked = {"purpose": "examining_the_application", "legal_basis": "national_law", "case": f"{office.who.slug}-1"}
    said = {"v": 1, "ex": "test-exchange", "id": "01931d3c-0000-7000-8000-000000000001", "iss": office.who.urn}
    said |= {"iat": int(clock.now().timestamp()), **asked, "tokens": tokens(person)["values"]}
    return jws.sign(write_json(said), statements.QUERY, office.folder.key("notice")).encode()


@pytest.mark.parametrize("fault", ["slow", "broken"])
def test_a_query_that_takes_long_or_fails_is_answered_at_a_whole_deadline(hub: Hub, enrol: Enrol, fault: str) -> None:
    ua = enrol(UA_ASYLUM)
    one = timedelta(seconds=hub.query_deadline)
    serving = replace(hub, keys={n: k for n, k in hub.keys.items() if n != "words" or fault != "broken"})
    with served(serving):
        ua.post("claim_registered", person="one")
        keep_all(hub)
        start = clock.now()
        with ThreadPoolExecutor(1) as pool, hub.database.transaction() as tx:
            if fault == "slow":
                links.hold(tx)
            got = pool.submit(send, ua, "POST", "/v1/queries", query(ua, "one"), JOSE)
            while fault == "slow" and not rows(tx, "SELECT 1 FROM pg_locks WHERE NOT granted"):
                clock.pause(0.01)
            clock.wait_until(clock.now() + 1.1 * one)
        status = got.result().status_code
    waited = clock.now() - start
    assert status == (500 if fault == "broken" else 200)
    assert waited >= (one if fault == "broken" else 2 * one)
