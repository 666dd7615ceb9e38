"""Invented persons over real HTTP: posted, linked, judged and alerted as everything else, and to no avail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authorities import hire, signed_in, tokens
from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange import clock
from exchange.alerts import Act
from exchange.store import outbox
from exchange.store.session import rows
from steps import keep_all
from worlds import Stage, served, stage

LIAR = reader("by-border", "border_guard", "BLR")
MONITOR = UNHCR.slug


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, AF_BORDER, UNHCR, LIAR)
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        for who in readers:
            hire(made["hub"], who.slug, "one-1", "supervisor" if who is UNHCR else "caseworker")
        hire(made["hub"], MONITOR, "two-1", "supervisor")
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    return stage(world)


def second_leg(play: Stage, to: str = "AFG", case: str = UA_BORDER.slug) -> None:
    """Hand the victim on: the tokens of this notice fit the first leg, and also what was invented."""
    said = {"facts": {"destination": to}, "person": "one", "event_time": "2026-10-01", "case": case}
    leg = play.parts("ua-border", "removal_executed", counterpart=to, **said)
    leg["hub"]["tokens"]["values"] += tokens(f"{play.mark}-invented")["values"]
    play.offices["ua-border"].speaker.post(leg)
    keep_all(play.hub)


def lie(play: Stage, count: int, person: str = "invented") -> None:
    """Post so many persons under cases of their own, with tokens that somebody's other notices have."""
    notices = [play.parts(LIAR.slug, "encounter", person=person, case=f"lie-{n}") for n in range(count)]
    assert all("leaf" in told for told in play.offices[LIAR.slug].speaker.post_batch(notices))
    keep_all(play.hub)


def invent_a_way_on(play: Stage) -> None:
    """Post a removal to Afghanistan that fits the victim, and also somebody invented: nobody's before a review."""
    play.say(LIAR.slug, "encounter", person="invented", case="lie-0")
    keep_all(play.hub)
    by_agreement = {"destination": "AFG", "legal_act": "readmission_agreement"}
    said = {"person": "one", "case": "lie-1", "event_time": "2026-10-01"}
    leg = play.parts(LIAR.slug, "removal_executed", counterpart="AFG", facts=by_agreement, **said)
    leg["hub"]["tokens"]["values"] += tokens(f"{play.mark}-invented")["values"]
    play.offices[LIAR.slug].speaker.post(leg)
    keep_all(play.hub)


def close(play: Stage, alert: dict[str, Any], reason: str) -> None:
    speaker = play.offices[MONITOR].speaker
    speaker.act(alert["id"], "take", {"caseworker": "one-1"})
    speaker.act(alert["id"], "close", {"caseworker": "one-1", "reason": reason})
    signed_in(play.hub, MONITOR, "two-1", Act("close", alert["id"], reason=reason))


def judge_anew(play: Stage) -> None:
    """Promise `detect` for everybody that there is a finding about."""
    with play.hub.database.transaction() as tx:
        anchors = [no for (no,) in rows(tx, "SELECT DISTINCT anchor FROM finding")]
        outbox.promise(tx, [("detect", no, f"again {play.mark} {clock.now()}") for no in anchors], clock.now())


@pytest.mark.rule("L17")
def test_fifty_one_notices_hide_a_victim_from_no_monitor_and_tell_nobody_else(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    lie(play, 51)
    second_leg(play)
    alert = play.alert(MONITOR, "P04")
    assert (alert["certainty"], alert["link"]) == ("possible", "possible")
    assert play.alerts(SK_ASYLUM.slug, "P04") == play.alerts(UA_ASYLUM.slug, "P04") == []


@pytest.mark.rule("L23")
def test_an_invented_alert_hides_no_sure_one_nor_takes_it_along_when_it_is_closed(play: Stage) -> None:
    """An invented way on from the victim's handover is worse than what stands, and of its family and anchor."""
    play.say(SK_ASYLUM.slug, "claim_registered", person="one", event_time="2026-08-01")
    play.leg("sk-border", "BLR", person="one", event_time="2026-09-01")
    keep_all(play.hub)
    (before,) = play.alerts(MONITOR)
    assert (before["pattern"], before["certainty"], before["link"]) == ("P03", "likely", "probable")
    invent_a_way_on(play)
    said = play.alert(MONITOR, "P04")
    assert (said["certainty"], said["link"], said["status"]) == ("possible", "possible", "open")
    assert play.again(before, MONITOR) == before | {"dossier": said["dossier"]}
    close(play, said, "wrong_link")
    for _ in ("closed", "judged anew"):
        keep_all(play.hub)
        assert play.again(said, MONITOR)["status"] == "closed"
        assert play.again(before, MONITOR)["history"] == before["history"]
        assert before["id"] in {one["id"] for one in play.offices[MONITOR].speaker.alerts()}
        judge_anew(play)


@pytest.mark.rule("L23")
def test_of_several_ways_on_that_may_be_the_victims_each_is_told_and_put_aside_by_itself(play: Stage) -> None:
    """Two removals fit the victim and somebody else: one is invented, and nobody knows yet which."""
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    lie(play, 1)
    for to in ("AFG", "BLR"):
        second_leg(play, to, f"to-{to}")
    told = play.alerts(MONITOR, "P04")
    assert {one["link"] for one in told} == {"possible"}
    ways = {tuple(n["facts"]["destination"] for n in one["notices"]) for one in told}
    assert ways == {("UKR", "AFG"), ("UKR", "BLR")}
    close(play, told[0], "wrong_link")
    judge_anew(play)
    keep_all(play.hub)
    assert [play.again(one, MONITOR)["status"] for one in told] == ["closed", "open"]


@pytest.mark.rule("L17")
def test_the_two_authorities_confirm_the_victims_link_through_all_that_was_invented(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    lie(play, 3)
    second_leg(play)
    assert play.alerts(SK_ASYLUM.slug, "P04") == []
    for slug, state in (("sk-border", "UKR"), ("ua-border", "SVK")):
        links = play.offices[slug].speaker.links
        (mine,) = (one for one in links.index(case=f"{play.mark}-{slug}") if one["other_state"] == state)
        links.say(mine["id"], "confirm", "one-1", ("photograph", "document"))
    keep_all(play.hub)
    alert = play.alert(SK_ASYLUM.slug, "P04")
    assert alert["status"] == "open"
    doubted, stands = play.alerts(MONITOR, "P04")
    assert (doubted["status"], stands["status"]) == ("withdrawn", "open")
    assert doubted["history"][-1]["detail"]["because"] != "link_undone"
    assert (stands["certainty"], stands["link"]) == (alert["certainty"], alert["link"])


@pytest.mark.rule("L17")
def test_the_inventor_confirms_alone_and_nothing_is_welded(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    play.leg("ua-border", "AFG", person="one", event_time="2026-10-01")
    lie(play, 1, "one")
    before = play.alert(SK_ASYLUM.slug, "P04")
    links = play.offices[LIAR.slug].speaker.links
    for found in links.index(case=f"{play.mark}-lie-0"):
        assert links.say(found["id"], "confirm", "one-1", ("photograph", "document"))["grade"] == "probable"
    keep_all(play.hub)
    assert play.again(before, SK_ASYLUM.slug) == before


@pytest.mark.rule("L23")
def test_a_state_undoes_its_link_alone_and_then_plans_the_removal(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    play.say("ua-border", "encounter", person="one", event_time="2026-09-02")
    keep_all(play.hub)
    links = play.offices["ua-border"].speaker.links
    (mine,) = links.index(case=f"{play.mark}-ua-border")
    links.say(mine["id"], "refuse", "one-1", ("name",))
    keep_all(play.hub)
    play.say("ua-border", "removal_planned", counterpart="AFG", event_time="2026-11-28", facts={"destination": "AFG"})
    keep_all(play.hub)
    patterns = {alert["pattern"] for alert in play.alerts(MONITOR)}
    assert patterns & {"P02", "P05"}
