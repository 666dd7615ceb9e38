"""Invented persons over real HTTP: posted, linked, judged and alerted as everything else, and to no avail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authorities import hire, tokens
from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from steps import keep_all
from worlds import Stage, served, stage

LIAR = reader("by-border", "border_guard", "BLR")
MONITOR = UNHCR.slug


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, AF_BORDER, UNHCR, LIAR)
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        for who in readers:
            hire(made["hub"], who.slug, "one-1", "caseworker")
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    return stage(world)


def second_leg(play: Stage) -> None:
    """Hand the victim on: the tokens of this notice fit the first leg, and also what was invented."""
    leg = play.parts(
        "ua-border",
        "removal_executed",
        counterpart="AFG",
        facts={"destination": "AFG"},
        person="one",
        event_time="2026-10-01",
    )
    leg["hub"]["tokens"]["values"] += tokens(f"{play.mark}-invented")["values"]
    play.offices["ua-border"].speaker.post(leg)
    keep_all(play.hub)


def lie(play: Stage, count: int, person: str = "invented") -> None:
    """Post so many persons under cases of their own, with tokens that somebody's other notices have."""
    notices = [play.parts(LIAR.slug, "encounter", person=person, case=f"lie-{n}") for n in range(count)]
    assert all("leaf" in told for told in play.offices[LIAR.slug].speaker.post_batch(notices))
    keep_all(play.hub)


@pytest.mark.rule("L17")
def test_fifty_one_notices_hide_a_victim_from_no_monitor_and_tell_nobody_else(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    lie(play, 51)
    second_leg(play)
    alert = play.alert(MONITOR, "P04")
    assert (alert["certainty"], alert["link"]) == ("possible", "possible")
    assert play.alerts(SK_ASYLUM.slug, "P04") == play.alerts(UA_ASYLUM.slug, "P04") == []


@pytest.mark.rule("L17")
def test_the_two_authorities_confirm_the_victims_link_through_all_that_was_invented(play: Stage) -> None:
    play.leg("sk-border", "UKR", person="one", event_time="2026-09-01")
    lie(play, 3)
    second_leg(play)
    assert play.alerts(SK_ASYLUM.slug, "P04") == []
    for slug, states in (("sk-border", "UKR"), ("ua-border", "SVK")):
        links = play.offices[slug].speaker.links
        (mine,) = (
            one
            for one in links.index(case=f"{play.mark}-{slug}")
            if any(n["side"] == "other" and states in n["event"].values() for n in one["notices"])
        )
        links.say(mine["id"], "confirm", "one-1", ("photograph", "document"))
    keep_all(play.hub)
    alert = play.alert(SK_ASYLUM.slug, "P04")
    assert alert["status"] == "open"
    stands = play.alert(MONITOR, "P04")
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
