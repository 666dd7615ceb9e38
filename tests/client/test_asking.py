"""The command `check`: a removal in a file goes out, the answer is printed, a refusal is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.test_checks import asked, soon
from authorities import Office
from builders import SK_ASYLUM, UA_ASYLUM
from conftest import Enrol
from exchange.cli.authority import authority
from exchange.client.line import Refused
from exchange.deps import Hub
from exchange.wire import statements
from steps import keep_all


@pytest.fixture
def hub(database_url: str, secrets_folder: Path) -> Iterator[Hub]:
    with soon(database_url, secrets_folder) as opened:
        yield opened


def command(office: Office, folder: Path, **said: str) -> Result:
    file = folder / "removal.json"
    file.write_text(json.dumps(asked(office, None, **said)), encoding="utf-8")
    return CliRunner().invoke(authority, ["--folder", str(office.folder.path), "check", str(file)])


def test_a_removal_in_a_file_is_asked_about(hub: Hub, web: str, enrol: Enrol, tmp_path: Path) -> None:
    sk, ua = enrol(SK_ASYLUM), enrol(UA_ASYLUM)
    sk.post("claim_registered", person="one")
    keep_all(hub)
    printed = json.loads(command(sk, tmp_path, destination="AFG").output)
    assert (printed["answer"], "pad" in printed) == ("patterns", False)
    assert ("P19", "done") in [(one["pattern"], one["stage"]) for one in printed["patterns"]]
    assert printed["notices"][0].startswith("urn:asylum-exchange:notice:sk-asylum:")
    check, answer = (
        (sk.folder.path / "checks" / f"{printed['id']}.{one}.jws").read_text() for one in ("check", "answer")
    )
    told = statements.heard(answer, statements.CHECK_ANSWER, sk.folder.hub_key("words"))
    statements.require_answer(told, check)
    assert told["answer"] == "patterns"
    assert json.loads(command(sk, tmp_path, destination="POL").output)["answer"] in {"patterns", "nothing_to_tell"}
    refused = command(ua, tmp_path, destination="AFG")
    assert isinstance(refused.exception, Refused)
    assert refused.exception.code == "no-own-case"
    assert web
