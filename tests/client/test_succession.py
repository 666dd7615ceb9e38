"""One key of a folder follows another: whatever stops it half way, it ends well and no key is lost."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import pytest
from click.testing import CliRunner

from authorities import Office
from builders import SK_BORDER, UA_ASYLUM
from client.altering import Asked, Between, Cut, instead, serving
from conftest import Enrol
from exchange.cli.main import cli
from exchange.client.folder import Folder
from exchange.client.line import Line
from exchange.client.speaker import Speaker
from exchange.client.succession import Keys
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import key_statements, keys, sealing_keys
from exchange.wire.encoding import b64encode, read_json
from exchange.wire.key_statements import KEY, PURPOSES
from exchange.wire.messages import Answer
from ledger.kit import run
from steps import keep_all

FILES = {"seal": "seal.jwk", **{purpose: f"{purpose}.pem" for purpose in PURPOSES if purpose != "seal"}}


@pytest.fixture
def office(enrol: Enrol, web: str) -> Office:
    assert web
    return enrol(SK_BORDER)


def rotate(folder: Folder, purpose: str, **how: bool) -> str:
    with Speaker(folder, tries=1) as speaker:
        return speaker.keys.rotate(purpose, **how)


def enrolled(hub: Hub, office: Office, purpose: str) -> list[str]:
    sql = "SELECT kid FROM authority_key WHERE slug = %s AND purpose = %s ORDER BY active_from, kid"
    with hub.database.transaction() as tx:
        return [kid for (kid,) in rows(tx, sql, (office.who.slug, purpose))]


def held(folder: Folder, purpose: str) -> set[str]:
    """The kids of every private key of a purpose that is anywhere in the folder."""
    name = FILES[purpose]
    found = [path for path in folder.path.rglob("*") if path.name == name or path.name.endswith(f"-{name}")]
    return {kid_in(path, purpose) for path in found}


def kid_in(path: Path, purpose: str) -> str:

    if purpose == "seal":
        return sealing_keys.private_from_jwk(read_json(path.read_bytes())).kid  # type: ignore[arg-type]
    return keys.private_from_pem(path.read_bytes(), purpose).kid


def is_tidy(folder: Folder, purpose: str) -> bool:
    """Tell whether the key in use is the one that is said to be, and nothing is on its way."""
    waiting = [path for path in (folder.path / "next").glob("*") if path.name.startswith(purpose)]
    return not waiting and kid_in(folder.path / FILES[purpose], purpose) == folder.kid(purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_key_follows_another_and_a_third_follows_that(hub: Hub, office: Office, purpose: str) -> None:
    kids = [office.folder.kid(purpose)]
    old = (office.folder.path / FILES[purpose]).read_bytes()
    for by_recovery in (False, True):
        kids.append(rotate(office.folder, purpose, by_recovery=by_recovery))
        assert office.folder.kid(purpose) == kids[-1]
        assert is_tidy(office.folder, purpose)
    assert sorted(enrolled(hub, office, purpose)) == sorted(kids)
    assert len(set(kids)) == 3
    assert held(office.folder, purpose) == set(kids)
    kept = office.folder.path / "earlier"
    assert (kept / f"{kids[0]}-{FILES[purpose]}").read_bytes() == old
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}
    earlier = json.loads((office.folder.path / "enrolment.json").read_text())["keys"]["earlier"]
    assert [jwk["kid"] for jwk in earlier[purpose]] == [kids[1], kids[0]]
    assert len(list((office.folder.path / "receipts").glob("key-*.jws"))) == 2
    with Speaker(office.folder) as speaker:
        assert speaker.post(office.parts())["state"] == "accepted"
    report = CliRunner().invoke(cli, ["doctor", "--folder", str(office.folder.path)])
    assert report.exit_code == 0, report.output
    assert report.output.rstrip().endswith("All is well.")


def test_a_text_for_an_earlier_seal_key_still_opens(hub: Hub, office: Office, enrol: Enrol) -> None:
    other = enrol(UA_ASYLUM)
    office.folder.know(other.enrolment)
    other.folder.know(office.enrolment)
    sealed = [{"to": [other.who.urn], "narrative": "for the first"}]
    office.speaker.post(office.parts(aud=[other.who.urn]) | {"sealed": sealed})
    rotate(other.folder, "seal")
    office.speaker.post(office.parts(aud=[other.who.urn]) | {"sealed": sealed})  # it has not heard yet
    office.folder.know({**other.enrolment, "keys": other.folder.pinned(other.folder.urn)})
    office.speaker.post(office.parts(aud=[other.who.urn]) | {"sealed": [sealed[0] | {"narrative": "for the next"}]})
    keep_all(hub)
    items = [item for item in other.speaker.inbox()["items"] if "notice" in item]
    found = [text.narrative for item in items for text in other.speaker.receive(item).sealed]
    assert sorted(map(str, found)) == ["for the first", "for the first", "for the next"]
    assert len(other.folder.seal_keys()) == 2


def test_by_the_command_line_and_in_es256(hub: Hub, enrol: Enrol, web: str) -> None:
    assert web
    office = enrol(SK_BORDER, "ES256")
    folder = office.folder.path
    for purpose in PURPOSES:
        assert run("authority", "--folder", folder, "rotate", purpose).strip() == office.folder.kid(purpose)
        assert run("authority", "--folder", folder, "rotate", purpose, "--recovery").strip() == office.folder.kid(
            purpose
        )
        assert len(enrolled(hub, office, purpose)) == 3
    assert {office.folder.key(purpose).alg for purpose in ("request", "notice", "recovery")} == {"ES256"}
    assert run("doctor", "--folder", folder).rstrip().endswith("All is well.")
    run("authority", "--folder", folder, "revoke", office.folder.kid("notice"), "--ending", "superseded")
    with Speaker(office.folder) as speaker, pytest.raises(Refusal) as refused:
        speaker.post(office.parts())
    assert refused.value.code == "bad-notice-key"


# what stops it half way


class Died(BaseException):
    """The program is killed: nothing after this moment runs."""


class Mortal(Folder):
    """A folder whose program dies at a write: `steps` writes are done, and the next one before or after it is."""

    steps: ClassVar[int] = 0
    after: ClassVar[bool] = False

    @staticmethod
    def _replace(path: Path, content: bytes) -> Path:
        Mortal.steps -= 1
        if Mortal.steps < 0 and not Mortal.after:
            die()
        Folder._replace(path, content)
        if Mortal.steps < 0:
            die()
        return path


def die() -> NoReturn:
    raise Died


def dies(folder: Folder, purpose: str, steps: int, *, after: bool) -> bool:
    """Rotate until the program dies; tell whether it did."""
    Mortal.steps, Mortal.after = steps, after
    mortal = Mortal(folder.path)
    with closing(Line(folder, 1)) as line:
        try:
            Keys(mortal, line).rotate(purpose)
        except Died:
            return True
    return False


@pytest.mark.parametrize("after", [False, True], ids=["before a write", "after a write"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_program_that_dies_at_any_write_is_run_again_and_ends_well(
    hub: Hub, office: Office, purpose: str, *, after: bool
) -> None:
    steps = 0
    while True:
        before = enrolled(hub, office, purpose)
        died = dies(office.folder, purpose, steps, after=after)
        private = held(office.folder, purpose)
        assert {office.folder.kid(purpose), *enrolled(hub, office, purpose)} <= private  # no key is lost at any moment
        if not died:
            break
        kid = rotate(office.folder, purpose)
        assert is_tidy(office.folder, purpose)
        assert office.folder.kid(purpose) == kid
        assert set(enrolled(hub, office, purpose)) == {*before, kid}
        assert len(enrolled(hub, office, purpose)) == len(before) + 1
        steps += 1
    assert steps == 6  # next key, statement, receipt, earlier key, the key, enrolment.json
    assert is_tidy(office.folder, purpose)


@pytest.mark.parametrize("left", [("key", "statement"), ("key",)])
def test_a_program_that_dies_while_it_tidies_up_enrols_no_second_key(
    hub: Hub, office: Office, left: tuple[str, ...]
) -> None:
    kid = rotate(office.folder, "notice")
    office.folder.keep("next", "notice.pem", (office.folder.path / "notice.pem").read_bytes())
    if "statement" in left:
        office.folder.keep("next", f"notice-{kid}.jws", b"x")
    assert rotate(office.folder, "notice") == kid
    assert is_tidy(office.folder, "notice")
    assert len(enrolled(hub, office, "notice")) == 2
    assert rotate(office.folder, "notice") != kid


def cut_before(_: Asked) -> Answer:
    raise Cut


def cut_after(asked: Asked) -> Answer:
    asked.answer()
    raise Cut


def passed(asked: Asked) -> Answer:
    return asked.answer()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_answer_that_is_lost_enrols_no_second_key(hub: Hub, enrol: Enrol, purpose: str) -> None:
    office, between = enrol(SK_BORDER), Between(hub)
    touches: list[list[Callable[[Asked], Answer]]] = [
        [cut_before], [cut_after], [passed, cut_before], [passed, cut_after],
    ]  # fmt: skip
    with serving(between):
        for number, touch in enumerate(touches, start=2):
            between.touches = list(touch)
            with pytest.raises(Refusal) as refused:
                rotate(office.folder, purpose)
            assert refused.value.code == "no-answer"
            kid = rotate(office.folder, purpose)
            assert (office.folder.kid(purpose), is_tidy(office.folder, purpose)) == (kid, True)
            assert len(enrolled(hub, office, purpose)) == number
            assert kid in enrolled(hub, office, purpose)


def interrupted(office: Office, purpose: str) -> Any:
    """A rotation of which only the statement was written; returns the new key."""
    assert dies(office.folder, purpose, 1, after=True)
    path = office.folder.path / "next" / FILES[purpose]
    return kid_in(path, purpose)


def test_a_statement_over_a_nonce_that_is_too_old_is_made_anew(hub: Hub, office: Office) -> None:
    kid = interrupted(office, "notice")
    path = office.folder.path / "next" / f"notice-{kid}.jws"
    said = key_statements.read(path.read_text(), KEY, "test-exchange")
    stale = {**said.members, "nonce": b64encode(bytes(32))}
    path.write_text(key_statements.sign(stale, said.claims, KEY, office.folder.key("notice")))
    assert rotate(office.folder, "notice") == kid
    assert kid in enrolled(hub, office, "notice")
    assert len(enrolled(hub, office, "notice")) == 2
    assert is_tidy(office.folder, "notice")


def test_a_statement_by_a_key_that_was_ended_since_is_made_anew_by_the_recovery_key(hub: Hub, office: Office) -> None:
    kid = interrupted(office, "notice")
    office.speaker.keys.revoke(office.folder.kid("notice"), "compromised", 5)
    with pytest.raises(Refusal) as refused:
        rotate(office.folder, "notice")
    assert refused.value.code == "not-its-key"
    assert rotate(office.folder, "notice", by_recovery=True) == kid
    assert len(enrolled(hub, office, "notice")) == 2
    assert is_tidy(office.folder, "notice")


def test_the_recovery_key_takes_over_from_a_thief_who_rotated_first(hub: Hub, office: Office, tmp_path: Path) -> None:
    """The thief has a copy of the keys in use, and lets one of his own follow."""
    thief = tmp_path / "thief"
    shutil.copytree(office.folder.path, thief, ignore=shutil.ignore_patterns("recovery.pem"))
    stolen = rotate(Folder(thief), "notice")
    with pytest.raises(Refusal) as refused:
        rotate(office.folder, "notice")
    assert refused.value.code == "bad-history"
    mine = rotate(office.folder, "notice", by_recovery=True)
    assert set(enrolled(hub, office, "notice")[1:]) == {stolen, mine}
    with Speaker(office.folder, tries=1) as speaker:
        speaker.keys.revoke(stolen, "compromised", 5)
        assert speaker.post(office.parts())["state"] == "accepted"
    with Speaker(Folder(thief), tries=1) as speaker, pytest.raises(Refusal) as refused:
        speaker.post(office.parts())
    assert refused.value.code == "bad-notice-key"


def test_a_receipt_for_something_else_moves_nothing(hub: Hub, enrol: Enrol) -> None:
    office, between = enrol(SK_BORDER), Between(hub)
    kids = {purpose: office.folder.kid(purpose) for purpose in PURPOSES}
    with serving(between):
        receipts: list[Answer] = []

        def keep(asked: Asked) -> Answer:
            receipts.append(asked.answer())
            return receipts[0]

        between.touches = [passed, keep]
        rotate(office.folder, "seal")

        def replay(asked: Asked) -> Answer:

            asked.answer()
            return instead(asked, receipts[0], hub.keys["answer"])

        between.touches = [passed, replay]
        with pytest.raises(Refusal) as refused:
            rotate(office.folder, "notice")
        assert refused.value.code == "wrong-receipt"
        assert office.folder.kid("notice") == kids["notice"]
        kid = rotate(office.folder, "notice")
    assert enrolled(hub, office, "notice").count(kid) == 1
    assert len(enrolled(hub, office, "notice")) == 2
