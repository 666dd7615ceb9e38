"""Clocks through the database and the steps: who is told what, when, once, and what happens when nobody answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from authorities import Office
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import clock
from exchange.client import opening
from exchange.deps import Hub
from exchange.domain import references, workdays
from exchange.store.session import rows
from exchange.wire import statements
from steps import again, dump, keep_all, keep_all_at, wake

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Scene:
    """Some offices, and what each has read of its inbox."""

    def __init__(self, hub: Hub, offices: dict[str, Office]) -> None:
        self.hub, self.offices = hub, offices
        self.read = dict.fromkeys(offices, 0)

    def __getitem__(self, slug: str) -> Office:
        return self.offices[slug]

    def post(self, slug: str, kind: str, **said: Any) -> dict[str, Any]:
        receipt = self[slug].post(kind, **said)
        keep_all(self.hub)
        return receipt

    def news(self, slug: str) -> list[tuple[Any, ...]]:
        """What is new in an inbox: notices by kind, words with what they are about."""
        page = self[slug].speaker.inbox(self.read[slug])
        self.read[slug] = page["next"]
        return [self._said(self[slug], item) for item in page["items"]]

    def _said(self, office: Office, item: dict[str, Any]) -> tuple[Any, ...]:
        if item["type"] != "word":
            return (item["type"], opening.head(item)["id"] if item["type"] == "notice" else "")
        word: dict[str, Any] = statements.heard(item["jws"], statements.WORD, office.folder.hub_key("words"))
        return tuple(word.get(member, "") for member in ("word", "what", "id", "due"))

    def everybody(self) -> dict[str, list[tuple[Any, ...]]]:
        return {slug: said for slug in self.offices if (said := self.news(slug))}

    def alerts(self, pattern: str) -> dict[str, list[str]]:
        queues = {slug: office.speaker.alerts() for slug, office in self.offices.items()}
        found = {slug: [a["status"] for a in queue if a["pattern"] == pattern] for slug, queue in queues.items()}
        return {slug: statuses for slug, statuses in found.items() if statuses}


@pytest.fixture
def scene(hub: Hub, web: str, enrol: Enrol) -> Scene:
    assert web
    return Scene(hub, {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UA_ASYLUM, BY_ASYLUM, UNHCR)})


def received(receipt: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(receipt["received"], clock.now().tzinfo)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def test_a_claim_voiced_at_the_border_is_handed_over_and_watched(hub: Hub, scene: Scene) -> None:
    receipt = scene.post("sk-border", "claim_expressed", person="one", case="one")
    claim, came = receipt["id"], received(receipt)
    end = workdays.after(came, 3, "SVK")
    assert scene.everybody() == {"sk-asylum": [("notice", claim), ("referral", "", claim, seconds(end))]}
    acknowledged = scene.post("sk-border", "claim_expressed", person="two", case="two")["id"]
    scene["sk-asylum"].speaker.acknowledge({"iss": SK_BORDER.urn, "id": acknowledged}, "delivered")
    scene.post("sk-border", "claim_expressed", person="three", case="three")
    scene.post("sk-asylum", "claim_registered", person="three", case="three")
    scene.everybody()
    wake(hub, came + DAY - HOUR)
    assert scene.everybody() == {}
    wake(hub, came + DAY + HOUR)
    (((word, what, about, due),),) = scene.everybody().values()
    assert (word, what, about) == ("reminder", "acknowledge", claim)
    assert abs(due - seconds(came + DAY)) <= 1
    wake(hub, end - HOUR)
    assert (scene.everybody(), scene.alerts("P21")) == ({}, {})
    wake(hub, end + HOUR)
    late = [("reminder", "register", one, seconds(end)) for one in (claim, acknowledged)]
    assert scene.everybody() == {"sk-asylum": late}
    assert scene.alerts("P21") == {"sk-asylum": ["open"] * 2, "unhcr": ["open"] * 2}
    (alert, *_) = scene["sk-asylum"].speaker.alerts()
    assert (alert["title"], alert["severity"]) == ("Claim not handed on", "high")
    owed = [(one["id"], one["what"]) for one in scene["sk-asylum"].speaker.due()]
    assert sorted(owed) == sorted((one, "register") for one in (claim, acknowledged))
    is_the_same_when_asked_twice(hub)
    ends_once_the_claims_are_registered(hub, scene, end)


def is_the_same_when_asked_twice(hub: Hub) -> None:
    before = dump(hub)
    again(hub, "remind")
    assert dump(hub) == before
    keep_all(hub)
    assert dump(hub) == before


def ends_once_the_claims_are_registered(hub: Hub, scene: Scene, end: datetime) -> None:
    for person in ("one", "two"):
        scene["sk-asylum"].post("claim_registered", person=person, case=person)
    keep_all_at(hub, end + HOUR)
    assert scene.alerts("P21") == {"sk-asylum": ["withdrawn"] * 2, "unhcr": ["withdrawn"] * 2}
    assert scene["sk-asylum"].speaker.due() == []
    scene.everybody()
    wake(hub, end + 60 * DAY)
    assert scene.everybody() == {}
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM clock") == [(0,)]


def ask(scene: Scene, person: str, feared: dict[str, list[str]], at: str) -> str:
    """Ukraine asks Belarus to hold somebody, of whom Slovakia may have said that they fear Belarus."""
    subject = {"nationality": ["KAZ"]}
    scene.post("sk-asylum", "claim_registered", person=person, case=person, subject=subject | feared)
    said = {"person": person, "case": person, "subject": subject, "aud": [BY_ASYLUM.urn], "counterpart": "BLR"}
    return str(scene.post("ua-asylum", "hold_request", **said, facts={"step": "asked", "due_at": at})["id"])


def test_a_hold_that_nobody_answers_sounds_alike_to_the_asker_whether_it_was_given_or_not(
    hub: Hub, scene: Scene
) -> None:
    due = (clock.now() + 10 * HOUR).replace(microsecond=0)
    at = due.isoformat().replace("+00:00", "Z")
    open_, kept = ask(scene, "one", {}, at), ask(scene, "two", {"feared": ["BLR"]}, at)
    assert scene.everybody() == {"by-asylum": [("notice", open_)]}
    wake(hub, due - 4 * HOUR)
    assert scene.everybody() == {"by-asylum": [("reminder", "answer", open_, seconds(due))]}
    wake(hub, due + timedelta(seconds=1))
    unanswered = [("unanswered", "", one, seconds(due)) for one in (open_, kept)]
    assert scene.everybody() == {
        "by-asylum": [("reminder", "answer", open_, seconds(due))],
        "ua-asylum": unanswered,
    }
    assert scene.alerts("P22") == {"by-asylum": ["open"], "ua-asylum": ["open"] * 2, "unhcr": ["open"] * 2}
    with hub.database.transaction() as tx:
        told = rows(tx, "SELECT slug, split_part(object, ' ', 3) FROM act WHERE what = 'told' ORDER BY 1, 2")
    assert told == [("by-asylum", "reminder")] * 2 + [("ua-asylum", "unanswered")] * 2


def test_a_plan_brings_the_time_forward_and_an_answer_ends_it(hub: Hub, scene: Scene) -> None:
    said = {"person": "one", "case": "one", "aud": [SK_ASYLUM.urn], "counterpart": "SVK"}
    hold = scene.post("ua-asylum", "hold_request", **said, facts={"step": "asked"})
    scene.everybody()
    start = clock.now()
    soon = (start + 2 * HOUR).isoformat(timespec="seconds").replace("+00:00", "Z")
    plan = {"destination": "UKR", "planned_at": soon}
    scene.post("sk-border", "removal_planned", counterpart="UKR", person="one", facts=plan)
    (owed,) = scene["sk-asylum"].speaker.due()
    assert abs(owed["due"] - seconds(start + 2 * HOUR)) <= 1
    wake(hub, start + HOUR + timedelta(minutes=1))
    ((word, what, about, _),) = scene.everybody().pop("sk-asylum")
    assert (word, what, about) == ("reminder", "answer", hold["id"])
    urn = references.urn(UA_ASYLUM.urn, hold["id"])
    parts = scene["sk-asylum"].parts("hold_request", person="one", facts={"step": "held"})
    answer = scene["sk-asylum"].speaker.reply(urn, parts)
    keep_all(hub)
    assert scene.everybody() == {"ua-asylum": [("notice", answer["id"])]}
    wake(hub, start + 30 * DAY)
    assert (scene.everybody(), scene.alerts("P22"), scene["sk-asylum"].speaker.due()) == ({}, {}, [])


def test_requests_and_corrections_have_their_own_clocks(hub: Hub, scene: Scene) -> None:
    said = {"person": "one", "case": "one", "aud": [SK_ASYLUM.urn], "counterpart": "SVK"}
    start = clock.now()
    request = scene.post("ua-asylum", "responsibility_request", **said, facts={"request_type": "take_back"})["id"]
    asked = scene.post("ua-asylum", "information_request", **said, facts={"asked": ["stage"]})["id"]
    correction = scene["ua-asylum"].parts("correction", case="one", facts={"act": "withdraw", "reason": "duplicate"})
    correction["event"]["withdraws"] = references.urn(UA_ASYLUM.urn, asked)
    scene.everybody()
    wake(hub, start + 15 * DAY)
    assert [said[:3] for said in scene.news("sk-asylum")] == [("reminder", "answer", request)]
    assert [said[:3] for said in scene.news("ua-asylum")] == [("unanswered", "", request)]
    item = scene["ua-asylum"].speaker.inbox()["items"][-1]
    word = statements.heard(item["jws"], statements.WORD, scene["ua-asylum"].folder.hub_key("words"))
    assert word["law"] == "silence_means_acceptance"
    taken_back = scene["ua-asylum"].speaker.post(correction)["id"]
    keep_all(hub)
    wake(hub, clock.now() + 8 * DAY)
    news = [said[:3] for said in scene.news("sk-asylum")]
    assert news == [("notice", taken_back), ("reminder", "acknowledge", taken_back)]
    wake(hub, start + 60 * DAY)
    assert scene.everybody() == {}  # a question that was taken back waits for nothing
