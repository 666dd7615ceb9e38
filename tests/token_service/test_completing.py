"""Protection comes first: a notice is told without tokens when the service is down, and linked once they are added."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authorities import Office, secretariat_of
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange.client import token_keys, tokens
from exchange.client.folder import Folder
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire.encoding import b64encode, read_json
from steps import keep_all
from token_service.kit import Process, run, served

PERSON = {
    "names": [{"given": "Arash", "family": "Rahimi"}, {"given": "Араш", "family": "Рахими"}],
    "born": [{"date": "1990-05-13"}],
    "sex": "M",
    "nationalities": ["AFG"],
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Process]:
    with served(tmp_path, "k1") as made:
        yield made


@pytest.fixture
def two(web: str, hub: Hub, enrol: Enrol, service: Process, tmp_path: Path) -> tuple[Office, Office]:
    """Two authorities who share a key, and have pinned the service; the keyset is named."""
    assert web
    offices = enrol(SK_BORDER), enrol(UA_BORDER)
    shared = tmp_path / "shared.key"
    run("authority", "--folder", offices[0].folder.path, "token-key", shared)
    for office in offices:
        service.say("admit", office.folder.path / "enrolment.json")
        pin(office.folder, shared, service, "k1")
    name(hub, offices[0].folder)
    return offices


def pin(folder: Folder, shared: Path, service: Process, keyset: str) -> str:
    shown = service.introduction(shared.with_name("introduction.json"))
    said = run("authority", "--folder", folder.path, "keying", shared, shown, "--keyset", keyset)
    assert said.startswith(f"{keyset}\n")
    return said


def name(hub: Hub, folder: Folder) -> None:
    """Let officers name the keyset that is pinned in a folder."""
    told = json.loads(run("authority", "--folder", folder.path, "keyset"))
    assert secretariat_of(hub).act("keyset", {**told, "state": "compared"}).carried


def file(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


def people(path: Path, *cases: str) -> Path:
    path.write_text("".join(json.dumps({"case": case, "record": PERSON}) + "\n" for case in cases))
    return path


def tell(office: Office, path: Path, kind: str = "encounter", **said: Any) -> str:
    words = ("post-person", file(path / "notice.json", office.parts(kind, **said)), file(path / "person.json", PERSON))
    return run("authority", "--folder", office.folder.path, *words)


def add(office: Office, act: str, records: Path) -> str:
    return run("authority", "--folder", office.folder.path, act, records)


def grades(hub: Hub) -> set[str]:
    keep_all(hub)
    with hub.database.transaction() as tx:
        return {grade for (grade,) in rows(tx, "SELECT grade FROM agreement")}


def held(office: Office) -> list[tuple[str, str, int]]:
    """The notices of an authority: case, keyset of its tokens, how many."""
    return [
        (one.case, one.keyset, len(one.hub.get("tokens", {}).get("values", []))) for one in tokens.told(office.folder)
    ]


def test_a_notice_goes_out_without_tokens_and_is_linked_when_they_are_added(
    hub: Hub, two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    first, second = two
    assert "WITHOUT" not in tell(first, tmp_path, case="SK-1")
    service.kill()
    assert "posted WITHOUT tokens: token-service-down" in tell(second, tmp_path, case="UA-7")
    tell(second, tmp_path, case="UA-8")
    assert held(second) == [("UA-7", "", 0), ("UA-8", "", 0)]
    assert [
        line.split()[0] for line in run("authority", "--folder", second.folder.path, "without-tokens").splitlines()
    ] == [
        "UA-7",
        "UA-8",
    ]
    assert grades(hub) == set()
    records = people(tmp_path / "people.jsonl", "UA-7")
    with pytest.raises(Refusal) as found:
        add(second, "complete", records)
    assert found.value.code == "token-service-down"
    service.start()
    assert add(second, "complete", records) == "1 of 2 supplements posted; 1 cases have no record\n"
    assert grades(hub) == {"probable"}
    assert add(second, "complete", records) == "0 of 1 supplements posted; 1 cases have no record\n"
    assert [one[:2] for one in held(second)] == [("UA-7", ""), ("UA-8", ""), ("UA-7", "k1")]
    assert [one.case for one in tokens.without_tokens(second.folder)] == ["UA-8"]


def test_under_a_new_keyset_every_case_gets_new_tokens_beside_the_old_ones(
    hub: Hub, two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    first, second = two
    tell(first, tmp_path, case="SK-1")
    tell(first, tmp_path, case="SK-1")
    first.post(case="SK-2")
    service.say("keyset", "k2")
    for office in two:
        assert "have not named" in pin(office.folder, tmp_path / "shared.key", service, "k2")
    name(hub, first.folder)
    tell(second, tmp_path, case="UA-7")
    assert grades(hub) == set()  # tokens of two keysets say nothing of each other
    records = people(tmp_path / "people.jsonl", "SK-1", "UA-7")
    assert add(first, "retokenise", records) == "1 of 1 supplements posted; 0 cases have no record\n"
    assert add(second, "retokenise", records) == "0 of 0 supplements posted; 0 cases have no record\n"
    assert add(first, "retokenise", records) == "0 of 0 supplements posted; 0 cases have no record\n"
    assert [one[:2] for one in held(first)] == [("SK-1", "k1"), ("SK-1", "k1"), ("SK-2", ""), ("SK-1", "k2")]
    assert grades(hub) == {"probable"}


def test_another_shared_key_is_found_out_before_anything_is_told_under_it(
    hub: Hub, two: tuple[Office, Office], service: Process, tmp_path: Path
) -> None:
    """Its tokens would agree with nobody's, and nothing would show it but links that are missing."""
    first, second = two
    other = tmp_path / "other.key"
    run("authority", "--folder", second.folder.path, "token-key", other)
    (second.folder.path / token_keys.FILE).unlink()
    with pytest.raises(Refusal) as found:
        pin(second.folder, other, service, "k1")
    assert found.value.code == "wrong-token-key"
    service.say("keyset", "k2")
    pin(first.folder, tmp_path / "shared.key", service, "k2")
    assert "have not named" in pin(second.folder, other, service, "k2")
    assert "WITHOUT" not in tell(second, tmp_path, case="UA-6")  # nobody can know yet
    name(hub, first.folder)
    assert "posted WITHOUT tokens: wrong-token-key" in tell(second, tmp_path, case="UA-7")
    with pytest.raises(Refusal) as found:
        add(second, "complete", people(tmp_path / "people.jsonl", "UA-7"))
    assert found.value.code == "wrong-token-key"
    assert "WITHOUT" not in tell(first, tmp_path, case="SK-1")
    kept = read_json((first.folder.path / token_keys.FILE).read_bytes())
    spoiled = {**kept, "shared": b64encode(bytes(32))}  # as if the file had been edited since
    (first.folder.path / token_keys.FILE).write_text(json.dumps(spoiled))
    assert "posted WITHOUT tokens: wrong-token-key" in tell(first, tmp_path, case="SK-2")


def test_what_was_taken_back_gets_no_tokens(two: tuple[Office, Office], service: Process, tmp_path: Path) -> None:
    first, _ = two
    service.kill()
    tell(first, tmp_path, case="SK-1")
    (one,) = tokens.without_tokens(first.folder)
    parts = first.parts("correction", case="SK-1", facts={"act": "withdraw", "reason": "wrong_person"})
    parts["event"]["withdraws"] = one.urn
    first.speaker.post(parts)
    assert tokens.without_tokens(first.folder) == []


def test_a_record_that_says_too_little_holds_up_no_notice_and_is_not_quoted(
    two: tuple[Office, Office], tmp_path: Path
) -> None:
    first, _ = two
    for record in ({"names": [{"given": "Zaphod"}]}, {"names": "Zaphod"}, {"zaphod": 1}):
        notice = file(tmp_path / "notice.json", first.parts(case="SK-1"))
        person = file(tmp_path / "person.json", record)
        said = run("authority", "--folder", first.folder.path, "post-person", notice, person)
        assert "posted WITHOUT tokens: bad-record" in said
        assert "aphod" not in said
    lines = tmp_path / "people.jsonl"
    lines.write_text(json.dumps({"case": "SK-1", "record": PERSON}) + '\n{"case":"SK-2","record":{"names":"Zaphod"}}\n')
    with pytest.raises(Refusal) as found:
        add(first, "complete", lines)
    assert found.value.code == "bad-record"
    assert found.value.detail.startswith("line 2:")
    assert "aphod" not in str(found.value)
    with pytest.raises(Refusal, match="line 2"):
        add(first, "complete", people(lines, "SK-1", "SK-1"))
