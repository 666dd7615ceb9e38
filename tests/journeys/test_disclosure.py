"""Who learns what, with the whole exchange running: PostgreSQL, Redis, web, relay, worker and beat as processes."""

from builders import AF_BORDER, BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from journey import Journey


def test_a_chain_reaches_the_states_that_act_and_the_monitor_and_never_the_state_that_is_feared(
    journey: Journey,
) -> None:
    sk, sk_asylum, ua, ua_asylum, unhcr, af = journey.enrol(
        SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR, AF_BORDER
    )
    sk.leg("UKR", person="one", event_time="2026-09-01")
    ua.leg("AFG", person="one", event_time="2026-10-01")
    seen = {office.who.slug: journey.alert(office, "P04") for office in (sk_asylum, ua_asylum, unhcr)}
    assert {a["severity"] for a in seen.values()} == {"critical"}
    assert [n["event"]["event_time"] for n in seen["sk-asylum"]["notices"]] == ["2026-09", "2026-10"]
    assert "facts" not in seen["sk-asylum"]["notices"][0]
    assert [n["event"]["event_time"] for n in seen["unhcr"]["notices"]] == ["2026-09-01", "2026-10-01"]
    assert seen["unhcr"]["notices"][0]["facts"]["destination"] == "UKR"
    assert seen["unhcr"]["notices"][0]["danger"] == ["AFG"]
    journey.settle()
    assert af.speaker.alerts() == []
    assert af.speaker.inbox()["items"] == []
    assert sk.speaker.alerts() == []  # border guards have no queue: L08


def test_an_addressee_gets_what_its_kind_may_have(journey: Journey) -> None:
    sk, ua_asylum, ua, af = journey.enrol(SK_BORDER, UA_ASYLUM, UA_BORDER, AF_BORDER)
    to = [UA_ASYLUM.urn, UA_BORDER.urn, AF_BORDER.urn]
    sk.leg("UKR", person="one", aud=to, safeguards=["torture_survivor"])
    (office_item,) = journey.inbox(ua_asylum, 1)
    (unit_item,) = journey.inbox(ua, 1)
    assert set(journey.opened(office_item, sk)) == {"event", "facts", "safeguards"}
    assert "view" not in office_item
    assert set(journey.opened(unit_item, sk)) == {"event"}
    view = journey.view(ua, unit_item)
    assert view["stop"] == "yes"
    assert view["facts"] == {"destination": "UKR", "means": "not_recorded", "legal_act": "readmission_agreement"}
    journey.settle()
    assert af.speaker.inbox()["items"] == []


def test_a_state_that_becomes_feared_later_gets_nothing_from_then_on_and_no_recall(journey: Journey) -> None:
    sk, sk_asylum, ua_asylum, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UA_ASYLUM, UNHCR)
    sk.leg("UKR", person="one", event_time="2026-09-01", aud=[UA_ASYLUM.urn])
    journey.inbox(ua_asylum, 1)
    sk_asylum.post("claim_expressed", person="one", subject={"nationality": ["AFG"], "feared": ["UKR"]})
    journey.alert(unhcr, "P19")
    before = ua_asylum.speaker.inbox()["items"]
    sk.post("encounter", person="one", aud=[UA_ASYLUM.urn])
    journey.settle()
    assert ua_asylum.speaker.inbox()["items"] == before
    assert ua_asylum.speaker.alerts() == []


def test_a_query_tells_an_ally_of_the_feared_state_the_same_as_of_a_stranger(journey: Journey) -> None:
    sk_asylum, by, ua_asylum = journey.enrol(SK_ASYLUM, BY_ASYLUM, UA_ASYLUM)
    sk_asylum.post("claim_registered", person="one", subject={"nationality": ["RUS"], "feared": ["RUS"]})
    for case, person in (("by-1", "one"), ("by-2", "nobody")):
        by.post("claim_registered", person=person, case=case, subject={"nationality": ["KAZ"]})
    ua_asylum.post("claim_registered", person="one", subject={"nationality": ["RUS"]})
    journey.settle()
    answers = [by.ask(case, person) for case, person in (("by-1", "one"), ("by-2", "nobody"))]
    assert [sorted(a) for a in answers] == [["answer", "iat", "jti", "pad", "words"]] * 2
    assert [a["answer"] for a in answers] == ["nothing_to_tell"] * 2
    assert len(answers[0]["pad"]) == len(answers[1]["pad"])
    assert ua_asylum.ask("ua-asylum-1", "one")["answer"] == "mailbox"
    (word,) = journey.inbox(sk_asylum, 1)
    assert word["type"] == "word"


def test_unknown_origin_is_told_to_monitors_and_to_the_offices_already_involved(journey: Journey) -> None:
    sk, sk_asylum, ua, ua_asylum, unhcr = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR)
    sk.leg("UKR", person="one", event_time="2026-09-01", subject={}, aud=[UA_ASYLUM.urn])
    ua.leg("AFG", person="one", event_time="2026-10-01", subject={"nationality": ["XXX"]})
    assert journey.alert(unhcr, "P04")["severity"] == "critical"
    assert journey.alert(ua_asylum, "P04")
    journey.settle()
    assert sk_asylum.speaker.alerts() == []
