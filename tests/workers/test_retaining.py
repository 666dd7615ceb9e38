"""Retention on a real hub: what is over goes with an act each, never early, once; all proofs stay (L09)."""

import os
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from authorities import TYPES, Office, tokens
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR
from conftest import Enrol, settings_for
from exchange import clock, delivering, deps, retaining
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain.retention import KEPT
from exchange.publishing import Log
from exchange.store import ledger, notices
from exchange.store.session import rows
from exchange.wire import sdjwt, statements
from ledger.kit import MOMENT
from steps import dump, keep_all

DAY = timedelta(days=1)
LATER = timedelta(minutes=5)
"""Notices are received while the test runs."""
ASKED = {"purpose": "examining_the_application", "legal_basis": "national_law"}


def parts(hub: Hub) -> dict[str, set[str]]:
    """Name of a part -> the kinds of the notices that still have it."""
    with hub.database.transaction() as tx:
        found: dict[str, set[str]] = {}
        for name, kind in rows(tx, "SELECT p.name, n.kind FROM part p JOIN notice n ON n.no = p.notice"):
            found.setdefault(name, set()).add(kind)
        return found


def count(hub: Hub, table: str) -> int:
    with hub.database.transaction() as tx:
        ((found,),) = rows(tx, f"SELECT count(*) FROM {table}")  # noqa: S608 -- of this test
        return int(found)


def ask(office: Office, query: bytes) -> object:
    return office.speaker._line.call("POST", "/v1/queries", query, "application/jose")  # noqa: SLF001 -- as above


@pytest.fixture
def three(web: str, enrol: Enrol) -> tuple[Office, Office, Office]:
    assert web
    return enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)


@pytest.mark.rule("L09")
def test_a_person_is_forgotten_step_by_step_and_every_proof_stays(
    hub: Hub, three: tuple[Office, Office, Office], secrets_folder: Path, database_url: str
) -> None:
    sk, ua, _ = three
    claim = sk.post("claim_registered", person="a", safeguards=["elderly"], event_time="2026-09-01", aud=[ua.who.urn])
    final = {"outcome": "rejected", "merits_scope": "full", "instance": "final", "served_at": "2026-10-01"}
    sk.post("merits_decision", person="a", facts=final, event_time="2026-10-01")
    open_case = ua.post("claim_registered", person="b", safeguards=["elderly"])
    keep_all(hub)
    begun = clock.now()
    assert retaining.retain(hub, begun + KEPT["case"] - DAY) == 0
    assert parts(hub)["safeguards"] == {"claim_registered"}
    assert retaining.retain(hub, begun + KEPT["case"] + LATER) == 1
    with hub.database.transaction() as tx:
        acts = rows(tx, "SELECT what, object, slug FROM act WHERE purpose = 'retention'")
    assert acts == [("erased safeguards", f"{sk.who.urn} {claim['id']}", None)]
    before = dump(hub)
    assert retaining.retain(hub, begun + KEPT["case"] + LATER) == 0
    assert dump(hub) == before
    assert retaining.retain(hub, begun + KEPT["person"] - DAY) == 0
    assert count(hub, "token") == 3 * len(TYPES)
    assert retaining.retain(hub, begun + KEPT["person"] + LATER) == 4
    assert count(hub, "token") == len(TYPES)
    assert sdjwt.read(ua.speaker.notice(sk.who.urn, claim["id"])["notice"]).claims.id == claim["id"]
    assert set(sk.speaker.open(sk.speaker.notice(sk.who.urn, claim["id"])).parts) == {"event"}
    assert {"hub", "facts", "safeguards"} <= set(ua.speaker.open(ua.speaker.notice(ua.who.urn, open_case["id"])).parts)
    assert sk.post("claim_registered", person="a", event_time="2026-11-01")["state"] == "accepted"  # in the old case
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT last_error FROM outbox WHERE attempts > 0") == []
        ledger.close_minute(tx, clock.now() + timedelta(minutes=1), os.urandom(32))
    Log(hub.database, deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin))).sign(MOMENT)
    assert sk.speaker.prove(claim["id"])


def test_nobody_is_forgotten_while_an_alert_is_open_nor_what_it_rested_on_before_limitation_ends(
    hub: Hub, three: tuple[Office, Office, Office], enrol: Enrol
) -> None:
    sk, ua, unhcr = three
    border = enrol(SK_BORDER)
    border.leg("UKR", person="c", event_time="2026-09-02", safeguards=["elderly"])
    ua.post("claim_registered", person="c", event_time="2026-09-10")
    ua.post("arrival", person="c", event_time="2026-09-03", facts={"outcome": "arrived"}, safeguards=["elderly"])
    keep_all(hub)
    (alert,) = [a for a in unhcr.speaker.alerts() if a["pattern"] == "P03"]
    begun = clock.now()
    assert retaining.retain(hub, begun + KEPT["transfer"] + LATER) == 1  # the arrival: no alert rests on it
    assert parts(hub)["safeguards"] == {"removal_executed"}
    assert retaining.retain(hub, begun + KEPT["evidence"] - DAY) == 0
    assert retaining.retain(hub, begun + KEPT["evidence"] + LATER) == 1
    assert "safeguards" not in parts(hub)
    assert count(hub, "token") == 3 * len(TYPES)  # the alert is open still
    with hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'closed'")
    assert retaining.retain(hub, begun + KEPT["evidence"] + 31 * DAY) == 6
    assert (count(hub, "token"), count(hub, "finding")) == (0, 0)
    (closed,) = [unhcr.speaker.alert(alert["id"])]
    assert (closed["pattern"], closed["notices"], closed["clauses"]) == ("P03", [], [])
    assert sk.speaker.inbox()["items"] == []


def test_a_query_is_forgotten_after_thirty_days_and_its_hashes_stay(
    hub: Hub, three: tuple[Office, Office, Office]
) -> None:
    sk, ua, _ = three
    sk.post("claim_registered", person="d")
    ua.post("claim_registered", person="d")
    keep_all(hub)
    query = ua.speaker._said({**ASKED, "case": "ua-asylum-1", "tokens": tokens("d")["values"]}, statements.QUERY)  # noqa: SLF001 -- sent twice
    assert ask(ua, query) == ask(ua, query)
    openings, leaves = count(hub, "opening"), count(hub, "leaf")
    with hub.database.transaction() as tx:
        tx.execute("INSERT INTO probe SELECT slug, id, case_ref, received_at FROM query")  # as if it had been one
    begun = clock.now()
    assert retaining.retain(hub, begun + KEPT["query"] - DAY) == 0
    assert retaining.retain(hub, begun + KEPT["query"] + LATER) == 1
    assert (count(hub, "opening"), count(hub, "leaf")) == (openings - 4, leaves)
    with hub.database.transaction() as tx:
        sql = "SELECT slug, case_ref, jws, length(sha256) FROM query JOIN query_answer USING (slug, id)"
        assert rows(tx, sql) == [("ua-asylum", None, "", 32)]
        assert rows(tx, "SELECT * FROM probe") == []
        held = [bytes(r) for (r,) in rows(tx, "SELECT record FROM opening")]
        assert all(b"query" not in r[:200] for r in held)
        assert rows(tx, "SELECT count(*) FROM act WHERE what = 'forgot query'") == [(1,)]
    assert retaining.retain(hub, begun + KEPT["query"] + LATER) == 0
    with pytest.raises(Refused) as refused:
        ask(ua, query)
    assert refused.value.code == "id-conflict"
    for sql in ("UPDATE query_answer SET hit = false", "DELETE FROM query_answer", "UPDATE query_answer SET jws = 'x'"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), hub.database.transaction() as tx:
            tx.execute(sql)


def test_a_reference_goes_with_the_last_hub_part_of_its_case_and_nothing_else_ever_changes(
    hub: Hub, three: tuple[Office, Office, Office]
) -> None:
    sk, ua, _ = three
    for office in (sk, sk, ua):
        office.post("claim_registered", person="e", case="one")
    ask(ua, ua.speaker._said({**ASKED, "case": "one", "tokens": tokens("e")["values"]}, statements.QUERY))  # noqa: SLF001 -- as above

    keep_all(hub)
    for number, after in ((1, ["one", "one", "one"]), (2, [None, None, "one"])):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), hub.database.transaction() as tx:
            tx.execute("UPDATE notice SET case_ref = NULL WHERE no = %s", (number,))
        with hub.database.transaction() as tx:
            notices.erase(tx, number, "hub", "retention", clock.now())
            assert [case for (case,) in rows(tx, "SELECT case_ref FROM notice ORDER BY no")] == after
    sk.post("claim_registered", case="one")
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT notice, no FROM neighbourhood ORDER BY notice") == [(1, 1), (2, 1), (3, 1), (4, 4)]
    for sql in (
        "UPDATE notice SET case_ref = 'two' WHERE no = 1",
        "UPDATE notice SET seq = seq + 9 WHERE no = 1",
        "UPDATE query SET case_ref = NULL",
        "UPDATE query SET purpose = 'other'",
        "DELETE FROM query",
    ):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), hub.database.transaction() as tx:
            tx.execute(sql)


@pytest.mark.rule("L22")
def test_what_an_author_is_shown_goes_when_its_notice_is_old_whatever_others_said(
    hub: Hub, three: tuple[Office, Office, Office]
) -> None:
    sk, ua, _ = three
    plain = sk.post("claim_registered", person="b", safeguards=["elderly"], aud=[ua.who.urn])
    other = sk.post("claim_registered", person="c", case="sk-2", safeguards=["elderly"], aud=[ua.who.urn])
    ua.post("arrival", person="c", subject={"nationality": ["AFG"], "feared": ["SVK"]}, facts={"outcome": "arrived"})
    keep_all(hub)
    now = clock.now()
    with hub.database.transaction() as tx:
        for receipt in (plain, other):
            stored = notices.of_id(tx, sk.who.urn, receipt["id"])
            assert stored
            seen = []
            for years in (0, 2, 4):
                held, sight = delivering.as_held(tx, stored, ("sk-asylum", now + years * 366 * DAY))
                seen.append((sorted(held.disclosures), "sealed" in sight))
            assert seen == [
                (["event", "facts", "hub", "safeguards"], True),
                (["event", "facts", "hub"], False),
                (["event"], False),
            ]
