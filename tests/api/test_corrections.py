"""Corrections over real HTTP: who is told, what is judged anew, what goes and what stays (L10, L21, L23, L24)."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from authorities import Office
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from conftest import Enrol, settings_for
from exchange import clock, deps, retaining
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain import references
from exchange.publishing import Log
from exchange.settings import PREFIX
from exchange.store import ledger
from exchange.store.session import rows
from exchange.wire import keys, sdjwt, statements
from ledger.kit import MOMENT, run
from steps import STEPS, again, keep_all

NO_FEAR = {"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"}
KAZAKH = {"nationality": ["KAZ"]}


def correct(office: Office, act: str, of: str, **said: Any) -> dict[str, Any]:
    """Send a correction of the notice under a URN, or an answer to one. Keywords: facts, aud, case, subject, tokens."""
    tokens = said.pop("tokens", None)
    given = {"act": act, "reason": "wrong_facts"} | said.pop("facts", {})
    parts = office.parts("correction", facts=given, **said)
    member = {"agree": "in_reply_to", "disagree": "in_reply_to", "withdraw": "withdraws", "erase": "withdraws"}
    parts["event"][member.get(act, "corrects")] = of
    if tokens is not None:
        parts["hub"]["tokens"] = tokens
    return office.speaker.post(parts)


def urn(office: Office, receipt: dict[str, Any]) -> str:
    return references.urn(office.who.urn, receipt["id"])


def got(office: Office, kind: str = "correction") -> list[dict[str, Any]]:
    """The items of an inbox with notices of a kind, opened as far as their reader may."""
    found = []
    for item in office.speaker.inbox()["items"]:
        if item["type"] == "notice":
            parts = office.speaker.open(item).parts
            if parts["event"]["kind"] == kind:
                found.append({"item": item, **parts})
    return found


def alerts(office: Office, pattern: str) -> list[dict[str, Any]]:
    return [a for a in office.speaker.alerts() if a["pattern"] == pattern]


def acquainted(*offices: Office) -> None:
    for one in offices:
        for other in offices:
            if one is not other:
                one.folder.know(other.enrolment)


@pytest.fixture
def four(web: str, enrol: Enrol) -> tuple[Office, Office, Office, Office]:
    assert web
    offices = (enrol(SK_BORDER), enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR))
    acquainted(*offices)
    return offices


@pytest.mark.rule("L10")
def test_an_adult_who_turns_out_to_be_a_child_is_judged_anew_and_all_are_told(
    hub: Hub, four: tuple[Office, Office, Office, Office], enrol: Enrol
) -> None:
    """Scenario 11."""
    sk, sk_asylum, ua, unhcr = four
    ua_border = enrol(UA_BORDER)
    acquainted(sk, ua_border)
    to = [ua.who.urn, unhcr.who.urn, ua_border.who.urn]
    adult = sk.post(person="c", event_time="2026-07-01", facts=NO_FEAR, aud=to)
    sk.leg("UKR", person="c", event_time="2026-07-02")
    ua.post("claim_registered", person="c", event_time="2026-09-10")
    keep_all(hub)
    (before,) = alerts(unhcr, "P03")
    assert [s["code"] for s in before["suppressors"]] == ["S2"]
    child = sk.post(person="c", event_time="2026-07-01", facts=NO_FEAR, safeguards=["unaccompanied_minor"])
    replaced = correct(sk, "replace", urn(sk, adult), facts={"replaced_by": urn(sk, child), "reason": "age_reassessed"})
    keep_all(hub)
    for office in (unhcr, sk_asylum):
        (after,) = alerts(office, "P03")
        assert (after["suppressors"], after["certainty"]) == ([], "likely")
    (now,) = alerts(unhcr, "P03")
    assert now["id"] == before["id"]
    assert [e["act"] for e in unhcr.speaker.alert(now["id"])["history"]][-1] == "changed"
    for office in (ua, unhcr):  # it was addressed to nobody: they got what it corrects
        (told,) = got(office)
        assert (told["event"]["corrects"], told["facts"]["act"]) == (urn(sk, adult), "replace")
        office.speaker.receive(told["item"])
    (unit,) = got(ua_border)
    assert "facts" not in unit
    assert got(sk_asylum) == []
    keep_all(hub)
    assert len(sk.speaker.notice(sk.who.urn, replaced["id"])["acknowledgements"]) == 2
    for step in ("link", "deliver", "detect", "alert", "correct"):
        again(hub, step)
    assert [len(got(office)) for office in (ua, unhcr, ua_border)] == [1, 1, 1]


@pytest.mark.rule("L23")
def test_a_claim_stays_until_the_monitor_agrees_that_there_was_none(
    hub: Hub, four: tuple[Office, Office, Office, Office]
) -> None:
    sk, sk_asylum, ua, unhcr = four
    claim = sk.post("claim_expressed", person="d", event_time="2026-09-01", aud=[unhcr.who.urn, sk_asylum.who.urn])
    sk.leg("UKR", person="d", event_time="2026-09-02")
    keep_all(hub)
    assert [a["certainty"] for a in alerts(unhcr, "P01")] == ["certain"]
    withdrawn = correct(sk, "withdraw", urn(sk, claim))
    keep_all(hub)
    (held,) = alerts(unhcr, "P01")
    assert (held["status"], held["certainty"]) == ("open", "possible")
    marked = [(n["event"]["kind"], n.get("corrected")) for n in held["notices"]]
    assert marked == [("claim_expressed", "contested"), ("removal_executed", None)]
    assert {n["source"] for n in held["notices"]} == {"own_act"}
    correct(sk_asylum, "agree", urn(sk, withdrawn), aud=[sk.who.urn])  # of the same state: it counts for nothing
    keep_all(hub)
    assert alerts(unhcr, "P01")[0]["status"] == "open"
    correct(unhcr, "agree", urn(sk, withdrawn), aud=[sk.who.urn])
    keep_all(hub)
    assert alerts(unhcr, "P01")[0]["status"] == "withdrawn"
    assert [one["facts"]["act"] for one in got(sk_asylum)] == ["withdraw"]
    for author, act, of in (
        (ua, "agree", urn(sk, withdrawn)),  # it was never given the correction
        (sk, "withdraw", urn(sk, withdrawn)),  # corrections are not corrected
        (ua, "withdraw", urn(sk, claim)),
    ):
        with pytest.raises(Refused) as refused:
            correct(author, act, of)
        assert refused.value.code == "unknown-reference"


@pytest.mark.rule("L21")
def test_a_state_that_has_become_withheld_hears_neither_correction_nor_recall(hub: Hub, web: str, enrol: Enrol) -> None:
    assert web
    sk, by, unhcr, ua = enrol(SK_BORDER), enrol(BY_ASYLUM), enrol(UNHCR), enrol(UA_ASYLUM)
    acquainted(sk, by, unhcr, ua)
    claim = sk.post("claim_expressed", person="e", event_time="2026-09-01", subject=KAZAKH, aud=[by.who.urn])
    by.post("claim_registered", person="e", event_time="2026-09-02", subject=KAZAKH)
    sk.leg("BLR", person="e", event_time="2026-09-03", subject=KAZAKH)
    by.post("return_decision", person="e", event_time="2026-09-04", subject=KAZAKH, facts={"destinations": ["KAZ"]})
    keep_all(hub)
    held = by.speaker.alerts()
    inbox = by.speaker.inbox()
    assert held
    ua.post("claim_registered", person="e", event_time="2026-09-10", subject={**KAZAKH, "feared": ["BLR"]})
    correct(sk, "withdraw", urn(sk, claim), subject=KAZAKH, aud=[by.who.urn, unhcr.who.urn])
    keep_all(hub)
    assert (by.speaker.alerts(), by.speaker.inbox()) == (held, inbox)
    (told,) = got(unhcr)
    assert told["facts"]["act"] == "withdraw"


@pytest.mark.rule("L21")
def test_what_a_state_holds_that_has_become_withheld_is_not_erased_before_its_eyes(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    assert web
    sk, by, unhcr, ua = enrol(SK_ASYLUM), enrol(BY_ASYLUM), enrol(UNHCR), enrol(UA_ASYLUM)
    acquainted(sk, by, unhcr, ua)
    to = [by.who.urn, unhcr.who.urn]
    claim = sk.post("claim_expressed", person="h", subject=KAZAKH, aud=to, safeguards=["torture_survivor"])
    keep_all(hub)
    held = by.speaker.inbox()
    assert got(by, "claim_expressed")[0]["safeguards"] == {"codes": ["torture_survivor"]}
    ua.post("claim_registered", person="h", subject={**KAZAKH, "feared": ["BLR"]})
    correct(sk, "erase", urn(sk, claim), subject=KAZAKH, facts={"parts": ["safeguards"]})
    keep_all(hub)
    for step in ("correct", "deliver"):
        again(hub, step)
    assert by.speaker.inbox() == held  # neither the correction, nor what it takes away
    assert by.speaker.notice(sk.who.urn, claim["id"])["notice"] == held["items"][0]["notice"]
    assert "safeguards" not in got(unhcr, "claim_expressed")[0]
    assert len(got(unhcr)) == 1
    mine = sk.speaker.notice(sk.who.urn, claim["id"])["notice"]
    assert "torture_survivor" not in str([sdjwt.disclosed(one) for one in mine.split("~")[1:] if one])
    kept = "SELECT count(*) FROM part p JOIN notice n ON n.no = p.notice WHERE p.name = 'safeguards' AND n.id = %s"
    for days, left in ((0, 1), (12 * 366, 0)):  # what was kept for one holder goes with its time
        retaining.retain(hub, clock.now() + timedelta(days=days))
        with hub.database.transaction() as tx:
            assert rows(tx, kept, (claim["id"],)) == [(left,)]


@pytest.mark.rule("L24")
def test_only_two_caseworkers_make_a_subject_smaller_and_the_monitors_hear_of_it(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    assert web
    sk, ua, unhcr = enrol(SK_ASYLUM), enrol(UA_ASYLUM), enrol(UNHCR)
    acquainted(sk, ua, unhcr)
    wide = sk.post(
        "claim_registered", person="f", subject={**KAZAKH, "feared": ["UKR"]}, aud=[ua.who.urn], event_time="2026-09-01"
    )
    narrow = sk.post("claim_registered", person="f", subject=KAZAKH, event_time="2026-09-01")
    keep_all(hub)
    assert ua.speaker.inbox()["items"] == []
    facts = {"replaced_by": urn(sk, narrow), "approved_by": ["anna", "boris"]}
    with pytest.raises(Refused) as refused:
        correct(sk, "shrink_subject", urn(sk, wide), subject=KAZAKH, facts=facts)
    assert refused.value.code == "unknown-caseworker"
    with hub.database.transaction() as tx:
        account = "INSERT INTO caseworker (slug, pseudonym, role, password_hash) VALUES ('sk-asylum', %s, %s, '')"
        tx.execute(account, ("anna", "caseworker"))
        tx.execute(account, ("boris", "supervisor"))
    shrunk = correct(sk, "shrink_subject", urn(sk, wide), subject=KAZAKH, facts=facts)
    keep_all(hub)
    pinned = unhcr.folder.hub_key("words")
    words = [statements.heard(i["jws"], statements.WORD, pinned) for i in unhcr.speaker.inbox()["items"]]
    assert words == [{"word": "subject_shrunk", "iss": sk.who.urn, "id": shrunk["id"]}]
    sk.post("claim_registered", person="f", subject=KAZAKH, aud=[ua.who.urn], event_time="2026-09-02")
    keep_all(hub)
    assert [one["event"]["event_time"] for one in got(ua, "claim_registered")] == ["2026-09-02"]


def test_a_supplement_is_of_its_notice_s_case_and_the_one_correction_that_can_be_withdrawn(
    web: str, enrol: Enrol
) -> None:
    assert web
    sk = enrol(SK_ASYLUM)
    first = sk.post("claim_registered", case="one")
    tokens = sk.parts(person="g")["hub"]["tokens"]
    with pytest.raises(Refused) as elsewhere:
        correct(sk, "add_tokens", urn(sk, first), tokens=tokens, case="another")
    assert elsewhere.value.code == "contradictory-references"
    added = correct(sk, "add_tokens", urn(sk, first), tokens=tokens, case="one")
    gone = correct(sk, "withdraw", urn(sk, added), case="one")
    assert gone["state"] == "accepted"
    for act, of, facts in (
        ("erase", added, {"parts": ["facts"]}),
        ("replace", added, {"replaced_by": urn(sk, first)}),
        ("add_tokens", added, {}),
        ("withdraw", gone, {}),
    ):
        with pytest.raises(Refused) as refused:
            correct(sk, act, urn(sk, of), facts=facts, tokens=tokens, case="one")
        assert refused.value.code == "unknown-reference"


def test_a_correction_that_is_linked_before_what_it_corrects_is_carried_out_all_the_same(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    assert web
    sk, ua = enrol(SK_BORDER), enrol(UA_ASYLUM)
    acquainted(sk, ua)
    leg = sk.leg("UKR", safeguards=["elderly"], aud=[ua.who.urn], case="one")
    correct(sk, "erase", urn(sk, leg), facts={"parts": ["safeguards"]}, case="another")
    with hub.database.transaction() as tx:
        ((first,), (second,)) = rows(tx, "SELECT no FROM notice ORDER BY no")
        for step in ("link", "deliver", "detect", "alert", "correct"):
            STEPS[step](tx, hub, second, "early", clock.now())
        tx.execute("UPDATE outbox SET done_at = now() WHERE subject = %s", (second,))
        assert rows(tx, "SELECT notice FROM neighbourhood") == [(second,)]
        assert first < second
    keep_all(hub)
    assert len(got(ua)) == 1
    (told,) = got(ua, "removal_executed")
    assert "safeguards" not in told


@pytest.fixture
def cli(hub: Hub, secrets_folder: Path, database_url: str) -> Iterator[Log]:
    """Tell the command line where the hub is; returns the signer of its ledger."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": "redis://none.invalid", "ORIGIN": hub.origin}
    given |= {"ID": hub.exchange_id, "SECRETS": str(secrets_folder)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(PREFIX + name, value)
        yield Log(hub.database, deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin)))


def test_what_an_author_has_erased_goes_and_every_proof_stays(
    hub: Hub, four: tuple[Office, Office, Office, Office], cli: Log, tmp_path: Path
) -> None:
    sk, _, ua, unhcr = four
    text = {"to": [ua.who.urn], "narrative": "The canary sang at the border."}
    parts = sk.parts(
        "removal_executed", counterpart="UKR", facts={"destination": "UKR", "means": "land"}, person="h",
        aud=[ua.who.urn, unhcr.who.urn], safeguards=["elderly"], event_time="2026-09-02",
    )  # fmt: skip
    leg = sk.speaker.post(parts | {"sealed": [text]})
    ua.post("claim_registered", person="h", event_time="2026-09-10")
    keep_all(hub)
    (first,) = got(ua, "removal_executed")
    (alert,) = alerts(unhcr, "P03")
    erase = correct(sk, "erase", urn(sk, leg), facts={"parts": ["facts", "safeguards", "sealed"], "reason": "unlawful"})
    keep_all(hub)
    (after,) = got(ua, "removal_executed")
    assert after["item"]["sealed"] == []
    assert after.keys() == {"item", "event", "facts"}
    assert first["item"]["notice"].split("~")[0] == after["item"]["notice"].split("~")[0]
    still = alerts(unhcr, "P03")[0]
    assert (still["status"], still["severity"]) == ("open", alert["severity"])  # which safeguard it was, nobody knows
    assert [one["facts"]["parts"] for one in got(ua)] == [["facts", "safeguards", "sealed"]]
    correct(unhcr, "agree", urn(sk, erase))
    keep_all(hub)
    (gone,) = got(ua, "removal_executed")
    assert gone.keys() == {"item", "event"}
    assert alerts(unhcr, "P03")[0]["status"] == "open"  # the leg is one by its kind and states
    for step in ("link", "deliver", "detect", "alert", "correct"):
        again(hub, step)
    with hub.database.transaction() as tx:
        erased = rows(tx, "SELECT what FROM act WHERE what LIKE 'erased%%' AND purpose = 'unlawful' ORDER BY no")
        assert erased == [("erased safeguards",), ("erased sealed",), ("erased facts",)]
        ledger.close_minute(tx, clock.now() + timedelta(minutes=1), os.urandom(32))
    require_proofs(hub, cli, (sk, leg["id"]), tmp_path)


def require_proofs(hub: Hub, log: Log, of: tuple[Office, str], folder: Path) -> None:
    """Whatever went, a stranger proves of a notice what could be proven before."""
    author, notice_id = of
    log.sign(MOMENT)
    assert author.speaker.prove(notice_id)
    run("ledger", "export", folder / "exported")
    run("ledger", "verify", folder / "exported", "--vkey", hub.ledger_vkey)
    run("ledger", "openings", author.who.urn, notice_id, folder / "notice.json")
    (folder / "receipt.jwk").write_text(json.dumps(keys.public_to_jwk(hub.keys["receipt"].public)))
    audit = ("ledger", "audit", folder / "exported", folder / "notice.json", "--vkey", hub.ledger_vkey)
    said = run(*audit, "--receipt-key", folder / "receipt.jwk")
    assert f"{author.who.urn} signed it" in said
    assert "verifies under the hub's receipt key" in said
