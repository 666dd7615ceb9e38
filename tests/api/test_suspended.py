"""L16 and L07 over real HTTP: a member is suspended, for all and for one nationality, and comes back."""

from typing import Any

import pytest

from authorities import Office, secretariat_of
from builders import SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from conftest import Enrol
from exchange import reading
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire.encoding import Json
from steps import again, keep_all

IOM, SECRETARIAT = reader("iom", "observer", "UNO"), reader("secretariat", "secretariat", "UNO")
GE_ASYLUM = reader("ge-asylum", "asylum_office", "GEO")
NARRATIVE = "The canary sang at the border."


def act(hub: Hub, name: str, approvals: int, **members: Json) -> None:
    """Let the officers do an act, which takes effect with just so many approvals."""
    secretariat = secretariat_of(hub)
    anna, *others = secretariat.trio
    outcome = secretariat.say(anna, name, members)
    for officer in others[:approvals]:
        assert not outcome.carried
        outcome = secretariat.say(officer, "approve", {"what": outcome.digest})
    assert outcome.carried


def suspend(hub: Hub, state: str, scope: str = "all") -> None:
    act(hub, "suspend-member", 1, state=state, scope=scope)


def lift(hub: Hub, state: str, scope: str = "all") -> None:
    act(hub, "member", 2, state=state, status="full", scope=scope)
    keep_all(hub)


def box(office: Office) -> list[tuple[int, str]]:
    return [(item["seq"], item["type"]) for item in office.speaker.inbox()["items"]]


def refusal(what: Any, *args: Any) -> str:
    with pytest.raises(Refused) as refused:
        what(*args)
    return refused.value.code


def sealed(author: Office, to: Office, **said: Any) -> dict[str, Any]:
    author.folder.know(to.enrolment)
    to.folder.know(author.enrolment)
    text = {"to": [to.who.urn], "narrative": NARRATIVE}
    return author.parts(aud=[to.who.urn], **said) | {"sealed": [text]}


def shut_out(office: Office, author: Office, notice_id: str, alert_id: str) -> None:
    """What a suspended member observes: numbers, and its own things."""
    assert office.speaker.inbox()["items"] == [{"seq": 1, "type": "hidden"}]
    assert office.speaker.alerts() == []
    assert refusal(office.speaker.alert, alert_id) == "no-such-alert"
    assert refusal(office.speaker.notice, author.who.urn, notice_id) == "not-found"
    assert office.speaker.notices("addressed")["items"] == []
    assert len(office.speaker.notices()["items"]) == 1
    assert office.ask("u-9", "one")["answer"] == "nothing_to_tell"
    assert refusal(author.speaker.post, sealed(author, office)) == "unknown-recipient"


def test_a_member_suspended_for_all_sees_its_own_things_alone_until_it_is_lifted(
    web: str, hub: Hub, enrol: Enrol
) -> None:
    assert web
    sk, sk_asylum, ua, office, unhcr = (enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR))
    first = sk.leg("UKR", person="one", event_time="2026-09-01", aud=[UA_ASYLUM.urn])
    ua.leg("AFG", person="one", event_time="2026-10-01")
    office.post("claim_registered", person="one", case="u-9", event_time="2026-09-02", aud=[SK_ASYLUM.urn])
    keep_all(hub)
    queue, others = office.speaker.alerts(), unhcr.speaker.alerts()
    assert {"P04"} <= {a["pattern"] for a in queue}
    assert office.ask("u-9", "one")["answer"] == "mailbox"
    assert box(office) == [(1, "notice")]

    suspend(hub, "UKR")
    shut_out(office, sk, str(first["id"]), queue[0]["id"])
    held = sk.leg("UKR", person="one", event_time="2026-11-01", aud=[UA_ASYLUM.urn, UNHCR.urn])
    assert held["held"] == [UA_ASYLUM.urn]
    assert "held" not in office.post("claim_registered", person="one", event_time="2026-11-02", aud=[SK_ASYLUM.urn])
    keep_all(hub)
    assert (box(office), office.speaker.alerts()) == ([(1, "hidden")], [])
    assert {a["id"] for a in others} <= {a["id"] for a in unhcr.speaker.alerts()}
    assert [kind for _, kind in box(unhcr)] == ["notice"]
    assert [kind for _, kind in box(sk_asylum)].count("notice") == 2
    with hub.database.transaction() as tx:
        said = reading.around(tx, 1, now()).notices
    assert [n.cautioned for n in said] == [False] * (len(said) - 1) + [True]

    lift(hub, "UKR")
    again(hub, "deliver")
    keep_all(hub)
    assert box(office) == [(1, "notice"), (2, "notice")]
    assert {a["id"] for a in queue} <= {a["id"] for a in office.speaker.alerts()}
    assert office.speaker.notice(sk.who.urn, str(first["id"]))["id"] == first["id"]
    sk.speaker.post(sealed(sk, office))


def test_a_suspension_for_one_nationality_hides_such_persons_and_does_not_tell_who_they_are(
    web: str, hub: Hub, enrol: Enrol
) -> None:
    assert web
    sk, office, unhcr = enrol(SK_BORDER), enrol(UA_ASYLUM), enrol(UNHCR)
    kazakh, syrian = {"nationality": ["KAZ"]}, {"nationality": ["SYR"]}

    def say(person: str, said: dict[str, Any], by: Office = sk) -> dict[str, Any]:
        aud = [UA_ASYLUM.urn] if by is sk else []
        receipt = by.post("encounter", case=person.replace(" ", "-"), person=person, subject=said, aud=aud)
        keep_all(hub)
        return receipt

    say("read kazakh", kazakh)
    say("read syrian", syrian)
    say("read kazakh by others", syrian)
    say("read kazakh by others", kazakh, unhcr)
    assert box(office) == [(1, "notice"), (2, "notice"), (3, "notice")]
    say("new kazakh", kazakh)
    say("new kazakh by others", syrian)
    say("new kazakh by others", kazakh, unhcr)
    say("new syrian", syrian)
    suspend(hub, "UKR", "KAZ")
    shown = [(1, "hidden"), (2, "hidden"), (3, "hidden"), (4, "hidden"), (5, "hidden"), (6, "notice")]
    assert box(office) == shown
    assert len(office.speaker.notices("addressed")["items"]) == 1
    assert say("new kazakh again", kazakh)["held"] == [UA_ASYLUM.urn]
    assert "held" not in say("new kazakh by others", syrian)
    assert box(office) == shown
    say("later syrian", syrian)
    for person in ("read syrian", "new syrian", "later syrian"):  # what is said now changes nothing that it holds
        say(person, kazakh, unhcr)
    assert "held" not in say("later syrian", syrian)
    assert box(office) == [*shown, (7, "notice")]
    sk.speaker.post(sealed(sk, office, subject=syrian))

    lift(hub, "UKR", "KAZ")
    assert box(office) == [(seq, "notice") for seq in range(1, 7 + 3 + 1 + 1)]  # what was kept back, one sealed


WRONG: list[tuple[str, dict[str, Json]]] = [
    ("suspend-member", {"state": "GEO", "scope": "all"}),  # an observer has nothing to be suspended from
    ("member", {"state": "GEO", "scope": "all", "status": "observer"}),  # it is one already
    ("member", {"state": "GEO", "scope": "all", "status": "suspended"}),
    ("member", {"state": "GEO", "scope": "KAZ", "status": "left"}),
    ("member", {"state": "SVK", "scope": "KAZ", "status": "full"}),  # it is not suspended for them
    ("suspend-member", {"state": "SVK", "scope": "Kazakhs"}),
    ("member", {"state": "Slovakia", "scope": "all", "status": "full"}),
    ("ally", {"state": "RUS", "of": "BLR"}),  # they are from the beginning
    ("end-ally", {"state": "CHN", "of": "RUS"}),
    ("ally", {"state": "RUS", "of": "RUS"}),
]


def test_who_prepares_to_join_reads_and_does_not_send_and_observers_get_critical_alerts_alone(
    web: str, hub: Hub, enrol: Enrol
) -> None:
    assert web
    act(hub, "member", 2, state="GEO", status="observer", scope="all")
    sk, ua, geo = enrol(SK_BORDER), enrol(UA_BORDER), enrol(GE_ASYLUM)
    iom, secretariat, unhcr = enrol(IOM), enrol(SECRETARIAT), enrol(UNHCR)
    assert refusal(geo.post, "claim_registered") == "not-a-member"
    assert refusal(geo.ask, "ge-1", "one") == "not-a-member"
    assert geo.speaker.own_state()["iss"] == geo.who.urn
    everybody = [GE_ASYLUM.urn, IOM.urn, SECRETARIAT.urn]
    assert sk.leg("UKR", person="one", event_time="2026-09-01", aud=everybody)["held"] == everybody
    ua.leg("AFG", person="one", event_time="2026-10-01")
    keep_all(hub)
    told = {office.who.slug: office.speaker.alerts() for office in (geo, iom, secretariat, unhcr)}
    assert {slug for slug, alerts in told.items() if alerts} == {"iom", "unhcr"}
    assert {a["severity"] for a in told["iom"]} == {"critical"}
    assert {n["seen_as"] for a in told["iom"] for n in a["notices"]} == {"probable"}
    assert [box(office) for office in (geo, iom, secretariat)] == [[], [], []]
    assert refusal(iom.post) == refusal(secretariat.post) == "not-yours-to-say"
    for name, members in WRONG:
        with pytest.raises(Refusal) as refused:
            act(hub, name, 2, **members)
        assert refused.value.code == "bad-membership", (name, members)
    act(hub, "ally", 1, state="GEO", of="RUS")
    act(hub, "end-ally", 2, state="GEO", of="RUS")
    act(hub, "member", 2, state="GEO", status="full", scope="all")
    geo.post("claim_registered")


def test_past_the_gate_without_a_basis_there_is_a_hint_for_the_asylum_office_and_nothing_else(
    web: str, hub: Hub, enrol: Enrol
) -> None:
    assert web
    sk, border, office = enrol(SK_BORDER), enrol(UA_BORDER), enrol(UA_ASYLUM)
    enrol(SK_ASYLUM)
    aud = [UA_ASYLUM.urn, UA_BORDER.urn]
    kept = sk.leg("UKR", person="one", aud=aud, transfer=None, safeguards=["torture_survivor"])
    assert kept["held"] == aud
    assert refusal(sk.speaker.post, sealed(sk, office, transfer=None)) == "no-transfer-basis"
    keep_all(hub)
    assert box(border) == []
    (item,) = office.speaker.inbox()["items"]
    assert set(office.speaker.open(item).parts) == {"event"}
    assert set(office.speaker.open(item).parts["event"]) == {"kind", "state", "counterpart_state", "event_time"}
    border.post("encounter", person="one", case="u-1")
    keep_all(hub)
    assert border.ask("u-1", "one")["answer"] == "nothing_to_tell"
    office.post("claim_registered", person="one", case="u-2")
    keep_all(hub)
    assert office.ask("u-2", "one")["answer"] == "mailbox"
    sent = sk.leg("UKR", person="one", aud=aud)
    assert "held" not in sent
    keep_all(hub)
    assert [kind for _, kind in box(border)] == ["notice"]
    assert [kind for _, kind in box(office)] == ["notice", "notice"]


def test_alerts_about_a_suspended_nationality_are_hidden_without_telling_who_has_it(
    web: str, hub: Hub, enrol: Enrol
) -> None:
    """By its own state's words, and by anybody's what it never looked at; what it saw otherwise stays as it was."""
    assert web
    sk, ua, office, unhcr = (enrol(who) for who in (SK_BORDER, UA_BORDER, UA_ASYLUM, UNHCR))
    kazakh, syrian = {"nationality": ["KAZ"]}, {"nationality": ["SYR"]}

    def chain(person: str, said: dict[str, Any], hidden: dict[str, Any] | None = None) -> set[str]:
        """Bring about alerts about a person; return their ids in the queue of the Ukrainian office, unread."""
        before = ids()
        sk.leg("UKR", case=person, person=person, subject=syrian, event_time="2026-09-01")
        ua.leg("AFG", case=person, person=person, subject=said, event_time="2026-10-01")
        if hidden:
            unhcr.post("encounter", case=person, person=person, subject=hidden)
        keep_all(hub)
        return ids() - before

    def ids() -> set[str]:
        with hub.database.transaction() as tx:
            return {found for (found,) in rows(tx, "SELECT id::text FROM alert WHERE slug = 'ua-asylum'")}

    def read() -> set[str]:
        return {alert["id"] for alert in office.speaker.alerts()}

    own, others = chain("own", kazakh), chain("others", syrian, kazakh)
    assert min(len(own), len(others)) > 0
    assert read() == own | others
    new, free = chain("new", syrian, kazakh), chain("free", syrian)
    suspend(hub, "UKR", "KAZ")
    assert read() == others | free
    assert refusal(office.speaker.alert, next(iter(own))) == "no-such-alert"
    unhcr.post("encounter", case="free", person="free", subject=kazakh)
    keep_all(hub)
    assert chain("later", kazakh) == chain("later-too", syrian, kazakh) == set()
    assert read() == others | free
    lift(hub, "UKR", "KAZ")
    assert read() > own | others | new | free
