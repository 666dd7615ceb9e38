"""What everybody knows is worth nothing in a real exchange: keys and tokens of the sandbox."""

from pathlib import Path

import pytest

from authorities import secretariat_of
from builders import SK_BORDER, reader
from conftest import Enrol
from exchange import sandbox
from exchange.client.folder import Folder
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.wire import keys, sealing_keys
from exchange.wire.key_statements import SIGNING


def applying(folder: Path, who: Reader, **known: str) -> Folder:
    """A folder with fresh keys, but for those that are named: purpose to the slug whose sandbox key it is."""
    made = {p: sandbox.signing_key(known[p], p) if p in known else keys.generate(p) for p in SIGNING}
    seal = sandbox.seal_key(known["seal"]) if "seal" in known else sealing_keys.generate()
    own = Folder(folder / "-".join(["own", *known.values()]))
    own.put({"slug": who.slug, "kind": who.kind, "state": who.state}, made, seal)
    return own


@pytest.mark.parametrize("purpose", ["request", "notice", "recovery", "seal"])
@pytest.mark.parametrize("slug", ["pl-asylum", "unhcr", "af-border"])
def test_a_real_exchange_enrols_no_key_of_the_sandbox(hub: Hub, tmp_path: Path, purpose: str, slug: str) -> None:
    assert not sandbox.is_one(hub.exchange_id)
    officers = secretariat_of(hub)
    with pytest.raises(Refusal) as refused:
        officers.enrol(applying(tmp_path, reader("xx-office"), **{purpose: slug}))
    assert refused.value.code == "sandbox-key"
    officers.enrol(applying(tmp_path, reader("xx-office")))


def test_a_sandbox_enrols_them(hub: Hub, tmp_path: Path) -> None:
    object.__setattr__(hub, "exchange_id", "sandbox-test")
    secretariat_of(hub).enrol(applying(tmp_path, reader("xx-office"), request="pl-asylum", seal="unhcr"))


def test_a_real_exchange_takes_no_tokens_of_the_sandbox(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    parts = office.parts(person="one")
    parts["hub"]["tokens"]["keyset"] = sandbox.KEYSET
    with pytest.raises(Refused) as refused:
        office.speaker.post(parts)
    assert refused.value.code == "sandbox-tokens"
    assert web


def test_the_sandbox_has_every_participant_and_states_that_people_flee() -> None:
    authorities = sandbox.authorities()
    assert len({who.slug for who in authorities}) == len(authorities) == 36
    assert {who.state for who in authorities if who.kind == "border_guard"} >= {"AFG", "RUS", "SYR", "IRN", "POL"}
    assert sandbox.token_key() == sandbox.token_key()
    assert sandbox.signing_key("pl-asylum", "request").kid != sandbox.signing_key("pl-asylum", "notice").kid
