from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from builders import ADMITTED, BY_ASYLUM, NOW, SK_ASYLUM, STANDING, UNHCR, notice, reader, subject
from exchange.domain import addressing, disclosure, members
from exchange.domain.linkage import Person
from exchange.domain.members import (
    ALL,
    ALLIES,
    FULL,
    LEFT,
    OBSERVER,
    SUSPENDED,
    Ally,
    AllyChange,
    Change,
    Standing,
    Words,
    alliances,
)
from exchange.domain.notice import Reader, as_event
from exchange.domain.projection import projections

DAY = timedelta(days=1)
FINDING: dict[str, Any] = {
    **dict.fromkeys(("pattern", "title", "meaning", "certainty", "stage", "question"), "x"),
    "severity": "high",
    "acting": ["SVK"],
    "complained_of": ["SVK"],
    "suppressors": [],
    "clauses": [{"clause": "x", "words": "x", "events": [1]}],
}


def standing(*changes: tuple[str, str, str, datetime], allies: tuple[Ally, ...] = ALLIES) -> Standing:
    return Standing(NOW, (*ADMITTED, *(Change(*one) for one in changes)), allies)


def words(at: datetime = NOW, **said: set[str]) -> Words:
    return Words(subject(**said), at)


def test_the_ten_participants_with_their_tracks_and_dates() -> None:
    assert {"BLR", "EST", "HUN", "LTU", "LVA", "MDA", "POL", "ROU", "SVK", "UKR"} == members.STATES
    by_track = {t: {p.state for p in members.PARTICIPANTS if t in p.tracks} for t in ("north", "south")}
    assert by_track == {
        "north": {"BLR", "EST", "LVA", "LTU", "POL", "UKR"},
        "south": {"HUN", "MDA", "ROU", "SVK", "UKR"},
    }
    assert members.track("UKR") == "north+south"
    assert members.track("AFG") == ""
    union = {p.state: p.eu_since for p in members.PARTICIPANTS if p.eu_since}
    assert union.pop("ROU") == date(2007, 1, 1)
    assert union == dict.fromkeys(("EST", "HUN", "LTU", "LVA", "POL", "SVK"), date(2004, 5, 1))
    assert not members.in_union("ROU", datetime(2006, 12, 31, tzinfo=UTC))
    assert members.in_union("ROU", datetime(2007, 1, 1, tzinfo=UTC))
    assert {p.state for p in members.PARTICIPANTS if p.echr_since is None} == {"BLR"}


@pytest.mark.parametrize(
    ("said", "status", "may_say", "shut"),
    [
        ((), "", False, True),
        ((OBSERVER,), OBSERVER, False, True),
        ((OBSERVER, FULL), FULL, True, False),
        ((FULL, SUSPENDED), SUSPENDED, True, True),
        ((FULL, SUSPENDED, FULL), FULL, True, False),
        ((FULL, LEFT), LEFT, True, True),
    ],
)
def test_what_each_status_means(said: tuple[str, ...], status: str, *, may_say: bool, shut: bool) -> None:
    stands = Standing(NOW, tuple(Change("GEO", one, ALL, NOW) for one in said))
    assert (stands.status("GEO"), stands.may_say("GEO"), stands.is_shut("GEO")) == (status, may_say, shut)
    office = reader("ge-asylum", "asylum_office", "GEO")
    assert disclosure.may_receive(office, [words(nationality={"SYR"})], stands) is not shut


def test_a_suspension_for_one_nationality_is_lifted_by_its_own_act_alone() -> None:
    kaz = ("BLR", SUSPENDED, "KAZ", NOW - DAY)
    both = standing(kaz, ("BLR", SUSPENDED, ALL, NOW), ("BLR", FULL, ALL, NOW))
    assert both.closed("BLR") == {"KAZ": NOW - DAY}
    assert both.hides("BLR", [words(nationality={"SYR"}), words(origin={"KAZ"})])
    assert not both.hides("BLR", [words(nationality={"SYR"}, feared={"KAZ"}, former_residence={"KAZ"})])
    lifted = standing(kaz, ("BLR", FULL, "KAZ", NOW))
    assert not lifted.hides("BLR", [words(nationality={"KAZ"})])
    again = standing(kaz, ("BLR", SUSPENDED, "KAZ", NOW))
    assert again.suspended_since("BLR", "KAZ") == NOW - DAY  # said twice, it holds from the first time
    assert standing(("BLR", SUSPENDED, ALL, NOW)).suspended_since("BLR", ALL) == NOW
    assert STANDING.suspended_since("BLR", ALL) is None


@pytest.mark.rule("L16")
def test_a_suspended_member_knows_what_its_own_state_told() -> None:
    kazakh = subject(nationality={"KAZ"})
    own = notice(1, author=BY_ASYLUM, subject=kazakh, aud={BY_ASYLUM.urn})
    others = notice(2, subject=kazakh, aud={BY_ASYLUM.urn})
    tie = {(1, 2): "probable"}
    (before,) = projections(BY_ASYLUM, [own, others], tie, STANDING)
    assert before.name == "whole"
    for scope in (ALL, "KAZ"):
        shut = standing(("BLR", SUSPENDED, scope, NOW))
        (known,) = projections(BY_ASYLUM, [own, others], tie, shut)
        assert (known.name, known.notices) == ("state:BLR", (own,))
        assert not disclosure.may_receive(BY_ASYLUM, known.notices, shut)
        (whole,) = projections(SK_ASYLUM, [own, others], tie, shut)
        assert whole == before
    of_another = standing(("BLR", SUSPENDED, "SYR", NOW))
    assert projections(BY_ASYLUM, [own, others], tie, of_another) == (before,)


def test_others_words_for_a_nationality_do_not_change_what_its_own_words_bring_it() -> None:
    own = notice(1, author=BY_ASYLUM, subject=subject(nationality={"SYR"}))
    others = notice(2, subject=subject(nationality={"SYR"}, origin={"KAZ"}))
    shut = standing(("BLR", SUSPENDED, "KAZ", NOW))
    with_them = projections(BY_ASYLUM, [own, others], {(1, 2): "probable"}, shut)
    assert with_them[0].notices == (own,)
    assert disclosure.may_receive(BY_ASYLUM, with_them[0].notices, shut)


def test_the_word_of_a_suspended_state_is_doubted_for_ever_and_only_then() -> None:
    shut = standing(("BLR", SUSPENDED, ALL, NOW), ("BLR", FULL, ALL, NOW + DAY))
    later = Standing(NOW + 9 * DAY, shut.changes)
    at = {hours: later.doubts("BLR", words(NOW + timedelta(hours=hours))) for hours in (-1, 1, 23, 25)}
    assert at == {-1: False, 1: True, 23: True, 25: False}
    assert not later.doubts("SVK", words(NOW + timedelta(hours=1)))
    for_some = standing(("BLR", SUSPENDED, "KAZ", NOW - DAY))
    assert for_some.doubts("BLR", words(nationality={"KAZ"}))
    assert not for_some.doubts("BLR", words(nationality={"SYR"}))
    assert as_event(notice(1), "confirmed").flagged is False
    doubted = replace(notice(1, author=BY_ASYLUM), cautioned=True)
    assert as_event(doubted, "confirmed").flagged
    assert "flag" not in str(addressing.seen(FINDING, Person((doubted,), grade="confirmed"), UNHCR))


def test_the_end_of_an_alliance_opens_nothing_that_was_told_before() -> None:
    started = AllyChange("CHN", "RUS", ended=False, since=NOW - 2 * DAY)
    ended = AllyChange("CHN", "RUS", ended=True, since=NOW - DAY)
    before = standing(allies=alliances([started]))
    after = standing(allies=alliances([started, ended]))
    old, new = words(NOW - 2 * DAY, feared={"RUS"}), words(NOW, feared={"RUS"})
    for told, s in (([old], before), ([new], before), ([old], after), ([old, new], after)):
        assert "CHN" in disclosure.withheld(told, s).states
    assert "CHN" not in disclosure.withheld([new], after).states
    assert {"RUS", "BLR"} <= disclosure.withheld([new], after).states
    again = alliances([started, ended, AllyChange("CHN", "RUS", ended=False, since=NOW)])
    assert "CHN" in disclosure.withheld([new], standing(allies=again)).states
    long_before = words(NOW - 99 * DAY, feared={"RUS"})
    assert "CHN" in disclosure.withheld([long_before], before).states  # a new ally is withheld from of old


def test_an_observer_gets_critical_alerts_as_coarse_as_on_a_probable_link_and_is_no_monitor() -> None:
    iom, secretariat = reader("iom", "observer", "UNO"), reader("secretariat", "secretariat", "UNO")
    critical, high = ({**FINDING, "severity": s} for s in ("critical", "high"))
    everybody = [SK_ASYLUM, UNHCR, iom, secretariat, reader("by-iom", "observer", "AFG")]
    tied = [notice(1, aud={iom.urn, secretariat.urn})]

    def told(finding: dict[str, Any], readers: list[Reader]) -> set[str]:
        return {r.slug for r in addressing.recipients(finding, readers, tied, readers, STANDING)}

    assert told(critical, everybody) == {"sk-asylum", "unhcr", "iom"}
    assert told(high, everybody) == {"sk-asylum", "unhcr"}
    assert told(critical, [SK_ASYLUM, iom]) == {"iom"}
    assert [disclosure.column(one, tied[0], "confirmed") for one in (iom, secretariat)] == ["probable", "nobody"]
    unknown = [words(nationality=set())]
    assert not disclosure.may_receive(iom, unknown, STANDING)
    assert disclosure.may_receive(UNHCR, unknown, STANDING)
