"""The folder of an authority: nothing is lost, nothing is read by others, nothing is written over."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.wire import keys


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "office")
    made.make("sk-border", "border_guard", "SVK", "Ed25519")
    return made


@pytest.fixture
def careless() -> Iterator[None]:
    """A process that would let everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Folder) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.path.rglob("*")}


@pytest.mark.usefixtures("careless")
def test_a_careless_process_still_keeps_its_files_to_itself(folder: Folder) -> None:
    folder.keep_pending("one", b"{}")
    folder.sent(1, "hash")
    folder.keep_receipt("two", "a.b.c")
    folder.pin({"ex": "x"})
    found = modes(folder)
    private = {"request.pem", "notice.pem", "recovery.pem", "seal.jwk"}
    others = {"enrolment.json", "one.json", "sequence.json", "two.jws", "hub.json"}
    assert {name: mode for name, mode in found.items() if name not in {"pending", "receipts"}} == dict.fromkeys(
        private | others, 0o600
    )
    assert {found["pending"], found["receipts"], stat.S_IMODE(folder.path.stat().st_mode)} == {0o700}


def test_what_a_crash_left_behind_neither_stays_readable_nor_stands_in_the_way(folder: Folder) -> None:
    left = folder.path / "sequence.json.new"
    left.write_bytes(b'{"seq": 7, "pr')
    left.chmod(0o644)
    assert folder.place() == (1, None)
    folder.sent(1, "hash")
    assert folder.place() == (2, "hash")
    assert modes(folder)["sequence.json"] == 0o600
    assert not left.exists()


def test_half_a_file_that_was_being_written_is_not_taken_for_a_notice(folder: Folder) -> None:
    folder.keep_pending("one", b"{}")
    (folder.path / "pending" / "two.json.new").write_bytes(b'{"noti')
    assert [path.stem for path in folder.pending()] == ["one"]


def test_one_notice_moves_the_sequence_once(folder: Folder) -> None:
    folder.sent(1, "hash")
    folder.sent(1, "hash")
    assert folder.place() == (2, "hash")
    folder.sent(2, "another")
    assert folder.place() == (3, "another")
    folder.sent(1, "hash")  # an older one, sent again
    assert folder.place() == (3, "another")


@pytest.mark.parametrize("name", ["request.pem", "notice.pem", "seal.jwk"])
def test_no_key_is_written_over(folder: Folder, name: str) -> None:
    before = (folder.path / name).read_bytes()
    for other in {"request.pem", "notice.pem", "seal.jwk"} - {name}:
        (folder.path / other).unlink()
    with pytest.raises(FileExistsError):
        folder.make("sk-border", "border_guard", "SVK", "Ed25519")
    assert (folder.path / name).read_bytes() == before


def test_the_file_for_the_secretariat_holds_no_private_key(folder: Folder) -> None:
    text = (folder.path / "enrolment.json").read_text()
    assert '"d"' not in text
    assert '"priv"' not in text
    assert "PRIVATE" not in text
    for purpose in ("request", "notice"):
        assert folder.key(purpose).kid in text
    assert folder.key("request").kid != folder.key("notice").kid


def test_a_pinned_key_is_checked_like_any_other(folder: Folder) -> None:
    jwk = keys.public_to_jwk(keys.generate("answer").public)
    folder.pin({"hub_keys": {"answer": {**jwk, "kid": "A" * 43}}})
    with pytest.raises(Refusal) as refused:
        folder.hub_key("answer")
    assert refused.value.code == "bad-key"
