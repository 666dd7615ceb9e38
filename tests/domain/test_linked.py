"""Which links a reader may know of, and what it is shown of them (L07, L17, L21)."""

import json

import pytest

from builders import AF_BORDER, BY_ASYLUM, SK_BORDER, STANDING, UA_ASYLUM, UA_BORDER, UNHCR, notice, reader, subject
from exchange.client.linkage.keys import ORDER
from exchange.domain import judgements, link_words, linked
from exchange.domain.judgements import Judged, Word
from exchange.domain.linked import Link
from exchange.domain.notice import Notice, Reader
from exchange.domain.projection import projections
from exchange.domain.weighing import signs
from exchange.domain.weighing.evidence import Agreed, Evidence
from exchange.domain.weighing.scoring import Part, Score

MINE = notice(1, author=SK_BORDER, case="mine", facts={"place": "ours"})
THEIRS = notice(2, author=UA_BORDER, case="theirs", facts={"place": "at-the-mill"})
OTHERS = notice(3, author=UA_ASYLUM, case="others")
PROBABLE = {(1, 2): "probable"}


def seen_by(who: Reader, notices: list[Notice], evidence: dict[tuple[int, int], str], **said: Judged) -> list[Link]:
    judged = {judgements.pair_of(MINE, THEIRS): said["judged"]} if said else {}
    return linked.links(who, projections(who, notices, evidence, STANDING), (evidence, judged), STANDING)


@pytest.mark.rule("L17")
def test_an_authority_knows_of_links_of_its_own_cases_alone_and_of_none_that_is_only_possible() -> None:
    for who in (SK_BORDER, UA_BORDER, UNHCR):
        assert [one.first for one in seen_by(who, [MINE, THEIRS], PROBABLE)] == [(1, 2)]
    assert seen_by(UA_ASYLUM, [MINE, THEIRS, OTHERS], PROBABLE | {(2, 3): "possible"}) == []
    assert seen_by(SK_BORDER, [MINE, THEIRS], {(1, 2): "possible"}) == []
    assert len(seen_by(UNHCR, [MINE, THEIRS], {(1, 2): "possible"})) == 1
    assert seen_by(reader("iom", "observer", "UNO"), [MINE, THEIRS], PROBABLE) == []


@pytest.mark.rule("L21")
def test_nobody_in_a_withheld_state_knows_of_any_not_even_of_its_own_two_cases() -> None:
    own = [notice(1, author=AF_BORDER, case="a"), notice(2, author=AF_BORDER, case="b"), THEIRS]
    assert seen_by(AF_BORDER, own[:2], PROBABLE) == []
    feared = notice(4, author=UA_ASYLUM, case="f", subject=subject(nationality={"AFG"}, feared={"BLR"}))
    belarus = notice(5, author=BY_ASYLUM, case="by")
    evidence = {(1, 5): "probable", (1, 4): "probable"}
    assert len(seen_by(BY_ASYLUM, [MINE, belarus], {(1, 5): "probable"})) == 1
    assert seen_by(BY_ASYLUM, [MINE, feared, belarus], evidence) == []


@pytest.mark.rule("L21")
def test_what_was_erased_is_in_no_link_and_nobody_of_a_state_learns_of_others_beside_it() -> None:
    """With the hub part goes the word that the person fears a state: that state would be told of everything."""
    belarus = notice(5, author=BY_ASYLUM, case="by")
    erased = notice(4, author=UA_ASYLUM, case="", subject=subject(nationality=()))
    evidence = {(1, 5): "probable", (4, 5): "probable"}
    for who in (BY_ASYLUM, SK_BORDER, UA_ASYLUM, reader("by-ombudsman", "monitor", "BLR")):
        assert seen_by(who, [MINE, erased, belarus], evidence) == []
    assert [one.first for one in seen_by(UNHCR, [MINE, erased, belarus], evidence)] == [(5, 1)]


@pytest.mark.rule("L07")
def test_past_the_gate_only_an_asylum_office_knows_of_a_link() -> None:
    kept = notice(1, author=SK_BORDER, case="mine", transfer=False)
    assert seen_by(UA_BORDER, [kept, THEIRS], PROBABLE) == []
    assert len(seen_by(SK_BORDER, [kept, THEIRS], PROBABLE)) == 1
    assert len(seen_by(UA_ASYLUM, [kept, OTHERS], {(1, 3): "probable"})) == 1


@pytest.mark.rule("L17")
def test_of_the_other_side_nothing_is_shown_but_what_an_alert_shows() -> None:
    said = Judged("", {"ua-border": Word(UA_BORDER, "refused", ("name",)), "unhcr": Word(UNHCR, "refused", ("name",))})
    (link,) = seen_by(SK_BORDER, [MINE, THEIRS], PROBABLE, judged=said)
    shown = linked.seen(link, SK_BORDER)
    assert (shown["grade"], shown["contested"], shown["your_cases"]) == ("probable", "yes", ["mine"])
    assert [word["by"] for word in shown["words"]] == ["other", "monitor"]
    assert [one["side"] for one in shown["notices"]] == ["yours", "other"]
    text = json.dumps(shown)
    for hidden in ("theirs", "at-the-mill", THEIRS.id, UA_BORDER.urn):
        assert hidden not in text
    assert "unhcr" not in text
    assert THEIRS.id in json.dumps(linked.seen(link, UNHCR))


@pytest.mark.rule("L17")
@pytest.mark.parametrize("evidence", [{(1, 3): "probable", (2, 3): "probable"}, {(1, 3): "refused"}], ids=["two", "no"])
def test_of_a_case_that_is_not_joined_nothing_is_shown_but_the_state_to_ask(
    evidence: dict[tuple[int, int], str],
) -> None:
    """It fits two persons, or was refused."""
    late = notice(3, author=UA_BORDER, case="late", event_time="2026-10-01")
    known = [MINE, notice(2, author=UA_ASYLUM, case="others"), late]
    (link,) = seen_by(SK_BORDER, known, evidence)
    shown = linked.seen(link, SK_BORDER)
    assert (shown["other_state"], [one["side"] for one in shown["notices"]]) == ("UKR", ["yours"])
    assert "2026-10" not in json.dumps(shown)
    assert late.id in json.dumps(linked.seen(link, UNHCR))


def test_a_case_with_very_many_notices_is_shown_by_its_last() -> None:
    many = [notice(no, author=UA_BORDER, case="theirs") for no in range(2, 302)]
    (link,) = seen_by(SK_BORDER, [MINE, *many], PROBABLE)
    shown = linked.seen(link, SK_BORDER)["notices"]
    assert [one["side"] for one in shown] == ["yours", *["other"] * linked.SHOWN]
    assert link.first == (1, 2)


def test_every_type_of_the_profile_has_words() -> None:
    assert set(ORDER) <= set(link_words.TYPES)


def test_a_reason_says_what_agrees_and_how_rare_that_is_and_a_new_type_is_named_as_it_is() -> None:
    parts = (Part("C2D", "agrees", 1, 9.9), Part("DOC", "differs", 0, -12.2), Part("ZZ9", "agrees", 3, 1.0))
    told = link_words.told(Score(4.6, 0.96, 23.1, "possible", parts), "v7")
    assert (told["weights"], told["bits"], told["weight"]) == ("v7", 5, 23)
    assert [(one["type"], one["bits"]) for one in told["reasons"]] == [("DOC", -12), ("C2D", 10), ("ZZ9", 1)]
    assert told["reasons"][0]["words"] == "Both hold a document: its number, type and issuer, and these differ."
    assert told["reasons"][1]["words"].endswith("; held by at most four persons.")
    assert "ZZ9" in told["reasons"][2]["words"]


def test_what_types_show_together_is_said_in_words() -> None:
    evidence = Evidence((Agreed("V2Y", 1, 1), Agreed("C1D", 1, 1)), frozenset(), 1)
    words = [
        link_words.told(Score(0, 0, 0, "none", (Part(sign, "together", 0, 1.0),)), "v7")["reasons"][0]["words"]
        for sign in (*signs.together(evidence), "names none", "something new")
    ]
    assert words == [
        "Taken together: two name parts agree with their vowels.",
        "Taken together: the birth date agrees, both known.",
        "Taken together: two name parts agree with their vowels, the birth date agrees, both known.",
        "Taken together: no name agrees.",
        "Taken together: something new.",
    ]
    assert set(signs.NAMES) <= set(link_words._NAMES)  # noqa: SLF001 -- every level has words
