"""What an authority pins for its tokens, what it is refused, and that no fault in it is a crash."""

import json
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto

from exchange.client import token_keys, tokens
from exchange.client.folder import Folder
from exchange.client.line import Refused
from exchange.client.linkage.keying import HmacKeying, check_value, keyed, tokens_part
from exchange.client.linkage.keys import MatchKey
from exchange.client.linkage.record import Record, read
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64decode, b64encode
from token_service.kit import authority, run

K, OTHER = bytes(range(32)), bytes(32)
PERSON = {"names": [{"given": "Arash", "family": "Rahimi"}], "born": [{"date": "1990-05-13"}]}


def public(seed: bytes = bytes(32)) -> str:
    return b64encode(ristretto.Evaluator.from_seed(seed, b"k").public_key.serialize())


def shown(**keysets: str) -> dict[str, Any]:
    return {"origin": "https://tokens.example", "keysets": keysets}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = authority(tmp_path)
    made.pin({"ex": "sandbox-test"})
    return made


def code(act: Any, *given: Any) -> str:
    with pytest.raises(Refusal) as found:
        act(*given)
    return found.value.code


def test_a_keyset_keeps_its_keys(folder: Folder) -> None:
    """By another key under the same name tokens would agree with nobody's, and nobody would see it."""
    assert token_keys.pin(folder, K, shown(k1=public())) == "k1"
    assert token_keys.pin(folder, K, {**shown(k1=public()), "origin": "https://moved.example"}) == "k1"
    assert code(token_keys.pin, folder, OTHER, shown(k1=public())) == "bad-keying"
    assert code(token_keys.pin, folder, K, shown(k1=public(K))) == "bad-keying"
    assert token_keys.pin(folder, OTHER, shown(k2=public(K))) == "k2"


@pytest.mark.parametrize("name", ["sandbox", "K1", "k 1", "k" * 33, "-", ""])
def test_a_keyset_that_the_hub_would_refuse_is_not_pinned(folder: Folder, name: str) -> None:
    """Else every notice with tokens would be refused, and protection not come first."""
    assert code(token_keys.pin, folder, K, shown(**{name: public()})) == "bad-keying"
    assert not (folder.path / token_keys.FILE).exists()


def test_a_key_that_is_none_is_refused_in_words(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "shared.key"
    for content in (b"AAAA\n", b"\xff\xfe", b"", b64encode(bytes(33)).encode()):
        path.write_bytes(content)
        with pytest.raises(Refusal) as found:
            run("authority", "--folder", folder.path, "keying", path, "--hmac") if content else token_keys.pin_hmac(
                folder, b"x"
            )
        assert found.value.code == "bad-keying"
    with pytest.raises(Refusal) as found:
        run("authority", "--folder", folder.path, "token-key", path)
    assert found.value.code == "bad-keying"
    assert path.read_bytes() == b64encode(bytes(33)).encode()


def test_a_check_value_tells_keys_and_keysets_apart_and_is_no_token() -> None:
    found = {check_value(key, keyset) for key in (K, OTHER) for keyset in ("k1", "k2")}
    assert len(found) == 4
    assert all(len(b64decode(one)) == 16 for one in found)
    match = [keyed(K, MatchKey(kind, f"check of a token key|N1|{kind}")) for kind in ("C1D", "X2Y")]
    assert not any(one[:16] == b64decode(each) for one in match for each in found)


def entry(state: str = "compared") -> dict[str, Any]:
    check = check_value(K, "k1")
    return {
        "keyset": "k1", "profile": "N1", "mode": "voprf", "public_key": public(), "check": check, "state": state,
    }  # fmt: skip


def test_a_keyset_that_ended_is_not_pinned_and_one_that_ends_later_makes_no_more_tokens(folder: Folder) -> None:
    """Its tokens would be compared with nobody's; the notice itself goes out."""
    assert code(token_keys.pin, folder, K, shown(k1=public()), "", [entry("ended")]) == "keyset-ended"
    assert not (folder.path / token_keys.FILE).exists()
    assert token_keys.pin(folder, K, shown(k1=public()), "", [entry()]) == "k1"
    speaker: Any = Silent(folder, [entry("ended")])
    assert code(token_keys.confirm, speaker) == "keyset-ended"
    _, why = tokens.post(speaker, {"hub": {"case": "LT-1"}}, read(PERSON))
    assert why is not None
    assert why.code == "keyset-ended"
    assert speaker.posted == [{"hub": {"case": "LT-1"}}]
    speaker.named = [entry()]  # the officers may take it up again
    assert token_keys.confirm(speaker)


def test_a_keyset_is_pinned_with_the_keys_that_officers_named_or_not_at_all(folder: Folder) -> None:
    named = entry()
    assert code(token_keys.pin, folder, OTHER, shown(k1=public()), "", [named]) == "wrong-token-key"
    assert code(token_keys.pin, folder, K, shown(k1=public(K)), "", [named]) == "wrong-token-key"
    assert not (folder.path / token_keys.FILE).exists()
    assert token_keys.pin(folder, K, shown(k1=public()), "", [{**named, "profile": "N2", "check": "x"}, named]) == "k1"
    assert token_keys.entry(folder) | {"state": "compared"} == named
    speaker: Any = Silent(folder)  # an exchange that gives no answer stops nothing
    assert token_keys.confirm(speaker)
    kept = json.loads((folder.path / token_keys.FILE).read_text())
    (folder.path / token_keys.FILE).write_text(json.dumps({**kept, "shared": b64encode(OTHER)}))
    assert code(lambda: token_keys.keying(folder).__enter__()) == "wrong-token-key"


KEPT = {"origin": "", "keyset": "", "public_key": ""}
SPOILED = [
    "", "{}", "[]", "x",
    json.dumps({**KEPT, "mode": "hmac", "shared": "AAAA", "fill": "AAAA"}),
    json.dumps({**KEPT, "mode": "x", "shared": b64encode(K), "fill": b64encode(K)}),
]  # fmt: skip


class Silent:
    """A speaker that keeps what it is told to post; its exchange tells the keysets `named`, or gives no answer."""

    def __init__(self, folder: Folder, named: list[dict[str, Any]] | None = None) -> None:
        self.folder, self.named, self.posted = folder, named, list[Any]()

    def keysets(self) -> list[dict[str, Any]]:
        if self.named is None:
            raise Refusal("no-answer", "The exchange gave no answer.")
        return self.named

    def post(self, parts: Any) -> dict[str, Any]:
        self.posted.append(parts)
        return {}


@pytest.mark.parametrize("content", SPOILED)
def test_a_notice_goes_out_whatever_stands_in_the_file(folder: Folder, content: str) -> None:
    (folder.path / token_keys.FILE).write_text(content)
    speaker: Any = Silent(folder)
    _, why = tokens.post(speaker, {"hub": {"case": "LT-1"}}, read(PERSON))
    assert why is not None
    assert speaker.posted == [{"hub": {"case": "LT-1"}}]
    assert token_keys.is_hmac(folder) in {True, False}


def test_a_file_that_cannot_be_read_holds_up_no_notice(folder: Folder) -> None:
    (folder.path / token_keys.FILE).mkdir()
    speaker: Any = Silent(folder)
    _, why = tokens.post(speaker, {"hub": {}}, read(PERSON))
    assert why is not None
    assert why.code == "bad-keying"


class Narrow:
    """A keying whose service takes so many match keys at once."""

    profile, keyset, fill_key = "N1", "k1", K

    def __init__(self, most: int, wait: int) -> None:
        self.most, self.wait, self.asked = most, wait, list[int]()

    def tokens(self, keys: list[MatchKey]) -> list[str]:
        self.asked.append(len(keys))
        if len(keys) > self.most:
            raise Refused("too-many", "", 429, {"retry_after": self.wait})
        return HmacKeying(K, self.keyset).tokens(keys)


def test_a_quota_smaller_than_a_bundle_of_records_is_got_along_with() -> None:
    records = [read({**PERSON, "born": [{"date": f"19{year}-05-13"}]}) for year in (70, 75, 80)]
    narrow: Any = Narrow(100, 1)
    made = tokens._made(records, narrow)  # noqa: SLF001 -- what `add` does with each bundle
    assert made == [tokens_part(record, narrow) for record in records]
    assert narrow.asked[0] > 100


def test_a_quota_of_a_day_is_not_waited_for() -> None:
    records: list[Record] = [read(PERSON), read(PERSON)]
    narrow: Any = Narrow(0, 3600)
    assert code(tokens._made, records, narrow) == "too-many"  # noqa: SLF001
    assert len(narrow.asked) == 1
