"""Notice keys in a PKCS#11 module, here SoftHSM with a token of its own for each test.

Where Debian's softhsm2 is missing these tests are skipped; in CI they fail.
"""

import ctypes
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pkcs11
import pytest
from click.testing import CliRunner
from joserfc import jws as other_jws
from joserfc.jwk import ECKey, OKPKey
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, TokenFlag

from authorities import Office, enrolled
from builders import SK_BORDER
from exchange import officers
from exchange.cli.authority import authority
from exchange.client import hsm
from exchange.client.doctor import identity
from exchange.client.folder import Folder
from exchange.client.hsm import ModuleKey, Where
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.wire import keys
from exchange.wire.encoding import read_json

ROOT = Path(__file__).parents[2]
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
READY = shutil.which("softhsm2-util") is not None and Path(MODULE).exists()
pytestmark = pytest.mark.skipif(
    not READY and os.environ.get("CI") != "true", reason="SoftHSM is missing: apt-get install softhsm2"
)
TOKEN = "office"  # noqa: S105 -- a label
ABSENT = "absent"
PIN = "pin-" + secrets.token_hex(6)
P256, EDWARDS = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06032b6570")
both = pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
Place = Callable[..., Where]


def util(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    hsm.forget(MODULE)
    yield
    hsm.forget(MODULE)


@pytest.fixture
def place(configured: None, tmp_path: Path) -> Where:
    """Where a key may be made: a token with a PIN, and a file with that PIN."""
    assert configured is None
    util("--init-token", "--free", "--label", "office", "--pin", PIN, "--so-pin", "so-" + PIN)
    pin_file = tmp_path / "office.pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o600)
    return Where(MODULE, "office", "notice", str(pin_file))


def refused(act: Callable[[], object], code: str = "module-failed") -> str:
    """Return the words of a refusal. Neither they hold the PIN nor any variable on the way to them."""
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    assert PIN not in repr(caught.value) + str(caught.value) + caught.value.detail
    errors = [caught.value, *([caught.value.__context__] if caught.value.__context__ else [])]
    frames = [frame for error in errors for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [frame for frame in frames if frame.f_code.co_filename != __file__]
    assert PIN not in "".join(repr(v) for f in own for v in f.f_locals.values() if not isinstance(v, pkcs11.Object))
    return caught.value.detail


def office_token() -> Any:
    (token,) = pkcs11.lib(MODULE).get_tokens(token_label=TOKEN)
    return token


def session(**how: Any) -> Any:
    """A session of a vendor's tool, beside the one that the client holds."""
    return office_token().open(**how)


def by_vendor(label: str, alg: str = "Ed25519", **how: Any) -> None:
    """Make a key as another tool would, in a process's own session. The client has not logged in yet."""
    kind, curve = (KeyType.EC_EDWARDS, EDWARDS) if alg == "Ed25519" else (KeyType.EC, how.pop("curve", P256))
    with session(rw=True, user_pin=PIN) as opened:
        parameters = opened.create_domain_parameters(kind, {Attribute.EC_PARAMS: curve}, local=True)
        signs = MechanismFlag.SIGN | MechanismFlag.VERIFY
        parameters.generate_keypair(store=True, label=label, **{"capabilities": signs, **how})


class TokenOffice(Office):
    """An authority whose notice key is in a token."""

    def __init__(self, path: Path, key: ModuleKey) -> None:
        self.who, self.folder = SK_BORDER, Folder(path)
        made = self.folder.make(self.who.slug, self.who.kind, self.who.state, "Ed25519", key)
        self.enrolment = json.loads(made.read_text())


def outside(jwk: dict[str, Any], text: str) -> bytes:
    """Return the payload of a JWS as a library that shares no code with us verifies it."""
    public = {name: value for name, value in jwk.items() if name not in {"alg", "kid"}}
    key = OKPKey.import_key(public) if jwk["kty"] == "OKP" else ECKey.import_key(public)
    registry = other_jws.JWSRegistry(algorithms=[jwk["alg"]])
    return other_jws.deserialize_compact(text, key, registry=registry).payload


@both
def test_a_notice_signed_in_the_token_is_taken_and_verifies_anywhere(
    hub: Hub, web: str, place: Where, tmp_path: Path, alg: str
) -> None:
    office = TokenOffice(tmp_path / "office", hsm.generate(place, alg))
    enrolled(hub, office)
    envelope = read_json(office.sign())
    receipt = office.post()
    office.close()
    assert (receipt["state"], receipt["iss"]) == ("accepted", office.who.urn)
    assert web
    told = outside(office.enrolment["keys"]["notice"], envelope["notice"].split("~")[0])  # type: ignore[index, call-overload]
    assert json.loads(told)["iss"] == office.who.urn
    assert office.folder.key("notice").alg == alg == office.enrolment["keys"]["notice"]["alg"]
    assert not (office.folder.path / "notice.pem").exists()
    assert (office.folder.path / "notice.module.json").stat().st_mode & 0o777 == 0o600
    assert read_json((office.folder.path / "notice.module.json").read_bytes()) == place.members()
    for path in office.folder.path.rglob("*"):
        assert path.is_dir() or PIN.encode() not in path.read_bytes()
    assert PIN not in repr(office.folder.key("notice"))


@both
def test_the_private_half_cannot_be_read_or_wrapped(place: Where, alg: str) -> None:
    hsm.generate(place, alg)
    opened = session(rw=True)
    (private,) = opened.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        _ = private[Attribute.VALUE]
    assert private[Attribute.NEVER_EXTRACTABLE]
    assert private[Attribute.ALWAYS_SENSITIVE]
    wrapping = opened.generate_key(KeyType.AES, 256, capabilities=MechanismFlag.WRAP)
    with pytest.raises(pkcs11.exceptions.KeyUnextractable):
        wrapping.wrap_key(private, mechanism=Mechanism.AES_KEY_WRAP_PAD)
    with pytest.raises(pkcs11.exceptions.PKCS11Error):
        private[Attribute.EXTRACTABLE] = True


@both
def test_a_key_of_another_tool_is_used_by_label_or_by_id(place: Where, alg: str) -> None:
    by_vendor("old", alg, id=b"\x0a\x01")
    by_label, by_id = hsm.open_key(replace(place, key="old")), hsm.open_key(replace(place, key="0A01"))
    assert by_label.public == by_id.public
    assert by_label.kid == keys.thumbprint(by_label.public.key)
    by_label.public.verify(by_id.sign(b"said"), b"said")
    assert hsm.open_key(replace(place, key="old")) == by_label


def test_a_key_without_id_is_found_with_its_public_half(place: Where) -> None:
    by_vendor("bare")
    key = hsm.open_key(replace(place, key="bare"))
    key.public.verify(key.sign(b"said"), b"said")


@pytest.mark.parametrize(
    "made",
    [
        {"private_template": {Attribute.EXTRACTABLE: True}},
        {"private_template": {Attribute.SENSITIVE: False}},
        {"capabilities": MechanismFlag.VERIFY},
        {"alg": "ES256", "curve": bytes.fromhex("06052b81040022")},
    ],
    ids=["extractable", "not-sensitive", "signs-nothing", "P-384"],
)
def test_a_key_that_is_no_notice_key_is_refused(place: Where, made: dict[str, Any]) -> None:
    by_vendor("notice", **made)
    refused(lambda: hsm.open_key(place))


def test_two_keys_of_one_name_are_told_apart_by_id_only(place: Where) -> None:
    by_vendor("notice", id=b"\x01")
    by_vendor("notice", id=b"\x02")
    assert "several keys" in refused(lambda: hsm.open_key(place))
    assert hsm.open_key(replace(place, key="01")).kid != hsm.open_key(replace(place, key="02")).kid


def test_no_key_is_made_beside_another_of_its_name(place: Where) -> None:
    first = hsm.generate(place, "Ed25519")
    assert "label" in refused(lambda: hsm.generate(place, "ES256"))
    assert hsm.open_key(place) == first


def test_what_a_module_signed_with_another_key_never_leaves(place: Where) -> None:
    """The public half shown is that of another pair: what a broken or lying module comes to."""
    key = hsm.generate(place, "Ed25519")
    other = hsm.generate(replace(place, key="other"), "Ed25519")
    mixed = ModuleKey(other.public, key.where)
    assert "not good" in refused(lambda: mixed.sign(b"said"))


def test_a_public_half_that_was_swapped_in_the_token_costs_no_notice(place: Where) -> None:
    by_vendor("notice", id=b"\x07")
    by_vendor("other", id=b"\x08")
    with session(rw=True, user_pin=PIN) as opened:
        (right,) = opened.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: b"\x07"})
        right.destroy()
        (wrong,) = opened.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: b"\x08"})
        wrong[Attribute.ID] = b"\x07"
    refused(lambda: hsm.open_key(place).sign(b"said"))


def test_a_weak_point_in_a_token_is_no_key(place: Where) -> None:
    by_vendor("notice", id=b"\x07")
    with session(rw=True, user_pin=PIN) as opened:
        (right,) = opened.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY})
        right.destroy()
        opened.create_object(
            {
                Attribute.CLASS: ObjectClass.PUBLIC_KEY,
                Attribute.KEY_TYPE: KeyType.EC_EDWARDS,
                Attribute.TOKEN: True,
                Attribute.ID: b"\x07",
                Attribute.EC_PARAMS: EDWARDS,
                Attribute.EC_POINT: bytes((4, 32, 1, *bytes(31))),
            }
        )
    refused(lambda: hsm.open_key(place), "weak-key")


def tries_left_alone() -> bool:
    """Tell whether the token remembers no wrong PIN since the last right one."""
    return not office_token().flags & TokenFlag.USER_PIN_COUNT_LOW


def test_a_wrong_pin_is_tried_once_and_again_when_it_was_mended(place: Where) -> None:
    hsm.generate(place, "Ed25519")
    hsm.forget(MODULE)
    path = Path(place.pin_file)
    path.write_text(f"not {PIN}")
    assert "PIN is wrong" in refused(lambda: hsm.open_key(place))
    assert not tries_left_alone()
    session(user_pin=PIN).close()
    assert tries_left_alone()
    assert "PIN is wrong" in refused(lambda: hsm.open_key(place))
    assert tries_left_alone()  # the token was not asked
    path.write_text(PIN)
    os.utime(path, ns=(0, 1))
    assert hsm.open_key(place).sign(b"said")


@pytest.mark.parametrize(
    ("flags", "may"),
    [
        (TokenFlag(0), True),
        (TokenFlag.USER_PIN_INITIALIZED | TokenFlag.USER_PIN_COUNT_LOW, True),
        (TokenFlag.USER_PIN_INITIALIZED | TokenFlag.USER_PIN_FINAL_TRY, False),
        (TokenFlag.USER_PIN_LOCKED, False),
    ],
)
def test_the_last_try_is_left_to_people(flags: TokenFlag, *, may: bool) -> None:
    assert hsm.may_try(flags) is may


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_pin_that_others_can_read_is_not_used(place: Where, mode: int) -> None:
    Path(place.pin_file).chmod(mode)
    assert "0600" in refused(lambda: hsm.generate(place, "Ed25519"), "pin-exposed")


def test_what_is_missing_is_named(place: Where, tmp_path: Path) -> None:
    hsm.generate(place, "Ed25519")
    hsm.forget(MODULE)
    no_module = tmp_path / "no-module.so"
    no_module.write_bytes(b"\x7fELF and nothing")
    assert "no key absent" in refused(lambda: hsm.open_key(replace(place, key="absent")))
    assert "no token" in refused(lambda: hsm.open_key(replace(place, token=ABSENT)))
    assert "cannot be loaded" in refused(lambda: hsm.open_key(replace(place, module=str(no_module))))
    assert "cannot be loaded" in refused(lambda: hsm.open_key(replace(place, module=str(tmp_path / "absent.so"))))
    hsm.forget(MODULE)
    assert "no file" in refused(lambda: hsm.open_key(replace(place, pin_file=str(tmp_path / "absent"))))
    assert hsm.open_key(place).sign(b"said")


def test_a_library_that_is_no_module_is_refused(place: Where) -> None:
    library = next(Path("/usr/lib").rglob("libz.so.1"))
    assert "cannot be loaded" in refused(lambda: hsm.open_key(replace(place, module=str(library))))


@pytest.mark.parametrize(
    "spoiled", [{"pin": "1234"}, {"module": None}, {"module": "libsofthsm2.so"}, {"pin_file": "office.pin"}]
)
def test_a_spoiled_file_is_refused(place: Where, spoiled: dict[str, Any]) -> None:
    refused(lambda: hsm.read_where({**place.members(), **spoiled}))


def test_a_lost_session_is_told_and_then_opened_anew(place: Where) -> None:
    key = hsm.generate(place, "Ed25519")
    slot = office_token().slot.slot_id
    assert ctypes.CDLL(MODULE).C_CloseAllSessions(ctypes.c_ulong(slot)) == 0
    assert "try again" in refused(lambda: key.sign(b"said"))
    key.public.verify(key.sign(b"said"), b"said")


def test_the_doctor_says_what_ails_the_module(hub: Hub, place: Where, tmp_path: Path) -> None:
    office = TokenOffice(tmp_path / "office", hsm.generate(place, "Ed25519"))
    office.folder.pin(officers.introduction(hub))
    found = identity.of_folder(office.folder)
    assert (found.kids["notice"], found.stray) == (office.folder.key("notice").kid, ())
    assert found.request_key.kid == office.folder.key("request").kid
    hsm.forget(MODULE)
    Path(place.pin_file).unlink()
    with pytest.raises(identity.NotUsable, match="no file"):
        identity.of_folder(office.folder)


@both
def test_threads_sign_at_once(place: Where, alg: str) -> None:
    key = hsm.generate(place, alg)
    other = hsm.generate(replace(place, key="other"), "Ed25519")
    said = [hashlib.sha256(bytes((number,))).digest() for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda data: (key.sign(data), hsm.open_key(other.where).sign(data)), said))
    for data, (one, two) in zip(said, made, strict=True):
        key.public.verify(one, data)
        other.public.verify(two, data)


def test_threads_that_start_at_once_log_in_once(place: Where) -> None:
    key = hsm.generate(place, "Ed25519")
    start = Barrier(4)

    def first() -> bytes:
        start.wait()
        return hsm.open_key(place).sign(b"said")

    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            hsm.forget(MODULE)
            made = [done.result() for done in [pool.submit(first) for _ in range(4)]]
            assert len(set(made)) == 1  # Ed25519 has one signature of a text
    key.public.verify(made[0], b"said")


def test_the_commands_of_the_docs_make_such_an_authority(
    configured: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configured is None
    text = (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8").partition("## Notice keys in an HSM")[2]
    init, write_pin, make = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0].splitlines()
    monkeypatch.chdir(tmp_path)
    subprocess.run(
        ["bash", "-ec", f"{init}\n{write_pin}"], check=True, env={**os.environ, "PIN": PIN, "SO_PIN": "1234"}
    )
    program, group, *arguments = make.split()
    assert (program, group) == ("asylum-exchange", "authority")
    done = CliRunner().invoke(authority, arguments, catch_exceptions=False)
    assert done.output == "office/enrolment.json\n"
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    made = read_json((tmp_path / "office" / "notice.module.json").read_bytes())
    assert made == {**json.loads(example), "pin_file": str(tmp_path / "office.pin")}
    key = Folder(tmp_path / "office").key("notice")
    key.public.verify(key.sign(b"said"), b"said")
    again = CliRunner().invoke(authority, ["--folder", "second", *arguments[2:-1]], catch_exceptions=False)
    assert again.output == "second/enrolment.json\n"
    assert Folder(tmp_path / "second").key("notice").kid == key.kid
    half = CliRunner().invoke(authority, ["--folder", "third", *arguments[2:7], "--generate"])
    assert half.exit_code == 2
    assert not (tmp_path / "third").exists()
