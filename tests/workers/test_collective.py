"""P20 on a running hub: many put out at one post on one day, told to monitors, naming nobody, seen by no member."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from authorities import PASSWORD, Office, hire
from builders import SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR, reader
from conftest import Enrol
from exchange import clock, collecting
from exchange.app import make_app
from exchange.client.line import Refused
from exchange.deps import Hub
from exchange.domain import collective
from exchange.store import collective as store
from exchange.store.session import rows
from schemas.catalogue import served
from steps import STEPS, dump, keep_all
from workers.app import app
from workers.promises import keep
from workers.timers import collect

POST = "SKVNE"
ASKED = {"interview_held": "yes", "fear_asked": "yes", "language_understood": "yes", "relayed_interpreting": "no"}
BY_MONITOR = reader("by-monitor", "monitor", "BLR")
MEMBERS = (SK_BORDER, SK_ASYLUM, UA_BORDER)


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in (*MEMBERS, UNHCR, BY_MONITOR)}


@cache
def day(back: int = 1) -> str:
    """The day so many days ago; the same all the time, also when midnight passes."""
    return (clock.now() - timedelta(days=back)).date().isoformat()


def post_all(office: Office, parts: list[dict[str, Any]]) -> None:
    assert [one for one in office.speaker.post_batch(parts) if isinstance(one, Refused)] == []


def refused(office: Office, *persons: str, **said: Any) -> list[dict[str, Any]]:
    facts = {"reason_letter": "C", "border_point": POST, "physically_returned": "yes"} | said.pop("facts", {})
    common = {"counterpart": "UKR", "event_time": day(), "facts": facts} | said
    return [office.parts("entry_refused", person=p, case=f"{office.who.slug}-{p}", **common) for p in persons]


def claims(office: Office, *persons: str, **said: Any) -> list[dict[str, Any]]:
    common = {"event_time": day(), "state": "SVK"} | said
    return [office.parts("claim_expressed", person=p, case=f"{office.who.slug}-{p}", **common) for p in persons]


def people(first: int, last: int) -> list[str]:
    return [f"person-{n}" for n in range(first, last + 1)]


def linked(hub: Hub) -> None:
    """Keep the promises to link, and no other: no more is needed here."""
    with hub.database.transaction() as tx:
        numbers = [
            no for (no,) in rows(tx, "SELECT no FROM outbox WHERE step = 'link' AND done_at IS NULL ORDER BY no")
        ]
    keep(hub, "link", numbers, STEPS["link"])


def collected(hub: Hub) -> None:
    linked(hub)
    collecting.collect(hub, clock.now())


def found(office: Office) -> list[dict[str, Any]]:
    return [a for a in office.speaker.alerts() if a["pattern"] == "P20"]


def only(office: Office) -> dict[str, Any]:
    """The one alert of the pattern, with its history, as the schema has it."""
    (one,) = found(office)
    told = office.speaker.alert(one["id"])
    assert [e.message for e in Draft202012Validator(served("alert")).iter_errors(told)] == []
    return told


def acts(alert: dict[str, Any]) -> list[str]:
    return [event["act"] for event in alert["history"]]


def names_nobody(hub: Hub, told: dict[str, Any]) -> None:
    with hub.database.transaction() as tx:
        hidden = [str(value) for found in rows(tx, "SELECT id, case_ref FROM notice") for value in found]
        hidden += [slug for (slug,) in rows(tx, "SELECT slug FROM authority WHERE slug <> 'unhcr'")]
    assert hidden
    assert [value for value in hidden if value in json.dumps(told)] == []


def observed(offices: dict[str, Office]) -> dict[str, Any]:
    """What members see of alerts and boxes."""
    return {
        slug: (offices[slug].speaker.alerts(), offices[slug].speaker.inbox()["items"])
        for slug in (who.slug for who in MEMBERS)
    }


def test_asady_is_silent_for_each_person_and_seen_by_the_monitor_as_a_statistic(
    hub: Hub, offices: dict[str, Office]
) -> None:
    """19 interviewed and handed over the same night, 12 others of the same lorry asked for protection (domain.md F)."""
    border = offices["sk-border"]
    lorry, others = people(1, 19), people(20, 31)
    feared_nothing = ASKED | {"fear_answer": "no", "place": POST, "circumstances": "irregular_entry"}
    met = [border.parts("encounter", person=p, case=p, event_time=day(), facts=feared_nothing) for p in lorry]
    ordered = {"destinations": ["UKR"], "suspensive": "none", "entry_ban": "yes", "ground": "irregular_stay"}
    over = {"destination": "UKR", "legal_act": "readmission_agreement", "means": "land"}
    put_out = [
        border.parts(kind, person=p, case=p, event_time=day(), counterpart="UKR", facts=facts)
        for kind, facts in (("return_decision", ordered), ("removal_executed", over))
        for p in lorry
    ]
    asking = claims(border, *others, facts={"place": POST, "channel": "oral"})
    post_all(border, [*met, *put_out, *asking])
    registered = [offices["sk-asylum"].parts("claim_registered", person=p, case=p, event_time=day()) for p in others]
    post_all(offices["sk-asylum"], registered)
    keep_all(hub)
    before = observed(offices)
    collecting.collect(hub, clock.now())

    seen = only(offices["unhcr"])
    assert (seen["severity"], seen["certainty"], seen["status"]) == ("high", "possible", "open")
    assert seen["collective"] == {
        "state": "SVK",
        "post": POST,
        "day": day(),
        "groups": [
            {
                "kind": "removal_executed",
                "reason": "readmission_agreement",
                "persons": "10-19",
                "signs": ["alike", "beside"],
            }
        ],
    }
    assert [s["code"] for s in seen["suppressors"]] == ["alike", "alone"]
    names_nobody(hub, seen)
    assert observed(offices) == before
    assert {a["pattern"] for office in offices.values() for a in office.speaker.alerts()} == {"P20"}
    assert found(offices["by-monitor"])[0]["collective"] == seen["collective"]


def test_lawyers_hear_what_the_state_did_not_note_and_a_late_word_moves_no_number(
    hub: Hub, offices: dict[str, Office]
) -> None:
    border, unhcr = offices["sk-border"], offices["unhcr"]
    post_all(border, refused(border, *people(1, 6)))
    collected(hub)
    first = only(unhcr)
    assert (first["certainty"], first["collective"]["groups"][0]["persons"]) == ("possible", "5-9")
    post_all(border, refused(border, "person-7"))
    post_all(border, refused(border, "person-1"))  # a second word of one person
    collected(hub)
    assert only(unhcr) == first
    post_all(unhcr, claims(unhcr, *people(1, 5)))
    collected(hub)
    grown = only(unhcr)
    assert (grown["id"], grown["certainty"], acts(grown)) == (first["id"], "likely", ["raised", "changed"])
    assert grown["collective"]["groups"][0]["signs"] == ["unasked", "gap"]
    stands = dump(hub)
    collecting.collect(hub, clock.now())
    assert dump(hub) == stands


def test_fewer_than_five_persons_are_nothing_and_five_are_withdrawn_when_one_is_taken_back(
    hub: Hub, offices: dict[str, Office]
) -> None:
    border, unhcr = offices["sk-border"], offices["unhcr"]
    post_all(border, refused(border, *people(1, 4)) + refused(border, "person-1"))
    collected(hub)
    assert found(unhcr) == []
    said = border.post(
        "entry_refused",
        person="person-5",
        case="five",
        aud=[UNHCR.urn],
        event_time=day(),
        counterpart="UKR",
        facts={"reason_letter": "C", "border_point": POST},
    )
    collected(hub)
    assert acts(only(unhcr)) == ["raised"]
    wrong = f"urn:asylum-exchange:notice:sk-border:{said['id']}"
    facts = {"act": "withdraw", "reason": "wrong_facts"}
    parts = border.parts("correction", case="five", aud=[UNHCR.urn], event_time=day(0), facts=facts)
    parts["event"]["withdraws"] = wrong
    corrected = border.speaker.post(parts)
    keep_all(hub)  # the monitor is given both, and can speak of them
    collecting.collect(hub, clock.now())
    assert acts(only(unhcr)) == ["raised"]  # the state alone takes nothing away (L23)
    agreed = unhcr.parts("correction", event_time=day(0), facts={"act": "agree", "reason": "wrong_facts"})
    agreed["event"]["in_reply_to"] = f"urn:asylum-exchange:notice:sk-border:{corrected['id']}"
    unhcr.speaker.post(agreed)
    collected(hub)
    gone = only(unhcr)
    assert (gone["status"], acts(gone)) == ("withdrawn", ["raised", "withdrawn"])


def test_a_monitor_seated_where_somebody_is_kept_from_sees_only_what_it_would_see_without_them(
    hub: Hub, offices: dict[str, Office]
) -> None:
    border, unhcr, seated = offices["sk-border"], offices["unhcr"], offices["by-monitor"]
    asylum = offices["sk-asylum"]
    russian = {"nationality": ["RUS"]}  # Belarus is an ally (L24)
    post_all(border, refused(border, *people(1, 4)) + refused(border, "person-5", subject=russian))
    collected(hub)
    assert (len(found(unhcr)), found(seated)) == (1, [])
    post_all(border, refused(border, "person-6"))
    collected(hub)
    held = only(seated)
    assert held["collective"]["groups"][0]["persons"] == "5-9"
    feared = {"nationality": ["AFG"], "feared": ["BLR"]}
    post_all(asylum, claims(asylum, *people(1, 6), subject=feared))
    post_all(unhcr, claims(unhcr, *people(1, 6), subject=feared))
    collected(hub)
    assert only(seated) == held  # nobody who was told of is lost, and nothing is heard of what they fear
    post_all(border, refused(border, *people(7, 11)))
    collected(hub)
    assert only(seated)["collective"]["groups"][0]["persons"] == "10-19"  # five told before, five who came since
    assert acts(only(seated)) == ["raised", "changed"]


def test_a_monitor_seated_elsewhere_is_told_when_it_is_over(hub: Hub, offices: dict[str, Office]) -> None:
    border, seated = offices["sk-border"], offices["by-monitor"]
    post_all(border, refused(border, *people(1, 5)))
    collected(hub)
    assert acts(only(seated)) == ["raised"]
    encounter = {"facts": ASKED, "event_time": day(), "case": "sk-border-person-1"}
    post_all(border, [border.parts("encounter", person="person-1", **encounter)])
    collected(hub)
    assert acts(only(seated)) == ["raised", "withdrawn"]
    with hub.database.transaction() as tx:
        told = "SELECT count(*) FROM sighting_told t JOIN sighting s USING (notice) WHERE t.looked_at = s.looked_at"
        assert rows(tx, told) == [(5,)]


def test_a_day_is_judged_for_thirty_days_and_then_stays_as_it_was_told(hub: Hub, offices: dict[str, Office]) -> None:
    border, unhcr = offices["sk-border"], offices["unhcr"]
    post_all(border, refused(border, *people(1, 6)))
    collected(hub)
    told = only(unhcr)
    with hub.database.transaction() as tx:
        tx.execute("UPDATE collective_day SET opened_at = opened_at - interval '31 days'")
    post_all(unhcr, claims(unhcr, *people(1, 6)))
    collected(hub)
    assert only(unhcr) == told
    collecting.collect(hub, clock.now() + collective.KEPT + timedelta(minutes=1))
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT * FROM sighting") == []
    assert only(unhcr) == told


def test_the_console_shows_it_in_words_that_fit(hub: Hub, offices: dict[str, Office]) -> None:
    post_all(offices["sk-border"], refused(offices["sk-border"], *people(1, 6)))
    collected(hub)
    hire(hub, UNHCR.slug, "clerk-1")
    client = make_app(hub).test_client()
    form = {"authority": UNHCR.slug, "pseudonym": "clerk-1", "password": PASSWORD}
    assert client.post("/console/sign-in", data=form).status_code == 303
    queue, shown = (client.get(path).text for path in ("/console/", f"/console/alerts/{only(offices['unhcr'])['id']}"))
    for text in (queue, shown):
        assert "P20 Collective pattern" in text
        assert f"Slovakia, {POST}" in text
        assert "erits" not in text
    assert "refused entry to 5-9 persons, letter C" in shown
    assert "Notice " not in shown


def test_who_is_not_linked_yet_waits_and_of_two_passes_at_once_one_does_nothing(
    hub: Hub, offices: dict[str, Office]
) -> None:
    post_all(offices["sk-border"], refused(offices["sk-border"], *people(1, 6)))
    assert collecting.collect(hub, clock.now()) == 0
    linked(hub)
    stands = dump(hub)
    with hub.database.transaction() as tx:
        assert store.begin(tx)
        assert collecting.collect(hub, clock.now()) == 0
    assert dump(hub) == stands
    assert collecting.collect(hub, clock.now()) == 1
    after = dump(hub)
    assert {table for table in after if after[table] != stands[table]} == {
        *("alert", "alert_event", "collective_day", "collective_waiting", "sighting", "sighting_told")
    }
    assert acts(only(offices["unhcr"])) == ["raised"]


@pytest.mark.rule("L23")
def test_a_state_that_keeps_posts_waiting_puts_off_no_other(hub: Hub, offices: dict[str, Office]) -> None:
    """Estonia comes before Slovakia in the alphabet, and something new comes of thirty of its posts all the time."""
    post_all(offices["sk-border"], refused(offices["sk-border"], *people(1, 6)))
    linked(hub)
    for minute in range(12):
        with hub.database.transaction() as tx:
            tx.execute(
                "INSERT INTO collective_day (state, post, day, opened_at, dirty)"
                " SELECT 'EST', 'EE' || n, current_date, now(), true FROM generate_series(100, 129) n"
                " ON CONFLICT (state, post, day) DO UPDATE SET dirty = true"
            )
        collecting.collect(hub, clock.now() + timedelta(minutes=minute))
    assert acts(only(offices["unhcr"])) == ["raised"]


def test_facts_that_were_erased_count_for_no_monitor(hub: Hub, offices: dict[str, Office]) -> None:
    post_all(offices["sk-border"], refused(offices["sk-border"], *people(1, 5)))
    collected(hub)
    assert [acts(only(offices[slug])) for slug in ("unhcr", "by-monitor")] == [["raised"]] * 2
    with hub.database.transaction() as tx:
        tx.execute(
            "INSERT INTO erasure (notice, name, reason, at) SELECT min(no), 'facts', 'wrong_facts', now() FROM notice"
        )
    collecting.collect(hub, clock.now())
    gone = [acts(only(offices[slug])) for slug in ("unhcr", "by-monitor")]
    assert gone == [["raised", "withdrawn"]] * 2


def test_a_key_that_was_in_other_hands_takes_back_what_the_state_noted(hub: Hub, offices: dict[str, Office]) -> None:
    border, unhcr = offices["sk-border"], offices["unhcr"]
    post_all(border, [*refused(border, *people(1, 6)), *claims(border, *people(1, 6))])
    post_all(unhcr, claims(unhcr, *people(1, 6)))
    collected(hub)
    assert found(unhcr) == []  # the state noted each of the claims that others heard
    with hub.database.transaction() as tx:
        tx.execute("UPDATE authority_key SET compromised_since = active_from WHERE slug = 'sk-border'")
    collecting.collect(hub, clock.now())
    assert only(unhcr)["certainty"] == "likely"


def test_the_page_about_it_names_every_sign_and_band() -> None:
    page = (Path(__file__).parents[2] / "docs" / "collective.md").read_text(encoding="utf-8")
    assert [name for name in (*collective.SIGNS, *collective.BAND_NAMES) if f"`{name}`" not in page] == []


def test_the_clock_asks_for_it() -> None:
    assert app.conf.beat_schedule["collect"]["task"] == collect.name
