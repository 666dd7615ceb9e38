import pytest

from builders import (
    AF_BORDER,
    BY_ASYLUM,
    NOW,
    READERS,
    SK_ASYLUM,
    SK_BORDER,
    STANDING,
    UA_ASYLUM,
    UA_BORDER,
    UNHCR,
    notice,
    reader,
    subject,
)
from exchange.domain import disclosure
from exchange.domain.kinds import ENUMERATED
from exchange.domain.members import Words
from exchange.domain.notice import Subject
from exchange.domain.projection import projections
from schemas.parts import EVENT, FACTS


def told(*said: Subject) -> list[Words]:
    return [Words(one, NOW) for one in said]


@pytest.mark.rule("L24")
def test_withheld_are_all_states_that_any_notice_names() -> None:
    said = [subject(nationality={"AFG"}, feared={"PAK"}), subject(nationality={"AFG"}, former_residence={"IRN"})]
    assert disclosure.withheld(told(*said), STANDING) == disclosure.Withheld(
        frozenset({"AFG", "PAK", "IRN"}), unknown=False
    )


@pytest.mark.parametrize(("named", "ally"), [("BLR", "RUS"), ("RUS", "BLR")])
@pytest.mark.rule("L04", "L24")
def test_allies_are_withheld_with_the_state_that_is_feared(named: str, ally: str) -> None:
    assert disclosure.withheld(told(subject(nationality={"SYR"}, feared={named})), STANDING).states == {
        "SYR",
        named,
        ally,
    }


@pytest.mark.parametrize("nationality", [set(), {"XXA"}, {"XXX"}, {"XXA", "XXX"}])
def test_a_person_of_no_known_state_is_of_unknown_origin(nationality: set[str]) -> None:
    assert disclosure.withheld(told(subject(nationality=nationality, feared={"SYR"})), STANDING).unknown


def test_a_withheld_states_projection_is_what_it_told_itself() -> None:
    theirs = notice(2, author=AF_BORDER)
    (known,) = projections(AF_BORDER, [notice(1), theirs], {}, STANDING)
    assert (known.name, known.notices) == ("state:AFG", (theirs,))


def test_others_share_the_whole() -> None:
    everything = (notice(1), notice(2, author=UA_BORDER))
    for other in READERS:
        if other is not AF_BORDER:
            (known,) = projections(other, everything, {}, STANDING)
            assert (known.name, known.notices) == ("whole", everything)


def test_with_unknown_origin_only_monitors_and_the_offices_involved_know_more_than_their_own_words() -> None:
    unknown = subject(nationality=set())
    everything = (notice(1, subject=unknown, aud={UA_ASYLUM.urn}), notice(2, author=SK_ASYLUM, subject=unknown))
    known = {r.slug: [p.name for p in projections(r, everything, {}, STANDING)] for r in READERS}
    assert {slug for slug, names in known.items() if names == ["whole"]} == {"unhcr", "ua-asylum", "sk-asylum"}
    assert [p.notices for p in projections(SK_BORDER, everything, {}, STANDING)] == [everything[:1]]
    assert projections(UA_BORDER, everything, {}, STANDING) == ()


def test_a_state_named_by_one_notice_alone_is_withheld_from_all_of_them() -> None:
    everything = [notice(1, author=UA_BORDER), notice(2, subject=subject(feared={"BLR"}))]
    assert not disclosure.may_receive(BY_ASYLUM, everything, STANDING)
    assert disclosure.may_receive(BY_ASYLUM, everything[:1], STANDING)


@pytest.mark.rule("L25")
def test_a_monitor_seated_in_a_withheld_state_is_told_nothing() -> None:
    assert not disclosure.may_receive(reader("af-monitor", "monitor", "AFG"), [notice(1)], STANDING)


def test_columns() -> None:
    sent = notice(1, aud={UA_ASYLUM.urn, UA_BORDER.urn})
    columns = {
        r.slug: disclosure.column(r, sent, "probable") for r in (SK_BORDER, SK_ASYLUM, UA_ASYLUM, UA_BORDER, UNHCR)
    }
    assert columns == {
        "sk-border": "author",
        "sk-asylum": "probable",
        "ua-asylum": "office",
        "ua-border": "unit",
        "unhcr": "monitor",
    }


def test_a_probable_link_shows_kind_states_and_month_and_nothing_else() -> None:
    view = disclosure.shown(notice(1, "removal_executed", counterpart="UKR", safeguards={"age_disputed"}), "probable")
    assert view == {
        "event": {"kind": "removal_executed", "state": "SVK", "counterpart_state": "UKR", "event_time": "2010-09"}
    }


@pytest.mark.rule("L08", "L13")
def test_a_unit_is_told_that_there_is_a_safeguard_and_not_which() -> None:
    view = disclosure.shown(
        notice(1, "removal_planned", safeguards={"torture_survivor"}, facts={"destination": "UKR"}), "unit"
    )
    assert view["stop"] == "yes"
    assert "safeguards" not in view
    assert set(view["facts"]) == {"means", "destination"}


def test_an_unknown_column_is_shown_nothing() -> None:
    assert disclosure.shown(notice(1), "stranger") == {}


@pytest.mark.parametrize(
    ("time", "day", "month"),
    [
        ("2010-09-23T10:11:12Z", "2010-09-23", "2010-09"),
        ("2010-09-24~", "2010-09-21/2010-09-27", "2010-09"),
        ("2010", "2010-01-01/2010-12-31", "2010-01/2010-12"),
    ],
)
def test_times_are_made_coarse(time: str, day: str, month: str) -> None:
    assert (disclosure.coarse(time, "day"), disclosure.coarse(time, "month")) == (day, month)


def test_every_member_of_every_notice_stands_in_the_disclosure_table() -> None:
    assert set(EVENT.fields) == set(disclosure.EVENT)
    assert {kind: set(schema.fields) for kind, schema in FACTS.items()} == {
        kind: set(members.split()) for kind, members in disclosure.FACTS.items()
    }
    assert set(FACTS) == set(ENUMERATED)
