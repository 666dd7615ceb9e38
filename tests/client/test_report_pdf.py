"""The paper of a disclosure report says what the report says, in words, page by page, and always in the same bytes."""

import copy
import io
from typing import Any

import pytest
from pypdf import PdfReader

from exchange.client.disclosures import Handed
from exchange.console import words
from exchange.domain import disclosure_report, vocabulary
from exchange.domain.codes import NOT_RECORDED
from exchange.printing import disclosure, terms
from schemas import disclosure_examples, examples
from schemas.answers import SeenEvent
from schemas.disclosure_reports import PARTS

LEAF = {"index": 4712, "hash": examples.ZEROS, "salt": examples.ZEROS}
LISTS: dict[str, tuple[Any, Any]] = {
    "authority": (terms.AUTHORITY, vocabulary.AUTHORITY_KINDS),
    "for": (terms.FOR, disclosure_report.FOR),
    "purpose": (
        terms.PURPOSE,
        (*vocabulary.PURPOSES, *vocabulary.QUERY_PURPOSES, *disclosure_report.PURPOSES, NOT_RECORDED),
    ),
    "basis": (terms.BASIS, (*vocabulary.LEGAL_BASES, *disclosure_report.LEGAL_BASES, NOT_RECORDED)),
    "part": (terms.PART, PARTS),
    "member of the event": (terms.EVENT_MEMBER, SeenEvent().fields),
    "acknowledgement": (terms.ANSWER, vocabulary.ACK_STATES),
}


def handed(**said: Any) -> Handed:
    report = copy.deepcopy(disclosure_examples.REPORT) | said
    text = examples.jws("asylum-exchange-disclosure-report+jws", report)
    return Handed(report, text, LEAF, "a proof", "example/ledger\n4713\nAAAA\n\n— example/ledger AAAA\n")


def printed(pdf: bytes) -> list[str]:
    """The text of each page, with one space between words."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_words(name: str) -> None:
    table, codes = LISTS[name]
    assert set(table) == set(codes)
    assert not [said for said in table.values() if "_" in said]


@pytest.mark.rule("L10")
def test_the_paper_says_in_words_what_the_report_says() -> None:
    report = handed()
    made = disclosure.pdf(report)
    pages = printed(made)
    whole = " ".join(pages)
    for said in (
        "Claim for protection registered: Poland; other state: Slovakia",
        "22 November 2026",
        "never into these states: Afghanistan.",
        "(written by hand by the office: the exchange knows no names)",
        "sk-mu asylum office, Slovakia",
        "to examine the claim for protection",
        "Regulation (EU) 2024/1351, Article 51",
        "what happened, when, and between which states",
        "confirmed that it came, 23 November 2026",
        "Chain completed (P04), critical",
        "so that something wrong can be put right",
        "the person's accredited counsel",
        "UDS/17/2026",
        "PL-2026-17",
        report.said["id"],
        "4712",
        "example/ledger 4713 AAAA",
    ):
        assert said in whole, said
    for number, page in enumerate(pages, start=1):
        assert f"{disclosure.TITLE} Page {number} of {len(pages)}" in page
    for bare in ("claim_registered", "asylum_office", "ammr_51", "rectification", "own_act"):
        assert bare not in whole
    box = PdfReader(io.BytesIO(made)).pages[0].mediabox
    assert [round(float(side) / 72 * 25.4) for side in (box.width, box.height)] == [210, 297]


def test_the_same_report_gives_the_same_bytes_and_another_others() -> None:
    assert disclosure.pdf(handed()) == disclosure.pdf(handed())
    assert disclosure.pdf(handed(case="PL-2026-18")) != disclosure.pdf(handed())


def test_what_is_absent_is_said_and_what_looks_like_markup_is_text() -> None:
    (notice,) = copy.deepcopy(disclosure_examples.REPORT["notices"])
    warned = {**notice["alerts"][0], "title": "<b>A & B</b>"}
    seen = {name: value for name, value in notice["told"][0].items() if name not in ("shown", "acknowledged")}
    part = {"part": "facts", "whole": "no", "members": ["destination", "means"]}
    told = [{**notice, "told": [], "alerts": []}, {**notice, "told": [{**seen, "parts": [part]}], "alerts": [warned]}]
    whole = " ".join(printed(disclosure.pdf(handed(notices=told * 20, queries=[], reports=[], not_into=[]))))
    for said in (
        disclosure.NOBODY,
        "not yet",
        "the details, in part: To, Way",
        "<b>A & B</b> (P04)",
        "The office was told of no query about you.",
        "None was made before.",
        "never into a state that the person fears.",
        "40. Claim for protection registered",
    ):
        assert said in whole, said
    assert words.authority(examples.ISS) in whole
