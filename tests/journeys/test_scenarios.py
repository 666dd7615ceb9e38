"""The twelve scenarios of domain.md F, each as a journey through the running exchange."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from authorities import Office
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange import clock, collecting
from exchange.domain import references
from exchange.domain.errors import Refusal
from exchange.wire import statements
from journey import Journey

SK_COURT = reader("sk-court", "court_liaison", "SVK")
SK_RETURN = reader("sk-return", "return_unit", "SVK")
LT_BORDER = reader("lt-border", "border_guard", "LTU")
LT_ASYLUM = reader("lt-asylum", "asylum_office", "LTU")
PL_ASYLUM = reader("pl-asylum", "asylum_office", "POL")
HU_BORDER = reader("hu-border", "border_guard", "HUN")
HU_ASYLUM = reader("hu-asylum", "asylum_office", "HUN")
RS_RETURN = reader("rs-return", "return_unit", "SRB")
MD_BORDER = reader("md-border", "border_guard", "MDA")
MD_ASYLUM = reader("md-asylum", "asylum_office", "MDA")
RUSSIAN = {"nationality": ["RUS"]}
TURK = {"nationality": ["TUR"], "feared": ["TUR"]}


def patterns(office: Office) -> dict[str, str]:
    """Pattern -> severity of the live alerts in a queue."""
    live = [a for a in office.speaker.alerts() if a["status"] != "withdrawn"]
    return {a["pattern"]: a["severity"] for a in live}


def urn(office: Office, receipt: dict[str, Any]) -> str:
    return references.urn(office.who.urn, receipt["id"])


def words(office: Office, of: str) -> list[dict[str, Any]]:
    """The hub's words of one name in an inbox."""
    pinned = office.folder.hub_key("words")
    items = [i for i in office.speaker.inbox()["items"] if i["type"] == "word"]
    heard = [statements.heard(item["jws"], statements.WORD, pinned) for item in items]
    return [word for word in heard if word["word"] == of]


def correct(office: Office, member: str, of: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Send a correction, or an answer to one: `member` of the event names the notice under the URN `of`."""
    parts = office.parts("correction", facts=facts)
    parts["event"][member] = of
    return office.speaker.post(parts)


def pass_time(journey: Journey, days: int) -> None:
    """Let days go by for the exchange: what it received lies further back, and what is due comes nearer."""
    earlier = timedelta(days=days)
    with psycopg.connect(journey.exchange.running.database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE notice SET received_at = received_at - %s", (earlier,))
        connection.execute("UPDATE timer SET due_at = due_at - %s", (earlier,))


def test_1_a_first_no_is_outweighed_by_a_childs_later_claim(journey: Journey) -> None:
    sk, ua, ua_asylum, unhcr = journey.enrol(SK_BORDER, UA_BORDER, UA_ASYLUM, UNHCR)
    interview = {"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"}
    sk.post("encounter", person="m", event_time="2026-09-01", facts=interview)
    sk.leg("UKR", person="m", event_time="2026-09-02")
    ua_asylum.post("claim_registered", person="m", event_time="2026-09-10", safeguards=["unaccompanied_minor"])
    ua.leg("AFG", person="m", event_time="2026-09-20")
    assert journey.alert(unhcr, "P04")["severity"] == "critical"


def test_2_a_standing_order_is_seen_before_the_removal(journey: Journey) -> None:
    sk, sk_asylum, ua, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UNHCR)
    ua.post("return_decision", person="h", event_time="2026-07-01", facts={"destinations": ["AFG"]})
    sk_asylum.post("claim_registered", person="h", event_time="2026-08-01")
    sk.post("removal_planned", person="h", event_time="2026-09-01", counterpart="UKR", facts={"destination": "UKR"})
    for office in (sk_asylum, unhcr):
        alert = journey.alert(office, "P05")
        assert (alert["severity"], alert["stage"]) == ("critical", "imminent")


def test_3_three_refusals_one_with_a_written_claim_and_an_old_file_elsewhere(journey: Journey) -> None:
    lt, lt_asylum, pl_asylum, by, unhcr = journey.enrol(LT_BORDER, LT_ASYLUM, PL_ASYLUM, BY_ASYLUM, UNHCR)
    pl_asylum.post("claim_registered", person="ma", event_time="2009-05", subject=RUSSIAN)
    lt.post("claim_expressed", person="ma", event_time="2026-09-02", subject=RUSSIAN, facts={"channel": "written"})
    for day in ("01", "02", "03"):
        refused = {"reason_letter": "C", "physically_returned": "yes", "fear_asked": "no"}
        lt.post(
            "entry_refused",
            person="ma",
            event_time=f"2026-09-{day}",
            subject=RUSSIAN,
            counterpart="BLR",
            facts=refused,
        )
    for office in (lt_asylum, unhcr):
        assert journey.alert(office, "P01")["severity"] in {"high", "critical"}
        serial = journey.alert(office, "P02")
        assert (serial["severity"], serial["stage"]) == ("high", "done")
    journey.settle()
    assert pl_asylum.ask("pl-asylum-1", "ma")["answer"] == "mailbox"
    assert (by.speaker.alerts(), by.speaker.inbox()["items"]) == ([], [])


def test_4_an_interim_measure_is_served_minutes_before_the_train_leaves(journey: Journey) -> None:
    court, sk, unit, sk_asylum, unhcr = journey.enrol(SK_COURT, SK_BORDER, SK_RETURN, SK_ASYLUM, UNHCR)
    train = {"destination": "UKR", "planned_at": "2026-09-02T17:25:00Z"}
    sk.post("removal_planned", person="da", event_time="2026-09-01", counterpart="UKR", facts=train)
    journey.settle()
    served = "2026-09-02T17:10:00Z"
    measure = {"body": "ecthr_rule_39", "step": "indicated", "served_at": served, "in_force_until": "2099-01-01"}
    court.post("interim_measure", person="da", event_time=served, facts=measure)
    for office in (unit, sk_asylum):  # addressed to nobody: it is for whoever can move the person
        (item,) = journey.inbox(office, 1)
        assert item["type"] == "notice"
    assert journey.view(unit, journey.inbox(unit, 1)[0])["facts"]["in_force_until"] == "2099-01-01"
    journey.awaited(lambda: words(sk, "stop"), "no stop reached the guards")
    assert words(sk, "stop") == [{"word": "stop", "case": "sk-border-1", "stop": "yes"}]  # L08: never why
    for office in (sk_asylum, unhcr):
        before = journey.alert(office, "P06")
        assert (before["severity"], before["stage"]) == ("critical", "imminent")
    plan = {"person": "da", "counterpart": "UKR", "event_time": "2026-09-02T17:25:00Z"}
    with pytest.raises(Refusal) as refused:
        sk.post("removal_executed", **plan, facts={"destination": "UKR"})
    assert refused.value.code == "stop-in-force"
    sk.post("removal_executed", **plan, facts={"destination": "UKR", "despite": ["carried_out_already"]})
    journey.awaited(lambda: journey.alert(unhcr, "P06")["stage"] == "done", "nobody was told that it was defied")


def test_5_a_removal_to_a_state_that_no_decision_named(journey: Journey) -> None:
    hu, hu_asylum, rs, unhcr = journey.enrol(HU_BORDER, HU_ASYLUM, RS_RETURN, UNHCR)
    to = [UNHCR.urn]
    hu_asylum.post("return_decision", person="md", event_time="2026-08-01", aud=to, facts={"destinations": ["AFG"]})
    hu.leg("SRB", person="md", event_time="2026-09-01", aud=to)
    first, second = journey.inbox(unhcr, 2)
    shown = [journey.opened(first, hu_asylum), journey.opened(second, hu)]
    assert [(p["event"]["kind"], p["facts"].get("destinations", p["facts"].get("destination"))) for p in shown] == [
        ("return_decision", ["AFG"]),
        ("removal_executed", "SRB"),
    ]
    assert journey.alert(unhcr, "P10")["severity"] == "high"
    refused = {"request_type": "readmission", "reply": "refused"}
    rs.post("responsibility_reply", person="md", event_time="2026-08-20", counterpart="HUN", facts=refused)
    for office in (hu_asylum, unhcr):
        journey.awaited(
            lambda o=office: patterns(o).get("P10") == "critical", "that the other state had refused changed nothing"
        )


def test_6_a_refugee_elsewhere_is_to_be_extradited(journey: Journey) -> None:
    sk_asylum, md_asylum, unhcr = journey.enrol(SK_ASYLUM, MD_ASYLUM, UNHCR)
    granted = {"change": "granted", "granted_by": "unhcr_mandate"}
    md_asylum.post("protection_status", person="k", event_time="2025-01-01", subject=TURK, facts=granted)
    extradition = {"ground": "extradition", "destinations": ["TUR"]}
    sk_asylum.post("return_decision", person="k", event_time="2026-09-01", subject=TURK, facts=extradition)
    for office in (sk_asylum, unhcr):
        alert = journey.alert(office, "P08")
        assert (alert["severity"], alert["stage"]) == ("critical", "imminent")
    mailbox = sk_asylum.ask("sk-asylum-1", "k")["mailbox"]
    journey.inbox(md_asylum, 1)
    (asked,) = words(md_asylum, "query")
    assert (asked["mailbox"], asked["asked_by"]) == (mailbox, SK_ASYLUM.urn)
    told = {"outcome": "hit", "told": ["stage", "decision_outcome"], "mailbox": mailbox}
    md_asylum.post("information_reply", person="k", subject=TURK, aud=[asked["asked_by"]], facts=told)
    (item,) = journey.inbox(sk_asylum, 1)
    assert journey.opened(item, md_asylum)["facts"] == told


def test_7_the_state_of_origin_asks_and_learns_nothing(journey: Journey) -> None:
    by, pl_asylum = journey.enrol(BY_ASYLUM, PL_ASYLUM)
    pl_asylum.post("claim_registered", person="b", subject={"nationality": ["BLR"], "feared": ["BLR"]})
    for case, person in (("by-1", "b"), ("by-2", "nobody")):
        by.post("claim_registered", person=person, case=case, subject={"nationality": ["BLR"]})
    journey.settle()
    answers = [by.ask(case, person) for case, person in (("by-1", "b"), ("by-2", "nobody"))]
    fresh = {"iat", "jti", "pad"}
    first, second = ({k: v for k, v in a.items() if k not in fresh} for a in answers)
    assert first == second
    journey.settle()
    assert (by.speaker.alerts(), by.speaker.inbox()["items"], pl_asylum.speaker.inbox()["items"]) == ([], [], [])
    with journey.hub.database.reading() as tx:
        asked = tx.execute("SELECT count(*) FROM query WHERE slug = 'by-asylum'").fetchone()
    assert asked == (2,)


def test_8_nobody_says_that_the_person_arrived(journey: Journey) -> None:
    sk, sk_asylum, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UNHCR)
    over_land = {"destination": "UKR", "means": "land"}
    sk.post("removal_executed", person="lost", event_time="2026-09-01", counterpart="UKR", facts=over_land)
    journey.settle()
    assert "P13" not in patterns(unhcr)
    pass_time(journey, 8)
    for office in (unhcr, sk_asylum):
        assert journey.alert(office, "P13")["severity"] in {"medium", "high"}


def test_9_a_decision_served_after_the_flight_does_not_suppress(journey: Journey) -> None:
    md, md_asylum, unhcr = journey.enrol(MD_BORDER, MD_ASYLUM, UNHCR)
    md_asylum.post("claim_registered", person="oz", event_time="2026-08-01", subject=TURK)
    md.leg("TUR", person="oz", event_time="2026-09-06", subject=TURK)
    rejected = {"outcome": "rejected", "merits_scope": "full", "decided_at": "2026-09-04", "served_at": "2026-09-08"}
    md_asylum.post("merits_decision", person="oz", event_time="2026-09-04", subject=TURK, facts=rejected)
    journey.settle()
    alert = journey.alert(unhcr, "P19")
    assert (alert["severity"], alert["stage"]) == ("critical", "done")


def test_10_a_wrong_link_is_undone_by_withdrawing_the_notice_that_made_it(journey: Journey) -> None:
    """Undoing the link itself, with both notices kept, comes with the linkage: here the wrong notice goes."""
    sk, sk_asylum, ua, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UNHCR)
    sk.leg("UKR", person="one", event_time="2026-09-01")
    wrong = ua.leg("AFG", person="one", event_time="2026-10-01", aud=[UNHCR.urn, SK_ASYLUM.urn])
    raised = {office.who.slug: journey.alert(office, "P04")["id"] for office in (sk_asylum, unhcr)}
    withdrawn = correct(ua, "withdraws", urn(ua, wrong), {"act": "withdraw", "reason": "wrong_person"})
    correct(ua, "withdraws", urn(ua, wrong), {"act": "erase", "reason": "wrong_person", "parts": ["facts"]})
    journey.inbox(unhcr, 3)
    assert patterns(unhcr)["P04"] == "critical"  # nobody takes a leg back alone
    correct(unhcr, "in_reply_to", urn(ua, withdrawn), {"act": "agree", "reason": "wrong_person"})
    for office in (sk_asylum, unhcr):
        journey.awaited(lambda o=office: "P04" not in patterns(o), "the alert was not recalled")
        told = office.speaker.alert(raised[office.who.slug])
        assert (told["status"], told["history"][-1]["act"]) == ("withdrawn", "withdrawn")
    journey.inbox(sk_asylum, 3)  # the notice, and both corrections of it


def test_11_an_adult_turns_out_to_be_a_child(journey: Journey) -> None:
    sk, sk_asylum, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UNHCR)
    adult = sk.post("encounter", person="c", event_time="2026-09-01", aud=[UNHCR.urn])
    sk_asylum.post("claim_registered", person="c", event_time="2026-09-01")
    plan = {"destination": "UKR", "planned_at": "2099-01-01"}
    sk.post("removal_planned", person="c", event_time="2026-09-02", counterpart="UKR", facts=plan)
    journey.settle()
    assert words(sk, "stop") == []
    before = journey.alert(unhcr, "P03")
    child = sk.post("encounter", person="c", event_time="2026-09-01", safeguards=["unaccompanied_minor"])
    replaced = {"act": "replace", "reason": "age_reassessed", "replaced_by": urn(sk, child)}
    correct(sk, "corrects", urn(sk, adult), replaced)
    journey.awaited(lambda: words(sk, "stop"), "the block of L12 did not appear")
    assert [word["stop"] for word in words(sk, "stop")] == ["yes"]
    journey.settle()  # the block does not wait for the alert
    after = journey.alert(unhcr, "P03")
    order = ["info", "medium", "high", "critical"]
    assert (after["id"], order.index(after["severity"])) == (before["id"], order.index(before["severity"]) + 1)


def test_12_a_group_interviewed_one_by_one_is_silent_person_by_person(journey: Journey) -> None:
    """Six of a lorry are interviewed and handed over, five others are admitted; the beat counts, once a minute."""
    sk, sk_asylum, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UNHCR)
    today = clock.now().date().isoformat()
    heard = {"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no", "language_understood": "yes"}
    over = {"destination": "UKR", "legal_act": "readmission_agreement"}
    for number in range(6):
        of = {"person": f"p{number}", "case": f"lorry-{number}", "event_time": today}
        sk.post("encounter", **of, facts=heard | {"place": "SKPET"})
        sk.post("return_decision", **of, facts={"destinations": ["UKR"], "ground": "readmission", "suspensive": "none"})
        sk.post("removal_executed", **of, counterpart="UKR", facts=over)
    for number in range(5):
        of = {"person": f"admitted {number}", "case": f"admitted-{number}", "event_time": today}
        sk.post("claim_expressed", **of, facts={"place": "SKPET", "channel": "oral"})
        sk_asylum.post("claim_registered", **of)
    journey.settle()
    assert patterns(unhcr) == {}
    collecting.collect(journey.hub, clock.now())
    assert patterns(unhcr) == {"P20": "high"}
    assert (patterns(sk), patterns(sk_asylum)) == ({}, {})
