"""Links over the API: who sees them and how, what one word does and what two do (L17, L21, L22, L23)."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from authorities import PASSWORD, hire, signed_in
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, reader
from exchange import clock, explaining, judging, link_desk
from exchange.alerts import Act
from exchange.cli.main import cli
from exchange.client.speaker import Refused
from exchange.domain import references
from exchange.domain.asof import AsOf
from exchange.domain.errors import Refusal
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.explaining import Question
from exchange.judging import Asked, Judging
from exchange.store import accounts, judgements, notices, retention
from exchange.store.session import row, rows
from exchange.wire import opaque
from steps import keep_all
from worlds import Stage, served, stage

SK, UA, BY, MONITOR = SK_BORDER.slug, UA_BORDER.slug, BY_ASYLUM.slug, UNHCR.slug
OMBUDSMAN = reader("by-monitor", "monitor", "BLR")
TWO, ONE = ("document", "photograph"), ("photograph",)


@pytest.fixture(scope="module")
def world(server_url: str, secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    readers = (SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, BY_ASYLUM, OMBUDSMAN, UNHCR)
    with served(server_url, secrets_folder, tmp_path_factory.mktemp("world"), readers) as made:
        for who in readers:
            hire(made["hub"], who.slug, "one-1", "caseworker")
        yield made


@pytest.fixture
def play(world: dict[str, Any]) -> Stage:
    return stage(world)


def chain(play: Stage) -> None:
    """Slovakia hands over to Ukraine, which hands over to Afghanistan: tokens say that it is one person."""
    play.leg(SK, "UKR", person="one", event_time="2026-09-01")
    play.leg(UA, "AFG", person="one", event_time="2026-10-01")
    keep_all(play.hub)


def ours(play: Stage, slug: str, case: str) -> list[dict[str, Any]]:
    """The links of a case of this test."""
    speaker = play.offices[slug].speaker
    return [*speaker.links.index(case=f"{play.mark}-{case}"), *speaker.links.index("judged", f"{play.mark}-{case}")]


def link(play: Stage, slug: str) -> dict[str, Any]:
    (found,) = ours(play, slug, slug)
    return found


def monitors(play: Stage) -> dict[str, Any]:
    """The monitor's link of the notices of this test: it knows notices by their ids."""
    with play.hub.database.transaction() as tx:
        of = rows(tx, "SELECT id::text FROM notice WHERE starts_with(case_ref, %s)", (play.mark,))
    ids = {found for (found,) in of}
    links = play.offices[MONITOR].speaker.links
    (found,) = (one for one in links.index() if {n["id"] for n in one["notices"]} <= ids)
    return found


def say(play: Stage, slug: str, found: dict[str, Any], name: str, compared: tuple[str, ...] = ()) -> dict[str, Any]:
    told = play.offices[slug].speaker.links.say(found["id"], name, "one-1", compared)
    keep_all(play.hub)
    return told


def refused(play: Stage, slug: str, found: dict[str, Any], name: str, compared: tuple[str, ...] = ()) -> str:
    with pytest.raises(Refused) as raised:
        say(play, slug, found, name, compared)
    return raised.value.code


@pytest.mark.rule("L17")
def test_each_side_sees_the_link_of_its_own_case_and_why_and_nothing_of_the_other_but_what_an_alert_shows(
    play: Stage,
) -> None:
    chain(play)
    mine, theirs = link(play, SK), link(play, UA)
    assert mine["grade"] == theirs["grade"] == "probable"
    assert mine["your_cases"] == [f"{play.mark}-{SK}"]
    assert mine["id"] != theirs["id"]
    assert {reason["says"] for reason in mine["why"]["reasons"]} >= {"agrees"}
    assert mine["why"]["bits"] > 0
    assert "held by" not in json.dumps(mine["why"])
    own, other = mine["notices"]
    assert (own["side"], other["side"], other["seen_as"]) == ("yours", "other", "probable")
    assert other["event"] == {
        "kind": "removal_executed",
        "state": "UKR",
        "counterpart_state": "AFG",
        "event_time": "2026-10",
    }
    assert not {"id", "author", "facts"} & other.keys()
    assert f"{play.mark}-{UA}" not in json.dumps(mine)
    assert mine["acts"] == ["confirm", "refuse"]
    assert refused(play, UA, mine, "refuse", ONE) == "no-such-link"  # an id is for its reader alone


@pytest.mark.rule("L17")
def test_a_link_confirmed_by_both_is_confirmed_and_the_alert_is_certain(play: Stage) -> None:
    chain(play)
    mine = link(play, SK)
    before = play.alert(SK_ASYLUM.slug, "P04")
    said = say(play, SK, mine, "confirm", TWO)
    assert (said["grade"], said["acts"]) == ("probable", ["refuse", "withdraw"])
    assert play.again(before, SK_ASYLUM.slug) == before
    assert link(play, UA)["words"] == [{"by": "other", "verdict": "confirmed", "compared": sorted(TWO)}]
    say(play, UA, link(play, UA), "confirm", ("family", "name"))
    assert (link(play, SK)["grade"], link(play, SK)["words"]) == ("confirmed", [])
    after = play.again(before, SK_ASYLUM.slug)
    assert (before["certainty"], before["link"]) == ("likely", "probable")
    assert (after["certainty"], after["link"]) == ("certain", "confirmed")


def test_two_identifiers_are_compared_to_confirm_and_one_to_refuse(play: Stage) -> None:
    chain(play)
    mine = link(play, SK)
    assert refused(play, SK, mine, "confirm", ONE) == "bad-schema"
    assert refused(play, SK, mine, "confirm", ("name", "name")) == "bad-parameter"
    assert refused(play, SK, mine, "confirm", ("name", "Ivan")) == "bad-schema"
    assert refused(play, SK, mine, "refuse") == "bad-schema"


@pytest.mark.rule("L23")
def test_who_refuses_a_link_alone_recalls_nothing(play: Stage) -> None:
    """Else a state would undo the link before it plans the removal."""
    chain(play)
    before = [play.alerts(slug) for slug in (SK_ASYLUM.slug, UA_ASYLUM.slug, MONITOR)]
    said = say(play, UA, link(play, UA), "refuse", ONE)
    assert (said["grade"], said["contested"]) == ("probable", "yes")
    assert link(play, SK)["contested"] == "yes"
    assert [play.alerts(slug) for slug in (SK_ASYLUM.slug, UA_ASYLUM.slug, MONITOR)] == before
    assert say(play, UA, link(play, UA), "withdraw")["words"] == []
    assert "contested" not in link(play, SK)


@pytest.mark.rule("L17")
def test_a_link_that_both_refuse_is_undone_and_everybody_who_got_an_alert_is_told(play: Stage) -> None:
    chain(play)
    told = {slug: play.alert(slug, "P04") for slug in (SK_ASYLUM.slug, MONITOR)}
    say(play, SK, link(play, SK), "refuse", ONE)
    say(play, UA, link(play, UA), "refuse", ("biometric",))
    assert link(play, SK)["grade"] == "refused"
    for slug, alert in told.items():
        gone = play.again(alert, slug)
        assert (gone["status"], gone["history"][-1]["detail"]["because"]) == ("withdrawn", "link_undone")
        assert gone["clauses"] == gone["notices"] == gone["suppressors"] == []


@pytest.mark.rule("L17")
def test_a_closed_alert_is_recalled_too(play: Stage) -> None:
    chain(play)
    hire(play.hub, SK_ASYLUM.slug, f"chief-{play.mark[:4]}", "supervisor")
    alert = play.alert(SK_ASYLUM.slug, "P04")
    speaker = play.offices[SK_ASYLUM.slug].speaker
    speaker.act(alert["id"], "take", {"caseworker": "one-1"})
    speaker.act(alert["id"], "close", {"caseworker": "one-1", "reason": "too_late"})
    signed_in(play.hub, SK_ASYLUM.slug, f"chief-{play.mark[:4]}", Act("close", alert["id"], reason="too_late"))
    assert play.again(alert, SK_ASYLUM.slug)["status"] == "closed"
    say(play, SK, link(play, SK), "refuse", ONE)
    say(play, UA, link(play, UA), "refuse", ONE)
    gone = play.again(alert, SK_ASYLUM.slug)
    assert (gone["status"], gone["clauses"]) == ("withdrawn", [])


@pytest.mark.rule("L17")
def test_an_alert_that_went_before_for_another_reason_says_nothing_of_the_other_person_any_more(play: Stage) -> None:
    play.leg(SK, "UKR", person="one", event_time="2026-09-01")
    leg = play.leg(MONITOR, "AFG", state="UKR", person="one", event_time="2026-10-01")
    keep_all(play.hub)
    before = play.alert(SK_ASYLUM.slug, "P04")
    taken_back = play.parts(MONITOR, "correction", facts={"act": "withdraw", "reason": "wrong_facts"})
    taken_back["event"]["withdraws"] = references.urn(UNHCR.urn, leg["id"])
    play.offices[MONITOR].speaker.post(taken_back)
    keep_all(play.hub)
    gone = play.again(before, SK_ASYLUM.slug)
    assert (gone["status"], len(gone["notices"])) == ("withdrawn", 2)
    say(play, SK, link(play, SK), "refuse", ONE)
    assert play.again(before, SK_ASYLUM.slug) == gone
    say(play, MONITOR, link(play, MONITOR), "refuse", ONE)
    after = play.again(before, SK_ASYLUM.slug)
    assert (after["status"], after["notices"], after["clauses"]) == ("withdrawn", [], [])
    assert after["history"][-1]["detail"]["because"] == "link_undone"
    keep_all(play.hub)
    assert play.again(before, SK_ASYLUM.slug) == after


@pytest.mark.rule("L17")
def test_an_alert_about_a_check_is_recalled_too(play: Stage) -> None:
    play.leg(SK, "UKR", person="one", event_time="2026-09-01")
    play.say(UA, "encounter", person="one", event_time="2026-09-02")
    keep_all(play.hub)
    asked = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law", "case": f"{play.mark}-{UA}"}
    play.offices[UA].speaker.check({**asked, "destination": "AFG", "date": "2026-12-20"})
    keep_all(play.hub)
    speaker = play.offices[MONITOR].speaker
    alert = max((one for one in speaker.alerts() if "check" in one), key=lambda one: str(one["raised_at"]))
    assert alert["status"] == "open"
    say(play, SK, link(play, SK), "refuse", ONE)
    assert speaker.alert(alert["id"])["status"] == "open"
    say(play, UA, link(play, UA), "refuse", ONE)
    gone = speaker.alert(alert["id"])
    assert (gone["status"], gone["history"][-1]["detail"]["because"]) == ("withdrawn", "link_undone")
    assert gone["clauses"] == gone["notices"] == []


@pytest.mark.rule("L17")
def test_a_confirmed_link_shows_the_two_authorities_the_day(play: Stage) -> None:
    chain(play)
    assert "2026-10-01" not in json.dumps(link(play, SK))
    for slug in (SK, UA):
        say(play, slug, link(play, slug), "confirm", TWO)
    other = link(play, SK)["notices"][1]
    assert (other["seen_as"], other["event"]["event_time"]) == ("confirmed", "2026-10-01")
    assert not {"id", "author"} & other.keys()


@pytest.mark.rule("L23")
def test_what_was_refused_holds_against_a_later_supplement_until_both_confirm(play: Stage) -> None:
    chain(play)
    say(play, SK, link(play, SK), "refuse", ONE)
    say(play, UA, link(play, UA), "refuse", ONE)
    play.say(UA, "encounter", person="one", event_time="2026-10-02")
    keep_all(play.hub)
    assert [a["status"] for a in play.alerts(MONITOR, "P04")] == ["withdrawn"]
    assert link(play, SK)["grade"] == "refused"
    say(play, SK, link(play, SK), "confirm", TWO)
    assert link(play, SK)["grade"] == "refused"
    say(play, UA, link(play, UA), "confirm", TWO)
    assert play.alert(MONITOR, "P04")["status"] == "open"
    assert play.alert(MONITOR, "P04")["clauses"]


@pytest.mark.rule("L23")
def test_a_monitor_is_a_second_to_refuse_and_never_to_confirm(play: Stage) -> None:
    chain(play)
    say(play, SK, link(play, SK), "refuse", ONE)
    theirs = monitors(play)
    assert (theirs["contested"], theirs["acts"]) == ("yes", ["refuse"])
    assert refused(play, MONITOR, theirs, "confirm", TWO) == "not-yours-to-judge"
    assert "held by at most four persons" in json.dumps(theirs["why"])
    assert say(play, MONITOR, theirs, "refuse", ONE)["grade"] == "refused"
    assert link(play, UA)["grade"] == "refused"


def test_the_same_word_again_changes_nothing(play: Stage) -> None:
    chain(play)
    mine = link(play, SK)
    once = say(play, SK, mine, "refuse", ONE)
    assert say(play, SK, mine, "refuse", ONE) == once
    with play.hub.database.transaction() as tx:
        sql = "SELECT count(*) FROM link_judgement JOIN notice n ON n.no = one WHERE starts_with(n.case_ref, %s)"
        assert row(tx, sql, (play.mark,)) == (1,)
    say(play, UA, link(play, UA), "refuse", ONE)
    assert refused(play, SK, mine, "refuse", ONE) == "wrong-status"
    assert refused(play, SK, mine, "withdraw") == "wrong-status"


def seen_by_ombudsman(play: Stage) -> list[dict[str, Any]]:
    with play.hub.database.transaction() as tx:
        of = rows(tx, "SELECT id::text FROM notice WHERE starts_with(case_ref, %s)", (play.mark,))
    ids = {found for (found,) in of}
    found = play.offices[OMBUDSMAN.slug].speaker.links.index()
    return [one for one in found if {n["id"] for n in one["notices"]} <= ids]


def feared(play: Stage) -> None:
    """Ukraine says of the person, in a case of its own, that Belarus is feared."""
    play.say(UA, "claim_expressed", person="one", subject={"nationality": ["AFG"], "feared": ["BLR"]}, case="hidden")
    keep_all(play.hub)


def with_belarus(play: Stage) -> list[dict[str, Any]]:
    """Slovakia and Belarus have said something of one person, and nobody that Belarus is feared; its links."""
    play.leg(SK, "UKR", person="one", event_time="2026-09-01")
    play.say(BY, "claim_registered", person="one", event_time="2026-08-01")
    keep_all(play.hub)
    return ours(play, BY, BY)


@pytest.mark.rule("L21")
def test_a_withheld_state_that_never_saw_a_link_knows_of_none(play: Stage) -> None:
    play.leg(SK, "UKR", person="one", event_time="2026-09-01")
    play.say(BY, "claim_registered", person="one", event_time="2026-08-01")
    feared(play)
    assert ours(play, BY, BY) == []
    with play.hub.database.transaction() as tx:
        sql = "SELECT min(no) FROM notice WHERE starts_with(case_ref, %s) AND slug = %s"
        (sk,), (by,) = (row(tx, sql, (play.mark, slug)) or () for slug in (SK, BY))
    made = opaque.name(play.hub.pepper, BY, (by, sk))
    assert refused(play, BY, {"id": made}, "refuse", ONE) == "no-such-link"
    assert len(ours(play, SK, SK)) == 2


@pytest.mark.rule("L22")
def test_a_link_that_a_withheld_state_saw_stands_as_it_was_shown_last(play: Stage) -> None:
    """That it went would tell that somebody named the state just then."""
    before = with_belarus(play)
    links = play.offices[BY].speaker.links
    feared(play)
    assert json.dumps(ours(play, BY, BY)) == json.dumps(before)  # also in the order of members
    assert [links.one(one["id"]) for one in before] == before
    play.say(SK, "encounter", person="one", event_time="2026-10-02", case=SK)
    keep_all(play.hub)
    for one in ours(play, SK, SK):
        say(play, SK, one, "refuse", ONE)
    assert ours(play, BY, BY) == before


@pytest.mark.rule("L22")
def test_a_monitor_of_a_withheld_state_sees_no_link_vanish_either(play: Stage) -> None:
    with_belarus(play)
    links = play.offices[OMBUDSMAN.slug].speaker.links
    (before,) = seen_by_ombudsman(play)
    assert {n["side"] for n in before["notices"]} == {"first", "second"}
    feared(play)
    assert json.dumps(seen_by_ombudsman(play)) == json.dumps([before])
    assert links.say(before["id"], "refuse", "one-1", ONE)["contested"] == "yes"
    keep_all(play.hub)
    assert not any("contested" in one for one in ours(play, SK, SK))


@pytest.mark.rule("L22")
def test_a_link_that_was_seen_to_go_does_not_come_back(play: Stage) -> None:
    """A correction of the only origin known, say; here the evidence is weighed anew, and is too little."""
    assert len(with_belarus(play)) == 1
    with play.hub.database.transaction() as tx:
        again = (
            "INSERT INTO agreement (a, b, types, weights, grade, bits, weight, pattern)"
            " SELECT g.a, g.b, types, 'other', 'possible', bits, weight, pattern FROM agreement g"
            " JOIN notice n ON n.no = g.a WHERE starts_with(n.case_ref, %s)"
        )
        tx.execute(again, (play.mark,))
    assert ours(play, BY, BY) == []
    feared(play)
    assert ours(play, BY, BY) == []


def test_a_part_that_is_erased_goes_out_of_what_was_shown(play: Stage) -> None:
    with_belarus(play)
    (before,) = seen_by_ombudsman(play)
    assert all("facts" in n for n in before["notices"] if n["event"]["kind"] == "removal_executed")
    kept = (
        "SELECT s.body -> 'notices' FROM link_shown s JOIN notice n ON n.no = s.one"
        " WHERE s.slug = %s AND n.case_ref = %s"
    )
    of = (OMBUDSMAN.slug, f"{play.mark}-{BY}")
    with play.hub.database.transaction() as tx:
        ((was,),) = rows(tx, kept, of)
        (no,) = row(tx, "SELECT no FROM notice WHERE case_ref = %s", (f"{play.mark}-{SK}",)) or ()
        notices.erase(tx, no, "facts", "retention", clock.now())
        assert rows(tx, kept, of) == [([{k: v for k, v in n.items() if (n["no"], k) != (no, "facts")} for n in was],)]


def test_who_is_of_no_state_has_nothing_kept_of_it(play: Stage) -> None:
    with_belarus(play)
    assert monitors(play)
    with play.hub.database.transaction() as tx:
        assert row(tx, "SELECT count(*) FROM link_shown WHERE slug = %s", (MONITOR,)) == (0,)


@pytest.mark.rule("L22")
def test_of_a_link_that_stands_still_the_reader_goes_on_to_see_what_is_its_own(play: Stage) -> None:
    (before,) = with_belarus(play)
    feared(play)
    play.say(BY, "claim_registered", person="one", event_time="2026-10-02", case=BY)
    keep_all(play.hub)
    (after,) = ours(play, BY, BY)
    assert [n["side"] for n in after["notices"]] == ["yours", "yours", "other"]
    assert [n["number"] for n in after["notices"]] == [1, 2, 3]
    assert after["notices"][2] == {**before["notices"][1], "number": 3}
    play.say(BY, "claim_registered", person="one", subject={"nationality": ["BLR"]}, case=BY)
    keep_all(play.hub)
    assert ours(play, BY, BY) == []  # by its own words: with nobody else speaking it would be gone, too


@pytest.mark.rule("L22")
def test_a_hidden_notice_that_ties_two_own_cases_moves_no_link(play: Stage) -> None:
    for n in (1, 2, 3):
        play.say(SK, "encounter", person=f"p{n}", case=f"sk-{n}")
        play.say(BY, "claim_registered", person=f"p{n}", case=f"by-{n}")
    keep_all(play.hub)
    links = play.offices[BY].speaker.links
    before = links.index()
    for n in (1, 3):
        play.say(
            UA, "claim_expressed", person=f"p{n}", subject={"nationality": ["AFG"], "feared": ["BLR"]}, case="both"
        )
    keep_all(play.hub)
    assert links.index() == before


@pytest.mark.rule("L21")
def test_what_a_withheld_state_says_of_a_link_is_taken_as_ever_and_moves_nobody_else(play: Stage) -> None:
    (before,) = with_belarus(play)
    feared(play)
    others = [ours(play, SK, SK), play.alerts(MONITOR)]
    said = say(play, BY, before, "refuse", ONE)
    assert said == {
        **before,
        "contested": "yes",
        "words": [{"by": "you", "verdict": "refused", "compared": list(ONE)}],
        "acts": ["confirm", "withdraw"],
    }
    assert say(play, BY, before, "refuse", ONE) == said
    assert play.offices[BY].speaker.links.index("judged", f"{play.mark}-{BY}") == [said]
    assert [ours(play, SK, SK), play.alerts(MONITOR)] == others
    say(play, SK, next(one for one in others[0] if len(one["notices"]) == 2), "refuse", ONE)
    assert {one["grade"] for one in ours(play, SK, SK)} == {"probable"}
    assert ours(play, BY, BY) == [said]
    assert say(play, BY, before, "withdraw") == before
    assert refused(play, BY, before, "confirm", ("name", "name")) == "bad-parameter"


@pytest.mark.rule("L22")
def test_a_word_said_before_stands_too_and_counts_with_what_was_shown_then(play: Stage) -> None:
    (mine,) = with_belarus(play)
    (theirs,) = ours(play, SK, SK)
    say(play, SK, theirs, "refuse", ONE)
    (before,) = ours(play, BY, BY)
    assert before["contested"] == "yes"
    feared(play)
    assert say(play, BY, mine, "refuse", ONE)["grade"] == "refused"
    assert [one["grade"] for one in ours(play, BY, BY)] == ["refused"]
    assert {one["grade"] for one in ours(play, SK, SK)} == {"probable"}


def test_what_was_shown_of_a_link_goes_with_the_person(play: Stage) -> None:
    with_belarus(play)
    feared(play)
    kept = "SELECT s.body FROM link_shown s JOIN notice n ON n.no = s.one WHERE starts_with(n.case_ref, %s)"
    with play.hub.database.transaction() as tx:
        numbers = [no for (no,) in rows(tx, "SELECT no FROM notice WHERE starts_with(case_ref, %s)", (play.mark,))]
        assert {len(body["notices"]) for (body,) in rows(tx, kept, (play.mark,))} == {1}
        retention.forget_person(tx, numbers)
        assert rows(tx, kept, (play.mark,)) == []
    assert ours(play, BY, BY) == []


@pytest.mark.rule("L22")
def test_a_link_that_is_hidden_takes_no_place_on_a_list(play: Stage) -> None:
    def listed() -> list[dict[str, Any]]:
        with play.hub.database.transaction() as tx:
            return judging.in_view(tx, play.hub, BY_ASYLUM, Asked(judging.WAITING, most=2), clock.now())

    for n in range(3):
        play.say(SK, "encounter", person=f"p{n}", case=f"sk-{n}")
        play.say(BY_ASYLUM.slug, "claim_registered", person=f"p{n}", case=f"by-{n}")
    keep_all(play.hub)
    before = listed()
    assert [one["your_cases"] for one in before] == [[f"{play.mark}-by-2"], [f"{play.mark}-by-1"]]
    feared = {"nationality": ["AFG"], "feared": ["BLR"]}
    play.say(SK, "encounter", person="q", case="sk-q", subject=feared)
    play.say(BY_ASYLUM.slug, "claim_registered", person="q", case="by-q")
    keep_all(play.hub)
    assert listed() == before


@pytest.mark.parametrize("does", ["lists", "speaks"])
def test_while_links_are_read_others_note_acts_and_the_ledger_goes_on(play: Stage, does: str) -> None:
    chain(play)
    links, mine = play.offices[SK].speaker.links, link(play, SK)
    todo = links.index if does == "lists" else lambda: links.say(mine["id"], "refuse", "one-1", ONE)
    waits = "SELECT count(*) FROM pg_locks WHERE relation = 'link_judgement'::regclass AND NOT granted"
    reader = threading.Thread(target=todo)
    with play.hub.database.transaction() as tx, play.hub.database.transaction() as other:
        tx.execute("LOCK TABLE link_judgement")
        reader.start()
        while row(tx, waits, ()) == (0,):
            assert reader.is_alive()
        assert row(other, "SELECT pg_try_advisory_xact_lock(4202)", ()) == (True,)
    reader.join()


def test_two_words_at_the_same_moment_are_two(play: Stage) -> None:
    """One at the API and one at the console: whichever is second finds the first."""
    chain(play)
    mine, theirs = link(play, SK), link(play, UA)
    with play.hub.database.transaction() as tx:
        chief = accounts.find(tx, UA, "one-1")
    assert chief is not None
    seen = link_desk.state(theirs)
    said = link_desk.Said(Judging("refuse", theirs["id"], ONE), PASSWORD, seen)
    gate = threading.Barrier(2)

    def at_the_console() -> None:
        gate.wait()
        with contextlib.suppress(Refusal):  # the page was read before the other spoke
            link_desk.act(play.hub, chief, said, clock.now())

    thread = threading.Thread(target=at_the_console)
    thread.start()
    gate.wait()
    play.offices[SK].speaker.links.say(mine["id"], "refuse", "one-1", ONE)
    thread.join()
    if link(play, SK)["grade"] != "refused":
        say(play, UA, link(play, UA), "refuse", ONE)
    keep_all(play.hub)
    assert link(play, SK)["grade"] == "refused"
    assert play.alert(MONITOR, "P04")["status"] == "withdrawn"


def test_who_waits_at_the_console_for_a_word_on_the_same_link_keeps_nobody_waiting(play: Stage) -> None:
    """Else others of the authority who keep what they are shown would wait for it, with the end of the ledger held."""
    chain(play)
    theirs = link(play, UA)
    with play.hub.database.transaction() as tx:
        chief = accounts.find(tx, UA, "one-1")
        tx.execute("DELETE FROM link_shown")  # there is something to keep
    assert chief is not None
    said = link_desk.Said(Judging("refuse", theirs["id"], ONE), PASSWORD, link_desk.state(theirs))
    thread = threading.Thread(target=lambda: link_desk.act(play.hub, chief, said, clock.now()))
    held = "SELECT count(*) FROM pg_locks WHERE classid = %s AND granted = %s"
    with play.hub.database.transaction() as tx:
        cases = [(slug, f"{play.mark}-{slug}") for slug in (SK, UA)]
        judgements.hold(tx, (cases[0], cases[1]))
        thread.start()
        while row(tx, held, (4206, False)) == (0,):
            assert thread.is_alive()
        assert row(tx, held, (4208, True)) == (0,)
    thread.join()
    assert link(play, SK)["contested"] == "yes"


def test_a_past_verdict_is_rebuilt_by_the_words_that_had_been_said_by_then(play: Stage) -> None:
    chain(play)
    then = clock.now()
    say(play, SK, link(play, SK), "refuse", ONE)
    say(play, UA, link(play, UA), "refuse", ONE)
    with play.hub.database.transaction() as tx:
        number = rows(tx, "SELECT min(no) FROM notice WHERE starts_with(case_ref, %s)", (play.mark,))[0][0]
    (pattern,) = (one for one in PATTERNS if one.id == "P04")
    for known, shows in ((then, True), (clock.now(), False)):
        asked = Question(str(number), pattern, AsOf(known=known))
        assert bool(explaining.why(play.hub, asked, clock.now()).findings) is shows


def test_every_word_is_in_the_ledger(play: Stage) -> None:
    chain(play)
    mine = link(play, SK)
    with play.hub.database.transaction() as tx:
        before = row(tx, "SELECT count(*) FROM leaf", ())
    say(play, SK, mine, "refuse", ONE)
    with play.hub.database.transaction() as tx:
        after = row(tx, "SELECT count(*) FROM leaf", ())
    assert before is not None
    assert after == (before[0] + 2,)


def test_the_command_line_does_what_the_api_does(play: Stage) -> None:
    chain(play)
    office = ["authority", "--folder", str(play.offices[SK].folder.path)]

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*office, *words])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    (mine,) = run("links", "--case", f"{play.mark}-{SK}")
    assert run("link", mine["id"]) == mine
    said = ("--caseworker", "one-1", "--compared", "photograph")
    assert run("link-act", "refuse", mine["id"], *said)["contested"] == "yes"
    assert run("links", "--judged", "--case", f"{play.mark}-{SK}")[0]["id"] == mine["id"]
