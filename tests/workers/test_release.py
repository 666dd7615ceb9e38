"""The quarterly release, from notices that came over real HTTP: once, never early, never changed."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from conftest import Enrol
from exchange import releasing
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain import merkle
from exchange.domain.aggregates import ALL, MEASURES, SUPPRESSED
from exchange.domain.quarters import SETTLED, Quarter
from exchange.store import notices, releases
from exchange.store.session import row, rows
from exchange.wire.encoding import b64encode, read_json
from steps import dump, keep_all
from workers.app import app
from workers.timers import freeze_quarter

MOMENT = timedelta(microseconds=1)


def told(hub: Hub, quarter: Quarter) -> dict[str, dict[str, Any]]:
    """The rows of a release by state."""
    with hub.database.transaction() as tx:
        release = releases.one(tx, quarter.name)
    assert release
    members: Any = read_json(release.body.encode())
    return {shown["state"]: shown for shown in members["rows"]}


def test_a_quarter_is_frozen_once_and_counts_each_notice_under_the_state_that_acted(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    this = Quarter.of(now())
    by = {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR)}
    border, asylum = by["sk-border"], by["sk-asylum"]
    referred = {"facts": {"forwarded_to": SK_ASYLUM.urn}}
    claims = [border.parts("claim_expressed", **referred) for _ in range(7)]
    claims += [border.parts("claim_expressed") for _ in range(6)]
    refusals = [border.parts("entry_refused", counterpart="UKR") for _ in range(12)]
    border.speaker.post_batch([*claims, *refusals, border.parts("encounter")])
    asylum.speaker.post_batch([asylum.parts("claim_registered") for _ in range(3)])
    by["unhcr"].post("claim_expressed", state="SVK", **referred)
    border.leg("UKR", person="one", event_time="2026-09-01", aud=[UA_ASYLUM.urn])
    by["ua-border"].leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)

    assert releasing.freeze(hub, this.end + SETTLED - MOMENT) == []
    before = dump(hub)
    at = this.end + SETTLED
    assert releasing.freeze(hub, at) == [this.name]
    shown = told(hub, this)
    assert (shown["SVK"]["claims_expressed"], shown["SVK"]["entry_refusals"]) == (15, 10)
    assert (shown["SVK"]["claims_referred"], shown["SVK"]["claims_not_referred"]) == (5, 5)
    assert shown["SVK"]["claims_registered"] == shown[ALL]["claims_registered"] == SUPPRESSED
    assert shown["SVK"]["removals_executed"] == shown["UKR"]["removals_executed"] == SUPPRESSED
    assert shown["SVK"]["alerts"] == SUPPRESSED
    assert "UNO" not in shown
    assert {shown["POL"][m] for m in MEASURES} == {0}

    assert {t for t in dump(hub) if dump(hub)[t] != before[t]} == {"release", "leaf", "opening", "act"}
    assert web


def test_what_is_frozen_stays_whatever_comes_later(hub: Hub, web: str, enrol: Enrol) -> None:
    this = Quarter.of(now())
    border = enrol(SK_BORDER)
    border.speaker.post_batch([border.parts("entry_refused", counterpart="UKR") for _ in range(12)])
    at = this.end + SETTLED
    assert releasing.freeze(hub, at) == [this.name]
    once = dump(hub)
    assert releasing.freeze(hub, at + timedelta(days=1)) == []
    assert dump(hub) == once
    with hub.database.transaction() as tx:
        first = releases.one(tx, this.name)
        for (number,) in rows(tx, "SELECT no FROM notice"):
            notices.erase(tx, number, "event", "wrong", now())
    border.post("entry_refused", counterpart="UKR")
    assert releasing.freeze(hub, this.next.end) == []
    assert releasing.freeze(hub, this.next.end + SETTLED) == [this.next.name]
    with hub.database.transaction() as tx:
        assert releases.one(tx, this.name) == first
    assert {m: told(hub, this.next)[ALL][m] for m in MEASURES} == dict.fromkeys(MEASURES, 0)
    assert web


def test_every_quarter_that_the_hub_slept_through_is_frozen_also_the_empty_ones(hub: Hub, enrol: Enrol) -> None:
    this = Quarter.of(now())
    assert releasing.freeze(hub, this.end + SETTLED) == []  # nothing is in the ledger yet
    enrol(SK_BORDER)
    late = this.next.next.end + SETTLED + timedelta(days=3)
    expected = [this.name, this.next.name, this.next.next.name]
    with ThreadPoolExecutor(2) as both:  # two workers at once: each quarter is frozen by one of them
        frozen = list(both.map(lambda _: releasing.freeze(hub, late), range(2)))
    assert sorted(frozen[0] + frozen[1]) == expected
    with hub.database.transaction() as tx:
        found = releases.every(tx)
        leaves = {r.leaf_index: row(tx, "SELECT entry FROM leaf WHERE index = %s", (r.leaf_index,)) for r in found}
        acts = [of for (of,) in rows(tx, "SELECT object FROM act WHERE what = 'release' ORDER BY no")]
    assert [r.quarter for r in found] == expected[::-1]
    for release in found:
        body = release.body.encode()
        assert release.sha256 == hashlib.sha256(body).digest()
        assert leaves[release.leaf_index] == (hashlib.sha256(release.salt + body).digest(),)
        assert merkle.leaf_hash(hashlib.sha256(release.salt + body).digest())
    assert acts == [f"{r.quarter} {b64encode(r.sha256)}" for r in reversed(found)]


def test_a_notice_of_the_last_and_of_the_first_moment_count_where_they_were_received(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    this = Quarter.of(now())
    border = enrol(SK_BORDER)
    border.speaker.post_batch([border.parts("entry_refused", counterpart="UKR") for _ in range(20)])
    with hub.database.transaction() as tx:
        tx.execute("SET LOCAL session_replication_role = replica")  # history only grows: no trigger, for this test
        tx.execute("UPDATE notice SET received_at = %s WHERE seq <= 8", (this.end - MOMENT,))
        tx.execute("UPDATE notice SET received_at = %s WHERE seq > 8", (this.end,))
        for (number,) in rows(tx, "SELECT no FROM notice WHERE seq IN (3, 13)"):
            notices.erase(tx, number, "event", "wrong", now())  # its author's state is told without that part
    assert releasing.freeze(hub, this.next.end + SETTLED) == [this.name, this.next.name]
    assert [told(hub, q)["SVK"]["entry_refusals"] for q in (this, this.next)] == [10, 10]
    assert web


def test_an_alert_counts_once_however_many_authorities_got_it(hub: Hub, web: str, enrol: Enrol) -> None:
    this = Quarter.of(now())
    by = {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, AF_BORDER, UNHCR)}
    for number in range(6):
        said = {"person": f"p-{number}", "subject": {"nationality": ["AFG"]}}
        by["sk-border"].leg("UKR", event_time="2026-09-01", case=f"s-{number}", **said)
        by["ua-border"].leg("AFG", event_time="2026-10-01", case=f"u-{number}", **said)
    keep_all(hub)
    with hub.database.transaction() as tx:
        alerts = row(tx, "SELECT count(*), count(DISTINCT (family, anchor)) FROM alert", ())
        worst = rows(tx, "SELECT DISTINCT severity FROM alert")
    assert alerts
    assert alerts[0] > alerts[1] >= 6
    assert ("critical",) in worst
    assert releasing.freeze(hub, this.end + SETTLED) == [this.name]
    counted = told(hub, this)
    assert counted[ALL]["alerts"] == 5 * round(alerts[1] / 5)
    assert counted[ALL]["alerts_critical"] != 0
    assert web


def test_beat_asks_for_it() -> None:
    assert app.conf.beat_schedule["freeze_quarter"]["task"] == freeze_quarter.name
