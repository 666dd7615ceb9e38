"""Tokens are added once, to what lacks them, whoever was stopped before or does it at the same time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from authorities import Office
from exchange.client import token_keys, tokens
from exchange.client.line import Refused
from exchange.client.linkage import record as reading
from exchange.client.linkage.keying import tokens_part
from exchange.domain.errors import Refusal
from token_service.kit import ROOT, Process, run
from token_service.test_completing import PERSON, add, held, people, pin, service, tell, two

__all__ = ["service", "two"]


def test_a_record_that_says_too_little_holds_up_no_other(
    two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    first, _ = two
    service.kill()
    for case in ("SK-1", "SK-2"):
        tell(first, tmp_path, case=case)
    lines = people(tmp_path / "people.jsonl", "SK-2")
    lines.write_text(json.dumps({"case": "SK-1", "record": {"names": [{"given": "J"}]}}) + "\n" + lines.read_text())
    service.start()
    said = "1 of 2 supplements posted; 0 cases have no record; of 1 the record holds too little to compare\n"
    assert add(first, "complete", lines) == said
    assert [one.case for one in tokens.without_tokens(first.folder)] == ["SK-1"]


def test_a_supplement_that_waits_is_sent_and_not_made_once_more(
    two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    """Who posted it was stopped before its receipt was here."""
    first, _ = two
    first.post(case="SK-1")
    (one,) = tokens.without_tokens(first.folder)
    with token_keys.keying(first.folder) as by:
        added = tokens.supplement(one, tokens_part(reading.read(PERSON), by))
    with first.folder.alone():
        first.speaker._write([added])  # noqa: SLF001 -- signed and kept, and not sent
    assert service.folder.is_dir()
    assert add(first, "complete", people(tmp_path / "people.jsonl", "SK-1")).startswith("0 of 0 ")
    assert [one[:2] for one in held(first)] == [("SK-1", ""), ("SK-1", "k1")]
    assert first.folder.pending() == []


def test_two_who_complete_at_once_add_tokens_once(two: tuple[Office, Office], service: Process, tmp_path: Path) -> None:
    first, _ = two
    for number in range(4):
        first.post(case=f"SK-{number}")
    assert service.folder.is_dir()
    records = people(tmp_path / "people.jsonl", *(f"SK-{number}" for number in range(4)))
    command = [sys.executable, "-m", "exchange.cli.main", "authority", "--folder", str(first.folder.path), "complete"]
    both = [subprocess.Popen([*command, str(records)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(one.communicate()[0].partition(";")[0] for one in both)
    assert said == ["0 of 0 supplements posted", "4 of 4 supplements posted"]
    assert len(held(first)) == 8


def test_tokens_go_with_the_notice_that_was_taken_back(
    two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    """A supplement to a notice that was withdrawn does not stand for the case's other notices."""
    first, _ = two
    tell(first, tmp_path, case="SK-1")
    tell(first, tmp_path, case="SK-1")
    service.say("keyset", "k2")
    pin(first.folder, tmp_path / "shared.key", service, "k2")
    records = people(tmp_path / "people.jsonl", "SK-1")
    add(first, "retokenise", records)
    supplemented = next(one.adds_tokens_to for one in tokens.told(first.folder) if one.adds_tokens_to)
    parts = first.parts("correction", case="SK-1", facts={"act": "withdraw", "reason": "wrong_person"})
    parts["event"]["withdraws"] = supplemented
    first.speaker.post(parts)
    assert add(first, "retokenise", records) == "1 of 1 supplements posted; 0 cases have no record\n"
    assert add(first, "retokenise", records) == "0 of 0 supplements posted; 0 cases have no record\n"


def test_a_supplement_that_was_refused_for_good_is_made_again_only_when_that_is_asked_for(
    two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    """It would be refused again, and each try costs evaluations."""
    first, _ = two
    first.post(case="SK-1")
    (one,) = tokens.without_tokens(first.folder)
    with token_keys.keying(first.folder) as by:
        added = tokens.supplement(one, tokens_part(reading.read(PERSON), by))
    (outcome,) = first.speaker.post_batch([{**added, "hub": {**added["hub"], "case": "another"}}])
    assert isinstance(outcome, Refused)
    assert outcome.final
    records = people(tmp_path / "people.jsonl", "SK-1")
    said = "0 of 0 supplements posted; 0 cases have no record; 1 were refused for good before, see --again\n"
    assert add(first, "complete", records) == said
    assert tokens.refused(first.folder, "k2") == set()  # under another keyset it is another supplement
    assert service.folder.is_dir()
    again = run("authority", "--folder", first.folder.path, "complete", records, "--again")
    assert again == "1 of 1 supplements posted; 0 cases have no record\n"


def test_a_supplement_of_the_wrong_person_is_withdrawn_alone_and_made_anew(
    two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    first, second = two
    first.post(case="SK-1")
    records = people(tmp_path / "people.jsonl", "SK-1")
    add(first, "complete", records)
    added = next(one for one in tokens.told(first.folder) if one.adds_tokens_to)
    words = ("authority", "--folder", first.folder.path, "withdraw-supplement")
    with pytest.raises(Refusal) as found:
        run(*words, added.adds_tokens_to)
    assert found.value.code == "unknown-reference"
    run(*words, added.urn, "--to", second.who.urn)
    assert [one.case for one in tokens.without_tokens(first.folder)] == ["SK-1"]
    assert tokens.under_other_keysets(first.folder, "k2") == []  # it has none to be changed
    assert service.folder.is_dir()
    assert add(first, "complete", records) == "1 of 1 supplements posted; 0 cases have no record\n"
    assert tokens.without_tokens(first.folder) == []
