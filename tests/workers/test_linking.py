"""The step `link`, over real HTTP: what is decided of two notices, and what no notice can bring about."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

import authorities
from authorities import Office
from builders import AF_BORDER, READERS, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR
from conftest import Enrol
from exchange import clock, link_weights, linking, reading
from exchange.deps import Hub
from exchange.domain import corrections, linkage, references
from exchange.domain.weighing import scoring
from exchange.domain.weighing.evidence import Agreed
from exchange.store import links, outbox, tokens, weighing
from exchange.store.session import rows
from exchange.store.tokens import Holder
from steps import keep_all

KINDS = ("C2D", "C2Y", "DOC", "X2Y")
DOCUMENT = {
    **json.loads(link_weights.SHIPPED.read_text()),
    "version": "two of four",
    "trained_on": 10,
    "intercept": -10.0,
    "agree": {kind: [9.0, 7.0, 6.0, 0.0] for kind in KINDS},
    "differ": dict.fromkeys(KINDS, -1.0),
    "thresholds": {"probable": 5.0, "possible": -2.0, "shipped": 0.0},
}
"""One type that agrees makes a possible link, two make a probable one, each that differs takes one bit away."""

ALIKE = dict.fromkeys(KINDS, "one")
STRICT = {"thresholds": {"probable": 500.0, "possible": 400.0, "shipped": 0.0}}
"""Thresholds that no pair reaches."""


@pytest.fixture(autouse=True)
def simple_weights(hub: Hub) -> None:
    text = json.dumps({name: value for name, value in DOCUMENT.items() if name in SIMPLE})
    with hub.database.transaction() as tx:
        weighing.sign(tx, weighing.Signed("x", "N1", "two of four", text, "c", clock.now(), 0))


SIMPLE = ("v", "typ", "profile", "version", "trained_on", "intercept", "agree", "differ", "thresholds")


@pytest.fixture
def offices(web: str, enrol: Enrol) -> dict[str, Office]:
    assert web
    return {who.slug: enrol(who) for who in READERS}


def said(keyset: str = "test", **persons: str) -> dict[str, Any]:
    """Tokens, by type, of the persons named."""
    made = {kind: value for person in set(persons.values()) for value in authorities.tokens(person)["values"]
            for kind in [value.partition(".")[0]] if persons.get(kind) == person}  # fmt: skip
    return {"profile": "N1", "keyset": keyset, "values": sorted(made.values())}


def post(office: Office, held: Mapping[str, Any], kind: str = "encounter", **more: Any) -> dict[str, Any]:
    parts = office.parts(kind, **more)
    parts["hub"]["tokens"] = dict(held)
    return office.speaker.post(parts)


def grades(hub: Hub) -> dict[tuple[int, int], str]:
    with hub.database.transaction() as tx:
        return {(a, b): grade for a, b, grade in rows(tx, "SELECT a, b, grade FROM agreement")}


def test_a_decision_is_stored_with_what_explains_it(hub: Hub, offices: dict[str, Office]) -> None:
    post(offices["sk-border"], said(C2D="one", C2Y="one", DOC="one", X2Y="one"))
    post(offices["ua-border"], said(C2D="one", C2Y="one", DOC="other"))
    keep_all(hub)
    with hub.database.transaction() as tx:
        decided = links.decided(tx, 1, 2)
        weights = link_weights.in_force(tx, "N1")
        assert decided
        assert weights
        assert (decided.grade, decided.weights) == ("probable", "two of four")
        assert decided.evidence.agree == (Agreed("C2D", 1, 1), Agreed("C2Y", 1, 1))
        assert decided.evidence.differ == {"DOC"}
        assert (decided.bits, decided.weight) == (7.0, 19.0)
        explained = scoring.score(decided.evidence, weights)
        assert (explained.bits, explained.grade) == (decided.bits, decided.grade)
        assert links.agreements_around(tx, 2) == {(1, 2): "probable"}


def test_too_little_in_common_is_not_recorded_and_ties_nothing(hub: Hub, offices: dict[str, Office]) -> None:
    post(offices["sk-border"], said(C2D="one", C2Y="a", DOC="a", X2Y="a"))
    post(offices["ua-border"], said(C2D="one", C2Y="b", DOC="b", X2Y="b"))
    keep_all(hub)
    assert grades(hub) == {}
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(DISTINCT no) FROM neighbourhood") == [(2,)]


@pytest.mark.rule("L17")
def test_a_probable_link_lets_a_query_hit_and_a_possible_one_tells_nothing(
    hub: Hub, offices: dict[str, Office]
) -> None:
    sk, ua = offices["sk-asylum"], offices["ua-asylum"]
    ua.post("claim_registered", person="whole")
    post(ua, said(C2D="half"), "claim_registered", case="half")
    sk.post("claim_registered", person="whole", case="whole")
    post(sk, said(C2D="half", C2Y="half"), "claim_registered", case="half")
    keep_all(hub)
    assert sorted(grades(hub).values()) == ["possible", "probable"]
    assert sk.ask("whole", "whole")["answer"] == "mailbox"
    asked = {"purpose": "examining_the_application", "legal_basis": "national_law", "case": "half"}
    answer = sk.speaker.query({**asked, "tokens": said(C2D="half", C2Y="half")["values"]})
    assert answer["answer"] == "nothing_to_tell"


ONWARDS = {"counterpart": "AFG", "facts": {"destination": "AFG"}, "event_time": "2026-11-20"}


def asked_about(hub: Hub, offices: dict[str, Office]) -> dict[str, Any]:
    """Slovakia sent somebody to Ukraine, which asks about sending the person on; returns what the monitor is told."""
    leg = {"counterpart": "UKR", "facts": {"destination": "UKR", "legal_act": "readmission_agreement"}}
    post(offices["sk-border"], said(**ALIKE), "removal_executed", event_time="2026-09-01", **leg)
    post(offices["ua-border"], said(**ALIKE), event_time="2026-09-02")
    keep_all(hub)
    asked = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law", "case": "ua-border-1"}
    offices["ua-border"].speaker.check({**asked, "destination": "AFG", "date": "2026-12-20"})
    keep_all(hub)
    (alert,) = (one for one in offices["unhcr"].speaker.alerts() if "check" in one)
    return offices["unhcr"].speaker.alert(alert["id"])


@pytest.mark.rule("L17")
@pytest.mark.parametrize("is_done", [False, True], ids=["asked about", "carried out"])
def test_a_link_that_new_weights_undo_takes_the_alert_about_a_check_along(
    hub: Hub, offices: dict[str, Office], *, is_done: bool
) -> None:
    alert = asked_about(hub, offices)
    if is_done:
        offices["ua-border"].post("removal_executed", **ONWARDS)
        keep_all(hub)
        assert offices["unhcr"].speaker.alert(alert["id"]) == alert
    strict = {name: value for name, value in DOCUMENT.items() if name in SIMPLE} | {"version": "strict", **STRICT}
    with hub.database.transaction() as tx:
        weighing.sign(tx, weighing.Signed("y", "N1", "strict", json.dumps(strict), "c", clock.now(), 1))
        outbox.promise(tx, [("weigh", 0, "strict")], clock.now())
    keep_all(hub)
    gone = offices["unhcr"].speaker.alert(alert["id"])
    assert (gone["status"], gone["clauses"], gone["notices"]) == ("withdrawn", [], [])


def test_a_removal_of_somebody_else_keeps_no_alert_about_a_check_from_being_judged(
    hub: Hub, offices: dict[str, Office]
) -> None:
    alert = asked_about(hub, offices)
    post(offices["ua-border"], said(C2D="one"), "removal_executed", case="other", **ONWARDS)
    keep_all(hub)
    assert sorted(grades(hub).values()) == ["possible", "possible", "probable"]
    post(offices["ua-border"], said(**ALIKE), "claim_expressed", event_time="2026-09-03")
    keep_all(hub)
    after = offices["unhcr"].speaker.alert(alert["id"])
    assert [one["act"] for one in after["history"]] == ["raised", "changed"]


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1), (2, 1, 4, 3)])
def test_what_was_linked_before_links_were_scored_is_decided_anew(
    hub: Hub, offices: dict[str, Office], order: tuple[int, ...]
) -> None:
    post(offices["sk-border"], said(C2D="one", C2Y="a", DOC="a", X2Y="a"))
    post(offices["ua-border"], said(C2D="one", C2Y="b", DOC="b", X2Y="b"))
    post(offices["ua-asylum"], said(C2D="one", C2Y="a", DOC="b"), "claim_registered")
    offices["ua-border"].post(case="no-tokens")
    keep_all(hub)
    old = "INSERT INTO agreement VALUES (1, %s, '{C2D,C2Y}', DEFAULT, '0006', 'probable', 0, 0, '{}')"
    with hub.database.transaction() as tx:
        tx.execute("SET LOCAL session_replication_role = replica")
        tx.execute("DELETE FROM agreement")
        for no in (2, 3, 4):
            tx.execute(old, (no,))
        tx.execute("SET LOCAL session_replication_role = origin")
        tokens.drop(tx, [1, 2, 3])
        outbox.promise(tx, [("link", no, linking.REINDEXED) for no in order], clock.now())
    keep_all(hub)
    with hub.database.transaction() as tx:
        found = links.agreements_around(tx, 1) | links.agreements_around(tx, 4)
    assert {pair: grade for pair, grade in found.items() if 1 in pair} == {(1, 3): "probable", (1, 4): "probable"}


def test_a_supplement_links_the_case_of_a_notice_without_tokens(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua = offices["sk-border"], offices["ua-border"]
    first = sk.post("encounter")
    ua.post("arrival", counterpart="SVK", person="one")
    keep_all(hub)
    assert grades(hub) == {}
    supplement(sk, first, authorities.tokens("one"))
    keep_all(hub)
    assert grades(hub) == {(2, 3): "probable"}
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(DISTINCT no) FROM neighbourhood") == [(1,)]


def supplement(office: Office, first: Mapping[str, Any], held: Mapping[str, Any]) -> None:
    parts = office.parts("correction", facts={"act": "add_tokens", "reason": "tokens_made_later"})
    parts["event"]["corrects"] = references.urn(office.who.urn, str(first["id"]))
    parts["hub"]["tokens"] = dict(held)
    office.speaker.post(parts)


def test_two_keysets_live_side_by_side_and_never_meet(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua, asylum = offices["sk-border"], offices["ua-border"], offices["ua-asylum"]
    old, new = (authorities.tokens("one") | {"keyset": keyset} for keyset in ("2025", "2026"))
    first = post(sk, old)
    post(ua, old)
    post(asylum, new, "claim_registered")
    keep_all(hub)
    assert grades(hub) == {(1, 2): "probable"}
    supplement(sk, first, new)
    keep_all(hub)
    assert grades(hub) == {(1, 2): "probable", (3, 4): "probable"}
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(DISTINCT no) FROM neighbourhood") == [(1,)]


def test_crowded_tokens_make_a_possible_link_that_is_never_lost(hub: Hub) -> None:
    """Who invents fifty-one persons that hold a victim's tokens sends the victim's notice to review, no more."""
    told = {**{name: DOCUMENT[name] for name in SIMPLE}, "version": "crowds count"}
    told["agree"] = {kind: [9.0, 7.0, 6.0, 5.0] for kind in KINDS}
    hashed = hashes(hub, "victim")
    with hub.database.transaction() as tx:
        weighing.sign(tx, weighing.Signed("y", "N1", "crowds count", json.dumps(told), "c", clock.now(), 1))
        for number in range(60):
            tokens.add(tx, Holder(10_000 + number, f"office-{number // 5}", f"case-{number}"), hashed, KINDS)
        tokens.add(tx, Holder(1, UA_ASYLUM.slug, "true"), hashed, KINDS)
        weights = link_weights.in_force(tx, "N1")
        assert weights
        found = tokens.candidates(tx, Holder(0, SK_ASYLUM.slug, "asked"), hashed, weights)
    (victim,) = [one for one in found if one.notice == 1]
    assert {one.band for one in victim.evidence.agree} == {4}
    score = scoring.score(victim.evidence, weights)
    assert score.bits > weights.probable
    assert score.grade == "possible"


def hashes(hub: Hub, person: str) -> list[tuple[int, str]]:
    values = authorities.tokens(person)["values"]
    return [(hub.token_hash("N1", "test", token), token.partition(".")[0]) for token in values]


def test_invented_notices_of_one_author_hide_nobody(hub: Hub) -> None:
    """An author that holds every token of a victim in many cases: the victim's notice is found all the same."""
    hashed = hashes(hub, "victim")
    with hub.database.transaction() as tx:
        for number in range(3 * tokens.MOST):
            tokens.add(tx, Holder(10_000 + number, AF_BORDER.slug, f"invented-{number}"), hashed, KINDS)
        tokens.add(tx, Holder(1, UA_ASYLUM.slug, "true"), hashed, KINDS)
        weights = link_weights.in_force(tx, "N1")
        assert weights
        found = tokens.candidates(tx, Holder(0, SK_ASYLUM.slug, "asked"), hashed, weights)
    grade = {one.notice: scoring.score(one.evidence, weights).grade for one in found}
    assert grade[1] == "probable"
    assert len(grade) == tokens.MOST + 1


def test_a_withdrawn_notice_of_the_wrong_person_links_its_case_to_nobody(hub: Hub, offices: dict[str, Office]) -> None:
    sk, ua, unhcr = offices[SK_BORDER.slug], offices[UA_ASYLUM.slug], offices[UNHCR.slug]
    ua.post("claim_registered", person="one")
    wrong = sk.post("encounter", person="one", aud=[UNHCR.urn])
    sk.leg("UKR")
    keep_all(hub)

    def persons() -> set[frozenset[int]]:
        with hub.database.transaction() as tx:
            around = reading.around(tx, 1, clock.now())
        found = linkage.resolve(corrections.corrected(around.notices), around.agreements)
        return {frozenset(n.no for n in one.notices if n.no < 4) for one in found} - {frozenset()}

    assert persons() == {frozenset({1, 2, 3})}
    parts = sk.parts("correction", facts={"act": "withdraw", "reason": "wrong_person"}, aud=[UNHCR.urn])
    parts["event"]["withdraws"] = references.urn(SK_BORDER.urn, str(wrong["id"]))
    withdrawn = sk.speaker.post(parts)
    keep_all(hub)
    assert persons() == {frozenset({1, 2, 3})}, "nobody unlinks alone"
    parts = unhcr.parts("correction", facts={"act": "agree", "reason": "wrong_person"})
    parts["event"]["in_reply_to"] = references.urn(SK_BORDER.urn, str(withdrawn["id"]))
    unhcr.speaker.post(parts)
    keep_all(hub)
    assert persons() == {frozenset({1}), frozenset({2, 3})}
