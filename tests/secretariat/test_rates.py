"""`patterns rates`: real alerts, counted by pattern and queue, from their history."""

import json

import click.testing
import pytest

from authorities import Office, hire, signed_in
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from conftest import Enrol
from exchange.alerts import Act
from exchange.cli.main import cli
from exchange.deps import Hub
from exchange.store.session import rows
from steps import keep_all

PERSONS = 6
"""So many that a count is shown: 6 is told as 5, and one or two as <5."""


def ran(*arguments: str) -> str:
    done = click.testing.CliRunner().invoke(cli, ["patterns", "rates", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def chains(hub: Hub, web: str, enrol: Enrol) -> Office:
    """The office of Slovakia, in whose queue stand chains of removals; one was closed, by two, as a wrong link."""
    assert web
    by = {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR)}
    for office, to, when in ((by["sk-border"], "UKR", "2026-09-01"), (by["ua-border"], "AFG", "2026-10-01")):
        said = {"counterpart": to, "event_time": when, "facts": {"destination": to}}
        office.speaker.post_batch(
            [office.parts("removal_executed", person=f"p{n}", case=f"c{n}", **said) for n in range(PERSONS)]
        )
    keep_all(hub)
    hire(hub, SK_ASYLUM.slug, "one-1")
    hire(hub, SK_ASYLUM.slug, "chief-1", "supervisor")
    office = by["sk-asylum"]
    found = [a["id"] for a in office.speaker.alerts() if a["pattern"] == "P04"]
    assert len(found) == PERSONS
    office.speaker.act(found[0], "take", {"caseworker": "one-1"})
    office.speaker.act(found[0], "close", {"caseworker": "one-1", "reason": "wrong_link"})
    signed_in(hub, SK_ASYLUM.slug, "chief-1", Act("close", found[0], reason="wrong_link"))
    return office


def a_day_ago(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        tx.execute("ALTER TABLE alert_event DISABLE TRIGGER USER")
        tx.execute("UPDATE alert_event SET at = at - interval '1 day'")
        tx.execute("ALTER TABLE alert_event ENABLE TRIGGER USER")


@pytest.mark.usefixtures("told")
def test_rates_count_what_became_of_alerts_and_show_no_small_number(hub: Hub, chains: Office) -> None:
    assert {one["raised"] for one in json.loads(ran("--json"))["queues"]} == {0}  # today is not over
    a_day_ago(hub)
    told = json.loads(ran("--days", "30", "--json"))
    queues = {(one["pattern"], one["authority"]): one for one in told["queues"]}
    mine = queues["P04", chains.who.slug]
    assert (mine["raised"], mine["open_now"], mine["closed"]) == (5, 5, {"wrong_link": "<5"})
    assert mine["median_hours_to_close"] is None
    assert queues["P04", "unhcr"]["closed"] == {}
    found = {one["pattern"]: one["findings"] for one in told["patterns"]}
    assert (found["P04"], found["P20"], found["Q01"]) == (5, 0, 0)  # each finding once, in however many queues
    text = ran()
    assert "P04 sk-asylum: raised 5; open now 5; withdrawn 0; superseded 0; closed: wrong_link <5" in text
    with hub.database.transaction() as tx:
        hidden = [str(number) for (number,) in rows(tx, "SELECT id FROM alert UNION SELECT id FROM notice")]
        assert rows(tx, "SELECT object FROM act WHERE what = 'rates' ORDER BY no")[-1] == ("90 days",)
    assert [one for one in hidden if one in text + json.dumps(told)] == []


def test_a_window_of_ones_own_is_refused() -> None:
    done = click.testing.CliRunner().invoke(cli, ["patterns", "rates", "--days", "31"])
    assert done.exit_code == 2
    assert "31" in done.stderr
