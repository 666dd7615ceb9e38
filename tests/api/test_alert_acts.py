"""What caseworkers do to alerts beyond taking and closing: open again, note, put aside; and a monitor's second word."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uuid_utils
from click.testing import CliRunner

from authorities import PASSWORD, hire, signed_in
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange import alerting, clock, detecting, linking
from exchange.alerts import Act
from exchange.app import make_app
from exchange.cli.main import cli
from exchange.client.speaker import Refused
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.store import queue
from exchange.store.session import row
from steps import keep_all, keep_all_at, wake
from worlds import Stage, served, stage

OFFICE, MONITOR = SK_ASYLUM.slug, UNHCR.slug
SECOND, THIRD = reader("second-monitor", "monitor", "UNO"), reader("third-monitor", "monitor", "UNO")
MORE = (SECOND.slug, THIRD.slug)
OWN_FILE = "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"
WHO = {"caseworker": "one-1"}


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR, SECOND, THIRD)
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        for who in (SK_ASYLUM, UNHCR, SECOND, THIRD):
            hire(made["hub"], who.slug, "one-1", "caseworker")
            hire(made["hub"], who.slug, "chief-1", "supervisor")
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    return stage(world)


def chain(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    play.leg("ua-border", "AFG", person="one", event_time="2026-10-01")
    keep_all(play.hub)


def lost(play: Stage, person: str = "one") -> None:
    """A handover of which nothing was heard for eight days: P13."""
    play.leg("sk-border", "UKR", person=person, event_time="2026-10-01", case=f"s-{person}")
    keep_all(play.hub)
    wake(play.hub, clock.now() + timedelta(days=8))


def act(play: Stage, slug: str, alert: dict[str, Any], name: str, **said: Any) -> dict[str, Any]:
    return play.offices[slug].speaker.act(alert["id"], name, WHO | said)


def refused(play: Stage, slug: str, alert: dict[str, Any], name: str, **said: Any) -> str:
    with pytest.raises(Refused) as raised:
        act(play, slug, alert, name, **said)
    return raised.value.code


def supervisor_refused(play: Stage, alert: dict[str, Any]) -> str:
    """The code with which a supervisor who signed in is refused to close an alert."""
    with pytest.raises(Refusal, match="monitor has spoken") as raised:
        signed_in(play.hub, OFFICE, "chief-1", Act("close", alert["id"], reason="wrong_facts"))
    return raised.value.code


def acts(alert: dict[str, Any]) -> list[str]:
    return [event["act"] for event in alert["history"]]


def open_work(play: Stage, slug: str) -> int:
    return play.offices[slug].speaker.open_work()


def asked_to_close(play: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """Slovakia's office asks to close its alert of a completed chain; returns that one, and the monitor's."""
    chain(play)
    alert = play.alert(OFFICE, "P04")
    act(play, OFFICE, alert, "take")
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    return alert, play.alert(MONITOR, "P04")


def test_a_monitor_sees_that_a_closing_is_asked_and_its_agreement_closes(play: Stage) -> None:
    alert, own = asked_to_close(play)
    (asked,) = own["closings"]
    assert (asked["authority"], asked["reason"]) == (SK_ASYLUM.urn, "wrong_facts")
    assert "one-1" not in str(own)
    once = act(play, MONITOR, own, "agree", authority=SK_ASYLUM.urn)
    assert act(play, MONITOR, own, "agree", authority=SK_ASYLUM.urn) == once
    closed = play.again(alert, OFFICE)
    assert (closed["status"], acts(closed)[-2:]) == ("closed", ["close_asked", "monitor_agreed"])
    assert closed["history"][-1]["detail"] == {"reason": "wrong_facts"}
    assert UNHCR.slug not in str(closed)
    assert (once["status"], "closings" in once, acts(once)[-1]) == ("open", False, "agree")


def test_when_the_monitor_disagrees_it_stays_open_and_no_supervisor_closes_it(play: Stage) -> None:
    alert, own = asked_to_close(play)
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    stands = play.again(alert, OFFICE)
    assert (stands["status"], stands["monitor_disagrees"], "closing_by" in stands) == ("taken", "yes", False)
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    assert supervisor_refused(play, alert) == "four-eyes"
    act(play, MONITOR, own, "agree", authority=SK_ASYLUM.urn)
    assert play.again(alert, OFFICE)["status"] == "closed"


def test_another_monitor_does_not_undo_that_one_disagreed(play: Stage) -> None:
    alert, own = asked_to_close(play)
    theirs = {slug: play.alert(slug, "P04") for slug in MORE}
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    once = act(play, MORE[0], theirs[MORE[0]], "agree", authority=SK_ASYLUM.urn)
    assert act(play, MORE[0], theirs[MORE[0]], "agree", authority=SK_ASYLUM.urn) == once
    waits = play.again(alert, OFFICE)
    assert (waits["status"], waits["closing_by"], waits["monitor_disagrees"]) == ("taken", "one-1", "yes")
    assert acts(waits)[-1] == "monitor_agreed"
    assert not any(slug in str(waits) for slug in (MONITOR, *MORE))
    act(play, MONITOR, own, "agree", authority=SK_ASYLUM.urn)
    assert play.again(alert, OFFICE)["status"] == "closed"


def test_two_other_monitors_undo_that_one_disagreed_when_they_agree_to_one_request(play: Stage) -> None:
    alert, own = asked_to_close(play)
    theirs = {slug: play.alert(slug, "P04") for slug in MORE}
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    act(play, MORE[0], theirs[MORE[0]], "agree", authority=SK_ASYLUM.urn)
    act(play, OFFICE, alert, "disagree")
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    act(play, MORE[1], theirs[MORE[1]], "agree", authority=SK_ASYLUM.urn)
    assert play.again(alert, OFFICE)["status"] == "taken"  # the other agreed to what was called off
    act(play, MORE[0], theirs[MORE[0]], "agree", authority=SK_ASYLUM.urn)
    closed = play.again(alert, OFFICE)
    assert (closed["status"], "monitor_disagrees" in closed) == ("closed", False)


@pytest.mark.rule("L23")
def test_to_agree_about_a_doubtful_person_is_no_word_on_what_is_known(play: Stage) -> None:
    alert, own = asked_to_close(play)
    theirs = {slug: play.alert(slug, "P04") for slug in MORE}
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    with play.hub.database.transaction() as tx:
        known = queue.one(tx, MORE[1], theirs[MORE[1]]["id"])
        assert known
        said = {"at": clock.now(), "act": "agree", "actor": "one-1", "detail": {"authority": SK_ASYLUM.urn}}
        queue.put(tx, replace(known, id=str(uuid_utils.uuid7()), beside=1), said)
    act(play, MORE[0], theirs[MORE[0]], "agree", authority=SK_ASYLUM.urn)
    assert play.again(alert, OFFICE)["status"] == "taken"


def test_new_evidence_forgets_that_a_monitor_disagreed(play: Stage) -> None:
    alert, own = asked_to_close(play)
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    play.leg("sk-border", "UKR", person="one", event_time="2026-08-01", case="older")
    keep_all(play.hub)
    assert "monitor_disagrees" not in play.again(alert, OFFICE)


@pytest.mark.rule("L23")
def test_a_word_of_the_authority_that_is_no_evidence_does_not_undo_that_a_monitor_disagreed(play: Stage) -> None:
    """Else whoever is asked to keep an alert open posts something under a new case number, and closes it alone."""
    alert, own = asked_to_close(play)
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    play.say("sk-asylum", "detention", person="one", case="new", event_time="2026-08-20")
    keep_all(play.hub)
    changed = play.again(alert, OFFICE)
    assert (acts(changed)[-1], changed["monitor_disagrees"]) == ("changed", "yes")
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    assert supervisor_refused(play, alert) == "four-eyes"


@pytest.mark.rule("L23")
def test_a_word_of_the_authority_that_is_no_evidence_does_not_shut_out_the_monitor(play: Stage) -> None:
    chain(play)
    play.say("sk-asylum", "detention", person="one", case="new", event_time="2026-08-20")
    keep_all(play.hub)
    alert = play.alert(OFFICE, "P04")
    act(play, OFFICE, alert, "take")
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    own = play.alert(MONITOR, "P04")
    assert (acts(alert), acts(own)) == (["raised", "changed"], ["raised"])
    act(play, MONITOR, own, "disagree", authority=SK_ASYLUM.urn)
    assert play.again(alert, OFFICE)["monitor_disagrees"] == "yes"


@pytest.mark.rule("L23")
def test_evidence_that_gives_way_to_what_looks_alike_does_not_shut_out_the_monitor(play: Stage) -> None:
    """The office sees months: the two claims are the same to it, and its alert says the same afterwards."""
    claim = {"person": "one", "case": "u", "state": "UKR"}
    first = play.say(MONITOR, "claim_expressed", event_time="2026-07-05", **claim)
    play.say(MONITOR, "claim_expressed", event_time="2026-07-10", **claim)
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    keep_all(play.hub)
    alert = play.alert(OFFICE, "P03")
    taken_back = play.parts(MONITOR, "correction", person="one", facts={"act": "withdraw", "reason": "wrong_facts"})
    taken_back["event"]["withdraws"] = references.urn(UNHCR.urn, first["id"])
    play.offices[MONITOR].speaker.post(taken_back)
    keep_all(play.hub)
    assert play.again(alert, OFFICE) == alert
    act(play, OFFICE, alert, "take")
    act(play, OFFICE, alert, "close", reason="wrong_facts")
    (asked,) = play.alert(MONITOR, "P03")["closings"]
    assert asked["authority"] == SK_ASYLUM.urn


@pytest.mark.rule("L21")
def test_a_monitor_has_no_word_where_it_knows_more_than_the_authority(play: Stage) -> None:
    """Else its word could tell a state that has become feared of what another said."""
    alert, own = asked_to_close(play)
    assert "closings" in own
    feared = {"nationality": ["AFG"], "feared": ["SVK"]}
    play.say("ua-asylum", "claim_expressed", person="one", subject=feared)
    keep_all(play.hub)
    assert "closings" not in play.again(own, MONITOR)
    before = play.again(alert, OFFICE)
    for name in ("agree", "disagree"):
        assert refused(play, MONITOR, own, name, authority=SK_ASYLUM.urn) == "no-closing-asked"
    assert play.again(alert, OFFICE) == before


def test_a_monitor_speaks_on_a_closing_at_the_console(play: Stage) -> None:
    alert, own = asked_to_close(play)
    page = make_app(play.hub).test_client()
    page.post("/console/sign-in", data={"authority": "unhcr", "pseudonym": "one-1", "password": PASSWORD})
    assert "sk-asylum asks to close it: your word counts" in page.get("/console/").text
    text = page.get(f"/console/alerts/{own['id']}").text
    assert "A notice is wrong" in text
    form = {name: re.findall(f'name="{name}" value="([^"]+)"', text)[-1] for name in ("csrf", "seen", "of")}
    answer = page.post(f"/console/alerts/{own['id']}/disagree", data=form | {"password": PASSWORD})
    assert answer.status_code == 303
    assert "Spoke against the closing" in page.get(answer.location).text
    assert play.again(alert, OFFICE)["monitor_disagrees"] == "yes"
    with play.hub.database.transaction() as tx:
        sql = "SELECT pseudonym, object FROM act WHERE slug = 'unhcr' AND what = 'disagree'"
        assert row(tx, sql, ()) == ("one-1", own["id"])


def test_nobody_but_a_monitor_speaks_on_the_closing_of_another(play: Stage) -> None:
    alert, own = asked_to_close(play)
    assert refused(play, MONITOR, own, "agree", authority=UA_ASYLUM.urn) == "no-closing-asked"
    assert refused(play, MONITOR, own, "agree", authority=UNHCR.urn) == "no-closing-asked"
    assert refused(play, OFFICE, alert, "agree", authority=UNHCR.urn) == "no-closing-asked"
    assert refused(play, OFFICE, alert, "agree", authority=SK_ASYLUM.urn) == "no-closing-asked"
    assert refused(play, MONITOR, alert, "agree", authority=SK_ASYLUM.urn) == "no-such-alert"


def test_a_colleague_calls_a_closing_off(play: Stage) -> None:
    alert, _ = asked_to_close(play)
    back = act(play, OFFICE, alert, "disagree", caseworker="chief-1")
    assert (back["status"], "closing_by" in back) == ("taken", False)
    assert refused(play, OFFICE, alert, "disagree", caseworker="one-1") == "no-closing-asked"


def test_what_is_put_aside_leaves_the_open_work_and_says_until_when_and_by_whom(play: Stage) -> None:
    lost(play)
    alert = play.alert(OFFICE, "P13")
    before = open_work(play, OFFICE)
    once = act(play, OFFICE, alert, "snooze", days=7)
    assert act(play, OFFICE, alert, "snooze", days=7) == once
    assert once["snooze"]["by"] == "one-1"
    assert once["history"][-1]["detail"] == {"days": "7", "until": once["snooze"]["until"]}
    assert (once["status"], open_work(play, OFFICE)) == ("open", before - 1)
    assert "snooze" in play.alert(OFFICE, "P13")
    assert "snooze" not in play.alert(MONITOR, "P13")
    wake(play.hub, clock.now() + timedelta(days=7, minutes=1))
    over = play.alert(OFFICE, "P13")
    assert ("snooze" in over, acts(over)[-1]) == (False, "snooze_over")
    assert open_work(play, OFFICE) == before


def test_anything_new_of_the_pattern_about_the_person_breaks_a_snooze_and_nothing_else_does(play: Stage) -> None:
    lost(play)
    alert = play.alert(OFFICE, "P13")
    act(play, OFFICE, alert, "snooze", days=14)
    late = clock.now() + timedelta(days=8)
    lost(play, "another")
    play.say("sk-border", "encounter", person="one", case="s-one", event_time="2026-10-01")
    keep_all_at(play.hub, late)
    assert "snooze" in play.again(alert, OFFICE)
    play.leg("sk-border", "UKR", person="one", event_time="2026-10-20", case="s-one")
    keep_all_at(play.hub, late)
    back = play.again(alert, OFFICE)
    assert ("snooze" in back, acts(back)[-1]) == (False, "snooze_broken")


def test_a_snooze_is_for_all_of_a_pattern_about_a_person_and_can_be_ended(play: Stage) -> None:
    lost(play)
    lost(play)
    one, two = play.alerts(OFFICE, "P13")
    act(play, OFFICE, one, "snooze", days=3)
    assert "snooze" in play.again(two, OFFICE)
    act(play, OFFICE, two, "unsnooze")
    assert all("snooze" not in a for a in play.alerts(OFFICE))
    assert refused(play, OFFICE, one, "unsnooze", caseworker="chief-1") == "wrong-status"


def as_read(alerts: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"id": one["id"], "changed_at": one["changed_at"]} for one in alerts]


@pytest.mark.rule("L11")
def test_a_snooze_that_says_what_it_is_meant_for_puts_nothing_else_aside(play: Stage) -> None:
    lost(play)
    one = play.alert(OFFICE, "P13")
    read = as_read([one])
    lost(play)
    assert refused(play, OFFICE, one, "snooze", days=3, seen=read) == "changed-since-read"
    both = as_read(play.alerts(OFFICE, "P13"))
    older = [both[0] | {"changed_at": "2026-01-01T00:00:00Z"}, both[1]]
    assert refused(play, OFFICE, one, "snooze", days=3, seen=older) == "changed-since-read"
    assert refused(play, OFFICE, one, "snooze", days=3, seen=both[1:]) == "changed-since-read"
    assert all("snooze" not in a for a in play.alerts(OFFICE, "P13"))
    once = act(play, OFFICE, one, "snooze", days=3, seen=both)
    assert act(play, OFFICE, one, "snooze", days=3, seen=both) == once
    assert "seen" not in once["history"][-1]["detail"]
    assert all("snooze" in a for a in play.alerts(OFFICE, "P13"))
    for wrong in ([], [{"id": one["id"]}], [{"id": "x", "changed_at": one["changed_at"]}], one["id"]):
        assert refused(play, OFFICE, one, "snooze", days=3, seen=wrong) == "bad-schema"


def test_a_snooze_that_waits_for_a_new_alert_to_be_stored_finds_it(play: Stage) -> None:
    lost(play)
    one = play.alert(OFFICE, "P13")
    play.leg("sk-border", "UKR", person="one", event_time="2026-10-01", case="s-one")
    late, waits = clock.now() + timedelta(days=8), "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'"
    with ThreadPoolExecutor() as pool, play.hub.database.reading() as beside:
        (last,) = row(beside, "SELECT max(no) FROM notice", ()) or ()
        with play.hub.database.transaction() as tx:
            for step in (linking.link, detecting.detect, alerting.alert):
                step(tx, play.hub, last, "notice", late)
            crossing = pool.submit(refused, play, OFFICE, one, "snooze", days=3, seen=as_read([one]))
            while row(beside, waits + " AND datname = current_database()", ()) is None:
                assert not crossing.done()
        assert crossing.result() == "changed-since-read"
    assert len(play.alerts(OFFICE, "P13")) > 1


def test_a_critical_alert_is_never_put_aside(play: Stage) -> None:
    chain(play)
    assert refused(play, OFFICE, play.alert(OFFICE, "P04"), "snooze", caseworker="chief-1", days=1) == "never-snoozed"


def test_a_closed_alert_is_opened_again_with_a_reason(play: Stage) -> None:
    lost(play)
    alert = play.alert(OFFICE, "P13")
    assert refused(play, OFFICE, alert, "reopen", reason="new_information") == "wrong-status"
    act(play, OFFICE, alert, "take")
    act(play, OFFICE, alert, "close", reason="handled_elsewhere")
    assert play.offices[OFFICE].speaker.closed_alerts()[0]["id"] == alert["id"]
    once = act(play, OFFICE, alert, "reopen", reason="new_information", caseworker="chief-1")
    assert act(play, OFFICE, alert, "reopen", reason="new_information", caseworker="chief-1") == once
    assert (once["status"], "taken_by" in once, acts(once)[-1]) == ("open", False, "reopen")
    assert refused(play, OFFICE, alert, "reopen", reason="too_late") == "bad-schema"  # a reason for closing is none


def test_a_comment_is_a_code_and_at_most_a_uuid_and_changes_nothing_but_the_history(play: Stage) -> None:
    chain(play)
    alert = play.alert(OFFICE, "P04")
    once = act(play, OFFICE, alert, "comment", code="see_own_file", reference=OWN_FILE)
    assert act(play, OFFICE, alert, "comment", code="see_own_file", reference=OWN_FILE) == once
    assert once["history"][-1]["detail"] == {"code": "see_own_file", "reference": OWN_FILE}
    assert {m: v for m, v in once.items() if m != "history"} == {m: v for m, v in alert.items() if m != "history"}
    assert OWN_FILE not in str(play.alerts(MONITOR))
    for said in (
        {"code": "he fears his uncle"},
        {"code": "see_own_file", "reference": "Ivan-Petrov-1980"},
        {"text": "x"},
    ):
        assert refused(play, OFFICE, alert, "comment", **said) == "bad-schema"


def test_an_alert_of_a_chain_that_is_done_covers_what_was_only_a_risk(play: Stage) -> None:
    lost(play)
    before, waiting = play.alert(MONITOR, "P13"), open_work(play, MONITOR)
    assert "inhibited_by" not in before
    play.leg("ua-border", "AFG", person="one", event_time="2026-10-20")
    keep_all_at(play.hub, clock.now() + timedelta(days=8))
    done, risk = play.alert(MONITOR, "P04"), play.again(before, MONITOR)
    assert (risk["status"], risk["inhibited_by"], risk["dossier"]) == ("open", done["id"], done["dossier"])
    new = [a for a in play.alerts(MONITOR) if a["status"] == "open" and "inhibited_by" not in a]
    assert open_work(play, MONITOR) == waiting - 1 + len(new)
    act(play, MONITOR, done, "take")
    act(play, MONITOR, done, "close", reason="handled_elsewhere")
    signed_in(play.hub, MONITOR, "chief-1", Act("close", done["id"], reason="handled_elsewhere"))
    assert "inhibited_by" not in play.again(before, MONITOR)


def test_a_dossier_keeps_its_name_and_each_reader_has_its_own(play: Stage) -> None:
    lost(play)
    first = play.alert(OFFICE, "P13")
    act(play, OFFICE, first, "take")
    act(play, OFFICE, first, "close", reason="handled_elsewhere")
    play.leg("ua-border", "AFG", person="one", event_time="2026-10-20")
    keep_all(play.hub)
    assert play.alert(OFFICE, "P04")["dossier"] == first["dossier"]
    theirs = {a.get("dossier") for a in play.alerts(MONITOR)}
    assert theirs.isdisjoint({first["dossier"]})


def test_the_command_line_does_what_the_api_does(play: Stage) -> None:
    lost(play)
    alert = play.alert(OFFICE, "P13")
    office = ["authority", "--folder", str(play.offices[OFFICE].folder.path)]

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*office, *words])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    said = ("--caseworker", "one-1", "--days", "2")
    assert run("act", "snooze", alert["id"], *said)["history"][-1]["detail"]["days"] == "2"
    run("act", "comment", alert["id"], "--caseworker", "one-1", "--code", "see_own_file", "--reference", OWN_FILE)
    run("act", "take", alert["id"], "--caseworker", "one-1")
    run("act", "close", alert["id"], "--caseworker", "one-1", "--reason", "too_late")
    assert run("alerts", "--closed")[0]["id"] == alert["id"]
    assert alert["id"] not in {one["id"] for one in run("alerts")}
    assert run("act", "reopen", alert["id"], "--caseworker", "one-1", "--reason", "new_information")["status"] == "open"


def test_every_act_is_in_the_ledger(play: Stage) -> None:
    _, own = asked_to_close(play)
    for who, alert, name, said in (
        (MONITOR, own, "disagree", {"authority": SK_ASYLUM.urn}),
        (MONITOR, own, "comment", {"code": "file_checked"}),
    ):
        with play.hub.database.transaction() as tx:
            before = row(tx, "SELECT count(*) FROM leaf", ())
        act(play, who, alert, name, **said)
        with play.hub.database.transaction() as tx:
            after = row(tx, "SELECT count(*) FROM leaf", ())
        assert before is not None
        assert after == (before[0] + 2,)
