"""L07 and the Eurodac ban: what passes from the Union to Belarus, Moldova and Ukraine, and what no notice can hold."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, fields

from builders import BY_ASYLUM, NOW, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR, Reader, notice, reader
from exchange.domain import addressing, codes, disclosure, third_country
from exchange.domain.errors import Refusal
from exchange.domain.linkage import Person
from schemas.fields import Choice
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES, SEALED
from schemas.reading import read
from schemas.sealed import PERSON_BLOCK

PL_ASYLUM = reader("pl-asylum", "asylum_office", "POL")
MD_RETURN = reader("md-return", "return_unit", "MDA")
RO_ASYLUM = reader("ro-asylum", "asylum_office", "ROU")


@pytest.mark.parametrize(
    ("author", "to", "at", "gated"),
    [
        (SK_BORDER, UA_ASYLUM, NOW, True),
        (SK_BORDER, BY_ASYLUM, NOW, True),
        (RO_ASYLUM, MD_RETURN, NOW, True),
        (RO_ASYLUM, MD_RETURN, datetime(2006, 12, 31, tzinfo=UTC), False),  # not in the Union yet
        (SK_BORDER, PL_ASYLUM, NOW, False),
        (SK_BORDER, UNHCR, NOW, False),
        (UA_BORDER, SK_ASYLUM, NOW, False),
        (UA_BORDER, BY_ASYLUM, NOW, False),
        (UNHCR, UA_ASYLUM, NOW, False),
    ],
)
def test_the_gate_stands_between_the_union_and_participants_outside_it(
    author: Reader, to: Reader, at: datetime, *, gated: bool
) -> None:
    assert third_country.is_gated(author, to, at) is gated
    assert third_country.is_barred(author, to, at, transfer=False) is gated
    assert not third_country.is_barred(author, to, at, transfer=True)


@pytest.mark.rule("L07")
def test_without_a_basis_an_asylum_office_gets_what_a_probable_link_shows_and_others_nothing() -> None:
    monitor = reader("ua-monitor", "monitor", "UKR")
    readers = [UA_ASYLUM, UA_BORDER, monitor, SK_ASYLUM, PL_ASYLUM]
    aud = {r.urn for r in readers}
    sent, kept = (notice(1, "removal_executed", counterpart="UKR", aud=aud, transfer=t) for t in (True, False))
    for grade in ("probable", "confirmed"):
        with_basis = {r.slug: third_country.column(r, sent, grade) for r in readers}
        assert with_basis == {r.slug: disclosure.column(r, sent, grade) for r in readers}
        without = {r.slug: third_country.column(r, kept, grade) for r in readers}
        inside = {slug: seen_as for slug, seen_as in with_basis.items() if slug in {"sk-asylum", "pl-asylum"}}
        assert without == dict.fromkeys(("ua-asylum", "ua-border", "ua-monitor"), "probable") | inside
    assert third_country.column(SK_BORDER, kept, "confirmed") == "author"
    assert {r.slug for r in readers if third_country.may_hint(r, kept)} == {"ua-asylum", "sk-asylum", "pl-asylum"}
    assert all(third_country.may_hint(r, sent) for r in readers)
    view = disclosure.shown(kept, third_country.column(UA_ASYLUM, kept, "confirmed"))
    assert view == {
        "event": {"kind": "removal_executed", "state": "SVK", "counterpart_state": "UKR", "event_time": "2010-09"}
    }


def test_an_alert_past_the_gate_shows_no_more_than_a_probable_link_even_to_an_addressee() -> None:
    finding: dict[str, Any] = dict.fromkeys(
        ("pattern", "title", "meaning", "severity", "certainty", "stage", "question"), "x"
    )
    finding |= {"suppressors": [], "clauses": [{"clause": "x", "words": "x", "events": [1]}]}
    for transfer, seen_as in ((True, "office"), (False, "probable")):
        person = Person((notice(1, aud={UA_ASYLUM.urn}, safeguards={"elderly"}, transfer=transfer),), grade="probable")
        (shown,) = addressing.seen(finding, person, UA_ASYLUM)["notices"]
        assert shown["seen_as"] == seen_as
        assert set(shown) - {"number", "seen_as"} == ({"event", "facts", "safeguards"} if transfer else {"event"})


def test_a_basis_is_of_the_closed_list_and_consent_is_none() -> None:
    good = {
        "subject": {},
        "case": "x",
        "aud": [],
        "seq": 1,
        "source": "own_act",
        "purpose": "readmission",
        "legal_basis": "ammr_51",
    }
    for basis in codes.TRANSFER_BASES.codes:
        transfer = {"basis": basis, "necessity": list(codes.NECESSITIES.codes)}
        assert read(HUB, good | {"transfer": transfer}, "hub part")["transfer"] == transfer
    assert not [basis for basis in codes.TRANSFER_BASES.codes if "consent" in basis or "49_1_a" in basis]
    bad: list[Any] = [
        {"basis": "gdpr_49_1_a_consent", "necessity": ["prevent_refoulement"]},
        {"basis": codes.TRANSFER_BASES.codes[0], "necessity": []},
        {"basis": codes.TRANSFER_BASES.codes[0], "necessity": ["because we want to"]},
        {"basis": codes.TRANSFER_BASES.codes[0]},
        {"basis": codes.TRANSFER_BASES.codes[0], "necessity": ["prevent_refoulement"], "words": "a narrative"},
        None,
    ]
    for transfer in bad:
        with pytest.raises(Refusal) as refused:
            read(HUB, good | {"transfer": transfer}, "hub part")
        assert refused.value.code == "bad-schema"


BANNED = re.compile(r"euro.?dac|finger|biometr|dactyl|facial|palm|template|minutiae|hit_data")


def words_of(schema: Schema) -> Iterator[str]:
    """Every name of a member, and every value of a closed list, down to the last one."""
    for name, field in schema.fields.items():
        yield name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from words_of(inner.schema)
        if isinstance(inner, Choice):
            yield from inner.values


@pytest.mark.rule("L07")
def test_no_notice_can_carry_what_is_of_eurodac() -> None:
    """A.3: no number, hit or fingerprint may be in a notice that a participant outside the Union could read.

    A Eurodac reference number begins with a state's letters, then a digit for the category of person, then the state's
    own number (Regulation (EU) 603/2013 Article 24(4)). A case number can look just like it, so no form of text can be
    refused for it: the ban is one of members, and of docs/wire-format.md.
    """
    schemas = [HUB, EVENT, SAFEGUARD_CODES, SEALED, PERSON_BLOCK, *FACTS.values()]
    found = {word for schema in schemas for word in words_of(schema)}
    assert len(found) > 300
    assert {"aud", "gdpr_49_1_f_vital_interests", "torture_survivor", "fathers_name", "pt_sha256"} <= found
    assert not {word for word in found if BANNED.search(word.lower())}
    assert BANNED.search("eurodac_number")
