"""The directory of neighbours over real HTTP: signed, tagged, old versions readable, each read an act."""

import hashlib
import json
from typing import Any

import click.testing
import pytest
from jsonschema import Draft202012Validator

from api.test_openapi import call
from authorities import Office, secretariat_of
from builders import SK_BORDER, UA_ASYLUM
from conftest import Enrol
from exchange import neighbours
from exchange.cli.main import cli
from exchange.client.speaker import Refused
from exchange.commands import Given
from exchange.demo import neighbours as first
from exchange.deps import Hub
from exchange.domain.merkle import leaf_hash
from exchange.store.session import rows
from exchange.wire.encoding import b64decode, b64encode
from schemas.catalogue import served


def fits(name: str, value: object) -> None:
    assert [error.message for error in Draft202012Validator(served(name)).iter_errors(value)] == []


def edit(hub: Hub) -> str:
    """Let officers say that Ukraine's agreement is suspended; returns the text of the second version."""
    entry = json.loads(first.shipped()["UKR"])
    entry["readmission"][0]["status"] = "suspended"
    text = json.dumps(entry)
    assert secretariat_of(hub).act("directory", neighbours.members(text, 1), Given(bundle=text)).carried
    return text


def acts(hub: Hub, office: Office) -> list[str]:
    sql = "SELECT object FROM act WHERE slug = %s AND what = 'directory' ORDER BY no"
    with hub.database.reading() as tx:
        return [str(of) for (of,) in rows(tx, sql, (office.who.slug,))]


def test_the_directory_is_read_whole_by_state_and_by_version(hub: Hub, web: str, enrol: Enrol) -> None:
    office, other = enrol(SK_BORDER), enrol(UA_ASYLUM)
    assert office.speaker.directory()["entries"] == []
    first.enter(secretariat_of(hub))
    second = edit(hub)

    found = office.speaker.directory()
    fits("directory", found)
    assert [one["state"] for one in found["entries"]] == sorted(first.shipped())
    assert found["authorities"] == [
        {"urn": who.urn, "kind": who.kind, "state": who.state} for who in (SK_BORDER, UA_ASYLUM)
    ]
    assert found == other.speaker.directory(), "every member reads the same"

    page = office.speaker.directory("UKR")
    fits("directory-page", page)
    assert (page["version"], page["text"], page["entry"]) == (2, second, json.loads(second))
    assert [one["urn"] for one in page["authorities"]] == [UA_ASYLUM.urn]
    assert [one["version"] for one in page["versions"]] == [1, 2]
    old = office.speaker.directory("UKR", 1)
    fits("directory-page", old)
    assert (old["version"], old["text"]) == (1, first.shipped()["UKR"])
    assert old["versions"] == page["versions"]
    for one in (page, old):
        check_leaf(one)
    assert old["leaf"]["index"] < page["leaf"]["index"]

    check_tags(office)
    check_refusals(office)
    assert acts(hub, other) == [""]
    twice = [of for of in ("", "UKR", "UKR 1") for _ in range(2)]
    assert acts(hub, office) == ["", "", "UKR", "UKR 1", *twice]
    assert web
    check_commands(office)


def check_tags(office: Office) -> None:
    for target in ("/v1/directory", "/v1/directory/UKR", "/v1/directory/UKR?version=1"):
        answer = call(office, target)
        tag = answer.header("etag") or ""
        assert tag == f'"{b64encode(hashlib.sha256(answer.body).digest())}"'
        same = call(office, target, **{"If-None-Match": tag})
        assert (same.status, same.body, same.header("etag")) == (304, b"", tag)


def check_refusals(office: Office) -> None:
    for target, code in (
        ("/v1/directory/DEU", "not-found"),
        ("/v1/directory/ukr", "not-found"),
        ("/v1/directory/UKR?version=3", "not-found"),
        ("/v1/directory/UKR?version=x", "bad-parameter"),
        ("/v1/directory/UKR?at=1", "bad-parameter"),
        ("/v1/directory?version=1", "bad-parameter"),
    ):
        with pytest.raises(Refused) as refused:
            office.speaker._read(target)  # noqa: SLF001 -- the client makes no such mistake
        assert (refused.value.code, target) == (code, target)


def check_leaf(page: dict[str, Any]) -> None:
    """What any reader can check: the leaf is over the record, which names the entry."""
    salt, record = b64decode(page["leaf"]["salt"]), json.loads(page["record"])
    entry = hashlib.sha256(salt + page["record"].encode()).digest()
    assert b64encode(leaf_hash(entry)) == page["leaf"]["hash"]
    assert record["entry"] == b64encode(hashlib.sha256(page["text"].encode()).digest())
    assert (record["state"], record["version"], record["command"]) == (page["state"], page["version"], page["command"])
    assert json.loads(page["text"]) == page["entry"]


def check_commands(office: Office) -> None:
    def run(*words: str) -> str:
        done = click.testing.CliRunner().invoke(
            cli, ["authority", "--folder", str(office.folder.path), "directory", *words]
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    listed = run()
    assert "UKR Ukraine, version 2: European Union: suspended" in listed
    told = run("UKR")
    assert told.startswith("Ukraine, version 2 of 2\n")
    assert "source: Council Decision 2007/839/EC" in told
    assert "verified 24 November 2026" in told
    assert "Not recorded. Nothing follows from that: ask." in told
    assert "enrolled here: ua-asylum" in told
    assert json.loads(run("UKR", "--version", "1", "--json"))["version"] == 1
